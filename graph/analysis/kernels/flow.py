"""The minimum cut between records and a party, in whole numbers (method 4)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

import numpy as np

from graph.analysis.kernels.factors import Number, Numbers
from graph.loops import loop

# Capacities are -ln(1 - p) times this, rounded: whole numbers make the cut the same everywhere.
SCALE = 1_000_000_000_000


@loop()
def _arcs(
    size: Number, tail: Numbers, head: Numbers, room: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return (first, to, left, back): every arc and its way back, listed by where they begin.

    Those of node i are `first[i]:first[i + 1]`, `back` is the place of the other way.
    """
    first = np.zeros(size + 1, np.int64)
    for arc in range(tail.size):
        first[tail[arc] + 1] += 1
        first[head[arc] + 1] += 1
    for node in range(size):
        first[node + 1] += first[node]
    free = first[:size].copy()
    to = np.empty(2 * tail.size, np.int32)
    back = np.empty(2 * tail.size, np.int32)
    left = np.zeros(2 * tail.size, np.int64)
    for arc in range(tail.size):
        one = free[tail[arc]]
        free[tail[arc]] += 1
        other = free[head[arc]]
        free[head[arc]] += 1
        to[one], to[other] = head[arc], tail[arc]
        back[one], back[other] = other, one
        left[one] = room[arc]
    return first, to, left, back


@loop()
def _steps_to(
    start: Number,
    goal: Number,
    first: Numbers,
    to: Numbers,
    left: Numbers,
    back: Numbers,
    level: Numbers,
    queue: Numbers,
) -> Number:
    """Fill in `level` with how many arcs nodes are before the goal, -1: at least as far as start.

    Looking back from the goal ends soon: it mostly lies behind the narrowest place, and once that
    is full nothing is left to be looked at.
    """
    level[:] = -1
    level[goal] = 0
    queue[0] = goal
    turn, count = 0, 1
    while turn < count:
        node = queue[turn]
        turn += 1
        for arc in range(first[node], first[node + 1]):
            other = to[arc]
            if level[other] < 0 and left[back[arc]] > 0:
                level[other] = level[node] + 1
                if other == start:
                    return True
                queue[count] = other
                count += 1
    return False


@loop()
def minimum_cut(
    size: Number, start: Number, goal: Number, tail: Numbers, head: Numbers, room: Numbers
) -> tuple[Number, Numbers]:
    """Return (value, side): the greatest flow and who is on the start's side (size,) uint8.

    Shortest augmenting paths; `tail`, `head`, `room` (arcs,) int64.
    """
    first, to, left, back = _arcs(size, tail, head, room)
    value = np.int64(0)
    level = np.empty(size, np.int64)
    queue = np.empty(size, np.int64)
    cursor = np.empty(size, np.int64)
    taken = np.empty(size, np.int64)
    while _steps_to(start, goal, first, to, left, back, level, queue):
        cursor[:] = first[:size]
        depth = 0
        node = start
        while True:
            if node == goal:
                least = left[taken[0]]
                for place in range(1, depth):
                    least = min(least, left[taken[place]])
                value += least
                again = 0
                for place in range(depth - 1, -1, -1):
                    left[taken[place]] -= least
                    left[back[taken[place]]] += least
                    if left[taken[place]] == 0:
                        again = place
                depth = again
                node = to[back[taken[again]]]
                continue
            arc = cursor[node]
            end = first[node + 1]
            while arc < end and (left[arc] == 0 or level[to[arc]] != level[node] - 1):
                arc += 1
            cursor[node] = arc
            if arc < end:
                taken[depth] = arc
                depth += 1
                node = to[arc]
            elif depth == 0:
                break
            else:
                depth -= 1
                node = to[back[taken[depth]]]
                cursor[node] += 1
    side = np.zeros(size, np.uint8)
    side[start] = 1
    queue[0] = start
    turn, count = 0, 1
    while turn < count:
        node = queue[turn]
        turn += 1
        for leaving in range(first[node], first[node + 1]):
            other = to[leaving]
            if left[leaving] > 0 and side[other] == 0:
                side[other] = 1
                queue[count] = other
                count += 1
    return value, side


@loop()
def cut_between(
    start: Numbers,
    source: Numbers,
    target: Numbers,
    leaf: Numbers,
    room: Numbers,
    strength: Numbers,
    goal: Number,
) -> tuple[Number, Numbers]:
    """Return (value, crossing): the minimum cut between records and the goal, and its edges.

    Edges are those of a Problem, `room` and `strength` their capacities of p and S. What passes
    one edge alone goes straight into its target, by the smaller of the two: so do the records of a
    leaf, and of a source that nothing leads into and one edge leaves.
    """
    size = start.size - 1
    leaving = np.zeros(size, np.int64)
    own = np.zeros(size, np.int64)
    for e in range(source.size):
        if leaf[e] == 0:
            leaving[source[e]] += 1
            own[source[e]] = max(own[source[e]], strength[e])
    alone = np.zeros(source.size, np.bool_)
    straight = np.zeros(size, np.int64)
    for e in range(source.size):
        node = source[e]
        alone[e] = leaf[e] == 1 or (leaving[node] == 1 and start[node] == start[node + 1])
        if alone[e]:
            straight[target[e]] += min(strength[e], room[e])
            if leaf[e] == 0:
                own[node] = 0
    straight += own
    begun = np.flatnonzero(straight)
    inner = np.flatnonzero(~alone)
    tail = np.concatenate((np.full(begun.size, size), source[inner]))
    head = np.concatenate((begun, target[inner]))
    value, side = minimum_cut(
        size + 1, size, goal, tail, head, np.concatenate((straight[begun], room[inner]))
    )
    crossing = np.zeros(source.size, np.bool_)
    for e in range(source.size):
        if side[target[e]] == 0:
            crossing[e] = room[e] < strength[e] if alone[e] else side[source[e]] == 1
    return value, crossing
