"""Exposure without some of the records: only what they touch is reckoned again."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import Number, Numbers
from graph.analysis.kernels.seeds import combined
from graph.analysis.kernels.tree import Problem, entries_of, revalue


@njit(cache=True)
def absences(
    problem: Problem,
    group: Numbers,
    groups: Number,
    first: Numbers,
    record: Numbers,
    strength: Numbers,
    cap: Number,
    edge: Numbers,
    parent: Numbers,
    kept: Numbers,
    root: Number,
) -> Numbers:
    """Return X of the same walks (groups,) without the records of each group.

    `group` (records,) says to which group a record belongs, -1: to none; the records of edge e are
    `record[first[e]:first[e + 1]]`, of `strength` ppm, together at most `cap`. `kept` is grow's,
    of entries that something leads into, `root` 1 - X.
    """
    concerned = np.full((groups, 1), -1, np.int64)
    wanted = np.zeros(problem.seed.size, np.uint8)
    counts = np.zeros(groups + 1, np.int64)
    last = np.full(groups, -1, np.int64)
    for turn in range(2):
        if turn == 1:
            concerned = np.empty((groups, counts.max()), np.int64)
            counts[:] = 0
            last[:] = -1
        for e in range(problem.seed.size):
            for place in range(first[e], first[e + 1]):
                mine = group[record[place]]
                if mine < 0 or last[mine] == e:
                    continue
                last[mine] = e
                wanted[e] = 1
                if turn == 1:
                    concerned[mine, counts[mine]] = e
                counts[mine] += 1
    listed, entry = entries_of(edge, wanted)
    found = np.empty(groups, np.float64)
    seed = problem.seed.copy()
    for mine in range(groups):
        changed = concerned[mine, : counts[mine]]
        for e in changed:
            inside = record[first[e] : first[e + 1]]
            left = inside[group[inside] != mine]
            seed[e] = combined(strength[left], cap) if left.size else 0
        found[mine] = revalue(problem, changed, seed, edge, parent, kept, root, listed, entry)
        for e in changed:
            seed[e] = problem.seed[e]
    return found
