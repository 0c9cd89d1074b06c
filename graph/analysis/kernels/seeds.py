"""How strong the records of a party are over each link that leads away from it (method 2, 3)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

import numpy as np

from graph.analysis.kernels.factors import (
    DERIVED,
    NO_DAY,
    SERVES,
    SUCCESSION,
    WHOLE,
    Number,
    Numbers,
    Rules,
    Web,
    age_weight,
    hub_weight,
    whole_ppm,
)
from graph.loops import loop

# More links than any walk has.
NEVER = 1 << 30


@loop()
def combined(strengths: Numbers, cap: Number) -> Number:
    """Return 1 minus the product of (1 - s), ppm, at most `cap`; the same for any order."""
    kept = 1.0
    for strength in np.sort(strengths):
        kept *= 1.0 - strength / WHOLE
    return min(np.int64(cap), whole_ppm(1.0 - kept))


@loop()
def seeds_of(
    nodes: Numbers,
    start: Numbers,
    row: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
    over: Numbers,
) -> Number:
    """Return (first, row, strength, act, cites, clamped) of the records that count at `nodes`.

    The arrays after `nodes` are those of Strengths; `first[i]:first[i + 1]` are node i's.
    """
    size = np.int64(0)
    for node in nodes:
        size += start[node + 1] - start[node]
    first = np.zeros(nodes.size + 1, np.int64)
    found = np.empty((4, size), np.int64)
    count = 0
    clamped = 0
    for at in range(nodes.size):
        for place in range(start[nodes[at]], start[nodes[at] + 1]):
            clamped += over[place]
            if strength[place] > 0:
                found[0, count], found[1, count] = row[place], strength[place]
                found[2, count], found[3, count] = act[place], cites[place]
                count += 1
        first[at + 1] = count
    kept = found[:, :count]
    return first, kept[0], kept[1], kept[2], kept[3], clamped


@loop()
def _cites(web: Web, row: Number, engagement: Number) -> Number:
    if engagement < 0 or web.kind[row] != SERVES or web.flags[row] & DERIVED == 0:
        return False
    place = np.searchsorted(web.via_row, row)
    while place < web.via_row.size and web.via_row[place] == row:
        if web.via_engagement[place] == engagement:
            return True
        place += 1
    return False


@loop()
def _together(strength: Numbers, begin: Number, end: Number, cap: Number) -> Number:
    """Return `combined` of strength[begin:end], 0 of none; most parties have one record or none."""
    if end == begin:
        return np.int64(0)
    if end - begin == 1:
        return min(np.int64(cap), whole_ppm(1.0 - (1.0 - strength[begin] / WHOLE)))
    return combined(strength[begin:end], cap)


@loop()
def _first_hop(
    web: Web,
    rules: Rules,
    rows: Numbers,
    ways: Numbers,
    factors: Numbers,
    day: Number,
    act: Number,
    engagement: Number,
) -> tuple[Number, Number]:
    """Return (p, place): the largest factor that a record's first link may have, and whose.

    A link that ended before the act, or began after it by succession, carries nothing of it; a
    service that the record cites has a factor of its own.
    """
    best, where = np.int64(0), 0
    for place in range(rows.size):
        row = rows[place]
        p = factors[place]
        if act != NO_DAY and web.given[row] < 0:
            until, since = web.until[row], web.since[row]
            if until != NO_DAY and until < act:
                continue
            if web.flags[row] & SUCCESSION and since != NO_DAY and since > act:
                continue
        if _cites(web, row, engagement):
            into, out_of = web.target[row], web.source[row]
            if ways[place] == 0:
                into, out_of = out_of, into
            weight = hub_weight(web, row, into, out_of, rules) * age_weight(web, row, day, rules)
            p = max(p, min(np.int64(rules.cap), whole_ppm(rules.cited * weight)))
        if p > best:
            best, where = p, place
    return best, where


@loop()
def edges_with_seeds(
    web: Web,
    rules: Rules,
    cap: Number,
    day: Number,
    edge_source: Numbers,
    edge_first: Numbers,
    row: Numbers,
    way: Numbers,
    row_p: Numbers,
    rec_first: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> Number:
    """Return the edges with their strengths: one a pair, and one more a differing first factor.

    `edge_source` (edges,) are local nodes; `rec_first` (nodes + 1) lists their records, of which
    `strength` ppm above 0, `act` days, `cites` engagement. Returned (edge, p, row, way, leaf, seed,
    first, record): `first[i]:first[i + 1]` are places in `record`, places of the given records.
    """
    records = np.int64(0)
    for node in edge_source:
        # Beside the edge itself there is at most one leaf a record.
        records += rec_first[node + 1] - rec_first[node]
    most = edge_source.size + records
    edge = np.empty(most, np.int64)
    p_of = np.empty(most, np.int64)
    row_of = np.empty(most, np.int64)
    way_of = np.empty(most, np.int64)
    leaf = np.empty(most, np.int64)
    seed = np.empty(most, np.int64)
    first = np.zeros(most + 1, np.int64)
    record = np.empty(records, np.int64)
    count = 0
    listed = 0
    for e in range(edge_source.size):
        low, high = edge_first[e], edge_first[e + 1]
        top = low
        for place in range(low, high):
            if row_p[place] > row_p[top]:
                top = place
        node = edge_source[e]
        begin, end = rec_first[node], rec_first[node + 1]
        plain = True
        for place in range(begin, end):
            if act[place] != NO_DAY or cites[place] >= 0:
                plain = False
        if plain:
            # Most edges: no record has a say in the factor.
            edge[count], p_of[count] = e, row_p[top]
            row_of[count], way_of[count], leaf[count] = row[top], way[top], 0
            seed[count] = _together(strength, begin, end, cap)
            for place in range(begin, end):
                record[listed] = place
                listed += 1
            count += 1
            first[count] = listed
            continue
        own_p = np.full(end - begin, row_p[top])
        own_at = np.full(end - begin, top)
        for place in range(begin, end):
            if act[place] != NO_DAY or cites[place] >= 0:
                found, where = _first_hop(
                    web,
                    rules,
                    row[low:high],
                    way[low:high],
                    row_p[low:high],
                    day,
                    act[place],
                    cites[place],
                )
                own_p[place - begin] = found
                own_at[place - begin] = low + where
        # The edge itself comes first, then one leaf a factor that differs, largest first.
        values = np.unique(own_p)[::-1]
        for turn in range(values.size + 1):
            p = row_p[top] if turn == 0 else values[turn - 1]
            if turn > 0 and (p == row_p[top] or p == 0):
                continue
            chosen = np.flatnonzero(own_p == p)
            at = top if turn == 0 else own_at[chosen[0]]
            edge[count], p_of[count] = e, p
            row_of[count], way_of[count] = row[at], way[at]
            leaf[count] = 0 if turn == 0 else 1
            seed[count] = combined(strength[begin:end][chosen], cap) if chosen.size else 0
            for item in chosen:
                record[listed] = begin + item
                listed += 1
            count += 1
            first[count] = listed
    return (
        edge[:count],
        p_of[:count],
        row_of[:count],
        way_of[:count],
        leaf[:count],
        seed[:count],
        first[: count + 1],
        record[:listed],
    )


@loop()
def distances(
    size: Number,
    source: Numbers,
    target: Numbers,
    start_nodes: Numbers,
    start_depth: Number,
    blocked: Number,
) -> Numbers:
    """Return the least number of links (size,) from the start nodes along edges, or NEVER.

    `blocked` is a node that no chain passes.
    """
    count = np.zeros(size + 1, np.int64)
    for node in source:
        count[node + 1] += 1
    offsets = np.cumsum(count)
    listed = np.empty(source.size, np.int64)
    free = offsets[:size].copy()
    for e in range(source.size):
        listed[free[source[e]]] = target[e]
        free[source[e]] += 1
    far = np.full(size, NEVER, np.int64)
    queue = np.empty(size, np.int64)
    filled = 0
    for node in start_nodes:
        if far[node] > start_depth:
            far[node] = start_depth
            queue[filled] = node
            filled += 1
    turn = 0
    while turn < filled:
        node = queue[turn]
        turn += 1
        if node == blocked:
            continue
        for place in range(offsets[node], offsets[node + 1]):
            other = listed[place]
            if far[other] > far[node] + 1:
                far[other] = far[node] + 1
                queue[filled] = other
                filled += 1
    return far
