"""Every screen run as a script: with data, without, with a wrong word; in both languages."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.settings import read_settings
from app.texts.read import LANGUAGES, texts
from app.views.markdown import plain

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
FIRM = "深圳恒岭新材料有限公司"
Screen = Callable[..., AppTest]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    def run(workspace: Path, page: str, party: str | None = None, language: str = "zh") -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        # One page of the app by itself: the test runner knows no address bar.
        script = (
            "import streamlit as st\n"
            "from app.texts.read import speak\n"
            "from app.views import frame\n"
            f"from app.views.{page} import render\n"
            f"speak({language!r})\n"
            "render(frame.house())\n"
        )
        shown = AppTest.from_string(script, default_timeout=300)
        if party is not None:
            found = open_services(read_settings({}, workspace)).party(party).uid
            shown.session_state["party"] = found
        # The rows below the canvas stand there on request alone.
        shown.session_state["network_rows"] = True
        return shown.run()

    return run


PAGES = (
    "overview", "search", "party", "network", "paths", "exposure", "ownership", "leads",
    "review", "report", "batch", "query", "data",
)  # fmt: skip


# 数据 is where the others send a person then: its test is in test_data_screen.py.
@pytest.mark.parametrize("page", PAGES[:-1])
def test_without_data_every_screen_says_what_to_do(
    screen: Screen, tmp_path: Path, page: str
) -> None:
    shown = screen(tmp_path / "empty", page)

    assert not shown.exception
    assert any("xinmai load" in one.value for one in shown.info)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_with_data_every_screen_is_drawn_in_both_languages(
    screen: Screen, demo: Path, page: str, language: str
) -> None:
    shown = screen(demo, page, FIRM, language)

    assert not shown.exception
    assert not shown.error
    assert shown.title[0].value == texts()[f"{page}.title"][language]


@pytest.mark.parametrize(
    "page", ["overview", "search", "party", "network", "exposure", "ownership", "leads"]
)
def test_in_english_no_head_and_no_word_of_the_screen_is_chinese(
    screen: Screen, demo: Path, page: str
) -> None:
    shown = screen(demo, page, FIRM, "en")
    if page == "search":
        shown.text_input(key="wanted").set_value(FIRM).run()

    heads = [head for one in shown.dataframe for head in one.value]
    assert heads
    assert not [head for head in heads if CHINESE.search(head)]
    said = [one.value for one in (*shown.caption, *shown.info, *shown.subheader)]
    assert not [one for one in said if CHINESE.search(one.replace(FIRM, ""))]


@pytest.mark.parametrize("page", ["party", "network", "exposure", "ownership"])
def test_a_screen_about_a_party_asks_for_one(screen: Screen, demo: Path, page: str) -> None:
    shown = screen(demo, page)

    assert any("检索" in one.value for one in shown.info)


def test_a_party_that_is_not_there_is_named(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "party")
    shown.session_state["party"] = "x-none"
    shown.run()

    assert not shown.exception
    assert any("x-none" in one.value.replace("\\", "") for one in shown.warning)


def test_search_names_every_candidate_and_chooses_none(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "search")

    shown.text_input(key="wanted").set_value("陈志伟").run()
    assert "候选" in " ".join(one.value for one in shown.caption)
    assert len(shown.dataframe[0].value) >= 2

    shown.text_input(key="wanted").set_value("没有这样的名称").run()
    assert any("未发现" in one.value for one in shown.info)

    shown.text_input(key="wanted").set_value("914403001922038217").run()
    assert any("GB 32100-2015" in one.value for one in shown.warning)


def test_who_may_be_the_same_stands_side_by_side_and_is_not_merged(
    screen: Screen, demo: Path
) -> None:
    links = open_services(read_settings({}, demo)).loaded_snapshot().table("links")
    lead = links.filter(pl.col("type") == "POSSIBLY_SAME").collect().row(0, named=True)

    shown = screen(demo, "party", lead["source"])
    shown.session_state["party-tab"] = "线索"
    shown.run()

    verdicts = [one.label for one in shown.expander if lead["target"] in one.label]
    assert len(verdicts) == 1
    assert "疑似同一，待人工核实，未合并" in verdicts[0]
    assert lead["evidence"] in [one.value for one in shown.caption]
    compared = [one.value for one in shown.dataframe if "比对项" in one.value]
    assert "支持同一" in set(compared[0]["说明"])


def test_a_contribution_names_the_record_and_its_row(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "exposure", FIRM)

    table = next(one.value for one in shown.dataframe if "去除后减少" in one.value)
    first = table.iloc[0]
    assert first["主体"] == "深圳恒岭建材贸易有限公司"
    assert first["记录"].startswith("失信被执行人 (2026)粤0305执1208号")
    assert first["来源"].startswith("失信被执行人.csv 第 ")
    # Computed for the largest records alone: the others say so and do not say nothing changes.
    assert "—" in set(table["去除后减少"]) or len(table) <= 20


def test_a_name_is_never_a_heading_a_link_or_a_picture() -> None:
    name = "![x](http://example.com/a.png) **甲** <img onerror=1>"

    shown = plain(name).replace("\\", "")
    # What is read is the name; a sign that nobody sees parts the address, which was a link else.
    assert shown.replace("\u2060", "") == name
    assert "http://" not in shown
    assert "www.x.cn" not in plain("见 www.x.cn")
    assert "![" not in plain(name)
    assert "**" not in plain(name)


@pytest.mark.parametrize(
    "name",
    [
        "甲@x.cn",
        "a.b@c.d",
        "甲 -> 乙",
        "甲 >= 乙",
        ":material/home:",
        "&lt;b&gt;",
        "1. 甲",
        "甲^乙^",
    ],
)
def test_a_name_keeps_its_signs_whatever_markdown_makes_of_them(name: str) -> None:
    shown = plain(name)

    assert shown != name
    assert re.sub(r"\\(\W)", r"\1", shown).replace("\u2060", "") == name


def test_lines_of_a_note_are_neither_headings_nor_code_nor_lists() -> None:
    assert plain("  甲\n ===\n\n    乙\n1. 丙") == "甲\n\\=\\=\\=\n乙\n1\\. 丙"


def test_exposure_is_never_shown_among_records(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "exposure", FIRM)

    values = {one.label: one.value for one in shown.metric}
    assert values["自身"] == "0.000"
    assert float(values["传导值"]) > 0.2
    assert "关联提示，不是失信记录，不得据此采取措施" in [one.value for one in shown.caption]


def test_leaving_out_a_link_shows_before_and_after_and_stores_nothing(
    screen: Screen, demo: Path
) -> None:
    shown = screen(demo, "exposure", FIRM)
    before = {one.label: one.value for one in shown.metric}["传导值"]

    shown.checkbox[0].uncheck().run()

    assert any(before in one.value and "→" in one.value for one in shown.info)
    assert {one.label: one.value for one in shown.metric}["传导值"] == before


def test_a_past_day_is_said_to_be_past(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(demo))
    shown = AppTest.from_file(str(MAIN), default_timeout=300).run()
    assert not shown.exception

    shown.sidebar.date_input[0].set_value(date(2020, 1, 1)).run()

    assert any("历史时点" in one.value for one in shown.info)


def test_the_network_lists_what_it_draws(screen: Screen, demo: Path) -> None:
    shown = screen(demo, "network", FIRM)

    nodes, links = (frame.value for frame in shown.dataframe[:2])
    assert FIRM in set(nodes["名称"])
    assert set(links["起"]) | set(links["止"]) <= set(nodes["名称"])
    said = links[links["性质"] == "登记事实"]
    assert set(said["来源"].str.contains("第")) == {True}, said[["关系", "来源"]]


def test_more_than_the_canvas_can_hold_is_a_table_that_says_what_to_narrow(
    screen: Screen, demo: Path
) -> None:
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    shown = screen(demo, "network")

    shown.session_state["network_start"] = [snapshot.uid_at(place) for place in range(1_001)]
    shown.run()

    assert not shown.exception
    assert any("1001 个节点" in one.value and "请缩小" in one.value for one in shown.warning)
    assert [len(one.value) for one in shown.dataframe][-1] == 1_001
