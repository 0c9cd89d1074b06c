"""The report as a workbook: a sheet a section; every cell is text, so none can run."""

import io
import re
from collections.abc import Iterator

import xlsxwriter

from app.desk.archive import Issue
from app.reports.content import Content, Section, kind_said
from app.texts.read import text
from queries.output import fitting

# What a sheet's name may have, of the format itself.
_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_WIDE, _NARROW = 60, 18
# A style by name, and the cells of one row.
_Line = tuple[str, tuple[str, ...]]


def workbook(content: Content, issue: Issue) -> bytes:
    """Return the workbook; its time of making is that of issue."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties(
        {
            "title": f"{content.title} {issue.number}",
            "subject": content.subject.name,
            "author": text("paper.house"),
            "keywords": f"{issue.number}, {content.hash()}",
            "created": issue.issued_at.replace(tzinfo=None),
        }
    )
    styles = {
        "bold": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bg_color": "#F0F4F9", "border": 1}),
        "cell": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for place, section in enumerate(content.sections, start=1):
        sheet = book.add_worksheet(_FORBIDDEN.sub(" ", f"{place} {section.title}")[:_NAME])
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{content.title}&R{issue.number}")
        foot = text("paper.print.foot", snapshot=content.snapshot, hash=content.hash()[:16])
        page, of, pages = (text(f"paper.print.{one}") for one in ("page", "of", "pages"))
        sheet.set_footer(f"&L{foot}&R{page} &P {of} &N {pages}".rstrip())
        own = [
            (text("paper.print.number"), issue.number),
            (text("paper.print.issued"), issue.issued_at.isoformat()),
            (text("paper.print.hash"), content.hash()),
        ]
        _fill(sheet, section, own if place == 1 else [], styles)
    book.close()
    return buffer.getvalue()


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet,
    section: Section,
    own: list[tuple[str, str]],
    styles: dict[str, xlsxwriter.format.Format],
) -> None:
    lines: list[_Line] = [("bold", (section.title,)), *_sentences(section), *_tables(section)]
    lines += [("cell", pair) for pair in own]
    lines += [
        ("plain", (text("paper.print.picture", caption=one.caption),)) for one in section.pictures
    ]
    for row, (style, cells) in enumerate(lines):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, fitting(cell), styles[style])
    sheet.set_column(0, 0, _NARROW)
    sheet.set_column(1, 1, _WIDE)
    sheet.set_column(2, 11, _NARROW)


def _sentences(section: Section) -> Iterator[_Line]:
    for one in section.sentences:
        yield "plain", (one.number, one.text, kind_said(one.kind))


def _tables(section: Section) -> Iterator[_Line]:
    for table in section.tables:
        yield "plain", ()
        if table.caption:
            yield "bold", (table.caption,)
        yield "head", table.heads
        for cells in table.rows:
            yield "cell", cells
