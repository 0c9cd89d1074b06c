"""Step by step how a party was put together: rule, value that joined, file, row, date, version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.presenters import figures
from app.presenters.identity import WHAT
from app.presenters.joining import joined_by
from app.presenters.party import source_text
from app.texts.read import spoken, text
from graph.model import Source
from graph.schema.words import Text
from loaders.joining import IDENTITY, Said

# Rows and values that are named of a step in words; JSON has all.
NAMED = 5
_WHAT: Mapping[str, Text] = {
    **WHAT,
    "tax_number": Text("纳税人识别号", "tax number"),
    "licence_number": Text("执业证号", "licence number"),
    IDENTITY: Text("证件号码", "identity number"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row that a step put into the party, and what of it joined."""

    source: Source
    role: str
    name: str
    said: Said | None
    loaded_at: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """The rows that one rule put into the party; `held` is the party's own value, with its place.

    `judged` are the judgements behind it, in words, where people decided.
    """

    rule: str
    rows: tuple[Row, ...]
    held: str
    held_at: str
    judged: tuple[str, ...]

    @property
    def values(self) -> list[str]:
        """Return the values that joined, each once, as they may be shown."""
        return list(dict.fromkeys(value for row in self.rows if (value := shown(row.said))))

    @property
    def names(self) -> list[str]:
        """Return the names on the rows, each once."""
        return list(dict.fromkeys(row.name for row in self.rows if row.name))

    @property
    def days(self) -> list[date]:
        """Return the dates of the rows, in order."""
        return sorted(row.said.on for row in self.rows if row.said and row.said.on)


@dataclass(frozen=True, slots=True)
class How:
    """A party and the steps in which it was put together; under which rules and policy."""

    uid: str
    name: str
    snapshot: str
    rules: str
    policy: str
    steps: tuple[Step, ...]


def shown(said: Said | None) -> str:
    """Return the value that joined as it may be shown: an identity number is only named."""
    if said is None:
        return ""
    if said.what == IDENTITY:
        return _WHAT[IDENTITY].to(spoken())
    where = text("line.in_brackets", words=said.organisation) if said.organisation else ""
    return f"{said.value}{where}"


def steps_of(
    mentions: Sequence[Mapping[str, Any]],
    said: Mapping[tuple[str, str], Said],
    loaded: Mapping[str, str],
) -> dict[str, tuple[Row, ...]]:
    """Return the rows of a party by rule, most rows first; `loaded` is the time by batch."""
    by_rule: dict[str, list[Row]] = {}
    for one in sorted(mentions, key=lambda one: (str(one["file"]), int(one["row"]), one["role"])):
        source = Source(
            one["record_id"], one["resource"], one["batch"], one["file"], int(one["row"])
        )
        key = (str(one["record_id"]), str(one["role"]))
        score = one.get("score")
        by_rule.setdefault(str(one["rule"]), []).append(
            Row(
                source,
                str(one["role"]),
                str(one.get("name") or ""),
                said.get(key),
                loaded.get(str(one["batch"]), ""),
                None if score is None else float(score),
            )
        )
    ordered = sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0]))
    return {rule: tuple(rows) for rule, rows in ordered}


def how_lines(how: How) -> Iterator[str]:
    """Yield the steps with their values, files, rows, dates and versions."""
    versions = {"snapshot": how.snapshot, "rules": how.rules, "policy": how.policy}
    yield text("line.how.versions", name=how.name, uid=how.uid, **versions)
    for number, step in enumerate(how.steps, start=1):
        rule, rows = joined_by(step.rule, spoken()), len(step.rows)
        yield text("line.how.step", number=number, rule=rule, rows=rows, names=_few(step.names))
        if step.values:
            at = text("line.how.held_at", place=step.held_at) if step.held_at else ""
            yield f"   {text('line.how.values', values=_few(step.values))}{at}"
        if step.days:
            yield f"   {text('line.how.days', days=_between(step.days))}"
        for judged in step.judged:
            yield f"   {judged}"
        for row in step.rows[:NAMED]:
            yield f"   {_row_line(row)}"
        if rows > NAMED:
            yield f"   {text('line.more_rows', count=rows - NAMED)}"


def _row_line(row: Row) -> str:
    dated = row.said.on if row.said else None
    return text(
        "line.how.row",
        source=source_text([row.source], spoken()),
        name=row.name or figures.MISSING,
        on=figures.day(dated, spoken()) if dated else text("line.how.undated"),
        score="" if row.score is None else text("line.how.score", score=row.score),
    )


def _few(values: Sequence[str]) -> str:
    more = text("line.how.of", count=len(values)) if len(values) > NAMED else ""
    return text("frame.comma").join(values[:NAMED]) + more


def _between(days: Sequence[date]) -> str:
    first, last = (figures.day(one, spoken()) for one in (days[0], days[-1]))
    return first if first == last else text("line.how.between", first=first, last=last)


def how_to_json(how: How) -> dict[str, object]:
    """Return the steps as the command line answers them."""
    return {
        "uid": how.uid,
        "name": how.name,
        "snapshot": how.snapshot,
        "rules": how.rules,
        "policy": how.policy,
        "steps": [
            {
                "rule": step.rule,
                "rule_zh": joined_by(step.rule),
                "names": step.names,
                "values": step.values,
                "held": step.held or None,
                "held_at": step.held_at or None,
                "judged": list(step.judged),
                "sources": [_row(row) for row in step.rows],
            }
            for step in how.steps
        ],
    }


def _row(row: Row) -> dict[str, object]:
    return {
        "record": row.source.record_id,
        "resource": row.source.resource,
        "role": row.role,
        "file": row.source.file,
        "row": row.source.row,
        "name": row.name or None,
        "what": row.said.what if row.said else None,
        "value": shown(row.said) or None,
        "date": row.said.on if row.said else None,
        "loaded_at": row.loaded_at or None,
        "score": row.score,
    }
