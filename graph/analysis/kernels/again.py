"""Pairs after a change, in the arrays of those before: new lists are put behind the others.

A party keeps the number that its place before was, whoever came between; new parties have the next
ones. So nothing of what stayed is moved or even read, and a value is looked for where it was. The
order of lists, which sums depend on, is that of places now all the same.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs, entry_of

# The weight of a new entry, of which nothing is known yet: of all it is 1 on average.
NEW = 1e-3
_PART = 1.0 / WHOLE


@njit(cache=True)
def appended(
    pairs: Pairs,
    weights: tuple[Numbers, Numbers],
    place: Numbers,
    number: Numbers,
    parties: Numbers,
    mask: Numbers,
    lists: tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers],
    filled: Number,
) -> tuple[Numbers, Numbers, Number]:
    """Put the lists of `parties` behind the `filled` entries: (start, end) of them before, filled.

    `parties`, in order, and `lists`, as `lists_of` gives them, are by place now, of pairs among
    those that `mask` (places,) marks; the others are as before. `place` and `number` lead from
    number to place, -1 of who is there no more, and back. `weights` are those of entries and of
    their reverses. Of pairs among `parties` neither they nor what reverses say is filled in.
    """
    sub, sub_source, sub_p, sub_seed, sub_rest, sub_leaf = lists
    start, end, source, p, seed = pairs.start, pairs.end, pairs.source, pairs.p, pairs.seed
    p_back, seed_back = pairs.p_back, pairs.seed_back
    rest, rest_back, leaf = pairs.rest, pairs.rest_back, pairs.leaf
    one, other = weights
    began, ended = np.empty(parties.size, np.int64), np.empty(parties.size, np.int64)
    for turn in range(parties.size):
        party = number[parties[turn]]
        was, last = start[party], end[party]
        began[turn], ended[turn] = was, last
        start[party] = filled
        e = sub[turn]
        while True:
            while was < last and _touched(place[source[was]], mask):
                was += 1
            if was == last and e == sub[turn + 1]:
                break
            if was < last and (e == sub[turn + 1] or place[source[was]] < sub_source[e]):
                source[filled], p[filled], seed[filled] = source[was], p[was], seed[was]
                p_back[filled], seed_back[filled] = p_back[was], seed_back[was]
                one[filled], other[filled] = one[was], other[was]
                if rest.size:
                    rest[filled], rest_back[filled], leaf[filled] = (
                        rest[was],
                        rest_back[was],
                        leaf[was],
                    )
                was += 1
            else:
                source[filled] = number[sub_source[e]]
                p[filled], seed[filled] = sub_p[e], sub_seed[e]
                if rest.size:
                    rest[filled], leaf[filled] = 1.0, 0.0
                if sub_rest.size:
                    rest[filled], leaf[filled] = sub_rest[e], sub_leaf[e]
                e += 1
            filled += 1
        end[party] = filled
    return began, ended, filled


@njit(cache=True, inline="always")
def _touched(party: Number, mask: Numbers) -> Number:
    """Return whether a party was touched, or is there no more."""
    return party < 0 or mask[party] != 0


@njit(cache=True)
def joined(
    pairs: Pairs,
    weights: tuple[Numbers, Numbers],
    place: Numbers,
    numbers: Numbers,
    mask: Numbers,
    began: Numbers,
    ended: Numbers,
) -> None:
    """Fill in what `appended` left out: what reverses say of pairs among the parties, and weights.

    `numbers` are those of the parties in their order, `began` and `ended` their entries before.
    """
    start, end, source, p, seed = pairs.start, pairs.end, pairs.source, pairs.p, pairs.seed
    p_back, seed_back, rest, rest_back = (
        pairs.p_back,
        pairs.seed_back,
        pairs.rest,
        pairs.rest_back,
    )
    one, two = weights
    for turn in range(numbers.size):
        party = numbers[turn]
        was, last = began[turn], ended[turn]
        for e in range(start[party], end[party]):
            other = source[e]
            if mask[place[other]] == 0:
                continue
            if place[party] < place[other]:
                back = entry_of(start, end, source, place, other, party)
                p_back[e], seed_back[e] = p[back], seed[back]
                p_back[back], seed_back[back] = p[e], seed[e]
                if rest.size:
                    rest_back[e], rest_back[back] = rest[back], rest[e]
            # Both lists are in the order of places now.
            while was < last and place[source[was]] < place[other]:
                was += 1
            if was < last and source[was] == other:
                one[e], two[e] = one[was], two[was]
            else:
                one[e], two[e] = NEW, NEW


class Differing(NamedTuple):
    """Who has other pairs, or other own records, than before, and which.

    By turn of `number` (parties,): their entries that came stand in `came` from `came_start`
    (parties + 1,) on, those that went, where they were, in `gone`. What only says something else
    went and came.
    """

    number: Numbers
    came_start: Numbers
    came: Numbers
    gone_start: Numbers
    gone: Numbers


@njit(cache=True)
def _odd_alike(pairs: Pairs, e: Number, was: Number) -> Number:
    """Return whether two entries say the same of records with a first factor of their own."""
    rest, rest_back, leaf = pairs.rest, pairs.rest_back, pairs.leaf
    same = (rest[e] == rest[was]) & (rest_back[e] == rest_back[was]) & (leaf[e] == leaf[was])
    return bool(same)


@njit(cache=True)
def differing(
    pairs: Pairs, place: Numbers, numbers: Numbers, began: Numbers, ended: Numbers, own: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return the fields of Differing, of those among `numbers` who differ.

    Their entries stood at `began` to `ended`, where they can be read still, in the order of
    `place`; `own` (numbers,) is S then.
    """
    start, end, source, odd = pairs.start, pairs.end, pairs.source, pairs.leaf.size
    p, seed, p_back, seed_back = pairs.p, pairs.seed, pairs.p_back, pairs.seed_back
    most_came, most_gone = 0, 0
    for turn in range(numbers.size):
        most_came += end[numbers[turn]] - start[numbers[turn]]
        most_gone += ended[turn] - began[turn]
    found = np.empty(numbers.size, np.int32)
    came_start = np.zeros(numbers.size + 1, np.int64)
    gone_start = np.zeros(numbers.size + 1, np.int64)
    came, gone = np.empty(most_came, np.int64), np.empty(most_gone, np.int64)
    count, came_count, gone_count = 0, 0, 0
    for turn in range(numbers.size):
        party = numbers[turn]
        e, last = start[party], end[party]
        was, stop = began[turn], ended[turn]
        before = came_count + gone_count
        while e < last or was < stop:
            if e < last and was < stop and source[e] == source[was]:
                same = (
                    (p[e] == p[was])
                    & (seed[e] == seed[was])
                    & (p_back[e] == p_back[was])
                    & (seed_back[e] == seed_back[was])
                )
                if not same or (odd and not _odd_alike(pairs, e, was)):
                    came[came_count], gone[gone_count] = e, was
                    came_count, gone_count = came_count + 1, gone_count + 1
                e, was = e + 1, was + 1
            elif e == last or (was < stop and place[source[was]] < place[source[e]]):
                # Who is there no more has a place before all others.
                gone[gone_count] = was
                gone_count, was = gone_count + 1, was + 1
            else:
                came[came_count] = e
                came_count, e = came_count + 1, e + 1
        if before < came_count + gone_count or pairs.own[party] != own[turn]:
            found[count] = party
            count += 1
            came_start[count], gone_start[count] = came_count, gone_count
    return (
        found[:count].copy(),
        came_start[: count + 1],
        came[:came_count],
        gone_start[: count + 1],
        gone[:gone_count],
    )


@njit(cache=True)
def grown_by(p: Numbers, value: Numbers, begin: Numbers, end: Numbers) -> tuple[Number, Number]:
    """Return (held, passed): the weights of lists from `begin` to `end`, and after one round."""
    held, passed = 0.0, 0.0
    for turn in range(begin.size):
        sent = 0.0
        for e in range(begin[turn], end[turn]):
            sent += p[e] * _PART * value[e]
            held += value[e]
        passed += sent * (end[turn] - begin[turn] - 1)
    return held, passed


@njit(cache=True)
def fill_placed(values: Numbers, number: Numbers, found: Numbers) -> None:
    """Fill in values by number (numbers,) at their places."""
    for place in range(number.size):
        found[place] = values[number[place]]


@njit(cache=True)
def fed_by(pairs: Pairs, parties: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) whom something passes to from one of `parties`."""
    for turn in range(parties.size):
        for e in range(pairs.start[parties[turn]], pairs.end[parties[turn]]):
            if pairs.p_back[e] > 0:
                mask[pairs.source[e]] = 1


@njit(cache=True)
def beside(pairs: Pairs, parties: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) who is paired with one of `parties`."""
    for turn in range(parties.size):
        for e in range(pairs.start[parties[turn]], pairs.end[parties[turn]]):
            mask[pairs.source[e]] = 1


@njit(cache=True)
def across(pairs: Pairs, parties: Numbers, start: Numbers, entries: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) all who may be paired with both ends of an entry.

    `entries` are those of `parties`, by turn from `start`: the shorter of two lists is enough.
    """
    begin, end, source = pairs.start, pairs.end, pairs.source
    for turn in range(parties.size):
        for place in range(start[turn], start[turn + 1]):
            party, other = parties[turn], source[entries[place]]
            if end[other] - begin[other] < end[party] - begin[party]:
                party = other
            for e in range(begin[party], end[party]):
                mask[source[e]] = 1
