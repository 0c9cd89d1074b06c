"""All pairs of linked parties with their factors both ways: the whole graph, listed by party."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import (
    NO_DAY,
    WHOLE,
    Number,
    Numbers,
    Rules,
    Web,
    row_factor,
)
from graph.analysis.kernels.lone import HOLDING, UNKNOWN, factors_by_entry
from graph.analysis.kernels.seeds import combined, edges_with_seeds

# Up to so many are put in order by hand: a call to sort costs more.
_FEW = 24
# Bits of an entry in a key, and of a strength in a number of two.
_HALF = 32
_LOW = (1 << _HALF) - 1
# Stands for the strength of a party that nobody is paired with.
_NOBODY = -1


class Pairs(NamedTuple):
    """Who is linked with whom: those of party i at `start[i]:end[i]`, by other end `source`.

    By entry, in ppm: `p` the factor from the other end to the party, `seed` the strength of the
    other end's records over that edge, `p_back` and `seed_back` the same from the party to the
    other end; either may be 0, and both. `rest` and `rest_back`, 0..1, are
    what records with a first factor of their own leave: the product of 1 - p·S of the leaves;
    `leaf` the largest p·S of them. These three are empty where there is no such record. `own`
    (parties,) is S in ppm, all records together.
    """

    start: Numbers
    end: Numbers
    source: Numbers
    p: Numbers
    seed: Numbers
    p_back: Numbers
    seed_back: Numbers
    rest: Numbers
    rest_back: Numbers
    leaf: Numbers
    own: Numbers


@njit(cache=True)
def entry_of(
    start: Numbers, end: Numbers, source: Numbers, place: Numbers, party: Number, other: Number
) -> Number:
    """Return another party's entry in a list, -1 without one; lists are in the order of `place`."""
    low, high, sought = start[party], end[party], place[other]
    while low < high:
        middle = (low + high) // 2
        if place[source[middle]] < sought:
            low = middle + 1
        else:
            high = middle
    return low if low < end[party] and source[low] == other else np.int64(-1)


@njit(cache=True)
def own_strengths(start: Numbers, strength: Numbers, cap: Number) -> Numbers:
    """Return S (parties,) int32 ppm of the records that count."""
    own = np.zeros(start.size - 1, np.int32)
    for party in range(own.size):
        begin, end = start[party], start[party + 1]
        if begin < end:
            listed = strength[begin:end]
            own[party] = combined(listed[listed > 0].astype(np.int64), cap)
    return own


@njit(cache=True)
def _stand(web: Web, parties: Numbers, standing: Numbers, found: Numbers) -> None:
    """Fill in what `standing` says of the other end of each row in and then out of some parties.

    One loop that does nothing else: reads from far away then wait for each other least.
    """
    in_start, in_other, out_start, out_other = (
        web.in_start,
        web.in_other,
        web.out_start,
        web.out_other,
    )
    filled = 0
    for turn in range(parties.size):
        party = parties[turn]
        for place in range(in_start[party], in_start[party + 1]):
            found[filled] = standing[in_other[place]]
            filled += 1
        for place in range(out_start[party], out_start[party + 1]):
            found[filled] = standing[out_other[place]]
            filled += 1


@njit(cache=True)
def _ordered(
    party: Number, inward: Numbers, outward: Numbers, standing: Numbers, keys: Numbers
) -> Number:
    """Fill in the keys of a party's entries, by other end, way and row; return how many.

    `inward` and `outward` are the other ends of its rows, `standing` those of _stand.
    """
    count = 0
    for place in range(standing.size):
        if standing[place] == _NOBODY:
            continue
        if place < inward.size:
            other, against = np.int64(inward[place]), 0
        else:
            other, against = np.int64(outward[place - inward.size]), 1
        if other != party:
            keys[count] = ((other * 2 + against) << _HALF) + place
            count += 1
    if count > _FEW:
        keys[:count] = np.sort(keys[:count])
        return count
    for turn in range(1, count):
        key = keys[turn]
        at = turn
        while at > 0 and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            at -= 1
        keys[at] = key
    return count


@njit(cache=True)
def _rows_at(web: Web, party: Number, entries: Numbers, rows: Numbers) -> None:
    """Fill in the rows of a party's entries: those in, then those out."""
    inward = web.in_start[party + 1] - web.in_start[party]
    for place in range(entries.size):
        entry = entries[place]
        if entry < inward:
            rows[place] = web.in_row[web.in_start[party] + entry]
        else:
            rows[place] = web.out_row[web.out_start[party] + entry - inward]


@njit(cache=True)
def _over_edge(
    web: Web,
    rules: Rules,
    cap: Number,
    day: Number,
    rows: Numbers,
    ways: Numbers,
    factors: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> tuple[Number, Number, Number]:
    """Return (seed, rest, leaf) of one edge whose source has records that look at the links."""
    counts = np.flatnonzero(strength > 0)
    _, p, _, _, leaf, seed, _, _ = edges_with_seeds(
        web,
        rules,
        cap,
        day,
        np.zeros(1, np.int64),
        np.array([0, rows.size]),
        rows,
        ways,
        factors,
        np.array([0, counts.size]),
        strength[counts].astype(np.int64),
        act[counts].astype(np.int64),
        cites[counts].astype(np.int64),
    )
    rest, best = 1.0, 0.0
    for e in range(p.size):
        if leaf[e]:
            passed = p[e] / WHOLE * (seed[e] / WHOLE)
            rest *= 1.0 - passed
            best = max(best, passed)
    return seed[0], rest, best


@njit(cache=True)
def _fill_lists(
    web: Web,
    rules: Rules,
    cap: Number,
    day: Number,
    parties: Numbers,
    alone: Numbers,
    standing: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
    lists: tuple[Numbers, Numbers, Numbers],
) -> tuple[Numbers, Numbers, Numbers]:
    """Fill in source, p and seed, which have room for all rows; return (start, rest, leaf)."""
    source, p, seed = lists
    none = np.zeros(0, np.int64)
    # Read out once: each access to a field makes numba count a reference.
    in_start, in_other, out_start, out_other = (
        web.in_start,
        web.in_other,
        web.out_start,
        web.out_other,
    )
    blocked = web.blocked
    widest = np.int64(1)
    for turn in range(parties.size):
        party = parties[turn]
        around = in_start[party + 1] - in_start[party] + out_start[party + 1] - out_start[party]
        widest = max(widest, around)
    start = np.zeros(parties.size + 1, np.int64)
    odd_entry: list[Number] = [0 for _ in range(0)]
    odd_rest: list[Number] = [0.0 for _ in range(0)]
    odd_leaf: list[Number] = [0.0 for _ in range(0)]
    keys = np.empty(widest, np.int64)
    entries = np.empty(widest, np.int64)
    rows = np.empty(widest, np.int64)
    ways = np.empty(widest, np.int64)
    factors = np.empty(widest, np.int64)
    listed = np.empty(widest, np.int64)
    filled = 0
    end_of = np.int64(0)
    for turn in range(parties.size):
        party = parties[turn]
        start[turn] = filled
        inward = in_other[in_start[party] : in_start[party + 1]]
        outward = out_other[out_start[party] : out_start[party + 1]]
        begun = end_of
        end_of += inward.size + outward.size
        if blocked[party]:
            continue
        count = _ordered(party, inward, outward, standing[begun:end_of], keys)
        first = 0
        while first < count:
            other = keys[first] >> (_HALF + 1)
            strong = np.int64(standing[begun + (keys[first] & _LOW)])
            found = 0
            best = np.int64(0)
            while first < count and keys[first] >> (_HALF + 1) == other:
                # Rows of a pair that point the same way stand together: a holder's are summed.
                pair = keys[first] >> _HALF
                last = first
                while last < count and keys[last] >> _HALF == pair:
                    entries[last - first] = keys[last] & _LOW
                    last += 1
                way = 1 - (pair & 1)
                many = last - first
                known = 0
                for place in range(many):
                    value = np.int64(alone[begun + entries[place]])
                    if value == UNKNOWN or (many > 1 and value <= HOLDING):
                        if known == 0:
                            _rows_at(web, party, entries[:many], rows)
                            known = 1
                        value = row_factor(web, rows, many, place, way, day, rules, none)
                        value = min(value, np.int64(rules.cap))
                    elif value <= HOLDING:
                        value = HOLDING - value
                    if value > 0:
                        best = max(best, value)
                        ways[found], factors[found], listed[found] = way, value, entries[place]
                        found += 1
                first = last
            if best > 0 and strong > 0:
                begin, end = rec_start[other], rec_start[other + 1]
                plain = True
                for place in range(begin, end):
                    if strength[place] > 0 and (act[place] != NO_DAY or cites[place] >= 0):
                        plain = False
                if not plain:
                    _rows_at(web, party, listed[:found], rows)
                    strong, rest, leaf = _over_edge(
                        web,
                        rules,
                        cap,
                        day,
                        rows[:found],
                        ways[:found],
                        factors[:found],
                        strength[begin:end],
                        act[begin:end],
                        cites[begin:end],
                    )
                    if leaf > 0:
                        odd_entry.append(filled)
                        odd_rest.append(rest)
                        odd_leaf.append(leaf)
            source[filled], p[filled] = other, best
            seed[filled] = strong if best > 0 else 0
            filled += 1
    start[parties.size] = filled
    rest_of = np.ones(filled if odd_entry else 0, np.float64)
    leaf_of = np.zeros(rest_of.size, np.float64)
    for place in range(len(odd_entry)):
        rest_of[odd_entry[place]] = odd_rest[place]
        leaf_of[odd_entry[place]] = odd_leaf[place]
    return start, rest_of, leaf_of


def lists_of(
    web: Web,
    rules: Rules,
    cap: int,
    day: int,
    parties: Numbers,
    alone: Numbers,
    own: Numbers,
    *records: Numbers,
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return (start, source, p, seed, rest, leaf) of Pairs of some parties, in their order.

    `alone` holds the lone factors of their rows as `factors_at` gives them, `own` is S of all;
    `records` are the start, strength, act and cites of Strengths. Nobody is paired with itself,
    nor with a party through which nothing passes.
    """
    # numpy asks for large pages, a kernel does not: fresh memory is half of its time.
    standing, source, p, seed = (np.empty(alone.size, np.int32) for _ in range(4))
    _stand(web, parties, np.where(web.blocked, np.int32(_NOBODY), own), standing)
    begins, strength, act, cites = records
    room, known = (source, p, seed), (alone, standing, begins, strength, act, cites)
    start, rest, leaf = _fill_lists(web, rules, cap, day, parties, *known, room)
    filled = int(start[-1])
    return start, source[:filled], p[:filled], seed[:filled], rest, leaf


def pairs_of(
    web: Web,
    rules: Rules,
    cap: int,
    day: int,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> Pairs:
    """Return the pairs of all parties on a day; the last four arrays are those of Strengths."""
    everybody = np.arange(web.blocked.size, dtype=np.int32)
    own = own_strengths(rec_start, strength, cap)
    alone = factors_by_entry(web, rules, day)
    records = (rec_start, strength, act, cites)
    return with_back(*lists_of(web, rules, cap, day, everybody, alone, own, *records), own)


@njit(cache=True)
def at_reverse(start: Numbers, source: Numbers, values: Numbers) -> Numbers:
    """Return what `values` (entries,) say of each entry's reverse; every pair is in both lists."""
    found = np.empty_like(values)
    free = start[:-1].astype(np.int32)
    for party in range(start.size - 1):
        for e in range(start[party], start[party + 1]):
            # Parties come in order, and each list is in their order.
            found[free[source[e]]] = values[e]
            free[source[e]] += 1
    return found


@njit(cache=True)
def _fill_back(
    start: Numbers, source: Numbers, p: Numbers, seed: Numbers, back: tuple[Numbers, Numbers]
) -> None:
    """Fill in what `p` and `seed` say of each entry's reverse, as `at_reverse` finds it."""
    p_back, seed_back = back
    free = start[:-1].astype(np.int32)
    # Few parties have records.
    seed_back[:] = 0
    for party in range(start.size - 1):
        for e in range(start[party], start[party + 1]):
            there = free[source[e]]
            free[source[e]] = there + 1
            p_back[there] = p[e]
            if seed[e]:
                seed_back[there] = seed[e]


def with_back(
    start: Numbers,
    source: Numbers,
    p: Numbers,
    seed: Numbers,
    rest: Numbers,
    leaf: Numbers,
    own: Numbers,
) -> Pairs:
    """Return pairs, each entry with what its reverse says: read in a row, not here and there."""
    p_back, seed_back = np.empty_like(p), np.empty_like(seed)
    _fill_back(start, source, p, seed, (p_back, seed_back))
    rest_back = at_reverse(start, source, rest) if rest.size else np.empty_like(rest)
    return Pairs(start, start[1:], source, p, seed, p_back, seed_back, rest, rest_back, leaf, own)
