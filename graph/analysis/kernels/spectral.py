"""Power iteration of the weighted non-backtracking operator on a graph's directed edges."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import entry_of

# A sum below this is none; estimates settle only after some rounds.
_GONE = 1e-300
WARM = 10
_PART = 1.0 / WHOLE
# A weight is raised by a little more than it must, so that it need not be again at once.
_MORE = 1.01
# What is raised so far is raised for ever: weights are 1 on average.
_TALLEST = 1e12
# Entries that are looked at however small the graph is.
_FEW = 10_000


@njit(cache=True)
def non_backtracking_radius(
    size: Number,
    source: Numbers,
    target: Numbers,
    p: Numbers,
    back: Numbers,
    rounds: Number,
    close: Number,
) -> Number:
    """Return the spectral radius of m(u->v) <- sum over w->u, w not v, of p(w->u) m(w->u).

    Edges (edges,) with p 0..1; `back` is the place of the reverse edge or -1. The operator is not
    negative, so the growth of the sum tends to its radius. Stops once two successive estimates
    differ by less than `close`.
    """
    count = source.size
    if count == 0:
        return 0.0
    value = np.ones(count)
    fresh = np.empty(count)
    into = np.zeros(size)
    radius = 0.0
    estimate = 0.0
    for turn in range(rounds):
        into[:] = 0.0
        for e in range(count):
            into[target[e]] += p[e] * value[e]
        before = value.sum()
        total = 0.0
        for e in range(count):
            fresh[e] = into[source[e]]
            if back[e] >= 0:
                fresh[e] -= p[back[e]] * value[back[e]]
        for e in range(count):
            # Half of the old value is kept: cycles of one length would make it swing for ever.
            value[e] = 0.5 * value[e] + 0.5 * max(0.0, fresh[e])
            total += value[e]
        if total < _GONE:
            return 0.0
        growth = total / before
        radius = max(0.0, 2.0 * growth - 1.0)
        for e in range(count):
            value[e] /= total
        if turn > WARM and abs(radius - estimate) < close:
            return radius
        estimate = radius
    return radius


@njit(cache=True)
def bound_of(
    start: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    value: Numbers,
    there: Numbers,
) -> tuple[Number, Number]:
    """Return (bound, growth): the radius is at most `bound`, whatever the weights are.

    The largest factor by which one round makes a weight larger (Collatz-Wielandt), and the one by
    which it makes their sum so. Arrays are those of `radius_of_pairs`; sums are of double width.
    """
    size = start.size - 1
    into = np.zeros(size)
    held, passed = 0.0, 0.0
    for party in range(size):
        sent = 0.0
        for e in range(start[party], start[party + 1]):
            sent += p[e] * _PART * value[e]
            held += value[e]
        into[party] = sent
        passed += sent * (start[party + 1] - start[party] - 1)
    bound = 0.0
    for party in range(size):
        for e in range(start[party], start[party + 1]):
            if p[e]:
                fresh = into[source[e]] - p_back[e] * _PART * there[e]
                if value[e] <= 0.0:
                    # So small that its width holds it no more: it would show nothing.
                    bound = np.inf
                elif fresh > bound * value[e]:
                    bound = np.true_divide(fresh, value[e])
    return bound, passed / held if held > 0.0 else 0.0


@njit(cache=True)
def raised(
    start: Numbers,
    end: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    place: Numbers,
    value: Numbers,
    there: Numbers,
    parties: Numbers,
    bound: Number,
) -> Number:
    """Return whether weights show that the radius is at most `bound`; raise them until they do.

    They show it where one round makes none larger than `bound` times itself; so they did before
    the lists of `parties` changed. Only there, and behind what was raised, is it looked. Where
    that comes to as much as a round over everything there may be no such weights. Lists are in
    the order of `place` (parties,).

    What comes into a party that was looked at is kept, with the most that its weights allow: while
    it is no more its list, which may be long, is not gone through again.
    """
    todo = np.empty(end.size + 1, np.int32)
    waits = np.zeros(end.size, np.uint8)
    # By turn, of those that were looked at; the turn of each party, 0: it was not.
    into, allowed = np.empty(end.size + 1), np.empty(end.size + 1)
    turn_of = np.zeros(end.size, np.int32)
    turns = 0
    first, count = 0, parties.size
    for place_of in range(count):
        todo[place_of] = parties[place_of]
        waits[parties[place_of]] = 1
    looked = 0
    while count > 0:
        party = todo[first]
        first, count = (first + 1) % todo.size, count - 1
        waits[party] = 0
        turn = turn_of[party]
        if turn > 0 and into[turn] <= allowed[turn]:
            continue
        if turn == 0:
            turns += 1
            turn = turn_of[party] = turns
        low, high = start[party], end[party]
        looked += high - low
        if looked > source.size + _FEW:
            return False
        # Summed anew: what was added bit by bit is rounded otherwise.
        comes = 0.0
        for e in range(low, high):
            comes += p[e] * _PART * value[e]
        most = np.inf
        for e in range(low, high):
            if p_back[e] == 0:
                continue
            least = (comes - p[e] * _PART * value[e]) / bound
            if least > there[e]:
                if least > _TALLEST:
                    return False
                other = source[e]
                more = _MORE * least - there[e]
                there[e] = _MORE * least
                back = entry_of(start, end, source, place, other, party)
                value[back] = there[e]
                its = turn_of[other]
                if its > 0:
                    into[its] += p_back[e] * _PART * more
                if waits[other] == 0 and (its == 0 or into[its] > allowed[its]):
                    waits[other] = 1
                    todo[(first + count) % todo.size] = other
                    count += 1
            most = min(most, bound * there[e] + p[e] * _PART * value[e])
        into[turn], allowed[turn] = comes, most
    return True
