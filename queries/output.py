"""Answers as files: csv, json, xlsx, parquet; what a spreadsheet would run stays text."""

import io
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl
import xlsxwriter

from graph.errors import QueryError
from graph.identifiers.identity_card import masked
from queries.run import Answer

SUFFIXES = (".csv", ".json", ".xlsx", ".parquet")
# What one sheet of a workbook can hold (Excel).
MOST_ROWS = 1_048_576
_SHEET_INTEGERS = 10**15
_CELL_CHARACTERS = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: object) -> object:
    """Return a cell that no spreadsheet runs.

    >>> safe("=1+1"), safe(-3)
    ("'=1+1", -3)
    """
    value = plain(value)
    if isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA):
        return "'" + value
    if isinstance(value, list):
        return safe(_in_one(value))
    return value


def in_sheet(value: object) -> object:
    """Return a cell as a workbook holds it: of a longer number a sheet keeps 15 digits alone.

    >>> in_sheet(9007199254740993), in_sheet(5)
    ('9007199254740993', 5)
    """
    cell = safe(value)
    if isinstance(cell, int) and abs(cell) >= _SHEET_INTEGERS:
        return str(cell)
    return fitting(cell) if isinstance(cell, str) else cell


def fitting(text: str) -> str:
    """Return a text as a cell of a workbook can hold it; one that is cut off says so at its end.

    >>> fitting("甲" * 40_000)[-40:]
    '甲甲甲甲……（已截断：原文 40000 字符 / cut off: 40000）'
    """
    if len(text) <= _CELL_CHARACTERS:
        return text
    said = f"……（已截断：原文 {len(text)} 字符 / cut off: {len(text)}）"
    return text[: _CELL_CHARACTERS - len(said)] + said


def _in_one(several: list[object]) -> str:
    return "|".join("" if one is None else str(one) for one in several)


def shown(value: object) -> object:
    """Return what a person gave as it may be written down: of an identity number the mask.

    >>> shown(["11010519491231002X", 5])
    ['110105********002X', 5]
    """
    if isinstance(value, list):
        return [shown(one) for one in value]
    return masked(value) if isinstance(value, str) else value


def unguarded(text: str) -> str:
    """Return a text as it was before `safe`.

    >>> unguarded("'=1+1"), unguarded("'quoted"), unguarded("=1+1")
    ('=1+1', "'quoted", '=1+1')
    """
    bare = text.removeprefix("'")
    return bare if safe(bare) == text else text


def plain(value: object) -> object:
    """Return a cell as a file can hold it: what is no number is nothing, a map is JSON text.

    >>> plain(float("nan")), plain({"a": 1})
    (None, '{"a": 1}')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def ending_of(path: Path, known: Iterable[str] = SUFFIXES) -> str:
    """Return the ending of a file to be written, one of `known`, in small letters.

    Every command asks here, before it works for the file and not after.

    Raises:
        QueryError: the ending names no format.

    >>> ending_of(Path("A.CSV"))
    '.csv'
    """
    ending = path.suffix.lower()
    if ending not in known:
        raise QueryError("--out", path.name, f"must end in one of {', '.join(known)}")
    return ending


def write_answer(answer: Answer, path: Path) -> None:
    """Write the rows of an answer in the format that the file's ending names.

    Raises:
        QueryError: an unknown ending, or the file cannot be written.
    """
    ending = ending_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if ending == ".json":
            rows = [{name: plain(cell) for name, cell in row.items()} for row in answer.dicts()]
            text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
            path.write_text(text, encoding="utf-8")
        elif ending == ".xlsx":
            _excel(answer, path)
        elif ending == ".csv":
            _frame(answer, guarded=True).write_csv(path, include_bom=True)
        else:
            _frame(answer, guarded=False).write_parquet(path)
    except (OSError, pl.exceptions.ComputeError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise QueryError("--out", str(path), f"cannot be written: {error}") from error


def _frame(answer: Answer, *, guarded: bool) -> pl.DataFrame:
    columns = {}
    for place, name in enumerate(answer.columns):
        cells = [row[place] for row in answer.rows]
        values = [safe(cell) if guarded else _flat(plain(cell)) for cell in cells]
        columns[name] = pl.Series(name, values, strict=False)
    return pl.DataFrame(columns)


def _flat(cell: object) -> object:
    return _in_one(cell) if isinstance(cell, list) else cell


def _excel(answer: Answer, path: Path) -> None:
    # In memory first: a full disk is then told by one write, not by a half-closed workbook.
    content = io.BytesIO()
    told = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(content, told)
    sheet = book.add_worksheet("结果")
    sheet.write_row(0, 0, answer.columns)
    for place, row in enumerate(answer.rows, start=1):
        sheet.write_row(place, 0, [in_sheet(cell) for cell in row])
    sheet.freeze_panes(1, 0)
    book.close()
    path.write_bytes(content.getvalue())
