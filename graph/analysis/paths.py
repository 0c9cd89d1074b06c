"""Paths between parties: shortest, strongest or easiest to verify first, and how far was looked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from heapq import heappop, heappush
from itertools import islice
from typing import Any, Final, Literal, get_args

import numpy as np

from graph.analysis.edits import rows_of_link
from graph.analysis.kernels.between import Ways
from graph.analysis.lens import Deadline, Lens, Limits, between, strength
from graph.analysis.neighbours import PATH_TYPES, type_codes
from graph.analysis.view import View
from graph.errors import AnalysisError
from graph.model import Bounds, Path
from graph.snapshot import form

Order = Literal["shortest", "strongest", "verifiable"]
State = Literal["found", "none", "not_searched", "timed_out", "capped"]
ORDERS: Final[tuple[str, ...]] = get_args(Order)

# Parties and links that one search looks at before it says that it stopped: about a second.
MOST_NODES = 200_000
MOST_LOOKED = 20_000_000
# A party with more counterparties is not walked through; its links are counted as left out.
MOST_LINKS = 2_000
# Beginnings of paths that are taken up before the search says that it stopped.
MOST_STEPS = 200_000
# Pairs of ends that one question may have.
MOST_PAIRS = 25
HOPS = 4
MOST_HOPS = 6
# Looks at the clock while paths are put in order.
_TICK = 256


@dataclass(frozen=True, slots=True)
class Stop:
    """A party between the ends that no path leads through: `reason`, and its counterparties.

    Reasons: state_organ, nominee (they do not conduct, method 3), supernode (too many links).
    """

    uid: str
    reason: str
    links: int


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """Paths between parties in the order asked for, and how far was looked.

    `stops` stand between the ends and are not led through; `off` are link types that were not
    searched; `without_nodes` and `without_links` were excluded. `more`: there are further paths.
    """

    paths: tuple[Path, ...]
    bounds: Bounds
    order: str = "shortest"
    stops: tuple[Stop, ...] = ()
    off: tuple[str, ...] = ()
    without_nodes: tuple[str, ...] = ()
    without_links: tuple[str, ...] = ()
    more: bool = False

    @property
    def state(self) -> State:
        """Return what no path here means: none, not searched, timed out, or capped."""
        if self.paths:
            return "found"
        if self.bounds.timed_out:
            return "timed_out"
        if self.bounds.capped:
            return "capped"
        return "not_searched" if self.off or self.without_nodes or self.without_links else "none"


@dataclass
class _Asked:
    """One question: what may be walked and how, and what was met on the way."""

    view: View
    ways: Ways
    hops: int
    order: str
    deadline: Deadline
    limits: Limits
    steps: int = 0
    capped: bool = False
    left_out: int = 0
    stops: dict[str, Stop] = field(default_factory=dict)

    def paths(self, one: int, other: int) -> Iterator[tuple[tuple[Any, ...], Path]]:
        """Yield (what they are ordered by, path) of two places in order, from `one` on."""
        # Always from the same end: the answer does not depend on which is named first.
        ends = (min(one, other), max(one, other))
        lens = between(
            self.view, ends, self.ways, self.hops, self.limits, self.deadline,
            recorded_first=self.order == "verifiable",
        )  # fmt: skip
        self.capped |= lens.capped
        self.left_out += lens.left_out
        for met in lens.passed:
            uid = self.view.snapshot.uid_at(met.place)
            self.stops[uid] = Stop(uid, met.reason, met.links)
        if lens.goal < 0:
            return
        for key, chain in self.chains(lens):
            found = _path(self.view, lens, chain)
            yield key, found if ends[0] == one else _turned(found)

    def chains(self, lens: Lens) -> Iterator[tuple[tuple[Any, ...], list[int]]]:
        """Yield (key, entries) of simple paths in order: best first, by what is still to come."""
        heap = [_state(lens, self.order, self.hops, (lens.first,), (), (0, 0, 0))]
        while heap:
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.capped = True
                return
            if self.steps % _TICK == 1 and self.deadline.over():
                return
            key, nodes, entries, gone = heappop(heap)
            if nodes[-1] == lens.goal:
                yield (*key, tuple(lens.nodes[list(nodes)].tolist())), list(entries)
                continue
            left = self.hops - len(entries) - 1
            for entry in range(int(lens.start[nodes[-1]]), int(lens.start[nodes[-1] + 1])):
                node = int(lens.other[entry])
                if lens.right[node] <= left and node not in nodes:
                    added = _added(lens, gone, entry)
                    heappush(
                        heap,
                        _state(
                            lens, self.order, self.hops, (*nodes, node), (*entries, entry), added
                        ),
                    )


_Sums = tuple[int, int, int]
_State = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], _Sums]


def _added(lens: Lens, gone: _Sums, entry: int) -> _Sums:
    onward, back = lens.weights
    return (
        gone[0] + int(onward[entry]),
        gone[1] + int(back[entry]),
        gone[2] + int(lens.unsaid[entry]),
    )


def _state(
    lens: Lens,
    order: str,
    hops: int,
    nodes: tuple[int, ...],
    entries: tuple[int, ...],
    gone: _Sums,
) -> _State:
    """Return the beginning of a path, first what no completion of it can go below."""
    node, left = nodes[-1], hops - len(entries)
    onward, back, unsaid = (
        begun + int(sums[left, node]) for begun, sums in zip(gone, lens.sums, strict=True)
    )
    length, weight = len(entries) + int(lens.right[node]), min(onward, back)
    keys = {
        "shortest": (length, weight),
        "strongest": (weight, length),
        "verifiable": (unsaid, length, weight),
    }
    return keys[order], nodes, entries, gone


def path_types(only: Sequence[str] | None = None, without: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the link types to search: those asked for or all usual ones, less some.

    Raises:
        AnalysisError: a type is not declared, or none is left.
    """
    type_codes([*(only or ()), *without])
    left = tuple(name for name in (only or PATH_TYPES) if name not in without)
    if not left:
        raise AnalysisError("link types", ",".join(without), "leave no type to search")
    return left


def find_paths(  # noqa: PLR0913 - one question with its bounds, all but the ends by name
    view: View,
    first: str | Sequence[str],
    second: str | Sequence[str],
    *,
    types: Sequence[str] | None = None,
    hops: int = HOPS,
    limit: int = 10,
    order: str = "shortest",
    without_nodes: Sequence[str] = (),
    without_links: Sequence[str] = (),
    timeout: float | None = None,
) -> PathAnswer:
    """Return up to `limit` simple paths of at most `hops` links between two parties, in order.

    `order`: shortest (then strongest), strongest (then shortest), verifiable (fewest links that
    are no recorded fact, then shortest). Several starts or ends are each looked at with each.
    State holders, nominees and parties with very many links end a path but are not passed through.
    The strength of a path is the product of its factors in the stronger direction. Exact within
    the bounds; exchanging the ends turns the same paths round. `timeout` in seconds.

    Raises:
        AnalysisError: an unknown party, link, link type or order, hops outside 1..6, too many ends.
    """
    if not 1 <= hops <= MOST_HOPS:
        raise AnalysisError("hops", hops, f"must be 1 to {MOST_HOPS}")
    if order not in ORDERS:
        raise AnalysisError("order", order, f"must be one of {', '.join(ORDERS)}")
    asked = tuple(types) if types else PATH_TYPES
    pairs = _pairs(view, first, second)
    for uid in without_nodes:
        if any(view.place(uid) in pair for pair in pairs):
            raise AnalysisError("party", uid, "is an end of the path and cannot be left out")
    search = _Asked(
        view, _ways(view, asked, without_nodes, without_links), hops, order,
        Deadline(timeout), Limits(MOST_NODES, MOST_LOOKED, MOST_LINKS),
    )  # fmt: skip
    found: list[tuple[tuple[Any, ...], Path]] = []
    for one, other in pairs:
        found += islice(search.paths(one, other), limit + 1)
    found.sort(key=lambda pair: pair[0])
    bounds = Bounds(
        hops, asked, view.as_of, view.snapshot.id, view.policy.version,
        capped=search.capped, timed_out=search.deadline.passed, left_out=search.left_out,
    )  # fmt: skip
    return PathAnswer(
        tuple(path for _, path in found[:limit]),
        bounds,
        order,
        tuple(search.stops[uid] for uid in sorted(search.stops)),
        tuple(name for name in PATH_TYPES if name not in asked),
        tuple(without_nodes),
        tuple(without_links),
        more=len(found) > limit,
    )


def _pairs(
    view: View, first: str | Sequence[str], second: str | Sequence[str]
) -> list[tuple[int, int]]:
    ends = [
        [view.place(uid) for uid in ((side,) if isinstance(side, str) else side)]
        for side in (first, second)
    ]
    pairs = {(min(one, two), max(one, two)): (one, two) for one in ends[0] for two in ends[1]}
    if len(pairs) > MOST_PAIRS:
        raise AnalysisError("pairs of ends", len(pairs), f"must be at most {MOST_PAIRS}")
    return [pairs[key] for key in sorted(pairs) if key[0] != key[1]]


def _ways(
    view: View, types: Sequence[str], without_nodes: Sequence[str], without_links: Sequence[str]
) -> Ways:
    allowed = np.zeros(len(form.TYPES), np.uint8)
    allowed[type_codes(types)] = 1
    rows: list[int] = reduce(lambda got, key: got + rows_of_link(view, key), without_links, [])
    return Ways(
        allowed,
        view.day,
        np.array(sorted(set(rows)), np.int64),
        np.array(sorted({view.place(uid) for uid in without_nodes}), np.int64),
        MOST_LINKS,
    )


def _path(view: View, lens: Lens, entries: Sequence[int]) -> Path:
    places = [lens.first, *(int(lens.other[entry]) for entry in entries)]
    ways = ([int(way[entry]) for entry in entries] for way in (lens.onward, lens.back))
    factors, product = strength(*ways)
    return Path(
        tuple(view.snapshot.uid_at(int(lens.nodes[place])) for place in places),
        tuple(view.snapshot.link_at(int(lens.row[entry])) for entry in entries),
        factors,
        product,
    )


def _turned(path: Path) -> Path:
    return Path(path.nodes[::-1], path.links[::-1], path.factors[::-1], path.strength)
