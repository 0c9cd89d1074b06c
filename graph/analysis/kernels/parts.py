"""How exposure splits into parts by record and walk, in one pass over the tree (method 4)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.order import falling, in_order
from graph.analysis.kernels.tree import Ends, Problem, Tree, meets
from graph.loops import loop

# The largest parts are picked out of so many times as many at once.
_ROOM = 16
# No walk has more links.
_DEEPEST = 256


@loop()
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


@loop()
def _largest(share: Numbers, walk: Numbers, count: Number, most: Number) -> None:
    """Move the `most` largest parts to the front, in order; `walk` (3, room) goes with them."""
    # Equal parts keep their order: the earlier entry stays in.
    listed = np.arange(count)
    if count > most:
        least = -np.partition(-share[:count], most - 1)[most - 1]
        listed = listed[share[:count] >= least]
    order = in_order(falling(share), listed)[:most]
    share[: order.size] = share[order]
    for column in range(3):
        walk[column, : order.size] = walk[column, order]


@loop()
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


class _Lists(NamedTuple):
    """Of the edges that walks begin with into node v: what they give together.

    `records` (n): how many parts they make, the largest of which is that of record `item` (n) over
    edge `edge` (n); `kind[first[v]:first[v + 1]]` are their types, of `weight` together.
    """

    records: Numbers
    edge: Numbers
    item: Numbers
    first: Numbers
    kind: Numbers
    weight: Numbers


@loop()
def _lists(
    ends: Ends, first: Numbers, record: Numbers, own: Numbers, among: Numbers, edge_kind: Numbers
) -> _Lists:
    size = ends.first.size - 1
    records = np.zeros(size, np.int64)
    edge = np.zeros(size, np.int64)
    item = np.zeros(size, np.int64)
    starts = np.zeros(size + 1, np.int64)
    kind = np.empty(ends.edge.size, np.int64)
    weight = np.zeros(ends.edge.size, np.float64)
    count = 0
    for node in range(size):
        largest = -1.0
        for at in range(ends.first[node], ends.first[node + 1]):
            e = ends.edge[at]
            place = starts[node]
            while place < count and kind[place] != edge_kind[e]:
                place += 1
            if place == count:
                kind[count] = edge_kind[e]
                count += 1
            weight[place] += ends.weight[e]
            records[node] += first[e + 1] - first[e]
            for inside in range(first[e], first[e + 1]):
                share = ends.weight[e] * own[record[inside]] / among[e]
                if share > largest:
                    largest, edge[node], item[node] = share, e, record[inside]
        starts[node + 1] = count
    return _Lists(records, edge, item, starts, kind[:count].copy(), weight[:count].copy())


@loop()
def parts(
    problem: Problem,
    ends: Ends,
    tree: Tree,
    first: Numbers,
    record: Numbers,
    strength: Numbers,
    edge_kind: Numbers,
    kinds: Number,
    most: Number,
) -> tuple[Numbers, Numbers, Numbers, Numbers, Number, Numbers, Numbers]:
    """Return (entry, last, record, share, count, by record, by kind) of the parts of X.

    `record[first[e]:first[e + 1]]` are the records of edge e, of `strength` ppm, `edge_kind`
    (edges,) its type of link. A part is a walk and a record: the walk of an entry where `last` is
    -1, else the one over that edge into it. Each walk's part is split among its records by
    -ln(1 - S). Only the `most` largest of `count` parts are returned, largest first; sums by record
    (records,) and by type of link on the way (kinds,) are of all.
    """
    own_weight = -np.log1p(-np.minimum(strength, WHOLE - 1) / WHOLE)
    among = _weights_of_edges(first, record, own_weight)
    lists = _lists(ends, first, record, own_weight, among, edge_kind)
    source, goal, edge, parent, last, weight = (
        problem.source,
        problem.goal,
        tree.edge,
        tree.parent,
        tree.last,
        tree.weight,
    )
    starts, begins, end_weight = ends.first, ends.edge, ends.weight
    # The entries that lead from the root to the present one, each before what it leads from.
    depth = -1
    line = np.empty(_DEEPEST, np.int64)
    amounts = np.empty(_DEEPEST, np.float64)
    mets = np.empty(_DEEPEST, np.int64)
    by_record, by_record_lost = np.zeros(strength.size), np.zeros(strength.size)
    # What a unit of weight is given: over any edge into a node, and over one edge alone.
    by_node, by_node_lost = np.zeros(starts.size - 1), np.zeros(starts.size - 1)
    by_edge, by_edge_lost = np.zeros(source.size), np.zeros(source.size)
    # Walks that use the same types of links are summed together first.
    present = np.zeros(kinds, np.bool_)
    for kind in edge_kind:
        present[kind] = True
    listed = np.flatnonzero(present)
    bit = np.zeros(kinds, np.int64)
    for place in range(listed.size):
        bit[listed[place]] = np.int64(1) << np.int64(place)
    by_met, by_met_lost = np.zeros(1 << listed.size), np.zeros(1 << listed.size)
    top_share = np.empty(_ROOM * most, np.float64)
    top_walk = np.empty((3, _ROOM * most), np.int64)
    filled = np.int64(0)
    least = 0.0
    count: Number = 0
    # The entry's own edge, and the one that is at hand.
    e: Number = 0
    g: Number = 0
    for here in range(edge.size):
        while depth >= 0 and line[depth] != parent[here]:
            depth -= 1
        over = weight[here]
        node: Number = goal
        mine, passed = tree.value[0], np.int64(0)
        own_records = 0
        if here > 0:
            e = np.int64(edge[here])
            node = source[e]
            factor = problem.p[e] / WHOLE * tree.value[here]
            mine = amounts[depth] * (-np.log1p(-factor) / weight[parent[here]])
            passed = mets[depth] | bit[edge_kind[e]]
            own_records = first[e + 1] - first[e]
        depth += 1
        line[depth], amounts[depth], mets[depth] = here, mine, passed
        if own_records > 0:
            count += own_records
            own = mine * (ends.alone[e] / over)
            _add(by_met, by_met_lost, passed, own)
        begin: Number = starts[node]
        end: Number = starts[node + 1]
        whole = last[here] == end - begin
        if last[here] == 0:
            # Nothing of a list that others begin with.
            begin, end = 0, 0
        elif whole:
            each = mine / over
            _add(by_node, by_node_lost, node, each)
            count += lists.records[node]
            for place in range(lists.first[node], lists.first[node + 1]):
                met = passed | bit[lists.kind[place]]
                _add(by_met, by_met_lost, met, each * lists.weight[place])
            g = lists.edge[node]
            largest = mine * (end_weight[g] / over) * own_weight[lists.item[node]] / among[g]
            if largest <= least:
                begin, end = 0, 0
        # The entry's own records first, then those of its last links.
        for at in range(begin - (own_records > 0), end):
            own_turn = at < begin
            g = e if own_turn else begins[at]
            if own_turn:
                own = mine * (ends.alone[g] / over)
            else:
                own = mine * (end_weight[g] / over)
                if not whole:
                    if meets(source, goal, edge, parent, here, source[g]):
                        continue
                    _add(by_edge, by_edge_lost, g, mine / over)
                    _add(by_met, by_met_lost, passed | bit[edge_kind[g]], own)
                    count += first[g + 1] - first[g]
            for place in range(first[g], first[g + 1]):
                share = own * own_weight[record[place]] / among[g]
                if own_turn:
                    _add(by_record, by_record_lost, record[place], share)
                if share <= least:
                    continue
                if filled == top_share.size:
                    _largest(top_share, top_walk, filled, most)
                    filled = most
                    least = top_share[most - 1]
                    if share <= least:
                        continue
                top_share[filled] = share
                top_walk[0, filled], top_walk[1, filled] = here, -1 if own_turn else g
                top_walk[2, filled] = record[place]
                filled += 1
    for node in range(starts.size - 1):
        given = by_node[node] + by_node_lost[node]
        for at in range(starts[node], starts[node + 1]):
            e = begins[at]
            own = (given + (by_edge[e] + by_edge_lost[e])) * end_weight[e]
            for place in range(first[e], first[e + 1]):
                share = own * own_weight[record[place]] / among[e]
                _add(by_record, by_record_lost, record[place], share)
    _largest(top_share, top_walk, filled, most)
    kept = min(filled, most)
    by_kind, by_kind_lost = np.zeros(kinds), np.zeros(kinds)
    for used in np.flatnonzero(by_met):
        for place in range(listed.size):
            if used >> place & 1:
                value = by_met[used] + by_met_lost[used]
                _add(by_kind, by_kind_lost, listed[place], value)
    return (
        top_walk[0, :kept],
        top_walk[1, :kept],
        top_walk[2, :kept],
        top_share[:kept],
        count,
        by_record + by_record_lost,
        by_kind + by_kind_lost,
    )


@loop()
def chains_of(
    parent: Numbers, edge: Numbers, edges: Number, entry: Numbers, last: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return (edge, into, over, place): which chains of links some walks are.

    A walk is an entry of the tree (`parent`, `edge`) and its `last` edge, -1 for none; there are so
    many `edges`. Each edge that is used is named once. The k-th chain is that edge `over[k]` of
    these before the chain `into[k]`, where 0 is the party alone and k the k-th before; a walk is
    the chain `place`.
    """
    number = np.full(edges, -1, np.int64)
    chain = np.zeros(parent.size, np.int64)
    many = 0
    for walk in entry:
        here = np.int64(walk)
        while here > 0 and chain[here] == 0:
            chain[here] = 1
            many += 1
            here = np.int64(parent[here])
    used = np.empty(many + last.size, np.int64)
    into, over = np.empty(many + last.size, np.int64), np.empty(many + last.size, np.int64)
    count: Number = 0
    many = 0
    # An entry comes after the one that it leads into.
    for one in range(1, parent.size):
        if chain[one] == 0:
            continue
        e = edge[one]
        if number[e] < 0:
            number[e], used[count] = count, e
            count += 1
        into[many], over[many] = chain[parent[one]], number[e]
        many += 1
        chain[one] = many
    place = chain[entry]
    for at in range(last.size):
        e = last[at]
        if e >= 0:
            if number[e] < 0:
                number[e], used[count] = count, e
                count += 1
            into[many], over[many] = place[at], number[e]
            many += 1
            place[at] = many
    return used[:count], into[:many], over[:many], place
