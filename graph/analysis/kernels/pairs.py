"""All pairs of linked parties with their factors both ways: the whole graph, listed by party."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import (
    NO_DAY,
    WHOLE,
    Number,
    Numbers,
    Rules,
    Web,
    row_factor,
)
from graph.analysis.kernels.lone import HOLDING, UNKNOWN, lone_factors
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
def _fill_own(start: Numbers, strength: Numbers, cap: Number, own: Numbers) -> None:
    for party in range(own.size):
        begin, end = start[party], start[party + 1]
        if begin < end:
            listed = strength[begin:end]
            own[party] = combined(listed[listed > 0].astype(np.int64), cap)


def own_strengths(start: Numbers, strength: Numbers, cap: int) -> Numbers:
    """Return S (parties,) int32 ppm of the records that count."""
    own = np.zeros(start.size - 1, np.int32)
    _fill_own(start, strength, cap, own)
    return own


@njit(cache=True)
def _order(keys: Numbers, count: Number) -> None:
    """Put the first keys in order."""
    if count > _FEW:
        keys[:count] = np.sort(keys[:count])
        return
    for turn in range(1, count):
        key = keys[turn]
        at = turn
        while at > 0 and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            at -= 1
        keys[at] = key


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
def _fill_strengths_back(
    start: Numbers,
    source: Numbers,
    seed: Numbers,
    passed: list[tuple[Number, Number]],
    free: Numbers,
    seed_back: Numbers,
) -> None:
    """Fill in what `seed` says of each entry's reverse, of those that are `passed` something.

    These are (party, entry) in order: few have records, and of whoever has the list is gone
    through once beside them. So far it is in `free` (parties,), 0 before.
    """
    for party, e in passed:
        other = source[e]
        there = start[other] + free[other]
        while source[there] < party:
            there += 1
        seed_back[there] = seed[e]
        free[other] = there + 1 - start[other]


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
    lists: tuple[Numbers, ...],
) -> tuple[Numbers, Numbers]:
    """Fill in lists, which have room for all rows; return (rest, leaf).

    They are start, source, p, seed, p_back and seed_back, which is 0 as `free` (parties,) is.
    `alone` is of rows, both ways (rows, 2), or of the parties' entries, one way (entries, 1): then
    the last two are not filled in. `standing` (parties,) is S, _NOBODY of who is in no pair.
    """
    start, source, p, seed, p_back, seed_back, free = lists
    none = np.zeros(0, np.int64)
    # Read out once: each access to a field makes numba count a reference.
    in_start, in_other, in_row = web.in_start, web.in_other, web.in_row
    out_start, out_other, out_row = web.out_start, web.out_other, web.out_row
    both = alone.shape[1] > 1
    last_in, last_out = in_row.size - 1, out_row.size - 1
    widest = np.int64(1)
    for turn in range(parties.size):
        party = parties[turn]
        around = in_start[party + 1] - in_start[party] + out_start[party + 1] - out_start[party]
        widest = max(widest, around)
    passed: list[tuple[Number, Number]] = [(np.int32(0), 0) for _ in range(0)]
    odd_entry: list[Number] = [0 for _ in range(0)]
    odd_rest: list[Number] = [0.0 for _ in range(0)]
    odd_leaf: list[Number] = [0.0 for _ in range(0)]
    keys = np.empty(widest, np.int64)
    rows = np.empty(widest, np.int64)
    listed = np.empty(widest, np.int64)
    ways = np.empty(widest, np.int64)
    factors = np.empty(widest, np.int64)
    filled = 0
    begun = np.int64(0)
    for turn in range(parties.size):
        party = parties[turn]
        start[turn] = filled
        first_in, first_out = in_start[party], out_start[party]
        inward = in_start[party + 1] - first_in
        around = inward + out_start[party + 1] - first_out
        begun += around
        if standing[party] == _NOBODY:
            continue
        count = 0
        for place in range(first_in, first_in + inward):
            ahead = min(place + AHEAD, last_in)
            fetch(standing, in_other[ahead])
            fetch(alone, in_row[ahead] * both)
            other = np.int64(in_other[place])
            if standing[other] != _NOBODY and other != party:
                keys[count] = ((other * 2) << _HALF) + place - first_in
                count += 1
        for place in range(first_out, first_out + around - inward):
            ahead = min(place + AHEAD, last_out)
            fetch(standing, out_other[ahead])
            fetch(alone, out_row[ahead] * both)
            other = np.int64(out_other[place])
            if standing[other] != _NOBODY and other != party:
                keys[count] = ((other * 2 + 1) << _HALF) + place - first_out + inward
                count += 1
        _order(keys, count)
        first = 0
        while first < count:
            other = keys[first] >> (_HALF + 1)
            found = 0
            best, best_back = np.int64(0), np.int64(0)
            while first < count and keys[first] >> (_HALF + 1) == other:
                # Rows of a pair that point the same way stand together: a holder's are summed.
                pair = keys[first] >> _HALF
                last = first
                while last < count and keys[last] >> _HALF == pair:
                    entry = keys[last] & _LOW
                    if entry < inward:
                        rows[last - first] = in_row[first_in + entry]
                    else:
                        rows[last - first] = out_row[first_out + entry - inward]
                    last += 1
                way, many = 1 - (pair & 1), last - first
                for place in range(many):
                    if both:
                        value = np.int64(alone[rows[place], 1 - way])
                        if value == UNKNOWN or (many > 1 and value <= HOLDING):
                            value = row_factor(web, rows, many, place, 1 - way, day, rules, none)
                            value = min(value, np.int64(rules.cap))
                        elif value <= HOLDING:
                            value = HOLDING - value
                        best_back = max(best_back, value)
                        value = np.int64(alone[rows[place], way])
                    else:
                        value = np.int64(alone[begun - around + (keys[first + place] & _LOW), 0])
                    if value == UNKNOWN or (many > 1 and value <= HOLDING):
                        value = row_factor(web, rows, many, place, way, day, rules, none)
                        value = min(value, np.int64(rules.cap))
                    elif value <= HOLDING:
                        value = HOLDING - value
                    if value > 0:
                        best = max(best, value)
                        listed[found], ways[found], factors[found] = rows[place], way, value
                        found += 1
                first = last
            strong = np.int64(standing[other])
            if best > 0 and strong > 0:
                begin, end = rec_start[other], rec_start[other + 1]
                plain = True
                for place in range(begin, end):
                    if strength[place] > 0 and (act[place] != NO_DAY or cites[place] >= 0):
                        plain = False
                if not plain:
                    strong, rest, leaf = _over_edge(
                        web,
                        rules,
                        cap,
                        day,
                        listed[:found],
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
            if both:
                p_back[filled] = best_back
                if seed[filled]:
                    passed.append((party, filled))
            filled += 1
    start[parties.size] = filled
    _fill_strengths_back(start, source, seed, passed, free, seed_back)
    rest_of = np.ones(filled if odd_entry else 0, np.float64)
    leaf_of = np.zeros(rest_of.size, np.float64)
    for place in range(len(odd_entry)):
        rest_of[odd_entry[place]] = odd_rest[place]
        leaf_of[odd_entry[place]] = odd_leaf[place]
    return rest_of, leaf_of


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
    found = _lists_of(web, rules, cap, day, parties, alone.reshape(-1, 1), own, *records)
    return found[0], found[1], found[2], found[3], found[6], found[7]


def _lists_of(
    web: Web,
    rules: Rules,
    cap: int,
    day: int,
    parties: Numbers,
    alone: Numbers,
    own: Numbers,
    *records: Numbers,
) -> tuple[Numbers, ...]:
    """Return (start, *lists, rest, leaf) as of _fill_lists."""
    room, size = web.in_row.size + web.out_row.size, parties.size
    back, count = (room, size) if alone.shape[1] > 1 else (0, 0)
    # numpy asks for large pages, a kernel does not: fresh memory is half of its time. Zeros are
    # taken as they become something else: few parties have records.
    lists: tuple[Numbers, ...] = (
        np.empty(size + 1, np.int64),
        *(np.empty(room, np.int32) for _ in range(3)),
        np.empty(back, np.int32),
        np.zeros(back, np.int32),
    )
    standing = np.where(web.blocked, np.int32(_NOBODY), own)
    begins, strength, act, cites = records
    known = (alone, standing, begins, strength, act, cites)
    room_for = (*lists, np.zeros(count, np.int32))
    rest, leaf = _fill_lists(web, rules, cap, day, parties, *known, room_for)
    filled = int(lists[0][-1])
    return lists[0], *(array[:filled] for array in lists[1:]), rest, leaf


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
    alone = lone_factors(web, rules, day)
    records = (rec_start, strength, act, cites)
    lists = _lists_of(web, rules, cap, day, everybody, alone, own, *records)
    start, source, p, seed, p_back, seed_back, rest, leaf = lists
    rest_back = at_reverse(start, source, rest) if rest.size else np.empty_like(rest)
    return Pairs(start, start[1:], source, p, seed, p_back, seed_back, rest, rest_back, leaf, own)


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
