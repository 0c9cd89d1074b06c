"""The tree of all simple walks into a party, its values, and how they split (method 4).

Of ten walks nine and more differ in their last link alone. What such links give together is known
by the party that they lead into, but for those from parties that the walk has met: so the tree has
no entries for them, only how many there are.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0915

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.order import in_order, rising
from graph.loops import loop

# Up to so many are put in order by hand: a call to sort costs more.
_FEW = 24
# So many entries have room at first; twice as many each time that they are full.
_ROOM = 1 << 10


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


class Ends(NamedTuple):
    """What walks may begin with: the edges with records, by the node that they lead into.

    Those into node v are `edge[first[v]:first[v + 1]]`, least p·S first; `product` (n) of their
    1 - p·S and `total` (n) of their weights; `bears` (n): such an edge comes from the node. By
    edge, 0 without records: `strength` S, `alone` -ln(1 - S), `factor` p·S, `weight` -ln(1 - p·S).
    """

    first: Numbers
    edge: Numbers
    product: Numbers
    total: Numbers
    bears: Numbers
    strength: Numbers
    alone: Numbers
    factor: Numbers
    weight: Numbers


class Tree(NamedTuple):
    """Walks by their last link but one: the root, and an entry for each walk that others go on.

    Entry 0 is the party, of no edge. By entry: `edge`, `parent`, T as `value`, sum of -ln(1 - f)
    over its own records and all that leads in as `weight`, product of 1 - f of what leads in as
    `kept` (1 of nothing). `last`: how many edges with records lead into it as last links; there
    are such only into walks of K - 1 links.
    """

    edge: Numbers
    parent: Numbers
    value: Numbers
    weight: Numbers
    kept: Numbers
    last: Numbers


@loop()
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


@loop()
def ends_of(problem: Problem) -> Ends:
    """Return what the walks of a problem may begin with."""
    size = problem.start.size - 1
    strength = np.zeros(problem.seed.size, np.float64)
    alone = np.zeros(problem.seed.size, np.float64)
    factor = np.zeros(problem.seed.size, np.float64)
    weight = np.zeros(problem.seed.size, np.float64)
    first = np.zeros(size + 1, np.int64)
    listed = np.empty(problem.seed.size, np.int64)
    product = np.ones(size, np.float64)
    total = np.zeros(size, np.float64)
    bears = np.zeros(size, np.bool_)
    count = 0
    for node in range(size):
        began = count
        for e in range(problem.start[node], problem.start[node + 1]):
            if problem.seed[e] == 0:
                continue
            bears[problem.source[e]] = True
            strength[e] = problem.seed[e] / WHOLE
            alone[e] = -np.log1p(-strength[e])
            factor[e] = problem.p[e] / WHOLE * strength[e]
            weight[e] = -np.log1p(-factor[e])
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
            at = began
            for e in range(problem.start[node], problem.start[node + 1]):
                if problem.seed[e] > 0:
                    listed[at] = e
                    at += 1
            listed[began:count] = in_order(rising(factor), listed[began:count])
        for place in range(began, count):
            product[node] *= 1.0 - factor[listed[place]]
            total[node] += weight[listed[place]]
        first[node + 1] = count
    return Ends(
        first, listed[:count].copy(), product, total, bears, strength, alone, factor, weight
    )


@loop()
def _met(begin: Number, end: Number, source: Numbers, seed: Numbers, other: Number) -> Number:
    """Return how many of the edges begin:end, by source, lead from `other` and have records."""
    low, high = begin, end
    while low < high:
        middle = (low + high) >> 1
        if source[middle] < other:
            low = middle + 1
        else:
            high = middle
    count: Number = 0
    while low < end and source[low] == other:
        count += seed[low] > 0
        low += 1
    return count


# A tuple of arrays that is handed on costs more than what is done with it here: so single arrays.
@loop()
def meets(
    source: Numbers, goal: Number, edge: Numbers, parent: Numbers, entry: Number, node: Number
) -> Number:
    """Return whether a node lies on the walk of an entry."""
    while entry > 0:
        if source[edge[entry]] == node:
            return True
        entry = np.int64(parent[entry])
    return goal == node


@loop()
def _wider(array: Numbers) -> Numbers:
    wider = np.empty(2 * array.size, array.dtype)
    wider[: array.size] = array
    return wider


@loop()
def grow(problem: Problem, ends: Ends, hops: Number, most: Number) -> tuple[Number, Tree]:
    """Return (steps, tree) of the walks of at most `hops` links; given up above `most` steps.

    X is `value` of the root, by the recursion of method 4. Children are multiplied in the order of
    their size, so that X does not depend on how nodes are numbered.
    """
    size = problem.start.size - 1
    widest = 1
    for node in range(size):
        widest = max(widest, problem.start[node + 1] - problem.start[node])
    edge, parent = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.int32)
    value, weight = np.empty(_ROOM, np.float64), np.empty(_ROOM, np.float64)
    kept, last = np.empty(_ROOM, np.float64), np.zeros(_ROOM, np.int32)
    edge[0], parent[0] = -1, -1
    # Read out once: each access to a field makes numba count a reference.
    start, source, seed, reach = problem.start, problem.source, problem.seed, problem.reach
    p, leaf = problem.p, problem.leaf
    first, begins, bears, strength = ends.first, ends.edge, ends.bears, ends.strength
    alone, factor, end_weight = ends.alone, ends.factor, ends.weight
    products, totals = ends.product, ends.total
    visited = np.zeros(size, np.bool_)
    factors = np.empty((hops, widest), np.float64)
    counts = np.zeros(hops, np.int64)
    cursor = np.zeros(hops, np.int64)
    node_at = np.zeros(hops, np.int64)
    entry_at = np.zeros(hops, np.int64)
    depth = 0
    node_at[0] = problem.goal
    cursor[0] = problem.start[problem.goal]
    visited[problem.goal] = True
    used = 1
    steps = 0
    while steps <= most:
        node = node_at[depth]
        left = hops - depth - 1
        if left > 0 and cursor[depth] < start[node + 1]:
            e = cursor[depth]
            cursor[depth] += 1
            other = source[e]
            if visited[other]:
                continue
            is_leaf = leaf[e] == 1
            if is_leaf and seed[e] == 0:
                continue
            if not is_leaf and reach[other] > left:
                continue
            steps += 1
            if used == edge.size:
                edge, parent, last = _wider(edge), _wider(parent), _wider(last)
                value, weight, kept = _wider(value), _wider(weight), _wider(kept)
            edge[used], parent[used], last[used] = e, entry_at[depth], 0
            if is_leaf:
                value[used], weight[used], kept[used] = strength[e], alone[e], 1.0
                factors[depth, counts[depth]] = factor[e]
                counts[depth] += 1
                used += 1
                continue
            depth += 1
            node_at[depth] = other
            entry_at[depth] = used
            cursor[depth] = start[other]
            counts[depth] = 0
            visited[other] = True
            used += 1
            continue
        here = entry_at[depth]
        if left > 0:
            product, total = _joined(factors[depth], counts[depth])
        else:
            product, total = products[node], totals[node]
            came = first[node + 1] - first[node]
            among = 0
            if came > 0:
                for above in range(depth + 1):
                    if bears[node_at[above]]:
                        low, high = start[node], start[node + 1]
                        among += _met(low, high, source, seed, node_at[above])
            if among > 0:
                product, total = 1.0, 0.0
                for place in range(first[node], first[node + 1]):
                    e = begins[place]
                    if not visited[source[e]]:
                        product *= 1.0 - factor[e]
                        total += end_weight[e]
            counts[depth] = last[here] = came - among
            steps += came - among
        if depth == 0:
            value[0], weight[0], kept[0] = 1.0 - product, total, product
            break
        e = np.int64(edge[here])
        visited[node] = False
        depth -= 1
        if counts[depth + 1] == 0 and seed[e] == 0:
            # Nothing came through: forget it and what was below.
            used = here
            continue
        own = strength[e]
        value[here] = 1.0 - (1.0 - own) * product if counts[depth + 1] else own
        weight[here] = total + alone[e]
        kept[here] = product
        factors[depth, counts[depth]] = p[e] / WHOLE * value[here]
        counts[depth] += 1
    grown = Tree(edge[:used], parent[:used], value[:used], weight[:used], kept[:used], last[:used])
    return steps, grown


@loop()
def split(problem: Problem, tree: Tree) -> Numbers:
    """Return the amount of X that each entry has (entries,); X of the root."""
    amount = np.empty(tree.edge.size, np.float64)
    amount[0] = tree.value[0]
    for here in range(1, tree.edge.size):
        above = tree.parent[here]
        factor = problem.p[tree.edge[here]] / WHOLE * tree.value[here]
        amount[here] = amount[above] * (-np.log1p(-factor) / tree.weight[above])
    return amount


@loop()
def strongest(problem: Problem, ends: Ends, tree: Tree, close: Number) -> tuple[Numbers, Numbers]:
    """Return (entry, last) of the chains whose S times all p is at least `close` of the largest.

    A chain begins with the records over its entry's own edge where `last` is -1, else over that
    edge into the entry. Nothing where nothing leads in.
    """
    source, goal, edge, parent, last = (
        problem.source,
        problem.goal,
        tree.edge,
        tree.parent,
        tree.last,
    )
    first, begins, factor = ends.first, ends.edge, ends.factor
    through = np.ones(edge.size, np.float64)
    best = 0.0
    for here in range(edge.size):
        node: Number = goal
        if here > 0:
            node = source[edge[here]]
            through[here] = through[parent[here]] * (problem.p[edge[here]] / WHOLE)
            best = max(best, ends.strength[edge[here]] * through[here])
        if last[here] == 0:
            continue
        for place in range(first[node + 1] - 1, first[node] - 1, -1):
            e = begins[place]
            if factor[e] * through[here] <= best:
                break
            if not meets(source, goal, edge, parent, here, source[e]):
                best = factor[e] * through[here]
    limit = best * close
    entry = [np.int64(0) for _ in range(0)]
    over = [np.int64(0) for _ in range(0)]
    for here in range(edge.size):
        if best <= 0:
            break
        node = goal
        if here > 0:
            node = source[edge[here]]
            if ends.strength[edge[here]] * through[here] >= limit:
                entry.append(np.int64(here))
                over.append(np.int64(-1))
        if last[here] == 0:
            continue
        least = first[node + 1]
        while least > first[node] and factor[begins[least - 1]] * through[here] >= limit:
            least -= 1
        for place in range(least, first[node + 1]):
            e = begins[place]
            if not meets(source, goal, edge, parent, here, source[e]):
                entry.append(np.int64(here))
                over.append(e)
    return np.array(entry), np.array(over)
