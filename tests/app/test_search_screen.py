"""检索 run as a script: prefixes, filters, why it matched, anchors, wrong codes, nothing found."""

import shlex
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import Services, open_services
from app.finding import Wanted, find, read_wanted, wrong_code
from app.presenters.search import anchor_text
from app.settings import read_settings
from graph.identifiers import identity_card
from graph.identifiers.identity import mask_phone
from loaders.readers import read_table

SCRIPT = """
import streamlit as st
from app.texts.read import speak
from app.views import frame
from app.views.search import render
speak({language!r})
with frame.told():
    render(frame.house())
"""
FIRM = "深圳恒岭新材料有限公司"
Screen = Callable[..., AppTest]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    def run(workspace: Path, wanted: str, language: str = "zh") -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300).run()
        return shown.text_input(key="wanted").set_value(wanted).run()

    return run


@pytest.fixture(scope="module")
def services(demo: Path) -> Services:
    return open_services(read_settings({}, demo))


def candidates(shown: AppTest) -> pl.DataFrame:
    return pl.from_pandas(shown.dataframe[0].value)


@pytest.mark.parametrize("colon", ["：", ":", " : "])
@pytest.mark.parametrize(
    ("prefix", "field"), [("代码", "code"), ("姓名", "person"), ("案号", "case"), ("电话", "phone")]
)
def test_a_prefix_narrows_to_its_field(prefix: str, colon: str, field: str) -> None:
    assert read_wanted(f" {prefix}{colon}甲 ") == Wanted(field, "甲")


@pytest.mark.parametrize("typed", ["姓名：张", "恒岭'新", "恒岭$新"])
def test_the_command_behind_asks_what_was_typed(screen: Screen, demo: Path, typed: str) -> None:
    shown = screen(demo, typed)
    command = next(one.value for one in shown.code if one.value.startswith("xinmai search"))
    words = shlex.split(command)

    assert words[::3] == ["xinmai", "--json"]
    assert read_wanted(words[2]) == read_wanted(typed)


def test_a_number_within_other_words_is_not_repeated() -> None:
    number = "11010519491231002X"
    assert read_wanted(f"身份证:{number}").shown == "身份证:110105********002X"


def test_a_prefix_may_be_english() -> None:
    assert read_wanted("Case: 12") == Wanted("case", "12")


def test_without_a_prefix_everything_is_searched() -> None:
    assert read_wanted("代码不合格公司") == Wanted("any", "代码不合格公司")


def test_a_full_identity_number_is_never_repeated() -> None:
    body = "44010619900101123"
    number = body + identity_card.check_character(body)

    wanted = read_wanted(number)

    assert wanted.field == "identity"
    assert wanted.shown == f"440106********{number[-4:]}"
    assert read_wanted("电话: 138 0000 6621").shown == "138****6621"


def test_an_organisation_is_no_answer_to_a_persons_name(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "姓名：陈志伟")

    assert not shown.exception
    found = candidates(shown)
    assert set(found["类别"]) == {"自然人"}
    # Each is told from the other by company, post and period.
    for anchor in found["代码或任职"]:
        assert "公司" in anchor
        assert " — " in anchor


def test_a_case_number_leads_to_its_subject_however_its_brackets_look(
    services: Services, screen: Screen, demo: Path
) -> None:
    records = services.loaded_snapshot().table("records")
    wanted = pl.col("case_number").str.starts_with("(2026)粤")
    number, subject = records.filter(wanted).select("case_number", "subject").collect().row(0)
    spelt = number.replace("(", "〔").replace(")", "〕")

    (hit, *_) = find(services, read_wanted(f"案号：{spelt}"))

    assert hit.candidate.uid == subject
    assert hit.candidate.exact
    shown = screen(demo, f"案号:{spelt}")
    assert f"案号相同：{number}" in set(candidates(shown)["命中"])


def test_a_telephone_leads_to_who_has_it_and_is_shown_masked(
    services: Services, world: Path
) -> None:
    register = read_table(world / "files" / "市场主体登记.csv").frame["联系电话"]
    number = register.filter(register.str.contains(r"^1\d{10}$"))[0]

    found = find(services, read_wanted(f"电话：{number}"))

    assert found
    assert {one.candidate.matched for one in found} == {mask_phone(number)}
    assert find(services, read_wanted("电话：13800000000")) == []
    assert find(services, read_wanted("电话：123")) == []


@pytest.mark.parametrize(
    ("text", "standard", "meant"),
    [
        ("914403001922038217", "GB 32100-2015", None),
        ("9144O3OO1922O38216", "GB 32100-2015", "914403001922038216"),
        ("D2143569-1", "GB 11714-1997", None),
        ("440301000010981", "GS 15-2006", None),
    ],
)
def test_a_wrong_check_digit_is_called_wrong(text: str, standard: str, meant: str | None) -> None:
    found = wrong_code(text)

    assert found is not None
    assert (found.standard, found.meant) == (standard, meant)


@pytest.mark.parametrize(
    "text", ["914403001922038216", "D2143569-X", "恒岭新材料", "HENGLINGX", "2014"]
)
def test_what_is_right_or_no_code_is_not_called_wrong(text: str) -> None:
    assert wrong_code(text) is None


def test_a_wrong_code_is_said_to_be_wrong_and_what_may_be_meant(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "9144O3OO1922O38216")

    (warning,) = shown.warning
    assert "校验码错误（GB 32100-2015）；可能应为 914403001922038216" in warning.value


def test_filters_narrow_and_say_how_many_are_left(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "恒")
    every = len(candidates(shown))

    shown.segmented_control(key="search-kind").set_value("person").run()

    assert not shown.exception
    kinds = set(candidates(shown)["类别"]) if shown.dataframe else set()
    assert kinds <= {"自然人"}
    said = " ".join(one.value for one in (*shown.caption, *shown.info))
    assert f"/ {every} 个候选" in said or f"{every} 个候选均不符合" in said


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("没有这样的名称", "曾用名、简称、拼音"),
        ("代码：没有", "名称未检索"),
        ("姓名：没有这个人", "机构名称未检索"),
        ("案号：没有这个号", "全部信用记录的文书号"),
        ("电话：13800000000", "按完整号码检索"),
    ],
)
def test_when_nobody_is_found_the_fields_that_were_searched_are_named(
    screen: Screen, demo: Path, wanted: str, words: str
) -> None:
    shown = screen(demo, wanted)

    (said,) = shown.info
    assert said.value.startswith("未发现")
    assert words in said.value


def test_what_is_written_so_comes_before_what_only_reads_so(services: Services) -> None:
    written, read = (
        {one.candidate.reason: one.candidate.score for one in find(services, read_wanted(text))}
        for text in ("恒岭", "hengling")
    )

    assert set(read) == {"pinyin_in"}
    literal = {written[reason] for reason in ("begins", "contains") if reason in written}
    assert literal
    assert max(read.values()) < min(literal)


def test_nothing_opens_by_itself_even_where_one_alone_answers(screen: Screen, demo: Path) -> None:
    shown = screen(demo, FIRM)

    assert not shown.exception
    assert "party" not in shown.session_state
    assert candidates(shown)["命中"][0] == f"名称全同：{FIRM}"


def test_a_person_without_any_link_has_no_anchor() -> None:
    assert anchor_text(None, "zh") == "—"


def test_signs_alone_are_nothing_to_look_for(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "？？")

    assert not shown.exception
    assert "没有可检索的字符" in shown.info[0].value


@pytest.mark.parametrize("typed", ["代码:", "姓名：", "案号: ", "电话:"])
def test_a_prefix_alone_is_nothing_to_look_for_and_is_named(
    screen: Screen, demo: Path, typed: str
) -> None:
    shown = screen(demo, typed)

    prefix = typed[:2]
    assert shown.info[0].value == f"“{prefix}\\:”中没有可检索的字符"


def test_a_long_text_is_not_repeated_whole(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "鑫" * 20_000)

    assert f"“{'鑫' * 60}…”" in shown.info[0].value
    assert len(shown.info[0].value) < 300


def test_a_candidate_says_why_in_english(screen: Screen, demo: Path) -> None:
    shown = screen(demo, FIRM, "en")

    assert pl.from_pandas(shown.dataframe[0].value)["Why"][0] == f"same name: {FIRM}"
