"""Factors of all pairs of the whole graph, for what looks at every link at once."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901

import numpy as np

from graph.analysis.kernels.factors import ALONG, Number, Numbers, Rules, Web, row_factor
from graph.loops import loop

# Two numbers below 2 ** 31 in one.
_HALF = 32
_LOW = (1 << _HALF) - 1


@loop()
def pair_factors(web: Web, rules: Rules, day: Number) -> tuple[Numbers, Numbers, Numbers]:
    """Return (source, target, p) of every directed pair with a factor, sorted by target, source.

    int32, int32 places and int64 ppm after the cap (pairs,).
    """
    none = np.zeros(0, np.int64)
    sources: list[Number] = [0 for _ in range(0)]
    targets: list[Number] = [0 for _ in range(0)]
    factors: list[Number] = [0 for _ in range(0)]
    for party in range(web.blocked.size):
        if web.blocked[party]:
            continue
        began = web.in_start[party]
        inward = web.in_start[party + 1] - began
        most = inward + web.out_start[party + 1] - web.out_start[party]
        others = np.empty(most, np.int64)
        rows = np.empty(most, np.int64)
        for place in range(most):
            if place < inward:
                rows[place] = web.in_row[began + place]
                others[place] = 2 * np.int64(web.source[rows[place]])
            else:
                rows[place] = web.out_row[web.out_start[party] + place - inward]
                others[place] = 2 * np.int64(web.target[rows[place]]) + 1
        # In one number with their places: rows of one other party stay in their order.
        order = np.sort((others << _HALF) | np.arange(most)) & _LOW
        others, rows = others[order], rows[order]
        first = 0
        while first < most:
            last = first
            while last < most and others[last] == others[first]:
                last += 1
            other, along = others[first] // 2, ALONG - others[first] % 2
            if other != party and web.blocked[other] == 0:
                best = np.int64(0)
                for place in range(last - first):
                    p = row_factor(
                        web, rows[first:last], last - first, place, along, day, rules, none
                    )
                    best = max(best, min(p, np.int64(rules.cap)))
                if best > 0:
                    count = len(sources)
                    if count and sources[count - 1] == other and targets[count - 1] == party:
                        factors[count - 1] = max(factors[count - 1], best)
                    else:
                        sources.append(other)
                        targets.append(party)
                        factors.append(best)
            first = last
    return np.array(sources), np.array(targets), np.array(factors)
