"""The difference of two snapshots in words, as JSON and as rows; values with file and row."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.presenters import figures
from app.presenters.chain import name_of
from app.presenters.party import source_text, value_text
from app.texts.read import spoken
from graph.analysis.changes import REACH, Change, Conclusion, Differences, Value
from graph.analysis.explain import caption
from graph.model import Source
from graph.schema.catalog import SCHEMA
from graph.schema.codes import LEVELS, RECORD_CLASSES
from graph.schema.words import Kind, Property, Text
from graph.snapshot.reader import Snapshot

STATES: Final = {
    "added": Text("新增", "added"),
    "removed": Text("消失", "removed"),
    "changed": Text("变更", "changed"),
}
_TABLES: Final = {
    "nodes": Text("主体及其他节点", "nodes"),
    "links": Text("关系", "links"),
    "records": Text("记录", "records"),
}
_COUNTS: Final = Text(
    "{table}：新增 {added}，消失 {removed}，变更 {changed}，仅来源有变 {restated}",
    "{table}: {added} added, {removed} removed, {changed} changed, {restated} restated alone",
)
_MERGED: Final = Text("并入 {name} {uid}", "merged into {name} {uid}")
_SPLIT: Final = Text("自 {name} {uid} 分出", "split from {name} {uid}")
_LEVEL: Final = Text("传导等级 {before} → {after}", "exposure level {before} → {after}")
_TOP: Final = Text("控制人 {before} → {after}", "controller {before} → {after}")
_BECAUSE: Final = Text("因：{changes}", "because of {changes}")
_FARTHER: Final = Text("较远处的变更", "changes that are not in its chains")
_WHO: Final = {
    "found": Text("{names}", "{names}"),
    "several": Text("多方（{names}）", "several ({names})"),
    "together": Text("一致行动人（{names}）", "those who act in concert ({names})"),
    "closed_ring": Text("闭合环（{names}）", "a closed ring ({names})"),
    "none": Text("无", "nobody"),
}
_SEARCHED: Final = Text(
    "结论：比对了变更 {reach} 跳以内的 {looked} 个主体；较远的主体、另 {left} 个较近的主体未比对；"
    "截至 {as_of}",
    "conclusions: {looked} parties within {reach} links of a change were compared; farther ones "
    "and {left} nearer ones were not; as of {as_of}",
)
_UNNAMED: Final = Text("另有 {count} 项变更只计数，未列出", "{count} more changes are only counted")
HEADERS: Final = (
    Text("变化", "Change"), Text("类", "Kind"), Text("编号", "Id"), Text("名称", "Name"),
    Text("项目", "Property"), Text("原值", "Before"), Text("现值", "After"),
    Text("原出处", "Source before"), Text("现出处", "Source after"),
)  # fmt: skip
_PROPERTIES: Final[dict[str, Property]] = {
    item.name: item
    for group in (
        SCHEMA.node_common, SCHEMA.link_common,
        *(node.properties for node in SCHEMA.nodes), *(link.properties for link in SCHEMA.links),
    )
    for item in group
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sides:
    """Both snapshots, and where the ledger records of changes stand on either side."""

    old: Snapshot
    new: Snapshot
    sources: dict[str, list[Source]]

    def name(self, uid: str) -> str:
        """Return a party's name on the new side, or on the old one where it is no more."""
        side = self.old if self.new.find(uid) is None else self.new
        return name_of(side, uid)

    def where(self, records: Sequence[str], language: str) -> str:
        """Return the files and rows of ledger records, "" where there are none."""
        found = [source for one in records for source in self.sources.get(one, ())]
        return source_text(found, language) if found else ""


def sides_of(found: Differences, old: Snapshot, new: Snapshot) -> Sides:
    """Return both sides with the sources of every change that is named."""
    before = sorted({one for change in found.changes for one in change.said_before})
    after = sorted({one for change in found.changes for one in change.said_after})
    return Sides(old, new, {**old.sources(before), **new.sources(after)})


def kind_text(change: Change, language: str = "zh") -> str:
    """Return what a change is about: label, type of link or class of record."""
    if change.what == "link":
        return caption(change.kind).to(language)
    if change.what == "record":
        return RECORD_CLASSES[change.kind].to(language)
    return SCHEMA.node(change.kind).title.to(language)


def name_text(change: Change, sides: Sides, language: str = "zh") -> str:
    """Return who or what changed by name; of a party that became another, which."""
    if change.what == "link":
        return " → ".join(sides.name(uid) for uid in change.ends)
    if change.what == "record":
        return sides.name(change.ends[0])
    name = name_of(sides.old if change.state == "removed" else sides.new, change.uid)
    if change.into is None:
        return name
    words = _MERGED if change.state == "removed" else _SPLIT
    return f"{name}（{words.to(language).format(name=sides.name(change.into), uid=change.into)}）"


def property_text(name: str, language: str = "zh") -> str:
    """Return what a property is called."""
    return _PROPERTIES[name].title.to(language) if name in _PROPERTIES else name


def shown(value: Value, side: str, language: str = "zh") -> str:
    """Return a value before or after as people read it."""
    found = value.before if side == "before" else value.after
    kind = _PROPERTIES[value.name].kind if value.name in _PROPERTIES else Kind.TEXT
    if isinstance(found, list | tuple):
        return ("、" if language == "zh" else ", ").join(str(one) for one in found)
    if kind is Kind.FRACTION and isinstance(found, float):
        return figures.percent(found)
    return value_text(kind, found, language)


def change_rows(found: Differences, sides: Sides, language: str = "zh") -> Iterator[Sequence[str]]:
    """Yield a row for each value that changed, and one for each thing that came or went."""
    yield tuple(header.to(language) for header in HEADERS)
    for change in found.changes:
        first = (
            STATES[change.state].to(language),
            kind_text(change, language),
            change.uid,
            name_text(change, sides, language),
        )
        where = tuple(
            sides.where(said, language) for said in (change.said_before, change.said_after)
        )
        if change.state != "changed":
            yield (*first, "", "", "", *where)
            continue
        for value in change.values:
            said = (shown(value, side, language) for side in ("before", "after"))
            yield (*first, property_text(value.name, language), *said, *where)


def conclusion_text(one: Conclusion, sides: Sides, language: str = "zh") -> str:
    """Return which conclusion about a party changed, and because of which changes."""
    parts = [one.name]
    if one.level[0] != one.level[1]:
        before, after = (LEVELS[level].to(language) for level in one.level)
        parts.append(_LEVEL.to(language).format(before=before, after=after))
    comma = "、" if language == "zh" else ", "
    if one.controller[0].outcome != one.controller[1].outcome:
        names = _told_apart({uid for top in one.controller for uid in top.named}, sides)
        before, after = (
            _WHO[top.status]
            .to(language)
            .format(names=comma.join(map(names.__getitem__, top.named)))
            for top in one.controller
        )
        parts.append(_TOP.to(language).format(before=before, after=after))
    why = comma.join(one.because) or _FARTHER.to(language)
    return "\t".join([*parts, _BECAUSE.to(language).format(changes=why)])


def _told_apart(uids: Iterable[str], sides: Sides) -> dict[str, str]:
    """Return the names of parties, with their uids where several have one name."""
    names = {uid: sides.name(uid) for uid in uids}
    often = Counter(names.values())
    return {uid: name if often[name] == 1 else f"{name} {uid}" for uid, name in names.items()}


def counts_lines(found: Differences, language: str = "zh") -> Iterator[str]:
    """Yield how many of each kind changed."""
    for table, counts in found.counts.items():
        yield _COUNTS.to(language).format(table=_TABLES[table].to(language), **counts)


def changes_lines(found: Differences, sides: Sides, as_of: object, limit: int) -> Iterator[str]:
    """Yield the difference as a person reads it on a terminal, `limit` changes by name."""
    language = spoken()
    yield f"{found.old} → {found.new}"
    yield from counts_lines(found, language)
    rows = list(change_rows(found, sides, language))[1:]
    for row in rows[:limit]:
        yield "\t".join(cell or figures.MISSING for cell in row)
    left = len(rows) - limit
    if left > 0 or found.unnamed:
        yield _UNNAMED.to(language).format(count=max(left, 0) + found.unnamed)
    for one in found.conclusions:
        yield conclusion_text(one, sides, language)
    yield _SEARCHED.to(language).format(
        reach=REACH, looked=found.looked, left=found.left_out, as_of=as_of
    )


def changes_to_json(found: Differences, sides: Sides, as_of: object) -> dict[str, Any]:
    """Return the difference as JSON."""
    return {
        "old": found.old,
        "new": found.new,
        "counts": found.counts,
        "unnamed": found.unnamed,
        "changes": [_change(change, sides) for change in found.changes],
        "conclusions": [
            {
                "uid": one.uid,
                "name": one.name,
                "level": list(one.level),
                "controller": [top.controller for top in one.controller],
                "controllers": [
                    {"status": top.status, "named": list(top.named)} for top in one.controller
                ],
                "because": list(one.because),
            }
            for one in found.conclusions
        ],
        "bounds": {
            "reach": REACH,
            "looked": found.looked,
            "left_out": found.left_out,
            "as_of": str(as_of),
        },
    }


def _change(change: Change, sides: Sides) -> dict[str, Any]:
    return {
        "what": change.what,
        "state": change.state,
        "id": change.uid,
        "kind": change.kind,
        "name": name_text(change, sides),
        "ends": list(change.ends),
        "into": change.into,
        "values": [
            {"property": one.name, "before": one.before, "after": one.after}
            for one in change.values
        ],
        "before": _sources(change.said_before, sides),
        "after": _sources(change.said_after, sides),
    }


def _sources(records: Sequence[str], sides: Sides) -> list[dict[str, Any]]:
    return [
        {"file": source.file, "row": source.row}
        for record in records
        for source in sides.sources.get(record, ())
    ]
