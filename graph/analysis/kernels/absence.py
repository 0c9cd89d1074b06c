"""Exposure without some of the records: only what they touch is reckoned again."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.seeds import combined
from graph.analysis.kernels.tree import Ends, Problem, Tree, meets
from graph.loops import loop


@loop()
def entries_of(key: Numbers, wanted: Numbers) -> tuple[Numbers, Numbers]:
    """Return (first, entry): the entries of a wanted key k are entry[first[k]:first[k + 1]].

    `key` is by entry, below 0 of none; `wanted` (keys,) is 1 or 0; the lists of the others are
    empty.
    """
    first = np.zeros(wanted.size + 1, np.int64)
    for here in range(key.size):
        if key[here] >= 0:
            first[key[here] + 1] += wanted[key[here]]
    for one in range(wanted.size):
        first[one + 1] += first[one]
    entry = np.empty(first[wanted.size], np.int64)
    place = first.copy()
    for here in range(key.size):
        one = key[here]
        if one >= 0 and wanted[one]:
            entry[place[one]] = here
            place[one] += 1
    return first, entry


@loop()
def _touch(parent: Numbers, entry: Number, gone: Numbers, queue: list[Number]) -> None:
    """Note an entry and all that it leads into; `gone` is below 0 of what is not noted yet."""
    here = np.int64(entry)
    while here >= 0 and gone[here] < 0:
        gone[here] = 1.0
        queue.append(here)
        here = np.int64(parent[here])


@loop()
def revalue(
    problem: Problem,
    ends: Ends,
    tree: Tree,
    changed: Numbers,
    seed: Numbers,
    over: tuple[Numbers, Numbers],
    into: tuple[Numbers, Numbers],
    gone: Numbers,
) -> Number:
    """Return X of the same walks with other strengths `seed` (edges, ppm) over the edges `changed`.

    Only what lies below a changed edge is reckoned again: factors lie in (0, 1), so that no factor
    of a product is 0 and the former one can be divided out. `over` lists the entries of changed
    edges, `into` those that last links lead into, by the node that they come from (`entries_of`).
    `gone` (entries,) is -1 everywhere, before and after.
    """
    source, goal, edge, parent, kept = (
        problem.source,
        problem.goal,
        tree.edge,
        tree.parent,
        tree.kept,
    )
    queue = [np.int64(0) for _ in range(0)]
    for e in changed:
        for place in range(over[0][e], over[0][e + 1]):
            _touch(parent, over[1][place], gone, queue)
        node = problem.target[e]
        listed = ends.first[node + 1] - ends.first[node]
        factor = problem.p[e] / WHOLE
        ratio = (1.0 - factor * (seed[e] / WHOLE)) / (1.0 - ends.factor[e])
        for place in range(into[0][node], into[0][node + 1]):
            here = into[1][place]
            if tree.last[here] < listed and meets(source, goal, edge, parent, here, source[e]):
                continue
            _touch(parent, here, gone, queue)
            gone[here] *= ratio
    # An entry comes after the one that it leads into: from the last to the first.
    order = np.sort(np.array(queue))
    found = tree.value[0]
    for back in range(order.size - 1, -1, -1):
        here = order[back]
        came = kept[here]
        now_came = came * gone[here]
        gone[here] = -1.0
        if here == 0:
            found = 1.0 - now_came
            continue
        e = edge[here]
        factor = problem.p[e] / WHOLE
        was = 1.0 - factor * (1.0 - (1.0 - problem.seed[e] / WHOLE) * came)
        now = 1.0 - factor * (1.0 - (1.0 - seed[e] / WHOLE) * now_came)
        gone[parent[here]] *= now / was
    return found


@loop()
def absences(
    problem: Problem,
    ends: Ends,
    tree: Tree,
    group: Numbers,
    groups: Number,
    first: Numbers,
    record: Numbers,
    strength: Numbers,
    cap: Number,
) -> Numbers:
    """Return X of the same walks (groups,) without the records of each group.

    `group` (records,) says to which group a record belongs, -1: to none; the records of edge e are
    `record[first[e]:first[e + 1]]`, of `strength` ppm, together at most `cap`.
    """
    concerned = np.full((groups, 1), -1, np.int64)
    wanted = np.zeros(problem.seed.size, np.bool_)
    led = np.zeros(ends.first.size - 1, np.bool_)
    counts = np.zeros(groups + 1, np.int64)
    noted = np.full(groups, -1, np.int64)
    for turn in range(2):
        if turn == 1:
            concerned = np.empty((groups, counts.max()), np.int64)
            counts[:] = 0
            noted[:] = -1
        for e in range(problem.seed.size):
            for place in range(first[e], first[e + 1]):
                mine = group[record[place]]
                if mine < 0 or noted[mine] == e:
                    continue
                noted[mine] = e
                wanted[e] = led[problem.target[e]] = True
                if turn == 1:
                    concerned[mine, counts[mine]] = e
                counts[mine] += 1
    begins = np.full(tree.edge.size, -1, np.int64)
    for here in range(tree.edge.size):
        if tree.last[here] > 0:
            begins[here] = problem.source[tree.edge[here]] if here > 0 else problem.goal
    over = entries_of(tree.edge, wanted)
    into = entries_of(begins, led)
    found = np.empty(groups, np.float64)
    gone = np.full(tree.edge.size, -1.0)
    seed = problem.seed.copy()
    for mine in range(groups):
        changed = concerned[mine, : counts[mine]]
        for e in changed:
            inside = record[first[e] : first[e + 1]]
            left = inside[group[inside] != mine]
            seed[e] = combined(strength[left], cap) if left.size else 0
        found[mine] = revalue(problem, ends, tree, changed, seed, over, into, gone)
        for e in changed:
            seed[e] = problem.seed[e]
    return found
