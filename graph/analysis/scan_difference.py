"""What changed from one scan to another, by party, and because of which record or link."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.answers import Contribution, Exposure
from graph.analysis.edits import DropLink, DropRecord, Edit
from graph.analysis.exposure import MOST_PARTS, expose
from graph.analysis.view import View
from graph.analysis.whole_graph import LEVELS, Scan
from graph.errors import AnalysisError, SnapshotError

Floats = NDArray[np.float64]
# Exposure is shown with three decimals: a difference below half of the last is none.
SHOWN = 0.0005
# More causes of one party are not looked at one by one.
MOST_CAUSES = 20
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Shift:
    """One party whose exposure or level is another: values 0..1; None where it was not there."""

    uid: str
    before: float | None
    after: float | None
    level_before: str
    level_after: str

    @property
    def change(self) -> float:
        """Return by how much the exposure rose, below 0 where it fell."""
        return (self.after or 0.0) - (self.before or 0.0)


@dataclass(frozen=True, slots=True)
class Shifts:
    """Every party that changed, largest change first, and what the changes add up to.

    `parties` are those in either; of them `rose`, `fell` and `same`. `released` had exposure and
    have none. `moves` counts by (level before, level after), "" where the party was not there.
    """

    listed: tuple[Shift, ...]
    parties: int
    rose: int
    fell: int
    same: int
    released: int
    moves: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Cause:
    """A record or link, by uid or key, that came, went or has another strength or factor.

    `before`, `after` 0..1, None where it is not there. `effect` is by how much the exposure
    differs with and without it, alone.
    """

    kind: str
    name: str
    what: str
    before: float | None
    after: float | None
    effect: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a party's exposure changed; `rest` is what the causes together leave unexplained."""

    shift: Shift
    causes: tuple[Cause, ...]
    rest: float

    @property
    def attributed(self) -> bool:
        """Whether without the causes the party stands as it did, shown to three decimals."""
        return bool(self.causes) and abs(self.rest) < SHOWN


def _places(uids: NDArray[np.bytes_], wanted: NDArray[np.bytes_]) -> NDArray[np.int64]:
    if uids.size == 0:
        return np.full(wanted.size, -1)
    found = np.minimum(np.searchsorted(uids, wanted), uids.size - 1)
    return np.where(uids[found] == wanted, found, -1)


def shifts(old: Scan, new: Scan, uids: tuple[NDArray[np.bytes_], NDArray[np.bytes_]]) -> Shifts:
    """Return what changed from `old` to `new`; `uids` are those of both, in order.

    Raises:
        AnalysisError: the scans ask under different policies, or over other numbers of links.
    """
    asked = [(one.policy, one.hops) for one in (old, new)]
    if asked[0] != asked[1]:
        said = " / ".join(f"{policy}, {hops} links" for policy, hops in asked)
        raise AnalysisError("scans", said, "must be under one policy and over as many links")
    every = np.union1d(*uids)
    then, now = (_places(mine, every) for mine in uids)
    before, after = (_taken(one.exposure, at) for one, at in ((old, then), (new, now)))
    levels = [_taken(one.level, at) for one, at in ((old, then), (new, now))]
    change = after - before
    moved = (np.abs(change) >= SHOWN) | (levels[0] != levels[1])
    places = np.flatnonzero(moved)
    places = places[np.lexsort((places, -np.abs(change[places])))]
    named = [
        np.where(there[places] >= 0, np.array(LEVELS)[codes[places].astype(np.int64)], "").tolist()
        for codes, there in zip(levels, (then, now), strict=True)
    ]
    listed = tuple(
        Shift(
            bytes(every[place]).decode(),
            float(before[place]) if then[place] >= 0 else None,
            float(after[place]) if now[place] >= 0 else None,
            named[0][turn],
            named[1][turn],
        )
        for turn, place in enumerate(places.tolist())
    )
    moves: dict[tuple[str, str], int] = {}
    for one in listed:
        if one.level_before != one.level_after:
            key = (one.level_before, one.level_after)
            moves[key] = moves.get(key, 0) + 1
    rose, fell = int((change >= SHOWN).sum()), int((change <= -SHOWN).sum())
    return Shifts(
        listed=listed,
        parties=every.size,
        rose=rose,
        fell=fell,
        same=every.size - rose - fell,
        released=int(((before > 0) & (after == 0)).sum()),
        moves=dict(sorted(moves.items())),
    )


def _taken(values: NDArray[np.generic], at: NDArray[np.int64]) -> Floats:
    """Return values by place, 0 where there is none."""
    if values.size == 0:
        return np.zeros(at.size)
    return np.where(at >= 0, np.asarray(values)[np.maximum(at, 0)], 0)


def reason(old: View, new: View, shift: Shift, hops: int) -> Reason:
    """Return why a party's exposure changed: what differs among the contributions then and now.

    Each cause is tried alone, then all are left out of both: what then still differs is the rest.
    Where more than MOST_CAUSES differ, or more contributions than are listed, it may be large.
    """
    sides = [_exposure(view, shift.uid, hops, ()) for view in (old, new)]
    causes = [
        cause
        for kind in ("record", "link")
        for cause in _causes(old, new, kind, [_values(one, kind) for one in sides])
    ]
    causes.sort(key=lambda one: (-abs((one.after or 0) - (one.before or 0)), one.kind, one.name))
    causes = causes[:MOST_CAUSES]
    tried = [_tried(old, new, shift, hops, cause, sides) for cause in causes]
    left = [_value(_exposure(view, shift.uid, hops, _edits(view, causes))) for view in (old, new)]
    tried.sort(key=lambda one: (-abs(one.effect), one.kind, one.name))
    return Reason(shift, tuple(tried), left[1] - left[0])


def _exposure(view: View, uid: str, hops: int, edits: Sequence[Edit]) -> Exposure | None:
    return None if view.snapshot.find(uid) is None else expose(view, uid, hops, edits)


def _value(found: Exposure | None) -> float:
    return 0.0 if found is None else found.exposure


def _values(found: Exposure | None, kind: str) -> dict[str, float]:
    """Return the strength of each record, or the factor of each link, in the contributions."""
    parts: Iterable[Contribution] = () if found is None else found.contributions[:MOST_PARTS]
    if kind == "record":
        return {part.record: part.strength for part in parts if part.record}
    return {
        key: factor for part in parts for key, factor in zip(part.links, part.factors, strict=True)
    }


def _there(view: View, kind: str, name: str) -> bool:
    if kind == "record":
        return view.snapshot.has_record(name)
    try:
        view.snapshot.link(name)
    except SnapshotError:
        return False
    return True


def _causes(
    old: View, new: View, kind: str, values: Sequence[Mapping[str, float]]
) -> Iterator[Cause]:
    """Yield what differs between the values of two scans, by name."""
    for name in sorted(values[0].keys() | values[1].keys()):
        cause = _cause(old, new, kind, name, values[0].get(name), values[1].get(name))
        if cause is not None:
            yield cause


def _cause(
    old: View, new: View, kind: str, name: str, was: float | None, now: float | None
) -> Cause | None:
    """Return the cause that a record or link is, or None where it is as it was."""
    if was is not None and now is not None:
        return None if was == now else Cause(kind, name, CHANGED, was, now, 0.0)
    there = _there(old, kind, name), _there(new, kind, name)
    if there == (True, True):
        # A record that counts on one side alone changed; a link may only stand behind another.
        return Cause(kind, name, CHANGED, was, now, 0.0) if kind == "record" else None
    return Cause(kind, name, REMOVED if there[0] else ADDED, was, now, 0.0)


def _edits(view: View, causes: Sequence[Cause]) -> list[Edit]:
    """Return the edits by which a graph stands without what caused the change."""
    return [
        DropRecord(cause.name) if cause.kind == "record" else DropLink(cause.name)
        for cause in causes
        if _there(view, cause.kind, cause.name)
    ]


def _tried(
    old: View,
    new: View,
    shift: Shift,
    hops: int,
    cause: Cause,
    sides: Sequence[Exposure | None],
) -> Cause:
    """Return the cause with its effect: what it adds now less what it added then."""
    effect = 0.0
    for view, side, sign in ((old, sides[0], -1), (new, sides[1], 1)):
        if edits := _edits(view, [cause]):
            without = _value(_exposure(view, shift.uid, hops, edits))
            effect += sign * (_value(side) - without)
    return Cause(cause.kind, cause.name, cause.what, cause.before, cause.after, effect)
