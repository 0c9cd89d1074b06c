from datetime import date

import polars as pl
import pytest

from graph.identifiers.identity import IdentityKey
from loaders.catalogue.resource import ValueKind
from loaders.clean.columns import Cleaned, clean_column, clean_columns
from loaders.clean.names import is_person_name, name_key, organisation_label, shown_name
from loaders.clean.texts import identity_masked

KEY = IdentityKey(b"test")
NUMBER = "11010519491231002X"


def _clean(
    kind: ValueKind,
    cells: list[str | None],
    unit: str | None = None,
    choices: dict[str, tuple[str, ...]] | None = None,
) -> Cleaned:
    frame = pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)})
    return clean_column(frame, "c", kind, unit, choices or {}, KEY)


@pytest.mark.parametrize("cell", ["", " ", "无", "暂无", "-", "—", "NULL", "n/a", "0000", "/"])
def test_what_stands_for_nothing_is_nothing(cell: str) -> None:
    for kind in (ValueKind.TEXT, ValueKind.NAME, ValueKind.DATE, ValueKind.CREDIT_CODE):
        cleaned = _clean(kind, [cell])
        assert cleaned.columns[""].to_list() == [None]
        assert not cleaned.broken.any()


@pytest.mark.parametrize("kind", [ValueKind.FRACTION, ValueKind.MONEY, ValueKind.INTEGER])
def test_what_is_neither_a_number_nor_a_word_for_nothing_breaks_its_row(kind: ValueKind) -> None:
    words = ["n/a", "--", "未知", "不详", "无", "NULL", None]
    strange = ["NaN", " nan ", "ＮａＮ", "-nan", "nan%", "inf", "Infinity", "#DIV/0!", "待定", "?"]
    cleaned = _clean(kind, [*words, *strange])
    assert cleaned.columns[""].to_list() == [None] * len(cleaned.broken)
    assert cleaned.broken.to_list() == [False] * len(words) + [True] * len(strange)
    # Where no number is asked for it is no value, and above all no name.
    assert _clean(ValueKind.NAME, ["NaN"]).columns[""].to_list() == [None]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026/1/3", date(2026, 1, 3)),
        ("2026年1月3日", date(2026, 1, 3)),
        ("20260103", date(2026, 1, 3)),
        ("2026-01-03 00:00:00", date(2026, 1, 3)),
        ("2026.1.3", date(2026, 1, 3)),
        ("2026年1月", date(2026, 1, 1)),
        ("45000", date(2023, 3, 15)),
        ("长期", date(9999, 12, 31)),
        ("2099-12-31", date(9999, 12, 31)),
        ("1900-1-1", None),
    ],
)
def test_dates_are_read_as_departments_write_them(cell: str, read: date | None) -> None:
    cleaned = _clean(ValueKind.DATE, [cell])
    assert cleaned.columns[""].to_list() == [read]
    assert not cleaned.broken.any()


@pytest.mark.parametrize("cell", ["2019-13-45", "2023-02-30", "某日", "12"])
def test_a_date_that_is_none_breaks_its_row(cell: str) -> None:
    cleaned = _clean(ValueKind.DATE, [cell])
    assert cleaned.broken.to_list() == [True]
    assert cleaned.rule == "must be a date as 2026-11-23"


@pytest.mark.parametrize(
    ("cell", "unit", "yuan"),
    [
        ("5", "wan", 50_000.0),
        ("5", None, 5.0),
        ("1,000.5", "wan", 10_005_000.0),
        ("5万元", None, 50_000.0),
        ("1.2亿", "wan", 120_000_000.0),
        ("￥300元", "wan", 300.0),
        ("叁仟伍佰万元整", "wan", 35_000_000.0),
        ("1e3", None, 1_000.0),
    ],
)
def test_amounts_become_yuan(cell: str, unit: str | None, yuan: float) -> None:
    assert _clean(ValueKind.MONEY, [cell], unit).columns[""].to_list() == [yuan]


def test_an_amount_that_is_none_breaks_its_row() -> None:
    assert _clean(ValueKind.MONEY, ["见章程", None], "wan").broken.to_list() == [True, False]


def test_shares_are_fractions_and_stay_within_a_whole() -> None:
    cleaned = _clean(ValueKind.FRACTION, ["60", "12.5%", "140", "-1", "x", None], "percent")

    assert cleaned.columns[""].to_list() == [0.6, 0.125, None, None, None, None]
    assert cleaned.broken.to_list() == [False, False, True, True, True, False]
    assert _clean(ValueKind.FRACTION, ["0.6"]).columns[""].to_list() == [0.6]


def test_whole_numbers_and_truths() -> None:
    assert _clean(ValueKind.INTEGER, ["5", "5.0", "x"]).columns[""].to_list() == [5, 5, None]
    cleaned = _clean(ValueKind.BOOLEAN, ["是", "否", "中标", "也许"])
    assert cleaned.columns[""].to_list() == [True, False, True, None]
    assert cleaned.broken.to_list() == [False, False, False, True]


def test_a_code_with_a_wrong_check_joins_nothing_and_is_still_seen() -> None:
    cleaned = _clean(ValueKind.CREDIT_CODE, ["914403001922038216", "9144 0300192203821７"])

    assert cleaned.columns[""].to_list() == ["914403001922038216", None]
    assert cleaned.columns["_raw"].to_list() == ["914403001922038216", "914403001922038217"]
    assert not cleaned.broken.any()


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (ValueKind.ORG_CODE, "D2143569-X", "D21435690"),
        (ValueKind.REGISTRATION_NUMBER, "110108000000016", "110108000000017"),
        (ValueKind.TAX_NUMBER, "440300192203821", "44030"),
        (ValueKind.TAX_NUMBER, "914403001922038216", "914403001922038217"),
    ],
)
def test_other_codes_are_checked_too(kind: ValueKind, good: str, bad: str) -> None:
    values = _clean(kind, [good, bad]).columns[""].to_list()
    assert values == [good.replace("-", ""), None]


def test_an_identity_number_is_kept_as_hash_and_mask_alone() -> None:
    cleaned = _clean(
        ValueKind.ID_NUMBER,
        [NUMBER, NUMBER.lower(), "130503670401001", "110105********002X", "12345", None],
    )

    columns = {name: series.to_list() for name, series in cleaned.columns.items()}
    assert columns[""][0] == columns[""][1] == KEY.hash(NUMBER)
    assert columns[""][3:] == [None, None, None]
    assert columns["_mask"][0] == columns["_mask"][3] == "110105********002X"
    assert columns["_birth_year"][:3] == [1949, 1949, 1967]
    assert columns["_sex"][:3] == ["女", "女", "男"]
    assert NUMBER not in str(columns)


def test_an_identity_number_is_never_a_credit_code() -> None:
    # Invented: right by the checks of both standards.
    both = "44030019960316256X"
    code = _clean(ValueKind.CREDIT_CODE, [both])
    person = _clean(ValueKind.ID_NUMBER, [both])

    assert code.columns[""].to_list() == [None]
    assert code.columns["_raw"].to_list() == ["440300********256X"]
    assert person.columns[""].to_list() == [KEY.hash(both)]


def test_a_phone_is_kept_as_hash_and_mask_alone() -> None:
    cleaned = _clean(ValueKind.PHONE, ["138 0000-6621", "+8613800006621", "12", None])

    assert cleaned.columns[""].to_list()[0] == cleaned.columns[""].to_list()[1]
    assert cleaned.columns["_mask"].to_list() == ["138****6621", "138****6621", None, None]


def test_choices_regions_case_numbers_and_addresses() -> None:
    choices = {"active": ("有效", "0"), "other": ("其他",)}
    assert _clean(ValueKind.CHOICE, ["有效", "0", "什么", None], choices=choices).columns[
        ""
    ].to_list() == ["active", "active", "other", None]
    strict = _clean(ValueKind.CHOICE, ["什么"], choices={"active": ("有效",)})
    assert (strict.broken.to_list(), strict.rule) == ([True], "must be one of 有效")
    regions = _clean(ValueKind.REGION, ["440681", "440106000000", "天河区", "没有区", None])
    assert regions.columns[""].to_list() == ["440606", "440106", "440106", None, None]
    assert _clean(ValueKind.REGION, [None]).columns[""].to_list() == [None]
    assert _clean(ValueKind.CASE_NUMBER, ["粤税罚〔2018〕 40号"]).columns[""].to_list() == [
        "粤税罚(2018)40号"
    ]
    assert _clean(ValueKind.EMAIL, ["A@B.cn"]).columns[""].to_list() == ["a@b.cn"]
    assert _clean(ValueKind.ADDRESS, ["深圳市 南山区"]).columns[""].to_list() == ["深圳市南山区"]


def test_names_are_shown_in_one_form_and_compared_in_another() -> None:
    names = pl.Series(["深圳 甲(香港)公司", "买买提•艾力", "IBM China 有限公司", "张"])

    assert shown_name(names).to_list() == [
        "深圳甲（香港）公司", "买买提·艾力", "IBM China有限公司", None,
    ]  # fmt: skip
    assert name_key(pl.Series(["中國投資【香港】公司", "", None])).to_list() == [
        "中国投资(香港)公司", None, None,
    ]  # fmt: skip


def test_a_person_s_name_is_known_by_its_form() -> None:
    names = ["张伟", "欧阳修文", "买买提·艾力", "深圳甲公司", "某某店", "红十字会", "IBM", None]
    assert is_person_name(pl.Series(names)).to_list() == [True] * 3 + [False] * 5


def test_an_organisation_s_kind_follows_its_code_then_its_name() -> None:
    names = ["甲", "深圳甲公司", "某律师事务所", "某商会", "深圳市财政局", "某中学", "什么"]
    codes = ["12440100455350015Y", *[None] * 6]

    labels = organisation_label(pl.Series(names), pl.Series(codes, dtype=pl.String)).to_list()

    assert labels == [
        "PublicInstitution", "Enterprise", "PractisingBody", "SocialOrganisation", "Organ",
        "PublicInstitution", "Enterprise",
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [2, 20_001])
def test_columns_of_one_kind_are_read_as_each_alone(rows: int) -> None:
    cells = {"a": ["2024-01-02", "x"], "b": ["2024年3月4日", None]}
    frame = pl.DataFrame(
        {name: (column * rows)[:rows] for name, column in cells.items()},
        schema={"a": pl.String, "b": pl.String},
    )

    def clean(some: pl.DataFrame, name: str) -> Cleaned:
        return clean_column(some, name, ValueKind.DATE, None, {}, KEY)

    read = clean_columns(frame, ["a", "b"], clean)

    assert read["a"].columns[""][:2].to_list() == [date(2024, 1, 2), None]
    assert read["a"].broken[:2].to_list() == [False, True]
    assert read["b"].columns[""][:2].to_list() == [date(2024, 3, 4), None]
    assert not read["b"].broken.any()
    assert len(read["a"].broken) == len(read["b"].broken) == rows


def test_of_two_identity_numbers_side_by_side_both_are_masked() -> None:
    texts = pl.DataFrame({"text": ["110105194912310021,110105194912310022 130503670401001"]})

    assert texts.select(identity_masked(pl.col("text"))).item() == (
        "110105********0021,110105********0022 130503********001"
    )
