"""The small problem around one party: who lies upstream, with which factors and strengths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Changes
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.reach import upstream
from graph.analysis.kernels.seeds import combined, distances, edges_with_seeds
from graph.analysis.kernels.tree import Problem
from graph.analysis.records import Seeds, seeds_at
from graph.analysis.view import View

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Local:
    """A problem for the kernels, and what its numbers mean in the snapshot.

    `nodes` (n,) places in order; `row`, `way` (edges,) the link row that gives an edge its factor
    and whether exposure runs along (1) or against (0) it; records of an edge are
    `record[first[e]:first[e + 1]]`, places in `seeds`. `own` is S of the party in ppm.
    """

    problem: Problem
    nodes: Ints
    row: Ints
    way: Ints
    first: Ints
    record: Ints
    seeds: Seeds
    own: int
    clamped: int

    def records(self, edge: int) -> Sequence[int]:
        """Return the places in `seeds` of the records that start over an edge."""
        listed: list[int] = self.record[self.first[edge] : self.first[edge + 1]].tolist()
        return listed


def _csr(target: Ints, size: int) -> Ints:
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(target, minlength=size), out=start[1:])
    return start


def _taken(first: Ints, record: Ints, kept: Ints) -> tuple[Ints, Ints]:
    """Return the lists of the kept edges alone, in their order."""
    counts = np.diff(first)[kept]
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    start = np.zeros(kept.size + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return start, record[np.repeat(first[kept], counts) + offset]


def local_problem(view: View, party: int, hops: int, changes: Changes) -> Local:
    """Return the problem of the party at this place within `hops` links, edits applied.

    What cannot lie on a walk of at most `hops` links from a record to the party is left out.
    """
    strongest = round(view.policy.strength_cap * WHOLE)
    with view.numbering() as number:
        found = upstream(
            view.web,
            view.rules,
            party,
            hops,
            view.day,
            changes.rows,
            int(bool(changes.added)),
            *view.lists(kept=changes.rows.size == 0),
            number,
        )
    order = np.argsort(found[0])
    nodes, depth = found[0][order], found[1][order]
    seeds = seeds_at(view, nodes, changes)
    place = np.empty(nodes.size, np.int64)
    place[order] = np.arange(nodes.size)
    source, target = place[found[2]], place[found[3]]
    goal = int(place[0])
    own = combined(seeds.strength[seeds.first[goal] : seeds.first[goal + 1]], strongest)
    edge, p, row, way, leaf, seed, first, record = edges_with_seeds(
        view.web,
        view.rules,
        strongest,
        view.day,
        source,
        found[4],
        found[5],
        found[6],
        found[7],
        seeds.first,
        seeds.strength,
        seeds.act,
        seeds.cites,
    )
    source, target = source[edge], target[edge]
    # A node is as far from a record as the nearest source that reaches it over a plain edge; a
    # leaf's target is one link from it.
    begin = np.unique(source[(seed > 0) & (leaf == 0)])
    plain = leaf == 0
    reach = distances(nodes.size, source[plain], target[plain], begin, 0, goal)
    fed = np.unique(target[leaf == 1])
    if fed.size:
        reach = np.minimum(reach, distances(nodes.size, source[plain], target[plain], fed, 1, goal))
    steps = np.where(leaf == 1, 0, reach[source])
    kept = np.flatnonzero((depth[target] + 1 + steps <= hops) & (source != goal))
    # Those into one target stand together already, by source, the leaves after their edge.
    kept = kept[np.argsort(target[kept], kind="stable")]
    first, record = _taken(first, record, kept)
    problem = Problem(
        start=_csr(target[kept], nodes.size),
        source=source[kept],
        target=target[kept],
        p=p[kept],
        seed=seed[kept],
        leaf=leaf[kept],
        reach=reach,
        goal=goal,
    )
    clamped = int(found[8]) + seeds.clamped
    return Local(problem, nodes, row[kept], way[kept], first, record, seeds, int(own), clamped)
