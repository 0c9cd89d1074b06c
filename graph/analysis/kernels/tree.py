"""The tree of all simple walks into a party, its values, and how they split (method 4)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers


class Problem(NamedTuple):
    """A small graph around one party; nodes 0..n-1, edges sorted by (target, source, leaf).

    `start` (n + 1) lists edges by target; `p` and `seed` (edges) in ppm: the factor, and the
    strength of the source's records over this edge; `leaf` 1: the edge carries nothing but that.
    `reach` (n): least number of links from a record to the node; `goal`: the party.
    """

    start: Numbers
    source: Numbers
    target: Numbers
    p: Numbers
    seed: Numbers
    leaf: Numbers
    reach: Numbers
    goal: int


@njit(cache=True)
def _joined(factors: Numbers, count: Number) -> tuple[Number, Number]:
    """Return (product of 1 - f, sum of -ln(1 - f)), the same for any order of the factors."""
    ordered = np.sort(factors[:count])
    product = 1.0
    weight = 0.0
    for factor in ordered:
        product *= 1.0 - factor
        weight -= np.log1p(-factor)
    return product, weight


@njit(cache=True)
def grow(problem: Problem, hops: Number, most: Number) -> Number:
    """Return (X, root weight, entries, steps, edge, parent, value, weight); X -1 over `most`.

    X is X_hops of the goal by the recursion of method 4. Children are multiplied in the order of
    their size, so that X does not depend on how nodes are numbered.
    """
    size = problem.start.size - 1
    widest = 1
    for node in range(size):
        widest = max(widest, problem.start[node + 1] - problem.start[node])
    edge = np.empty(most, np.int32)
    parent = np.empty(most, np.int32)
    value = np.empty(most, np.float64)
    weight = np.empty(most, np.float64)
    visited = np.zeros(size, np.uint8)
    factors = np.empty((hops + 1, widest), np.float64)
    counts = np.zeros(hops + 1, np.int64)
    cursor = np.zeros(hops + 1, np.int64)
    node_at = np.zeros(hops + 1, np.int64)
    entry_at = np.full(hops + 1, -1, np.int64)
    depth = 0
    node_at[0] = problem.goal
    cursor[0] = problem.start[problem.goal]
    visited[problem.goal] = 1
    used = 0
    steps = 0
    while True:
        node = node_at[depth]
        if cursor[depth] < problem.start[node + 1]:
            e = cursor[depth]
            cursor[depth] += 1
            other = problem.source[e]
            left = hops - depth - 1
            if left < 0 or visited[other]:
                continue
            leaf = problem.leaf[e] == 1 or left == 0
            if leaf and problem.seed[e] == 0:
                continue
            if not leaf and problem.reach[other] > left:
                continue
            steps += 1
            if steps > most:
                return -1.0, 0.0, 0, steps, edge[:0], parent[:0], value[:0], weight[:0]
            edge[used] = e
            parent[used] = entry_at[depth]
            if leaf:
                strength = problem.seed[e] / WHOLE
                value[used] = strength
                weight[used] = -np.log1p(-strength)
                factors[depth, counts[depth]] = problem.p[e] / WHOLE * strength
                counts[depth] += 1
                used += 1
                continue
            depth += 1
            node_at[depth] = other
            entry_at[depth] = used
            cursor[depth] = problem.start[other]
            counts[depth] = 0
            visited[other] = 1
            used += 1
            continue
        product, total = _joined(factors[depth], counts[depth])
        if depth == 0:
            return (
                1.0 - product,
                total,
                used,
                steps,
                edge[:used],
                parent[:used],
                value[:used],
                weight[:used],
            )
        here = entry_at[depth]
        e = edge[here]
        strength = problem.seed[e] / WHOLE
        visited[node] = 0
        depth -= 1
        if counts[depth + 1] == 0 and problem.seed[e] == 0:
            # Nothing came through: forget it and what was below.
            used = here
            continue
        value[here] = 1.0 - (1.0 - strength) * product if counts[depth + 1] else strength
        weight[here] = total - np.log1p(-strength)
        factors[depth, counts[depth]] = problem.p[e] / WHOLE * value[here]
        counts[depth] += 1


@njit(cache=True)
def split(
    problem: Problem,
    edge: Numbers,
    parent: Numbers,
    value: Numbers,
    weight: Numbers,
    root: Number,
    root_weight: Number,
) -> tuple[Numbers, Numbers]:
    """Return the share of `root` that each entry's own seed has (entries,), and each amount."""
    amount = np.empty(edge.size, np.float64)
    own = np.zeros(edge.size, np.float64)
    for here in range(edge.size):
        e = edge[here]
        above = parent[here]
        factor = problem.p[e] / WHOLE * value[here]
        if above < 0:
            whole, over = root, root_weight
        else:
            whole, over = amount[above], weight[above]
        amount[here] = whole * (-np.log1p(-factor) / over)
        if problem.seed[e] > 0:
            strength = problem.seed[e] / WHOLE
            own[here] = amount[here] * (-np.log1p(-strength) / weight[here])
    return own, amount


@njit(cache=True)
def chains(problem: Problem, edge: Numbers, parent: Numbers) -> Numbers:
    """Return S times all p of each entry's chain down to the goal (entries,), 0 without seed."""
    passed = np.empty(edge.size, np.float64)
    strength = np.empty(edge.size, np.float64)
    for here in range(edge.size):
        e = edge[here]
        below = 1.0 if parent[here] < 0 else passed[parent[here]]
        passed[here] = problem.p[e] / WHOLE * below
        strength[here] = problem.seed[e] / WHOLE * passed[here]
    return strength


@njit(cache=True)
def kept_by(problem: Problem, edge: Numbers, parent: Numbers) -> tuple[Numbers, Number]:
    """Return the product of 1 - p·T over what comes into each entry (entries,), and 1 - X."""
    kept = np.ones(edge.size, np.float64)
    root = 1.0
    for back in range(edge.size):
        here = edge.size - 1 - back
        e = edge[here]
        rest = 1.0 - problem.p[e] / WHOLE * (1.0 - (1.0 - problem.seed[e] / WHOLE) * kept[here])
        if parent[here] < 0:
            root *= rest
        else:
            kept[parent[here]] *= rest
    return kept, root


@njit(cache=True)
def entries_of(edge: Numbers, edges: Number) -> tuple[Numbers, Numbers]:
    """Return (first, entry): the entries over edge e are entry[first[e]:first[e + 1]]."""
    first = np.zeros(edges + 1, np.int64)
    for here in range(edge.size):
        first[edge[here] + 1] += 1
    for e in range(edges):
        first[e + 1] += first[e]
    entry = np.empty(edge.size, np.int32)
    place = first.copy()
    for here in range(edge.size):
        entry[place[edge[here]]] = here
        place[edge[here]] += 1
    return first, entry


@njit(cache=True)
def revalue(
    problem: Problem,
    changed: Numbers,
    seed: Numbers,
    edge: Numbers,
    parent: Numbers,
    kept: Numbers,
    root: Number,
    first: Numbers,
    entry: Numbers,
) -> Number:
    """Return X of the same walks with other strengths `seed` (edges, ppm) over the edges `changed`.

    Only what lies below a changed edge is reckoned again: factors lie in (0, 1), so that no factor
    of a product is 0 and the former one can be divided out. `kept` and `root` are kept_by's.
    """
    touched = np.zeros(edge.size, np.bool_)
    queue: list[Number] = [np.int64(0) for _ in range(0)]
    for e in changed:
        for place in range(first[e], first[e + 1]):
            here = np.int64(entry[place])
            while here >= 0 and not touched[here]:
                touched[here] = True
                queue.append(here)
                here = np.int64(parent[here])
    # An entry comes after the one that it leads into: from the last to the first.
    order = np.sort(np.array(queue))
    gone = np.ones(order.size, np.float64)
    for back in range(order.size):
        at = order.size - 1 - back
        here = order[at]
        e = edge[here]
        factor = problem.p[e] / WHOLE
        was = 1.0 - factor * (1.0 - (1.0 - problem.seed[e] / WHOLE) * kept[here])
        now = 1.0 - factor * (1.0 - (1.0 - seed[e] / WHOLE) * kept[here] * gone[at])
        above = parent[here]
        if above < 0:
            root *= now / was
        else:
            gone[np.searchsorted(order, above)] *= now / was
    return 1.0 - root


@njit(cache=True)
def sums_by(keys: Numbers, values: Numbers, size: Number) -> Numbers:
    """Return the sum of values by key (size,), compensated: right to the last digit or so.

    A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974.
    """
    total = np.zeros(size, np.float64)
    lost = np.zeros(size, np.float64)
    for place in range(keys.size):
        key, value = keys[place], values[place]
        raised = total[key] + value
        if abs(total[key]) >= abs(value):
            lost[key] += (total[key] - raised) + value
        else:
            lost[key] += (value - raised) + total[key]
        total[key] = raised
    return total + lost


@njit(cache=True)
def through(
    parent: Numbers, kinds_of_edge: Numbers, edge: Numbers, own: Numbers, kinds: Number
) -> Numbers:
    """Return per kind of link (kinds,) the sum of shares of the walks that use it."""
    total = np.zeros(kinds, np.float64)
    met = np.zeros(edge.size, np.int64)
    for here in range(edge.size):
        above = 0 if parent[here] < 0 else met[parent[here]]
        met[here] = above | (np.int64(1) << np.int64(kinds_of_edge[edge[here]]))
        if own[here] > 0:
            for kind in range(kinds):
                if met[here] >> kind & 1:
                    total[kind] += own[here]
    return total


@njit(cache=True)
def sums_of_lists(first: Numbers, values: Numbers) -> Numbers:
    """Return the sum of each list `values[first[i]:first[i + 1]]`, smallest first."""
    total = np.zeros(first.size - 1, np.float64)
    for place in range(first.size - 1):
        for value in np.sort(values[first[place] : first[place + 1]]):
            total[place] += value
    return total
