"""Prints of every kind of report in both languages: bytes, names, codes, fonts, heads, text."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.desk.archive import Issue
from app.listing import read_text
from app.reports.ask import Asked, Ground, ground_of
from app.reports.bidders import resolve
from app.reports.content import Content
from app.reports.forms import FORMS
from app.reports.issue import KINDS, composed
from app.reports.picture import FONT_POINTS, LEAST_POINTS, letters, svg
from app.reports.pictures import MOST_NODES
from app.settings import read_settings
from app.texts.read import LANGUAGES

AS_OF = date(2026, 11, 23)
ISSUE = Issue("XM-20261123-000012", datetime(2026, 11, 23, 9, tzinfo=UTC))
FIRM, SISTER, PERSON = "深圳恒岭新材料有限公司", "深圳恒岭建材贸易有限公司", "许明达"
PURPOSE = "招投标"
FULL_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dX](?![\dA-Z])")
# How a record of dishonesty is called, and the head that stands on every page of the evidence.
DISHONEST = {"zh": ("失信被执行人", "严重失信"), "en": ("Court defaulter", "Serious dishonesty")}
HEAD = {"zh": "陈述", "en": "Statement"}
SIZE = re.compile(r'font-size="([\d.]+)"')
EVERY = pytest.mark.parametrize(("kind", "language"), list(product(KINDS, LANGUAGES)))


class Prints:
    """Reports of the demonstration, each composed once on a ground that all share."""

    def __init__(self, house: Services) -> None:
        self.house = house
        self.ground = ground_of(house, AS_OF)
        self.pdf = cache(self._pdf)
        self.content = cache(self._content)

    def asked(self, kind: str, language: str) -> Asked:
        """Return the request of a report of some kind in some language."""
        uid = ""
        listed: tuple[tuple[str, ...], ...] = ()
        if kind == "bidders":
            listing = read_text(f"投标人\n{FIRM}\n没有这家公司\n{SISTER}\n", "list")
            found = resolve(self.house.loaded_snapshot(), listing)
            listed = tuple(found.rows(language))
        elif kind != "monthly":
            uid = self.house.party(PERSON if kind == "person" else FIRM).uid
        return Asked(uid, PURPOSE, AS_OF, kind, listed=listed, language=language)

    def made(self, ground: Ground, kind: str, language: str) -> Content:
        """Return a report on some ground."""
        return composed(ground, self.asked(kind, language)).content

    def _content(self, kind: str, language: str) -> Content:
        return self.made(self.ground, kind, language)

    def _pdf(self, kind: str, language: str) -> bytes:
        return FORMS["pdf"](self.content(kind, language), ISSUE)


@pytest.fixture(scope="module")
def prints(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prints]:
    folder = tmp_path_factory.mktemp("prints") / "workspace"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("graph", "desk.sqlite", "jobs"))
    (folder / "graph").mkdir()
    house = open_services(read_settings({}, folder))
    yield Prints(house)
    house.close()


def _said(pdf: bytes, order: str = "-layout") -> str:
    """Return the text of a PDF, by line or, -raw, one cell after another."""
    command = ["pdftotext", order, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def _pages(pdf: bytes) -> list[str]:
    return [page for page in _said(pdf).split("\f") if page.strip()]


def _flat(text: str) -> str:
    return re.sub(r"\s", "", text)


@EVERY
def test_two_runs_on_two_grounds_give_equal_bytes_of_every_form(
    prints: Prints, kind: str, language: str
) -> None:
    again = prints.made(ground_of(prints.house, AS_OF), kind, language)

    assert again == prints.content(kind, language)
    assert FORMS["pdf"](again, ISSUE) == prints.pdf(kind, language)
    for form in ("docx", "xlsx", "html", "json"):
        assert FORMS[form](again, ISSUE) == FORMS[form](prints.content(kind, language), ISSUE), form


@EVERY
def test_paper_holds_every_name_of_the_report_and_no_full_identity_number(
    prints: Prints, kind: str, language: str
) -> None:
    table = prints.house.loaded_snapshot().table("nodes").select("name", "uscc").collect()
    content = prints.content(kind, language)
    words = content.canonical()

    text = _said(prints.pdf(kind, language), "-raw")

    named = {name for name in table["name"] if name and len(name) > 1 and name in words}
    assert (kind == "monthly") or len(named) > 1
    assert {name for name in named if _flat(name) not in _flat(text)} == set()
    assert set(FULL_IDENTITY.findall(text)) <= set(table["uscc"].drop_nulls())


@EVERY
def test_dishonesty_is_said_of_nobody_without_a_record(
    prints: Prints, kind: str, language: str
) -> None:
    snapshot = prints.house.loaded_snapshot()
    table = snapshot.table("nodes").select("uid", "name").collect()
    content = prints.content(kind, language)

    for section in content.sections:
        for one in section.sentences:
            if one.kind == "recorded" and any(word in one.text for word in DISHONEST[language]):
                said = [uid for uid, name in table.rows() if name and name in one.text]
                assert any(snapshot.records_of(uid) for uid in said or [content.subject.uid]), one


@EVERY
def test_fonts_are_embedded_heads_repeat_and_every_page_says_what_it_belongs_to(
    prints: Prints, tmp_path: Path, kind: str, language: str
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(prints.pdf(kind, language))
    pages = _pages(prints.pdf(kind, language))
    content = prints.content(kind, language)

    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True)
    rows = fonts.stdout.decode().splitlines()[2:]
    title = f"{len(content.sections)}{_flat(content.sections[-1].title)}"
    begun = next(place for place, page in enumerate(pages) if title in _flat(page) and place)

    assert rows
    assert all(row.split()[-5] == "yes" for row in rows), rows
    for place, page in enumerate(pages, start=1):
        assert ISSUE.number in page
        assert content.hash()[:16] in page
        count = (f"第{place}页/共{len(pages)}页", f"Page{place}of{len(pages)}")
        assert count[language == "en"] in _flat(page)
    assert all(HEAD[language] in page for page in pages[begun:])


@EVERY
def test_pictures_are_small_enough_to_be_read_on_paper(
    prints: Prints, kind: str, language: str
) -> None:
    content = prints.content(kind, language)

    for section in content.sections:
        for one in section.pictures:
            picture = svg(one.dot)
            scale = letters(picture) / FONT_POINTS
            assert picture.count('class="node"') <= MOST_NODES
            assert min(float(size) for size in SIZE.findall(picture)) * scale >= LEAST_POINTS
            assert AS_OF.isoformat() in one.caption


@EVERY
def test_no_cell_of_a_workbook_is_a_formula(prints: Prints, kind: str, language: str) -> None:
    book = zipfile.ZipFile(io.BytesIO(FORMS["xlsx"](prints.content(kind, language), ISSUE)))

    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]

    assert len(sheets) == len(prints.content(kind, language).sections)
    assert not any(b"<f>" in book.read(name) for name in sheets)


def test_the_summary_is_short_graded_and_keeps_three_columns_apart(prints: Prints) -> None:
    for language, mark in (("zh", "〔"), ("en", "[")):
        summary = prints.content("related", language).sections[1]

        [columns] = summary.tables
        assert len(summary.sentences) <= 5
        assert all(one.text.startswith(mark) for one in summary.sentences)
        assert len(columns.heads) == 3
        assert len(columns.rows) == 1
    assert json.loads(FORMS["json"](prints.content("related", "en"), ISSUE))["language"] == "en"
