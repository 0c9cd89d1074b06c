"""What a judgement would change, before it is taken: the parties as they are and would be."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from graph.analysis.exposure import expose
from graph.analysis.view import View, open_view
from graph.policy.read import Policy
from graph.snapshot.form import day_number
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.snapshot.status import active_records
from loaders.pipeline import Pipeline
from loaders.resolve.judgements import Judgement


@dataclass(frozen=True, slots=True)
class Side:
    """One party: how many rows, links and active negative records it has; own strength, exposure.

    `own` and `exposure` are 0..1 (docs/method.md); exposure is no record.
    """

    uid: str
    name: str
    rows: int
    links: int
    records: int
    own: float
    exposure: float


@dataclass(frozen=True, slots=True)
class Preview:
    """The parties before, and the one or two that they would be; controls are not compared."""

    before: Sequence[Side]
    after: Sequence[Side]
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
    return tuple(_side(view, snapshot, uid) for uid in known)


def _side(view: View, snapshot: Snapshot, uid: str) -> Side:
    place = snapshot.find(uid)
    places = [] if place is None else [place]
    records = active_records(snapshot.arrays, places, day_number(view.as_of))
    found = expose(view, uid)
    return Side(
        uid,
        found.name,
        len(snapshot.mentions_of(uid)),
        len(snapshot.links_of(uid)),
        sum(records.values()),
        found.own,
        found.exposure,
    )
