"""Everything that lies on a walk of bounded length between two parties, and what was passed over.

Both ends are looked around alternately until the rings meet; then only what lies between remains.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.between import (
    CROWDED,
    HOLDS_BACK,
    OPEN,
    Ways,
    among,
    counterparties,
    factors,
    least_sums,
    reasons,
    ring,
)
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.view import View
from graph.snapshot import form
from graph.snapshot.arrays import STATE

Ints = NDArray[np.int64]
# Parties of a ring that are looked at between two looks at the clock.
_CHUNK = 4_096
# Strengths are compared as whole multiples of 2**-40 of a natural logarithm: sums of them are
# exact and do not depend on the end from which they are added.
_SCALE = 2.0**40
# A link that passes nothing: more than any six links that pass something.
_NOTHING = 1 << 56
_NONE = np.zeros(0, np.int64)
_UNKNOWN = np.zeros(0, np.int8)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes: parties it looks at, links it looks at, links of one party."""

    nodes: int
    looked: int
    links: int


class Deadline:
    """The moment at which a search stops; it never stops without a time limit."""

    def __init__(self, seconds: float | None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds
        self.passed = False

    def left(self) -> float | None:
        """Return how many seconds are left, None without a time limit."""
        return None if self._until is None else max(self._until - time.monotonic(), 0.0)

    def over(self) -> bool:
        """Return whether the time is up, and remember it."""
        if self._until is not None and time.monotonic() >= self._until:
            self.passed = True
        return self.passed


@dataclass(frozen=True, slots=True)
class Passed:
    """A party that stands between both ends and was not walked through; `links` as counted."""

    place: int
    reason: str
    links: int


@dataclass
class Lens:
    """Links between nodes that may lie on a path, in CSR form, and how far was looked.

    `nodes` (n,) places in order, `first` and `goal` numbers among them (goal -1: not reached).
    Entry j leads from its node to `other[j]` over `row[j]`, the best row of the pair; `onward[j]`
    and `back[j]` are ppm, `unsaid[j]` 1 where the row is no recorded fact. `right` (n,) is the
    least number of links to the goal; `sums` the least sums (hops + 1, n) of the logarithms
    onward, back, and of `unsaid`.
    """

    nodes: Ints
    first: int
    goal: int
    start: Ints = field(default_factory=lambda: _NONE)
    other: Ints = field(default_factory=lambda: _NONE)
    row: Ints = field(default_factory=lambda: _NONE)
    onward: Ints = field(default_factory=lambda: _NONE)
    back: Ints = field(default_factory=lambda: _NONE)
    unsaid: Ints = field(default_factory=lambda: _NONE)
    right: Ints = field(default_factory=lambda: _NONE)
    weights: tuple[Ints, Ints] = (_NONE, _NONE)
    sums: tuple[NDArray[np.int64], ...] = ()
    passed: list[Passed] = field(default_factory=list)
    capped: bool = False
    left_out: int = 0


@dataclass
class _Side:
    """One end, its distances by place (-1 unknown), and its rings."""

    place: int
    distance: NDArray[np.int8]
    rings: list[Ints]
    crowded: int | None = None

    @property
    def level(self) -> int:
        return len(self.rings) - 1


@dataclass
class _Look:
    """One search between two places."""

    view: View
    ways: Ways
    ends: tuple[int, int]
    hops: int
    limits: Limits
    deadline: Deadline
    seen: int = 0
    looked: int = 0
    full: bool = False
    capped: bool = False

    def why(self, nodes: Ints) -> Ints:
        """Return of each node whether it is walked through, or why not."""
        ways = self.ways
        known = _UNKNOWN
        if not ways.rows.size:
            # Whether a party has too many links is the same in every search of these types.
            known = self.view.kept(("walked", ways.types.tobytes(), ways.most))
        return reasons(self.view.web, ways, nodes, known)

    def side(self, place: int) -> _Side:
        distance = np.full(self.view.web.blocked.size, -1, np.int8)
        distance[place] = 0
        return _Side(place, distance, [np.array([place], np.int64)])

    def walked(self, nodes: Ints) -> tuple[Ints, Ints, Ints]:
        """Return which nodes are walked through, and which not and why."""
        why = self.why(nodes)
        why[np.isin(nodes, self.ends)] = OPEN
        return nodes[why == OPEN], nodes[why != OPEN], why[why != OPEN]

    def begin(self) -> None:
        """Count anew: what lies between is at most what was looked at before."""
        self.capped |= self.full
        self.seen, self.looked, self.full = 0, 0, False

    def grow(self, side: _Side, other: _Side | None = None) -> Ints:
        """Add a ring to a side, within reach of the other side where that is given; return it."""
        level = len(side.rings)
        nodes, stopped, why = self.walked(side.rings[-1])
        if side.crowded is None and (why == CROWDED).any():
            side.crowded = level - 1
        reach = -1 if other is None else self.hops - level
        known = side.distance if other is None else other.distance
        parts = []
        for begin in range(0, nodes.size, _CHUNK):
            if self.full or self.deadline.over():
                break
            found = np.empty(max(self.limits.nodes - self.seen, 0), np.int64)
            count, looked = ring(
                self.view.web, self.ways, nodes[begin : begin + _CHUNK],
                side.distance, level, known, reach, found,
            )  # fmt: skip
            self.looked += int(looked)
            self.full |= count > found.size or self.looked > self.limits.looked
            parts.append(found[:count].copy())
            self.seen += parts[-1].size
        side.rings.append(np.concatenate(parts) if parts else _NONE)
        return stopped


def between(  # noqa: PLR0913 - a search and its bounds
    view: View,
    ends: tuple[int, int],
    ways: Ways,
    hops: int,
    limits: Limits,
    deadline: Deadline,
    *,
    recorded_first: bool = False,
) -> Lens:
    """Return what lies on walks of at most `hops` links between two different places.

    `recorded_first`: of parallel links a recorded one stands for the pair, else the strongest.
    """
    look = _Look(view, ways, ends, hops, limits, deadline)
    left, right = look.side(ends[0]), look.side(ends[1])
    while left.level + right.level < hops:
        look.grow(min((left, right), key=lambda side: _width(view, side)))
    for side in (left, right):
        _notice(look, side)
    # From here on only what the other side reached within the links that are left.
    look.begin()
    last, reached = right.rings[-1], left.distance
    right.rings[-1] = last[(reached[last] >= 0) & (reached[last] <= hops - right.level)]
    while right.level < hops:
        look.grow(right, left)
    look.begin()
    inner = look.side(ends[0])
    stops = [look.grow(inner, right) for _ in range(hops)]
    look.begin()
    lens = _lens(look, inner, np.unique(np.concatenate([*stops, _NONE])), (left, right))
    if lens.goal >= 0:
        _fill(look, lens, inner, right, recorded_first=recorded_first)
    return lens


@dataclass(frozen=True, slots=True)
class Ball:
    """Parties around a place: `nodes` that are walked through, `stopped` that are not.

    `crowded` are those stopped for too many links, `nearest` the distance of the first of them,
    None without any; `full`: a bound was met.
    """

    nodes: Ints
    stopped: Ints
    crowded: Ints
    nearest: int | None
    full: bool


def ball(
    view: View, place: int, ways: Ways, links: int, limits: Limits, deadline: Deadline
) -> Ball:
    """Return who stands within so many links of a place, nobody walked through who may not be."""
    look = _Look(view, ways, (place, place), links, limits, deadline)
    side = look.side(place)
    for _ in range(links):
        look.grow(side)
    _notice(look, side)
    nodes, stopped, why = look.walked(np.concatenate(side.rings))
    return Ball(nodes, stopped, stopped[why == CROWDED], side.crowded, look.full)


def _width(view: View, side: _Side) -> tuple[int, int]:
    nodes, web = side.rings[-1], view.web
    degrees = web.out_start[nodes + 1] - web.out_start[nodes]
    degrees = degrees + web.in_start[nodes + 1] - web.in_start[nodes]
    return int(degrees.sum()), side.level


def _notice(look: _Look, side: _Side) -> None:
    """Note whether a party with too many links stands on the outermost ring."""
    if side.crowded is None and (look.walked(side.rings[-1])[2] == CROWDED).any():
        side.crowded = side.level


def _lens(look: _Look, inner: _Side, stopped: Ints, sides: tuple[_Side, _Side]) -> Lens:
    """Return the nodes between both ends, and what was not walked through."""
    nodes = np.setdiff1d(np.concatenate(inner.rings), stopped)
    first, goal = np.searchsorted(nodes, look.ends).tolist()
    lens = Lens(nodes, first, goal if look.ends[1] in nodes else -1)
    web, ways = look.view.web, look.ways
    why = look.why(stopped)
    for place, code in zip(stopped.tolist(), why.tolist(), strict=True):
        held = "state_organ" if int(web.blocked[place]) & STATE else "nominee"
        reason = held if code == HOLDS_BACK else "supernode"
        lens.passed.append(Passed(place, reason, int(counterparties(web, ways, place))))
    lens.left_out = sum(one.links for one in lens.passed if one.reason == "supernode")
    # One with too many links beside each end: a path over both was not looked for.
    far = [side.crowded for side in sides if side.crowded is not None]
    both = len(far) == len(sides) and sum(far) + 1 <= look.hops
    lens.capped = look.capped or both or lens.left_out > 0
    return lens


def _fill(look: _Look, lens: Lens, inner: _Side, right: _Side, *, recorded_first: bool) -> None:
    """Give a lens its links, their factors, and the least sums to the goal."""
    view, web = look.view, look.view.web
    with view.room() as room:
        number = room.number
        number[lens.nodes] = np.arange(lens.nodes.size, dtype=np.int32)
        far = inner.distance, right.distance
        entries = among(web, look.ways, lens.nodes, number, *far, look.hops)
        number[lens.nodes] = -1
    here, there, row = entries
    onward, back = factors(web, view.rules, view.day, lens.nodes[here], row, _NONE)
    unsaid = (np.asarray(web.flags)[row] & (form.LEAD | form.COMPUTED) > 0).astype(np.int64)
    order = np.lexsort((row, -np.maximum(onward, back), unsaid * recorded_first, there, here))
    here, there, row, onward, back, unsaid = (
        one[order] for one in (here, there, row, onward, back, unsaid)
    )
    fresh = np.ones(here.size, np.bool_)
    fresh[1:] = (here[1:] != here[:-1]) | (there[1:] != there[:-1])
    begins = np.flatnonzero(fresh)
    if recorded_first and begins.size:
        # Beside a recorded link of a pair the others say nothing of its strength.
        other = unsaid > unsaid[begins][np.cumsum(fresh) - 1]
        onward, back = np.where(other, 0, onward), np.where(other, 0, back)
    lens.other, lens.row, lens.unsaid = there[begins], row[begins], unsaid[begins]
    lens.onward = np.maximum.reduceat(onward, begins) if begins.size else _NONE
    lens.back = np.maximum.reduceat(back, begins) if begins.size else _NONE
    lens.start = np.zeros(lens.nodes.size + 1, np.int64)
    np.cumsum(np.bincount(here[begins], minlength=lens.nodes.size), out=lens.start[1:])
    lens.weights = (_weights(lens.onward), _weights(lens.back))
    lens.right = right.distance[lens.nodes].astype(np.int64)
    lens.sums = tuple(
        least_sums(lens.start, lens.other, weight, lens.goal, look.hops)
        for weight in (*lens.weights, lens.unsaid)
    )


def _weights(ppm: Ints) -> Ints:
    known = -np.log(np.maximum(ppm, 1) / WHOLE) * _SCALE
    return np.where(ppm > 0, np.rint(known).astype(np.int64), _NOTHING)


def strength(onward: Sequence[int], back: Sequence[int]) -> tuple[tuple[float, ...], float]:
    """Return the factors 0..1 in the stronger direction and their product."""
    both = tuple(tuple(ppm / WHOLE for ppm in way) for way in (onward, back))
    best = both[0] if math.prod(both[0]) >= math.prod(both[1]) else both[1]
    return best, math.prod(best)
