"""How many steps the walks into a party have, counted before any of them is written down."""

# A call in a kernel is dearer than a branch.
# ruff: noqa: C901

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number
from graph.analysis.kernels.tree import Problem


@njit(cache=True)
def _met(problem: Problem, node: Number, other: Number) -> Number:
    """Return how many edges with records lead from `other` into `node`."""
    low, high = problem.start[node], problem.start[node + 1]
    place = low + np.searchsorted(problem.source[low:high], other)
    count: Number = 0
    while place < high and problem.source[place] == other:
        count += problem.seed[place] > 0
        place += 1
    return count


@njit(cache=True)
def steps_of(problem: Problem, hops: Number, most: Number) -> Number:
    """Return how many steps `grow` would take; some number above `most` where it would give up.

    Walks are counted by their last link but one, so that this takes a small part of grow's time.
    """
    size = problem.start.size - 1
    ends = np.zeros(size, np.int64)
    for node in range(size):
        for e in range(problem.start[node], problem.start[node + 1]):
            ends[node] += problem.seed[e] > 0
    visited = np.zeros(size, np.uint8)
    cursor = np.zeros(hops + 1, np.int64)
    path = np.zeros(hops + 1, np.int64)
    depth = 0
    path[0] = problem.goal
    cursor[0] = problem.start[problem.goal]
    visited[problem.goal] = 1
    steps = np.int64(0)
    while depth >= 0 and steps <= most:
        node = path[depth]
        left = hops - depth - 1
        if left == 0:
            steps += ends[node]
            if ends[node] > 0:
                for above in range(depth):
                    steps -= _met(problem, node, path[above])
        if left == 0 or cursor[depth] == problem.start[node + 1]:
            visited[node] = 0
            depth -= 1
            continue
        e = cursor[depth]
        cursor[depth] += 1
        other = problem.source[e]
        if visited[other]:
            continue
        if problem.leaf[e] == 1:
            steps += problem.seed[e] > 0
        elif problem.reach[other] <= left:
            steps += 1
            depth += 1
            path[depth] = other
            cursor[depth] = problem.start[other]
            visited[other] = 1
    return steps
