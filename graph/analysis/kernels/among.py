"""Lists of pairs among the parties that a change touched: a pair differs only if both ends do."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers, Web
from graph.analysis.kernels.pairs import Pairs


@njit(cache=True)
def _listed(
    start: Numbers, row: Numbers, other: Numbers, parties: Numbers, mask: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Return (start, row, other) of a list by party with what joins two touched ones alone."""
    begins = np.zeros(start.size, np.int64)
    for turn in range(parties.size):
        party = parties[turn]
        count = 0
        for place in range(start[party], start[party + 1]):
            count += mask[other[place]] != 0
        begins[party + 1] = count
    for party in range(start.size - 1):
        begins[party + 1] += begins[party]
    rows, others = np.empty(begins[-1], np.int32), np.empty(begins[-1], np.int32)
    filled = 0
    for turn in range(parties.size):
        for place in range(start[parties[turn]], start[parties[turn] + 1]):
            if mask[other[place]] != 0:
                rows[filled], others[filled] = row[place], other[place]
                filled += 1
    return begins, rows, others


def among(web: Web, parties: Numbers, mask: Numbers) -> Web:
    """Return a web whose lists hold the links among some parties, in order; `mask` marks them.

    What a party holds of itself is among them, so that its votes are counted as ever.
    """
    inward = _listed(web.in_start, web.in_row, web.in_other, parties, mask)
    outward = _listed(web.out_start, web.out_row, web.out_other, parties, mask)
    for array in (*inward, *outward):
        # One kind of array a kernel: a second kind would compile every kernel a second time.
        array.flags.writeable = False
    names = ("in_start", "in_row", "in_other", "out_start", "out_row", "out_other")
    return web._replace(**dict(zip(names, (*inward, *outward), strict=True)))


@njit(cache=True)
def merged(
    before: Pairs,
    forth: Numbers,
    back: Numbers,
    parties: Numbers,
    mask: Numbers,
    lists: tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers],
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return the lists of `parties`: pairs among them from `lists`, the others as before."""
    sub, sub_source, sub_p, sub_seed, sub_rest, sub_leaf = lists
    most = np.int64(sub_source.size)
    for turn in range(parties.size):
        old = back[parties[turn]]
        if old >= 0:
            most += before.start[old + 1] - before.start[old]
    odd = max(before.rest.size, sub_rest.size) > 0
    start = np.zeros(parties.size + 1, np.int64)
    source, p, seed = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    rest, leaf = np.ones(most if odd else 0, np.float64), np.zeros(most if odd else 0, np.float64)
    filled = 0
    for turn in range(parties.size):
        old = back[parties[turn]]
        was, end = np.int64(0), np.int64(0)
        if old >= 0:
            was, end = before.start[old], before.start[old + 1]
        e = sub[turn]
        while True:
            while was < end and _touched(forth[before.source[was]], mask):
                was += 1
            if was == end and e == sub[turn + 1]:
                break
            stays = was < end and (e == sub[turn + 1] or forth[before.source[was]] < sub_source[e])
            if stays:
                source[filled] = forth[before.source[was]]
                p[filled], seed[filled] = before.p[was], before.seed[was]
                if before.rest.size:
                    rest[filled], leaf[filled] = before.rest[was], before.leaf[was]
                was += 1
            else:
                source[filled], p[filled], seed[filled] = sub_source[e], sub_p[e], sub_seed[e]
                if sub_rest.size:
                    rest[filled], leaf[filled] = sub_rest[e], sub_leaf[e]
                e += 1
            filled += 1
        start[turn + 1] = filled
    kept = filled if odd else 0
    return (
        start,
        source[:filled].copy(),
        p[:filled].copy(),
        seed[:filled].copy(),
        rest[:kept].copy(),
        leaf[:kept].copy(),
    )


@njit(cache=True, inline="always")
def _touched(party: Number, mask: Numbers) -> Number:
    """Return whether a party was touched, or is there no more."""
    return party < 0 or mask[party] != 0
