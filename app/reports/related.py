"""关联方信用风险报告: the thirteen sections on one party and who stands around it."""

import json
from collections import Counter
from dataclasses import replace
from functools import partial

from app.presenters import figures
from app.presenters.exposure import bounds_line
from app.reports import blocks, hints, owning, relations
from app.reports.ask import Asked, Ground
from app.reports.content import Numbering, Section, Subject, table
from app.reports.made import Made, content_of
from app.reports.picked import picked
from graph.analysis.answers import Exposure
from graph.analysis.certificate import certificate
from graph.analysis.controller import controller
from graph.analysis.ownership import owners
from graph.analysis.party import Described, describe
from graph.analysis.stops import STOPS
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
    annex = relations.certificate_annex(proof)
    content = content_of(
        ground,
        asked,
        TITLE,
        Subject(uid, described.node.name),
        (
            partial(blocks.cover, ground, asked, described.node),
            partial(_summary, ground, described, found),
            partial(blocks.subject, ground, described),
            partial(blocks.own_records, ground, described),
            partial(owning.ownership, ground, described),
            partial(_related, ground, asked, described, found),
            partial(relations.services, ground, described),
            partial(hints.leads, ground, described),
            partial(hints.changes, ground, described),
            partial(relations.exposure, ground, found, annex),
            partial(blocks.scope, ground, _bounds(ground, described, found)),
            partial(blocks.objection, ground),
        ),
        (annex,),
    )
    return Made(content, {annex.name: proof})


def _related(
    ground: Ground, asked: Asked, described: Described, found: Exposure, numbers: Numbering
) -> Section:
    """Return the related parties, then what a person put aside on the canvas."""
    section = relations.related(ground, described, found, numbers)
    more = picked(ground, asked.listed, numbers)
    return replace(section, sentences=(*section.sentences, *more))


def _bounds(ground: Ground, described: Described, found: Exposure) -> list[tuple[str, str]]:
    """Return how far exposure went, and where the search for owners ended and why."""
    said = [(f"传导计算：{bounds_line(found)}。", "computed")]
    if "Organisation" in described.node.labels:
        holdings = owners(ground.view, described.node.uid).holdings
        stops = Counter(STOPS[one.stop].zh for one in holdings if one.stop)
        words = "、".join(f"{word} {count}" for word, count in sorted(stops.items()))
        said.append((f"股权穿透的止点：{words or '没有登记的持有人'}。", "computed"))
    return said


def graded(records: list[Record]) -> str:
    """Return how many records there are of each severity, gravest first."""
    counts = {one: sum(record.severity == one for record in records) for one in _ORDER}
    parts = [f"{SEVERITIES[one].zh} {count}" for one, count in counts.items() if count]
    return f"（{'、'.join(parts)}）" if parts else ""


def gravest(records: list[Record]) -> str:
    """Return the word for the gravest of some records."""
    found = next((one for one in _ORDER if any(one == rec.severity for rec in records)), None)
    return SEVERITIES[found].zh if found else "无"


def _summary(ground: Ground, described: Described, found: Exposure, numbers: Numbering) -> Section:
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
