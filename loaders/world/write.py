"""Writes the demonstration world: departments' files, and their truth in a folder apart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from graph.errors import LoadError
from loaders.messages import Progress, message
from loaders.world import decisions, registers, services
from loaders.world.firms import make_firms
from loaders.world.people import make_people
from loaders.world.stories import tell
from loaders.world.story import Story
from loaders.world.suits import suits
from loaders.world.tables import TRUE, Sheet, Sheets
from loaders.world.teller import STORY_PEOPLE, Teller

FEWEST, MOST = 500, 1_000_000
# People there are for each enterprise: owners, staff, practitioners.
PEOPLE_BY_FIRM = 1.6
# Written into workbooks in place of the clock, so that the same seed gives the same bytes.
WRITTEN = datetime(2026, 10, 1, tzinfo=UTC).replace(tzinfo=None)
# Rows are counted as in a spreadsheet: the header is row 1.
FIRST_ROW = 2
FILES, TRUTH, MARK = "files", "truth", "world.json"


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: rows by file name, and the name of the party whose story is told first."""

    rows: Mapping[str, int]
    subject: str


def write_world(enterprises: int, seed: int, out: Path, progress: Progress) -> Made:
    """Write `out`/files (what departments publish) and `out`/truth (who is who).

    The same `enterprises` and `seed` give the same bytes. truth/rows.parquet has file, row (as a
    person counts them, the header is 1), role and entity; truth/stories.json what each story holds.

    Raises:
        LoadError: the number is out of 500..1,000,000, or `out` holds something else.
    """
    if not FEWEST <= enterprises <= MOST:
        rule = f"must be {FEWEST} to {MOST:,}"
        raise LoadError("enterprises", str(enterprises), rule)
    _own(out)
    sheets, stories = _made(enterprises, seed)
    for folder in (FILES, TRUTH):
        (out / folder).mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    truths = []
    for sheet in sheets.listed:
        path = out / FILES / f"{sheet.name}{sheet.suffix}"
        cells = sheet.frame.select(pl.exclude(f"^{TRUE}.*$"))
        _write(path, cells, sheet)
        rows[path.name] = cells.height
        progress(message("world_file", file=path.name, count=cells.height))
        truths.append(_truth(path.name, sheet.frame))
    pl.concat(truths).write_parquet(out / TRUTH / "rows.parquet", compression="zstd")
    _dump(out / TRUTH / "stories.json", [story.as_dict() for story in stories])
    _dump(out / MARK, {"enterprises": enterprises, "seed": seed, "rows": rows})
    return Made(rows, stories[0].subject)


def _own(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise LoadError("folder", str(out), "holds other files; choose an empty or a new one")
    for folder in (FILES, TRUTH):
        for old in (out / folder).glob("*"):
            old.unlink()


def _made(enterprises: int, seed: int) -> tuple[Sheets, list[Story]]:
    rng = np.random.default_rng(seed)
    firms = make_firms(rng, enterprises)
    crowd = int(enterprises * PEOPLE_BY_FIRM)
    people = make_people(rng, crowd + STORY_PEOPLE)
    world = registers.World(
        firms, people.head(crowd), registers.representatives(rng, enterprises, crowd)
    )
    sheets = Sheets()
    for make in (
        registers.register,
        registers.legal_representatives,
        registers.holders,
        registers.staff,
        registers.branches,
        registers.changes,
        registers.share_changes,
        registers.guarantees,
        services.services,
        services.tenders,
        decisions.penalties,
        decisions.courts,
        decisions.lists,
        decisions.honours,
        suits,
    ):
        make(rng, world, sheets)
    teller = Teller(sheets, people.tail(STORY_PEOPLE), enterprises)
    return sheets, tell(rng, world, teller)


def _write(path: Path, cells: pl.DataFrame, sheet: Sheet) -> None:
    if sheet.suffix == ".xlsx":
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            book.set_properties({"created": WRITTEN})
            page = book.add_worksheet(sheet.name)
            page.write_row(0, 0, cells.columns)
            for number, row in enumerate(cells.iter_rows(), start=1):
                page.write_row(number, 0, row)
    elif sheet.suffix == ".json":
        path.write_text(json.dumps(cells.to_dicts(), ensure_ascii=False, indent=0), "utf-8")
    else:
        content = cells.write_csv(line_terminator="\r\n").encode(sheet.encoding)
        path.write_bytes(content)


def _truth(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    roles = frame.select(pl.col(f"^{TRUE}.*$")).with_row_index("row", offset=FIRST_ROW)
    return (
        roles.unpivot(index="row", variable_name="role", value_name="entity")
        .drop_nulls("entity")
        .select(
            pl.lit(name).alias("file"),
            pl.col("row").cast(pl.Int64),
            pl.col("role").str.strip_prefix(TRUE),
            "entity",
        )
    )


def _dump(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
