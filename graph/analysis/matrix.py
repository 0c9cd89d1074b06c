"""The parties of a list two by two: what ties each pair, or how far was looked in vain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.between import Ways
from graph.analysis.lens import Deadline, Limits, ball
from graph.analysis.neighbours import PATH_TYPES, type_codes
from graph.analysis.paths import HOPS, MOST_LINKS, MOST_LOOKED, MOST_NODES, find_paths
from graph.analysis.relations import Common, Met, Relation, Relations
from graph.analysis.view import View
from graph.errors import AnalysisError
from graph.model import Bounds
from graph.policy.patterns import rule_of
from graph.snapshot import form

# A list of more suppliers is no tender that is compared pair by pair (screens.md 6).
LEAST_PARTIES, MOST_PARTIES = 2, 200
# Tenders and intermediaries tie by themselves here; a path does not lead over them.
MATRIX_TYPES: Final = tuple(
    name for name in PATH_TYPES if name not in ("BID_IN", "SERVES", "PRACTISES_AT", form.SIGNS_FOR)
)
# How a pair without a closer relation ended: the states of a search for paths.
STATES: Final = ("found", "none", "capped", "timed_out")
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Tie:
    """Two parties of the list: their relations, strongest first, and how the search ended.

    `state`: found, or of a pair without relation none, capped or timed_out within the bounds;
    `met`: how often they bid together, whether or not that is more than chance.
    """

    one: str
    other: str
    relations: tuple[Relation, ...]
    state: str
    met: Met | None = None

    @property
    def strongest(self) -> Relation | None:
        """Return the strongest relation, None where none was found."""
        return self.relations[0] if self.relations else None


@dataclass(frozen=True, slots=True)
class Matrix:
    """All pairs of a list; signs of relation (关联提示), nothing follows from them by themselves.

    `ties` are all pairs in the order of the list; `common` is what too many have to tie anybody.
    """

    uids: tuple[str, ...]
    names: tuple[str, ...]
    ties: tuple[Tie, ...]
    common: tuple[Common, ...]
    bounds: Bounds

    def tie(self, one: str, other: str) -> Tie:
        """Return the pair of two parties of the list, in whatever order."""
        for tie in self.ties:
            if {tie.one, tie.other} == {one, other}:
                return tie
        raise AnalysisError("pair", f"{one} / {other}", "is not of this list")


def matrix(
    view: View,
    uids: Sequence[str],
    *,
    types: Sequence[str] | None = None,
    hops: int = HOPS,
    timeout: float | None = None,
) -> Matrix:
    """Return every pair of 2 to 200 different parties with what ties it, on the view's day.

    Where nothing closer is found the strongest path of at most `hops` links stands for the pair.

    Raises:
        AnalysisError: too few or too many parties, one unknown or named twice, or as find_paths.
    """
    places = tuple(view.place(uid) for uid in uids)
    if len(set(places)) < len(places):
        raise AnalysisError("list", len(places), "names a party twice")
    if not LEAST_PARTIES <= len(places) <= MOST_PARTIES:
        rule = f"must be {LEAST_PARTIES} to {MOST_PARTIES}"
        raise AnalysisError("parties of a list", len(places), rule)
    asked, deadline = tuple(types) if types else MATRIX_TYPES, Deadline(timeout)
    known = Relations(view, places, rule_of("bidder_list"))
    known.gather()
    reach = _Reach(view, places, _ways(view, asked), hops, deadline)
    ties = []
    for first, second in combinations(range(len(places)), 2):
        pair = min(places[first], places[second]), max(places[first], places[second])
        found = tuple(known.found.get(pair, ()))
        state = "found" if found else reach.state(first, second)
        tie = Tie(uids[first], uids[second], found, state, known.met.get(pair))
        if state == "near":
            tie = _with_path(view, tie, asked, hops, deadline)
        ties.append(tie)
    bounds = Bounds(
        hops, asked, view.as_of, view.snapshot.id, view.policy.version,
        capped=any(tie.state == "capped" for tie in ties), timed_out=deadline.passed,
    )  # fmt: skip
    names = tuple(view.snapshot.name_at(place) for place in places)
    common = tuple(sorted(set(known.common), key=lambda one: (one.kind, -one.holders, one.uid)))
    return Matrix(tuple(uids), names, tuple(ties), common, bounds)


def _ways(view: View, types: Sequence[str]) -> Ways:
    allowed = np.zeros(len(form.TYPES), np.uint8)
    allowed[type_codes(types)] = 1
    return Ways(allowed, view.day, _NONE, _NONE, MOST_LINKS)


def _with_path(view: View, tie: Tie, types: Sequence[str], hops: int, deadline: Deadline) -> Tie:
    left = deadline.left()
    found = find_paths(
        view, tie.one, tie.other, types=types, hops=hops, limit=1, order="strongest", timeout=left
    )
    deadline.over()
    if not found.paths:
        state = "capped" if found.state == "capped" else found.state
        return replace(tie, state="none" if state == "not_searched" else state)
    path = found.paths[0]
    keys = tuple(link.key for link in path.links)
    return replace(tie, relations=(Relation("path", keys, path=path),), state="found")


class _Reach:
    """Which pairs may have a path at all: those whose surroundings meet."""

    def __init__(
        self, view: View, places: Sequence[int], ways: Ways, hops: int, deadline: Deadline
    ) -> None:
        self._hops, self._deadline = hops, deadline
        limits = Limits(MOST_NODES, MOST_LOOKED, MOST_LINKS)
        half = (hops + 1) // 2
        self._balls = [ball(view, place, ways, half, limits, deadline) for place in places]
        # A party of the list ends a path also where it would not be walked through.
        ends = [one.stopped[np.isin(one.stopped, places)] for one in self._balls]
        reached = [np.union1d(one.nodes, end) for one, end in zip(self._balls, ends, strict=True)]
        self._near = _meeting(reached)
        self._crowded = _meeting([one.crowded for one in self._balls])

    def state(self, first: int, second: int) -> str:
        """Return near, where a search is worth while, else what a search would say."""
        if self._near[first, second]:
            return "timed_out" if self._deadline.over() else "near"
        if self._deadline.passed:
            return "timed_out"
        return "capped" if self._cut(first, second) else "none"

    def _cut(self, first: int, second: int) -> bool:
        one, two = self._balls[first], self._balls[second]
        if one.full or two.full or self._crowded[first, second]:
            return True
        if one.nearest is None or two.nearest is None:
            return False
        return one.nearest + 1 + two.nearest <= self._hops


def _meeting(sets: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Return which two of the sets have a member in common, (n, n)."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - commands start sooner without scipy

    nodes = np.unique(np.concatenate(sets))
    size = np.array([one.size for one in sets])
    row = np.repeat(np.arange(len(sets)), size)
    column = np.searchsorted(nodes, np.concatenate(sets))
    held = csr_matrix((np.ones(row.size), (row, column)), (len(sets), max(nodes.size, 1)))
    found: NDArray[np.bool_] = (held @ held.T).toarray() > 0
    return found
