"""The spectral radius of the non-backtracking operator of all pairs of a graph, listed by party."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.threads import Threads, part_of
from graph.loops import loop

_PART = 1.0 / WHOLE
# A sum below this is none.
_GONE = 1e-300
# Weights are kept around 1 on average: of half the width, they must not run out of exponents.
_LEAST, _MOST = 1e-6, 1e6


class Lists(NamedTuple):
    """Those of Pairs (entries,) but `start`, and weights: of each entry, and of its reverse."""

    start: Numbers
    source: Numbers
    p: Numbers
    p_back: Numbers
    value: Numbers
    there: Numbers


@loop(nogil=True)
def _fill_ones(start: Numbers, value: Numbers, there: Numbers, first: Number, end: Number) -> None:
    for e in range(start[first], start[end]):
        value[e] = there[e] = 1.0


def weighted(
    start: Numbers, source: Numbers, p: Numbers, p_back: Numbers, threads: Threads
) -> Lists:
    """Return lists with weights of 1."""
    # numpy asks for large pages, a kernel does not.
    value, there = np.empty(source.size, np.float32), np.empty(source.size, np.float32)
    threads.over(start.size - 1, lambda at, end, _: _fill_ones(start, value, there, at, end))
    return Lists(start, source, p, p_back, value, there)


@loop(nogil=True)
def _count_within(
    start: Numbers,
    source: Numbers,
    number: Numbers,
    few: Numbers,
    first: Number,
    end: Number,
    counts: Numbers,
) -> None:
    for turn in range(first, end):
        count = 0
        for e in range(start[few[turn]], start[few[turn] + 1]):
            count += number[source[e]] >= 0
        counts[turn] = count


@loop(nogil=True)
def _fill_within(
    start: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    number: Numbers,
    few: Numbers,
    first: Number,
    end: Number,
    begins: Numbers,
    ends: Numbers,
    forth: Numbers,
    back: Numbers,
) -> None:
    for turn in range(first, end):
        filled = begins[turn]
        for e in range(start[few[turn]], start[few[turn] + 1]):
            if number[source[e]] >= 0:
                ends[filled], forth[filled], back[filled] = number[source[e]], p[e], p_back[e]
                filled += 1


def among_few(lists: Lists, few: Numbers, threads: Threads) -> Lists:
    """Return the lists of the pairs among some parties, by their places in `few`, weights 1."""
    start, source, p, p_back = lists.start, lists.source, lists.p, lists.p_back
    number = np.full(start.size - 1, -1, np.int32)
    number[few] = np.arange(few.size, dtype=np.int32)
    begins = np.zeros(few.size + 1, np.int64)
    known = start, source, number, few
    threads.over(few.size, lambda at, end, _: _count_within(*known, at, end, begins[1:]))
    begins = np.cumsum(begins)
    ends, forth, back = (np.empty(int(begins[-1]), np.int32) for _ in range(3))

    def fill(first: int, end: int, _: int) -> None:
        lists_of = start, source, p, p_back, number, few
        _fill_within(*lists_of, first, end, begins, ends, forth, back)

    threads.over(few.size, fill)
    return weighted(begins, ends, forth, back, threads)


def sent_by(lists: Lists, threads: Threads) -> Numbers:
    """Return what weights send to each party (parties,) in one round."""
    found = np.empty(lists.start.size - 1, np.float32)
    known = lists.start, lists.p, lists.value, found
    threads.over(found.size, lambda first, end, _: _send(*known, first, end))
    return found


def heaviest(into: Numbers, count: int) -> Numbers:
    """Return the `count` parties (int32) into which most comes, in order; of equals the first.

    By value: to part places by what stands at them takes three times as long.
    """
    least = np.partition(into, into.size - count)[into.size - count]
    kept = into > least
    equal = np.flatnonzero(into == least)
    kept[equal[: count - int(np.count_nonzero(kept))]] = True
    return np.flatnonzero(kept).astype(np.int32)


@loop(nogil=True)
def _send(
    start: Numbers, p: Numbers, value: Numbers, into: Numbers, first: Number, end: Number
) -> Number:
    """Fill in what weights send to some parties in a round, float32; return their sum."""
    held = 0.0
    for party in range(first, end):
        sent = 0.0
        for e in range(start[party], start[party + 1]):
            sent += p[e] * _PART * value[e]
            held += value[e]
        into[party] = sent
    return held


@loop(nogil=True)
def _pass_on(
    start: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    value: Numbers,
    there: Numbers,
    into: Numbers,
    following: Numbers,
    first: Number,
    end: Number,
) -> Number:
    """Make the weights of some parties' entries those of the next round; return their sum."""
    last = np.uint64(max(source.size, 1) - 1)
    total = 0.0
    for party in range(first, end):
        sent, mine = 0.0, into[party]
        # Places without a sign are never below 0, and need no look before each read. What is
        # written next might be what was read, as far as a compiler knows: all is read once, before.
        for e in range(np.uint64(start[party]), np.uint64(start[party + 1])):
            fetch(into, source[min(e + np.uint64(AHEAD), last)])
            old, old_there, factor = value[e], there[e], p[e] * _PART
            fresh = into[np.uint32(source[e])] - p_back[e] * _PART * old_there
            other = mine - factor * old
            # Half of the old value is kept: cycles of one length would make it swing for ever.
            now = np.float32(0.5 * old + 0.5 * max(0.0, fresh))
            value[e] = now
            there[e] = 0.5 * old_there + 0.5 * max(0.0, other)
            total += float(now)
            sent += factor * now
        following[party] = sent
    return total


@loop(nogil=True)
def _divide(
    start: Numbers,
    value: Numbers,
    there: Numbers,
    into: Numbers,
    mean: Number,
    first: Number,
    end: Number,
) -> None:
    for e in range(start[first], start[end]):
        value[e], there[e] = value[e] / mean, there[e] / mean
    for party in range(first, end):
        into[party] = into[party] / mean


@loop(nogil=True)
def _estimated(
    total: Number, before: Number, estimate: Number, close: Number, count: Number, warm: Number
) -> tuple[Number, Number, Number]:
    """Return (radius, whether it has settled, what weights are to be divided by) after a round."""
    radius = max(0.0, 2.0 * total / before - 1.0)
    done = warm and abs(radius - estimate) < close
    mean = total / count
    return radius, done, mean if done or mean < _LEAST or mean > _MOST else 1.0


@loop(nogil=True)
def _search(
    start: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    value: Numbers,
    there: Numbers,
    room: tuple[Numbers, Numbers],
    rounds: Number,
    close: Number,
    warm: Number,
    each: Number,
) -> Number:
    """Return the radius as `radius_of_pairs`: the same sums of the same parts, without threads."""
    size = start.size - 1
    into, following = room
    before, radius = 0.0, 0.0
    for first in range(0, size, each):
        before += _send(start, p, value, into, first, min(first + each, size))
    for turn in range(rounds):
        total = 0.0
        for first in range(0, size, each):
            end = min(first + each, size)
            total += _pass_on(start, source, p, p_back, value, there, into, following, first, end)
        if total < _GONE:
            return 0.0
        radius, done, mean = _estimated(total, before, radius, close, source.size, turn > warm)
        into, following = following, into
        if mean != 1.0:
            _divide(start, value, there, into, mean, 0, size)
        if done:
            break
        before = total / mean
    return radius


def _search_with(
    threads: Threads,
    lists: Lists,
    room: tuple[Numbers, Numbers],
    rounds: int,
    close: float,
    warm: int,
) -> float:
    """Return what `_search` does, each round shared out."""
    start, p, value, there = lists.start, lists.p, lists.value, lists.there
    size = start.size - 1
    each = part_of(size)
    sums = np.empty(-(-size // each), np.float64)
    into, following = room

    def begin(first: int, end: int, _: int) -> None:
        sums[first // each] = _send(start, p, value, into, first, end)

    def pass_on(first: int, end: int, _: int) -> None:
        sums[first // each] = _pass_on(*lists, into, following, first, end)

    def divide(first: int, end: int, _: int) -> None:
        _divide(start, value, there, into, mean, first, end)

    threads.over(size, begin, each)
    before, radius = sum(sums.tolist()), 0.0
    for turn in range(rounds):
        threads.over(size, pass_on, each)
        # One after another: numpy adds in an order of its own.
        total = sum(sums.tolist())
        if total < _GONE:
            return 0.0
        radius, done, mean = _estimated(total, before, radius, close, p.size, turn > warm)
        into, following = following, into
        if mean != 1.0:
            threads.over(size, divide, each)
        if done:
            break
        before = total / mean
    return radius


def radius_of_pairs(lists: Lists, rounds: int, close: float, warm: int, threads: Threads) -> float:
    """Return the radius that `non_backtracking_radius` does, both ways of each pair at hand.

    The weights (entries,) float32 are those to begin with; what the search ended with, 1 on
    average, is left in them. An entry carries its reverse along, so that only what comes into the
    other end is read from far away. Stops once, after `warm` rounds, two successive estimates
    differ by less than `close`.
    """
    size = lists.start.size - 1
    # numpy asks for large pages, a kernel does not.
    room = np.empty(size, np.float32), np.empty(size, np.float32)
    if threads.count > 1 and size > part_of(size):
        return _search_with(threads, lists, room, rounds, close, warm)
    radius: float = _search(*lists, room, rounds, close, warm, part_of(size))
    return radius
