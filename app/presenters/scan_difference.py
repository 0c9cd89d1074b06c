"""What changed between two scans, as lines, JSON and a table; each change with its cause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from app.texts.read import spoken, text
from graph.analysis.explain import NOTICE, caption
from graph.analysis.scan_difference import SHOWN, Cause, Reason, Shift, Shifts
from graph.analysis.scan_files import KeptScan
from graph.errors import SnapshotError
from graph.schema.codes import LEVELS as LEVEL_TITLES
from graph.schema.codes import RECORD_CLASSES
from graph.snapshot import form
from graph.snapshot.reader import Snapshot


@dataclass(frozen=True, slots=True)
class Words:
    """How parties, records and links are called: as they are now, else as they were."""

    snapshots: tuple[Snapshot, Snapshot]

    def name(self, uid: str) -> str:
        """Return a party's name."""
        for snapshot in reversed(self.snapshots):
            if (place := snapshot.find(uid)) is not None:
                return snapshot.name_at(place)
        return uid

    def cause(self, cause: Cause) -> str:
        """Return what a record or link is, with its uid or key."""
        for snapshot in reversed(self.snapshots):
            said = self._record(snapshot, cause.name) if cause.kind == "record" else ""
            if cause.kind == "link":
                said = self._link(snapshot, cause.name)
            if said:
                return f"{said} {cause.name}"
        return cause.name

    def _record(self, snapshot: Snapshot, uid: str) -> str:
        if not snapshot.has_record(uid):
            return ""
        row = int(np.searchsorted(snapshot.arrays["record_uid"], uid.encode()))
        code = form.CLASS_CODES[int(snapshot.arrays["record_class"][row])]
        subject = snapshot.name_at(int(snapshot.arrays["record_subject"][row]))
        return f"{subject} {RECORD_CLASSES[code].to(spoken())}"

    def _link(self, snapshot: Snapshot, key: str) -> str:
        try:
            link = snapshot.link(key)
        except SnapshotError:
            return ""
        title = caption(link.type).to(spoken())
        return f"{self.name(link.source)} {title} {self.name(link.target)}"


def difference_to_json(
    kept: tuple[KeptScan, KeptScan],
    found: Shifts,
    reasons: Sequence[Reason],
    words: Words,
    limit: int,
) -> dict[str, object]:
    """Return the difference as the command line answers it; at most `limit` parties."""
    why = {one.shift.uid: one for one in reasons}
    return {
        "old": _asked(kept[0]),
        "new": _asked(kept[1]),
        "policy": kept[1].question.policy,
        "hops": kept[1].question.hops,
        "parties": found.parties,
        "rose": found.rose,
        "fell": found.fell,
        "same": found.same,
        "released": found.released,
        "moves": [
            {"before": before or None, "after": after or None, "parties": count}
            for (before, after), count in found.moves.items()
        ],
        "attributed_parties": len(reasons),
        "changes": [_shift(one, why.get(one.uid), words) for one in found.listed[:limit]],
        "more": max(0, len(found.listed) - limit),
        "notice": NOTICE.zh,
    }


def _asked(kept: KeptScan) -> dict[str, object]:
    question = kept.question
    return {
        "scan": kept.key,
        "snapshot": question.snapshot,
        "as_of": question.as_of,
        "known_at": question.known_at,
    }


def _shift(one: Shift, why: Reason | None, words: Words) -> dict[str, object]:
    return {
        "uid": one.uid,
        "name": words.name(one.uid),
        "before": one.before,
        "after": one.after,
        "change": one.change,
        "level_before": one.level_before or None,
        "level_after": one.level_after or None,
        "attributed": None if why is None else why.attributed,
        "rest": None if why is None else why.rest,
        "causes": None if why is None else [_cause(cause, words) for cause in why.causes],
        "further_causes": None if why is None else why.further,
        "further_effect": None if why is None else why.further_effect,
    }


def _cause(cause: Cause, words: Words) -> dict[str, object]:
    return {
        "kind": cause.kind,
        "name": cause.name,
        "said": words.cause(cause),
        "what": cause.what,
        "before": cause.before,
        "after": cause.after,
        "effect": cause.effect,
    }


def difference_lines(
    kept: tuple[KeptScan, KeptScan],
    found: Shifts,
    reasons: Sequence[Reason],
    words: Words,
    limit: int,
) -> Iterator[str]:
    """Yield what changed, how many rose, fell and were released, and why the largest did."""
    old, new = (one.question for one in kept)
    yield text(
        "line.shift.asked",
        old=kept[0].key,
        old_snapshot=old.snapshot,
        old_day=old.as_of,
        new=kept[1].key,
        new_snapshot=new.snapshot,
        new_day=new.as_of,
        policy=new.policy,
        hops=new.hops,
    )
    yield text(
        "line.shift.counts",
        parties=found.parties,
        rose=found.rose,
        fell=found.fell,
        released=found.released,
        same=found.same,
    )
    for (before, after), count in found.moves.items():
        levels = {"before": _level(before), "after": _level(after)}
        yield text("line.shift.level", **levels, count=count)
    why = {one.shift.uid: one for one in reasons}
    for one in found.listed[:limit]:
        yield text(
            "line.shift.party",
            name=words.name(one.uid),
            uid=one.uid,
            before=_figure(one.before),
            after=_figure(one.after),
            change=one.change,
            level_before=_level(one.level_before),
            level_after=_level(one.level_after),
        )
        yield from (f"    {line}" for line in because(why.get(one.uid), words))
    if (more := len(found.listed) - limit) > 0:
        yield text("line.shift.more", count=more)
    yield NOTICE.to(spoken())


def because(why: Reason | None, words: Words) -> Iterator[str]:
    """Yield why a party changed, a line a cause, and what the causes leave unexplained."""
    if why is None:
        yield text("line.shift.not_looked")
        return
    seen = [cause for cause in why.causes if abs(cause.effect) >= SHOWN]
    for cause in seen:
        yield text(
            "line.shift.cause",
            what=text(f"line.shift.{cause.what}"),
            kind=text(f"line.shift.{cause.kind}"),
            said=words.cause(cause),
            before=_figure(cause.before),
            after=_figure(cause.after),
            effect=cause.effect,
        )
    if faint := len(why.causes) - len(seen):
        yield text("line.shift.faint", count=faint, least=SHOWN)
    if why.further:
        yield text("line.shift.further", count=why.further, effect=why.further_effect)
    if not why.attributed:
        yield text("line.shift.rest", rest=why.rest)


def difference_table(found: Shifts, reasons: Sequence[Reason], words: Words) -> pl.DataFrame:
    """Return every party that changed, largest change first, with its causes in words."""
    why: Mapping[str, Reason] = {one.shift.uid: one for one in reasons}
    rows = [
        (
            one.uid,
            words.name(one.uid),
            one.before,
            one.after,
            one.change,
            one.level_before,
            one.level_after,
            text("line.list").join(because(why.get(one.uid), words)),
        )
        for one in found.listed
    ]
    said, number = pl.String, pl.Float64
    columns = {"uid": said, "name": said, "before": number, "after": number, "change": number}
    columns |= {"level_before": said, "level_after": said, "because": said}
    return pl.DataFrame(rows, schema=columns, orient="row")


def _level(code: str) -> str:
    return LEVEL_TITLES[code].to(spoken()) if code else text("line.shift.absent")


def _figure(value: float | None) -> str:
    return text("line.nothing") if value is None else f"{value:.3f}"
