"""Exposure of every party at once, within at most three links (method 4, whole graph)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs

# The batch is exact up to so many links; over more, walks come back to where they were.
MOST_HOPS = 3
# More than what rounding to half the width takes off.
_ABOVE = np.float32(1.000001)


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
def fill_once(pairs: Pairs, parties: Numbers, once: Numbers) -> None:
    """Fill in what the neighbours' own records leave of some parties: 1 - X within one link."""
    for turn in range(parties.size):
        party = parties[turn]
        kept = 1.0
        for e in range(pairs.start[party], pairs.start[party + 1]):
            kept *= _first_left(pairs, e)
        once[party] = kept


@njit(cache=True)
def fill_twice(pairs: Pairs, parties: Numbers, once: Numbers, twice: Numbers) -> None:
    """Fill in 1 - X within two links of some parties."""
    for turn in range(parties.size):
        party = parties[turn]
        kept = 1.0
        for e in range(pairs.start[party], pairs.start[party + 1]):
            if pairs.p[e]:
                kept *= _left(pairs, e, once[pairs.source[e]] / _first_left_back(pairs, e))
        twice[party] = kept


@njit(cache=True)
def fill_found(
    pairs: Pairs, parties: Numbers, once: Numbers, twice: Numbers, found: Numbers
) -> None:
    """Fill in X within three links of some parties; those with records are to be put right."""
    for turn in range(parties.size):
        party = parties[turn]
        kept = 1.0
        for e in range(pairs.start[party], pairs.start[party + 1]):
            if pairs.p[e]:
                back = _left_back(pairs, e, once[party] / _first_left(pairs, e))
                kept *= _left(pairs, e, twice[pairs.source[e]] / back)
        found[party] = 1.0 - kept


@njit(cache=True)
def seeded(pairs: Pairs) -> Numbers:
    """Return the parties (int32) that any record reaches over one link, in order.

    Few have records: whom they pass something to is in their own lists.
    """
    size = pairs.own.size
    if pairs.leaf.size:
        return np.arange(size).astype(np.int32)
    own, start, source, passed = pairs.own, pairs.start, pairs.source, pairs.seed_back
    mask = np.zeros(size, np.uint8)
    for party in range(size):
        if own[party]:
            for e in range(start[party], start[party + 1]):
                if passed[e]:
                    mask[source[e]] = 1
    return np.flatnonzero(mask).astype(np.int32)


def exposures(pairs: Pairs, hops: int, layers: list[Numbers] | None = None) -> Numbers:
    """Return X (parties,) float64 within `hops` links, 1 to 3.

    Non-backtracking messages: what passes from u to v leaves out what came from v, divided out of
    the product of all. Every factor is at least .05, so that nothing is divided by 0; a product
    too small for a float is no more than 0, and its party's value is 1 to the last digit. What is
    left within fewer links is appended to `layers`, where they are given.
    """
    size = pairs.start.size - 1
    everybody = np.arange(size, dtype=np.int32)
    once = np.ones(size, np.float64)
    fill_once(pairs, seeded(pairs), once)
    if hops == 1:
        return 1.0 - once
    twice = np.empty(size, np.float64)
    fill_twice(pairs, everybody, once, twice)
    if hops < MOST_HOPS:
        return 1.0 - twice
    found = np.empty(size, np.float64)
    fill_found(pairs, everybody, once, twice, found)
    correct(pairs, np.flatnonzero(pairs.own).astype(np.int32), once, twice, found)
    if layers is not None:
        layers += [once, twice]
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
def correct(pairs: Pairs, parties: Numbers, once: Numbers, twice: Numbers, found: Numbers) -> None:
    """Put right X of parties with records: over three links a message may begin with their own.

    It does in a triangle: party to w to u to party. For each such pair of neighbours what the
    party's records add is divided out; the shorter of two lists is gone through.
    """
    marked = np.full(found.size, -1, np.int64)
    for turn in range(parties.size):
        party = parties[turn]
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
def _single(
    values: Numbers, sources: Numbers, row: Number, one: Number, two: Number
) -> tuple[Number, Number]:
    """Return (value, source) of the largest of a row that comes from neither of two parties."""
    # By row and column: to take out a row makes numba count references.
    for place in range(values.shape[1]):
        if sources[row, place] != one and sources[row, place] != two:
            return values[row, place], sources[row, place]
    return 0.0, np.int32(-1)


class Chains(NamedTuple):
    """The best chains into each party, and the other end of each one's last link.

    Of one link, into few: a party's stand at row `place` (parties,) of `value` and `source`, both
    (rows, 3), of which the last says that there is none. Of one or two: `longer`, `over`
    (parties, 2).
    """

    place: Numbers
    value: Numbers
    source: Numbers
    longer: Numbers
    over: Numbers


@njit(cache=True)
def singles_of(pairs: Pairs, parties: Numbers, widest: Number) -> tuple[Numbers, Numbers, Numbers]:
    """Return `place`, `value` and `source` of Chains; `parties` are those that may have some."""
    # Read out once: each access to a field makes numba count a reference.
    start, seed, source, odd = pairs.start, pairs.seed, pairs.source, pairs.leaf.size > 0
    place = np.full(start.size - 1, parties.size, np.int32)
    value = np.zeros((parties.size + 1, 3), np.float64)
    other = np.full((parties.size + 1, 3), -1, np.int32)
    for turn in range(parties.size):
        party = parties[turn]
        place[party] = turn
        for e in range(start[party], start[party + 1]):
            if seed[e] > 0 or odd:
                _put(_first(pairs, e, widest), source[e], value[turn], other[turn])
    return place, value, other


@njit(cache=True)
def fill_longer(pairs: Pairs, parties: Numbers, widest: Number, chains: Chains) -> None:
    """Fill in the best chains of one or two links of some parties, from those of one link."""
    start, ends, p = pairs.start, pairs.source, pairs.p
    place, value, source, longer, over = chains
    none = value.shape[0] - 1
    for turn in range(parties.size):
        party = parties[turn]
        most, second = 0.0, 0.0
        by, second_by = np.int32(-1), np.int32(-1)
        for e in range(start[party], start[party + 1]):
            if p[e] == 0:
                continue
            near = ends[e]
            best = _first(pairs, e, widest)
            at = place[near]
            if at != none:
                before, _ = _single(value, source, at, party, -2)
                best = max(best, _longer(p[e], before, widest))
            if best > most:
                second, second_by = most, by
                most, by = best, near
            elif best > second:
                second, second_by = best, near
        longer[party, 0], over[party, 0] = most, by
        longer[party, 1], over[party, 1] = second, second_by


@njit(cache=True)
def fill_chain(
    pairs: Pairs, parties: Numbers, widest: Number, chains: Chains, most: Numbers, found: Numbers
) -> None:
    """Fill in the strongest simple chain of at most three links of some parties.

    `most` (parties,) float32 is no less than the best chain of one or two links into each: lists
    of whom nothing better can come through are never read.
    """
    start, source, p, own = pairs.start, pairs.source, pairs.p, pairs.own
    place, value, single, longer, over = chains
    for turn in range(parties.size):
        party = parties[turn]
        begin, end = start[party], start[party + 1]
        reached = 0.0
        for e in range(begin, end):
            reached = max(reached, _first(pairs, e, widest))
        for e in range(begin, end):
            near = source[e]
            if _longer(p[e], most[near], widest) <= reached:
                continue
            best, far = _single(longer, over, near, party, -2)
            if far >= 0 and own[party] and _single(value, single, place[far], near, -2)[1] == party:
                # The best chain may begin with the party itself: look at all that remain.
                best = 0.0
                for entry in range(start[near], start[near + 1]):
                    far = source[entry]
                    if far != party:
                        before, _ = _single(value, single, place[far], near, party)
                        before = _longer(p[entry], before, widest)
                        best = max(best, _first(pairs, entry, widest), before)
            reached = max(reached, _longer(p[e], best, widest))
        found[party] = reached


@njit(cache=True)
def fill_most(longer: Numbers, most: Numbers) -> None:
    """Fill in what is no less than the best chain of one or two links (parties,), 0 where none."""
    for party in range(most.size):
        best = longer[party, 0]
        # Half the width may round down: the next number is above.
        most[party] = np.float32(best) * _ABOVE if best > 0.0 else 0.0


def most_by(chains: Chains) -> Numbers:
    """Return (parties,) float32 no less than the best chain of one or two links, 0 where none."""
    most = np.empty(chains.longer.shape[0], np.float32)
    fill_most(chains.longer, most)
    return most


def strongest(pairs: Pairs, hops: int, widest: int, kept: list[Chains] | None = None) -> Numbers:
    """Return the strongest single simple chain (parties,) of at most `hops` links, 1 to 3.

    Its value is S·Πp, the floor; `widest` 1: the least of S and all p, so that a cut is never
    below it. Of each party the three best last links are kept, of which two may be barred. What
    is found on the way is appended to `kept`, where it is given.
    """
    size = pairs.start.size - 1
    everybody = np.arange(size, dtype=np.int32)
    place, value, source = singles_of(pairs, seeded(pairs), widest)
    if hops == 1:
        found: Numbers = value[place, 0]
        return found
    room = np.empty((size, 2), np.float64), np.empty((size, 2), np.int32)
    chains = Chains(place, value, source, *room)
    fill_longer(pairs, everybody, widest, chains)
    if hops < MOST_HOPS:
        return chains.longer[:, 0].copy()
    found = np.empty(size, np.float64)
    fill_chain(pairs, everybody, widest, chains, most_by(chains), found)
    if kept is not None:
        kept.append(chains)
    return found
