"""The forms of one small report: same bytes, text as text, every section in each."""

import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn

from app.desk.archive import Issue
from app.reports.content import Content, Picture, Section, Sentence, Subject, Table
from app.reports.forms import FORMS, checked_forms
from app.reports.reading import UNREADABLE, number_in, parts_of
from app.texts.read import spoken
from graph.errors import ReportError

ISSUE = Issue("XM-20261123-000012", datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC))
DOT = 'digraph g {a [label="甲公司"]; b [label="乙公司"]; a -> b}'
CONTENT = Content(
    kind="related",
    title="关联方信用风险报告",
    subject=Subject("e1", "甲公司"),
    purpose="招投标",
    as_of="2026-11-23",
    snapshot="a1b2",
    policy="default-1",
    sections=(
        Section(
            "封面",
            (Sentence("1.1", "关联提示", "method", "方法"),),
            (Table("", ("项目", "内容"), (("主体名称", "甲公司"),), "facts"),),
        ),
        Section(
            "自身记录",
            (Sentence("2.1", "记录强度 0.556", "recorded", "甲.csv 第 2 行", "处罚"),),
            (Table("表", ("文书号", "金额"), (("=1+1", "<script>"),)),),
            (Picture("股权", "股权图", DOT),),
        ),
        Section("证据表", (), (Table("", ("句号",), (("1.1",), ("2.1",)), "evidence"),)),
    ),
)
TITLES = [section.title for section in CONTENT.sections]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_content_has_the_same_bytes_and_its_number_is_found(form: str) -> None:
    made = FORMS[form](CONTENT, ISSUE)

    assert made == FORMS[form](CONTENT, ISSUE)
    assert number_in(form, made) == ISSUE.number
    assert set(parts_of(form, made, TITLES)) == {0, 1, 2, 3}


@pytest.mark.parametrize("form", FORMS)
def test_a_name_of_any_length_has_a_report(form: str) -> None:
    named = replace(CONTENT, subject=Subject("e1", "很长的名字" * 100))

    assert number_in(form, FORMS[form](named, ISSUE)) == ISSUE.number


@pytest.mark.parametrize("form", FORMS)
def test_one_changed_digit_is_found_in_its_section(form: str) -> None:
    second = CONTENT.sections[1]
    said = replace(second.sentences[0], text="记录强度 0.557")
    forged = replace(
        CONTENT,
        sections=(CONTENT.sections[0], replace(second, sentences=(said,)), CONTENT.sections[2]),
    )

    one, other = (
        parts_of(form, FORMS[form](content, ISSUE), TITLES) for content in (CONTENT, forged)
    )

    assert one[2] != other[2]
    # Pages bear the hash of the content: but for it the last section is the same.
    shown, own = forged.hash()[:16], CONTENT.hash()[:16]
    assert one[3] == other[3].replace(shown, own)


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx", "json"])
def test_a_file_that_is_none_is_said_to_be_unreadable(form: str) -> None:
    assert UNREADABLE in parts_of(form, b"nothing of the kind", TITLES)
    assert number_in(form, b"nothing of the kind") is None


@pytest.mark.parametrize("form", FORMS)
def test_the_words_of_the_print_itself_are_in_the_language_of_the_report(form: str) -> None:
    english = replace(CONTENT, title="Report", language="en", sections=CONTENT.sections[:2])

    parts = parts_of(form, FORMS[form](english, ISSUE), TITLES[:2])
    said = " ".join(parts.values())

    for words in ("报告编号", "出具时间", "内容校验", "快照", "共"):
        assert words not in said
    assert spoken() == "zh"


def test_no_column_of_long_english_heads_runs_off_the_page() -> None:
    heads = (
        "Class", "Document number", "Severity", "Source's own word", "Status", "Decided on",
        "Published until", "Stage of measures", "Source",
    )  # fmt: skip
    row = (
        "Administrative penalty", "深圳市监罚(2026)5号", "General", "罚款", "Active", "2026-01-14",
        "2027-01-14", "encouragement", "行政处罚_省.csv row 6",
    )  # fmt: skip
    records = replace(CONTENT.sections[1], tables=(Table("", heads, (row,)),))
    english = replace(CONTENT, language="en", sections=(CONTENT.sections[0], records))
    command = ["pdftotext", "-bbox", "-", "-"]

    pdf = FORMS["pdf"](english, ISSUE)

    boxes = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    # A4 is 210 mm wide, 18 mm of it on the right are margin.
    assert (
        max(float(one) for one in re.findall(r'xMax="([\d.]+)"', boxes))
        < (210 - 18 + 0.1) / 25.4 * 72
    )


def test_what_a_spreadsheet_would_run_is_text() -> None:
    book = zipfile.ZipFile(io.BytesIO(FORMS["xlsx"](CONTENT, ISSUE)))

    sheet = book.read("xl/worksheets/sheet2.xml").decode()

    assert "<f>" not in sheet
    assert "<t>=1+1</t>" in book.read("xl/sharedStrings.xml").decode()
    assert "2 自身记录" in book.read("xl/workbook.xml").decode()


def test_a_page_shows_markup_in_names_as_text() -> None:
    page = FORMS["html"](CONTENT, ISSUE).decode()

    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "<svg" in page


def test_word_names_chinese_fonts_repeats_heads_and_fixes_dates() -> None:
    made = FORMS["docx"](CONTENT, ISSUE)

    paper = Document(io.BytesIO(made))
    normal = paper.styles["Normal"].element.find(qn("w:rPr")).find(qn("w:rFonts"))
    heads = paper.tables[1].rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader"))
    foot = paper.sections[0].footer.paragraphs[0]

    assert normal.get(qn("w:eastAsia")) == "微软雅黑"
    assert heads is not None
    assert paper.core_properties.created == ISSUE.issued_at
    assert [one.text for one in foot._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert CONTENT.hash()[:16] in foot.text
    assert {one.date_time for one in zipfile.ZipFile(io.BytesIO(made)).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }
    assert len(paper.inline_shapes) == 1


def test_json_holds_all_and_its_hash_is_that_of_the_content() -> None:
    held = json.loads(FORMS["json"](CONTENT, ISSUE))

    assert held["content_hash"] == CONTENT.hash()
    assert [one["title"] for one in held["sections"]] == TITLES


def test_a_form_that_is_not_there_is_refused_and_one_asked_twice_is_made_once() -> None:
    assert checked_forms(("pdf", "json", "pdf")) == ("pdf", "json")
    with pytest.raises(ReportError, match="odt"):
        checked_forms(("pdf", "odt"))
