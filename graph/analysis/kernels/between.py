"""What lies between two parties: rings of neighbours, links among them, least sums to an end."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.factors import (
    AGAINST,
    ALONG,
    DERIVED,
    Ints,
    Number,
    Numbers,
    Rules,
    Web,
    alive,
    has,
    row_factor,
)
from graph.loops import loop
from graph.snapshot import form

COMPUTED = form.COMPUTED
# Why a node of a ring was not walked through.
OPEN, HOLDS_BACK, CROWDED = 0, 1, 2
# No way to the end within the links that are left: larger than any sum of six weights.
FAR = np.int64(1) << 60


class Ways(NamedTuple):
    """What may be walked: link types (types,) 0/1, the day, rows and nodes that may not (sorted).

    `most` is how many counterparties a party may have and still be walked through.
    """

    types: Numbers
    day: int
    rows: Numbers
    nodes: Numbers
    most: int


@loop()
def walkable(web: Web, ways: Ways, row: Number) -> Number:
    """Return whether a link row may be walked; control that is only possible is no link."""
    both = DERIVED | COMPUTED
    kind, flags = web.kind[row], web.flags[row]
    if ways.types[kind] == 0 or flags & both == both:
        return False
    return alive(web, row, ways.day) and not has(ways.rows, row)


@loop()
def counterparties(web: Web, ways: Ways, node: Number) -> Number:
    """Return how many different parties stand beside a node over walkable links."""
    outward = web.out_start[node + 1] - web.out_start[node]
    inward = web.in_start[node + 1] - web.in_start[node]
    others = np.empty(outward + inward, np.int64)
    count = 0
    for place in range(web.out_start[node], web.out_start[node + 1]):
        if walkable(web, ways, web.out_row[place]):
            others[count] = web.out_other[place]
            count += 1
    for place in range(web.in_start[node], web.in_start[node + 1]):
        if walkable(web, ways, web.in_row[place]):
            others[count] = web.in_other[place]
            count += 1
    return np.unique(others[:count]).size


@loop()
def why_not(web: Web, ways: Ways, node: Number) -> Number:
    """Return OPEN, or why a node may end a path but not be passed through."""
    if web.blocked[node]:
        return HOLDS_BACK
    outward = web.out_start[node + 1] - web.out_start[node]
    inward = web.in_start[node + 1] - web.in_start[node]
    if outward + inward <= ways.most or counterparties(web, ways, node) <= ways.most:
        return OPEN
    return CROWDED


@loop()
def reasons(web: Web, ways: Ways, nodes: Ints, known: Numbers) -> Ints:
    """Return `why_not` of each node, (m,); `known` (places,) keeps it, -1 before, or has size 0."""
    found = np.zeros(nodes.size, np.int64)
    for turn in range(nodes.size):
        node = nodes[turn]
        if known.size and known[node] >= 0:
            found[turn] = known[node]
            continue
        found[turn] = why_not(web, ways, node)
        if known.size:
            known[node] = found[turn]
    return found


@loop()
def ring(
    web: Web,
    ways: Ways,
    nodes: Ints,
    distance: Numbers,
    level: Number,
    other: Numbers,
    reach: Number,
    found: Ints,
) -> tuple[Number, Number]:
    """Write the neighbours of `nodes` that have no distance yet to `found`, and give them `level`.

    With `reach` >= 0 only those whose distance `other` from the far end is known and at most that.
    Returned: how many were found (size of `found` + 1 where there is no more room), and how many
    links were looked at.
    """
    count, looked = 0, 0
    for node in nodes:
        for side in range(2):
            if side == 0:
                first, last = web.out_start[node], web.out_start[node + 1]
            else:
                first, last = web.in_start[node], web.in_start[node + 1]
            looked += last - first
            for place in range(first, last):
                if side == 0:
                    row, far = web.out_row[place], web.out_other[place]
                else:
                    row, far = web.in_row[place], web.in_other[place]
                if distance[far] >= 0:
                    continue
                if reach >= 0 and (other[far] < 0 or other[far] > reach):
                    continue
                if not walkable(web, ways, row) or has(ways.nodes, far):
                    continue
                if count == found.size:
                    return count + 1, looked
                distance[far] = level
                found[count] = far
                count += 1
    return count, looked


@loop()
def among(
    web: Web,
    ways: Ways,
    nodes: Ints,
    number: Numbers,
    left: Numbers,
    right: Numbers,
    hops: Number,
) -> tuple[Ints, Ints, Ints]:
    """Return (from, to, row) of links between nodes that lie on a walk of at most `hops` links.

    `number` gives a place's number among `nodes` or -1; `left` (places,) is the distance from the
    first end, `right` that from the second; each entry leads a step on from the first end.
    """
    room = 1024
    found = np.empty((3, room), np.int64)
    count = 0
    for here in range(nodes.size):
        node = nodes[here]
        for side in range(2):
            if side == 0:
                first, last = web.out_start[node], web.out_start[node + 1]
            else:
                first, last = web.in_start[node], web.in_start[node + 1]
            for place in range(first, last):
                if side == 0:
                    row, far = web.out_row[place], web.out_other[place]
                else:
                    row, far = web.in_row[place], web.in_other[place]
                there = number[far]
                if there < 0 or far == node or left[node] + 1 + right[far] > hops:
                    continue
                if not walkable(web, ways, row):
                    continue
                if count == room:
                    room *= 2
                    wider = np.empty((3, room), np.int64)
                    wider[:, :count] = found[:, :count]
                    found = wider
                found[0, count], found[1, count], found[2, count] = here, there, row
                count += 1
    return found[0, :count].copy(), found[1, :count].copy(), found[2, :count].copy()


@loop()
def _pair_rows(web: Web, source: Number, target: Number) -> Ints:
    """Return all rows from source to target in order, from the shorter of the two lists."""
    out_first, out_last = web.out_start[source], web.out_start[source + 1]
    in_first, in_last = web.in_start[target], web.in_start[target + 1]
    shorter = min(out_last - out_first, in_last - in_first)
    found = np.empty(shorter, np.int64)
    count = 0
    if out_last - out_first <= in_last - in_first:
        for place in range(out_first, out_last):
            if web.out_other[place] == target:
                found[count] = web.out_row[place]
                count += 1
    else:
        for place in range(in_first, in_last):
            if web.in_other[place] == source:
                found[count] = web.in_row[place]
                count += 1
    return found[:count]


@loop()
def factors(
    web: Web, rules: Rules, day: Number, giver: Ints, row: Ints, dropped: Ints
) -> tuple[Ints, Ints]:
    """Return ppm by which exposure passes over each row, from `giver` on and back to it, (m,)."""
    onward = np.zeros(row.size, np.int64)
    back = np.zeros(row.size, np.int64)
    # For a number that stands in a call numba compiles all that is called once more.
    onto, off = np.int64(ALONG), np.int64(AGAINST)
    for turn in range(row.size):
        one = row[turn]
        rows = _pair_rows(web, web.source[one], web.target[one])
        place = np.int64(0)
        while rows[place] != one:
            place += 1
        along = min(row_factor(web, rows, rows.size, place, onto, day, rules, dropped), rules.cap)
        against = min(row_factor(web, rows, rows.size, place, off, day, rules, dropped), rules.cap)
        if web.source[one] == giver[turn]:
            onward[turn], back[turn] = along, against
        else:
            onward[turn], back[turn] = against, along
    return onward, back


@loop()
def least_sums(start: Ints, other: Ints, weight: Ints, goal: Number, hops: Number) -> Numbers:
    """Return the least sum of weights from each node to the goal over at most k links, (k, n).

    Nodes in CSR form: entry j leads from its node to `other[j]`. FAR where there is no way.
    """
    size = start.size - 1
    found = np.full((hops + 1, size), FAR, np.int64)
    found[0, goal] = 0
    for links in range(1, hops + 1):
        for node in range(size):
            best = found[links - 1, node]
            for entry in range(start[node], start[node + 1]):
                rest = found[links - 1, other[entry]]
                if rest < FAR and rest + weight[entry] < best:
                    best = rest + weight[entry]
            found[links, node] = best
    return found
