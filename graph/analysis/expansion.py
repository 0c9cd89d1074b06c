"""Whom to show next beside a party: chosen by link type, way and record, in a stated order."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from graph.analysis.neighbours import ALL_TYPES, neighbours
from graph.errors import AnalysisError
from graph.snapshot import form
from graph.snapshot.reader import Snapshot
from graph.snapshot.status import active_records

Order = Literal["exposure", "degree", "name"]
Way = Literal["both", "out", "in"]
ORDERS: tuple[Order, ...] = ("exposure", "degree", "name")
WAYS: tuple[Way, ...] = ("both", "out", "in")
# An exposure is computed for so many at most; of more, those with most links come first.
MOST_RANKED = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which neighbours are asked for; `types` None are all, `limit` how many come at once."""

    limit: int
    types: tuple[str, ...] | None = None
    order: Order = "degree"
    way: Way = "both"
    with_record: bool = False


@dataclass(frozen=True, slots=True)
class Expansion:
    """Who comes next, in order, and how many more there are of the same kind."""

    uids: tuple[str, ...]
    left: int


def expansion(
    snapshot: Snapshot,
    uid: str,
    shown: Collection[str],
    wanted: Wanted,
    as_of: date | None,
    rank: Callable[[str], float],
) -> Expansion:
    """Return the neighbours of a party that are not shown yet; `rank` gives an exposure by uid.

    Equal ones stand by name, then by uid: the same question has the same answer.

    Raises:
        AnalysisError: an unknown party or link type.
    """
    place = snapshot.find(uid)
    if place is None:
        raise AnalysisError("party", uid, f"is not in snapshot {snapshot.id}")
    near = neighbours(snapshot.arrays, wanted.types or ALL_TYPES, as_of)
    places = _beside(snapshot, place, near.rows(place), wanted.way)
    hidden = {other: found for other in places if (found := snapshot.uid_at(other)) not in shown}
    if wanted.with_record:
        day = form.day_number(as_of or date.max)
        active = active_records(snapshot.arrays, list(hidden), day)
        hidden = {other: found for other, found in hidden.items() if other in active}
    ordered = _ordered(snapshot, hidden, wanted.order, rank)
    return Expansion(tuple(ordered[: wanted.limit]), max(0, len(ordered) - wanted.limit))


def in_common(
    snapshot: Snapshot,
    uids: Sequence[str],
    shown: Collection[str],
    types: tuple[str, ...] | None,
    as_of: date | None,
) -> tuple[str, ...]:
    """Return who is a neighbour of each of these parties and not shown yet, by name, then by uid.

    Raises:
        AnalysisError: an unknown party or link type.
    """
    near = neighbours(snapshot.arrays, types or ALL_TYPES, as_of)
    shared: set[int] | None = None
    for uid in uids:
        place = snapshot.find(uid)
        if place is None:
            raise AnalysisError("party", uid, f"is not in snapshot {snapshot.id}")
        beside = set(_beside(snapshot, place, near.rows(place), "both"))
        shared = beside if shared is None else shared & beside
    found = {other: snapshot.uid_at(other) for other in shared or ()}
    hidden = {other: uid for other, uid in found.items() if uid not in shown}
    return tuple(_ordered(snapshot, hidden, "name", lambda _: 0.0))


def _beside(
    snapshot: Snapshot, place: int, rows: np.ndarray[tuple[int], np.dtype[np.int64]], way: Way
) -> list[int]:
    source, target = snapshot.arrays["link_source"][rows], snapshot.arrays["link_target"][rows]
    out, into = target[source == place], source[target == place]
    parts = {"out": [out], "in": [into], "both": [out, into]}[way]
    others = np.unique(np.concatenate(parts))
    return [int(other) for other in others if int(other) != place]


def _ordered(
    snapshot: Snapshot, hidden: dict[int, str], order: Order, rank: Callable[[str], float]
) -> Sequence[str]:
    named = sorted(hidden, key=lambda one: (snapshot.name_at(one), hidden[one]))
    if order == "name":
        return [hidden[one] for one in named]
    starts = [snapshot.arrays[f"{side}_start"] for side in ("out", "in")]
    busy = sorted(named, key=lambda one: -sum(int(s[one + 1]) - int(s[one]) for s in starts))
    if order == "exposure":
        first = [hidden[one] for one in busy[:MOST_RANKED]]
        worth = {uid: rank(uid) for uid in first}
        return [
            *sorted(first, key=lambda one: -worth[one]),
            *(hidden[one] for one in busy[MOST_RANKED:]),
        ]
    return [hidden[one] for one in busy]
