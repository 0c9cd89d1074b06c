"""Pairs after a change, in the arrays of those before: new lists are put behind the others.

A party keeps the number that its place before was, whoever came between; new parties have the next
ones. So nothing of what stayed is moved or even read, and a value is looked for where it was. The
order of lists, which sums depend on, is that of places now all the same.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers
from graph.analysis.kernels.pairs import Pairs, entry_of

# The weight of a new entry, of which nothing is known yet: of all it is 1 on average.
NEW = 1e-3


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
            back = entry_of(start, end, source, place, other, party)
            p_back[e], seed_back[e] = p[back], seed[back]
            if rest.size:
                rest_back[e] = rest[back]
            # Both lists are in the order of places now.
            while was < last and place[source[was]] < place[other]:
                was += 1
            if was < last and source[was] == other:
                one[e], two[e] = one[was], two[was]
            else:
                one[e], two[e] = NEW, NEW


@njit(cache=True)
def differing(
    pairs: Pairs, numbers: Numbers, began: Numbers, ended: Numbers, own: Numbers
) -> Numbers:
    """Return which of `numbers` have other pairs, or other own records, than they had.

    Their entries then stood at `began` to `ended`; `own` (numbers,) is S then.
    """
    start, end, source, p, seed = pairs.start, pairs.end, pairs.source, pairs.p, pairs.seed
    p_back, seed_back = pairs.p_back, pairs.seed_back
    rest, rest_back, leaf, odd = pairs.rest, pairs.rest_back, pairs.leaf, pairs.leaf.size
    found = np.empty(numbers.size, np.int32)
    count = 0
    for turn in range(numbers.size):
        party = numbers[turn]
        low, first = start[party], began[turn]
        length = end[party] - low
        same = length == ended[turn] - first and pairs.own[party] == own[turn]
        place = 0
        while same and place < length:
            e, was = low + place, first + place
            same = (
                source[e] == source[was]
                and p[e] == p[was]
                and seed[e] == seed[was]
                and p_back[e] == p_back[was]
                and seed_back[e] == seed_back[was]
            )
            if same and odd:
                same = rest[e] == rest[was] and rest_back[e] == rest_back[was]
                same = same and leaf[e] == leaf[was]
            place += 1
        if not same:
            found[count] = party
            count += 1
    return found[:count].copy()


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
def within(pairs: Pairs, parties: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return (start, source, p, p_back) of the pairs among some parties, by their places there."""
    number = np.full(pairs.own.size, -1, np.int32)
    for turn in range(parties.size):
        number[parties[turn]] = turn
    start = np.zeros(parties.size + 1, np.int64)
    for turn in range(parties.size):
        count = 0
        for e in range(pairs.start[parties[turn]], pairs.end[parties[turn]]):
            count += number[pairs.source[e]] >= 0
        start[turn + 1] = start[turn] + count
    source = np.empty(start[-1], np.int32)
    p, p_back = np.empty(start[-1], np.int32), np.empty(start[-1], np.int32)
    filled = 0
    for turn in range(parties.size):
        for e in range(pairs.start[parties[turn]], pairs.end[parties[turn]]):
            if number[pairs.source[e]] >= 0:
                source[filled] = number[pairs.source[e]]
                p[filled], p_back[filled] = pairs.p[e], pairs.p_back[e]
                filled += 1
    return start, source, p, p_back
