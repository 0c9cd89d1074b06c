"""What changed between two scans, as lines, JSON and a table; each change with its cause."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from graph.analysis.explain import NOTICE
from graph.analysis.scan_difference import Cause, Reason, Shift, Shifts
from graph.analysis.scan_files import KeptScan
from graph.schema.codes import LEVELS as LEVEL_TITLES

_KINDS = {"record": "记录", "link": "关系"}
_WHAT = {"added": "新增", "removed": "消失", "changed": "变化"}
NOT_ATTRIBUTED = "未能归因"
NOT_LOOKED_AT = "未逐一查找原因"

Name = Callable[[str], str]


def difference_to_json(
    kept: tuple[KeptScan, KeptScan], found: Shifts, reasons: Sequence[Reason], limit: int
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
        "changes": [_shift(one, why.get(one.uid)) for one in found.listed[:limit]],
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


def _shift(one: Shift, why: Reason | None) -> dict[str, object]:
    return {
        "uid": one.uid,
        "before": one.before,
        "after": one.after,
        "change": one.change,
        "level_before": one.level_before or None,
        "level_after": one.level_after or None,
        "attributed": None if why is None else why.attributed,
        "rest": None if why is None else why.rest,
        "causes": None if why is None else [_cause(cause) for cause in why.causes],
    }


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "kind": cause.kind,
        "name": cause.name,
        "what": cause.what,
        "before": cause.before,
        "after": cause.after,
        "effect": cause.effect,
    }


def difference_lines(
    kept: tuple[KeptScan, KeptScan],
    found: Shifts,
    reasons: Sequence[Reason],
    name: Name,
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
            f"{name(one.uid)} {one.uid}  {_figure(one.before)} → {_figure(one.after)}"
            f"（{one.change:+.3f}）  {_level(one.level_before)} → {_level(one.level_after)}"
        )
        yield from (f"    {line}" for line in because(why.get(one.uid)))
    if (more := len(found.listed) - limit) > 0:
        yield f"另有 {more:,} 个主体有变化，--out 写出全部"
    yield NOTICE.zh


def because(why: Reason | None) -> Iterator[str]:
    """Yield why a party changed, a line a cause, and what the causes leave unexplained."""
    if why is None:
        yield NOT_LOOKED_AT
        return
    for cause in why.causes:
        values = f"{_figure(cause.before)} → {_figure(cause.after)}"
        yield (
            f"{_WHAT[cause.what]}{_KINDS[cause.kind]} {cause.name}（{values}），"
            f"单独影响 {cause.effect:+.3f}"
        )
    if not why.attributed:
        yield f"{NOT_ATTRIBUTED}：除去上列原因后仍差 {why.rest:+.3f}"


def difference_table(found: Shifts, reasons: Sequence[Reason], name: Name) -> pl.DataFrame:
    """Return every party that changed, largest change first, with its causes in words."""
    why: Mapping[str, Reason] = {one.shift.uid: one for one in reasons}
    rows = [
        (
            one.uid,
            name(one.uid),
            one.before,
            one.after,
            one.change,
            one.level_before,
            one.level_after,
            "；".join(because(why.get(one.uid))),
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
