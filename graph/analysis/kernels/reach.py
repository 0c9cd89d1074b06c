"""What lies upstream of a party: links with a factor above 0, found breadth first."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import (
    AGAINST,
    ALONG,
    Number,
    Numbers,
    Rules,
    Web,
    present,
    row_factor,
)


@njit(cache=True)
def _around(
    web: Web, party: Number, room: Number, dropped: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Return (neighbours, rows, directions) whose links may lead into `party`, sorted.

    `room` is how many links a neighbour may be away from a record at most.
    """
    most = (
        web.in_start[party + 1]
        - web.in_start[party]
        + web.out_start[party + 1]
        - web.out_start[party]
    )
    others = np.empty(most, np.int64)
    rows = np.empty(most, np.int64)
    ways = np.empty(most, np.int64)
    count = 0
    for along in (ALONG, AGAINST):
        start = web.in_start if along == ALONG else web.out_start
        listed = web.in_row if along == ALONG else web.out_row
        ends = web.in_other if along == ALONG else web.out_other
        for place in range(start[party], start[party + 1]):
            other = ends[place]
            # What leaves out most comes first.
            if web.near[other] > room or other == party or web.blocked[other]:
                continue
            row = listed[place]
            if not present(web, row, dropped):
                continue
            others[count], rows[count], ways[count] = other, row, along
            count += 1
    # By neighbour, then rows along the link before rows against it, then by row.
    size = web.source.size + 1
    order = np.argsort((others[:count] * 2 + 1 - ways[:count]) * size + rows[:count])
    return others[:count][order], rows[:count][order], ways[:count][order]


@njit(cache=True)
def upstream(
    web: Web,
    rules: Rules,
    party: Number,
    hops: Number,
    day: Number,
    dropped: Numbers,
    everywhere: Number,
) -> Number:
    """Return what may lead into `party` within `hops` links.

    (nodes, depth, edge_source, edge_target, edge_first, row, row_along, row_p, clamped): nodes are
    places in the snapshot in order of discovery; edges one a pair with a factor, their rows
    `edge_first[e]:edge_first[e + 1]`, ppm after the cap, all rows with a factor above 0.
    `everywhere` 1 ignores how far records are. `clamped` counts factors cut to the cap.
    """
    seen = np.zeros(web.blocked.size, np.uint8)
    nodes: list[Number] = [np.int64(party)]
    depth: list[Number] = [np.int64(0)]
    edge_source: list[Number] = [0 for _ in range(0)]
    edge_target: list[Number] = [0 for _ in range(0)]
    edge_first: list[Number] = [np.int64(0)]
    found_row: list[Number] = [0 for _ in range(0)]
    found_way: list[Number] = [0 for _ in range(0)]
    found_p: list[Number] = [0 for _ in range(0)]
    clamped = 0
    seen[party] = 1
    turn = 0
    while turn < len(nodes):
        current, at = nodes[turn], depth[turn]
        turn += 1
        if at >= hops or web.blocked[current]:
            continue
        room = 255 if everywhere else hops - at - 1
        others, rows, ways = _around(web, current, room, dropped)
        first = 0
        while first < others.size:
            last = first
            start = len(found_row)
            while last < others.size and others[last] == others[first]:
                # Rows that point the same way stand together: a holder's are summed.
                end = last
                while (
                    end < others.size and others[end] == others[first] and ways[end] == ways[last]
                ):
                    end += 1
                group = rows[last:end]
                for place in range(end - last):
                    p = row_factor(web, group, end - last, place, ways[last], day, rules, dropped)
                    if p > 0:
                        if p > rules.cap:
                            clamped += 1
                            p = np.int64(rules.cap)
                        found_row.append(group[place])
                        found_way.append(ways[last])
                        found_p.append(p)
                last = end
            if len(found_row) > start:
                other = others[first]
                if other != party:
                    edge_source.append(other)
                    edge_target.append(current)
                    edge_first.append(len(found_row))
                    if seen[other] == 0:
                        seen[other] = 1
                        nodes.append(other)
                        depth.append(at + 1)
                else:
                    while len(found_row) > start:
                        found_row.pop()
                        found_way.pop()
                        found_p.pop()
            first = last
    return (
        np.array(nodes),
        np.array(depth),
        np.array(edge_source),
        np.array(edge_target),
        np.array(edge_first),
        np.array(found_row),
        np.array(found_way),
        np.array(found_p),
        clamped,
    )
