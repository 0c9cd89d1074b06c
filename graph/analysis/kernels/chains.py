"""The strongest single chain into every party, by the product of its factors and by the least.

Both are looked for at once: a neighbour lies far away in memory, and is gone to once for the two.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.scan import MOST_HOPS, seeded
from graph.analysis.kernels.threads import ALONE, Threads, numbers, threads_for
from graph.loops import loop

# The two measures of a chain: S·Πp, the floor, and the least of S and all p, which no cut is below.
FLOOR, WIDEST = 0, 1
# So many last links are kept of a chain of one link, of which two may be barred; of a longer one.
_ONES, _TWOS = 3, 2
# Where, in halves of a number of a row of `best`, the other ends stand behind the four values.
_OVER = 8
# More than what rounding to half the width takes off.
_ABOVE = np.float32(1.000001)
# So many parties are looked at together.
_BLOCK = 64
# So many parties before, a list is asked for: after a change it may be anywhere.
_SOON = 6


class Chains(NamedTuple):
    """The best chains into each party, and the other end of each one's last link.

    Of one link, into few: a party's stand at row `place` (parties,) of `value` and `source`, both
    (rows, 6), three by floor and three widest; the first row says that there is none. Of one or
    two links: `best` (parties, 6) float64, two values by floor and two widest, then the four other
    ends as int32, in one row as they are asked for together. `most` (parties, 2) float32 is no
    less than the best of both, 0 where there is none.
    """

    place: Numbers
    value: Numbers
    source: Numbers
    best: Numbers
    most: Numbers


def over_of(best: Numbers) -> Numbers:
    """Return the other ends in `best` of Chains (parties, 4) int32, a view of it."""
    ends: Numbers = best.view(np.int32)[:, _OVER:]
    return ends


@loop(inline="always")
def _first(pairs: Pairs, e: Number, measure: Number) -> Number:
    """Return the value of the chain of one link over an entry."""
    # Few have records: of the others a branch spares divisions.
    if pairs.seed[e] == 0:
        return 0.0 if measure == WIDEST or pairs.leaf.size == 0 else max(0.0, pairs.leaf[e])
    p, seed = pairs.p[e] / WHOLE, pairs.seed[e] / WHOLE
    if measure == WIDEST:
        return min(p, seed)
    return max(p * seed, pairs.leaf[e]) if pairs.leaf.size else p * seed


@loop(inline="always")
def _longer(p: Number, value: Number, measure: Number) -> Number:
    return min(p / WHOLE, value) if measure == WIDEST else p / WHOLE * value


@loop()
def _put(
    value: Number, source: Number, row: Number, first: Number, values: Numbers, sources: Numbers
) -> None:
    """Put a value among the largest of a row's three from `first`, in falling order."""
    at = first + _ONES
    while at > first and value > values[row, at - 1]:
        at -= 1
    if at == first + _ONES:
        return
    for place in range(first + _ONES - 1, at, -1):
        values[row, place], sources[row, place] = values[row, place - 1], sources[row, place - 1]
    values[row, at], sources[row, at] = value, source


@loop(inline="always")
def _single(
    values: Numbers, sources: Numbers, row: Number, measure: Number, one: Number, two: Number
) -> tuple[Number, Number]:
    """Return (value, source) of the largest of a row that comes from neither of two parties."""
    # By row and column: to take out a row makes numba count references.
    for place in range(_ONES * measure, _ONES * measure + _ONES):
        if sources[row, place] != one and sources[row, place] != two:
            return values[row, place], sources[row, place]
    return 0.0, np.int32(-1)


@loop(nogil=True)
def fill_singles(
    pairs: Pairs,
    parties: Numbers,
    rows: Numbers,
    place: Numbers,
    value: Numbers,
    source: Numbers,
) -> None:
    """Fill in the best chains of one link of some parties, each in its row."""
    # Read out once: each access to a field makes numba count a reference.
    start, end, seed, ends, odd = pairs.start, pairs.end, pairs.seed, pairs.source, pairs.leaf.size
    for turn in range(parties.size):
        party, row = parties[turn], rows[turn]
        place[party] = row
        for column in range(2 * _ONES):
            value[row, column], source[row, column] = 0.0, -1
        for e in range(start[party], end[party]):
            if seed[e] > 0 or odd:
                _put(_first(pairs, e, FLOOR), ends[e], row, 0, value, source)
                _put(_first(pairs, e, WIDEST), ends[e], row, _ONES, value, source)


def singles_of(
    pairs: Pairs, parties: Numbers, threads: Threads = ALONE
) -> tuple[Numbers, Numbers, Numbers]:
    """Return `place`, `value` and `source` of Chains; `parties` are those that may have some."""
    place = np.zeros(pairs.own.size, np.int32)
    value = np.empty((parties.size + 1, 2 * _ONES), np.float64)
    source = np.empty(value.shape, np.int32)
    value[0], source[0] = 0.0, -1

    def fill(first: int, end: int, _: int) -> None:
        rows = numbers(first + 1, end + 1)
        fill_singles(pairs, parties[first:end], rows, place, value, source)

    threads.over(parties.size, fill)
    return place, value, source


@loop(inline="always")
def _above(value: Number) -> Number:
    # Half the width may round down: the next number is above.
    return np.float32(value) * _ABOVE if value > 0.0 else np.float32(0.0)


@loop(nogil=True)
def fill_longer(pairs: Pairs, parties: Numbers, chains: Chains, anew: Number = 0) -> Numbers:
    """Fill in the best chains of one or two links of some parties, from those of one link.

    Returns (parties,) uint8 whether they are others than before; what is not is not written.
    `anew`: there is nothing before, and nothing is read of it.
    """
    start, end, ends = pairs.start, pairs.end, pairs.source
    p, seed = pairs.p, pairs.seed
    place, value, source, best, above = chains
    fresh = np.empty((1, best.shape[1]), np.float64)
    over = fresh.view(np.int32)
    # As whole numbers: what memory held before may be unlike itself, or a 0 below 0.
    was, now = best.view(np.int64), fresh.view(np.int64)
    other = np.zeros(parties.size, np.uint8)
    last, last_party = ends.size - 1, parties.size - 1
    for turn in range(parties.size):
        party, ahead = parties[turn], parties[min(turn + _SOON, last_party)]
        fetch(best, ahead)
        fetch(ends, start[ahead])
        fetch(p, start[ahead])
        fetch(seed, start[ahead])
        most, second, wide, less_wide = 0.0, 0.0, 0.0, 0.0
        by, second_by, wide_by, less_by = np.int32(-1), np.int32(-1), np.int32(-1), np.int32(-1)
        for e in range(start[party], end[party]):
            fetch(place, ends[min(e + 2 * AHEAD, last)])
            line = place[ends[min(e + AHEAD, last)]]
            fetch(value, line)
            fetch(source, line)
            if p[e] == 0:
                continue
            near = ends[e]
            floor, width = _first(pairs, e, FLOOR), _first(pairs, e, WIDEST)
            at = place[near]
            if at:
                before, _ = _single(value, source, at, FLOOR, party, -2)
                floor = max(floor, _longer(p[e], before, FLOOR))
                before, _ = _single(value, source, at, WIDEST, party, -2)
                width = max(width, _longer(p[e], before, WIDEST))
            if floor > most:
                second, second_by = most, by
                most, by = floor, near
            elif floor > second:
                second, second_by = floor, near
            if width > wide:
                less_wide, less_by = wide, wide_by
                wide, wide_by = width, near
            elif width > less_wide:
                less_wide, less_by = width, near
        fresh[0, 0], fresh[0, 1], fresh[0, 2], fresh[0, 3] = most, second, wide, less_wide
        over[0, _OVER], over[0, _OVER + 1] = by, second_by
        over[0, _OVER + 2], over[0, _OVER + 3] = wide_by, less_by
        for column in range(now.shape[1]):
            if anew or was[party, column] != now[0, column]:
                other[turn] = 1
                was[party, column] = now[0, column]
        above[party, FLOOR], above[party, WIDEST] = _above(most), _above(wide)
    return other


@loop()
def _through(
    pairs: Pairs,
    party: Number,
    e: Number,
    measure: Number,
    value: Numbers,
    single: Numbers,
    place: Numbers,
    longer: Numbers,
    over: Numbers,
) -> Number:
    """Return the best chain into a party of two or three links that ends with an entry of its."""
    near = pairs.source[e]
    column = _TWOS * measure
    if over[near, _OVER + column] == party:
        column += 1
    best, far = longer[near, column], over[near, _OVER + column]
    if far >= 0 and pairs.own[party]:
        _, begun = _single(value, single, place[far], measure, near, -2)
        if begun == party:
            # The best chain may begin with the party itself: look at all that remain.
            best = 0.0
            for entry in range(pairs.start[near], pairs.end[near]):
                far = pairs.source[entry]
                if far != party:
                    before, _ = _single(value, single, place[far], measure, near, party)
                    before = _longer(pairs.p[entry], before, measure)
                    best = max(best, _first(pairs, entry, measure), before)
    return _longer(pairs.p[e], best, measure)


@loop()
def _promising(
    pairs: Pairs, most: Numbers, parties: Numbers, direct: Numbers, bounds: Numbers, by: Numbers
) -> None:
    """Fill in the best direct chains of some parties, and by which entry a longer one may be best.

    By measure (parties, 2): `direct` their values, `by` the entry or -1, and in `bounds`
    (parties, 4) what no chain that ends with it is above, then no chain that ends with another.
    """
    start, end, ends, p, seed = pairs.start, pairs.end, pairs.source, pairs.p, pairs.seed
    odd = pairs.leaf.size
    last, last_party = ends.size - 1, parties.size - 1
    for turn in range(parties.size):
        party = parties[turn]
        ahead = start[parties[min(turn + _SOON, last_party)]]
        fetch(ends, ahead)
        fetch(p, ahead)
        fetch(seed, ahead)
        high, wide = 0.0, 0.0
        best_high, best_wide, less_high, less_wide = 0.0, 0.0, 0.0, 0.0
        by_high, by_wide = -1, -1
        for e in range(start[party], end[party]):
            fetch(most, ends[min(e + AHEAD, last)])
            if p[e] == 0:
                continue
            if seed[e] or odd:
                high = max(high, _first(pairs, e, FLOOR))
                wide = max(wide, _first(pairs, e, WIDEST))
            near = ends[e]
            bound = _longer(p[e], most[near, FLOOR], FLOOR)
            less_high = max(less_high, min(best_high, bound))
            by_high = e if bound > best_high else by_high
            best_high = max(best_high, bound)
            bound = _longer(p[e], most[near, WIDEST], WIDEST)
            less_wide = max(less_wide, min(best_wide, bound))
            by_wide = e if bound > best_wide else by_wide
            best_wide = max(best_wide, bound)
        direct[turn, FLOOR], direct[turn, WIDEST] = high, wide
        by[turn, FLOOR], by[turn, WIDEST] = by_high, by_wide
        bounds[turn, 0], bounds[turn, 1] = best_high, less_high
        bounds[turn, 2], bounds[turn, 3] = best_wide, less_wide


@loop(nogil=True)
def fill_chain(
    pairs: Pairs, parties: Numbers, chains: Chains, floor: Numbers, widest: Numbers
) -> None:
    """Fill in the strongest simple chains of at most three links of some parties.

    The entry that promises most is followed first: lists of whom nothing better can come through
    are never read. Some parties at a time: what they will read of others is asked for before.
    """
    start, end, ends, p = pairs.start, pairs.end, pairs.source, pairs.p
    place, value, single, longer, most = chains
    over = longer.view(np.int32)
    # In one line as much as in two: rows may stand across the border of what is fetched at once.
    line, width = longer.reshape(-1), longer.shape[1]
    direct, bounds = np.empty((_BLOCK, 2), np.float64), np.empty((_BLOCK, 4), np.float64)
    by = np.empty((_BLOCK, 2), np.int64)
    for first in range(0, parties.size, _BLOCK):
        count = min(_BLOCK, parties.size - first)
        _promising(pairs, most, parties[first : first + count], direct, bounds, by)
        for turn in range(count):
            for measure in range(2):
                if bounds[turn, 2 * measure] > direct[turn, measure]:
                    near = ends[by[turn, measure]]
                    fetch(line, near * width)
                    fetch(line, near * width + width - 1)
        for turn in range(count):
            party = parties[first + turn]
            for measure in range(2):
                if bounds[turn, 2 * measure] > direct[turn, measure]:
                    e = by[turn, measure]
                    through = _through(pairs, party, e, measure, value, single, place, longer, over)
                    direct[turn, measure] = max(direct[turn, measure], through)
        # Where that was less than it promised, through themselves mostly, others may be better.
        for turn in range(count):
            party = parties[first + turn]
            for measure in range(2):
                if bounds[turn, 2 * measure + 1] > direct[turn, measure]:
                    for e in range(start[party], end[party]):
                        near = ends[e]
                        if _longer(p[e], most[near, measure], measure) > direct[turn, measure]:
                            fetch(line, near * width)
                            fetch(line, near * width + width - 1)
        for turn in range(count):
            party = parties[first + turn]
            for measure in range(2):
                best, chosen = direct[turn, measure], by[turn, measure]
                if bounds[turn, 2 * measure + 1] > best:
                    for e in range(start[party], end[party]):
                        if e != chosen and _longer(p[e], most[ends[e], measure], measure) > best:
                            through = _through(
                                pairs, party, e, measure, value, single, place, longer, over
                            )
                            best = max(best, through)
                    direct[turn, measure] = best
            floor[party], widest[party] = direct[turn, FLOOR], direct[turn, WIDEST]


def strongest(
    pairs: Pairs, hops: int, kept: list[Chains] | None = None, workers: int | None = None
) -> tuple[Numbers, Numbers]:
    """Return the strongest single simple chains (parties,) of at most `hops` links, 1 to 3.

    The value of the first is S·Πp, the floor; of the second the least of S and all p, so that a
    cut is never below it. What is found on the way is appended to `kept`, where it is given.
    `workers`: so many threads, by themselves as many as `threads_for` says.
    """
    with Threads(workers or threads_for(pairs.source.size // 2)) as threads:
        return _strongest(pairs, hops, [] if kept is None else kept, threads)


def _strongest(
    pairs: Pairs, hops: int, kept: list[Chains], threads: Threads
) -> tuple[Numbers, Numbers]:
    size = pairs.own.size
    place, value, source = singles_of(pairs, seeded(pairs, threads), threads)
    if hops == 1:
        return value[place, 0], value[place, _ONES]
    room = np.empty((size, 6), np.float64), np.empty((size, 2), np.float32)
    chains = Chains(place, value, source, *room)
    threads.over(size, lambda at, end, _: fill_longer(pairs, numbers(at, end), chains, anew=1))
    if hops < MOST_HOPS:
        return chains.best[:, 0].copy(), chains.best[:, _TWOS].copy()
    floor, widest = np.empty(size, np.float64), np.empty(size, np.float64)
    found = chains, floor, widest
    threads.over(size, lambda at, end, _: fill_chain(pairs, numbers(at, end), *found))
    kept.append(chains)
    return floor, widest
