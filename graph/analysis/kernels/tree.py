"""The tree of all simple walks into a party, its values, and how they split (method 4)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import WHOLE, Number, Numbers

# Up to so many are put in order by hand: a call to sort costs more.
_FEW = 24
# No walk has more links.
_DEEPEST = 256


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
    """Return (product of 1 - f, sum of -ln(1 - f)), the same for any order of the factors.

    They are in order then.
    """
    if count > _FEW:
        factors[:count] = np.sort(factors[:count])
    else:
        for turn in range(1, count):
            factor = factors[turn]
            at = turn
            while at > 0 and factors[at - 1] > factor:
                factors[at] = factors[at - 1]
                at -= 1
            factors[at] = factor
    product = 1.0
    weight = 0.0
    for factor in factors[:count]:
        product *= 1.0 - factor
        weight -= np.log1p(-factor)
    return product, weight


@njit(cache=True)
def _ends(problem: Problem) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return what an edge gives where a walk begins with it: (first, edge, S, p·S, -ln(1 - p·S)).

    `edge[first[v]:first[v + 1]]` are the edges into node v with records, by p·S; S and the others
    are by edge.
    """
    size = problem.start.size - 1
    strength = problem.seed / WHOLE
    factor = problem.p / WHOLE * strength
    weight = -np.log1p(-factor)
    first = np.zeros(size + 1, np.int64)
    listed = np.empty(problem.seed.size, np.int64)
    count = 0
    for node in range(size):
        began = count
        for e in range(problem.start[node], problem.start[node + 1]):
            if problem.seed[e] > 0:
                at = count
                if count - began >= _FEW:
                    listed[at] = e
                else:
                    while at > began and factor[listed[at - 1]] > factor[e]:
                        listed[at] = listed[at - 1]
                        at -= 1
                    listed[at] = e
                count += 1
        if count - began > _FEW:
            mine = np.sort(listed[began:count])
            listed[began:count] = mine[np.argsort(factor[mine], kind="mergesort")]
        first[node + 1] = count
    return first, listed, strength, factor, weight


class Room(NamedTuple):
    """Where a tree is written; one element an entry, as many as there may be steps."""

    edge: Numbers
    parent: Numbers
    value: Numbers
    weight: Numbers
    kept: Numbers


@njit(cache=True)
def grow_into(problem: Problem, hops: Number, room: Room) -> Number:
    """Return (X, root weight, entries, steps, edge, parent, value, weight, kept).

    X is -1 where there are more steps than there is room for. What follows from the edge alone is
    not written: value, weight and kept of an entry that nothing leads into, most of all.

    X is X_hops of the goal by the recursion of method 4. Children are multiplied in the order of
    their size, so that X does not depend on how nodes are numbered. `kept` is their product,
    1 where nothing comes in.
    """
    edge, parent, value, weight, kept = room
    most = edge.size
    size = problem.start.size - 1
    widest = 1
    for node in range(size):
        widest = max(widest, problem.start[node + 1] - problem.start[node])
    first, ends, strengths, end_factor, end_weight = _ends(problem)
    own_weight = -np.log1p(-strengths)
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
        left = hops - depth - 1
        if left > 0 and cursor[depth] < problem.start[node + 1]:
            e = cursor[depth]
            cursor[depth] += 1
            other = problem.source[e]
            if visited[other]:
                continue
            leaf = problem.leaf[e] == 1
            if leaf and problem.seed[e] == 0:
                continue
            if not leaf and problem.reach[other] > left:
                continue
            steps += 1
            if steps > most:
                none = value[:0]
                return -1.0, 0.0, 0, steps, edge[:0], parent[:0], none, none, none
            edge[used] = e
            parent[used] = entry_at[depth]
            if leaf:
                factors[depth, counts[depth]] = end_factor[e]
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
        if left > 0:
            product, total = _joined(factors[depth], counts[depth])
        else:
            # The last link: only where a walk may begin, and in the order of size already.
            product, total = 1.0, 0.0
            if steps + first[node + 1] - first[node] > most:
                fresh = 0
                for place in range(first[node], first[node + 1]):
                    fresh += visited[problem.source[ends[place]]] == 0
                if steps + fresh > most:
                    none = value[:0]
                    return -1.0, 0.0, 0, most + 1, edge[:0], parent[:0], none, none, none
            above = entry_at[depth]
            began = used
            for place in range(first[node], first[node + 1]):
                e = ends[place]
                if visited[problem.source[e]]:
                    continue
                edge[used] = e
                parent[used] = above
                product *= 1.0 - end_factor[e]
                total += end_weight[e]
                used += 1
            counts[depth] = used - began
            steps += used - began
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
                kept[:used],
            )
        here = entry_at[depth]
        e = edge[here]
        visited[node] = 0
        depth -= 1
        if counts[depth + 1] == 0 and problem.seed[e] == 0:
            # Nothing came through: forget it and what was below.
            used = here
            continue
        value[here] = 1.0 - (1.0 - strengths[e]) * product if counts[depth + 1] else strengths[e]
        weight[here] = total + own_weight[e]
        kept[here] = product
        factors[depth, counts[depth]] = problem.p[e] / WHOLE * value[here]
        counts[depth] += 1


@njit(cache=True)
def grow(problem: Problem, hops: Number, most: Number) -> Number:
    """Return `grow_into` of fresh arrays for `most` steps."""
    room = Room(
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.float64),
        np.empty(most, np.float64),
        np.empty(most, np.float64),
    )
    return grow_into(problem, hops, room)


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
        strength = problem.seed[e] / WHOLE
        inner = here + 1 < edge.size and parent[here + 1] == here
        factor = problem.p[e] / WHOLE * (value[here] if inner else strength)
        if above < 0:
            whole, over = root, root_weight
        else:
            whole, over = amount[above], weight[above]
        amount[here] = whole * (-np.log1p(-factor) / over)
        if not inner:
            own[here] = amount[here]
        elif problem.seed[e] > 0:
            own[here] = amount[here] * (-np.log1p(-strength) / weight[here])
    return own, amount


@njit(cache=True)
def chains(problem: Problem, edge: Numbers, parent: Numbers) -> Numbers:
    """Return S times all p of each entry's chain down to the goal (entries,), 0 without seed."""
    factor = problem.p / WHOLE
    seed = problem.seed / WHOLE
    strength = np.empty(edge.size, np.float64)
    # The entries that lead from the root to the present one, each before what it leads from.
    depth = -1
    line = np.empty(_DEEPEST, np.int64)
    passed = np.empty(_DEEPEST, np.float64)
    for here in range(edge.size):
        e = edge[here]
        while depth >= 0 and line[depth] != parent[here]:
            depth -= 1
        through = factor[e] * (1.0 if depth < 0 else passed[depth])
        strength[here] = seed[e] * through
        if here + 1 < edge.size and parent[here + 1] == here:
            depth += 1
            line[depth], passed[depth] = here, through
    return strength


@njit(cache=True)
def entries_of(edge: Numbers, wanted: Numbers) -> tuple[Numbers, Numbers]:
    """Return (first, entry): the entries over a wanted edge e are entry[first[e]:first[e + 1]].

    `wanted` (edges,) is 1 or 0; the lists of the others are empty.
    """
    first = np.zeros(wanted.size + 1, np.int64)
    for here in range(edge.size):
        first[edge[here] + 1] += wanted[edge[here]]
    for e in range(wanted.size):
        first[e + 1] += first[e]
    entry = np.empty(first[wanted.size], np.int32)
    place = first.copy()
    for here in range(edge.size):
        e = edge[here]
        if wanted[e]:
            entry[place[e]] = here
            place[e] += 1
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
    of a product is 0 and the former one can be divided out. `kept` is grow's, `root` 1 - X.
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
        came = kept[here] if here + 1 < edge.size and parent[here + 1] == here else 1.0
        was = 1.0 - factor * (1.0 - (1.0 - problem.seed[e] / WHOLE) * came)
        now = 1.0 - factor * (1.0 - (1.0 - seed[e] / WHOLE) * came * gone[at])
        above = parent[here]
        if above < 0:
            root *= now / was
        else:
            gone[np.searchsorted(order, above)] *= now / was
    return 1.0 - root
