"""How exposure splits into parts by record and walk, in one pass over the tree (method 4)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.tree import Problem

# The largest parts are picked out of so many times as many at once.
_ROOM = 16
# No walk has more links.
_DEEPEST = 256


@njit(cache=True)
def _add(total: Numbers, lost: Numbers, key: Number, value: Number) -> None:
    """Add to a sum and keep what rounding loses, so that it is right to the last digit or so.

    A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974.
    """
    raised = total[key] + value
    if abs(total[key]) >= abs(value):
        lost[key] += (total[key] - raised) + value
    else:
        lost[key] += (value - raised) + total[key]
    total[key] = raised


@njit(cache=True)
def _largest(share: Numbers, entry: Numbers, record: Numbers, count: Number, most: Number) -> None:
    # Equal parts keep their order: the earlier entry stays in.
    order = np.argsort(-share[:count], kind="mergesort")[:most]
    kept = order.size
    share[:kept], entry[:kept], record[:kept] = share[order], entry[order], record[order]


@njit(cache=True)
def _weights_of_edges(first: Numbers, record: Numbers, weight: Numbers) -> Numbers:
    """Return the sum of the weights of each edge's records (edges,), smallest first."""
    total = np.zeros(first.size - 1, np.float64)
    for e in range(first.size - 1):
        begin, end = first[e], first[e + 1]
        if end - begin == 1:
            total[e] = weight[record[begin]]
        elif end > begin:
            for value in np.sort(weight[record[begin:end]]):
                total[e] += value
    return total


@njit(cache=True)
def parts(
    problem: Problem,
    edge: Numbers,
    parent: Numbers,
    value: Numbers,
    weight: Numbers,
    root: Number,
    root_weight: Number,
    first: Numbers,
    record: Numbers,
    strength: Numbers,
    edge_kind: Numbers,
    kinds: Number,
    most: Number,
) -> tuple[Numbers, Numbers, Numbers, Number, Numbers, Numbers]:
    """Return (entry, record, share, count, by record, by kind) of the parts of `root`.

    The tree is that of `grow`; `record[first[e]:first[e + 1]]` are the records of edge e, of
    `strength` ppm, `edge_kind` (edges,) its type of link. Each entry's part is split among its
    records by -ln(1 - S). Only the `most` largest of `count` parts are returned, largest first;
    sums by record (records,) and by type of link on the way (kinds,) are of all.
    """
    own_weight = -np.log1p(-np.minimum(strength, WHOLE - 1) / WHOLE)
    among = _weights_of_edges(first, record, own_weight)
    strengths = problem.seed / WHOLE
    alone = -np.log1p(-strengths)
    end_weight = -np.log1p(-(problem.p / WHOLE * strengths))
    # The entries that lead from the root to the present one, each before what it leads from.
    depth = -1
    line = np.empty(_DEEPEST, np.int64)
    amounts = np.empty(_DEEPEST, np.float64)
    overs = np.empty(_DEEPEST, np.float64)
    mets = np.empty(_DEEPEST, np.int32)
    by_record = np.zeros(strength.size, np.float64)
    by_record_lost = np.zeros(strength.size, np.float64)
    # Walks that use the same types of links are summed together first.
    present = np.zeros(kinds, np.bool_)
    for e in range(edge_kind.size):
        present[edge_kind[e]] = True
    listed = np.flatnonzero(present)
    bit = np.zeros(kinds, np.int32)
    for place in range(listed.size):
        bit[listed[place]] = np.int32(1) << np.int32(place)
    by_met = np.zeros(1 << listed.size, np.float64)
    by_met_lost = np.zeros(1 << listed.size, np.float64)
    top_share = np.empty(_ROOM * most, np.float64)
    top_entry = np.empty(_ROOM * most, np.int64)
    top_record = np.empty(_ROOM * most, np.int64)
    least = 0.0
    filled = 0
    count = 0
    # The sum that is being added to: sisters mostly share their types of links.
    met_now, total, lost = np.int32(0), 0.0, 0.0
    for here in range(edge.size):
        e = edge[here]
        above = parent[here]
        while depth >= 0 and line[depth] != above:
            depth -= 1
        if depth < 0:
            whole, over, passed = root, root_weight, np.int32(0)
        else:
            whole, over, passed = amounts[depth], overs[depth], mets[depth]
        passed |= bit[edge_kind[e]]
        inner = here + 1 < edge.size and parent[here + 1] == here
        if inner:
            mine = whole * (-np.log1p(-(problem.p[e] / WHOLE * value[here])) / over)
        else:
            mine = whole * (end_weight[e] / over)
        own = mine
        if inner:
            depth += 1
            line[depth], amounts[depth] = here, mine
            overs[depth], mets[depth] = weight[here], passed
            if problem.seed[e] == 0:
                continue
            own = mine * (alone[e] / weight[here])
        if passed != met_now:
            by_met[met_now], by_met_lost[met_now] = total, lost
            met_now, total, lost = passed, by_met[passed], by_met_lost[passed]
        raised = total + own
        if abs(total) >= abs(own):
            lost += (total - raised) + own
        else:
            lost += (own - raised) + total
        total = raised
        for place in range(first[e], first[e + 1]):
            item = record[place]
            share = own * own_weight[item] / among[e]
            _add(by_record, by_record_lost, item, share)
            count += 1
            if share <= least and filled >= most:
                continue
            if filled == top_share.size:
                _largest(top_share, top_entry, top_record, filled, most)
                filled = most
                least = top_share[most - 1]
                if share <= least:
                    continue
            top_share[filled], top_entry[filled], top_record[filled] = share, here, item
            filled += 1
    by_met[met_now], by_met_lost[met_now] = total, lost
    _largest(top_share, top_entry, top_record, filled, most)
    kept = min(filled, most)
    by_kind = np.zeros(kinds, np.float64)
    by_kind_lost = np.zeros(kinds, np.float64)
    for used in np.flatnonzero(by_met):
        for place in range(listed.size):
            if used >> place & 1:
                _add(by_kind, by_kind_lost, listed[place], by_met[used] + by_met_lost[used])
    return (
        top_entry[:kept],
        top_record[:kept],
        top_share[:kept],
        count,
        by_record + by_record_lost,
        by_kind + by_kind_lost,
    )
