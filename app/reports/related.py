"""关联方信用风险报告: the thirteen sections on one party and who stands around it."""

import json

from app.presenters import figures
from app.presenters.exposure import bounds_line
from app.reports import blocks, hints, owning, relations
from app.reports.ask import Asked, Ground
from app.reports.content import Content, Numbering, Section, Subject, table
from app.reports.made import Made
from graph.analysis.answers import Exposure
from graph.analysis.certificate import certificate
from graph.analysis.controller import controller
from graph.analysis.party import Described, describe
from graph.model import Record
from graph.schema.codes import LEVELS, SEVERITIES

TITLE = "关联方信用风险报告"
# From the gravest on.
_ORDER = tuple(reversed(SEVERITIES))


def compose(ground: Ground, asked: Asked) -> Made:
    """Return the report; every sentence is numbered and stands again in the table of evidence."""
    described = describe(ground.snapshot, asked.uid, ground.view.as_of)
    uid = described.node.uid
    found = ground.expose(uid, asked.hops)
    proof = json.dumps(certificate(ground.view, uid, asked.hops), ensure_ascii=False, indent=1)
    numbers = Numbering()
    sections: list[Section] = []

    def add(section: Section) -> None:
        sections.append(section)
        numbers.begin()

    numbers.begin()
    add(blocks.cover(ground, asked, numbers, described.node))
    add(_summary(ground, numbers, described, found))
    add(blocks.subject(ground, numbers, described))
    add(blocks.own_records(ground, numbers, described))
    add(owning.ownership(ground, numbers, described))
    add(relations.related(ground, numbers, described, found))
    add(relations.services(ground, numbers, described))
    add(hints.leads(ground, numbers, described))
    add(hints.changes(ground, numbers, described))
    flows, annex = relations.exposure(ground, numbers, found, proof)
    add(flows)
    add(blocks.scope(ground, numbers, [(f"传导计算：{bounds_line(found)}。", "computed")]))
    add(blocks.objection(ground, numbers))
    sections.append(blocks.evidence(numbers))
    content = Content(
        kind=asked.kind,
        title=TITLE,
        subject=Subject(uid, described.node.name),
        purpose=asked.purpose,
        as_of=ground.view.as_of.isoformat(),
        snapshot=ground.snapshot.id,
        policy=ground.view.policy.version,
        sections=tuple(sections),
        annexes=(annex,),
    )
    return Made(content, {annex.name: proof})


def graded(records: list[Record]) -> str:
    """Return how many records there are of each severity, gravest first."""
    counts = {one: sum(record.severity == one for record in records) for one in _ORDER}
    parts = [f"{SEVERITIES[one].zh} {count}" for one, count in counts.items() if count]
    return f"（{'、'.join(parts)}）" if parts else ""


def gravest(records: list[Record]) -> str:
    """Return the word for the gravest of some records."""
    found = next((one for one in _ORDER if any(one == rec.severity for rec in records)), None)
    return SEVERITIES[found].zh if found else "无"


def _summary(ground: Ground, numbers: Numbering, described: Described, found: Exposure) -> Section:
    """Return at most five graded sentences and three columns that are never added up."""
    node = described.node
    active = ground.active(node.uid)
    honours = [one for one in ground.records(node.uid) if one.positive]
    parties = [one for one in relations.parties_of(found) if one != node.uid]
    leads = hints.leads_about(ground, node.uid)
    level = LEVELS[found.level].zh
    sources = [one for record in active for one in ground.said(record.properties["record_id"])]
    own = f"有效负面记录 {len(active)} 条{graded(active)}；守信与许可记录 {len(honours)} 条"
    value = (
        f"传导值 {figures.exposure(found.exposure)}（下限 {figures.exposure(found.floor)}，"
        f"上限 {figures.exposure(found.cap)}），等级 {level}"
    )
    snapshot = f"快照 {ground.snapshot.id}"
    said = [
        blocks.say_of(
            ground, numbers, f"〔{gravest(active)}〕自身记录：{own}。", "recorded", sources
        ),
        numbers.say(f"〔{level}〕按登记数据计算，{value}。", "computed", "第 10 节与计算凭证"),
        numbers.say(
            f"〔{'提示' if parties else '无'}〕有有效负面记录的关联方 {len(parties)} 个，"
            f"关联路径 {len(found.contributions)} 条，{bounds_line(found)}。",
            "computed",
            f"第 6 节，{snapshot}",
        ),
    ]
    control = figures.MISSING
    if "Organisation" in node.labels:
        words = owning.controller_words(ground, controller(ground.view, node.uid))
        control = words.removesuffix("。")
        said.append(numbers.say(f"〔计算〕{words}", "computed", f"第 5 节，{snapshot}"))
    said.append(
        numbers.say(
            f"〔{'待核' if leads else '无'}〕待核线索 {len(leads)} 条，均未经核实。",
            "lead",
            f"第 8 节，{snapshot}",
        )
    )
    row = {
        "自身记录（登记事实）": own,
        "计算结果（传导与控制）": f"{value}；{control}",
        "待核线索（未经核实）": f"{len(leads)} 条",
    }
    return Section("摘要", tuple(said), table("三栏分列，不相加", [row], "columns"))
