"""Names in their parts, and short names that mean full ones."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.names.index import even, index_of, letters_of
from graph.names.key import comparable, short_form, simplified
from graph.names.pinyin import PinyinIndex
from graph.names.segments import LONGEST_NAME, regions_agree, segments
from graph.names.words import short_region
from loaders.clean.names import name_key

TRUTH = (
    Path(__file__).resolve().parents[5] / "shared" / "data" / "name_matching/cnp_groundtruth.txt"
)
# Measured .941; the rest are names whose parts people cut differently.
LEAST_RIGHT = 0.94

FIRMS = pl.Series(
    [
        "深圳市恒裕实业（集团）有限公司",
        "深圳市恒裕实业（集团）有限公司广州分公司",
        "广东恒裕建设工程有限公司",
        "佛山市顺德区美的电器股份有限公司",
        "中国石油化工股份有限公司",
        "中国石油天然气股份有限公司",
        "广发证券股份有限公司",
        "广东省广告集团股份有限公司",
        None,
    ]
)


@pytest.mark.parametrize(
    ("name", "region", "brand", "trade", "form", "tail"),
    [
        ("广东省深圳市恒裕实业(集团)有限公司", "广东省深圳市", "恒裕", "实业", "集团有限公司", ""),
        ("恒裕实业(深圳)有限公司广州分公司", "深圳", "恒裕", "实业", "有限公司", "广州分公司"),
        ("长安汽车股份有限公司", "", "长安", "汽车", "股份有限公司", ""),
        ("恒裕技术上海有限公司", "上海", "恒裕", "技术", "有限公司", ""),
        ("有限公司", "", "有限", "", "公司", ""),
        ("王", "", "王", "", "", ""),
        ("", "", "", "", "", ""),
    ],
)
def test_a_name_is_cut_in_its_parts(
    name: str, region: str, brand: str, trade: str, form: str, tail: str
) -> None:
    parts = segments(name)
    assert (parts.region, parts.brand, parts.trade) == (region, brand, trade)
    assert (parts.form, parts.tail) == (form, tail)


@given(st.text(alphabet="广东省深圳市恒裕实业()集团有限公司分厂店A1", max_size=30))
def test_every_character_but_brackets_belongs_to_one_part(name: str) -> None:
    parts = segments(name)
    assert parts.name == name.replace("(", "").replace(")", "")
    assert len(parts.marks) == len(parts.name)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("深圳市恒裕有限公司", "广东恒裕有限公司", True),
        ("深圳市恒裕有限公司", "广州恒裕有限公司", False),
        ("恒裕有限公司", "广州恒裕有限公司", None),
        ("佛山市恒裕有限公司", "中山市恒裕有限公司", False),
    ],
)
def test_regions_agree_where_one_holds_the_other(one: str, other: str, agree: object) -> None:
    assert regions_agree(segments(one), segments(other)) is agree


@pytest.mark.parametrize(
    "name",
    ["中國投資（香港） 有限公司", "ＡＢＣ〔集团〕", "萬科　Ａ", "a·b", "\u202e恒裕", "王　伟"],
)
def test_one_name_and_a_column_of_names_are_compared_alike(name: str) -> None:
    assert comparable(name) == name_key(pl.Series([name])).item()


def test_each_text_of_a_column_is_simplified_where_it_has_another_character() -> None:
    texts = pl.Series(["广东", "廣東甲", None, "𠮷國", "", "国廣", "ABC（甲）"])

    assert simplified(texts).to_list() == ["广东", "广东甲", None, "𠮷国", "", "国广", "ABC（甲）"]


def test_characters_that_are_simplified_already_stay() -> None:
    texts = pl.Series(["恒裕", None, "萬科"])
    assert simplified(texts).to_list() == ["恒裕", None, "万科"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("*ST全新", "全新"), ("万科A", "万科"), ("TCL科技", "TCL科技"), ("A股", "A股")],
)
def test_marks_of_an_exchange_are_no_part_of_a_short_name(text: str, wanted: str) -> None:
    assert short_form(text) == wanted


def test_a_region_is_shortened_where_two_characters_are_left() -> None:
    assert [short_region(name) for name in ("广东省", "沙县", "内蒙古自治区")] == [
        "广东",
        "沙县",
        "内蒙古",
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("恒裕实业", "深圳市恒裕实业（集团）有限公司"),
        ("恒裕建工", "广东恒裕建设工程有限公司"),
        ("中石化", "中国石油化工股份有限公司"),
        ("美的电器", "佛山市顺德区美的电器股份有限公司"),
        ("粤恒裕", "广东恒裕建设工程有限公司"),
        ("深圳市恒欲实业（集团）有限公司", "深圳市恒裕实业（集团）有限公司"),
    ],
)
def test_a_short_or_misspelt_name_finds_what_it_means(text: str, meant: str) -> None:
    found = index_of(FIRMS).find(text)
    assert FIRMS[found[0].place] == meant
    assert 0 < found[0].fit <= 1


def test_two_that_fit_alike_are_ambiguous() -> None:
    index = index_of(pl.Series(["深圳市恒裕建材有限公司", "广州市恒裕建材有限公司"]))
    assert even(index.find("恒裕建材"))
    assert not even(index.find("深圳恒裕建材"))


@pytest.mark.parametrize("text", ["", "……！", "\u202e\u200f", "()", "龘"])
def test_what_nothing_answers_to_finds_nothing(text: str) -> None:
    assert index_of(FIRMS).find(text) == []


def test_a_name_of_ten_thousand_characters_is_looked_at_up_to_its_bound() -> None:
    long = "恒裕实业" * 2500
    index = index_of(pl.concat([FIRMS, pl.Series([long])]))
    assert len(segments(long).name) == LONGEST_NAME
    assert index.find(long)[0].place == len(FIRMS)


def test_an_empty_index_answers_with_nothing() -> None:
    assert index_of(pl.Series([], dtype=pl.String)).find("恒裕") == []


def test_brands_of_public_names_are_found() -> None:
    if not TRUTH.exists():
        pytest.skip(f"public data is absent: {TRUTH.name}")
    rows = [line.split() for line in TRUTH.read_text("utf-8").splitlines()]
    cases = [row for row in rows if len(row) == 2]
    right = [segments(comparable(name)).brand == comparable(brand) for name, brand in cases]
    assert sum(right) / len(right) >= LEAST_RIGHT, f"{sum(right)} of {len(right)}"


def test_a_text_held_by_names_says_which_begin_so_shortest_first() -> None:
    index = index_of(pl.Series(["广东恒裕有限公司", "恒裕集团股份有限公司", "恒裕有限公司"]))
    assert index.holding("恒裕", 5) == [(2, True), (1, True), (0, False)]
    assert index.holding("恒　裕", 1) == [(2, True)]
    assert index.holding("裕恒", 5) == index.holding("", 5) == index.holding("龘", 5) == []


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("hengyu", [2], [0, 1]),
        ("heng yu", [2], [0, 1]),
        ("guangdonghengyuyinhang", [0], []),
        ("lvcheng", [3], []),
        ("lucheng", [3], []),
        ("hengy", [], []),
        ("恒裕", [], []),
        ("hy", [], []),
        ("h" * 50, [], []),
    ],
)
def test_a_name_is_found_by_how_it_is_read(text: str, whole: list[int], part: list[int]) -> None:
    names = pl.Series(["广东恒裕银行", "恒裕集团", "恒裕", "绿城", None, ""])
    found_whole, found_part = PinyinIndex(letters_of(names)).find(text, 9)
    assert (sorted(found_whole), sorted(found_part)) == (whole, part)


def test_an_empty_index_of_readings_answers_with_nothing() -> None:
    assert PinyinIndex(letters_of(pl.Series([], dtype=pl.String))).find("hengyu", 5) == ([], [])


def test_a_character_is_read_alike_without_the_dictionary_of_phrases() -> None:
    asked = "from graph.names.pinyin import _readings; from graph.names.slips import slip; "
    asked += "print([(_readings(c), slip(c, '衣')) for c in map(chr, range(0x4e00, 0x9fff))])"
    said = [
        subprocess.run(
            [sys.executable, "-c", asked],
            env={**os.environ, **more},
            capture_output=True,
            check=True,
        ).stdout
        for more in ({}, {"PYPINYIN_NO_PHRASES": "1"})
    ]

    assert said[0] == said[1]
    assert len(said[0]) > 100_000
