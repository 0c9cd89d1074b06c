"""Power iteration of the weighted non-backtracking operator on a graph's directed edges."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import entry_of
from graph.loops import loop

# A sum below this is none; estimates settle only after some rounds.
_GONE = 1e-300
WARM = 10
_PART = 1.0 / WHOLE
# A weight is raised by a little more than it must, so that it need not be again at once.
_MORE = 1.01
# The weight of a new entry of a party into which nothing came: of all it is 1 on average.
_NEW = np.float32(1e-3)
# More, and less, than what rounding to half the width takes off.
ABOVE, BELOW = 1.000001, 0.999999
# So many parties before, in a queue, a list is asked for.
_SOON = 4
# So many weights are raised before those of their reverses are.
_AT_ONCE = 64
# What is raised so far is raised for ever: weights are 1 on average.
_TALLEST = 1e12
# Entries that are looked at however small the graph is.
_FEW = 10_000


@loop()
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


@loop()
def bound_of(
    start: Numbers,
    p: Numbers,
    p_back: Numbers,
    value: Numbers,
    there: Numbers,
    limit: Number,
    into: Numbers,
    allowed: Numbers,
) -> tuple[Number, Number]:
    """Return (bound, growth): the radius is at most `bound`, whatever the weights are.

    The largest factor by which one round makes a weight larger (Collatz-Wielandt), and the one by
    which it makes their sum so. Arrays are those of `radius_of_pairs`; sums are of double width. By
    party (parties,) float32, `into` is filled in, no less than what comes into it, and `allowed`,
    no more than what may come while no weight grows by more than `limit`.
    """
    held, passed, bound = 0.0, 0.0, 0.0
    for party in range(start.size - 1):
        low, high = start[party], start[party + 1]
        comes, most = 0.0, np.inf
        for e in range(low, high):
            comes += p[e] * _PART * value[e]
            held += value[e]
        passed += comes * (high - low - 1)
        # What goes out over an entry is the weight of its reverse.
        for e in range(low, high):
            if p_back[e]:
                back = p[e] * _PART * value[e]
                if there[e] <= 0.0:
                    # So small that its width holds it no more: it would show nothing.
                    bound = np.inf
                elif comes - back > bound * there[e]:
                    bound = np.true_divide(comes - back, there[e])
                most = min(most, limit * there[e] + back)
        into[party], allowed[party] = comes * ABOVE, most * BELOW
    return bound, passed / held if held > 0.0 else 0.0


@loop()
def with_new(
    start: Numbers,
    end: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    value: Numbers,
    there: Numbers,
    into: Numbers,
    allowed: Numbers,
    parties: Numbers,
    first: Numbers,
    came: Numbers,
    bound: Number,
) -> tuple[Number, Number]:
    """Weigh the entries that came and are new, of which weights are below 0: (held, passed) more.

    Those of `parties`, by turn, stand in `came` from `first`. Each gets what comes into the party
    that it leads from by other ones, so that it grows by about `bound`. `into` and `allowed` of
    `bound_of`, until now without them, are put right. Returned is what the weights sum to more,
    and what is passed on in one round by all that came.
    """
    for place in range(came.size):
        fetch(into, source[came[min(place + AHEAD, came.size - 1)]])
        e = came[place]
        if value[e] < 0.0:
            value[e] = max(_NEW, np.float32(_MORE / bound * into[source[e]]))
    held, passed = 0.0, 0.0
    for turn in range(parties.size):
        party = parties[turn]
        weight = max(_NEW, np.float32(_MORE / bound * into[party]))
        comes, most = 0.0, np.float64(allowed[party])
        for place in range(first[turn], first[turn + 1]):
            e = came[place]
            if there[e] < 0.0:
                there[e] = weight
                back = p[e] * _PART * value[e]
                comes += back
                held += value[e]
                if p_back[e]:
                    most = min(most, bound * weight + back)
        passed += comes * (end[party] - start[party] - 1)
        into[party], allowed[party] = (into[party] + comes) * ABOVE, most * BELOW
    return held, passed


@loop()
def raised(
    start: Numbers,
    end: Numbers,
    source: Numbers,
    p: Numbers,
    p_back: Numbers,
    value: Numbers,
    there: Numbers,
    into: Numbers,
    allowed: Numbers,
    place: Numbers,
    parties: Numbers,
    bound: Number,
) -> Number:
    """Return whether weights show that the radius is at most `bound`; raise them until they do.

    They show it where one round makes none larger than `bound` times itself: where `into` of no
    party is above `allowed`, both as of `bound_of`, as they may be of `parties`. Only there, and
    behind what was raised, is it looked. Where that comes to as much as a round over everything
    there may be no such weights. Lists are in the order of `place` (parties,).
    """
    todo = np.empty(end.size + 1, np.int32)
    waits = np.zeros(end.size, np.uint8)
    first, count, longest = 0, 0, np.int64(0)
    for party in range(end.size):
        longest = max(longest, end[party] - start[party])
    for party in parties:
        if into[party] > allowed[party]:
            todo[count], waits[party] = party, 1
            count += 1
    # Entries that were raised, by whom and by how much: their reverses are looked up together.
    entries, by = np.empty(longest + _AT_ONCE, np.int64), np.empty(longest + _AT_ONCE, np.int32)
    more = np.empty(longest + _AT_ONCE, np.float64)
    looked, shows = 0, True
    while shows and count > 0:
        made = 0
        while shows and count > 0 and made < _AT_ONCE:
            for ahead in (2 * _SOON, _SOON):
                if count > ahead:
                    party = todo[(first + ahead) % todo.size]
                    fetch(start, party)
                    fetch(end, party)
                    if ahead == _SOON:
                        e = start[party]
                        fetch(source, e)
                        fetch(p, e)
                        fetch(p_back, e)
                        fetch(value, e)
                        fetch(there, e)
            party = todo[first]
            first, count = (first + 1) % todo.size, count - 1
            waits[party] = 0
            if into[party] <= allowed[party]:
                continue
            low, high = start[party], end[party]
            looked += high - low
            if looked > source.size + _FEW:
                shows = False
                break
            # Summed anew: what was added bit by bit is rounded otherwise.
            comes = 0.0
            for e in range(low, high):
                comes += p[e] * _PART * value[e]
            most = np.inf
            for e in range(low, high):
                if p_back[e] == 0:
                    continue
                back = p[e] * _PART * value[e]
                if comes - back > bound * there[e]:
                    least = (comes - back) / bound
                    if least > _TALLEST:
                        shows = False
                        break
                    entries[made], by[made], more[made] = e, party, _MORE * least - there[e]
                    there[e] = _MORE * least
                    made += 1
                most = min(most, bound * there[e] + back)
            # What waits to be added to it is not in it yet, nor in what is allowed, which is less.
            into[party], allowed[party] = comes * ABOVE, most * BELOW
        for turn in range(made):
            other = source[entries[min(turn + 2 * _SOON, made - 1)]]
            fetch(start, other)
            fetch(end, other)
            other = source[entries[min(turn + _SOON, made - 1)]]
            middle = (start[other] + end[other]) // 2
            fetch(source, middle)
            fetch(value, middle)
            e, other = entries[turn], source[entries[turn]]
            value[entry_of(start, end, source, place, other, by[turn])] = there[e]
            into[other] = (into[other] + p_back[e] * _PART * more[turn]) * ABOVE
            if waits[other] == 0 and into[other] > allowed[other]:
                waits[other] = 1
                todo[(first + count) % todo.size] = other
                count += 1
    return shows
