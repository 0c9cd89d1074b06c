"""Pairs of a graph made from those before it: lists that stayed are copied, others put in."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers
from graph.analysis.kernels.pairs import Pairs

# The weight of a new entry, of which nothing is known yet: of all it is 1 on average.
NEW = 1e-3


@njit(cache=True)
def _at(start: Numbers, source: Numbers, party: Number, other: Number) -> Number:
    low, high = start[party], start[party + 1]
    return low + np.searchsorted(source[low:high], other)


@njit(cache=True)
def runs_of(
    before: Numbers, back: Numbers, parties: Numbers, sub: Numbers
) -> tuple[Numbers, Numbers]:
    """Return (start, runs): the starts of the lists now, and what is copied in a row.

    `before` are the starts then, `sub` those of the new lists of `parties`. A line of `runs`: the
    first entry now, the first then, how many. Who stays has the same neighbours in the same order.
    """
    size = back.size
    start = np.zeros(size + 1, np.int64)
    # Between two new lists at most one run, unless parties went.
    runs = np.empty((parties.size + 1, 3), np.int64)
    count, turn = 0, 0
    for party in range(size):
        if turn < parties.size and parties[turn] == party:
            start[party + 1] = start[party] + sub[turn + 1] - sub[turn]
            turn += 1
            continue
        first, length = before[back[party]], before[back[party] + 1] - before[back[party]]
        start[party + 1] = start[party] + length
        last = count - 1
        follows = count > 0 and runs[last, 0] + runs[last, 2] == start[party]
        if follows and runs[last, 1] + runs[last, 2] == first:
            runs[last, 2] += length
        else:
            if count == runs.shape[0]:
                more = np.empty((2 * count, 3), np.int64)
                more[:count] = runs
                runs = more
            runs[count, 0], runs[count, 1], runs[count, 2] = start[party], first, length
            count += 1
    return start, runs[:count].copy()


@njit(cache=True)
def _kept(runs: Numbers, old: Numbers, found: Numbers) -> None:
    for turn in range(runs.shape[0]):
        low, first, count = runs[turn, 0], runs[turn, 1], runs[turn, 2]
        found[low : low + count] = old[first : first + count]


@njit(cache=True)
def _put(start: Numbers, parties: Numbers, sub: Numbers, new: Numbers, found: Numbers) -> None:
    for turn in range(parties.size):
        low = start[parties[turn]]
        for place in range(sub[turn + 1] - sub[turn]):
            found[low + place] = new[sub[turn] + place]


@njit(cache=True)
def _reversed(
    before: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    start: Numbers,
    source: Numbers,
    values: tuple[Numbers, Numbers, Numbers],
    reverse: tuple[Numbers, Numbers, Numbers],
) -> None:
    """Fill in what the reverses say of the entries of `parties`.

    A pair of which the other party's list stayed is as it was: its entry then is near by.
    """
    p, seed, rest = values
    p_back, seed_back, rest_back = reverse
    other_list = np.zeros(back.size, np.uint8)
    for turn in range(parties.size):
        other_list[parties[turn]] = 1
    for turn in range(parties.size):
        party = parties[turn]
        old = back[party]
        was, end = np.int64(0), np.int64(0)
        if old >= 0:
            was, end = before.start[old], before.start[old + 1]
        for e in range(start[party], start[party + 1]):
            other = source[e]
            if other_list[other] == 0:
                while was < end and forth[before.source[was]] != other:
                    was += 1
                p_back[e], seed_back[e] = before.p_back[was], before.seed_back[was]
                if rest.size:
                    rest_back[e] = before.rest_back[was] if before.rest.size else 1.0
            else:
                there = _at(start, source, other, party)
                p_back[e], seed_back[e] = p[there], seed[there]
                if rest.size:
                    rest_back[e] = rest[there]


@njit(cache=True)
def _filled(
    before: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    runs: Numbers,
    lists: tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers],
    now: Pairs,
) -> None:
    """Fill in the entries of `now`, of which there are the starts alone."""
    sub, sub_source, sub_p, sub_seed, sub_rest, sub_leaf = lists
    old, source = before.source, now.source
    for turn in range(runs.shape[0]):
        low, first = runs[turn, 0], runs[turn, 1]
        for place in range(runs[turn, 2]):
            source[low + place] = forth[old[first + place]]
    start = now.start
    _put(start, parties, sub, sub_source, source)
    _kept(runs, before.p, now.p)
    _put(start, parties, sub, sub_p, now.p)
    _kept(runs, before.seed, now.seed)
    _put(start, parties, sub, sub_seed, now.seed)
    _kept(runs, before.p_back, now.p_back)
    _kept(runs, before.seed_back, now.seed_back)
    if now.rest.size:
        now.rest[:], now.rest_back[:], now.leaf[:] = 1.0, 1.0, 0.0
    if before.rest.size:
        _kept(runs, before.rest, now.rest)
        _kept(runs, before.rest_back, now.rest_back)
        _kept(runs, before.leaf, now.leaf)
    if sub_rest.size:
        _put(start, parties, sub, sub_rest, now.rest)
        _put(start, parties, sub, sub_leaf, now.leaf)
    values = (now.p, now.seed, now.rest)
    _reversed(
        before,
        forth,
        back,
        parties,
        start,
        source,
        values,
        (now.p_back, now.seed_back, now.rest_back),
    )


def spliced(
    before: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    lists: tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers],
    own: Numbers,
) -> Pairs:
    """Return the pairs: of `parties` from `lists`, as `lists_of` gives them, of others as before.

    `back` and `forth` are places then and now, `parties` are in order.
    """
    start, runs = runs_of(before.start, back, parties, lists[0])
    total = int(start[-1])
    odd = total if before.rest.size or lists[4].size else 0
    # numpy asks for large pages, a kernel does not: fresh memory is half of the time.
    source, p, seed, p_back, seed_back = (np.empty(total, np.int32) for _ in range(5))
    rest, rest_back, leaf = (np.empty(odd, np.float64) for _ in range(3))
    now = Pairs(start, source, p, seed, p_back, seed_back, rest, rest_back, leaf, own)
    _filled(before, forth, back, parties, runs, lists, now)
    if not odd or now.leaf.max() > 0:
        return now
    # Where no record has a first factor of its own the three are empty.
    none = np.zeros(0, np.float64)
    return now._replace(rest=none, rest_back=none.copy(), leaf=none.copy())


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
def _carried(
    before: Pairs,
    now: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    olds: tuple[Numbers, Numbers],
    founds: tuple[Numbers, Numbers],
) -> None:
    sub = np.zeros(parties.size + 1, np.int64)
    for turn in range(parties.size):
        sub[turn + 1] = sub[turn] + now.start[parties[turn] + 1] - now.start[parties[turn]]
    _, runs = runs_of(before.start, back, parties, sub)
    (one, other), (first, second) = olds, founds
    _kept(runs, one, first)
    _kept(runs, other, second)
    for turn in range(parties.size):
        party = parties[turn]
        was, end = np.int64(0), np.int64(0)
        if back[party] >= 0:
            was, end = before.start[back[party]], before.start[back[party] + 1]
        for e in range(now.start[party], now.start[party + 1]):
            # Both lists are in order, and so are places then and now.
            while was < end and forth[before.source[was]] < now.source[e]:
                was += 1
            if was < end and forth[before.source[was]] == now.source[e]:
                first[e], second[e] = one[was], other[was]
            else:
                first[e], second[e] = NEW, NEW


def carried(
    before: Pairs,
    now: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    olds: tuple[Numbers, Numbers],
) -> tuple[Numbers, Numbers]:
    """Return what two arrays (entries,) float32 say, by places now; NEW of new entries.

    `parties`, in order, are those whose lists were made anew.
    """
    size = now.source.size
    founds = np.empty(size, np.float32), np.empty(size, np.float32)
    _carried(before, now, forth, back, parties, olds, founds)
    return founds


@njit(cache=True)
def move_values(old: Numbers, back: Numbers, found: Numbers) -> None:
    """Fill in values by party at their places now; NaN, unlike anything, of new ones."""
    for party in range(back.size):
        found[party] = old[back[party]] if back[party] >= 0 else np.nan


@njit(cache=True)
def move_chains(
    longer: Numbers,
    over: Numbers,
    back: Numbers,
    forth: Numbers,
    longer_now: Numbers,
    over_now: Numbers,
) -> None:
    """Fill in `longer` and `over` of Chains at their places now; NaN of new parties."""
    for party in range(back.size):
        was = back[party]
        for turn in range(2):
            value, other = np.nan, np.int32(-1)
            if was >= 0:
                value, other = longer[was, turn], over[was, turn]
                if other >= 0:
                    other = forth[other]
            longer_now[party, turn], over_now[party, turn] = value, other


@njit(cache=True)
def within(pairs: Pairs, parties: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return (start, source, p, p_back) of the pairs among some parties, by their places there."""
    number = np.full(pairs.own.size, -1, np.int32)
    for turn in range(parties.size):
        number[parties[turn]] = turn
    start = np.zeros(parties.size + 1, np.int64)
    for turn in range(parties.size):
        count = 0
        for e in range(pairs.start[parties[turn]], pairs.start[parties[turn] + 1]):
            count += number[pairs.source[e]] >= 0
        start[turn + 1] = start[turn] + count
    source = np.empty(start[-1], np.int32)
    p, p_back = np.empty(start[-1], np.int32), np.empty(start[-1], np.int32)
    filled = 0
    for turn in range(parties.size):
        for e in range(pairs.start[parties[turn]], pairs.start[parties[turn] + 1]):
            if number[pairs.source[e]] >= 0:
                source[filled] = number[pairs.source[e]]
                p[filled], p_back[filled] = pairs.p[e], pairs.p_back[e]
                filled += 1
    return start, source, p, p_back
