"""How well a short name fits a full one: the best common subsequence, rare characters first."""

import numpy as np
from numpy.typing import NDArray

from graph.loops import loop
from graph.names.letters import Numbers
from graph.names.segments import BRACKET, BRAND, FORM, REGION, TAIL, TRADE

MARKS = REGION + BRAND + TRADE + FORM + BRACKET + TAIL
_BRAND_MARK = MARKS.index(BRAND)
# Fitted on 2,000 of the 7,828 pairs of short and full names of listed companies and flat around
# the optimum (benchmarks/names.py has the figure on all).
# Two characters that stand together in both names, in parts of the rarer one's weight.
ADJACENT = 1 / 3
# A character that stands for the region (粤 for 广东), in parts of its weight.
ABBREVIATED = 0.8
# The match begins where the brand does.
BRAND_BEGINS = 1.5
# No character weighs less: in a short name even a common one was chosen.
LEAST = 0.9
# What the full name has and the short one lacks, by mark, in parts of its rarity.
LACKING = np.array([0.0, 0.03, 0.02, 0.03, 0.1, 0.25])
_NEVER = -1e9


@loop()
def _hit(short: int, full: int, stands: NDArray[np.int32]) -> float:
    """Return how much of a character's weight another one is worth to it, 0 none of it."""
    if short == full:
        return 1.0
    for other in stands:
        if other == short:
            return ABBREVIATED
    return 0.0


@loop()
def _lost(
    short: NDArray[np.int32],
    full: Numbers,
    marks: NDArray[np.int8],
    rarity: NDArray[np.float64],
    lacking: NDArray[np.float64],
) -> float:
    lost = 0.0
    for j in range(full.size):
        found = False
        for char in short:
            found = found or char == full[j]
        if not found:
            lost += lacking[marks[j]] * rarity[full[j]]
    return lost


@loop()
def _fit(
    short: NDArray[np.int32],
    full: Numbers,
    marks: NDArray[np.int8],
    stands: NDArray[np.int32],
    rarity: NDArray[np.float64],
    lacking: NDArray[np.float64],
) -> float:
    n, m = short.size, full.size
    best = np.zeros((n + 1, m + 1))
    end = np.full((n, m), _NEVER)
    for i in range(n):
        weight = max(rarity[short[i]], LEAST)
        together = ADJACENT * min(weight, max(rarity[short[i - 1]], LEAST))
        for j in range(m):
            hit = weight * _hit(short[i], full[j], stands[j])
            if hit > 0.0:
                value = best[i, j] + hit
                if i and j and end[i - 1, j - 1] > _NEVER:
                    value = max(value, end[i - 1, j - 1] + hit + together)
                if marks[j] == _BRAND_MARK and (j == 0 or marks[j - 1] != _BRAND_MARK):
                    value += BRAND_BEGINS
                end[i, j] = value
            best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], end[i, j])
    return float(best[n, m] - _lost(short, full, marks, rarity, lacking))


def fit(
    short: NDArray[np.int32],
    full: NDArray[np.int32],
    marks: NDArray[np.int8],
    stands: NDArray[np.int32],
    rarity: NDArray[np.float64],
) -> float:
    """Return how well a short name (n,) fits a full one (m,), both as numbers of characters.

    `marks` (m,) are places in MARKS, `stands` (m, k) characters that stand for the region that
    begins there or -1, `rarity` (characters,) is the logarithm of how few names have each.
    """
    return _fit(short, full, marks, stands, rarity, LACKING)


@loop()
def rough_fits(
    short: NDArray[np.int32],
    first: NDArray[np.int64],
    chars: Numbers,
    places: NDArray[np.int32],
    rarity: NDArray[np.float64],
    lacking: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the fit of each full name `chars[first[place]:first[place + 1]]`, parts unknown."""
    none = np.full((1, 1), -1, np.int32)
    found = np.empty(places.size)
    for turn in range(places.size):
        place = places[turn]
        full = chars[first[place] : first[place + 1]]
        marks = np.zeros(full.size, np.int8)
        stands = np.broadcast_to(none, (full.size, 1))
        found[turn] = _fit(short, full, marks, stands, rarity, lacking)
    return found


def perfect(short: NDArray[np.int32], rarity: NDArray[np.float64]) -> float:
    """Return the fit of a name whose brand is the short name itself."""
    weight = np.maximum(rarity[short], LEAST)
    together = np.minimum(weight[1:], weight[:-1]).sum() * ADJACENT
    return float(weight.sum() + together + BRAND_BEGINS)
