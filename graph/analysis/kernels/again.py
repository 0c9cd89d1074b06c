"""Pairs after a change, in the arrays of those before: new lists are put behind the others.

A party keeps the number that its place before was, whoever came between; new parties have the next
ones. So nothing of what stayed is moved or even read, and a value is looked for where it was. The
order of lists, which sums depend on, is that of places now all the same.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.spectral import ABOVE, BELOW
from graph.loops import loop

# Stands for the weight of a new entry, of which nothing is known yet.
UNKNOWN = np.float32(-1.0)
_PART = 1.0 / WHOLE
# So many parties before, lists of the next ones are asked for.
_SOON = 6
# So many entries, or one list, are looked up together: none waits for the one before.
_AT_ONCE = 512
# Stand for a place behind all others, for more than any sum, and for none.
_BEHIND = np.int64(1) << 40
_NO_END: Number = float("inf")
_NOTHING: Number = 0.0


class Differing(NamedTuple):
    """Who has other pairs, or other own records, than before, and which.

    By turn of `number` (parties,): their entries that came stand in `came` from `came_start`
    (parties + 1,) on, copies of those that went in `gone`. What only says something else went and
    came.
    """

    number: Numbers
    came_start: Numbers
    came: Numbers
    gone_start: Numbers
    gone: Numbers


class Weighed(NamedTuple):
    """Weights of entries and of their reverses, and `into` and `allowed` of `bound_of`."""

    value: Numbers
    there: Numbers
    into: Numbers
    allowed: Numbers


@loop()
def merged(
    pairs: Pairs,
    weights: Weighed,
    place: Numbers,
    numbers: Numbers,
    parties: Numbers,
    mask: Numbers,
    anew: Pairs,
    bound: Number,
    filled: Number,
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Number, Number, Number]:
    """Put lists that differ behind the `filled` entries: (*fields of Differing, filled, sums).

    `parties`, in order, are by place now, `numbers` their numbers, to which `place` (numbers,)
    leads back, -1 of who is there no more; empty: each is its place. `anew` are the pairs, by turn,
    among those that `mask` (places,) marks: the others are as before. Behind each list are copies
    of its entries that went. What came in place of nothing weighs UNKNOWN: `into` and `allowed` of
    those whose lists differ are without it, the latter for `bound`. The sums are by how much the
    weights, and what they pass on in one round, are less than before.
    """
    # Read out once: each access to a field makes numba count a reference.
    value, there, own = weights.value, weights.there, pairs.own
    first, ends, own_now = anew.start, anew.source, anew.own
    start, end, source, p, p_back = pairs.start, pairs.end, pairs.source, pairs.p, pairs.p_back
    seed, seed_back = pairs.seed, pairs.seed_back
    p_now, seed_now = anew.p, anew.seed
    p_back_now, seed_back_now = anew.p_back, anew.seed_back
    rest, rest_back, leaf = pairs.rest, pairs.rest_back, pairs.leaf
    rest_now, rest_back_now, leaf_now = anew.rest, anew.rest_back, anew.leaf
    odd, more_odd = rest.size > 0, rest_now.size > 0
    into, allowed = weights.into, weights.allowed
    last_turn, moved = numbers.size - 1, place.size > 0
    most_gone, room = 0, np.int64(_AT_ONCE)
    for turn in range(numbers.size):
        ahead = numbers[min(turn + AHEAD, last_turn)]
        fetch(start, ahead)
        fetch(end, ahead)
        length = end[numbers[turn]] - start[numbers[turn]]
        most_gone += length
        room = max(room, length)
    # Of entries of the lists before `looked`: the place now, and whether it is marked or none.
    places, marked = np.empty(room, np.int64), np.empty(room, np.uint8)
    looked, at = 0, 0
    found = np.empty(numbers.size, np.int32)
    came_start = np.zeros(numbers.size + 1, np.int64)
    gone_start = np.zeros(numbers.size + 1, np.int64)
    came, gone = np.empty(ends.size, np.int64), np.empty(most_gone, np.int64)
    count, came_count, gone_count = 0, 0, 0
    held, passed = 0.0, 0.0
    for turn in range(numbers.size):
        if turn == looked:
            at = 0
            while looked < numbers.size:
                was, last = start[numbers[looked]], end[numbers[looked]]
                if at + last - was > room:
                    break
                fetch(source, start[numbers[min(looked + _SOON, last_turn)]])
                fetch(p, was)
                fetch(seed, was)
                fetch(p_back, was)
                fetch(seed_back, was)
                fetch(value, was)
                fetch(there, was)
                for entry in range(was, last):
                    old = np.int64(source[entry])
                    if moved:
                        old = np.int64(place[old])
                    places[at], marked[at] = old, mask[max(old, np.int64(0))] | (old < 0)
                    at += 1
                looked += 1
            at = 0
        party = numbers[turn]
        begun, was, last = filled, start[party], end[party]
        e, stop = first[turn], first[turn + 1]
        before, comes, less, most = last - was, _NOTHING, _NOTHING, _NO_END
        while was < last or e < stop:
            # Who is there no more has a place before all others.
            old = places[at] if was < last else _BEHIND
            new = np.int64(parties[ends[e]]) if e < stop else _BEHIND
            if old < new and marked[at]:
                held += value[was]
                less += p[was] * _PART * value[was]
                gone[gone_count] = was
                gone_count, was, at = gone_count + 1, was + 1, at + 1
                continue
            if old < new:
                source[filled], p[filled], seed[filled] = source[was], p[was], seed[was]
                p_back[filled], seed_back[filled] = p_back[was], seed_back[was]
                if odd:
                    rest[filled], rest_back[filled] = rest[was], rest_back[was]
                    leaf[filled] = leaf[was]
            else:
                source[filled] = numbers[ends[e]]
                p[filled], seed[filled] = p_now[e], seed_now[e]
                p_back[filled], seed_back[filled] = p_back_now[e], seed_back_now[e]
                if more_odd:
                    rest[filled], rest_back[filled] = rest_now[e], rest_back_now[e]
                    leaf[filled] = leaf_now[e]
                elif odd:
                    rest[filled], rest_back[filled], leaf[filled] = 1.0, 1.0, 0.0
                e += 1
            if old > new:
                value[filled] = there[filled] = UNKNOWN
                came[came_count] = filled
                came_count, filled = came_count + 1, filled + 1
                continue
            value[filled], there[filled] = value[was], there[was]
            back = p[filled] * _PART * value[filled]
            comes += back
            if p_back[filled]:
                allows = bound * there[filled] + back
                most = min(most, allows)
            alike = (p[filled] == p[was]) & (seed[filled] == seed[was])
            alike &= (p_back[filled] == p_back[was]) & (seed_back[filled] == seed_back[was])
            if odd:
                alike &= (rest[filled] == rest[was]) & (rest_back[filled] == rest_back[was])
                alike &= leaf[filled] == leaf[was]
            if not alike:
                less += p[was] * _PART * value[was] - back
                came[came_count], gone[gone_count] = filled, was
                came_count, gone_count = came_count + 1, gone_count + 1
            was, at, filled = was + 1, at + 1, filled + 1
        others = came_count > came_start[count] or gone_count > gone_start[count]
        if not others:
            filled = begun
        if others or own[party] != own_now[turn]:
            own[party] = own_now[turn]
            found[count] = party
            count += 1
            came_start[count], gone_start[count] = came_count, gone_count
        if others:
            start[party], end[party] = begun, filled
            passed += (comes + less) * (before - 1) - comes * (filled - begun - 1)
            into[party], allowed[party] = comes * ABOVE, most * BELOW
            for turned in range(gone_start[count - 1], gone_count):
                was = gone[turned]
                source[filled], p[filled], seed[filled] = source[was], p[was], seed[was]
                p_back[filled], seed_back[filled] = p_back[was], seed_back[was]
                if odd:
                    rest[filled], rest_back[filled] = rest[was], rest_back[was]
                    leaf[filled] = leaf[was]
                gone[turned] = filled
                filled += 1
    return (
        found[:count].copy(),
        came_start[: count + 1],
        came[:came_count],
        gone_start[: count + 1],
        gone[:gone_count],
        filled,
        held,
        passed,
    )


@loop()
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


@loop()
def fill_placed(values: Numbers, number: Numbers, found: Numbers) -> None:
    """Fill in values by number (numbers,) at their places."""
    for place in range(number.size):
        found[place] = values[number[place]]


@loop()
def fed_by(pairs: Pairs, parties: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) whom something passes to from one of `parties`."""
    start, end, source, back = pairs.start, pairs.end, pairs.source, pairs.p_back
    for turn in range(parties.size):
        for e in range(start[parties[turn]], end[parties[turn]]):
            if back[e] > 0:
                mask[source[e]] = 1


@loop()
def between(pairs: Pairs, parties: Numbers, others: Numbers, mask: Numbers) -> None:
    """Mark in `mask` those of `parties` beside whom two of `others` stand, or one that counts 2.

    `others` (parties,) is 0 of those that do not.
    """
    start, end, source = pairs.start, pairs.end, pairs.source
    last = parties.size - 1
    for turn in range(parties.size):
        ahead = parties[min(turn + AHEAD, last)]
        fetch(start, ahead)
        fetch(end, ahead)
        fetch(source, start[parties[min(turn + _SOON, last)]])
        party = parties[turn]
        count = 0
        for e in range(start[party], end[party]):
            count += others[source[e]]
        if count > 1:
            mask[party] = 1
