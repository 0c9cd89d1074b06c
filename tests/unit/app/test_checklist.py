"""A list comes back with every row once, in its order and with its own columns."""

import csv
from datetime import date
from pathlib import Path

import fastexcel
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap import Services, open_services
from app.checklist import check, result_rows, write_checked
from app.listing import Listing, read_list, read_text
from app.settings import read_settings
from graph.errors import LoadError, QueryError, ReportError, UnreadableError
from tests.factory import write_small

DAY = date(2026, 11, 23)
FIRM, CODE = "深圳市甲乙丙科技有限公司", "914403001922038216"
TEXT = f"""序号,企业名称,统一社会信用代码,行业代码,备注
1,{FIRM},{CODE},6510,=1+1
2,{FIRM},9.1E+17,6510,@SUM(A1)

3,没有这样的公司,,,-5
4,{FIRM},{CODE},6510,440106199001014313,多一格
5,短
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A workspace that knows one firm, with a record, and its holder."""
    house = open_services(read_settings({}, tmp_path_factory.mktemp("check") / "w"), create=True)
    nodes = [{"uid": "a", "name": FIRM, "uscc": CODE}, {"uid": "b", "name": "佛山金穗商行"}]
    links = [{"type": "HOLDS_SHARES", "source": "b", "target": "a", "share": 0.6}]
    record = {
        "uid": "k", "subject": "b", "class": "court_defaulter", "severity": "serious",
        "decided_on": date(2026, 1, 5),
    }  # fmt: skip
    snapshot = write_small(house.workspace.snapshots, nodes, links, [record])
    house.workspace.set_current(snapshot.id)
    return house


def rows(house: Services, listing: Listing, **more: bool) -> list[tuple[str, ...]]:
    return list(result_rows(check(house, listing, DAY, **more)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_every_row_comes_back_once_with_its_own_columns_in_order(
    house: Services, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(TEXT, encoding)

    done = check(house, read_list(path), DAY)
    header, *found = result_rows(done)

    assert header[:6] == ("序号", "企业名称", "统一社会信用代码", "行业代码", "备注", "第6列")
    answers = [dict(zip(header, row, strict=True)) for row in found]
    assert [row["序号"] for row in answers] == ["1", "2", "", "3", "4", "5"]
    assert [row["核查结果"] for row in answers] == [
        "命中", "需人工", "需人工", "未命中", "命中", "未命中",
    ]  # fmt: skip
    assert [row["原因"] for row in answers] == [
        "代码一致",
        "代码校验不通过：共 7 位，应为 18 位（组织机构代码 9 位，注册号 15 或 13 位数字）",
        "空行", "", "代码一致；重复行", "",
    ]  # fmt: skip
    assert answers[4]["同第几行"] == "2"
    assert answers[1]["候选"] == f"{FIRM} {CODE} a"
    assert done.counts == {"hit": 2, "none": 2, "ask": 2}
    assert sum(done.counts.values()) == len(found) == 6


def test_a_whole_identity_number_leaves_masked_and_formulas_leave_as_text(
    house: Services, tmp_path: Path
) -> None:
    done = check(house, read_text(TEXT, "t"), DAY)
    write_checked(done, tmp_path / "o.csv")
    write_checked(done, tmp_path / "o.xlsx")

    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row[4] for row in csv.reader(file)]
    assert cells == ["备注", "'=1+1", "'@SUM(A1)", "", "-5", "440106********4313", ""]
    sheet = fastexcel.read_excel(tmp_path / "o.xlsx").load_sheet(0).to_polars()
    assert sheet["备注"].to_list()[:2] == ["=1+1", "@SUM(A1)"]
    assert sheet["统一社会信用代码"].to_list()[0] == CODE
    first = (tmp_path / "o.xlsx").read_bytes()
    write_checked(done, tmp_path / "o.xlsx")
    assert (tmp_path / "o.xlsx").read_bytes() == first


def test_an_identity_number_is_masked_in_a_column_of_codes_and_within_words(
    house: Services,
) -> None:
    head, person = "名称,统一社会信用代码,备注", "张三,11010519491231002X,证件11010519491231002x号"
    text = f"{head}\n{person}\n甲,{CODE},\n"
    _, found, firm = rows(house, read_text(text, "t"))

    assert found[1:3] == ("110105********002X", "证件110105********002x号")
    assert firm[1] == CODE


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        # A digit mistyped, an old one of 15 digits, in groups, full-width, two side by side.
        ("110105194912310021", "110105********0021"),
        ("身份证130503670401002号", "身份证130503********1002号"),
        ("110105 1949 1231 0021", "110105********0021"),
        ("１１０１０５１９４９１２３１００２１", "110105********0021"),
        ("110105194912310021,110105194912310022", "110105********0021,110105********0022"),
        # No region, no date, more digits; a registration number by its own check.
        ("990105194912310021", "990105194912310021"),
        ("110105194913310021", "110105194913310021"),
        ("6222110105194912310021", "6222110105194912310021"),
        ("注册号440301501120348", "注册号440301501120348"),
    ],
)
def test_what_has_the_form_of_an_identity_number_is_masked_whatever_its_check(
    house: Services, cell: str, left: str
) -> None:
    _, row = rows(house, read_text(f'名称\t备注\n甲\t"{cell}"', "t"))

    assert row[1] == left


def test_fifteen_digits_in_a_column_of_codes_are_a_registration_number_by_their_check(
    house: Services,
) -> None:
    text = "名称,注册号\n甲,440301501120348\n乙,130503670401002"
    _, right, wrong = rows(house, read_text(text, "t"))

    assert right[1] == "440301501120348"
    assert wrong[1] == "130503********0024"


def test_blank_rows_of_a_workbook_are_counted_too(house: Services, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "名单.xlsx"))
    sheet = book.add_worksheet()
    for place, cells in {0: ("单位名称", "代码"), 1: (FIRM, CODE), 3: ("佛山金穗商行", "")}.items():
        sheet.write_row(place, 0, cells)
    book.close()

    listing = read_list(tmp_path / "名单.xlsx")

    assert [number for number, _ in listing.rows] == [2, 3, 4]
    assert [row[2] for row in rows(house, listing)] == ["核查结果", "命中", "需人工", "命中"]


def test_records_and_levels_stand_beside_a_hit_and_exposure_is_no_record(house: Services) -> None:
    header, firm, holder = rows(
        house, read_text(f"{FIRM}\n佛山金穗商行\n", "pasted"), with_levels=True
    )
    by_title = [dict(zip(header, row, strict=True)) for row in (firm, holder)]
    assert [row["有效失信记录"] for row in by_title] == ["0", "1"]
    assert float(by_title[0]["传导值"]) > 0
    assert by_title[0]["传导等级"] in {"高", "中", "低"}


@pytest.mark.parametrize(
    ("text", "names", "codes"),
    [
        ("甲公司\n乙公司\n", ["甲公司", "乙公司"], [(), ()]),
        (f"{CODE}\n{CODE}\n", ["", ""], [(CODE,), (CODE,)]),
        (f"甲公司\t{CODE}\n", ["甲公司"], [(CODE,)]),
        # A code among names is looked up as one: it would be said not to be there.
        (f"企业名称\n甲公司\n{CODE}\n", ["甲公司", ""], [(), (CODE,)]),
        ("供应商;税号\n甲公司;x\n", ["甲公司"], [("x",)]),
        ("法定代表人姓名,企业名称\n张三,甲公司\n", ["甲公司"], [()]),
        ("2026年名单,,\n企业名称,代码,注册号\n甲公司,1,2\n", ["甲公司"], [("1", "2")]),
    ],
)
def test_lists_are_read_with_a_header_or_without(
    text: str, names: list[str], codes: list[tuple[str, ...]]
) -> None:
    asked = read_text(text, "pasted").asked()

    assert ([row.name for row in asked], [row.codes for row in asked]) == (names, codes)


def test_columns_can_be_named_and_a_list_without_any_is_refused(tmp_path: Path) -> None:
    listing = read_text("甲方,编码\n某某,1\n", "l", "甲方", "编码")
    assert (listing.names, listing.codes) == ((0,), (1,))
    with pytest.raises(LoadError, match="--name-column"):
        read_text("企业名称\n甲公司\n", "l", "甲方")
    path = tmp_path / "l.json"
    path.write_text('[{"行业代码": "1", "日期": "2"}]', "utf-8")
    with pytest.raises(LoadError, match="no column of names"):
        read_list(path)
    with pytest.raises(UnreadableError, match="holds nothing"):
        read_text(" \n\n", "l")


def test_another_ending_is_refused(house: Services, tmp_path: Path) -> None:
    done = check(house, read_text(FIRM, "l"), DAY)
    with pytest.raises(QueryError, match=r"\.csv, \.xlsx"):
        write_checked(done, tmp_path / "o.pdf")
    with pytest.raises(ReportError, match="cannot be written"):
        write_checked(done, tmp_path / "nowhere" / "o.csv")


@pytest.mark.parametrize(
    "first", [("0", "0", "0", "信用代码"), ("某某企业名称研究会", "", "x", "y", "z")]
)
def test_a_row_wider_than_the_header_is_a_row(first: tuple[str, ...]) -> None:
    listing = read_text(f"企业名称,统一社会信用代码\n{','.join(first)}\n甲公司\n", "l")

    assert listing.headers[:2] == ("企业名称", "统一社会信用代码")
    assert [row[0] for _, row in listing.rows] == [first[0], "甲公司"]


def test_a_title_above_the_header_is_no_header() -> None:
    listing = read_text("企业名称清单,\n序号,企业名称,地址\n1,甲公司,某路\n", "l")

    assert listing.headers == ("序号", "企业名称", "地址")


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), min_size=1, max_size=12))
def test_no_row_is_lost_whatever_its_cells_hold(house: Services, cells: list[list[str]]) -> None:
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells)
    listing = read_text("\n".join(["企业名称,统一社会信用代码", *quoted, "甲公司\n"]), "l")

    done = check(house, listing, DAY)

    assert len(listing.rows) == len(cells) + 1
    assert sum(done.counts.values()) == len(cells) + 1
    assert len(list(result_rows(done))) == len(cells) + 2


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (CODE[:-1], "共 17 位，应为 18 位", "has 17 characters; a credit code has 18"),
        (CODE[:-1] + "O", "含有代码不用的字符 O", "holds what no code does: O"),
        ("X" + CODE[1:], "第 1 位登记管理部门或第 3 至 8 位", "character 1 (department) or 3 to 8"),
        (CODE[:10] + "9" + CODE[11:], "第 17 位（组织机构代码的校验位）不对", "in place 17"),
        (CODE[:-1] + "7", "末位校验位不对", "wrong check character in the last place"),
        ("192203820", "末位校验位不对", "wrong check character in the last place"),
    ],
)
def test_a_wrong_code_says_which_rule_it_breaks(
    house: Services, tmp_path: Path, code: str, zh: str, en: str
) -> None:
    done = check(house, read_text(f"企业名称,统一社会信用代码\n{FIRM},{code}\n", "t"), DAY)

    _, row = result_rows(done)
    assert row[5].startswith(f"代码校验不通过：{zh}")
    write_checked(done, tmp_path / "o.csv", "en")
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        header, told = csv.reader(file)
    said = dict(zip(header, told, strict=True))["reason"]
    assert said.startswith("the code's check fails: ")
    assert en in said


def test_of_several_codes_each_wrong_one_is_named(house: Services) -> None:
    text = f"名称,统一社会信用代码,组织机构代码,注册号\n{FIRM},9.1E+17,192203820,无\n"
    _, row = rows(house, read_text(text, "t"))
    assert "：9.1E+17 共 7 位" in row[7]
    assert "，192203820 末位校验位不对" in row[7]
    assert "无 " not in row[7]


def test_headers_that_a_list_did_not_bring_are_in_the_readers_language(
    house: Services, tmp_path: Path
) -> None:
    pasted = check(house, read_text(f"{FIRM}\t{CODE}\tA\n", "t"), DAY)
    header, row = result_rows(pasted, "en")
    assert header[:4] == ("name", "credit code", "column 3", "result")
    assert next(result_rows(pasted))[:4] == ("名称", "统一社会信用代码", "第3列", "核查结果")
    # What goes out is read again by its own headers.
    write_checked(pasted, tmp_path / "o.xlsx", "en")
    again = read_list(tmp_path / "o.xlsx")
    assert (again.headers[again.names[0]], again.headers[again.codes[0]]) == header[:2]
    assert fastexcel.read_excel(tmp_path / "o.xlsx").sheet_names == ["List check"]
    # A list's own headers stay as they are, whatever they are called.
    own = check(house, read_text(f"名称,reason\n{FIRM},x,y\n", "t"), DAY)
    assert next(result_rows(own, "en"))[:3] == ("名称", "reason", "column 3")
    assert "reason (check)" in next(result_rows(own, "en"))
    assert row[3] == "hit"


@pytest.mark.parametrize(
    ("text", "headers", "reason"),
    [
        (f"1\t{FIRM}\n2\t没有\n", ("第1列", "名称"), "名称全同"),
        (
            f"1、\t{FIRM}\t9.1E+17\n",
            ("第1列", "名称", "统一社会信用代码"),
            "代码校验不通过：共 7 位",
        ),
        (f"{FIRM}\t{CODE[:-1]}7\n", ("名称", "统一社会信用代码"), "代码校验不通过：末位"),
        (f"{FIRM}\t11010519491231002X\n", ("名称", "第2列"), "名称全同"),
        (f"{CODE[:-1]}\t13800138000\n", ("统一社会信用代码", "第2列"), "代码校验不通过：共 17 位"),
    ],
)
def test_columns_without_a_header_are_what_their_cells_look_like(
    house: Services, text: str, headers: tuple[str, ...], reason: str
) -> None:
    header, row, *_ = rows(house, read_text(text, "t"))
    assert header[: len(headers)] == headers
    assert row[len(headers) + 3].startswith(reason)
