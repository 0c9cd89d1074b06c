"""Cells of a workbook that show a percentage: Excel keeps 40% as 0.4, and the sign as a format."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from posixpath import join, normpath
from typing import IO

# Expat bounds by itself what entities may grow to; the reader of values has read the file before.
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

import polars as pl

# Formats 0% and 0.00%, which every workbook has without declaring them (ECMA-376 part 1, 18.8.30).
_BUILT_IN = frozenset({"9", "10"})
# What a format shows as it stands there: its sign of percent multiplies nothing.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_COLUMN = re.compile(r"[A-Z]+")
_LETTERS = 26
# Digits that Excel shows of a number: behind them stands what binary fractions leave.
_DIGITS = 15


def with_percents(frame: pl.DataFrame, path: Path, sheet: str) -> pl.DataFrame:
    """Return the cells of a sheet as its department sees them: 40% where the number is 0.4.

    `frame` holds texts from the sheet's first row and its first column with a value on.
    """
    columns = frame.get_columns()
    for place, rows in _percent_cells(path, sheet).items():
        cells = columns[place].to_list()
        for row in rows:
            cells[row] = _shown(cells[row] or "")
        columns[place] = pl.Series(columns[place].name, cells, pl.String)
    return pl.DataFrame(columns)


def _shown(cell: str) -> str:
    try:
        number = Decimal(f"{float(cell) * 100:.{_DIGITS}g}")
    except ValueError:
        # What is no number shows no percentage, whatever its format.
        return cell
    return f"{number:f}%" if number.is_finite() else cell


def _percent_cells(path: Path, sheet: str) -> Mapping[int, list[int]]:
    """Return the rows of such cells by column, both counted as with_percents says."""
    try:
        with zipfile.ZipFile(path) as book:
            styles = _percent_styles(book)
            return _cells(book, _part(book, sheet), styles) if styles else {}
    except (zipfile.BadZipFile, KeyError, ParseError):
        # A workbook of another form (.xls), or without styles: it says no format.
        return {}


def _percent_styles(book: zipfile.ZipFile) -> set[str]:
    """Return the numbers of the cell styles that show a percentage."""
    root = fromstring(book.read("xl/styles.xml"))  # noqa: S314 - as above
    formats = set(_BUILT_IN)
    for one in _named(root, "numFmt"):
        if "%" in _LITERAL.sub("", one.get("formatCode", "")):
            formats.add(one.get("numFmtId", ""))
    styles = (one for group in _named(root, "cellXfs") for one in _named(group, "xf"))
    return {str(at) for at, one in enumerate(styles) if one.get("numFmtId") in formats}


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """Return the file within a workbook that holds a sheet."""
    root = fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - as above
    said = {one.get("name"): one.attrib for one in _named(root, "sheet")}[sheet]
    number = next(value for name, value in said.items() if name.endswith("}id"))
    links = fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    targets = {one.get("Id"): one.get("Target", "") for one in _named(links, "Relationship")}
    return normpath(join("/xl", targets[number])).lstrip("/")


def _cells(book: zipfile.ZipFile, part: str, styles: Collection[str]) -> Mapping[int, list[int]]:
    """Return the rows of numbers in these styles by column, from the first that holds a value."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    first: int | None = None
    with book.open(part) as file:
        for row, column, cell in _filled(file):
            first = column if first is None else min(first, column)
            if cell.get("s") in styles and cell.get("t", "n") == "n":
                found[column].append(row)
    return {column - (first or 0): rows for column, rows in found.items()}


def _filled(file: IO[bytes]) -> Iterator[tuple[int, int, Element]]:
    """Yield (row, column, cell) of cells with a value; where no place is said it is the next."""
    row, column = -1, -1
    for event, one in iterparse(file, ("start", "end")):  # noqa: S314 - as above
        name = one.tag.rpartition("}")[2]
        if name == "row" and event == "start":
            row, column = int(one.get("r", row + 2)) - 1, -1
        elif name == "row":
            one.clear()
        elif name == "c" and event == "end":
            column = _column(one.get("r", ""), column + 1)
            if any(child.tag.endswith(("}v", "}is")) for child in one):
                yield row, column, one


def _column(place: str, following: int) -> int:
    letters = _COLUMN.match(place)
    if letters is None:
        return following
    number = 0
    for letter in letters[0]:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _named(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a name, in whichever of the standard's namespaces."""
    return (one for one in root.iter() if one.tag.rpartition("}")[2] == name)
