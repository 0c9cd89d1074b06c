"""The report as a Word document: the same sections; Chinese fonts named, dates fixed."""

import io
import zipfile
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Row
from docx.text.paragraph import Paragraph

from app.desk.archive import Issue
from app.reports.content import Content, Picture, Section, Table, kind_said
from app.reports.picture import png
from app.texts.read import text

# What every Word for Chinese has; Noto is not there on an office machine.
_FONT, _LATIN = "微软雅黑", "Arial"
# As long as a property of a file may be; the title page has the name whole.
_PROPERTY = 255
_STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Caption", "Table Grid", "Header", "Footer")
_BODY, _SMALL = Pt(9.5), Pt(8)
_GREY, _BLUE = RGBColor(0x57, 0x60, 0x6A), RGBColor(0x1F, 0x4E, 0x8C)
# The page of report.css less its margins, and the tallest picture with its caption.
_WIDTH, _HEIGHT = Mm(174), Mm(215)
# A column holds four small characters at least; of long text no more than so many count.
_LEAST_WIDE, _MOST_WIDE = Mm(13), 40
# The oldest day a ZIP can name: every entry bears it, whenever it was written.
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def document(content: Content, issue: Issue) -> bytes:
    """Return the report as DOCX."""
    paper = Document()
    _set_up(paper, content, issue)
    for place, section in enumerate(content.sections, start=1):
        if place == 1:
            _cover(paper, content, issue, section)
        else:
            paper.add_heading(text("paper.heading", place=place, title=section.title), level=1)
            _body(paper, section)
    buffer = io.BytesIO()
    paper.save(buffer)
    return _fixed(buffer.getvalue())


def _set_up(paper: Docx, content: Content, issue: Issue) -> None:
    for name in _STYLES:
        style = paper.styles[name]
        if isinstance(style, ParagraphStyle):
            style.font.name = _LATIN
        _east_asian(style.element.get_or_add_rPr())
    _chinese(paper)
    for name, size, colour in (
        ("Normal", _BODY, None),
        ("Heading 1", Pt(12.5), _BLUE),
        ("Caption", _SMALL, _GREY),
    ):
        style = paper.styles[name]
        if isinstance(style, ParagraphStyle):
            style.font.size, style.font.color.rgb = size, colour
            style.paragraph_format.space_after = Pt(3)
    page = paper.sections[0]
    page.orientation = WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(22), Mm(20)
    _line(page.header.paragraphs[0], f"{content.title}\t\t{issue.number}")
    foot = page.footer.paragraphs[0]
    words = text("paper.print.foot", snapshot=content.snapshot, hash=content.hash()[:16])
    _line(foot, f"{words}\t\t{text('paper.print.page')} ")
    _field(foot, "PAGE")
    foot.add_run(f" {text('paper.print.of')} ").font.size = _SMALL
    _field(foot, "NUMPAGES")
    foot.add_run(f" {text('paper.print.pages')}".rstrip()).font.size = _SMALL
    core = paper.core_properties
    core.title = f"{content.title} {issue.number}"
    core.subject = content.subject.name[:_PROPERTY]
    core.author = core.last_modified_by = text("paper.house")
    core.keywords = f"{issue.number}, {content.hash()}"
    core.created = core.modified = issue.issued_at.replace(tzinfo=None)
    core.revision = 1


def _chinese(paper: Docx) -> None:
    """Say that the text is Chinese of the mainland: punctuation is set by it."""
    defaults = paper.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _east_asian(properties: BaseOxmlElement) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    # A theme's font would win over the one that is named.
    for name in [name for name in fonts.attrib if str(name).endswith("Theme")]:
        del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), _FONT)


def _line(paragraph: Paragraph, words: str) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.color.rgb = _SMALL, _GREY


def _field(paragraph: Paragraph, name: str) -> None:
    """Add a field that the word processor fills in: page, or number of pages."""
    run = paragraph.add_run()
    run.font.size = _SMALL
    for kind in ("begin", "", "separate", "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = name
        run._r.append(part)  # noqa: SLF001 - python-docx has no fields of its own


def _cover(paper: Docx, content: Content, issue: Issue, section: Section) -> None:
    paper.add_paragraph(text("paper.house"))
    paper.add_paragraph(content.title, style="Title")
    paper.add_paragraph(content.subject.name, style="Subtitle")
    facts = section.tables[0]
    own = (
        (text("paper.print.number"), issue.number),
        (text("paper.print.issued"), issue.issued_at.strftime("%Y-%m-%d %H:%M:%S %Z")),
        (text("paper.print.hash"), content.hash()),
    )
    _table(paper, Table("", facts.heads, (*facts.rows, *own), facts.style))
    _sentences(paper, section)
    paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _body(paper: Docx, section: Section) -> None:
    _sentences(paper, section)
    for table in section.tables:
        _table(paper, table)
    for picture in section.pictures:
        _picture(paper, picture)


def _sentences(paper: Docx, section: Section) -> None:
    for one in section.sentences:
        paragraph = paper.add_paragraph()
        paragraph.paragraph_format.left_indent = Mm(12)
        paragraph.paragraph_format.first_line_indent = Mm(-12)
        _line(paragraph, f"{one.number}\t")
        paragraph.add_run(one.text)
        _line(paragraph, text("paper.kind_mark", kind=kind_said(one.kind)))


def _table(paper: Docx, table: Table) -> None:
    if table.caption:
        paragraph = paper.add_paragraph(table.caption, style="Caption")
        paragraph.paragraph_format.keep_with_next = True
    grid = paper.add_table(rows=0, cols=len(table.heads), style="Table Grid")
    widths = _widths(table)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    head = _row(grid.add_row(), table.heads, bold=True)
    mark = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - the only way to repeat a head
    for cells in table.rows:
        _row(grid.add_row(), cells, bold=False)
    paper.add_paragraph()


def _widths(table: Table) -> list[Length]:
    """Return the columns' widths: as their longest cells ask for, long text less than it would."""
    rows = (table.heads, *table.rows)
    asked = [
        min(_MOST_WIDE, max(len(row[place]) for row in rows)) for place in range(len(table.heads))
    ]
    least = min(_LEAST_WIDE, _WIDTH // len(asked))
    rest = _WIDTH - least * len(asked)
    return [Length(least + int(rest * one / max(1, sum(asked)))) for one in asked]


def _row(row: _Row, cells: Sequence[str], *, bold: bool) -> _Row:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above
    for cell, words in zip(row._tr.tc_lst, cells, strict=True):  # noqa: SLF001 - row.cells is slow
        run = Paragraph(cell.p_lst[0], row.table).add_run(words)
        run.font.size, run.bold = _SMALL, bold
    return row


def _picture(paper: Docx, picture: Picture) -> None:
    added = paper.add_picture(io.BytesIO(png(picture.dot)))
    scale = min(1.0, _WIDTH / added.width, _HEIGHT / added.height)
    added.width, added.height = int(added.width * scale), int(added.height * scale)
    caption = paper.add_paragraph(picture.caption, style="Caption")
    caption.paragraph_format.keep_together = True
    paper.paragraphs[-2].paragraph_format.keep_with_next = True


def _fixed(content: bytes) -> bytes:
    """Return the same package with every entry's date fixed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            after.writestr(entry, before.read(name))
    return buffer.getvalue()
