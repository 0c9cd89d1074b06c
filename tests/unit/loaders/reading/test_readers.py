import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import UnreadableError
from loaders.cells import _PROBE, ROW, _first_rows, parse
from loaders.readers import read_table

TEXT = '企业名称,统一社会信用代码\n深圳甲公司,914403001922038216\n"乙,公司",\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_cells(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))

    raw = read_table(path)

    assert raw.headers == ("企业名称", "统一社会信用代码")
    assert raw.frame["企业名称"].to_list() == ["深圳甲公司", "乙,公司"]
    assert raw.frame[ROW].to_list() == [2, 3]
    assert len(raw.digest) == 64


@given(
    before=st.integers(_PROBE - 4, _PROBE + 4),
    tail=st.text("ab,\r\n\x85", max_size=9),
)
def test_the_first_rows_are_found_wherever_the_part_that_is_looked_at_ends(
    before: int, tail: str
) -> None:
    text = f"title\n{'x' * (before - 6)}{tail}"
    lines = re.split("(?<=\n)|(?<=\r)(?!\n)", text)

    found = _first_rows(text, ",", "a.csv")

    assert [above for above, _ in found] == [sum(map(len, lines[:at])) for at in range(len(found))]
    assert found[1][1] == lines[1].rstrip("\r\n").split(",")


@pytest.mark.parametrize(
    ("text", "headers", "row"),
    [
        ('企业名称,"股东\n名称",比例\n甲,乙,1\n', ("企业名称", "股东\n名称", "比例"), 2),
        ('"关于\n公示",,\n企业名称,股东,比例\n甲,乙,1\n', ("企业名称", "股东", "比例"), 3),
        ("关于\u2028公示,,\n企业名称,股东,比例\n甲,乙,1\n", ("企业名称", "股东", "比例"), 3),
        (f"企业名称,股东,{'长' * 200_000}\n甲,乙,1\n", ("企业名称", "股东", "长" * 200_000), 2),
    ],
    ids=["a header of two lines", "a title of two lines", "a line separator", "a long header"],
)
def test_a_header_is_found_whatever_its_cells_hold(
    tmp_path: Path, text: str, headers: tuple[str, ...], row: int
) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")

    raw = read_table(tmp_path / "a.csv")

    assert raw.headers == headers
    assert raw.frame.rows() == [("甲", "乙", "1", row)]


def test_every_form_gives_the_same_cells(tmp_path: Path) -> None:
    rows = [{"a": "1", "b": "甲"}, {"a": "2", "b": "乙"}]
    frame = pl.DataFrame(rows)
    (tmp_path / "t.tsv").write_text("a\tb\n1\t甲\n2\t乙\n", "utf-8")
    (tmp_path / "t.json").write_text(json.dumps(rows), "utf-8")
    (tmp_path / "w.json").write_text(json.dumps({"total": 2, "data": rows}), "utf-8")
    (tmp_path / "t.jsonl").write_text("\n\n".join(map(json.dumps, rows)), "utf-8")
    frame.write_parquet(tmp_path / "t.parquet")
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        book.add_worksheet("空")
        page = book.add_worksheet("表")
        page.write(0, 0, "二〇二六年某表")
        page.write_row(1, 0, ["a", "b"])
        page.write_row(2, 0, ["1", "甲"])
        page.write_row(3, 0, ["2", "乙"])

    for name in ("t.tsv", "t.json", "w.json", "t.jsonl", "t.parquet", "t.xlsx"):
        raw = read_table(tmp_path / name)
        assert raw.frame.select("a", "b").rows() == [("1", "甲"), ("2", "乙")], name
    assert read_table(tmp_path / "t.xlsx").frame[ROW].to_list() == [3, 4]
    assert read_table(tmp_path / "t.xlsx").sheet == "表"


def test_a_column_of_which_no_text_can_be_made_refuses_no_file(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "企业名称": ["甲", "乙"],
            "时长": [timedelta(days=1, hours=2), None],
            "指纹": [b"\xff\x00", None],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")

    first, second = read_table(tmp_path / "t.parquet").frame.drop(ROW).rows()
    assert first == ("甲", "1 day, 2:00:00", "ff00")
    assert second == ("乙", None, None)


def test_typed_columns_of_parquet_are_read_as_a_person_writes_them(tmp_path: Path) -> None:
    # As a table of pandas is, where somebody has no number.
    frame = pl.DataFrame(
        {
            "注册号": [440301103097413.0, None],
            "出资": [0.25, 1e300],
            "日期": [date(2026, 1, 2), None],
            "名单": [["甲", "乙"], None],
            "地址": [{"市": "深圳", "自": date(2020, 1, 1)}, None],
            "是": [True, False],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")

    first, second = read_table(tmp_path / "t.parquet").frame.drop(ROW).rows()

    assert first[:3] == ("440301103097413", "0.25", "2026-01-02")
    assert first[3:5] == ('["甲", "乙"]', '{"市": "深圳", "自": "2020-01-01"}')
    assert second[:3] == (None, "1e+300", None)


def test_sheets_beside_the_first_are_said_to_be_unread(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        for name, rows in (("一", [["a", "b"], ["1", "2"]]), ("空", []), ("二", [["a"], ["3"]])):
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)

    raw = read_table(tmp_path / "t.xlsx")

    assert (raw.sheet, raw.unread) == ("一", ("二",))


def test_json_values_become_text_and_what_is_no_object_is_set_apart(tmp_path: Path) -> None:
    lines = ['{"a": 5, "b": true, "c": 2.0, "d": [1], "e": null}', "nonsense", "[1]"]
    (tmp_path / "t.jsonl").write_text("\n".join(lines), "utf-8")

    raw = read_table(tmp_path / "t.jsonl")

    assert raw.frame.select("a", "b", "c", "d").row(0) == ("5", "是", "2", "[1]")
    assert sorted(raw.broken["row"].to_list()) == [2, 3]


def test_a_line_of_json_ends_where_json_says(tmp_path: Path) -> None:
    # JSON allows both within a text; Python's splitlines breaks at them.
    (tmp_path / "t.jsonl").write_text('{"a": "甲\u2028乙\x85丙"}\r\n{"a": "丁"}\n', "utf-8")

    raw = read_table(tmp_path / "t.jsonl")

    assert raw.frame.rows() == [("甲\u2028乙\x85丙", 1), ("丁", 2)]
    assert raw.broken.is_empty()


def test_objects_that_say_two_things_or_no_text_are_set_apart(tmp_path: Path) -> None:
    rows = ['{"a": "1", "a": "2"}', '{"a": "\\ud800"}', '{"a": ["\\udfff"]}', '{"a": "3"}']
    (tmp_path / "t.json").write_text(f"[{','.join(rows)}]", "utf-8")
    (tmp_path / "t.jsonl").write_text("\n".join(rows), "utf-8")

    for name, first in (("t.json", 2), ("t.jsonl", 1)):
        raw = read_table(tmp_path / name)
        assert raw.frame.rows() == [("3", first + 3)]
        assert raw.broken["rule"].to_list() == [
            "holds a key twice",
            *["holds half a character (a lone surrogate)"] * 2,
        ]


def test_a_name_that_looks_like_a_pattern_is_the_file_of_that_name(tmp_path: Path) -> None:
    for name, value in (("名单1.parquet", "别"), ("名单[1].parquet", "甲")):
        pl.DataFrame({"企业名称": [value]}).write_parquet(tmp_path / name)

    assert read_table(tmp_path / "名单[1].parquet").frame["企业名称"].to_list() == ["甲"]


def test_percentages_of_a_workbook_are_read_as_they_are_shown(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(2, 1, ["股东", "比例", "占比"])
        formats = ("0%", "0.00%", "0.0_ %;[Red]-0.0%", 'General" %"', "0.00")
        for at, form in enumerate(formats, start=3):
            page.write(at, 1, form)
            page.write(at, 2, 0.28, book.add_format({"num_format": form}))
            page.write_formula(at, 3, "=C4", book.add_format({"num_format": "0%"}), 1)

    raw = read_table(tmp_path / "t.xlsx")

    assert raw.frame["比例"].to_list() == ["28%", "28%", "28%", "0.28", "0.28"]
    assert raw.frame["占比"].to_list() == ["100%"] * 5


def test_the_sheet_that_is_read_is_one_that_people_see(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        hidden, page = book.add_worksheet("代码"), book.add_worksheet("数据")
        hidden.write_column(0, 0, ["代码", "1"])
        page.write_column(0, 0, ["企业名称", "甲"])
        hidden.hide()
        page.activate()
        page.set_first_sheet()

    raw = read_table(tmp_path / "t.xlsx")

    assert (raw.headers, raw.sheet, raw.unread) == (("企业名称",), "数据", ("代码",))


def test_a_file_that_is_written_to_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT, "utf-8")

    def read_and_write(text: str, separator: str, what: str) -> object:
        with path.open("a", encoding="utf-8") as file:
            file.write("丙公司,\n")
        return parse(text, separator, what)

    monkeypatch.setattr("loaders.readers.parse", read_and_write)
    with pytest.raises(UnreadableError, match="changed while it was read"):
        read_table(path)


def test_one_row_of_many_cells_is_set_apart_and_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("某局登记表\n" + TEXT + "丙,1,2,3,3,3,3\n丁公司,\n", "utf-8")

    raw = read_table(path)

    assert (raw.headers, raw.header_row) == (("企业名称", "统一社会信用代码"), 2)
    assert raw.frame[ROW].to_list() == [3, 4, 6]
    assert raw.broken["row"].to_list() == [5]


def test_rows_with_other_numbers_of_cells_are_set_apart(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3\n4,5,6\n7,8\n", "utf-8")

    raw = read_table(tmp_path / "t.csv")

    assert raw.frame["a"].to_list() == ["1", "7"]
    assert raw.broken["row"].to_list() == [3, 4]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", b"", "holds nothing"),
        ("a.csv", b"\x00\x01" * 900, "is no text table"),
        ("a.csv", b"a,b\n\xff\xff\xff\n", "must be utf-8, gb18030 or utf-16"),
        ("a.csv", b"a,a\n1,2\n", "stands twice"),
        ("a.csv", b"a,,b\n1,2,3\n", "is there a header"),
        ("a.doc", b"x", "must be one of"),
        ("a.json", b"{", "cannot be read"),
        ("a.json", b"[" * 100_000, "cannot be read"),
        ("a.json", b"5", "must be a list of objects"),
        ("a.json", b'{"a": [], "b": []}', "must be a list of objects"),
        ("a.json", b"[1, 2]", "holds no object"),
        ("a.jsonl", b"x", "holds no object"),
        ("a.xlsx", b"PK\x03\x04 half a workbook", "cannot be read"),
        ("a.parquet", b"PAR1", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_rule(
    tmp_path: Path, name: str, content: bytes, rule: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UnreadableError, match=rule) as caught:
        read_table(path)
    assert name in str(caught.value)


def test_what_a_broken_workbook_is_refused_with_names_it_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 half a workbook")
    with pytest.raises(UnreadableError) as caught:
        read_table(path)
    assert str(caught.value).count(str(tmp_path)) == 1


def test_a_workbook_without_rows_is_named(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet()
    with pytest.raises(UnreadableError, match="holds no row"):
        read_table(tmp_path / "a.xlsx")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"none\.csv"):
        read_table(tmp_path / "none.csv")


def test_json_lines_end_at_line_ends_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"甲": "一\u2028二", "乙": "三\x85四"}\n', encoding="utf-8")
    assert [one.to_list() for one in read_table(path).cells()] == [["一\u2028二"], ["三\x85四"]]


def test_a_workbook_that_unpacks_to_fill_a_memory_is_refused_unread(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(101):
            sheet.write(b" " * 1_000_000)

    with pytest.raises(UnreadableError, match="unpacks to 101,000,000 bytes"):
        read_table(bomb)
