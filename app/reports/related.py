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
from app.reports.words import listed, sentence, word
from app.texts.read import spoken, text
from graph.analysis.answers import Exposure
from graph.analysis.certificate import certificate
from graph.analysis.controller import controller
from graph.analysis.ownership import owners
from graph.analysis.party import Described, describe
from graph.analysis.stops import STOPS
from graph.model import Record
from graph.schema.codes import LEVELS, SEVERITIES

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
    said = [(text("paper.scope.exposure", bounds=bounds_line(found, spoken())), "computed")]
    if "Organisation" in described.node.labels:
        holdings = owners(ground.view, described.node.uid).holdings
        stops = Counter(word(STOPS[one.stop]) for one in holdings if one.stop)
        words = listed(f"{stop} {count}" for stop, count in sorted(stops.items()))
        words = words or text("paper.scope.no_holder")
        said.append((text("paper.scope.stops", words=words), "computed"))
    return said


def graded(records: list[Record]) -> str:
    """Return how many records there are of each severity, gravest first."""
    counts = {one: sum(record.severity == one for record in records) for one in _ORDER}
    parts = [f"{word(SEVERITIES[one])} {count}" for one, count in counts.items() if count]
    return text("paper.sum.graded", words=listed(parts)) if parts else ""


def gravest(records: list[Record]) -> str:
    """Return the word for the gravest of some records."""
    found = next((one for one in _ORDER if any(one == rec.severity for rec in records)), None)
    return word(SEVERITIES[found]) if found else text("paper.grade.none")


def _graded(grade: str, words: str) -> str:
    return text("paper.grade", grade=grade, text=words)


def _summary(ground: Ground, described: Described, found: Exposure, numbers: Numbering) -> Section:
    """Return at most five graded sentences and three columns that are never added up."""
    node, snapshot = described.node, ground.snapshot.id
    active = ground.active(node.uid)
    honours = [one for one in ground.records(node.uid) if one.positive]
    parties = [one for one in relations.parties_of(found) if one != node.uid]
    leads = ground.leads_about(node.uid)
    level = word(LEVELS[found.level])
    sources = [one for record in active for one in ground.said(record.properties["record_id"])]
    counts = {"count": len(active), "honours": len(honours)}
    own = text("paper.sum.own", graded=graded(active), **counts)
    value = text("paper.sum.value", level=level, **relations.values_of(found))
    hint = text("paper.grade.hint" if parties else "paper.grade.none")
    words = _graded(gravest(active), text("paper.sum.own_said", own=own))
    said = [blocks.say_of(ground, numbers, words, "recorded", sources)]
    words = _graded(level, text("paper.sum.value_said", value=value))
    said.append(numbers.say(words, "computed", text("paper.sum.value_basis")))
    words = text(
        "paper.sum.parties",
        parties=len(parties),
        paths=len(found.contributions),
        bounds=bounds_line(found, spoken()),
    )
    basis = text("paper.section_of", number=6, snapshot=snapshot)
    said.append(numbers.say(_graded(hint, words), "computed", basis))
    control = figures.MISSING
    if "Organisation" in node.labels:
        control = owning.controller_words(ground, controller(ground.view, node.uid))
        basis = text("paper.section_of", number=5, snapshot=snapshot)
        words = _graded(text("paper.grade.computed"), sentence(control))
        said.append(numbers.say(words, "computed", basis))
    grade = text("paper.grade.lead" if leads else "paper.grade.none")
    words = _graded(grade, text("paper.sum.leads", count=len(leads)))
    basis = text("paper.section_of", number=8, snapshot=snapshot)
    said.append(numbers.say(words, "lead", basis))
    row = {
        "自身记录（登记事实）": own,
        "计算结果（传导与控制）": text("paper.semicolon").join((value, control)),
        "待核线索（未经核实）": text("paper.sum.count", count=len(leads)),
    }
    three = table(text("paper.sum.columns"), [row], "columns")
    return Section(text("paper.title.summary"), tuple(said), three)
