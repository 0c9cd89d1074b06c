"""What lies upstream of a party: links with a factor above 0, found breadth first."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import (
    Number,
    Numbers,
    Rules,
    Web,
    present,
    row_factor,
)
from graph.analysis.kernels.lone import HOLDING, UNKNOWN
from graph.loops import loop

# Farther than any walk goes, and no distance that a snapshot says.
_ANY = 254


class Lists(NamedTuple):
    """Links by party, in both directions, in the order in which a walk looks at them.

    What may lead into party i stands at `start[i]:start[i + 1]`, by who stands at the other end,
    rows along the link before rows against it, then by row. By entry: the link's `row`; its
    `pair`, twice the other end, and 1 more where it runs against the link; how far a record is
    from the other end at least (`near`); and the factor once it was computed, ppm + 1, and 0
    before (`known`). What is blocked leads nowhere, and nothing leads into it.
    """

    start: Numbers
    row: Numbers
    pair: Numbers
    near: Numbers
    known: Numbers


@loop()
def listed(web: Web, farthest: Number) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return (start, row, pair, near) of Lists; of others `farthest` links from a record at most.

    Parties are gone through as the other end, in order, so that each list comes out in order.
    """
    parties = web.blocked.size
    start = np.zeros(parties + 1, np.int64)
    free = np.zeros(parties, np.int64)
    row = np.empty(0, np.int32)
    pair = np.empty(0, np.int32)
    near = np.empty(0, np.uint8)
    for turn in range(2):
        if turn == 1:
            for party in range(parties):
                start[party + 1] = start[party] + free[party]
                free[party] = start[party]
            row = np.empty(start[parties], np.int32)
            pair = np.empty(start[parties], np.int32)
            near = np.empty(start[parties], np.uint8)
        for other in range(parties):
            far = web.near[other]
            if far > farthest or web.blocked[other]:
                continue
            for place in range(web.out_start[other], web.out_start[other + 1]):
                party = web.out_other[place]
                if party == other or web.blocked[party]:
                    continue
                if turn == 1:
                    at = free[party]
                    row[at], pair[at], near[at] = web.out_row[place], 2 * other, far
                free[party] += 1
            for place in range(web.in_start[other], web.in_start[other + 1]):
                party = web.in_other[place]
                if party == other or web.blocked[party]:
                    continue
                if turn == 1:
                    at = free[party]
                    row[at], pair[at], near[at] = web.in_row[place], 2 * other + 1, far
                free[party] += 1
    return start, row, pair, near


@loop()
def _wider(columns: Numbers, used: Number, more: Number) -> Numbers:
    """Return columns (columns, rows) with room for `more` rows after those `used`."""
    wider = np.empty((columns.shape[0], 2 * (used + more)), np.int64)
    wider[:, :used] = columns[:, :used]
    return wider


@loop()
def _reckon(
    web: Web,
    rules: Rules,
    day: Number,
    dropped: Numbers,
    lists: Lists,
    alone: Numbers,
    place: Number,
    end: Number,
) -> None:
    """Fill in the factors of the rows of a pair that point the same way as the one at `place`.

    They stand together: a holder's are summed. A dropped one has the factor 0.
    """
    pair = lists.pair[place]
    last = place + 1
    while last < end and lists.pair[last] == pair:
        last += 1
    rows = np.empty(last - place, np.int64)
    places = np.empty(last - place, np.int64)
    count = np.int64(0)
    for one in range(place, last):
        lists.known[one] = 1
        row = np.int64(lists.row[one])
        if dropped.size == 0 or present(web, row, dropped):
            rows[count], places[count] = row, one
            count += 1
    for one in range(count):
        way = 1 - pair % 2
        p = np.int64(alone[rows[one], way])
        if p < 0:
            p = row_factor(web, rows, count, one, way, day, rules, dropped)
        lists.known[places[one]] = p + 1


@loop()
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
    alone: Numbers,
    number: Numbers,
    nodes: Numbers,
    edges: Numbers,
    found: Numbers,
) -> tuple[Numbers, Numbers, Numbers, Number, Number, Number, Number]:
    """Return what may lead into `party` within `hops` links, written into the given room.

    (nodes, edges, found, how many of each, clamped). Columns of `nodes`: places in the snapshot in
    order of discovery, and how many links away; of `edges`, one a pair with a factor: their ends
    by number in `nodes`, and the first of their rows; of `found`: all rows with a factor above 0,
    whether along the link, ppm after the cap. `everywhere` 1 ignores how far records are.
    `clamped` counts factors cut to the cap. `beside` are the entries of `lists` whose other end
    has a record. Factors are taken from both and added to them; they are for one day and policy,
    and what is dropped; `alone` is as in lone.lone_factors, not capped. `number` (parties,) int32
    is -1 everywhere before and after.
    """
    # Numbers of their own: for a literal numba compiles what is called with it once more.
    many: Number = np.int64(1)
    joined: Number = np.int64(0)
    filled: Number = np.int64(0)
    clamped: Number = 0
    cap = np.int64(rules.cap)
    all_there = dropped.size == 0
    nodes[0, 0], nodes[1, 0] = party, 0
    number[party] = 0
    turn = 0
    while turn < many:
        current, at = nodes[0, turn], nodes[1, turn]
        turn += 1
        if at >= hops:
            break
        room = _ANY if everywhere else hops - at - 1
        # Walks mostly end beside hubs, whose lists are long.
        within = beside if room == 0 else lists
        # Read out once: each access to a field makes numba count a reference.
        pairs, near, known, listed_row = within.pair, within.near, within.known, within.row
        starts = within.start
        # Whose turn comes soon is far from here in every list.
        fetch(starts, nodes[0, min(turn + 2 * AHEAD, many - 1)])
        soon = starts[nodes[0, min(turn + AHEAD, many - 1)]]
        fetch(pairs, soon)
        fetch(near, soon)
        fetch(known, soon)
        fetch(listed_row, soon)
        place, end = starts[current], starts[current + 1]
        began = filled
        more = end - place
        if max(many + more - nodes.shape[1], joined + more - edges.shape[1]) > 0:
            nodes, edges = _wider(nodes, many, more), _wider(edges, joined, more)
        if filled + more > found.shape[1]:
            found = _wider(found, filled, more)
        while place < end:
            if near[place] > room:
                place += 1
                continue
            pair = pairs[place]
            other, way = np.int64(pair // 2), 1 - np.int64(pair % 2)
            fetch(number, pairs[min(place + AHEAD, end - 1)] // 2)
            if known[place] == 0:
                # Most links are the only one of a pair and their factor is known already.
                p = np.int64(alone[listed_row[place], way])
                if p <= HOLDING:
                    p = HOLDING - p
                single = place + 1 == end or pairs[place + 1] != pair
                if all_there and single and p != UNKNOWN:
                    known[place] = p + 1
                else:
                    _reckon(web, rules, day, dropped, within, alone, place, end)
            # Nothing leads out of the party: walks end there.
            through = other != party
            while place < end and pairs[place] == pair:
                p = np.int64(known[place]) - 1
                if p > 0 and through:
                    clamped += p > cap
                    found[0, filled], found[1, filled] = listed_row[place], way
                    found[2, filled] = min(p, cap)
                    filled += 1
                place += 1
            # What runs against the link is of the same edge.
            if filled == began or (place < end and pairs[place] // 2 == other):
                continue
            if number[other] < 0:
                number[other] = many
                nodes[0, many], nodes[1, many] = other, at + 1
                many += 1
            edges[0, joined], edges[1, joined] = number[other], turn - 1
            edges[2, joined] = began
            joined += 1
            began = filled
    for node in range(many):
        number[nodes[0, node]] = -1
    return nodes, edges, found, many, joined, filled, clamped
