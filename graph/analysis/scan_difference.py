"""What changed from one scan to another, by party, and because of which record or link."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.analysis.answers import Contribution, Exposure
from graph.analysis.edits import DropLink, DropRecord, Edit, rows_of_link
from graph.analysis.exposure import expose
from graph.analysis.kernels.factors import WHOLE, age_weight
from graph.analysis.view import Arrays, View
from graph.analysis.whole_graph import LEVELS, Scan
from graph.errors import AnalysisError

Floats = NDArray[np.float64]
# Exposure is shown with three decimals: a difference below half of the last is none.
SHOWN = 0.0005
# More causes of one party are not tried one by one, but all together.
MOST_CAUSES = 20
# So often what still contributes without the causes found so far is looked through for more.
_ROUNDS = 4
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

    `parties` are those in either; of them `rose`, `fell` and `same`. Of those that fell `released`
    have no exposure any more. `moves` counts by (level before, level after), "" where the party
    was not there.
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
    """Why a party's exposure changed.

    `causes` were each tried alone, largest effect first. `further` more were only tried together
    with one another, which makes `further_effect`. `rest` is what all of them leave unexplained.
    """

    shift: Shift
    causes: tuple[Cause, ...]
    rest: float
    further: int = 0
    further_effect: float = 0.0

    @property
    def attributed(self) -> bool:
        """Whether without the causes the party stands as it did, shown to three decimals."""
        return bool(self.causes) and abs(self.rest) < SHOWN


def _places(uids: NDArray[np.bytes_], wanted: NDArray[np.bytes_]) -> NDArray[np.int64]:
    if uids.size == 0:
        return np.full(wanted.size, -1)
    found = np.minimum(np.searchsorted(uids, wanted), uids.size - 1)
    return np.where(uids[found] == wanted, found, -1)


Snapshots = tuple[Arrays, Arrays]


def shifts(old: Scan, new: Scan, snapshots: Snapshots) -> Shifts:
    """Return what changed from `old` to `new`, each of its snapshot.

    Raises:
        AnalysisError: the scans ask under different policies, or over other numbers of links.
    """
    asked = [(one.policy, one.hops) for one in (old, new)]
    if asked[0] != asked[1]:
        said = " / ".join(f"{policy}, {hops} links" for policy, hops in asked)
        raise AnalysisError("scans", said, "must be under one policy and over as many links")
    uids = [np.asarray(one.arrays["uids"]) for one in snapshots]
    party = [np.asarray(one.arrays["node_party"], np.bool_) for one in snapshots]
    every = np.union1d(uids[0][party[0]], uids[1][party[1]])
    then, now = (_places(mine, every) for mine in uids)
    before, after = (_taken(one.exposure, at) for one, at in ((old, then), (new, now)))
    levels = [_taken(one.level, at) for one, at in ((old, then), (new, now))]
    change = after - before
    rose, fell = change >= SHOWN, change <= -SHOWN
    places = np.flatnonzero(rose | fell | (levels[0] != levels[1]))
    places = places[np.lexsort((places, -np.abs(change[places])))]
    values = [
        [float(value) if at >= 0 else None for value, at in zip(one, there, strict=True)]
        for one, there in ((before[places], then[places]), (after[places], now[places]))
    ]
    named = [
        np.where(there[places] >= 0, np.array(LEVELS)[codes[places].astype(np.int64)], "").tolist()
        for codes, there in zip(levels, (then, now), strict=True)
    ]
    shown = [bytes(uid).decode() for uid in every[places]]
    listed = tuple(Shift(*row) for row in zip(shown, *values, *named, strict=True))
    moves = Counter((one.level_before, one.level_after) for one in listed)
    return Shifts(
        listed=listed,
        parties=every.size,
        rose=int(rose.sum()),
        fell=int(fell.sum()),
        same=int((~rose & ~fell).sum()),
        released=int((fell & (after == 0)).sum()),
        moves={move: moves[move] for move in sorted(moves) if move[0] != move[1]},
    )


def _taken(values: NDArray[np.generic], at: NDArray[np.int64]) -> Floats:
    """Return values by place, 0 where there is none."""
    if values.size == 0:
        return np.zeros(at.size)
    return np.where(at >= 0, np.asarray(values)[np.maximum(at, 0)], 0)


class Side:
    """One of the two graphs that are compared, with what is asked of it more than once."""

    def __init__(self, view: View) -> None:
        self.view = view

    @cached_property
    def strengths(self) -> Mapping[str, float]:
        """Return the strength 0..1 of each record that counts on the day, by uid."""
        known = self.view.strengths
        counts = np.flatnonzero(known.strength > 0)
        uids = self.view.snapshot.record_uids(known.row[counts].astype(np.int64))
        return dict(zip(uids, (known.strength[counts] / WHOLE).tolist(), strict=True))

    def there(self, kind: str, name: str) -> bool:
        """Return whether the graph has a record or link."""
        if kind == "record":
            return self.view.snapshot.has_record(name)
        return bool(self._rows(name))

    def _rows(self, key: str) -> list[int]:
        try:
            return rows_of_link(self.view, key)
        except AnalysisError:
            return []

    def stands(self, key: str) -> list[tuple[float, ...]]:
        """Return all that a link says by itself on the day, row by row."""
        web, day, rules = self.view.web, self.view.day, self.view.rules
        said = (web.kind, web.post, web.flags, web.share, web.votes, web.given)
        return [
            (
                *(float(column[row]) for column in said),
                float(web.since[row]) if web.since[row] > day else 0.0,
                float(age_weight(web, row, day, rules)),
            )
            for row in self._rows(key)
        ]

    def exposure(self, uid: str, hops: int, without: Sequence["Cause"] = ()) -> Exposure | None:
        """Return the exposure of a party without some causes; None where it is not there."""
        if self.view.snapshot.find(uid) is None:
            return None
        edits: list[Edit] = [
            DropRecord(cause.name) if cause.kind == "record" else DropLink(cause.name)
            for cause in without
            if self.there(cause.kind, cause.name)
        ]
        return expose(self.view, uid, hops, edits)


def reason(old: Side, new: Side, shift: Shift, hops: int) -> Reason:
    """Return why a party's exposure changed: what differs among the contributions then and now.

    The MOST_CAUSES that differ most are tried alone, those beyond them together; then all are left
    out of both graphs: what then still differs is the rest.
    """
    sides = (old, new)
    answers = [side.exposure(shift.uid, hops) for side in sides]
    values = [_value(one) for one in answers]
    causes, left = _all_causes(sides, answers, shift.uid, hops)

    def effect(without: Sequence[Cause]) -> float:
        then, now = (_value(side.exposure(shift.uid, hops, without)) for side in sides)
        return (values[1] - now) - (values[0] - then)

    tried = [replace(cause, effect=effect([cause])) for cause in causes[:MOST_CAUSES]]
    tried.sort(key=lambda one: (-abs(one.effect), one.kind, one.name))
    further = causes[MOST_CAUSES:]
    together = effect(further) if further else 0.0
    return Reason(shift, tuple(tried), left, len(further), together)


def _all_causes(
    sides: tuple[Side, Side], answers: Sequence[Exposure | None], uid: str, hops: int
) -> tuple[list[Cause], float]:
    """Return what differs, largest difference first, and what is left without all of it.

    What the largest contributions hid comes to light when they are left out.
    """
    causes: dict[tuple[str, str], Cause] = {}
    left = _value(answers[1]) - _value(answers[0])
    for _ in range(_ROUNDS):
        found = {
            (cause.kind, cause.name): cause
            for kind in ("record", "link")
            for cause in _causes(sides, kind, [_values(one, kind) for one in answers])
        }
        if not found.keys() - causes.keys():
            break
        causes = found | causes
        answers = [side.exposure(uid, hops, list(causes.values())) for side in sides]
        left = _value(answers[1]) - _value(answers[0])
        if abs(left) < SHOWN:
            break
    largest = sorted(
        causes.values(),
        key=lambda one: (-abs((one.after or 0) - (one.before or 0)), one.kind, one.name),
    )
    return largest, left


def _value(found: Exposure | None) -> float:
    return 0.0 if found is None else found.exposure


def _values(found: Exposure | None, kind: str) -> dict[str, float]:
    """Return the strength of each record, or the factor of each link, in the contributions."""
    parts: Iterable[Contribution] = () if found is None else found.contributions
    if kind == "record":
        return {part.record: part.strength for part in parts if part.record}
    return {
        key: factor for part in parts for key, factor in zip(part.links, part.factors, strict=True)
    }


def _causes(
    sides: tuple[Side, Side], kind: str, values: Sequence[Mapping[str, float]]
) -> Iterator[Cause]:
    """Yield what differs between two graphs among what contributes in either, by name."""
    for name in sorted(values[0].keys() | values[1].keys()):
        there = [side.there(kind, name) for side in sides]
        if kind == "record":
            before, after = (side.strengths.get(name) for side in sides)
            differs = before != after
        else:
            before, after = (one.get(name) for one in values)
            both = before is not None and after is not None
            differs = before != after if both else sides[0].stands(name) != sides[1].stands(name)
        if differs or there[0] != there[1]:
            what = CHANGED if all(there) else REMOVED if there[0] else ADDED
            yield Cause(kind, name, what, before, after, 0.0)
