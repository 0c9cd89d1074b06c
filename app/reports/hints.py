"""Leads apart from facts, each with its null model; and what changed around each record."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.desk.leads import CONFIRMED, DISMISSED, standing, state_of
from app.presenters.chain import link_words
from app.presenters.patterns import details, figures_text, role, title, why
from app.reports.ask import Ground
from app.reports.blocks import link_basis, nothing, rows_text, say_of
from app.reports.content import Numbering, Section, Sentence, table
from app.reports.words import clauses, listed, method, sentence, word
from app.texts.read import spoken, text
from graph.analysis.party import Described
from graph.analysis.patterns.catalog import sources_of
from graph.analysis.patterns.finding import NO_DATA, Finding, Leads
from graph.model import Record, Source
from graph.schema.codes import RECORD_CLASSES

# Changes so near to a record are listed.
WINDOW = timedelta(days=180)
_CHANGING = frozenset(
    {"REPRESENTS", "HOLDS_POST", "HOLDS_SHARES", "HAS_ADDRESS", "HAS_PHONE", "GUARANTEES"}
)
_MOST_DETAILS = 8


def leads(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the leads about the subject; what people dismissed is counted, not told."""
    said: list[Sentence] = []
    rows: list[dict[str, str]] = []
    dismissed = 0
    for found, finding in ground.leads_about(described.node.uid):
        state = lead_state(ground, finding)
        if state == DISMISSED:
            dismissed += 1
            continue
        said += _lead(ground, numbers, found, finding, state)
        rows += [
            {"线索": title(found.rule.code), "主体": one.name, "角色": role(one.role)}
            for one in finding.members
        ]
    if not said:
        said.append(nothing(ground, numbers, text("paper.lead.what", name=described.node.name)))
    if dismissed:
        words = text("paper.lead.dismissed", count=dismissed)
        said.append(numbers.say(words, "recorded", text("paper.lead.desk")))
    said.append(numbers.say(text("paper.lead.method"), "method", method()))
    state_rows = [_searched(one) for one in ground.leads()]
    tables = (
        *table(text("paper.lead.parties"), rows),
        *table(text("paper.lead.searches"), state_rows),
    )
    return Section(text("paper.title.leads"), tuple(said), tables)


def lead_state(ground: Ground, finding: Finding) -> str:
    """Return what a lead has come to by the decisions that the report knows."""

    def today(uid: str) -> str:
        place = ground.snapshot.find(uid)
        return uid if place is None else ground.snapshot.uid_at(place)

    last = standing(ground.decisions, today).get(finding.id)
    return state_of(finding, last, ground.view.as_of)[0]


def _lead(
    ground: Ground, numbers: Numbering, found: Leads, finding: Finding, state: str
) -> list[Sentence]:
    sources = [one for listed in sources_of(ground.snapshot, finding).values() for one in listed]
    code = found.rule.code
    grade = text("paper.lead.confirmed" if state == CONFIRMED else "paper.grade.lead")
    more = clauses(details(finding)[:_MOST_DETAILS])
    words = text(
        "paper.lead.said",
        title=title(code),
        why=why(finding),
        figures=figures_text(finding),
        more=sentence(more) if more else "",
    ).rstrip()
    null = text(
        "paper.lead.null",
        null=text(f"patterns.{code}.null"),
        false=text(f"patterns.{code}.false_alarms"),
    )
    rule = text("paper.lead.rule", code=code, version=found.rule.version)
    return [
        say_of(ground, numbers, text("paper.grade", grade=grade, text=words), "lead", sources),
        numbers.say(null, "method", rule),
    ]


def _searched(found: Leads) -> dict[str, str]:
    none, count = found.state == NO_DATA, f"{found.searched:,}"
    capped = listed(
        f"{text(f'patterns.capped.{name}')} {count:,}" for name, count in found.capped.items()
    )
    return {
        "线索": title(found.rule.code),
        "检索": text("paper.lead.no_data") if none else text("paper.lead.searched", count=count),
        "截断": capped or text("paper.lead.whole"),
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One change around a record: on which day, what, by which rows."""

    on: date
    words: str
    sources: tuple[Source, ...]


def changes(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return what changed shortly before and after each negative record of the subject."""
    uid = described.node.uid
    records = [one for one in ground.records(uid) if not one.positive and one.decided_on]
    happened = _changes(ground, described)
    said: list[Sentence] = []
    rows = []
    for record in records:
        near = [
            (one, (one.on - day).days)
            for one in happened
            if (day := record.decided_on) and abs(one.on - day) <= WINDOW
        ]
        said.append(_around(ground, numbers, record, [days for _, days in near]))
        rows += [
            {
                "记录": record_name(record),
                "变更日": str(one.on),
                "先后": _when(days),
                "变更": one.words,
                "来源": rows_text(one.sources),
            }
            for one, days in near
        ]
    if not records:
        what = text("paper.change.nothing", name=described.node.name)
        said.append(nothing(ground, numbers, what))
    said.append(numbers.say(text("paper.change.method", days=WINDOW.days), "method", method()))
    changed = table(text("paper.change.table"), rows)
    return Section(text("paper.title.changes"), tuple(said), changed)


def _when(days: int) -> str:
    if not days:
        return text("paper.change.same")
    return text("paper.change.before" if days < 0 else "paper.change.after", days=abs(days))


def record_name(record: Record) -> str:
    """Return what a record is called: class, number, day."""
    number = record.properties.get("case_number") or ""
    kind = word(RECORD_CLASSES[record.record_class])
    return text("paper.change.record", kind=kind, number=number, day=record.decided_on)


def _around(ground: Ground, numbers: Numbering, record: Record, days: list[int]) -> Sentence:
    words = text(
        "paper.change.around",
        record=record_name(record),
        days=WINDOW.days,
        before=sum(one < 0 for one in days),
        after=sum(one >= 0 for one in days),
    )
    return say_of(
        ground, numbers, words, "recorded", ground.said(record.properties.get("record_id"))
    )


def _changes(ground: Ground, described: Described) -> list[Change]:
    found = []
    for link in described.links:
        if link.type not in _CHANGING:
            continue
        sources = tuple(described.link_sources[link.key] or link_basis(ground, [link]))
        other = described.names[link.target if link.source == described.node.uid else link.source]
        what = link_words(link, spoken())
        for day, verb in ((link.valid_from, "begins"), (link.valid_to, "ends")):
            if day is not None and day <= ground.view.as_of:
                words = text(f"paper.change.{verb}", link=what, other=other)
                found.append(Change(day, words, sources))
    values = described.node.properties
    own = tuple(ground.said(values.get("record_id")))
    for name, verb in (("established_on", "established"), ("ended_on", "ended")):
        when = values.get(name)
        if isinstance(when, date) and when <= ground.view.as_of:
            found.append(Change(when, text(f"paper.change.{verb}"), own))
    return sorted(found, key=lambda one: (one.on, one.words))
