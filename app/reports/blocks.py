"""Sections that reports of several kinds share: cover, own records, links, method, evidence."""

from collections.abc import Sequence
from dataclasses import replace

from app.presenters import figures
from app.presenters.party import basics, link_rows, property_title, record_rows
from app.reports.ask import Asked, Ground
from app.reports.content import Numbering, Section, Sentence, Table, kind_said, table
from app.reports.words import clauses, day, day_of, heads, listed, method, word
from app.texts.read import spoken, text
from graph.analysis.explain import NOTICE
from graph.analysis.party import Described, link_sources
from graph.model import Link, Node, Record, Source
from graph.schema.codes import RECORD_CLASSES, SEVERITIES, STATUSES
from graph.schema.words import Family
from graph.snapshot.tables import SUPERSEDED
from loaders.tables.read import purposes

# Things named in words; all of them stand in the tables.
MOST_SENTENCES = 12
# Rows of one file that are named singly.
_MOST_ROWS = 5
_LINK_COLUMNS = ("关系", "方向", "对方", "职务", "比例", "期间", "性质", "来源")
_RECORD_COLUMNS = ("类别", "文书号", "严重程度", "来源用语", "状态", "决定日期", "公示截止", "来源")
_CODES = ("uscc", "org_code", "registration_number", "id_mask", "licence_number")
# The plan's order 提示 → 警示 → 惩戒 (first warn, then punish: domain R-02), by severity.
_STAGES = {"minor": "hint", "general": "warning", "heavier": "warning", "serious": "punishment"}
_HONOURED = "encouragement"


def rows_text(sources: Sequence[Source]) -> str:
    """Return where a statement stands: every file with its rows, many of them counted."""
    files: dict[str, list[int]] = {}
    for one in sources:
        files.setdefault(one.file, []).append(one.row)
    parts = []
    for file, rows in files.items():
        named = listed(text("paper.row", row=row) for row in rows[:_MOST_ROWS])
        more = text("paper.rows_more", count=len(rows)) if len(rows) > _MOST_ROWS else ""
        parts.append(f"{file} {named}{more}")
    return clauses(parts) or figures.MISSING


def say_of(
    ground: Ground, numbers: Numbering, text: str, kind: str, sources: Sequence[Source]
) -> Sentence:
    """Return a numbered sentence that rests on rows; on all that was searched where none are."""
    basis = rows_text(sources) if sources else _searched(ground)
    return numbers.say(text, kind, basis, ground.resources(sources))


def where(ground: Ground) -> str:
    """Return what was looked at."""
    return text("paper.where", snapshot=ground.snapshot.id, as_of=ground.view.as_of)


def nothing(ground: Ground, numbers: Numbering, what: str) -> Sentence:
    """Return the sentence that something was not found, with what was searched."""
    said = text("paper.nothing", what=what, where=where(ground))
    return numbers.say(said, "recorded", _searched(ground))


def _searched(ground: Ground) -> str:
    return text("paper.all_searched", snapshot=ground.snapshot.id)


def cover(ground: Ground, asked: Asked, node: Node | None, numbers: Numbering) -> Section:
    """Return the cover: whom about, what for, by whose leave, as of when, on what."""
    rows = []
    if node is not None:
        rows.append((text("paper.cover.name"), node.name))
        rows += [
            (text(f"paper.cover.{name}"), _code(node.properties[name]))
            for name in _CODES
            if node.properties.get(name)
        ]
        rows.append((text("paper.cover.uid"), node.uid))
    loaded = max((one.loaded_at for one in ground.batches), default=figures.MISSING)
    missing = text("paper.cover.not_given")
    told = {
        "purpose": asked.purpose if spoken() == "zh" else purposes()[asked.purpose],
        "authorisation": asked.authorisation or missing,
        "applicant": asked.applicant or missing,
        "as_of": day_of(ground.view.as_of),
        "loaded": text("paper.cover.loaded_at", at=loaded),
        **({"known_on": text("paper.cover.then", day=asked.known_on)} if asked.known_on else {}),
        "known_at": ground.known_at or text("paper.cover.undecided"),
        "snapshot": ground.snapshot.id,
        "policy": ground.view.policy.version,
    }
    rows += [(text(f"paper.cover.{name}"), value) for name, value in told.items()]
    notice = text("paper.cover.notice", notice=word(NOTICE))
    facts = Table("", heads("项目", "内容"), tuple(rows), "facts")
    said = (numbers.say(notice, "method", method()),)
    return Section(text("paper.title.cover"), said, (facts,))


def _code(value: object) -> str:
    return listed(map(str, value)) if isinstance(value, tuple) else str(value)


def subject(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return what is registered about the subject, with the values that lost named."""
    rows = [dict(row) for row in basics(described, spoken())]
    own = ground.said(described.node.properties.get("record_id"))
    counts = {"rows": len(rows), "kept": len(described.conflicts)}
    words = text("paper.subject.counted", name=described.node.name, **counts)
    said = [say_of(ground, numbers, words, "recorded", own)]
    for one in described.conflicts[:MOST_SENTENCES]:
        title = property_title(described.node.labels, str(one["property"]), spoken())
        values = {"value": one["value"], "chosen": figures.taken(one.get("chosen"))}
        why = "superseded" if one["rule"] == SUPERSEDED else "conflict"
        words = text(f"paper.subject.{why}", title=title, **values)
        said.append(say_of(ground, numbers, words, "recorded", ground.said(one["record_id"])))
    return Section(text("paper.title.subject"), tuple(said), table("", rows))


def own_records(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the subject's own records, honours and negatives alike."""
    found = ground.records(described.node.uid)
    said = [record_sentence(ground, numbers, one) for one in found[:MOST_SENTENCES]]
    if not found:
        what = text("paper.records.what", name=described.node.name)
        said.append(nothing(ground, numbers, what))
    said.append(numbers.say(text("paper.records.method"), "method", method()))
    shown = {one.uid for one in found}
    held = [one for one in described.records if one.uid in shown]
    order = sorted(held, key=lambda one: (str(one.decided_on or ""), one.uid), reverse=True)
    rows = [
        {
            **{key: row[key] for key in _RECORD_COLUMNS[:-1]},
            "措施阶段": stage(one),
            "来源": row["来源"],
        }
        for one in order
        for row in record_rows(only(described, one), spoken())
    ]
    return Section(text("paper.title.records"), tuple(said), table("", rows))


def only(described: Described, record: Record) -> Described:
    """Return a party as if it had this one record."""
    return replace(described, records=(record,))


def stage(record: Record) -> str:
    """Return the stage of a record's measures."""
    found = _HONOURED if record.positive else _STAGES.get(str(record.severity))
    return figures.MISSING if found is None else text(f"paper.stage.{found}")


def record_sentence(
    ground: Ground, numbers: Numbering, record: Record, whose: str = ""
) -> Sentence:
    """Say one record of a party: class, number, day, status, severity, publication end, stage."""
    severity = word(SEVERITIES[record.severity]) if record.severity else ""
    said = text(
        "paper.records.said",
        whose=text("paper.records.whose", name=whose) if whose else "",
        kind=word(RECORD_CLASSES[record.record_class]),
        number=record.properties.get("case_number") or "",
        day=day(record.decided_on),
        severity=text("paper.records.severity", severity=severity) if severity else "",
        status=word(STATUSES[record.status]),
        until=day(record.published_until),
        stage=stage(record),
    )
    return say_of(
        ground, numbers, said, "recorded", ground.said(record.properties.get("record_id"))
    )


def links_table(caption: str, described: Described, *families: Family) -> tuple[Table, ...]:
    """Return the subject's links of some families as a table."""
    found = link_rows(described, families, spoken())
    return table(caption, [{key: row[key] for key in _LINK_COLUMNS} for row in found])


def link_basis(ground: Ground, links: Sequence[Link]) -> list[Source]:
    """Return the rows behind some links; behind computed control the shares that it rests on."""
    recorded = [one for one in links if one.kind != "computed"]
    for one in links:
        if one.kind == "computed":
            recorded += [
                other
                for other in ground.snapshot.links_of(one.target)
                if other.type == "HOLDS_SHARES" and other.target == one.target
            ]
    found = link_sources(ground.snapshot, list({one.key: one for one in recorded}.values()))
    return list(dict.fromkeys(source for sources in found.values() for source in sources))


def scope(ground: Ground, further: Sequence[tuple[str, str]], numbers: Numbering) -> Section:
    """Return what was searched, by what rules, and what was not; `further` are (text, kind)."""
    counts = ground.snapshot.manifest["counts"]
    words = text(
        "paper.scope.counted",
        snapshot=ground.snapshot.id,
        parties=f"{counts.get('parties', counts['nodes']):,}",
        links=f"{counts['links']:,}",
        records=f"{counts['records']:,}",
        files=len(ground.batches),
    )
    said = [numbers.say(words, "recorded", text("paper.scope.basis"))]
    said += [numbers.say(told, kind, method()) for told, kind in further]
    said.append(numbers.say(text("paper.scope.not_searched"), "method", method()))
    rows = [
        {
            "资源": ground.title(one.resource),
            "文件": one.file,
            "读入": f"{one.read:,}",
            "写入": f"{one.loaded:,}",
            "合并": f"{one.merged:,}",
            "拒收": f"{one.rejected:,}",
            "装载时间": one.loaded_at,
        }
        for one in ground.batches
    ]
    sources = table(text("paper.scope.sources"), rows)
    return Section(text("paper.title.scope"), tuple(said), sources)


def objection(ground: Ground, numbers: Numbering) -> Section:
    """Return how to object."""
    del ground
    words = (
        text("paper.objection.how"),
        text("paper.objection.meanwhile"),
        text("paper.objection.verify"),
    )
    said = tuple(numbers.say(one, "method", method()) for one in words)
    return Section(text("paper.title.objection"), said)


def evidence(numbers: Numbering) -> Section:
    """Return every sentence of the report with what it rests on."""
    rows = tuple(
        (one.number, one.text, kind_said(one.kind), one.resource or figures.MISSING, one.evidence)
        for one in numbers.said
    )
    # Whole, however long: every sentence is found here.
    titles = heads("句号", "陈述", "性质", "资源", "文件与行，或凭证")
    return Section(text("paper.title.evidence"), (), (Table("", titles, rows, "evidence"),))
