"""Power iteration of the weighted non-backtracking operator on a graph's directed edges."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers

# A sum below this is none; estimates settle only after some rounds.
_GONE = 1e-300
WARM = 10


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

    Edges (edges,) with p 0..1; `back` is the place of the reverse edge or -1.
    """
    value = np.ones(source.size)
    return radius_from(value, size, source, target, p, back, rounds, close, WARM)


@njit(cache=True)
def radius_from(
    value: Numbers,
    size: Number,
    source: Numbers,
    target: Numbers,
    p: Numbers,
    back: Numbers,
    rounds: Number,
    close: Number,
    warm: Number,
) -> Number:
    """Return the radius, begun with `value` (edges,), in which what it ended with is left.

    The operator is not negative, so the growth of the sum tends to its radius. Stops once, after
    `warm` rounds, two successive estimates differ by less than `close`.
    """
    count = source.size
    if count == 0:
        return 0.0
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
        if turn > warm and abs(radius - estimate) < close:
            return radius
        estimate = radius
    return radius
