"""The minimum cut of a party from the pairs that a scan has made: without the lists of a view."""

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.tree import Problem
from graph.analysis.kernels.trim import leading, reached, trimmed
from graph.analysis.walks import cut_in

Ints = NDArray[np.int64]
_NONE = np.zeros(0, np.int64)


def cut_at(pairs: Pairs, party: int, hops: int) -> float:
    """Return 1 - exp(-minimum cut) of a party, on the parties within `hops` links upstream.

    For pairs without records that have a first factor of their own (`Pairs.leaf` is empty).
    """
    nodes, depth, entries, target = _around(pairs, party, hops)
    source = np.searchsorted(nodes, pairs.source[entries]).astype(np.int64)
    seed = pairs.seed[entries].astype(np.int64)
    leaf = np.zeros(entries.size, np.int64)
    goal = int(np.searchsorted(nodes, party))
    reach = reached(nodes.size, goal, source, target, seed, leaf)
    first = np.zeros(entries.size + 1, np.int64)
    start, kept, _, _ = trimmed(hops, goal, depth, reach, source, target, leaf, first, _NONE)
    p = pairs.p[entries].astype(np.int64)
    edges = (source[kept], target[kept], p[kept], seed[kept], leaf[kept])
    return cut_in(Problem(start, *edges, reach, goal))[0]


def _around(pairs: Pairs, party: int, hops: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return (nodes, depth, entries, target): who lies upstream, in order, and how many links away.

    `entries` are the pairs' places of edges into those nearer than `hops`, `target` where they
    lead to, a place in `nodes`. The last link of a walk begins at a party with records: of the
    farthest, who are most, no others are listed.
    """
    rings = [np.array([party], np.int64)]
    known = rings[0]
    taken, into = [], []
    for turn in range(hops):
        ring = rings[-1]
        lists = pairs.start, pairs.end, pairs.source, pairs.p, pairs.own
        entries, nearer = leading(*lists, ring, turn == hops - 1)
        taken.append(entries)
        into.append(nearer)
        rings.append(_others(pairs.source[entries].astype(np.int64), known))
        known = np.sort(np.concatenate((known, rings[-1])))
    depth = np.zeros(known.size, np.int64)
    for turn, ring in enumerate(rings):
        depth[np.searchsorted(known, ring)] = turn
    target = np.searchsorted(known, np.concatenate(into)).astype(np.int64)
    return known, depth, np.concatenate(taken), target


def _others(nodes: Ints, known: Ints) -> Ints:
    """Return some nodes, in order and each once, without those that are known, which are so too."""
    # numpy's own looks up each node in a table of its own, which takes five times as long.
    order = np.sort(nodes)
    first = np.ones(order.size, np.bool_)
    first[1:] = order[1:] != order[:-1]
    order = order[first]
    place = np.minimum(np.searchsorted(known, order), known.size - 1)
    found: Ints = order[known[place] != order]
    return found
