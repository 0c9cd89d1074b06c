"""Who holds a company, or what a party holds, to a depth: what a picture of ownership shows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import networkx as nx

from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import is_holding
from graph.analysis.view import View

# More layers than this nobody reads in one picture (screens.md 4).
MOST_DEPTH = 6
# Of one company so many holders are drawn, largest first; the rest is counted.
MOST_BESIDE = 12
# Parties of one picture.
MOST_PARTIES = 120


@dataclass(frozen=True, slots=True)
class Stake:
    """What a holder has in a company by its own rows: `share` 0..1, None without any figure."""

    holder: str
    company: str
    share: float | None
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Part of the ownership around a party.

    `layers` are the uids drawn with their distance from the party, nearest first. `undisclosed`
    0..1 is by company what its recorded holders leave open (upward only). `left_out` counts by
    party what stands beside those drawn, `deeper` names parties behind which more is recorded.
    `rings` are parties that hold one another, each ring in order.
    """

    uid: str
    upward: bool
    depth: int
    layers: Mapping[str, int]
    stakes: tuple[Stake, ...]
    undisclosed: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    deeper: frozenset[str] = frozenset()
    rings: tuple[tuple[str, ...], ...] = ()


def _rows(view: View, place: int, *, upward: bool) -> list[int]:
    web = view.web
    start, row = (web.in_start, web.in_row) if upward else (web.out_start, web.out_row)
    listed = row[int(start[place]) : int(start[place + 1])].tolist()
    return [one for one in listed if is_holding(web, one, view.day)]


def _beside(view: View, place: int, *, upward: bool) -> list[tuple[int, int, list[int]]]:
    """Return (other, ppm, rows) of each counterparty, largest share first; -1 without a figure."""
    web = view.web
    rows: dict[int, list[int]] = {}
    for row in _rows(view, place, upward=upward):
        rows.setdefault(int((web.source if upward else web.target)[row]), []).append(row)
    found = []
    for other, listed in rows.items():
        said = [int(web.share[row]) for row in listed if web.share[row] >= 0]
        found.append((other, sum(said) if said else -1, sorted(listed)))
    return sorted(found, key=lambda one: (-one[1], view.snapshot.uid_at(one[0])))


@dataclass
class _Growth:
    """A tree while it grows."""

    view: View
    upward: bool
    layers: dict[int, int]
    stakes: list[Stake] = field(default_factory=list)
    undisclosed: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def grow(self, place: int) -> Iterator[int]:
        """Draw what stands beside a party, and yield who was not drawn before."""
        snapshot = self.view.snapshot
        beside = _beside(self.view, place, upward=self.upward)
        uid = snapshot.uid_at(place)
        if self.upward and any(other != place for other, _, _ in beside):
            open_ppm = WHOLE - sum(max(ppm, 0) for _, ppm, _ in beside)
            if open_ppm > 0:
                self.undisclosed[uid] = open_ppm / WHOLE
        drawn = left = 0
        for other, ppm, rows in beside:
            known = other in self.layers
            if not known and (drawn >= MOST_BESIDE or len(self.layers) >= MOST_PARTIES):
                left += 1
                continue
            if not known:
                drawn += 1
                self.layers[other] = self.layers[place] + 1
                yield other
            holder, company = (other, place) if self.upward else (place, other)
            keys = tuple(self.view.key_at(row) for row in rows)
            share = None if ppm < 0 else ppm / WHOLE
            self.stakes.append(
                Stake(snapshot.uid_at(holder), snapshot.uid_at(company), share, keys)
            )
        if left:
            self.left_out[uid] = left


def rings_among(stakes: Iterable[Stake]) -> tuple[tuple[str, ...], ...]:
    """Return the parties that hold one another, directly or through others, ring by ring.

    >>> rings_among([Stake("a", "b", .3, ()), Stake("b", "a", .2, ()), Stake("p", "a", .7, ())])
    (('a', 'b'),)
    """
    graph = nx.DiGraph((one.holder, one.company) for one in stakes)
    rings = (tuple(sorted(ring)) for ring in nx.strongly_connected_components(graph))
    return tuple(sorted(ring for ring in rings if len(ring) > 1))


def ownership_tree(view: View, uid: str, depth: int, *, upward: bool) -> Tree:
    """Return who holds a party, or what it holds, to so many layers on the view's day.

    AnalysisError for an unknown party.
    """
    start = view.place(uid)
    growth = _Growth(view, upward, {start: 0})
    ring = [start]
    for _ in range(min(depth, MOST_DEPTH)):
        ring = [other for place in ring for other in growth.grow(place)]
    named = view.snapshot.uid_at
    return Tree(
        uid=named(start),
        upward=upward,
        depth=depth,
        layers={named(place): layer for place, layer in growth.layers.items()},
        stakes=tuple(growth.stakes),
        undisclosed=growth.undisclosed,
        left_out=growth.left_out,
        deeper=frozenset(named(place) for place in ring if _rows(view, place, upward=upward)),
        rings=rings_among(growth.stakes),
    )
