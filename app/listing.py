"""Lists of subjects as people hand them over: their rows in order, blank ones too."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph.analysis.batch import Asked
from graph.errors import LoadError, UnreadableError
from graph.identifiers import (
    credit_code,
    identity_card,
    organisation_code,
    registration_number,
)
from graph.schema.words import Text
from loaders.cells import HEADER_WITHIN, ROW, checked_headers, decode, header_row
from loaders.readers import read_table

# Of several columns that may hold the subject's name the one of the first tier does.
_NAME_HEADERS = (
    re.compile(r"^(?:企业|单位|主体|公司|机构|相对人|行政相对人|商事主体)?(?:名称|全称)$"),
    re.compile(r"^(?:企业|单位|主体|公司|机构|投标人|供应商|当事人|name|company)$", re.IGNORECASE),
    re.compile(r"投标人|供应商|投标单位|当事人|(?:企业|公司|单位|主体|机构)名|相对人|姓名"),
)
# 行业代码 and 行政区划代码 are codes of no subject.
_CODE_HEADER = re.compile(
    r"信用代码|机构代码|注册号|纳税人识别号|税号|^代码$|^uscc$|credit.?code|^code$", re.IGNORECASE
)
# What columns without a header are called: by what most of their cells are, or by their place.
_NAME, _CODE, _COLUMN = (
    Text("名称", "name"),
    Text("统一社会信用代码", "credit code"),
    Text("第{}列", "column {}"),
)
_TITLES = {title.zh: title for title in (_NAME, _CODE)}
# A code that was mistyped, cut or shortened by a spreadsheet (9.1E+17) is a code all the same.
_LIKE_A_CODE = re.compile(
    r"(?=(?:[A-Z]*\d){5})(?:[0-9A-Z]{9}|[0-9A-Z]{13}|[0-9A-Z]{15,20})|\d(?:\.\d+)?E\+?\d+"
)
_NUMBER = re.compile(r"[-+]?[\d,，]+(?:\.\d*)?[%、.)）]?")
_SEPARATORS = ("\t", ",", ";")
_PROBE = 65_536


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was read: headers, and by row its number as a spreadsheet counts and its cells.

    `names` and `codes` are the places of the columns that hold them, `named` those of columns that
    have no header of their own: what is called so here is called otherwise in another language.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    names: tuple[int, ...]
    codes: tuple[int, ...]
    named: frozenset[int] = frozenset()

    def titled(self, language: str) -> tuple[str, ...]:
        """Return the headers; those that a list did not bring are in the reader's language."""
        made: list[str] = []
        for place, header in enumerate(self.headers):
            words = _TITLES.get(header, _COLUMN).to(language).format(place + 1)
            own = place not in self.named or words in made
            made.append(header if own else words)
        return tuple(made)

    def asked(self) -> list[Asked]:
        """Return what each row asks for; a code that stands where a name should is a code."""
        return [_asked(self, cells) for _, cells in self.rows]


def _asked(listing: Listing, cells: Sequence[str]) -> Asked:
    name = next((cells[place] for place in listing.names if cells[place].strip()), "")
    codes = tuple(cells[place] for place in listing.codes if cells[place].strip())
    return Asked("", (name, *codes)) if _is_valid(name) else Asked(name, codes)


def read_list(path: Path, name: str | None = None, code: str | None = None) -> Listing:
    """Return the list in a file; `name` and `code` are headers where they are unusual.

    Raises:
        LoadError: there is no column of names or codes.
        UnreadableError: the file is not what it claims to be.
    """
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnreadableError(
                "file", str(path), f"cannot be opened: {error.strerror}"
            ) from error
        return read_text(decode(content, str(path)), str(path), name, code)
    table = read_table(path)
    held = {
        int(row[ROW]): tuple(row[header] or "" for header in table.headers)
        for row in table.frame.iter_rows(named=True)
    }
    for number, text, _ in table.broken.iter_rows():
        held[int(number)] = (str(text), *[""] * (len(table.headers) - 1))
    blank = ("",) * len(table.headers)
    # Rows without a cell were left out in reading: between others they count.
    numbers = range(table.header_row + 1, max(held, default=table.header_row) + 1)
    rows = [(number, held.get(number, blank)) for number in numbers]
    return _listing(table.headers, rows, str(path), (name, code))


def read_text(text: str, what: str, name: str | None = None, code: str | None = None) -> Listing:
    """Return the list in a text: separated by tab, comma or semicolon, or one subject a line.

    Raises:
        LoadError: there is no column of names or codes.
        UnreadableError: the header cannot be understood.
    """
    separator = max(_SEPARATORS, key=text[:_PROBE].count)
    # A cell may be as long as the text: a limit would refuse all rows for the sake of one.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    try:
        cells = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))
    except csv.Error as error:
        raise UnreadableError(what, "table", f"cannot be read: {error}") from error
    while cells and not any(cell.strip() for cell in cells[-1]):
        cells.pop()
    if not cells:
        raise UnreadableError(what, "empty", "holds nothing")
    start = _header(cells, (name, code))
    headers = _own_headers(cells) if start < 0 else checked_headers(cells[start], what)
    brought = len(headers) if start >= 0 else 0
    width = max(len(row) for row in cells[start + 1 :] or [headers])
    # Cells beyond the header are kept in columns of their own.
    headers += [_COLUMN.zh.format(place) for place in range(len(headers) + 1, width + 1)]
    rows = [
        (number, tuple(row) + ("",) * (len(headers) - len(row)))
        for number, row in enumerate(cells[start + 1 :], start=start + 2)
    ]
    named = frozenset(range(brought, len(headers)))
    return replace(_listing(headers, rows, what, (name, code)), named=named)


def _header(cells: Sequence[Sequence[str]], given: tuple[str | None, str | None]) -> int:
    """Return which row is the header, -1 where none is.

    The row with most words of a header; among equals titles above it fill fewer cells.
    """
    likely = header_row(cells)
    places = (likely, *range(min(HEADER_WITHIN, len(cells))))
    words = {place: _header_words(cells[place], given) for place in places}
    best = max(words, key=lambda place: words[place])
    return best if words[best] else -1


def _header_words(cells: Sequence[str], given: tuple[str | None, str | None]) -> int:
    words = [word for cell in cells if (word := cell.strip())]
    known = (*_NAME_HEADERS, _CODE_HEADER)
    return sum(
        word in given or any(header.search(word) is not None for header in known) for word in words
    )


def _own_headers(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return headers for a list that has none: what most cells of a column are."""
    width = max(len(row) for row in cells)
    headers = []
    for place in range(width):
        column = [row[place] for row in cells if place < len(row) and row[place].strip()]
        own = _COLUMN.zh.format(place + 1)
        codes = sum(_is_code(cell) for cell in column)
        # Running numbers and amounts are neither names nor codes.
        numbers = sum(_NUMBER.fullmatch(cell.strip()) is not None for cell in column)
        title = (
            _CODE.zh if 2 * codes > len(column) else own if 2 * numbers > len(column) else _NAME.zh
        )
        headers.append(title if title not in headers else own)
    return headers


def _is_code(cell: str) -> bool:
    code = credit_code.fold(cell)
    if _is_valid(cell) or registration_number.is_valid(code):
        return True
    # A person's identity number is no code of the firm beside it.
    return _LIKE_A_CODE.fullmatch(code) is not None and identity_card.masked(cell) == cell


def _is_valid(cell: str) -> bool:
    code = credit_code.fold(cell)
    return credit_code.is_valid(code) or organisation_code.is_valid(code)


def _listing(
    headers: Sequence[str],
    rows: Sequence[tuple[int, tuple[str, ...]]],
    what: str,
    given: tuple[str | None, str | None],
) -> Listing:
    for option, wanted in zip(("--name-column", "--code-column"), given, strict=True):
        if wanted is not None and wanted not in headers:
            raise LoadError(option, wanted, f"is no column of {what}: {'、'.join(headers)}")
    name, code = given
    codes = [
        place
        for place, header in enumerate(headers)
        if header == code or (code is None and header != name and _CODE_HEADER.search(header))
    ]
    names = [place for place, header in enumerate(headers) if header == name]
    if name is None:
        names = _name_columns(headers, codes)
    if not names and not codes:
        rule = "has no column of names or codes; give --name-column or --code-column"
        raise LoadError(what, "、".join(headers)[:200], rule)
    return Listing(tuple(headers), tuple(rows), tuple(names), tuple(codes))


def _name_columns(headers: Sequence[str], codes: Sequence[int]) -> list[int]:
    for tier in _NAME_HEADERS:
        found = [
            place
            for place, header in enumerate(headers)
            if place not in codes and tier.search(header)
        ]
        if found:
            return found[:1]
    return []
