"""What lies upstream of a party: links with a factor above 0, found breadth first."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917, SIM109

from typing import NamedTuple

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

# Up to so many are put in order by hand: a call to sort costs more.
_FEW = 24


class Lists(NamedTuple):
    """Links by party, those into it (`along`) and those out of it (`against`).

    Those into party i stand at `along_start[i]:along_start[i + 1]`, `against` likewise. By entry:
    the link's row, who stands at the other end, and the factor once it was computed, ppm + 1, and
    0 before; no such array at all (size 0) where nothing is to be kept.
    """

    along_start: Numbers
    along_row: Numbers
    along_other: Numbers
    along_known: Numbers
    against_start: Numbers
    against_row: Numbers
    against_other: Numbers
    against_known: Numbers


@njit(cache=True)
def _put_in_order(keys: Numbers, places: Numbers, count: Number) -> None:
    turn = 1
    while turn < count and keys[turn - 1] < keys[turn]:
        turn += 1
    if turn >= count:
        return
    if count > _FEW:
        order = np.argsort(keys[:count])
        keys[:count] = keys[:count][order]
        places[:count] = places[:count][order]
        return
    for turn in range(1, count):
        key, place = keys[turn], places[turn]
        at = turn
        while at > 0 and keys[at - 1] > key:
            keys[at], places[at] = keys[at - 1], places[at - 1]
            at -= 1
        keys[at], places[at] = key, place


@njit(cache=True)
def _around(
    web: Web,
    lists: Lists,
    party: Number,
    root: Number,
    room: Number,
    dropped: Numbers,
    keys: Numbers,
    places: Numbers,
) -> Number:
    """Fill in (keys, places) of the links that may lead into `party`, in order; return how many.

    Nothing leads out of the `root`: walks end there. `room` is how many links a neighbour may be
    away from a record at most. A key holds the neighbour, whether the link runs against, and its
    row; a place is one in the lists.
    """
    size = web.source.size
    count = 0
    for along in (ALONG, AGAINST):
        start = lists.along_start if along == ALONG else lists.against_start
        listed = lists.along_row if along == ALONG else lists.against_row
        ends = lists.along_other if along == ALONG else lists.against_other
        memo = lists.along_known if along == ALONG else lists.against_known
        for place in range(start[party], start[party + 1]):
            other = np.int64(ends[place])
            # What leaves out most comes first.
            if web.near[other] > room or web.blocked[other]:
                continue
            if other == party or other == root:  # noqa: PLR1714 - numba has no mixed tuples
                continue
            # A pair's rows are known together, so that none is missed by the others.
            if memo.size and memo[place] == 1:
                continue
            row = np.int64(listed[place])
            if dropped.size and not present(web, row, dropped):
                continue
            keys[count] = (other * 2 + 1 - along) * size + row
            places[count] = place
            count += 1
    # By neighbour, then rows along the link before rows against it, then by row.
    _put_in_order(keys, places, count)
    return count


@njit(cache=True)
def upstream(
    web: Web,
    rules: Rules,
    party: Number,
    hops: Number,
    day: Number,
    dropped: Numbers,
    everywhere: Number,
    lists: Lists,
    beside: Lists,
    number: Numbers,
) -> Number:
    """Return what may lead into `party` within `hops` links.

    (nodes, depth, edge_source, edge_target, edge_first, row, row_along, row_p, clamped): nodes are
    places in the snapshot in order of discovery; edges one a pair with a factor, their ends by
    number in `nodes`, their rows `edge_first[e]:edge_first[e + 1]`, ppm after the cap, all rows
    with a factor above 0. `everywhere` 1 ignores how far records are. `clamped` counts factors cut
    to the cap. `beside` are the entries of `lists` whose other end has a record. Factors are taken
    from both and added to them; they are for one day and policy, and nothing dropped. `number`
    (parties,) int32 is -1 everywhere before and after.
    """
    size = web.source.size
    nodes: list[Number] = [np.int64(party)]
    depth: list[Number] = [np.int64(0)]
    edge_source: list[Number] = [0 for _ in range(0)]
    edge_target: list[Number] = [0 for _ in range(0)]
    edge_first: list[Number] = [np.int64(0)]
    found_row: list[Number] = [0 for _ in range(0)]
    found_way: list[Number] = [0 for _ in range(0)]
    found_p: list[Number] = [0 for _ in range(0)]
    keys = np.empty(64, np.int64)
    places = np.empty(64, np.int64)
    rows = np.empty(64, np.int64)
    clamped = 0
    number[party] = 0
    turn = 0
    while turn < len(nodes):
        current, at = nodes[turn], depth[turn]
        turn += 1
        if at >= hops or web.blocked[current]:
            continue
        room = 255 if everywhere else hops - at - 1
        most = (
            web.in_start[current + 1]
            - web.in_start[current]
            + web.out_start[current + 1]
            - web.out_start[current]
        )
        if most > keys.size:
            keys = np.empty(2 * most, np.int64)
            places = np.empty(2 * most, np.int64)
            rows = np.empty(2 * most, np.int64)
        # Walks mostly end beside hubs, whose lists are long.
        within = beside if room == 0 else lists
        count = _around(web, within, current, party, room, dropped, keys, places)
        start = len(found_row)
        first = 0
        while first < count:
            # Rows of a pair that point the same way stand together: a holder's are summed.
            pair = keys[first] // size
            last = first
            while last < count and keys[last] // size == pair:
                rows[last] = keys[last] - pair * size
                last += 1
            other, way = pair // 2, 1 - pair % 2
            memo = within.along_known if way == ALONG else within.against_known
            for place in range(first, last):
                kept = memo[places[place]] if memo.size else 0
                if kept:
                    p = np.int64(kept) - 1
                else:
                    group = rows[first:last]
                    p = row_factor(
                        web, group, last - first, place - first, way, day, rules, dropped
                    )
                    if memo.size:
                        memo[places[place]] = p + 1
                if p > 0:
                    if p > rules.cap:
                        clamped += 1
                        p = np.int64(rules.cap)
                    found_row.append(rows[place])
                    found_way.append(way)
                    found_p.append(p)
            more = last < count and keys[last] // size // 2 == other
            if not more and len(found_row) > start:
                if number[other] < 0:
                    number[other] = len(nodes)
                    nodes.append(other)
                    depth.append(at + 1)
                edge_source.append(np.int64(number[other]))
                edge_target.append(turn - 1)
                edge_first.append(len(found_row))
                start = len(found_row)
            first = last
    for node in nodes:
        number[node] = -1
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
