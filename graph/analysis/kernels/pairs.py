"""All pairs of linked parties with their factors both ways: the whole graph, listed by party."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.factors import Number, Numbers, Rules, Web
from graph.analysis.kernels.lists import fill_lists, fill_standing, fill_strengths_back
from graph.analysis.kernels.lone import lone_factors
from graph.analysis.kernels.seeds import combined
from graph.analysis.kernels.threads import InOrder, Threads
from graph.loops import loop

# Parties whose lists a thread makes before it puts them behind the others: so few that they are
# still near the processor.
_AT_ONCE = 8_192

# Start, strength, act and cites of Strengths; before them what is known of rows and of parties.
Records = tuple[Numbers, Numbers, Numbers, Numbers]
_Known = tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers]


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


@loop()
def entry_of(
    start: Numbers, end: Numbers, source: Numbers, place: Numbers, party: Number, other: Number
) -> Number:
    """Return another party's entry in a list, -1 without one; lists are in the order of `place`.

    Empty: in that of numbers.
    """
    # What lies far away is not asked for where it says nothing else.
    moved = place.size > 0
    low, high = start[party], end[party]
    sought = np.int64(place[other]) if moved else np.int64(other)
    while low < high:
        middle = (low + high) // 2
        found = source[middle]
        if (np.int64(place[found]) if moved else np.int64(found)) < sought:
            low = middle + 1
        else:
            high = middle
    return low if low < end[party] and source[low] == other else np.int64(-1)


@loop()
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


def _room_for(parties: int, entries: int) -> tuple[Numbers, ...]:
    """Return start, source, p, seed, p_back and seed_back of Pairs, of which nothing is filled in.

    numpy asks for large pages, a kernel does not: fresh memory is half of its time.
    """
    lists = (np.empty(entries, np.int32) for _ in range(5))
    return np.empty(parties + 1, np.int64), *lists


def _of_leaves(entries: int, odd: Numbers, rest: Numbers, leaf: Numbers) -> tuple[Numbers, Numbers]:
    """Return `rest` and `leaf` of all entries, or empty ones, from those of the `odd` ones."""
    count = entries if odd.size else 0
    rests, leaves = np.ones(count, np.float64), np.zeros(count, np.float64)
    rests[odd], leaves[odd] = rest, leaf
    return rests, leaves


def _fill_all(
    web: Web,
    rules: Rules,
    cap: int,
    day: int,
    known: _Known,
    lists: tuple[Numbers, ...],
    threads: Threads,
) -> tuple[int, list[Numbers]]:
    """Fill in the lists of all parties; return how many entries, and all else of `fill_lists`.

    A thread makes those of a few in memory of its own, and puts them where they belong once it is
    known how many stand before.
    """
    size = web.blocked.size
    found: dict[int, list[Numbers]] = {}
    rooms: list[tuple[Numbers, ...]] = [()] * threads.count
    order = InOrder(threads)

    def fill(first: int, end: int, thread: int) -> None:
        parties = np.arange(first, end, dtype=np.int32)
        if end - first == size:
            order.filled, *found[0] = fill_lists(web, rules, cap, day, parties, *known, lists)
            return
        many = sum(int(begins[end] - begins[first]) for begins in (web.in_start, web.out_start))
        room = rooms[thread]
        if not room or room[1].size < many:
            room = rooms[thread] = _room_for(_AT_ONCE, 2 * many)
        count, *made = fill_lists(web, rules, cap, day, parties, *known, room)
        begin = order.begin(first, end, count)
        lists[0][first:end] = room[0][: end - first] + begin
        for whole, part in zip(lists[1:], room[1:], strict=True):
            whole[begin : begin + count] = part[:count]
        odd, rest, leaf, party, entry = made
        found[first] = [odd + begin, rest, leaf, party, entry + begin]

    threads.over(size, fill, _AT_ONCE)
    lists[0][-1] = order.filled
    made = zip(*(found[at] for at in sorted(found)), strict=True)
    return order.filled, [np.concatenate(of_all) for of_all in made]


def pairs_of(
    web: Web,
    rules: Rules,
    cap: int,
    day: int,
    records: Records,
    threads: Threads,
) -> Pairs:
    """Return the pairs of all parties on a day.

    `records` are the start, strength, act and cites of Strengths. Nobody is paired with itself, nor
    with a party through which nothing passes.
    """
    own = own_strengths(records[0], records[1], cap)
    alone = lone_factors(web, rules, day, rules.cap, threads)
    lists = _room_for(web.blocked.size, web.in_row.size + web.out_row.size)
    standing = np.empty_like(own)
    fill_standing(web.blocked, own, *records, standing)
    known = alone, standing, *records
    filled, made = _fill_all(web, rules, cap, day, known, lists, threads)
    odd, rests, leaves, parties, entries = made
    start = lists[0]
    source, p, seed, p_back, seed_back = (array[:filled] for array in lists[1:])
    if parties.size:
        # numpy takes memory of zeros as they become something else: few have such records.
        free = np.zeros(own.size, np.int32)
        fill_strengths_back(start, source, seed, parties, entries, free, seed_back)
    rest, leaf = _of_leaves(filled, odd, rests, leaves)
    rest_back = at_reverse(start, source, rest) if rest.size else np.empty_like(rest)
    return Pairs(start, start[1:], source, p, seed, p_back, seed_back, rest, rest_back, leaf, own)


@loop()
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
