"""Exposure of every party at once, within at most three links (method 4, whole graph)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs

# The batch is exact up to so many links; over more, walks come back to where they were.
MOST_HOPS = 3


@njit(cache=True, inline="always")
def _first_left(pairs: Pairs, e: Number) -> Number:
    """Return 1 - f of an entry where nothing but the other end's own records counts."""
    left = 1.0 - pairs.p[e] / WHOLE * (pairs.seed[e] / WHOLE)
    return left * pairs.rest[e] if pairs.rest.size else left


@njit(cache=True, inline="always")
def _first_left_back(pairs: Pairs, e: Number) -> Number:
    left = 1.0 - pairs.p_back[e] / WHOLE * (pairs.seed_back[e] / WHOLE)
    return left * pairs.rest_back[e] if pairs.rest.size else left


@njit(cache=True, inline="always")
def _left(pairs: Pairs, e: Number, others: Number) -> Number:
    """Return 1 - f of an entry; `others` is what all but the party leave at the other end."""
    value = 1.0 - (1.0 - pairs.seed[e] / WHOLE) * others
    left = 1.0 - pairs.p[e] / WHOLE * value
    return left * pairs.rest[e] if pairs.rest.size else left


@njit(cache=True, inline="always")
def _left_back(pairs: Pairs, e: Number, others: Number) -> Number:
    value = 1.0 - (1.0 - pairs.seed_back[e] / WHOLE) * others
    left = 1.0 - pairs.p_back[e] / WHOLE * value
    return left * pairs.rest_back[e] if pairs.rest.size else left


@njit(cache=True)
def exposures(pairs: Pairs, hops: Number) -> Numbers:
    """Return X (parties,) float64 within `hops` links, 1 to 3.

    Non-backtracking messages: what passes from u to v leaves out what came from v, divided out of
    the product of all. Every factor is at least .05, so that nothing is divided by 0; a product
    too small for a float is no more than 0, and its party's value is 1 to the last digit.
    """
    size = pairs.start.size - 1
    once = np.empty(size, np.float64)
    for party in range(size):
        kept = 1.0
        for e in range(pairs.start[party], pairs.start[party + 1]):
            kept *= _first_left(pairs, e)
        once[party] = kept
    if hops == 1:
        return 1.0 - once
    twice = np.empty(size, np.float64)
    for party in range(size):
        kept = 1.0
        for e in range(pairs.start[party], pairs.start[party + 1]):
            if pairs.p[e]:
                kept *= _left(pairs, e, once[pairs.source[e]] / _first_left_back(pairs, e))
        twice[party] = kept
    if hops < MOST_HOPS:
        return 1.0 - twice
    found = np.empty(size, np.float64)
    for party in range(size):
        kept = 1.0
        for e in range(pairs.start[party], pairs.start[party + 1]):
            if pairs.p[e]:
                back = _left_back(pairs, e, once[party] / _first_left(pairs, e))
                kept *= _left(pairs, e, twice[pairs.source[e]] / back)
        found[party] = 1.0 - kept
    _correct(pairs, once, twice, found)
    return found


@njit(cache=True)
def _entry(pairs: Pairs, party: Number, other: Number) -> Number:
    low, high = pairs.start[party], pairs.start[party + 1]
    place = low + np.searchsorted(pairs.source[low:high], other)
    return place if place < high and pairs.source[place] == other else np.int64(-1)


@njit(cache=True)
def _without(
    pairs: Pairs, once: Numbers, entry: Number, other: Number, mine: Number
) -> tuple[Number, Number]:
    """Return 1 - f of an entry from `other` with and without what `mine`'s party sends it."""
    others = once[other] / _first_left_back(pairs, entry)
    return _left(pairs, entry, others), _left(pairs, entry, others / _first_left_back(pairs, mine))


@njit(cache=True)
def _correct(pairs: Pairs, once: Numbers, twice: Numbers, found: Numbers) -> None:
    """Put right X of parties with records: over three links a message may begin with their own.

    It does in a triangle: party to w to u to party. For each such pair of neighbours what the
    party's records add is divided out; the shorter of two lists is gone through.
    """
    marked = np.full(found.size, -1, np.int64)
    for party in range(found.size):
        if pairs.own[party] == 0:
            continue
        begin, end = pairs.start[party], pairs.start[party + 1]
        for e in range(begin, end):
            if _first_left_back(pairs, e) < 1.0:
                marked[pairs.source[e]] = e
        kept = 1.0
        for e in range(begin, end):
            if pairs.p[e] == 0:
                continue
            near = pairs.source[e]
            others = twice[near] / _left_back(pairs, e, once[party] / _first_left(pairs, e))
            low, high = pairs.start[near], pairs.start[near + 1]
            if high - low <= end - begin:
                for entry in range(low, high):
                    far = pairs.source[entry]
                    if marked[far] >= 0 and far != party and pairs.p[entry]:
                        full, less = _without(pairs, once, entry, far, marked[far])
                        others *= less / full
            else:
                for mine in range(begin, end):
                    far = pairs.source[mine]
                    if marked[far] >= 0 and far != near:
                        entry = _entry(pairs, near, far)
                        if entry >= 0 and pairs.p[entry]:
                            full, less = _without(pairs, once, entry, far, mine)
                            others *= less / full
            kept *= _left(pairs, e, others)
        found[party] = 1.0 - kept
        for e in range(begin, end):
            marked[pairs.source[e]] = -1


@njit(cache=True, inline="always")
def _first(pairs: Pairs, e: Number, widest: Number) -> Number:
    """Return the value of the chain of one link over an entry."""
    p, seed = pairs.p[e] / WHOLE, pairs.seed[e] / WHOLE
    if widest:
        return min(p, seed)
    return max(p * seed, pairs.leaf[e]) if pairs.leaf.size else p * seed


@njit(cache=True, inline="always")
def _longer(p: Number, value: Number, widest: Number) -> Number:
    return min(p / WHOLE, value) if widest else p / WHOLE * value


@njit(cache=True)
def _put(value: Number, source: Number, values: Numbers, sources: Numbers) -> None:
    """Put a value among the largest, in falling order."""
    at = values.size
    while at > 0 and value > values[at - 1]:
        at -= 1
    if at == values.size:
        return
    for place in range(values.size - 1, at, -1):
        values[place], sources[place] = values[place - 1], sources[place - 1]
    values[at], sources[at] = value, source


@njit(cache=True, inline="always")
def _best(values: Numbers, sources: Numbers, one: Number, two: Number) -> tuple[Number, Number]:
    """Return (value, source) of the largest that comes from neither of two parties."""
    for place in range(values.size):
        if sources[place] != one and sources[place] != two:
            return values[place], sources[place]
    return 0.0, np.int64(-1)


@njit(cache=True)
def strongest(pairs: Pairs, hops: Number, widest: Number) -> Numbers:
    """Return the strongest single simple chain (parties,) of at most `hops` links, 1 to 3.

    Its value is S·Πp, the floor; `widest` 1: the least of S and all p, so that a cut is never
    below it. Of each party the three best last links are kept, of which two may be barred.
    """
    size = pairs.start.size - 1
    value = np.zeros((size, 3), np.float64)
    source = np.full((size, 3), -1, np.int32)
    for party in range(size):
        for e in range(pairs.start[party], pairs.start[party + 1]):
            if pairs.seed[e] or pairs.leaf.size:
                _put(_first(pairs, e, widest), pairs.source[e], value[party], source[party])
    if hops == 1:
        return value[:, 0].copy()
    longer = np.zeros((size, 2), np.float64)
    over = np.full((size, 2), -1, np.int32)
    for party in range(size):
        for e in range(pairs.start[party], pairs.start[party + 1]):
            if pairs.p[e] == 0:
                continue
            near = pairs.source[e]
            best, _ = _best(value[near], source[near], party, -2)
            best = max(_first(pairs, e, widest), _longer(pairs.p[e], best, widest))
            _put(best, near, longer[party], over[party])
    if hops < MOST_HOPS:
        return longer[:, 0].copy()
    found = np.zeros(size, np.float64)
    for party in range(size):
        for e in range(pairs.start[party], pairs.start[party + 1]):
            near = pairs.source[e]
            found[party] = max(found[party], _first(pairs, e, widest))
            if _longer(pairs.p[e], longer[near, 0], widest) <= found[party]:
                continue
            best, far = _best(longer[near], over[near], party, -2)
            if (
                far >= 0
                and pairs.own[party]
                and _best(value[far], source[far], near, -2)[1] == party
            ):
                # The best chain may begin with the party itself: look at all that remain.
                best = 0.0
                for entry in range(pairs.start[near], pairs.start[near + 1]):
                    far = pairs.source[entry]
                    if far != party:
                        before, _ = _best(value[far], source[far], near, party)
                        before = _longer(pairs.p[entry], before, widest)
                        best = max(best, _first(pairs, entry, widest), before)
            found[party] = max(found[party], _longer(pairs.p[e], best, widest))
    return found
