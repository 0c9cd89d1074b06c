"""Reading a report's file: its number, and its text section by section."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import fastexcel
from docx import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from pypdf import PdfReader

from loaders.packed import fills_memory

_NUMBER = re.compile(r"XM-\d{8}-\d{6}")
# The part of a file that could not be read at all.
UNREADABLE = -1
Parts = Mapping[int, str]


def number_in(form: str, shown: bytes) -> str | None:
    """Return the number of a report: as its properties say, else the first in its text."""
    try:
        said = "" if form == "name" else _PROPERTIES[form](shown)
    except Exception:  # noqa: BLE001 - a broken file: what its bytes say is looked at instead
        said = ""
    found = _NUMBER.search(said) or _NUMBER.search(shown.decode("utf-8", errors="ignore"))
    return found[0] if found else None


def parts_of(form: str, shown: bytes, titles: Sequence[str]) -> Parts:
    """Return the text of a report by section from 1 on; 0 is what stands outside of them.

    `titles` are those of the sections, in order.
    """
    try:
        return _PARTS[form](shown, titles)
    except Exception:  # noqa: BLE001 - readers of four formats, each breaks in its own way
        return {UNREADABLE: ""}


def _html_properties(shown: bytes) -> str:
    return shown.decode("utf-8", errors="replace")[:2_000]


def _json_properties(shown: bytes) -> str:
    return str(json.loads(shown)["number"])


def _pdf_properties(shown: bytes) -> str:
    values: Mapping[str, object] = PdfReader(io.BytesIO(shown)).metadata or {}
    return " ".join(str(value) for value in values.values())


def _opened(shown: bytes) -> io.BytesIO:
    """Return a document or workbook to read; ValueError for one that is made to fill a memory."""
    package = io.BytesIO(shown)
    if fills_memory(package, len(shown)) is not None:
        raise ValueError("unpacks to more than anybody writes")
    return package


def _zip_properties(shown: bytes) -> str:
    with zipfile.ZipFile(_opened(shown)) as package:
        return package.read("docProps/core.xml").decode()


def _json_parts(shown: bytes, titles: Sequence[str]) -> Parts:
    del titles
    held = json.loads(shown)
    sections = held.pop("sections")
    found = {0: json.dumps(held, ensure_ascii=False, sort_keys=True)}
    for place, section in enumerate(sections, start=1):
        found[place] = json.dumps(section, ensure_ascii=False, sort_keys=True)
    return found


_SECTION = re.compile(r'<section[^>]*id="s(\d+)">')


def _html_parts(shown: bytes, titles: Sequence[str]) -> Parts:
    del titles
    pieces = _SECTION.split(shown.decode("utf-8", errors="replace"))
    return {0: pieces[0]} | {
        int(place): text for place, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def _linear(lines: Iterable[str], titles: Sequence[str]) -> Parts:
    """Return lines by section: each begins at the line that is its number and title."""
    found: dict[int, list[str]] = {1: []}
    place = 1
    for line in lines:
        following = titles[place] if place < len(titles) else None
        if following is not None and line.split() == [str(place + 1), *following.split()]:
            place += 1
        found.setdefault(place, []).append(line)
    return {one: "\n".join(held) for one, held in found.items()}


def _pdf_parts(shown: bytes, titles: Sequence[str]) -> Parts:
    reader = PdfReader(io.BytesIO(shown))
    lines = (line for page in reader.pages for line in page.extract_text().splitlines())
    return {**_linear(lines, titles), 0: _pdf_properties(shown)}


def _docx_parts(shown: bytes, titles: Sequence[str]) -> Parts:
    paper = Document(_opened(shown))
    outside = [_zip_properties(shown)]
    for section in paper.sections:
        outside += [
            one.text for part in (section.header, section.footer) for one in part.paragraphs
        ]
    return {**_linear(_blocks(paper.element.body), titles), 0: "\n".join(outside)}


def _blocks(body: Iterable[BaseOxmlElement]) -> Iterator[str]:
    """Yield the text of every paragraph and table in order."""
    for block in body:
        yield "".join(one.text or "" for one in block.iter(qn("w:t")))


def _xlsx_parts(shown: bytes, titles: Sequence[str]) -> Parts:
    book = fastexcel.read_excel(_opened(shown).getvalue())
    found = {0: _zip_properties(shown) + str(book.sheet_names)}
    for place in range(min(len(book.sheet_names), len(titles))):
        sheet = book.load_sheet(place, header_row=None, dtypes="string")
        held = sheet.to_arrow().to_pylist()
        found[place + 1] = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()
    return found


_PROPERTIES: Mapping[str, Callable[[bytes], str]] = {
    "html": _html_properties,
    "json": _json_properties,
    "pdf": _pdf_properties,
    "docx": _zip_properties,
    "xlsx": _zip_properties,
}
_PARTS: Mapping[str, Callable[[bytes, Sequence[str]], Parts]] = {
    "html": _html_parts,
    "json": _json_parts,
    "pdf": _pdf_parts,
    "docx": _docx_parts,
    "xlsx": _xlsx_parts,
}
