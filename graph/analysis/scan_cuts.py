"""The minimum cut of a party from the pairs that a scan has made: without the lists of a view."""

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.tree import Problem
from graph.analysis.kernels.trim import reached, trimmed
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
        lengths = pairs.end[ring] - pairs.start[ring]
        before = np.repeat(pairs.start[ring] - (np.cumsum(lengths) - lengths), lengths)
        entries = before + np.arange(before.size)
        leads = pairs.p[entries] > 0
        if turn == hops - 1:
            leads &= pairs.own[pairs.source[entries]] > 0
        taken.append(entries[leads])
        into.append(np.repeat(ring, lengths)[leads])
        rings.append(np.setdiff1d(pairs.source[taken[-1]], known))
        known = np.union1d(known, rings[-1])
    depth = np.zeros(known.size, np.int64)
    for turn, ring in enumerate(rings):
        depth[np.searchsorted(known, ring)] = turn
    target = np.searchsorted(known, np.concatenate(into)).astype(np.int64)
    return known, depth, np.concatenate(taken), target
