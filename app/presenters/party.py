"""A party as JSON, as lines and as table rows: values, records, links, each with its source."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.presenters import figures
from graph.analysis.party import Described
from graph.model import Link, Record, Source
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, POSTS, RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Kind

# The keyed hash is for comparison alone; the rest stands in places of its own.
_NOT_SHOWN = frozenset({"uid", "name", "id_hash", "record_id", "resource", "mentions"})


def source_text(sources: Sequence[Source]) -> str:
    """Return where a statement stands: file and row, further ones counted."""
    if not sources:
        return figures.MISSING
    more = f" 等 {len(sources)} 处" if len(sources) > 1 else ""
    return f"{sources[0].file} 第 {sources[0].row} 行{more}"


def value_text(kind: Kind, value: object) -> str:
    """Return a property as it is shown."""
    if value is None:
        return figures.MISSING
    if kind is Kind.AMOUNT:
        return figures.amount(float(str(value)))
    if kind is Kind.DATE:
        return figures.day(value)
    if isinstance(value, tuple):
        return "、".join(str(part) for part in value)
    return str(value)


def basics(described: Described) -> list[Mapping[str, str]]:
    """Return the party's properties with their captions and source."""
    kinds = {
        item.name: item
        for label in described.node.labels
        if label in {node.label for node in SCHEMA.nodes}
        for item in SCHEMA.node_properties(label)
    }
    node = described.node
    rows = [{"字段": "名称", "值": node.name, "来源": source_text(_said_in(described, "name"))}]
    for name, value in described.node.properties.items():
        if name in kinds and name not in _NOT_SHOWN:
            item = kinds[name]
            where = source_text(_said_in(described, name))
            rows.append({"字段": item.title.zh, "值": value_text(item.kind, value), "来源": where})
    return list(rows)


def _said_in(described: Described, name: str) -> list[Source]:
    """Return the files and rows that a property comes from."""
    own = (str(described.node.properties.get("record_id")),)
    records = described.node.sources.get(name, own)
    return [source for record in records for source in described.sources.get(record, ())]


def record_rows(described: Described) -> list[Mapping[str, str]]:
    """Return the party's own records, negative and positive, newest first."""
    ordered = sorted(
        described.records, key=lambda one: (one.decided_on or date.min, one.uid), reverse=True
    )
    return [_record_row(record, described) for record in ordered]


def _record_row(record: Record, described: Described) -> Mapping[str, str]:
    values = record.properties
    return {
        "类别": RECORD_CLASSES[record.record_class].zh,
        "性质": "守信" if record.positive else "失信",
        "文书号": str(values.get("case_number") or figures.MISSING),
        "严重程度": SEVERITIES[record.severity].zh if record.severity else figures.MISSING,
        "来源用语": str(values.get("severity_word") or figures.MISSING),
        "定级依据": f"{values.get('severity_basis') or figures.MISSING}"
        f"（{values.get('rule_version') or figures.MISSING}）",
        "状态": STATUSES[record.status].zh,
        "决定日期": figures.day(record.decided_on),
        "公示截止": figures.day(record.published_until),
        "决定机关": str(values.get("decided_by") or figures.MISSING),
        "事由": str(values.get("reason") or figures.MISSING),
        "来源": source_text(described.sources.get(str(values.get("record_id")), ())),
    }


def link_rows(described: Described) -> list[Mapping[str, str]]:
    """Return the party's links as rows, by type and period."""
    return [_link_row(link, described) for link in described.links]


def _link_row(link: Link, described: Described) -> Mapping[str, str]:
    kind = SCHEMA.link(link.type) if link.type != "SIGNS_FOR" else None
    outward = link.source == described.node.uid
    other = link.target if outward else link.source
    post = POSTS.get(str(link.properties.get("post")))
    share = link.properties.get("share")
    return {
        "关系": kind.title.zh if kind else "签字服务",
        "方向": "→" if outward else "←",
        "对方": described.names.get(other, other),
        "对方编号": other,
        "职务": post.zh if post else "",
        "比例": figures.percent(float(str(share))) if share is not None else "",
        "期间": figures.period(link.valid_from, link.valid_to),
        "性质": KINDS[link.kind].zh,
        "来源": source_text(described.link_sources[link.key]),
        "关系编号": link.key,
    }


def party_to_json(described: Described) -> dict[str, Any]:
    """Return a party as the command line answers it; hashes of identity numbers stay inside."""
    return {
        "uid": described.node.uid,
        "label": described.node.label,
        "labels": list(described.node.labels),
        "name": described.node.name,
        "as_of": described.as_of.isoformat(),
        "snapshot": described.snapshot,
        "properties": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in described.node.properties.items()
            if name != "id_hash"
        },
        "property_sources": {
            name: _sources(_said_in(described, name))
            for name in ("name", *described.node.properties)
            if name not in _NOT_SHOWN or name == "name"
        },
        "records": [_record_json(record, described) for record in described.records],
        "links": [_link_json(link, described) for link in described.links],
        "mentions": [dict(mention) for mention in described.mentions],
        "conflicts": [dict(conflict) for conflict in described.conflicts],
    }


def _record_json(record: Record, described: Described) -> dict[str, Any]:
    return {
        "uid": record.uid,
        "class": record.record_class,
        "positive": record.positive,
        "severity": record.severity,
        "status": record.status,
        "decided_on": record.decided_on,
        "published_until": record.published_until,
        "ended_on": record.ended_on,
        **_values(record.properties),
        "sources": _sources(described.sources.get(str(record.properties.get("record_id")), ())),
    }


def _link_json(link: Link, described: Described) -> dict[str, Any]:
    return {
        "key": link.key,
        "type": link.type,
        "kind": link.kind,
        "source": link.source,
        "target": link.target,
        "valid_from": link.valid_from,
        "valid_to": link.valid_to,
        **_values(link.properties),
        "sources": _sources(described.link_sources[link.key]),
    }


def _values(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in properties.items()
        if name not in ("record_id", "uid", "key")
    }


def _sources(listed: Sequence[Source]) -> list[dict[str, object]]:
    return [{"file": one.file, "row": one.row} for one in listed]


def party_lines(described: Described) -> Iterator[str]:
    """Yield a party as a person reads it on a terminal."""
    label = SCHEMA.node(described.node.label).title.zh
    yield f"{described.node.name}  [{label}]  {described.node.uid}"
    yield f"时点 {described.as_of}  快照 {described.snapshot}"
    for title, rows in (
        ("基本", basics(described)),
        ("信用记录", record_rows(described)),
        ("关系", link_rows(described)),
    ):
        yield f"# {title} ({len(rows)})"
        for row in rows:
            yield "\t".join(value for value in row.values() if value)
    yield f"# 来源 ({len(described.mentions)})"
    for mention in described.mentions:
        name = mention.get("name") or figures.MISSING
        yield f"{mention['file']} 第 {mention['row']} 行\t{name}\t{mention['rule']}"
    if described.conflicts:
        yield f"# 未采用的值 ({len(described.conflicts)})"
        for conflict in described.conflicts:
            yield f"{conflict['property']}: {conflict['value']}（采用 {conflict['chosen']}）"
