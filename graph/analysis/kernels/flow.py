"""The minimum cut between records and a party, in whole numbers (method 4)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0915

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers

# Capacities are -ln(1 - p) times this, rounded: whole numbers make the cut the same everywhere.
SCALE = 1_000_000_000_000


@njit(cache=True)
def minimum_cut(
    size: Number, start: Number, goal: Number, tail: Numbers, head: Numbers, room: Numbers
) -> tuple[Number, Numbers]:
    """Return (value, side): the greatest flow and who is on the start's side (size,) uint8.

    Shortest augmenting paths; `tail`, `head`, `room` (arcs,) int64. Arc 2i is arc i of the input,
    arc 2i + 1 its way back.
    """
    arcs = tail.size
    first = np.full(size, -1, np.int64)
    following = np.empty(2 * arcs, np.int64)
    to = np.empty(2 * arcs, np.int64)
    left = np.zeros(2 * arcs, np.int64)
    for arc in range(arcs):
        to[2 * arc], to[2 * arc + 1] = head[arc], tail[arc]
        left[2 * arc] = room[arc]
        following[2 * arc], first[tail[arc]] = first[tail[arc]], 2 * arc
        following[2 * arc + 1], first[head[arc]] = first[head[arc]], 2 * arc + 1
    value = 0
    level = np.empty(size, np.int64)
    queue = np.empty(size, np.int64)
    cursor = np.empty(size, np.int64)
    taken = np.empty(size, np.int64)
    while True:
        level[:] = -1
        level[start] = 0
        queue[0] = start
        turn, count = 0, 1
        while turn < count:
            node = queue[turn]
            turn += 1
            arc = first[node]
            while arc >= 0:
                if left[arc] > 0 and level[to[arc]] < 0:
                    level[to[arc]] = level[node] + 1
                    queue[count] = to[arc]
                    count += 1
                arc = following[arc]
        if level[goal] < 0:
            break
        cursor[:] = first
        depth = 0
        node = start
        while True:
            if node == goal:
                least = left[taken[0]]
                for place in range(1, depth):
                    least = min(least, left[taken[place]])
                value += least
                back = 0
                for place in range(depth - 1, -1, -1):
                    left[taken[place]] -= least
                    left[taken[place] ^ 1] += least
                    if left[taken[place]] == 0:
                        back = place
                depth = back
                node = to[taken[back] ^ 1]
                continue
            arc = cursor[node]
            while arc >= 0 and (left[arc] == 0 or level[to[arc]] != level[node] + 1):
                arc = following[arc]
            cursor[node] = arc
            if arc >= 0:
                taken[depth] = arc
                depth += 1
                node = to[arc]
            elif depth == 0:
                break
            else:
                depth -= 1
                node = to[taken[depth] ^ 1]
                cursor[node] = following[cursor[node]]
    side = np.zeros(size, np.uint8)
    for node in range(size):
        side[node] = 1 if level[node] >= 0 else 0
    return value, side
