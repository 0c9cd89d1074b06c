"""What of the surroundings of a party can lie on a walk from a record to it, in order."""

# A kernel takes arrays one by one.
# ruff: noqa: PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import Number, Numbers
from graph.analysis.kernels.seeds import distances
from graph.loops import loop


@loop()
def leading(
    start: Numbers,
    end: Numbers,
    source: Numbers,
    p: Numbers,
    own: Numbers,
    parties: Numbers,
    farthest: Number,
) -> tuple[Numbers, Numbers]:
    """Return (entries, into): the entries in lists of some parties that have a factor, of whom.

    Of the `farthest` parties only the entries from parties with records. Arrays are those of Pairs.
    """
    most = 0
    for party in parties:
        most += end[party] - start[party]
    # Memory that nothing is written to is not taken.
    entries, into, count = np.empty(most, np.int64), np.empty(most, np.int64), 0
    for party in parties:
        last = end[party] - 1
        for e in range(start[party], end[party]):
            if farthest:
                fetch(own, source[min(e + AHEAD, last)])
            if p[e] > 0 and (not farthest or own[source[e]] > 0):
                entries[count], into[count] = e, party
                count += 1
    return entries[:count].copy(), into[:count].copy()


@loop()
def reached(
    size: Number, goal: Number, source: Numbers, target: Numbers, seed: Numbers, leaf: Numbers
) -> Numbers:
    """Return the least number of links (size,) from a record to each node, or NEVER.

    A node is as far from a record as the nearest source that reaches it over a plain edge; the
    target of a leaf is one link from its record.
    """
    begins = np.zeros(size, np.bool_)
    fed = np.zeros(size, np.bool_)
    plain = np.flatnonzero(leaf == 0)
    for e in range(source.size):
        if leaf[e] == 1:
            fed[target[e]] = True
        elif seed[e] > 0:
            begins[source[e]] = True
    tails, heads = source[plain], target[plain]
    reach = distances(size, tails, heads, np.flatnonzero(begins), np.int64(0), goal)
    if fed.any():
        later = distances(size, tails, heads, np.flatnonzero(fed), np.int64(1), goal)
        reach = np.minimum(reach, later)
    return reach


@loop()
def trimmed(
    hops: Number,
    goal: Number,
    depth: Numbers,
    reach: Numbers,
    source: Numbers,
    target: Numbers,
    leaf: Numbers,
    first: Numbers,
    record: Numbers,
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return (start, kept, first, record): the edges that a walk of `hops` links may use.

    `kept` are edges by target, those of node i `start[i]:start[i + 1]`, in the order in which they
    stood; `depth` and `reach` (nodes,) are how far nodes are from the `goal` and from a record;
    `record[first[k]:first[k + 1]]` are the records of the k-th of them, before: of edge k.
    """
    start = np.zeros(depth.size + 1, np.int64)
    used = np.zeros(source.size, np.bool_)
    listed: Number = 0
    for e in range(source.size):
        steps = 0 if leaf[e] == 1 else reach[source[e]]
        if depth[target[e]] + 1 + steps <= hops and source[e] != goal:
            used[e] = True
            start[target[e] + 1] += 1
            listed += first[e + 1] - first[e]
    for node in range(depth.size):
        start[node + 1] += start[node]
    free = start[:-1].copy()
    kept = np.empty(start[depth.size], np.int64)
    for e in range(source.size):
        if used[e]:
            kept[free[target[e]]] = e
            free[target[e]] += 1
    begins = np.zeros(kept.size + 1, np.int64)
    found = np.empty(listed, np.int64)
    listed = 0
    for at in range(kept.size):
        for place in range(first[kept[at]], first[kept[at] + 1]):
            found[listed] = record[place]
            listed += 1
        begins[at + 1] = listed
    return start, kept, begins, found
