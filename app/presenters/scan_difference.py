"""What changed between two scans, as lines, JSON and a table; each change with its cause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from graph.analysis.explain import NOTICE
from graph.analysis.scan_difference import SHOWN, Cause, Reason, Shift, Shifts
from graph.analysis.scan_files import KeptScan
from graph.errors import SnapshotError
from graph.schema.catalog import SCHEMA
from graph.schema.codes import LEVELS as LEVEL_TITLES
from graph.schema.codes import RECORD_CLASSES
from graph.snapshot import form
from graph.snapshot.reader import Snapshot

_KINDS = {"record": "记录", "link": "关系"}
_WHAT = {"added": "新增", "removed": "消失", "changed": "变化"}
NOT_ATTRIBUTED = "未能归因"
NOT_LOOKED_AT = "未逐一查找原因"


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
        return f"{subject} {RECORD_CLASSES[code].zh}"

    def _link(self, snapshot: Snapshot, key: str) -> str:
        try:
            link = snapshot.link(key)
        except SnapshotError:
            return ""
        title = type_title(link.type)
        return f"{self.name(link.source)} {title} {self.name(link.target)}"


def type_title(name: str) -> str:
    """Return what a type of link is called; a signature for a client is derived."""
    return "签字服务" if name == form.SIGNS_FOR else SCHEMA.link(name).title.zh


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
    yield (
        f"扫描差异：{kept[0].key}（快照 {old.snapshot}，时点 {old.as_of}）→ {kept[1].key}"
        f"（快照 {new.snapshot}，时点 {new.as_of}），策略 {new.policy}，{new.hops} 跳"
    )
    yield (
        f"主体 {found.parties:,}：上升 {found.rose:,}，下降 {found.fell:,}（其中解除 "
        f"{found.released:,}），不变 {found.same:,}"
    )
    for (before, after), count in found.moves.items():
        yield f"等级 {_level(before)} → {_level(after)}：{count:,}"
    why = {one.shift.uid: one for one in reasons}
    for one in found.listed[:limit]:
        yield (
            f"{words.name(one.uid)} {one.uid}  {_figure(one.before)} → {_figure(one.after)}"
            f"（{one.change:+.3f}）  {_level(one.level_before)} → {_level(one.level_after)}"
        )
        yield from (f"    {line}" for line in because(why.get(one.uid), words))
    if (more := len(found.listed) - limit) > 0:
        yield f"另有 {more:,} 个主体有变化，--out 写出全部"
    yield NOTICE.zh


def because(why: Reason | None, words: Words) -> Iterator[str]:
    """Yield why a party changed, a line a cause, and what the causes leave unexplained."""
    if why is None:
        yield NOT_LOOKED_AT
        return
    seen = [cause for cause in why.causes if abs(cause.effect) >= SHOWN]
    for cause in seen:
        values = f"{_figure(cause.before)} → {_figure(cause.after)}"
        yield (
            f"{_WHAT[cause.what]}{_KINDS[cause.kind]} {words.cause(cause)}（{values}），"
            f"单独影响 {cause.effect:+.3f}"
        )
    if faint := len(why.causes) - len(seen):
        yield f"另有 {faint} 项变化，单独影响均不足 {SHOWN}"
    if why.further:
        yield f"另有 {why.further} 项变化未逐项试算，合计影响 {why.further_effect:+.3f}"
    if not why.attributed:
        yield f"{NOT_ATTRIBUTED}：除去所列原因后仍差 {why.rest:+.3f}"


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
            "；".join(because(why.get(one.uid), words)),
        )
        for one in found.listed
    ]
    text, number = pl.String, pl.Float64
    columns = {"uid": text, "name": text, "before": number, "after": number, "change": number}
    columns |= {"level_before": text, "level_after": text, "because": text}
    return pl.DataFrame(rows, schema=columns, orient="row")


def _level(code: str) -> str:
    return LEVEL_TITLES[code].zh if code else "不在图中"


def _figure(value: float | None) -> str:
    return "无" if value is None else f"{value:.3f}"
