"""Paths between two parties: shortest first, with strength, and how far was looked."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.analysis.kernels.factors import WHOLE, row_factor
from graph.analysis.neighbours import PATH_TYPES, Neighbours, neighbours
from graph.analysis.view import View
from graph.errors import AnalysisError
from graph.model import Bounds, Link, Path

# Parties that a search looks at before it says that it stopped: seconds, not minutes.
MOST_NODES = 20_000
# A party with more counterparties is not walked through; its links are counted as left out.
MOST_LINKS = 2_000
# Paths of one length that are compared before the strongest are named.
MOST_PATHS = 200
HOPS = 4
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """Paths between two parties, shortest and then strongest first, and how far was looked."""

    paths: tuple[Path, ...]
    bounds: Bounds

    @property
    def conclusive(self) -> bool:
        """Whether no path here means that there is none within `bounds.hops`."""
        return not (self.bounds.capped or self.bounds.timed_out)


@dataclass
class _Search:
    """One search: distances from the goal, and what was passed over."""

    near: Neighbours
    blocked: frozenset[int]
    passed_over: int = 0
    capped: bool = False

    def links(self, node: int, ends: tuple[int, int]) -> list[tuple[int, list[int]]]:
        """Return the neighbours of a node, none where it may not be walked through."""
        if node not in ends and node in self.blocked:
            return []
        found = list(self.near.others(node))
        if len(found) > MOST_LINKS and node not in ends:
            self.passed_over += len(found)
            self.capped = True
            return []
        return found

    def distances(self, first: int, goal: int, hops: int) -> dict[int, int]:
        """Return how far each party is from the goal, up to `hops` - 1 beyond it."""
        known = {goal: 0}
        ring = [goal]
        for distance in range(1, hops + 1):
            following = []
            for node in ring:
                for other, _ in self.links(node, (first, goal)):
                    if other not in known:
                        known[other] = distance
                        following.append(other)
                if len(known) > MOST_NODES:
                    self.capped = True
                    return known
            ring = following
        return known

    def chains(
        self, first: int, goal: int, length: int, known: dict[int, int]
    ) -> Iterator[list[tuple[int, list[int]]]]:
        """Yield simple chains of exactly `length` links in order of places."""

        def onward(node: int, left: int, seen: list[int]) -> Iterator[list[tuple[int, list[int]]]]:
            for other, rows in self.links(node, (first, goal)):
                if other in seen or known.get(other, math.inf) > left - 1:
                    continue
                if other == goal:
                    if left == 1:
                        yield [(other, rows)]
                    continue
                for rest in onward(other, left - 1, [*seen, other]):
                    yield [(other, rows), *rest]

        return onward(first, length, [first])


def find_paths(
    view: View,
    first: str,
    second: str,
    *,
    types: Sequence[str] | None = None,
    hops: int = HOPS,
    limit: int = 10,
) -> PathAnswer:
    """Return up to `limit` simple paths of at most `hops` links between two parties.

    State holders, nominees and parties with very many links end a path but are not passed through.
    The strength of a path is the product of its factors in the stronger direction.

    Raises:
        AnalysisError: an unknown party or link type, or hops outside 1..6.
    """
    if not 1 <= hops <= 6:  # noqa: PLR2004 - the command line's own bound
        raise AnalysisError("hops", hops, "must be 1 to 6")
    start, goal = view.place(first), view.place(second)
    asked = tuple(types) if types else PATH_TYPES
    arrays = view.snapshot.arrays
    blocked = frozenset(np.flatnonzero(np.asarray(arrays["node_flags"])).tolist())
    search = _Search(neighbours(arrays, asked, view.as_of), blocked)
    bounds = Bounds(hops, asked, view.as_of, view.snapshot.id, view.policy.version)
    if start == goal:
        return PathAnswer((), bounds)
    known = search.distances(start, goal, hops)
    found: list[Path] = []
    for length in range(known.get(start, hops + 1), hops + 1):
        same: list[Path] = []
        for chain in search.chains(start, goal, length, known):
            same.append(_path(view, start, chain))
            if len(same) >= MOST_PATHS:
                search.capped = True
                break
        found += sorted(same, key=lambda path: (-path.strength, path.nodes))
        if len(found) >= limit:
            break
    left = replace(bounds, capped=search.capped, left_out=search.passed_over)
    return PathAnswer(tuple(found[:limit]), left)


def _path(view: View, start: int, chain: Sequence[tuple[int, list[int]]]) -> Path:
    nodes, links = [start], list[Link]()
    there, back = [], []
    for node, rows in chain:
        along = [_factor(view, nodes[-1], node, row) for row in rows]
        against = [_factor(view, node, nodes[-1], row) for row in rows]
        best = max(range(len(rows)), key=lambda place: (max(along[place], against[place]), -place))
        links.append(view.snapshot.link_at(rows[best]))
        there.append(max(along))
        back.append(max(against))
        nodes.append(node)
    factors = there if math.prod(there) >= math.prod(back) else back
    uids = tuple(view.snapshot.uid_at(node) for node in nodes)
    return Path(uids, tuple(links), tuple(factors), math.prod(factors))


def _factor(view: View, giver: int, taker: int, row: int) -> float:
    """Return the factor 0..1 by which exposure passes over one row from `giver` to `taker`."""
    web = view.web
    source, target = int(web.source[row]), int(web.target[row])
    listed = web.out_row[int(web.out_start[source]) : int(web.out_start[source + 1])]
    rows = np.array([int(one) for one in listed if int(web.target[one]) == target], np.int64)
    place = int(np.flatnonzero(rows == row)[0])
    along = 1 if source == giver and target == taker else 0
    ppm = row_factor(web, rows, rows.size, place, along, view.day, view.rules, _NONE)
    return float(min(int(ppm), view.rules.cap) / WHOLE)
