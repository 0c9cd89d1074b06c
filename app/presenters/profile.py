"""The tabs of a party's page: each row with the file and row it stands on, and whom it leads to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from app.presenters import figures
from app.presenters.chain import link_words, record_words
from app.presenters.party import (
    basics,
    conflict_rows,
    link_row,
    property_title,
    record_row,
    said_in,
    value_text,
)
from app.texts.read import texts
from graph.analysis.explain import caption
from graph.analysis.party import Described
from graph.model import Link, Record, Source
from graph.schema.catalog import SCHEMA
from graph.schema.codes import SEVERITIES
from graph.schema.words import Family, Text
from loaders.catalogue.resource import Resource

# Statuses under which a record is in force or may be again; what is over is history.
CURRENT = frozenset({"active", "disputed", "not_yet_effective"})
_IDS = ("对方编号", "关系编号")
_POSTS = frozenset({"REPRESENTS", "HOLDS_POST"})
_CHANGES = ("change", "share_change")
_YES, _NO = Text("是（{0} 条）", "yes ({0})"), Text("否", "no")
_UNKNOWN = Text("不详", "unknown")
_TAKEN, _NOT_TAKEN = Text("采用", "taken"), Text("未采用", "not taken")
_BEGINS, _ENDS = Text("{0}：开始", "{0}: begins"), Text("{0}：终止", "{0}: ends")
_DECIDED, _ENDED = Text("记录：作出", "record: decided"), Text("记录：状态变更", "record: changed")
_UNTIL = Text("公示至", "published until")
_FOUNDED, _CLOSED = Text("成立", "established"), Text("终止", "closed")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells, where it stands, and the party at its other end."""

    cells: Mapping[str, str]
    sources: Sequence[Source] = ()
    other: str = ""
    other_name: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """A party's own records: negative ones in force, positive ones, and what is over."""

    negative: Sequence[Row]
    positive: Sequence[Row]
    history: Sequence[Row]


def basic_rows(described: Described, language: str) -> list[Row]:
    """Return the party's values, each with all rows that say it."""
    names = ["name", *described.node.properties]
    shown = basics(described, language)
    kept = [name for name in names if name == "name" or _is_shown(described, name, shown, language)]
    return [Row(cells, said_in(described, name)) for name, cells in zip(kept, shown, strict=True)]


def _is_shown(
    described: Described, name: str, shown: Sequence[Mapping[str, str]], language: str
) -> bool:
    title = property_title(described.node.labels, name, language)
    return name not in ("name", "uid") and any(row["字段"] == title for row in shown[1:])


def own_records(described: Described, language: str) -> Records:
    """Return the party's own records; a repaired, revoked or expired one is in history only."""
    ordered = sorted(
        described.records, key=lambda one: (one.decided_on or date.min, one.uid), reverse=True
    )

    def rows(wanted: Callable[[Record], bool]) -> list[Row]:
        return [
            Row(
                record_row(one, described, language),
                described.sources.get(str(one.properties.get("record_id")), ()),
            )
            for one in ordered
            if wanted(one)
        ]

    return Records(
        negative=rows(lambda one: not one.positive and one.status in CURRENT),
        positive=rows(lambda one: one.positive and one.status in CURRENT),
        history=rows(lambda one: one.status not in CURRENT),
    )


def own_line(described: Described, language: str) -> tuple[int, int, str]:
    """Return how many own negative records are active and disputed, and the gravest in words."""
    active = [one for one in described.records if one.status == "active" and not one.positive]
    disputed = sum(1 for one in described.records if one.status == "disputed")
    order = list(SEVERITIES)
    graded = [one for one in active if one.severity]
    if not graded:
        return len(active), disputed, ""
    worst = max(graded, key=lambda one: (order.index(str(one.severity)), one.uid))
    until = max((one.published_until for one in active if one.published_until), default=None)
    words = SEVERITIES[str(worst.severity)].to(language)
    if until is None:
        return len(active), disputed, words
    comma = "，" if language == "zh" else ", "
    told = f"{words}{comma}{_UNTIL.to(language)} {figures.day(until, language)}"
    return len(active), disputed, told


def link_rows(
    described: Described,
    families: Sequence[Family],
    language: str,
    family_of: Callable[[str], Family],
) -> list[Row]:
    """Return the links of some families, each with its sources and its other end."""
    return [
        _link(link, described, language)
        for link in described.links
        if family_of(link.type) in families
    ]


def _link(link: Link, described: Described, language: str) -> Row:
    own = described.node.uid
    other = link.target if link.source == own else link.source
    cells = link_row(link, described, language)
    # Ids last: on a narrow screen they are what may stand beyond the edge.
    ordered = {name: value for name, value in cells.items() if name not in _IDS}
    return Row(
        ordered | {name: cells[name] for name in _IDS},
        described.link_sources[link.key],
        other,
        described.names.get(other, other),
    )


def post_rows(
    described: Described,
    language: str,
    family_of: Callable[[str], Family],
    records_of: Callable[[str], Sequence[Record]],
) -> list[Row]:
    """Return posts and representation, each with whether it was held when penalties were decided.

    `records_of` returns the records of the organisation in which a post was held; how many of them
    are active and negative stands beside it.
    """
    rows = []
    for link in described.links:
        if family_of(link.type) is not Family.POSTS:
            continue
        row = _link(link, described, language)
        held, active = figures.MISSING, figures.MISSING
        if link.type in _POSTS:
            records = records_of(link.target)
            held = in_office(link, records, language)
            active = str(sum(1 for one in records if one.status == "active" and not one.positive))
        told = {"处罚时在任": held, "单位有效失信": active}
        ids = {name: row.cells[name] for name in _IDS}
        cells = {name: value for name, value in row.cells.items() if name not in _IDS}
        rows.append(Row(cells | told | ids, row.sources, row.other, row.other_name))
    return rows


def in_office(post: Link, records: Sequence[Record], language: str) -> str:
    """Return whether a post was held on the days on which negative records were decided.

    Unknown where a date is missing that would tell; a dash where there is no negative record.
    """
    negative = [one for one in records if not one.positive]
    if not negative:
        return figures.MISSING
    answers = [_held_on(post, one.decided_on) for one in negative]
    held = sum(1 for answer in answers if answer)
    if held:
        return _YES.to(language).format(held)
    return (_UNKNOWN if None in answers else _NO).to(language)


def _held_on(post: Link, day: date | None) -> bool | None:
    if day is None:
        return None
    if post.valid_to is not None and day > post.valid_to:
        return False
    if post.valid_from is None:
        return None
    return post.valid_from <= day


def source_rows(described: Described, titles: Mapping[str, Text], language: str) -> list[Row]:
    """Return field by field every row that says a value, those whose value was not taken too."""
    rows: list[Row] = []
    for basic in basic_rows(described, language):
        rows += [_said(basic.cells, source, titles, language) for source in basic.sources]
    conflicts = conflict_rows(described, language)
    for lost, cells in zip(described.conflicts, conflicts, strict=True):
        said = described.sources.get(str(lost["record_id"]), ())
        shown = {"字段": cells["字段"], "值": cells["未采用的值"]}
        rows += [_said(shown, source, titles, language, taken=False) for source in said]
    return rows


def _said(
    cells: Mapping[str, str],
    source: Source,
    titles: Mapping[str, Text],
    language: str,
    *,
    taken: bool = True,
) -> Row:
    title = titles.get(source.resource)
    return Row(
        {
            "字段": cells["字段"],
            "值": cells["值"],
            "采用": (_TAKEN if taken else _NOT_TAKEN).to(language),
            "资料": title.to(language) if title else source.resource,
            "文件": source.file,
            "行": str(source.row),
        },
        [source],
    )


def event_rows(described: Described, changes: Sequence[Row], language: str) -> list[Row]:
    """Return what happened to a party, newest first: registered changes, links, records."""
    events = [*changes, *_link_events(described, language), *_record_events(described, language)]
    node = described.node
    for name, title in (("established_on", _FOUNDED), ("ended_on", _CLOSED)):
        day = node.properties.get(name)
        if isinstance(day, date):
            events.append(_event(day, title.to(language), node.name, said_in(described, name)))
    return sorted(events, key=lambda row: (row.cells["日期"], row.cells["事项"]), reverse=True)


def _event(day: date, what: str, words: str, sources: Sequence[Source]) -> Row:
    return Row({"日期": day.isoformat(), "事项": what, "内容": words}, sources)


def _link_events(described: Described, language: str) -> Iterator[Row]:
    for link in described.links:
        if link.kind != "recorded" or link.type == "POSSIBLY_SAME":
            continue
        own = described.node.uid
        other = link.target if link.source == own else link.source
        words = f"{described.names.get(other, other)} {link_words(link, language)}"
        sources = described.link_sources[link.key]
        what = caption(link.type).to(language)
        if link.valid_from is not None:
            yield _event(link.valid_from, _BEGINS.to(language).format(what), words, sources)
        if link.valid_to is not None and link.valid_to != figures.OPEN_END:
            yield _event(link.valid_to, _ENDS.to(language).format(what), words, sources)


def _record_events(described: Described, language: str) -> Iterator[Row]:
    for one in described.records:
        sources = described.sources.get(str(one.properties.get("record_id")), ())
        words = record_words(one, language)
        if one.decided_on is not None:
            yield _event(one.decided_on, _DECIDED.to(language), words, sources)
        if one.ended_on is not None:
            yield _event(one.ended_on, _ENDED.to(language), words, sources)


def change_ids(described: Described) -> dict[str, list[str]]:
    """Return by resource of changes the ledger records that speak of the party."""
    found: dict[str, list[str]] = {}
    for mention in described.mentions:
        if mention["resource"] in _CHANGES:
            found.setdefault(str(mention["resource"]), []).append(str(mention["record_id"]))
    return found


def change_rows(
    described: Described, resource: Resource, rows: pl.DataFrame, language: str
) -> list[Row]:
    """Return registered changes as the department said them: item, before, after."""
    title = resource.title.to(language)
    items = resource.columns["item"].choices if "item" in resource.columns else {}
    found = []
    for one in rows.iter_rows(named=True):
        code = one.get("v_item")
        words = items.get(str(code), ())
        what = words[0] if words else str(one.get("v_holder") or title)
        before, after = (_plain(one.get(f"v_{name}")) for name in ("before", "after"))
        day = one.get("v_changed_on")
        if isinstance(day, date):
            sources = described.sources.get(str(one["record_id"]), ())
            colon = texts()["frame.colon"][language]
            found.append(_event(day, f"{title}{colon}{what}", f"{before} → {after}", sources))
    return found


def _plain(value: object) -> str:
    if value is None:
        return figures.MISSING
    return figures.percent(value) if isinstance(value, float) else str(value)


def grade(described: Described, language: str) -> tuple[str, Sequence[Source]] | None:
    """Return the department's own grade of a party, which stands apart from records."""
    value = described.node.properties.get("department_grade")
    if value is None:
        return None
    kinds = {
        item.name: item.kind
        for label in described.node.labels
        for item in SCHEMA.node_properties(label)
    }
    shown = value_text(kinds["department_grade"], value, language)
    return shown, said_in(described, "department_grade")
