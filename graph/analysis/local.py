"""The small problem around one party: who lies upstream, with which factors and strengths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Changes
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.reach import upstream
from graph.analysis.kernels.seeds import combined, edges_with_seeds
from graph.analysis.kernels.tree import Problem
from graph.analysis.kernels.trim import reached, trimmed
from graph.analysis.records import Seeds, seeds_at
from graph.analysis.view import Room, View

Ints = NDArray[np.int64]
# Bits of what stands in the lower half of a number of two, and all of them.
_HALF = 32
_LOW = (1 << _HALF) - 1


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


@dataclass(frozen=True, slots=True)
class Looked:
    """What lies upstream of a party: `nodes` (n,) places in order, `depth` links away from it.

    `source`, `target` (edges,) are by node; the rows of edge e, (link row, way, ppm after the cap),
    are columns `first[e]:first[e + 1]` of `rows`. `goal` is the party.
    """

    nodes: Ints
    depth: Ints
    source: Ints
    target: Ints
    first: Ints
    rows: Ints
    goal: int
    clamped: int


def local_problem(view: View, party: int, hops: int, changes: Changes) -> Local:
    """Return the problem of the party at this place within `hops` links, edits applied.

    What cannot lie on a walk of at most `hops` links from a record to the party is left out.
    """
    with view.room() as room:
        found = looked(view, room, party, hops, changes)
        return joined(view, hops, found, seeds_at(view, found.nodes, changes))


def looked(view: View, room: Room, party: int, hops: int, changes: Changes) -> Looked:
    """Return what may lead into the party at this place within `hops` links, edits applied.

    Its `rows` lie in the room, and stand until the next look in it.
    """
    *written, many, count, filled, above = upstream(
        view.web,
        view.rules,
        party,
        hops,
        view.day,
        changes.rows,
        int(bool(changes.added)),
        *view.lists(kept=changes.rows.size == 0),
        view.lone_factors,
        room.number,
        room.nodes,
        room.edges,
        room.found,
    )
    room.nodes, room.edges, room.found = written
    # Both halves of a number are sorted faster than places by what stands there.
    placed = (room.nodes[0, :many] << _HALF) | np.arange(many)
    placed.sort()
    order = placed & _LOW
    place = np.empty(many, np.int64)
    place[order] = np.arange(many)
    return Looked(
        nodes=placed >> _HALF,
        depth=room.nodes[1, order],
        source=place[room.edges[0, :count]],
        target=place[room.edges[1, :count]],
        first=np.append(room.edges[2, :count], filled),
        rows=room.found[:, :filled],
        goal=int(place[0]),
        clamped=int(above),
    )


def joined(view: View, hops: int, found: Looked, seeds: Seeds) -> Local:
    """Return the problem of what was found, with the records that count there."""
    strongest = round(view.policy.strength_cap * WHOLE)
    edge, p, row, way, leaf, seed, first, record = edges_with_seeds(
        view.web,
        view.rules,
        strongest,
        view.day,
        found.source,
        found.first,
        found.rows[0],
        found.rows[1],
        found.rows[2],
        seeds.first,
        seeds.strength,
        seeds.act,
        seeds.cites,
    )
    nodes, goal = found.nodes, found.goal
    own = combined(seeds.strength[seeds.first[goal] : seeds.first[goal + 1]], strongest)
    source, target = found.source[edge], found.target[edge]
    reach = reached(nodes.size, goal, source, target, seed, leaf)
    edges = (source, target, p, seed, leaf, row, way)
    start, kept, first, record = trimmed(
        hops, goal, found.depth, reach, *edges[:2], leaf, first, record
    )
    source, target, p, seed, leaf, row, way = (column[kept] for column in edges)
    problem = Problem(start, source, target, p, seed, leaf, reach, goal)
    clamped = found.clamped + seeds.clamped
    return Local(problem, nodes, row, way, first, record, seeds, int(own), clamped)
