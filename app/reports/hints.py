"""Leads apart from facts, each with its null model; and what changed around each record."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.desk.leads import CONFIRMED, DISMISSED, standing, state_of
from app.presenters.chain import link_words
from app.presenters.patterns import details, figures_text, role, title, why
from app.reports.ask import Ground
from app.reports.blocks import METHOD, link_basis, nothing, rows_text, say_of
from app.reports.content import Numbering, Section, Sentence, table
from app.texts.read import text
from graph.analysis.party import Described
from graph.analysis.patterns.catalog import sources_of
from graph.analysis.patterns.finding import NO_DATA, Finding, Leads
from graph.model import Record, Source
from graph.schema.codes import RECORD_CLASSES

# Computed families are no leads of misconduct: the section on control has them.
_NO_LEADS = ("group_family",)
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
    for found, finding in leads_about(ground, described.node.uid):
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
        said.append(nothing(ground, numbers, f"涉及 {described.node.name} 的待核线索"))
    if dismissed:
        words = f"另有 {dismissed} 条线索经人工核实已排除，不列入。"
        said.append(numbers.say(words, "recorded", "线索核实台账"))
    words = (
        "待核线索均未经核实，不是事实，也不得据此采取措施；"
        "相同的住所、电话、邮箱可能由代办机构共用。"
    )
    said.append(numbers.say(words, "method", METHOD))
    state_rows = [_searched(one) for one in ground.leads() if one.rule.code not in _NO_LEADS]
    tables = (*table("线索涉及的主体", rows), *table("各类线索的检索情况", state_rows))
    return Section("待核线索", tuple(said), tables)


def leads_about(ground: Ground, uid: str) -> list[tuple[Leads, Finding]]:
    """Return the leads about a party, computed families left out."""
    return [one for one in ground.leads_about(uid) if one[0].rule.code not in _NO_LEADS]


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
    confirmed = "经人工核实成立" if state == CONFIRMED else "待核"
    more = "；".join(details(finding)[:_MOST_DETAILS])
    words = (
        f"〔{confirmed}〕{title(code)}：{why(finding)}；{figures_text(finding)}。"
        f"{f'{more}。' if more else ''}"
    )
    null = (
        f"零模型：{text(f'patterns.{code}.null')}。"
        f"可能的误报：{text(f'patterns.{code}.false_alarms')}。"
    )
    return [
        say_of(ground, numbers, words, "lead", sources),
        numbers.say(null, "method", f"线索规则 {code} 第 {found.rule.version} 版"),
    ]


def _searched(found: Leads) -> dict[str, str]:
    state = "无此类资料" if found.state == NO_DATA else f"已检索 {found.searched:,}"
    capped = "、".join(
        f"{text(f'patterns.capped.{name}')} {count:,}" for name, count in found.capped.items()
    )
    return {"线索": title(found.rule.code), "检索": state, "截断": capped or "未触及上限"}


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
                "先后": f"记录{'前' if days < 0 else '后'} {abs(days)} 日" if days else "同日",
                "变更": one.words,
                "来源": rows_text(one.sources),
            }
            for one, days in near
        ]
    if not records:
        said.append(
            nothing(
                ground, numbers, f"{described.node.name} 有日期的负面记录，因而没有可比对的变更"
            )
        )
    words = (
        f"列出每条记录决定日前后各 {WINDOW.days} 日内代表人、任职、股东、住所、电话和担保的起止；"
        "先后不等于因果。"
    )
    said.append(numbers.say(words, "method", METHOD))
    return Section("记录前后的变更", tuple(said), table("变更", rows))


def record_name(record: Record) -> str:
    """Return what a record is called: class, number, day."""
    number = record.properties.get("case_number") or ""
    return f"{RECORD_CLASSES[record.record_class].zh} {number}（{record.decided_on}）"


def _around(ground: Ground, numbers: Numbering, record: Record, days: list[int]) -> Sentence:
    before, after = sum(one < 0 for one in days), sum(one >= 0 for one in days)
    words = (
        f"{record_name(record)} 决定日前 {WINDOW.days} 日内变更 {before} 项，"
        f"当日及其后 {WINDOW.days} 日内 {after} 项。"
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
        for day, verb in ((link.valid_from, "起"), (link.valid_to, "止")):
            if day is not None and day <= ground.view.as_of:
                found.append(Change(day, f"{link_words(link)} {other} {verb}", sources))
    values = described.node.properties
    own = tuple(ground.said(values.get("record_id")))
    for name, words in (("established_on", "成立"), ("ended_on", "注销或终止")):
        when = values.get(name)
        if isinstance(when, date) and when <= ground.view.as_of:
            found.append(Change(when, words, own))
    return sorted(found, key=lambda one: (one.on, one.words))
