"""Who holds a company, and who holds those: the walk upstream, its rings, and what flows up."""

# A kernel takes arrays one by one.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.factors import HOLDS_SHARES, LEAD, NO_DAY, Ints, Number, Numbers, Web
from graph.loops import loop


@loop()
def is_holding(web: Web, row: Number, day: Number) -> Number:
    """Return whether a row is a recorded holding that exists on the day."""
    return holds(web.kind, web.flags, web.since, web.until, row, day)


@loop()
def holds(
    kind: Numbers, flags: Numbers, since: Numbers, until: Numbers, row: Number, day: Number
) -> Number:
    """Return the same from single arrays: to hand on a whole web costs more than to look."""
    if kind[row] != HOLDS_SHARES or flags[row] & LEAD:
        return False
    began = since[row] == NO_DAY or since[row] <= day
    return began and (until[row] == NO_DAY or day < until[row])


@loop()
def upstream(web: Web, begin: Numbers, day: Number, most: Number) -> tuple[Ints, Ints, Number]:
    """Return (nodes, rows, looked): all that hold, at any distance, and the holdings themselves.

    `nodes` int64 are `begin` and what is found from there, nearest first; the holders of the first
    `looked` were all found, as `rows` int64. Beyond `most` rows no more nodes are looked at.
    """
    found: dict[Number, Number] = {np.int64(-1): np.int64(0)}
    nodes: list[Number] = []
    rows: list[Number] = []
    for node in begin:
        if node not in found:
            found[np.int64(node)] = np.int64(0)
            nodes.append(np.int64(node))
    kind, flags, since, until = web.kind, web.flags, web.since, web.until
    starts, listed, source = web.in_start, web.in_row, web.source
    capped = False
    turn = 0
    while turn < len(nodes):
        company = nodes[turn]
        for place in range(starts[company], starts[company + 1]):
            row = listed[place]
            if not holds(kind, flags, since, until, row, day):
                continue
            if len(rows) >= most:
                capped = True
                break
            rows.append(np.int64(row))
            holder = np.int64(source[row])
            if holder not in found:
                found[holder] = np.int64(0)
                nodes.append(holder)
        if capped:
            break
        turn += 1
    return _array(nodes), _array(rows), turn


@loop()
def downstream(web: Web, holder: Number, day: Number, most: Number) -> tuple[Ints, bool]:
    """Return (companies held at any distance, nearest first; capped at `most` rows)."""
    found: dict[Number, Number] = {np.int64(holder): np.int64(0)}
    nodes: list[Number] = [np.int64(holder)]
    kind, flags, since, until = web.kind, web.flags, web.since, web.until
    starts, listed, target = web.out_start, web.out_row, web.target
    turn = 0
    looked = 0
    while turn < len(nodes):
        current = nodes[turn]
        turn += 1
        for place in range(starts[current], starts[current + 1]):
            row = listed[place]
            if not holds(kind, flags, since, until, row, day):
                continue
            looked += 1
            if looked > most:
                return _array(nodes), True
            company = np.int64(target[row])
            if company not in found:
                found[company] = np.int64(0)
                nodes.append(company)
    return _array(nodes), False


@loop()
def _array(values: list[Number]) -> Ints:
    result = np.empty(len(values), np.int64)
    for place in range(len(values)):
        result[place] = values[place]
    return result


@loop()
def components(starts: Ints, others: Ints) -> Ints:
    """Return the strongly connected component of each node, (n,) int64, by Tarjan's algorithm.

    Node i points to others[starts[i]:starts[i + 1]]. A component is numbered after all that it
    points to: where companies point to holders, owners come first.
    """
    size = starts.size - 1
    label = np.full(size, -1, np.int64)
    index = np.full(size, -1, np.int64)
    low = np.zeros(size, np.int64)
    kept = np.empty(size, np.int64)
    chain = np.empty(size, np.int64)
    place = starts[:-1].copy()
    count = 0
    held = 0
    parts = 0
    for root in range(size):
        if index[root] >= 0:
            continue
        chain[0] = root
        depth = 1
        index[root] = low[root] = count
        count += 1
        kept[held] = root
        held += 1
        while depth > 0:
            node = chain[depth - 1]
            if place[node] < starts[node + 1]:
                other = others[place[node]]
                place[node] += 1
                if index[other] < 0:
                    index[other] = low[other] = count
                    count += 1
                    kept[held] = other
                    held += 1
                    chain[depth] = other
                    depth += 1
                elif label[other] < 0:
                    low[node] = min(low[node], index[other])
                continue
            depth -= 1
            if depth > 0:
                low[chain[depth - 1]] = min(low[chain[depth - 1]], low[node])
            if low[node] == index[node]:
                while True:
                    held -= 1
                    label[kept[held]] = parts
                    if kept[held] == node:
                        break
                parts += 1
    return label


@loop()
def push_up(
    order: Ints,
    begin: Number,
    end: Number,
    label: Ints,
    starts: Ints,
    holder: Ints,
    weight: Numbers,
    over: Numbers,
    value: Numbers,
    conflict: Numbers,
) -> None:
    """Add to each holder its part of order[begin:end], from the last to the first.

    Node i is held by holder[starts[i]:starts[i + 1]] with these weights (0..1); holdings inside a
    component (`label`) are left to who solves it. `conflict` marks who holds, at any distance, a
    company whose column is above the whole (`over`). What carries nothing, carries no conflict on
    and no value that is not a number.
    """
    for place in range(end - 1, begin - 1, -1):
        node = order[place]
        for entry in range(starts[node], starts[node + 1]):
            other = holder[entry]
            if label[other] == label[node]:
                continue
            if over[node] or (conflict[node] and weight[entry] > 0):
                conflict[other] = True
            if weight[entry] > 0:
                value[other] += weight[entry] * value[node]


@loop()
def pull_down(
    order: Ints,
    begin: Number,
    end: Number,
    label: Ints,
    starts: Ints,
    holder: Ints,
    weight: Numbers,
    value: Numbers,
) -> None:
    """Add to each of order[begin:end], first to last, the parts of holders in other components."""
    for place in range(begin, end):
        node = order[place]
        for entry in range(starts[node], starts[node + 1]):
            other = holder[entry]
            if label[other] != label[node] and weight[entry] > 0:
                value[node] += weight[entry] * value[other]
