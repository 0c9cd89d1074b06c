"""Exposure of every party at once, within at most three links (method 4, whole graph)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs, entry_of
from graph.analysis.kernels.threads import ALONE, Threads, numbers, threads_for
from graph.loops import loop

# The batch is exact up to so many links; over more, walks come back to where they were.
MOST_HOPS = 3
# So many parties with records are put right at a time: a few of them may stand in long lists.
_AT_ONCE = 1_024
# So many parties before, a list is asked for, and what it names.
_SOON, _NEXT = 6, 3


@loop(inline="always")
def _first_left(pairs: Pairs, e: Number) -> Number:
    """Return 1 - f of an entry where nothing but the other end's own records counts."""
    # Few have records: of the others a branch spares divisions, here and below.
    seed = pairs.seed[e]
    left = 1.0 - pairs.p[e] / WHOLE * (seed / WHOLE) if seed else 1.0
    return left * pairs.rest[e] if pairs.rest.size else left


@loop(inline="always")
def _first_left_back(pairs: Pairs, e: Number) -> Number:
    seed = pairs.seed_back[e]
    left = 1.0 - pairs.p_back[e] / WHOLE * (seed / WHOLE) if seed else 1.0
    return left * pairs.rest_back[e] if pairs.rest.size else left


@loop(inline="always")
def _left(pairs: Pairs, e: Number, others: Number) -> Number:
    """Return 1 - f of an entry; `others` is what all but the party leave at the other end."""
    seed = pairs.seed[e]
    value = 1.0 - ((1.0 - seed / WHOLE) * others if seed else others)
    left = 1.0 - pairs.p[e] / WHOLE * value
    return left * pairs.rest[e] if pairs.rest.size else left


@loop(inline="always")
def _left_back(pairs: Pairs, e: Number, others: Number) -> Number:
    seed = pairs.seed_back[e]
    value = 1.0 - ((1.0 - seed / WHOLE) * others if seed else others)
    left = 1.0 - pairs.p_back[e] / WHOLE * value
    return left * pairs.rest_back[e] if pairs.rest.size else left


@loop(nogil=True)
def fill_once(pairs: Pairs, parties: Numbers, once: Numbers) -> None:
    """Fill in what the neighbours' own records leave of some parties: 1 - X within one link."""
    for turn in range(parties.size):
        party = parties[turn]
        kept = 1.0
        for e in range(pairs.start[party], pairs.end[party]):
            kept *= _first_left(pairs, e)
        once[party] = kept


@loop(inline="always")
def _ask_for_list(
    pairs: Pairs, start: Numbers, ends: Numbers, p: Numbers, parties: Numbers, turn: Number
) -> None:
    """Ask for the list of a party whose turn comes soon: after a change it may be anywhere."""
    e = start[parties[min(turn + _SOON, parties.size - 1)]]
    fetch(ends, e)
    fetch(p, e)
    fetch(pairs.seed, e)
    fetch(pairs.p_back, e)
    fetch(pairs.seed_back, e)


@loop(inline="always")
def _ask_for_ends(
    start: Numbers, end: Numbers, ends: Numbers, values: Numbers, parties: Numbers, turn: Number
) -> None:
    """Ask for values at the other ends of a list that is at hand by now.

    Where all parties have their turn, the entries that follow an entry are those of the next; where
    few have, they are of others.
    """
    party = parties[min(turn + _NEXT, parties.size - 1)]
    for e in range(start[party], min(end[party], start[party] + AHEAD)):
        fetch(values, ends[e])


@loop(inline="always")
def _are_all(parties: Numbers) -> Number:
    """Return whether nobody between the first and the last of the parties is left out."""
    return parties.size == 0 or parties[-1] - parties[0] == parties.size - 1


@loop(nogil=True)
def fill_twice(pairs: Pairs, parties: Numbers, once: Numbers, twice: Numbers) -> None:
    """Fill in 1 - X within two links of some parties."""
    # Read out once: each access to a field makes numba count a reference.
    start, end, ends, p = pairs.start, pairs.end, pairs.source, pairs.p
    last, everybody = ends.size - 1, _are_all(parties)
    for turn in range(parties.size):
        party = parties[turn]
        _ask_for_list(pairs, start, ends, p, parties, turn)
        if not everybody:
            _ask_for_ends(start, end, ends, once, parties, turn)
        kept = 1.0
        for e in range(start[party], end[party]):
            fetch(once, ends[min(e + AHEAD, last)])
            if p[e]:
                kept *= _left(pairs, e, once[ends[e]] / _first_left_back(pairs, e))
        twice[party] = kept


@loop(nogil=True)
def fill_found(
    pairs: Pairs, parties: Numbers, once: Numbers, twice: Numbers, found: Numbers
) -> None:
    """Fill in X within three links of some parties; those with records are to be put right."""
    start, end, ends, p = pairs.start, pairs.end, pairs.source, pairs.p
    last, everybody = ends.size - 1, _are_all(parties)
    for turn in range(parties.size):
        party = parties[turn]
        _ask_for_list(pairs, start, ends, p, parties, turn)
        if not everybody:
            _ask_for_ends(start, end, ends, twice, parties, turn)
        kept = 1.0
        for e in range(start[party], end[party]):
            fetch(twice, ends[min(e + AHEAD, last)])
            if p[e]:
                back = _left_back(pairs, e, once[party] / _first_left(pairs, e))
                kept *= _left(pairs, e, twice[ends[e]] / back)
        found[party] = 1.0 - kept


@loop(nogil=True)
def _mark_seeded(pairs: Pairs, first: Number, last: Number, mask: Numbers) -> None:
    own, start, end, source = pairs.own, pairs.start, pairs.end, pairs.source
    passed = pairs.seed_back
    for party in range(first, last):
        if own[party]:
            for e in range(start[party], end[party]):
                if passed[e]:
                    mask[source[e]] = 1


def seeded(pairs: Pairs, threads: Threads = ALONE) -> Numbers:
    """Return the parties (int32) that any record reaches over one link, in order.

    Few have records: whom they pass something to is in their own lists.
    """
    size = pairs.own.size
    if pairs.leaf.size:
        return numbers(0, size)
    mask = np.zeros(size, np.bool_)
    threads.over(size, lambda at, end, _: _mark_seeded(pairs, at, end, mask))
    return np.flatnonzero(mask).astype(np.int32)


def exposures(
    pairs: Pairs, hops: int, layers: list[Numbers] | None = None, workers: int | None = None
) -> Numbers:
    """Return X (parties,) float64 within `hops` links, 1 to 3.

    Non-backtracking messages: what passes from u to v leaves out what came from v, divided out of
    the product of all. Every factor is at least .05, so that nothing is divided by 0; a product
    too small for a float is no more than 0, and its party's value is 1 to the last digit. What is
    left within fewer links is appended to `layers`, where they are given. `workers`: so many
    threads, by themselves as many as `threads_for` says.
    """
    with Threads(workers or threads_for(pairs.source.size // 2)) as threads:
        return _exposures(pairs, hops, [] if layers is None else layers, threads)


def _exposures(pairs: Pairs, hops: int, layers: list[Numbers], threads: Threads) -> Numbers:
    size = pairs.own.size
    once = np.ones(size, np.float64)
    reached = seeded(pairs, threads)
    threads.over(reached.size, lambda at, end, _: fill_once(pairs, reached[at:end], once))
    if hops == 1:
        return 1.0 - once
    twice = np.empty(size, np.float64)
    threads.over(size, lambda at, end, _: fill_twice(pairs, numbers(at, end), once, twice))
    if hops < MOST_HOPS:
        return 1.0 - twice
    found = np.empty(size, np.float64)
    layers += [once, twice]
    threads.over(size, lambda at, end, _: fill_found(pairs, numbers(at, end), once, twice, found))
    with_records = np.flatnonzero(pairs.own).astype(np.int32)
    place = numbers(0, size)
    # numpy takes memory of zeros as they become something else: few have records.
    marked = [np.zeros(size, np.int32) for _ in range(threads.count)]

    def right(first: int, end: int, thread: int) -> None:
        few = with_records[first:end]
        _correct(pairs, place, few, once, twice, marked[thread], found)

    threads.over(with_records.size, right, _AT_ONCE)
    return found


@loop()
def _without(
    pairs: Pairs, once: Numbers, entry: Number, other: Number, mine: Number
) -> tuple[Number, Number]:
    """Return 1 - f of an entry from `other` with and without what `mine`'s party sends it."""
    others = once[other] / _first_left_back(pairs, entry)
    return _left(pairs, entry, others), _left(pairs, entry, others / _first_left_back(pairs, mine))


def correct(
    pairs: Pairs, place: Numbers, parties: Numbers, once: Numbers, twice: Numbers, found: Numbers
) -> None:
    """Put right X of parties with records: over three links a message may begin with their own.

    It does in a triangle: party to w to u to party. For each such pair of neighbours what the
    party's records add is divided out; the shorter of two lists is gone through. Lists are in the
    order of `place` (parties,).
    """
    # numpy takes memory of zeros as they become something else: few have records.
    marked = np.zeros(found.size, np.int32)
    _correct(pairs, place, parties, once, twice, marked, found)


@loop()
def _ask_ahead(pairs: Pairs, parties: Numbers, turn: Number, twice: Numbers) -> None:
    """Ask for what some next parties will look up: where the list is, the list, what it names."""
    start, end, source = pairs.start, pairs.end, pairs.source
    if turn + 3 < parties.size:
        fetch(start, parties[turn + 3])
        fetch(end, parties[turn + 3])
    if turn + 2 < parties.size:
        fetch(source, start[parties[turn + 2]])
    if turn + 1 < parties.size:
        party = parties[turn + 1]
        for e in range(start[party], min(end[party], start[party] + AHEAD)):
            fetch(start, source[e])
            fetch(end, source[e])
            fetch(twice, source[e])


@loop(nogil=True)
def _correct(
    pairs: Pairs,
    place: Numbers,
    parties: Numbers,
    once: Numbers,
    twice: Numbers,
    marked: Numbers,
    found: Numbers,
) -> None:
    """Do what `correct` says; `marked` (parties,) is 0 before and after."""
    start, end, source = pairs.start, pairs.end, pairs.source
    for turn in range(parties.size):
        party = parties[turn]
        _ask_ahead(pairs, parties, turn, twice)
        begin, finish = start[party], end[party]
        for e in range(begin, finish):
            fetch(source, start[source[e]])
            if _first_left_back(pairs, e) < 1.0:
                marked[source[e]] = e - begin + 1
        kept = 1.0
        for e in range(begin, finish):
            if pairs.p[e] == 0:
                continue
            near = source[e]
            others = twice[near] / _left_back(pairs, e, once[party] / _first_left(pairs, e))
            low, high = start[near], end[near]
            if high - low <= finish - begin:
                for entry in range(low, high):
                    far = source[entry]
                    if marked[far] and far != party and pairs.p[entry]:
                        mine = begin + marked[far] - 1
                        full, less = _without(pairs, once, entry, far, mine)
                        others *= less / full
            else:
                for mine in range(begin, finish):
                    far = source[mine]
                    if marked[far] and far != near:
                        entry = entry_of(start, end, source, place, near, far)
                        if entry >= 0 and pairs.p[entry]:
                            full, less = _without(pairs, once, entry, far, mine)
                            others *= less / full
            kept *= _left(pairs, e, others)
        found[party] = 1.0 - kept
        for e in range(begin, finish):
            marked[source[e]] = 0
