"""Tables as departments hand them over: csv, tsv, xlsx, json, jsonl, parquet."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
from polars.exceptions import PolarsError

from graph.errors import UnreadableError
from loaders.cells import (
    BROKEN,
    ROW,
    checked_headers,
    decode,
    given_back,
    header_row,
    lines,
    parse,
    with_headers,
)
from loaders.files import SUFFIXES, file_digest
from loaders.packed import MOST_PACKED, fills_memory
from loaders.percents import with_percents

# A cell of rejected rows that a spreadsheet would have run: a quote was put before it.
_GUARDED = r"^'([ \n]*[=+\-@\t\r])"
# The same in the files of an export, which puts one more before quotes that were there.
_EXPORTED = r"^'('*[ \n]*[=+\-@\t\r])"
_PARQUET = ".parquet"


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table as it was read.

    `frame` has String columns by header and ROW, Int64, the row as a person counts it in Excel;
    `broken` the rows whose cells do not fit the header (columns of cells.BROKEN); `digest` the
    SHA-256 of the file's bytes; `unread` the other sheets of a workbook that hold something.
    """

    path: Path
    headers: tuple[str, ...]
    frame: pl.DataFrame
    digest: str
    header_row: int = 1
    sheet: str | None = None
    broken: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BROKEN))
    unread: tuple[str, ...] = ()

    def cells(self) -> list[pl.Series]:
        """Return the columns of cells in the order of `headers`, named by their place.

        By their headers polars takes some for patterns of names: *, ^a$.
        """
        columns = (one for one in self.frame.get_columns() if one.name != ROW)
        return [one.alias(str(place)) for place, one in enumerate(columns)]


def read_table(path: Path) -> RawTable:
    """Return the table in a file; the kind is told by the file's ending.

    Raises:
        UnreadableError: it is not what it claims to be.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(SUFFIXES))
        raise UnreadableError(str(path), path.suffix, f"must be one of {known}")
    before = _state(path)
    raw = reader(path, file_digest(path))
    if _state(path) != before:
        # Its digest would name other rows than these: what a batch holds is told by its id.
        rule = "was changed while it was read; load it again when it is whole"
        raise UnreadableError("file", str(path), rule)
    own = given_back(raw.headers)
    if own is None:
        return raw
    # The reasons are ours, and say nothing of the row as it now is.
    texts = pl.DataFrame(raw.cells()[: len(own)]).with_columns(
        pl.all().str.replace(_GUARDED, "${1}")
    )
    cells = with_headers(texts.with_columns(raw.frame[ROW]), own)
    return replace(raw, headers=tuple(own), frame=cells)


def unguarded(raw: RawTable) -> RawTable:
    """Return a table without the quotes that an export puts before what a spreadsheet would run.

    No spreadsheet opens parquet: an export puts none there.
    """
    if raw.path.suffix.lower() == _PARQUET:
        return raw
    texts = pl.DataFrame(raw.cells()).with_columns(pl.col(pl.String).str.replace(_EXPORTED, "${1}"))
    named = [one.alias(header) for one, header in zip(texts, raw.headers, strict=True)]
    return replace(raw, frame=pl.DataFrame([*named, raw.frame[ROW]]))


def _state(path: Path) -> tuple[int, int]:
    """Return what a file has another of once it is written to: size and time."""
    try:
        stat = path.stat()
    except OSError as error:
        raise UnreadableError("file", str(path), f"cannot be opened: {error.strerror}") from error
    return stat.st_size, stat.st_mtime_ns


def _separated(separator: str) -> "Callable[[Path, str], RawTable]":
    def read(path: Path, digest: str) -> RawTable:
        text = decode(path.read_bytes(), str(path))
        headers, header, frame, broken = parse(text, separator, str(path))
        return RawTable(path, tuple(headers), frame, digest, header, None, broken)

    return read


def _excel(path: Path, digest: str) -> RawTable:
    _unpackable(path)
    try:
        book = fastexcel.read_excel(path)
        sheet = _first_seen(book)
        if sheet is None:
            raise UnreadableError(str(path), "empty", "holds no row on any sheet")
        name = sheet.name
        frame = with_percents(sheet.to_polars(), path, name)
        others = (one for one in book.sheet_names if one != name)
        unread = tuple(one for one in others if _sheet(book, one, 1).height)
    except fastexcel.FastExcelError as error:
        # Behind its context the library names the file once more, by a path.
        reason = " ".join(str(error).partition("Context:")[0].split())[:200]
        raise UnreadableError(str(path), "xlsx", f"cannot be read: {reason}") from error
    start = header_row(frame.head(20).rows())
    headers = checked_headers(frame.row(start), str(path))
    cells = with_headers(_numbered(frame, 1).slice(start + 1), headers)
    return RawTable(path, tuple(headers), cells, digest, start + 1, name, unread=unread)


def _unpackable(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than a spreadsheet would."""
    whole = fills_memory(path, path.stat().st_size)
    if whole is not None:
        rule = f"unpacks to {whole:,} bytes, more than {MOST_PACKED} times its size"
        raise UnreadableError(str(path), "xlsx", rule)


def _sheet(book: fastexcel.ExcelReader, name: str, rows: int | None = None) -> fastexcel.ExcelSheet:
    return book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")


def _first_seen(book: fastexcel.ExcelReader) -> fastexcel.ExcelSheet | None:
    """Return the first sheet with rows that people see, else the first with rows.

    What nobody sees was not handed over: lists of codes, last month's figures.
    """
    hidden = None
    for name in book.sheet_names:
        sheet = _sheet(book, name)
        if sheet.height and sheet.visible == "visible":
            return sheet
        if sheet.height and hidden is None:
            hidden = sheet
    return hidden


def _json(path: Path, digest: str) -> RawTable:
    text = decode(path.read_bytes(), str(path))
    try:
        content = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(path), "json", f"cannot be read: {error}") from error
    if isinstance(content, dict):
        # Services wrap their rows: {"total": 2, "data": [...]}.
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if len(lists) == 1 else None
    if not isinstance(content, list):
        raise UnreadableError(str(path), "json", "must be a list of objects")
    # A person counts the objects; the first is row 2, as if under a header.
    rows = [(number, item) for number, item in enumerate(content, start=2)]
    return _objects(path, digest, rows, [])


def _json_lines(path: Path, digest: str) -> RawTable:
    rows: list[tuple[int, Any]] = []
    broken: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines(decode(path.read_bytes(), str(path))), start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, json.loads(line, object_pairs_hook=_object)))
        except (ValueError, RecursionError):
            broken.append((number, line.strip(), "is no JSON object"))
    return _objects(path, digest, rows, broken)


def _objects(
    path: Path, digest: str, rows: list[tuple[int, Any]], broken: list[tuple[int, str, str]]
) -> RawTable:
    rules = [_rule_broken(item) for _, item in rows]
    good = [row for row, rule in zip(rows, rules, strict=True) if rule is None]
    broken = broken + [
        (number, str(item).encode(errors="replace").decode(), rule)
        for (number, item), rule in zip(rows, rules, strict=True)
        if rule is not None
    ]
    if not good:
        why = "".join(f": row {number} {rule}" for number, _, rule in broken[:1])
        raise UnreadableError(str(path), "json", f"holds no object with values{why}")
    keys = list(dict.fromkeys(key for _, item in good for key in item))
    headers = checked_headers(keys, str(path))
    columns = [
        pl.Series(str(at), [_as_text(item.get(key)) for _, item in good], dtype=pl.String)
        for at, key in enumerate(keys)
    ]
    frame = pl.DataFrame([*columns, pl.Series(ROW, [number for number, _ in good])])
    return RawTable(
        path,
        tuple(headers),
        with_headers(frame, headers),
        digest,
        broken=pl.DataFrame(broken, schema=BROKEN, orient="row"),
    )


class _Twice(str):
    """An object that holds a key twice, as text: which of the values holds nobody can say."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    held = dict(pairs)
    if len(held) == len(pairs):
        return held
    return _Twice("{" + ", ".join(f'"{key}": {_as_text(value)}' for key, value in pairs) + "}")


def _rule_broken(item: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    """Return why a row of JSON is none, or None where it is one."""
    if not isinstance(item, dict):
        return "holds a key twice" if isinstance(item, _Twice) else "is no JSON object"
    if any(isinstance(value, _Twice) for value in item.values()):
        return "holds a key twice"
    try:
        for part in (*item, *item.values()):
            (_as_text(part) or "").encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate)"
    return None


def _as_text(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return (
        str(value)
        if isinstance(value, int | float)
        else json.dumps(value, ensure_ascii=False, default=str)
    )


def _parquet(path: Path, digest: str) -> RawTable:
    try:
        # By its name alone: as a pattern 名单[1] would be another file.
        frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
        headers = checked_headers(frame.columns, str(path))
        columns = (one.alias(str(at)) for at, one in enumerate(frame.get_columns()))
        frame = pl.DataFrame([_texts(one) for one in columns])
    except (PolarsError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnreadableError(str(path), "parquet", f"cannot be read: {reason}") from error
    return RawTable(path, tuple(headers), with_headers(_numbered(frame, 2), headers), digest)


def _texts(column: pl.Series) -> pl.Series:
    """Return a typed column as a person would have written it."""
    if column.dtype.is_nested():
        return pl.Series(column.name, [_as_text(one) for one in column.to_list()], pl.String)
    try:
        texts = column.cast(pl.String)
    except PolarsError:
        # Durations and bytes, of which polars makes no text.
        return pl.Series(column.name, [_in_letters(one) for one in column.to_list()], pl.String)
    if not column.dtype.is_float():
        return texts
    # A table that lacks a number somewhere holds codes as 440300.0.
    whole = column.cast(pl.Int64, strict=False)
    same = (whole.cast(column.dtype) == column).fill_null(value=False)
    return whole.cast(pl.String).zip_with(same, texts)


def _in_letters(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return the table with ROW, counted from `first`."""
    return frame.with_columns(pl.int_range(first, pl.len() + first, dtype=pl.Int64).alias(ROW))


_READERS: dict[str, Callable[[Path, str], RawTable]] = {
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".txt": _separated("\t"),
    ".xlsx": _excel,
    ".xls": _excel,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    _PARQUET: _parquet,
}
