"""What a judgement would change, before it is taken: the parties as they are and would be."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.control import controls
from graph.analysis.exposure import expose
from graph.analysis.joined import Joined, joined
from graph.analysis.nearness import conducts, steps_to_records
from graph.analysis.view import View, open_view
from graph.policy.read import Policy
from graph.snapshot import form
from graph.snapshot.form import day_number
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.snapshot.status import active_records
from loaders.pipeline import Pipeline
from loaders.resolve.judgements import Judgement

Bytes = NDArray[np.uint8]

# So many of the nearest parties are reckoned again at once; an exposure takes some milliseconds.
MOST_LOOKED_AT = 60
# A difference below this is none: exposure is shown with three decimals.
_SHOWN = 0.0005


@dataclass(frozen=True, slots=True)
class Side:
    """One party: how many rows, links and active negative records it has; own strength, exposure.

    `own` and `exposure` are 0..1 (docs/method.md); exposure is no record. `controls` are the names
    of the companies it controls by votes.
    """

    uid: str
    name: str
    rows: int
    links: int
    records: int
    own: float
    exposure: float
    level: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The parties before, and the one or two that they would be."""

    before: Sequence[Side]
    after: Sequence[Side]
    as_of: date


@dataclass(frozen=True, slots=True)
class Changed:
    """A third party whose exposure would be another."""

    uid: str
    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change if two parties were one.

    `links` are those of both, which would be of one; `changed` the others whose exposure would be
    another, of `looked_at` that were reckoned again; `left_out` more may change and were not.
    """

    before: tuple[Side, Side]
    after: Side
    links: int
    changed: tuple[Changed, ...]
    looked_at: int
    left_out: int
    as_of: date


def preview(
    pipeline: Pipeline, judgement: Judgement, now: Snapshot, policy: Policy, as_of: date, room: Path
) -> Preview:
    """Return what a judgement would change; nothing of it is kept.

    A whole snapshot is made beside, in a folder under `room` that is removed.
    """
    uids = (judgement.one, judgement.other)
    with tempfile.TemporaryDirectory(dir=room, prefix=".preview-") as name:
        trial = replace(pipeline, judgements=(*pipeline.judgements, judgement))
        snapshot = open_snapshot(Path(name) / trial.build(lambda _: None, Path(name)))
        before = _sides(now, open_view(now, policy, as_of), uids)
        after = _sides(snapshot, open_view(snapshot, policy, as_of), uids)
        return Preview(before, after, as_of)


def _sides(snapshot: Snapshot, view: View, uids: Sequence[str]) -> tuple[Side, ...]:
    known = dict.fromkeys(snapshot.node(uid).uid for uid in uids)
    return tuple(
        _side(view, uid, len(snapshot.mentions_of(uid)), len(_links(snapshot, uid)))
        for uid in known
    )


def _links(snapshot: Snapshot, uid: str) -> set[str]:
    """Return the keys of a party's links; a lead says nothing that could be lost or won."""
    return {link.key for link in snapshot.links_of(uid) if link.type != "POSSIBLY_SAME"}


def _side(view: View, uid: str, rows: int, links: int) -> Side:
    place = view.place(uid)
    records = active_records(view.snapshot.arrays, [place], day_number(view.as_of))
    found = expose(view, uid)
    held = tuple(company.name for company in controls(view, uid))
    return Side(
        uid, found.name, rows, links, sum(records.values()), found.own, found.exposure, found.level,
        held,
    )  # fmt: skip


def effect(now: View, snapshot: Snapshot, one: str, other: str) -> Effect:
    """Return what would change if two parties of a snapshot were one, reckoned in memory.

    Raises:
        AnalysisError: one of them is not there, or both are one already.
    """
    together = joined(snapshot, one, other)
    then = open_view(together, now.policy, now.as_of)
    rows = [len(snapshot.mentions_of(uid)) for uid in (one, other)]
    links = [_links(snapshot, uid) for uid in (one, other)]
    before = tuple(
        _side(now, uid, count, len(held))
        for uid, count, held in zip((one, other), rows, links, strict=True)
    )
    after = _side(then, one, sum(rows), len(links[0] ^ links[1]))
    near = _within_reach(now, together, steps_to_records(snapshot))
    kept = list(near)[:MOST_LOOKED_AT]
    changed = [found for place in kept if (found := _changed(now, then, place))]
    changed.sort(key=lambda found: (-abs(found.after - found.before), found.name, found.uid))
    return Effect(
        before=(before[0], before[1]),
        after=after,
        links=len(links[0] | links[1]),
        changed=tuple(changed),
        looked_at=len(kept),
        left_out=len(near) - len(kept),
        as_of=now.as_of,
    )


def _changed(now: View, then: View, place: int) -> Changed | None:
    uid = now.snapshot.uid_at(place)
    before, after = expose(now, uid), expose(then, uid)
    if abs(after.exposure - before.exposure) < _SHOWN:
        return None
    return Changed(uid, after.name, before.exposure, after.exposure)


def _within_reach(now: View, together: Joined, steps: Bytes) -> Mapping[int, int]:
    """Return whom a new walk from a record may reach: place to links away, nearest first.

    A new walk crosses from one of the two to the other: a record, `steps` links, then on from the
    other one, all within the policy's hops.
    """
    arrays = now.snapshot.arrays
    sides = (together.one, together.other)
    found: dict[int, int] = {}
    for begin, beyond in (sides, sides[::-1]):
        room = now.policy.hops.profile - int(steps[beyond])
        ring, away = [begin], 0
        seen = {begin, *sides}
        while ring and away < room and len(found) < form.FAR * MOST_LOOKED_AT:
            away += 1
            ring = [place for place in _beside(arrays, ring) if place not in seen]
            seen.update(ring)
            for place in ring:
                found[place] = min(away, found.get(place, away))
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def _beside(arrays: Mapping[str, NDArray[Any]], ring: Sequence[int]) -> list[int]:
    """Return who stands beside any of a ring by a link that may conduct, in order."""
    met: set[int] = set()
    for place in ring:
        for way, far in (("out", "link_target"), ("in", "link_source")):
            start = arrays[f"{way}_start"]
            rows = arrays[f"{way}_link"][int(start[place]) : int(start[place + 1])]
            rows = rows[conducts(arrays["link_type"][rows], arrays["link_p"][rows])]
            met.update(arrays[far][rows].tolist())
    return sorted(met)
