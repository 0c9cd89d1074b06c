"""Pairs of a graph made from those before it: lists that stayed are copied, others put in."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers
from graph.analysis.kernels.pairs import Pairs


@njit(cache=True)
def _at(start: Numbers, source: Numbers, party: Number, other: Number) -> Number:
    low, high = start[party], start[party + 1]
    return low + np.searchsorted(source[low:high], other)


@njit(cache=True)
def spliced(
    before: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    lists: tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers],
    own: Numbers,
) -> Pairs:
    """Return the pairs: of `parties` from `lists`, as `lists_of` gives them, of others as before.

    `back` and `forth` are places then and now. Who stays has the same neighbours in the same order.
    """
    size = back.size
    fresh = np.full(size, -1, np.int32)
    for turn in range(parties.size):
        fresh[parties[turn]] = turn
    sub, sub_source, sub_p, sub_seed, sub_rest, sub_leaf = lists
    start = np.zeros(size + 1, np.int64)
    for party in range(size):
        if fresh[party] >= 0:
            count = sub[fresh[party] + 1] - sub[fresh[party]]
        else:
            count = before.start[back[party] + 1] - before.start[back[party]]
        start[party + 1] = start[party] + count
    total = start[size]
    odd = max(before.rest.size, sub_rest.size) > 0
    source = np.empty(total, np.int32)
    p, seed = np.empty(total, np.int32), np.empty(total, np.int32)
    p_back, seed_back = np.empty(total, np.int32), np.empty(total, np.int32)
    rest = np.ones(total if odd else 0, np.float64)
    rest_back = np.ones(rest.size, np.float64)
    leaf = np.zeros(rest.size, np.float64)
    for party in range(size):
        low, count = start[party], start[party + 1] - start[party]
        if fresh[party] >= 0:
            first = sub[fresh[party]]
            for place in range(count):
                source[low + place] = sub_source[first + place]
                p[low + place], seed[low + place] = sub_p[first + place], sub_seed[first + place]
                if sub_rest.size:
                    rest[low + place] = sub_rest[first + place]
                    leaf[low + place] = sub_leaf[first + place]
        else:
            first = before.start[back[party]]
            for place in range(count):
                e, old = low + place, first + place
                source[e] = forth[before.source[old]]
                p[e], seed[e] = before.p[old], before.seed[old]
                p_back[e], seed_back[e] = before.p_back[old], before.seed_back[old]
                if before.rest.size:
                    rest[e], leaf[e] = before.rest[old], before.leaf[old]
                    rest_back[e] = before.rest_back[old]
    for turn in range(parties.size):
        party = parties[turn]
        for e in range(start[party], start[party + 1]):
            there = _at(start, source, source[e], party)
            p_back[e], seed_back[e] = p[there], seed[there]
            if odd:
                rest_back[e] = rest[there]
    # Where no record has a first factor of its own the three are empty.
    kept = rest.size if leaf.size and leaf.max() > 0 else 0
    return Pairs(
        start,
        source,
        p,
        seed,
        p_back,
        seed_back,
        rest[:kept].copy(),
        rest_back[:kept].copy(),
        leaf[:kept].copy(),
        own,
    )


@njit(cache=True)
def differing(
    before: Pairs, now: Pairs, forth: Numbers, back: Numbers, parties: Numbers
) -> Numbers:
    """Return which of `parties` have other pairs, or other own records, than they had."""
    found = np.empty(parties.size, np.int32)
    count = 0
    for turn in range(parties.size):
        party = parties[turn]
        old = back[party]
        if old < 0:
            found[count] = party
            count += 1
            continue
        low, first = now.start[party], before.start[old]
        length = now.start[party + 1] - low
        same = length == before.start[old + 1] - first and now.own[party] == before.own[old]
        place = 0
        while same and place < length:
            e, was = low + place, first + place
            same = (
                now.source[e] == forth[before.source[was]]
                and now.p[e] == before.p[was]
                and now.seed[e] == before.seed[was]
                and now.p_back[e] == before.p_back[was]
                and now.seed_back[e] == before.seed_back[was]
            )
            if same and (now.rest.size or before.rest.size):
                same = _rest(now.rest, e) == _rest(before.rest, was)
                same = same and _rest(now.rest_back, e) == _rest(before.rest_back, was)
                same = same and _leaf(now.leaf, e) == _leaf(before.leaf, was)
            place += 1
        if not same:
            found[count] = party
            count += 1
    return found[:count].copy()


@njit(cache=True)
def _rest(values: Numbers, e: Number) -> Number:
    return values[e] if values.size else 1.0


@njit(cache=True)
def _leaf(values: Numbers, e: Number) -> Number:
    return values[e] if values.size else 0.0


@njit(cache=True)
def fed_by(pairs: Pairs, parties: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) whom something passes to from one of `parties`."""
    for turn in range(parties.size):
        for e in range(pairs.start[parties[turn]], pairs.start[parties[turn] + 1]):
            if pairs.p_back[e] > 0:
                mask[pairs.source[e]] = 1


@njit(cache=True)
def beside(pairs: Pairs, parties: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) who is paired with one of `parties`."""
    for turn in range(parties.size):
        for e in range(pairs.start[parties[turn]], pairs.start[parties[turn] + 1]):
            mask[pairs.source[e]] = 1


@njit(cache=True)
def moved_weights(before: Numbers, now: Numbers, back: Numbers, old: Numbers) -> Numbers:
    """Return weights of entries (float64) for other lists: where a list is as long, as they were.

    `before` and `now` are the starts of the lists, `old` the weights before.
    """
    found = np.full(now[-1], 1.0 / max(1, now[-1]), np.float64)
    for party in range(back.size):
        if back[party] < 0:
            continue
        first, low = before[back[party]], now[party]
        length = now[party + 1] - low
        if length == before[back[party] + 1] - first:
            for place in range(length):
                found[low + place] = old[first + place]
    return found
