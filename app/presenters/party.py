"""A party as JSON, as lines and as table rows: values, records, links, each with its source."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.presenters import figures
from app.presenters.drawing import family_of
from app.presenters.joining import joined_by
from app.texts.read import spoken, text
from graph.analysis.explain import caption
from graph.analysis.party import Described
from graph.identifiers import region
from graph.model import Link, Record, Source
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, POSTS, RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Family, Kind, Text

# The keyed hash is for comparison alone; the rest stands in places of its own.
_NOT_SHOWN = frozenset({"uid", "name", "id_hash", "record_id", "resource", "mentions"})

_NAME = Text("名称", "Name")
_HONEST, _DISHONEST = Text("守信", "positive"), Text("失信", "negative")


def source_text(sources: Sequence[Source], language: str = "zh") -> str:
    """Return where a statement stands: file and row, further ones counted."""
    if not sources:
        return figures.MISSING
    first, others = sources[0], len(sources) - 1
    if language == "en":
        return f"{first.file} row {first.row}{f' and {others} more' if others else ''}"
    return f"{first.file} 第 {first.row} 行{f' 等 {others + 1} 处' if others else ''}"


def value_text(kind: Kind, value: object, language: str = "zh") -> str:
    """Return a property as it is shown."""
    if value is None:
        return figures.MISSING
    if kind is Kind.AMOUNT:
        return figures.amount(float(str(value)), language=language)
    if kind is Kind.DATE:
        return figures.day(value, language)
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(str(part) for part in value)
    return str(value)


def basics(described: Described, language: str = "zh") -> list[Mapping[str, str]]:
    """Return the party's properties with their captions and source."""
    kinds = {
        item.name: item
        for label in described.node.labels
        if label in {node.label for node in SCHEMA.nodes}
        for item in SCHEMA.node_properties(label)
    }
    node = described.node
    currency = node.properties.get("currency")
    rows = [
        {
            "字段": _NAME.to(language),
            "值": node.name,
            "来源": source_text(said_in(described, "name"), language),
        }
    ]
    for name, value in described.node.properties.items():
        if name in kinds and name not in _NOT_SHOWN:
            shown = value_text(kinds[name].kind, value, language)
            if kinds[name].kind is Kind.AMOUNT and value is not None:
                shown = figures.amount(float(str(value)), str(currency or ""), language)
            elif name == "region":
                shown = _region(str(value), language)
            rows.append(
                {
                    "字段": _without_unit(kinds[name].title.to(language)),
                    "值": shown,
                    "来源": source_text(said_in(described, name), language),
                }
            )
    return list(rows)


def _without_unit(title: str) -> str:
    # The value says its own unit: 500.00 万元 under 注册资本（元） would be wrong by 10,000.
    return title.removesuffix("（元）").removesuffix(" (yuan)")


def _region(code: str, language: str) -> str:
    found = region.full_name(code)
    said = f"{found} ({code})" if language == "en" else f"{found}（{code}）"
    return said if found else code


def said_in(described: Described, name: str) -> list[Source]:
    """Return the files and rows that a property comes from."""
    own = (str(described.node.properties.get("record_id")),)
    records = described.node.sources.get(name, own)
    return [source for record in records for source in described.sources.get(record, ())]


def record_rows(described: Described, language: str = "zh") -> list[Mapping[str, str]]:
    """Return the party's own records, negative and positive, newest first."""
    ordered = sorted(
        described.records, key=lambda one: (one.decided_on or date.min, one.uid), reverse=True
    )
    return [record_row(record, described, language) for record in ordered]


def _grounds(values: Mapping[str, object], language: str) -> str:
    """Return by which rule a record was graded, with the rule's version; nothing grades honours."""
    if not (basis := values.get("severity_basis")):
        return figures.MISSING
    version = values.get("rule_version") or figures.MISSING
    return f"{basis}（{version}）" if language == "zh" else f"{basis} ({version})"


def record_row(record: Record, described: Described, language: str) -> Mapping[str, str]:
    """Return one record as a row: the source's own word, our grade of it with its rule, dates."""
    values = record.properties
    severity = SEVERITIES[record.severity].to(language) if record.severity else figures.MISSING
    return {
        "类别": RECORD_CLASSES[record.record_class].to(language),
        "性质": (_HONEST if record.positive else _DISHONEST).to(language),
        "文书号": str(values.get("case_number") or figures.MISSING),
        "严重程度": severity,
        "来源用语": str(values.get("severity_word") or figures.MISSING),
        "定级依据": _grounds(values, language),
        "状态": STATUSES[record.status].to(language),
        "决定日期": figures.day(record.decided_on, language),
        "公示截止": figures.day(record.published_until, language),
        "决定机关": str(values.get("decided_by") or figures.MISSING),
        "事由": str(values.get("reason") or figures.MISSING),
        "来源": source_text(described.sources.get(str(values.get("record_id")), ()), language),
    }


def link_rows(
    described: Described, families: Sequence[Family] | None = None, language: str = "zh"
) -> list[Mapping[str, str]]:
    """Return the party's links as rows, by type and period; `families` chooses among them."""
    return [
        link_row(link, described, language)
        for link in described.links
        if families is None or family_of(link.type) in families
    ]


def link_row(link: Link, described: Described, language: str) -> Mapping[str, str]:
    """Return one link as a row, as it reads from the party."""
    outward = link.source == described.node.uid
    other = link.target if outward else link.source
    post = POSTS.get(str(link.properties.get("post")))
    share = link.properties.get("share")
    return {
        "关系": caption(link.type).to(language),
        "方向": "→" if outward else "←",
        "对方": described.names.get(other, other),
        "对方编号": other,
        "职务": post.to(language) if post else "",
        "比例": figures.percent(float(str(share))) if share is not None else "",
        "期间": figures.period(link.valid_from, link.valid_to, language),
        "性质": KINDS[link.kind].to(language),
        "来源": source_text(described.link_sources[link.key], language),
        "关系编号": link.key,
    }


def conflict_rows(described: Described, language: str = "zh") -> list[Mapping[str, str]]:
    """Return the values that were not taken, each with its source and the value that was."""
    rows: list[Mapping[str, str]] = []
    for one in described.conflicts:
        said = described.sources.get(str(one["record_id"]), ())
        rows.append(
            {
                "字段": property_title(described.node.labels, str(one["property"]), language),
                "未采用的值": str(one["value"]),
                "来源": source_text(said, language),
                "采用的值": figures.taken(one.get("chosen")),
            }
        )
    return rows


def property_title(labels: Sequence[str], name: str, language: str = "zh") -> str:
    """Return the caption of a property of a node with these labels, without its unit."""
    for label in labels:
        for item in SCHEMA.node_properties(label):
            if item.name == name:
                return _without_unit(item.title.to(language))
    return name


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
            name: _sources(said_in(described, name))
            for name in ("name", *described.node.properties)
            if name not in _NOT_SHOWN or name == "name"
        },
        "records": [_record_json(record, described) for record in described.records],
        "links": [_link_json(link, described) for link in described.links],
        "mentions": [dict(mention) for mention in described.mentions],
        "conflicts": [{"chosen": None, **conflict} for conflict in described.conflicts],
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


def founded_later(described: Described) -> date | None:
    """Return the day a party was established on where that is after the day asked for."""
    day = described.node.properties.get("established_on")
    return day if isinstance(day, date) and day > described.as_of else None


def party_lines(described: Described) -> Iterator[str]:
    """Yield a party as a person reads it on a terminal."""
    language = spoken()
    label = SCHEMA.node(described.node.label).title.to(language)
    yield f"{described.node.name}  [{label}]  {described.node.uid}"
    yield text("line.party.at", day=described.as_of, snapshot=described.snapshot)
    if later := founded_later(described):
        yield text("line.warning", words=text("line.party.founded_later", day=later))
    for part, rows in (
        ("basics", basics(described, language)),
        ("records", record_rows(described, language)),
        ("links", link_rows(described, language=language)),
    ):
        yield f"# {text(f'line.party.{part}')} ({len(rows)})"
        for row in rows:
            yield "\t".join(value for value in row.values() if value)
    yield f"# {text('line.party.sources')} ({len(described.mentions)})"
    for mention in described.mentions:
        where = text("line.file_row", file=mention["file"], row=mention["row"])
        rule = joined_by(mention["rule"], language)
        yield f"{where}\t{mention.get('name') or figures.MISSING}\t{rule}"
    if described.conflicts:
        yield f"# {text('line.party.conflicts')} ({len(described.conflicts)})"
        for conflict in described.conflicts:
            title = property_title(described.node.labels, str(conflict["property"]), language)
            taken = figures.taken(conflict.get("chosen"))
            yield text("line.party.conflict", title=title, value=conflict["value"], taken=taken)
