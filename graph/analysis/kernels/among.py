"""Lists of pairs among the parties that a change touched: a pair differs only if both ends do."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Numbers, Web


@njit(cache=True)
def _listed(
    start: Numbers, row: Numbers, far: Numbers, parties: Numbers, mask: Numbers, begins: Numbers
) -> tuple[Numbers, Numbers]:
    """Return (row, other) of a list by party with what joins two touched ones alone.

    `far` (links,) is the end of each row that is not the party's; `begins` is filled in, the start.
    """
    most = 0
    for turn in range(parties.size):
        most += start[parties[turn] + 1] - start[parties[turn]]
    rows, others = np.empty(most, np.int32), np.empty(most, np.int32)
    filled, following = 0, 0
    for turn in range(parties.size):
        party = parties[turn]
        # Parties come in order: in between nothing is listed.
        begins[following : party + 1] = filled
        following = party + 1
        for place in range(start[party], start[party + 1]):
            other = far[row[place]]
            if mask[other] != 0:
                rows[filled], others[filled] = row[place], other
                filled += 1
    begins[following:] = filled
    return rows[:filled], others[:filled]


def among(web: Web, parties: Numbers, mask: Numbers) -> Web:
    """Return a web whose lists hold the links among some parties, in order; `mask` marks them.

    What a party holds of itself is among them, so that its votes are counted as ever.
    """
    # numpy asks for large pages, a kernel does not.
    into, out_of = np.empty_like(web.in_start), np.empty_like(web.out_start)
    inward = into, *_listed(web.in_start, web.in_row, web.source, parties, mask, into)
    outward = out_of, *_listed(web.out_start, web.out_row, web.target, parties, mask, out_of)
    for array in (*inward, *outward):
        # One kind of array a kernel: a second kind would compile every kernel a second time.
        array.flags.writeable = False
    names = ("in_start", "in_row", "in_other", "out_start", "out_row", "out_other")
    return web._replace(**dict(zip(names, (*inward, *outward), strict=True)))
