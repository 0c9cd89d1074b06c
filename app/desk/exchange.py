"""Judgements handed over and taken in, as CSV that a spreadsheet opens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import polars as pl

from app.desk.verdicts import Entry
from graph.errors import DeskError, UnreadableError
from loaders.cells import ROW, decode, parse
from queries.output import safe, unguarded

ASKED = ("one", "other", "decision", "author", "reason")


def entry_to_json(entry: Entry) -> dict[str, object]:
    """Return a judgement as the command line answers it."""
    return asdict(entry)


def write_judgements(entries: Sequence[Entry], out: Path) -> None:
    """Write judgements as CSV that a spreadsheet opens, and of which it runs nothing."""
    columns = [field.name for field in fields(Entry)]
    rows = [
        {name: safe(value) for name, value in entry_to_json(entry).items()} for entry in entries
    ]
    frame = pl.DataFrame(rows, dict.fromkeys(columns, pl.String), strict=False)
    try:
        frame.write_csv(out, include_bom=True)
    except OSError as error:
        raise DeskError("review export", str(out), f"cannot be written: {error}") from error


def read_judgements(file: Path) -> Iterator[tuple[int, Mapping[str, str] | str]]:
    """Yield (row as a spreadsheet counts it, values or why it is none) of a table of judgements.

    Rows of judgements that were taken back are left out.

    Raises:
        DeskError: the file cannot be read, or lacks a column.
    """
    try:
        # Whatever its ending: what `review export` writes is separated by commas.
        headers, _, frame, broken = parse(decode(file.read_bytes(), str(file)), ",", str(file))
    except (OSError, UnreadableError) as error:
        raise DeskError("review import", str(file), f"cannot be read: {error}") from error
    lacking = [name for name in ASKED if name not in headers]
    if lacking:
        raise DeskError("review import", str(file), f"lacks the columns {', '.join(lacking)}")
    for number, text, rule in broken.iter_rows():
        yield number, f"{text!r} {rule}"
    for row in frame.iter_rows(named=True):
        if not row.get("undone_at"):
            blind = {"blind": str(row.get("blind") or "").lower()}
            yield int(row[ROW]), {name: unguarded(row[name] or "") for name in ASKED} | blind
