"""Leads as JSON and as lines: figures, reasons, rows, false alarms, and how to see them."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.presenters import figures
from app.texts.read import text
from graph.analysis.patterns.catalog import sources_of
from graph.analysis.patterns.finding import NO_DATA, SEARCHED, Fact, Finding, Item, Leads
from graph.policy.patterns import patterns_policy
from graph.snapshot.reader import Snapshot
from queries.card import Query

# The named query that shows what a lead rests on.
QUERY = "trace.among"
_MOST_ROWS = 5_000
# On a terminal; JSON has all.
_LINES = 12
# Which columns of a list are codes that have a word.
_CODED = {"values": {0}, "bases": {0}, "changes": {0}, "relations": {0}, "pairs": {2}}
_LAYER = "layer_"


def title(code: str) -> str:
    """Return what a pattern is called."""
    return text(f"patterns.{code}.title")


def _fact(value: Fact) -> object:
    """Return a fact as it stands in a sentence: fractions as shares, a missing one as a dash."""
    if value is None:
        return figures.MISSING
    return figures.percent(value) if isinstance(value, float) else value


def why(finding: Finding) -> str:
    """Return in one sentence why this is a lead."""
    facts = {name: _fact(value) for name, value in finding.facts.items()}
    counts = {"population": finding.population, "count": finding.count}
    return text(f"patterns.{finding.rule.code}.why", **{**counts, **facts})


def role(code: str) -> str:
    """Return what a party is in a lead; layers of a family are counted."""
    if code.startswith(_LAYER):
        return text("patterns.role.layer", layer=code.removeprefix(_LAYER))
    return text(f"patterns.role.{code}")


def details(finding: Finding) -> list[str]:
    """Return the lines of a finding's lists in words."""
    return [_item(name, item) for name, items in finding.lists.items() for item in items]


def _item(name: str, item: Item) -> str:
    coded = _CODED.get(name, set())
    words = [
        text(f"patterns.word.{value}") if place in coded else _fact(value)
        for place, value in enumerate(item)
    ]
    return text(f"patterns.list.{name}", **dict(zip("abc", words, strict=False)))


def _tail(p: float) -> str:
    """Return a probability: three decimals, or with an exponent where these say nothing.

    >>> _tail(.511), _tail(8.04e-05)
    ('0.511', '8.04e-05')
    """
    return f"{p:.3f}" if p >= 0.001 else f"{p:.2e}"  # noqa: PLR2004 - three decimals


def interval_text(interval: tuple[float, float]) -> str:
    """Return an interval of shares."""
    return "–".join(figures.percent(bound) for bound in interval)


def figures_text(finding: Finding) -> str:
    """Return N, k, P, lift and interval, as far as the null model has them."""
    return text(
        "patterns.figures",
        population=f"{finding.population:,}",
        count=f"{finding.count:,}",
        p="" if finding.p is None else text("patterns.p", p=_tail(finding.p)),
        lift="" if finding.lift is None else text("patterns.lift", lift=f"{finding.lift:.1f}"),
        interval=""
        if finding.interval is None
        else text("patterns.interval", interval=interval_text(finding.interval)),
    )


def statement(finding: Finding, snapshot: Snapshot, query: Query) -> Mapping[str, object]:
    """Return the Cypher that shows a lead: query, text and parameters."""
    params = {"uids": shown_of(finding, snapshot), "limit": _MOST_ROWS}
    return {"query": query.id, "text": query.text, "params": params}


def uids_of(finding: Finding, snapshot: Snapshot) -> list[str]:
    """Return every node that plays in a lead or stands at an end of one of its links."""
    uids = {member.uid for member in finding.members}
    for key in finding.links:
        link = snapshot.link(key)
        uids |= {link.source, link.target}
    return sorted(uids)


def shown_of(finding: Finding, snapshot: Snapshot) -> list[str]:
    """Return the same with the records that the lead rests on."""
    return sorted({*uids_of(finding, snapshot), *finding.records})


def leads_to_json(
    leads: Leads,
    snapshot: Snapshot,
    query: Query,
    decided: Mapping[str, Mapping[str, object]],
    precision: Mapping[str, object],
) -> dict[str, Any]:
    """Return one pattern's answer; `decided` is each lead's state by id."""
    code = leads.rule.code
    return {
        "pattern": code,
        "title": title(code),
        "kind": "lead",
        "notice": text("patterns.notice"),
        "version": leads.rule.version,
        "maturity": leads.rule.maturity,
        "parameters": dict(leads.rule.values),
        "parameters_dated": patterns_policy().dated.isoformat(),
        "purpose": text(f"patterns.{code}.purpose"),
        "null_model": text(f"patterns.{code}.null"),
        "false_alarms": text(f"patterns.{code}.false_alarms"),
        "state": leads.state,
        "searched": leads.searched,
        "searched_text": searched(leads),
        "skipped": dict(leads.skipped),
        "capped": dict(leads.capped),
        "as_of": leads.as_of.isoformat(),
        "snapshot": leads.snapshot,
        "precision": dict(precision),
        "findings": [
            _finding_to_json(one, snapshot, query) | dict(decided[one.id]) for one in leads.findings
        ],
    }


def _finding_to_json(finding: Finding, snapshot: Snapshot, query: Query) -> dict[str, Any]:
    said = sources_of(snapshot, finding)
    return {
        "id": finding.id,
        "parties": [
            {"uid": one.uid, "name": one.name, "role": one.role} for one in finding.members
        ],
        "N": finding.population,
        "k": finding.count,
        "p": finding.p,
        "lift": finding.lift,
        "interval": None if finding.interval is None else list(finding.interval),
        "why": why(finding),
        "details": details(finding),
        "facts": dict(finding.facts),
        "rows": [
            {
                "key": key,
                "kind": "record" if key in finding.records else "link",
                "sources": [
                    {
                        "record_id": one.record_id,
                        "resource": one.resource,
                        "file": one.file,
                        "row": one.row,
                    }
                    for one in said.get(key, ())
                ],
            }
            for key in (*finding.records, *finding.links)
        ],
        "cypher": statement(finding, snapshot, query),
    }


def searched(leads: Leads) -> str:
    """Return what was searched, skipped and cut off, or why nothing was."""
    code = leads.rule.code
    if leads.state == NO_DATA:
        return text("patterns.state.no_data")
    what = text(f"patterns.{code}.searched", count=f"{leads.searched:,}")
    if leads.state != SEARCHED:
        return text("patterns.state.nothing", what=what)
    return text(
        "patterns.searched",
        what=what,
        skipped=_counted("skipped", leads.skipped),
        capped=_counted("capped", leads.capped),
        count=len(leads.findings),
    )


def _counted(kind: str, counts: Mapping[str, int]) -> str:
    words = [f"{text(f'patterns.{kind}.{name}')} {count:,}" for name, count in counts.items()]
    return text("frame.comma").join(words) or text("patterns.none")


def precision_text(
    share: float | None, interval: tuple[float, float] | None, confirmed: int, dismissed: int
) -> str:
    """Return how many of the decided leads of a pattern were confirmed."""
    if share is None or interval is None:
        return text("patterns.no_precision")
    return text(
        "patterns.precision",
        share=figures.percent(share),
        interval=interval_text(interval),
        confirmed=confirmed,
        dismissed=dismissed,
    )


def leads_lines(
    leads: Leads, snapshot: Snapshot, decided: Mapping[str, Mapping[str, object]], precision: str
) -> Iterator[str]:
    """Yield one pattern's answer as a person reads it on a terminal."""
    code = leads.rule.code
    values = text("line.and").join(f"{name}={value}" for name, value in leads.rule.values.items())
    yield "# " + text(
        "patterns.head",
        title=title(code),
        code=code,
        maturity=text(f"patterns.maturity.{leads.rule.maturity}"),
        version=leads.rule.version,
        as_of=leads.as_of,
        snapshot=leads.snapshot,
        parameters=values or text("patterns.none"),
    )
    for part in ("purpose", "null"):
        yield f"{text(f'patterns.{part}')}{text('frame.colon')}{text(f'patterns.{code}.{part}')}"
    yield searched(leads)
    yield precision
    if leads.state == SEARCHED and not leads.findings:
        yield text("patterns.not_found")
    for finding in leads.findings:
        yield from _finding_lines(finding, snapshot, decided[finding.id])
    if leads.findings:
        false = text(f"patterns.{code}.false_alarms")
        yield f"{text('patterns.false')}{text('frame.colon')}{false}"


def _finding_lines(
    finding: Finding, snapshot: Snapshot, decided: Mapping[str, object]
) -> Iterator[str]:
    state = text(f"patterns.decision.{decided['state']}")
    reason = decided["back"]
    back = text("line.in_brackets", words=text(f"patterns.back.{reason}")) if reason else ""
    yield f"- {finding.id}\t{why(finding)}\t{figures_text(finding)}\t{state}{back}"
    yield from _some(
        f"    {text('patterns.parties')}\t{role(one.role)}\t{one.name}\t{one.uid}"
        for one in finding.members
    )
    yield from _some(f"    {line}" for line in details(finding))
    said = sources_of(snapshot, finding)
    yield from _some(
        f"    {text('patterns.evidence')}\t{key}\t"
        + text("line.list").join(
            text("patterns.file_row", file=one.file, row=one.row) for one in said.get(key, ())
        )
        for key in (*finding.records, *finding.links)
    )
    uids = ",".join(shown_of(finding, snapshot))
    yield f"    {text('patterns.statement')}\txinmai query run {QUERY} -p uids={uids}"


def _some(lines: Iterator[str]) -> Iterator[str]:
    listed = list(lines)
    yield from listed[:_LINES]
    if len(listed) > _LINES:
        yield "    " + text("patterns.more", count=len(listed) - _LINES)
