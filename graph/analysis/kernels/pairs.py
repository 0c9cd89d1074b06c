"""All pairs of linked parties with their factors both ways: the whole graph, listed by party."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import (
    AGAINST,
    ALONG,
    CONTROLS,
    DERIVED,
    HOLDS_SHARES,
    NO_DAY,
    WHOLE,
    Number,
    Numbers,
    Rules,
    Web,
    row_factor,
)
from graph.analysis.kernels.lone import lone_factors
from graph.analysis.kernels.seeds import combined, edges_with_seeds

# Up to so many are put in order by hand: a call to sort costs more.
_FEW = 24
# Bits of a row in a key.
_ROW = 32
_ROWS = (1 << _ROW) - 1


class Pairs(NamedTuple):
    """Who is linked with whom: those of party i at `start[i]:start[i + 1]`, by other end `source`.

    By entry, in ppm: `p` the factor from the other end to the party, `seed` the strength of the
    other end's records over that edge, `p_back` and `seed_back` the same from the party to the
    other end; either may be 0, and both. `rest` and `rest_back`, 0..1, are
    what records with a first factor of their own leave: the product of 1 - p·S of the leaves;
    `leaf` the largest p·S of them. These three are empty where there is no such record. `own`
    (parties,) is S in ppm, all records together.
    """

    start: Numbers
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
def _ordered(web: Web, party: Number, keys: Numbers) -> Number:
    """Fill in the keys of a party's links, by other end, way and row; return how many."""
    count = 0
    for along in (ALONG, AGAINST):
        start = web.in_start if along == ALONG else web.out_start
        listed = web.in_row if along == ALONG else web.out_row
        ends = web.in_other if along == ALONG else web.out_other
        for place in range(start[party], start[party + 1]):
            other = np.int64(ends[place])
            if other != party and web.blocked[other] == 0:
                keys[count] = ((other * 2 + 1 - along) << _ROW) + listed[place]
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
def lists_of(
    web: Web,
    rules: Rules,
    cap: Number,
    day: Number,
    parties: Numbers,
    alone: Numbers,
    own: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return (start, source, p, seed, rest, leaf) of Pairs of some parties, in their order.

    `alone` holds the lone factors of their rows, `own` is S of all; the last four arrays are those
    of Strengths. Nobody is paired with itself, nor with a party through which nothing passes.
    """
    none = np.zeros(0, np.int64)
    most = np.int64(0)
    widest = np.int64(1)
    for turn in range(parties.size):
        party = parties[turn]
        around = web.in_start[party + 1] - web.in_start[party]
        around += web.out_start[party + 1] - web.out_start[party]
        widest = max(widest, around)
        most += around
    start = np.zeros(parties.size + 1, np.int64)
    source = np.empty(most, np.int32)
    p = np.empty(most, np.int32)
    seed = np.empty(most, np.int32)
    odd_entry: list[Number] = [0 for _ in range(0)]
    odd_rest: list[Number] = [0.0 for _ in range(0)]
    odd_leaf: list[Number] = [0.0 for _ in range(0)]
    keys = np.empty(widest, np.int64)
    rows = np.empty(widest, np.int64)
    ways = np.empty(widest, np.int64)
    factors = np.empty(widest, np.int64)
    listed = np.empty(widest, np.int64)
    filled = 0
    for turn in range(parties.size):
        party = parties[turn]
        start[turn] = filled
        if web.blocked[party]:
            continue
        count = _ordered(web, party, keys)
        first = 0
        while first < count:
            other = keys[first] >> (_ROW + 1)
            found = 0
            best = np.int64(0)
            while first < count and keys[first] >> (_ROW + 1) == other:
                # Rows of a pair that point the same way stand together: a holder's are summed.
                pair = keys[first] >> _ROW
                last = first
                while last < count and keys[last] >> _ROW == pair:
                    rows[last - first] = keys[last] & _ROWS
                    last += 1
                way = 1 - (pair & 1)
                many = last - first
                for place in range(many):
                    value = np.int64(alone[way, rows[place]])
                    kind, flags = web.kind[rows[place]], web.flags[rows[place]]
                    derived = kind == CONTROLS and flags & DERIVED != 0
                    if derived or (many > 1 and kind == HOLDS_SHARES):
                        value = row_factor(web, rows, many, place, way, day, rules, none)
                        value = min(value, np.int64(rules.cap))
                    if value > 0:
                        best = max(best, value)
                        ways[found], factors[found], listed[found] = way, value, rows[place]
                        found += 1
                first = last
            begin, end = rec_start[other], rec_start[other + 1]
            strong = np.int64(own[other])
            if best > 0 and strong > 0:
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
            filled += 1
    start[parties.size] = filled
    rest_of = np.ones(filled if odd_entry else 0, np.float64)
    leaf_of = np.zeros(rest_of.size, np.float64)
    for place in range(len(odd_entry)):
        rest_of[odd_entry[place]] = odd_rest[place]
        leaf_of[odd_entry[place]] = odd_leaf[place]
    return (
        start,
        source[:filled].copy(),
        p[:filled].copy(),
        seed[:filled].copy(),
        rest_of,
        leaf_of,
    )


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
    return with_back(*lists_of(web, rules, cap, day, everybody, alone, own, *records), own)


@njit(cache=True)
def back_of(start: Numbers, source: Numbers) -> Numbers:
    """Return the place of each entry's reverse (entries,) int32; every pair is in both lists."""
    back = np.empty(source.size, np.int32)
    free = start[:-1].copy()
    for party in range(start.size - 1):
        for e in range(start[party], start[party + 1]):
            # Parties come in order, and each list is in their order.
            back[e] = free[source[e]]
            free[source[e]] += 1
    return back


@njit(cache=True)
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
    back = back_of(start, source)
    p_back = np.empty_like(p)
    seed_back = np.empty_like(seed)
    rest_back = np.empty_like(rest)
    for e in range(source.size):
        p_back[e], seed_back[e] = p[back[e]], seed[back[e]]
        if rest.size:
            rest_back[e] = rest[back[e]]
    return Pairs(start, source, p, seed, p_back, seed_back, rest, rest_back, leaf, own)
