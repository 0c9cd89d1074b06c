"""Pairs to decide and judgements, in order, as JSON and as CSV."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import polars as pl

from app.desk.judgements import Entry
from graph.errors import DeskError
from graph.snapshot.reader import Snapshot

ASKED = ("one", "other", "decision", "author", "reason")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties that may be one; `records` are active negative ones of both, `judged` is unsure.

    `score` 0..1 says how well the names fit, or how often bearers of such a name are one.
    """

    one: str
    one_name: str
    other: str
    other_name: str
    score: float
    records: int
    judged: str
    evidence: str


class House(Protocol):
    """What the pairs are read from."""

    def loaded_snapshot(self) -> Snapshot:
        """Return the current snapshot."""

    def active_records(self, uids: Sequence[str], as_of: date) -> dict[str, int]:
        """Return how many active negative records each party has."""

    def standing(self) -> tuple[Entry, ...]:
        """Return the judgements that nobody took back."""


def review_pairs(house: House, as_of: date, limit: int) -> tuple[list[Pair], int]:
    """Return at most `limit` pairs, most worth deciding first, and how many there are.

    First those with active negative records: who is who decides whose they are. Then by score.
    """
    snapshot = house.loaded_snapshot()
    leads = snapshot.table("links").filter(
        pl.col("type") == "POSSIBLY_SAME", pl.col("kind") == "lead"
    )
    rows = leads.select("source", "target", "score", "evidence").collect().rows()
    counts = house.active_records(sorted({end for row in rows for end in row[:2]}), as_of)
    unsure = {(entry.one, entry.other): entry.decision for entry in house.standing()}
    found = []
    for one, other, score, evidence in rows:
        names = [
            uid if place is None else snapshot.name_at(place)
            for uid, place in ((one, snapshot.find(one)), (other, snapshot.find(other)))
        ]
        records = counts.get(one, 0) + counts.get(other, 0)
        judged = unsure.get((one, other)) or unsure.get((other, one)) or ""
        found.append(
            Pair(one, names[0], other, names[1], score or 0.0, records, judged, evidence or "")
        )
    found.sort(
        key=lambda pair: (pair.judged != "", -pair.records, -pair.score, pair.one, pair.other)
    )
    return found[:limit], len(found)


def pair_to_json(pair: Pair) -> dict[str, object]:
    """Return a pair as the command line answers it."""
    return asdict(pair)


def entry_to_json(entry: Entry) -> dict[str, object]:
    """Return a judgement as the command line answers it."""
    return asdict(entry)


def write_judgements(entries: Sequence[Entry], out: Path) -> None:
    """Write judgements as CSV that a spreadsheet opens."""
    columns = list(Entry.__slots__)
    frame = pl.DataFrame(
        [entry_to_json(entry) for entry in entries], dict.fromkeys(columns, pl.String), strict=False
    )
    try:
        frame.write_csv(out, include_bom=True)
    except OSError as error:
        raise DeskError("review export", out, f"cannot be written: {error}") from error


def read_judgements(file: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield (row as a spreadsheet counts it, values) of a CSV file; those taken back are left out.

    Raises:
        DeskError: the file cannot be read, or lacks a column.
    """
    try:
        frame = pl.read_csv(file, infer_schema_length=0)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DeskError("review import", file, f"cannot be read: {error}") from error
    lacking = [name for name in ASKED if name not in frame.columns]
    if lacking:
        raise DeskError("review import", file, f"lacks the columns {', '.join(lacking)}")
    for number, row in enumerate(frame.iter_rows(named=True), start=2):
        if not row.get("undone_at"):
            yield number, {name: row[name] or "" for name in ASKED}
