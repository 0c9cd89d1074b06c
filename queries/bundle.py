"""The result of a batch as files: a table each question, a workbook with a cover, one ZIP."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from graph.errors import QueryError
from queries.batch import Item
from queries.difference import Change
from queries.journal import UNFINISHED, Done, Entry
from queries.manifest import File, Manifest
from queries.output import MOST_ROWS, in_sheet, shown, write_answer
from queries.run import Answer

WORKBOOK, MANIFEST, DIFFERENCE, ARCHIVE = (
    "workbook.xlsx",
    "manifest.json",
    "difference.csv",
    "result.zip",
)
# The first day that a ZIP can say: what is packed bears no day of its own.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
# A workbook's sheets have names of at most 31 characters without these signs (Excel).
_NO_SHEET = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_SHEET_CHARACTERS = 31
# Sheets beyond these are left to the files: nobody pages through more.
_MOST_SHEETS = 100


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of one question, all its subjects together."""

    name: str
    stem: str
    answer: Answer
    members: tuple[str, ...]


def write_bundle(
    manifest: Manifest,
    found: Sequence[tuple[Item, Entry]],
    out: Path,
    formats: Sequence[str],
    changes: Sequence[Change] | None,
) -> tuple[tuple[File, ...], tuple[Done, ...]]:
    """Write all files of a batch; return them, and each item with the names of its own.

    Raises:
        QueryError: the folder cannot be written, or a format is not known.
    """
    tables = list(_tables(found))
    files: list[File] = []
    named: dict[str, tuple[str, ...]] = {}
    for table in tables:
        names = []
        for ending in formats:
            path = out / f"{table.stem}.{ending}"
            write_answer(table.answer, path)
            names.append(path.name)
            files.append(_file(path, len(table.answer.rows)))
        named |= dict.fromkeys(table.members, tuple(names))
    items = tuple(replace(entry.done, files=named.get(entry.key, ())) for _, entry in found)
    try:
        if changes is not None:
            write_answer(_changed(changes), out / DIFFERENCE)
            files.append(_file(out / DIFFERENCE, len(changes)))
        whole = replace(manifest, items=items, files=tuple(files))
        (out / WORKBOOK).write_bytes(_workbook(whole, tables, changes))
        whole = replace(whole, files=(*files, _file(out / WORKBOOK, len(items))))
        told = json.dumps(whole.to_json(), ensure_ascii=False, indent=1, default=str)
        (out / MANIFEST).write_text(told, encoding="utf-8")
        _pack(out, [MANIFEST, *(one.name for one in whole.files)])
    except OSError as error:
        raise QueryError("--out", str(out), f"cannot be written: {error.strerror}") from error
    return whole.files, items


def clear(out: Path) -> None:
    """Take away the result of the batch before, by its manifest: no file of it is of this one.

    A file that somebody changed since stays, and so does whatever another program's manifest names.

    Raises:
        QueryError: the folder cannot be written.
    """
    try:
        told = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        if told.keys() != Manifest("", None, {}, 0, 0.0, (), ()).to_json().keys():
            return
        files = [(out / Path(one["name"]).name, one["sha256"]) for one in told["files"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    try:
        gone = [path for path, held in files if path.is_file() and _file(path, 0).sha256 == held]
        for path in (out / MANIFEST, out / ARCHIVE, *gone):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise QueryError("--out", str(out), f"cannot be written: {error.strerror}") from error


def _file(path: Path, rows: int) -> File:
    return File(path.name, rows, hashlib.sha256(path.read_bytes()).hexdigest())


def _tables(found: Sequence[tuple[Item, Entry]]) -> Iterator[_Table]:
    """Yield a table for each question that has an answer; what failed has none."""
    groups: dict[object, list[tuple[Item, Entry]]] = {}
    for place, (item, entry) in enumerate(found):
        # All subjects of one question share a table; whatever else is asked has its own.
        alike = (item.group, item.query, item.cypher, *item.about) if item.about else place
        groups.setdefault(alike, []).append((item, entry))
    for number, members in enumerate(groups.values(), start=1):
        answered = [(item, entry) for item, entry in members if entry.columns]
        if not answered:
            continue
        first, entry = answered[0]
        about = tuple(first.about)
        columns = (*(_unlike(f"for_{name}", entry.columns) for name in about), *entry.columns)
        rows = [
            (*(shown(item.about.get(name)) for name in about), *row)
            for item, entry in answered
            for row in entry.rows
        ]
        name = first.group if about else first.name
        answer = Answer(name, columns, rows, False, len(rows), 0.0, {}, None)  # noqa: FBT003
        keys = tuple(entry.key for _, entry in answered)
        yield _Table(name, f"{number:02d}-{file_name(name)}", answer, keys)


def _unlike(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else _unlike(f"{name}_", taken)


def file_name(name: str) -> str:
    """Return a name that stays inside its folder whatever a batch file says."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name)[:80]


def _changed(changes: Sequence[Change]) -> Answer:
    rows = [
        (one.item, one.change, json.dumps(one.row, ensure_ascii=False) if one.row else "")
        for one in changes
    ]
    columns = ("item", "change", "row")
    return Answer("difference", columns, rows, False, len(rows), 0.0, {}, None)  # noqa: FBT003


def _workbook(
    manifest: Manifest, tables: Sequence[_Table], changes: Sequence[Change] | None
) -> bytes:
    content = io.BytesIO()
    told = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(content, told)
    # The same rows, the same bytes: a workbook would hold the time it was made.
    book.set_properties({"created": datetime(*ZIP_DAY[:6], tzinfo=UTC)})
    bold = book.add_format({"bold": True})
    _sheet(book, "封面", [("", ""), *_cover(manifest)], bold, [24, 60, 70])
    _sheet(book, "项目", _items(manifest.items), bold, [28, 28, 12, 8, 10, 60])
    if manifest.left_out:
        listed = [(one.row, one.name, one.reason) for one in manifest.left_out]
        _sheet(book, "名单中未查询", [("行", "名称", "原因"), *listed], bold, [8, 40, 40])
    if changes is not None:
        answer = _changed(changes)
        _sheet(book, "与上次差异", [answer.columns, *answer.rows], bold, [28, 12, 90])
    for table in tables[:_MOST_SHEETS]:
        # The number of its file.
        number = table.stem.partition("-")[0].lstrip("0")
        name = f"{number} {_NO_SHEET.sub('_', table.name)}"[:_SHEET_CHARACTERS]
        _sheet(book, name, [table.answer.columns, *table.answer.rows[: MOST_ROWS - 1]], bold, [])
    book.close()
    return content.getvalue()


def _sheet(
    book: Any,  # noqa: ANN401 - a library without types
    name: str,
    rows: Iterable[Sequence[object]],
    bold: object,
    widths: Sequence[int],
) -> None:
    sheet = book.add_worksheet(name)
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, [in_sheet(cell) for cell in row], bold if place == 0 else None)
    sheet.freeze_panes(1, 0)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)


def _cover(manifest: Manifest) -> Iterator[tuple[object, ...]]:
    yield ("批量查询", manifest.title)
    yield ("快照", manifest.snapshot or "—")
    for name, version in manifest.versions.items():
        yield (f"版本 {name}", version)
    yield ("每项行数上限", manifest.limit)
    yield ("每项时限（秒）", manifest.timeout)
    yield ("项目", len(manifest.items))
    for state, count in manifest.counts.items():
        yield (f"其中 {state}", count)
    yield ("名单中未查询的行", len(manifest.left_out))
    yield ("", "")
    yield ("未完成的项目", "原因")
    for one in manifest.items:
        if one.message and one.state in UNFINISHED:
            yield (one.name, one.message)
    yield ("", "")
    yield ("文件", "SHA-256", "行数")
    for file in manifest.files:
        yield (file.name, file.sha256, file.rows)


def _items(items: Iterable[Done]) -> Iterator[tuple[object, ...]]:
    yield ("项目", "查询", "状态", "行数", "秒", "说明", "参数", "查询 SHA-256")
    for one in items:
        params = json.dumps(dict(one.params), ensure_ascii=False, default=str)
        cells = (one.name, one.query, one.state, one.rows, one.seconds, one.message or "")
        yield (*cells, params, one.query_sha256)


def _pack(out: Path, names: Iterable[str]) -> None:
    with zipfile.ZipFile(out / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(names):
            info = zipfile.ZipInfo(name, ZIP_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (out / name).read_bytes())
