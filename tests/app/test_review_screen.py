"""核对 run as a script: the queue, two parties side by side, effects before saving, two persons."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import Services, open_services
from app.canvas.keys import read_press
from app.settings import read_settings
from app.texts.read import LANGUAGES
from loaders.resolve.judgements import DECISIONS

SCRIPT = """
import streamlit as st
from app.texts.read import speak
from app.views import frame
from app.views.review import render
speak({language!r})
render(frame.house())
"""
Screen = Callable[..., AppTest]


@pytest.fixture
def workspace(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that may be judged."""
    made = tmp_path / "w"
    shutil.copytree(demo, made)
    return made


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> Screen:
    def run(language: str = "zh", **settings: str) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        for name, value in settings.items():
            monkeypatch.setenv(f"XINMAI_{name.upper()}", value)
        return AppTest.from_string(SCRIPT.format(language=language), default_timeout=300).run()

    return run


def house(workspace: Path) -> Services:
    return open_services(read_settings({}, workspace))


def test_an_english_queue_has_no_chinese_but_names(screen: Screen) -> None:
    shown = screen("en")

    said = html(shown) + " ".join(one.value for one in (*shown.markdown, *shown.caption))
    assert "source: " in said
    assert not re.search(r"第 \d+ 行|：", said)


def html(shown: AppTest) -> str:
    return " ".join(one.proto.body for one in shown.get("html"))


def save(shown: AppTest, decision: str, reason: str = "住所不同", author: str = "张三") -> AppTest:
    shown.text_input(key="author").set_value(author)
    shown.text_input(key="reason").set_value(reason)
    shown.radio(key="review-decision").set_value(decision)
    return shown.button(key="review-save").click().run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_stand_side_by_side_with_sources_and_what_would_change(
    screen: Screen, language: str
) -> None:
    shown = screen(language)

    assert not shown.exception
    table = html(shown)
    assert "<mark>" in table
    assert {"zh": "第 ", "en": " row "}[language] in table
    assert ("＋ 支持同一" if language == "zh" else "＋ speaks for one party") in table
    said = " ".join(one.value for one in shown.markdown)
    assert ("受影响：关系" if language == "zh" else "Affected:") in said
    assert ("甲 现在" if language == "zh" else "A now") in table


def test_links_of_neighbours_are_not_told_as_links_of_the_two(
    screen: Screen, workspace: Path
) -> None:
    shown = screen()

    snapshot = house(workspace).loaded_snapshot()
    pair = shown.session_state["review-pair"].split("|")
    assert sum(len(snapshot.links_of(uid)) for uid in pair) < 24  # as many parties are drawn
    assert not any("条关系未画出" in one.value for one in shown.caption)


def test_saving_needs_all_three_then_goes_on_and_can_be_taken_back(
    screen: Screen, workspace: Path
) -> None:
    shown = screen()
    first = shown.session_state["review-pair"]
    shown = shown.button(key="review-save").click().run()
    assert [one.value for one in shown.error] == ["请先选择同一、不同或存疑"]
    shown.radio(key="review-decision").set_value("different")
    shown = shown.button(key="review-save").click().run()
    assert [one.value for one in shown.error] == ["请填写理由与判定人"]

    shown = save(shown, "different")

    assert any("已保存第 1 号判定" in one.value for one in shown.success)
    assert shown.session_state["review-pair"] != first
    assert shown.radio(key="review-decision").value is None
    assert any("已判定 1 对" in one.value for one in shown.caption)
    (made,) = house(workspace).judgements.standing()
    assert ({made.one, made.other}, made.score) == (set(first.split("|")), pytest.approx(0.87, 0.1))

    shown = next(one for one in shown.button if one.label == "撤销该判定").click().run()
    assert house(workspace).judgements.standing() == ()
    assert any("已判定 0 对" in one.value for one in shown.caption)


def test_a_blind_judge_sees_no_score_no_reasons_and_no_direction(screen: Screen) -> None:
    shown = screen()
    assert "吻合度" in shown.dataframe[0].value

    shown = shown.checkbox(key="blind").check().run()

    assert not {"吻合度", "状态"} & set(shown.dataframe[0].value)
    assert "支持同一" not in html(shown)
    assert not any("名称相近" in one.value or "姓名相同" in one.value for one in shown.caption)


def test_a_blind_judge_does_not_learn_what_others_said(screen: Screen) -> None:
    save(screen(), "same")
    shown = screen()
    shown.text_input(key="author").set_value("李四")
    shown.checkbox(key="blind").check()
    shown = shown.run()

    assert any("已判定 0 对" in one.value for one in shown.caption)
    shown = save(shown, "different", author="李四")

    said = " ".join(one.value for one in shown.success)
    assert "已保存第 2 号判定" in said
    assert "不一" not in said
    table = next(one.value for one in shown.dataframe if "撤销" in one.value)
    assert (set(table["判定人"]), set(table["状态"])) == ({"李四"}, {""})


def test_where_two_must_agree_the_first_waits_and_the_second_is_asked(
    screen: Screen, workspace: Path
) -> None:
    shown = save(screen(review_persons="2"), "different")
    assert any("待第二人判定" in one.value for one in shown.success)

    again = screen(review_persons="2")
    again.text_input(key="author").set_value("李四")
    again = save(again.run(), "same", "执照一致", "李四")
    assert any("两人意见不一" in one.value for one in again.success)
    states = next(one.value["状态"] for one in again.dataframe if "撤销" in one.value)
    assert set(states) == {"两人意见不一"}
    two = read_settings({"XINMAI_REVIEW_PERSONS": "2"}, workspace)
    assert open_services(two).pipeline().judgements == ()


def test_nobody_takes_a_judgement_back_in_the_name_of_who_made_it(
    screen: Screen, workspace: Path
) -> None:
    save(screen(), "different")
    shown = screen()
    (undo,) = [one for one in shown.button if one.label == "撤销该判定"]

    shown = undo.click().run()

    assert [one.value for one in shown.error] == ["未撤销：请先填写判定人"]
    shown.text_input(key="author").set_value("李四")
    (undo,) = [one for one in shown.run().button if one.label == "撤销该判定"]
    undo.click().run()
    (kept,) = open_services(read_settings({}, workspace)).judgements.listed()
    assert (kept.author, kept.undone_by) == ("张三", "李四")


def test_the_queue_is_narrowed_and_says_when_nothing_fits(screen: Screen) -> None:
    shown = screen()
    shown.segmented_control(key="review-kind").set_value("organisation")
    shown = shown.run()
    counts = next(one.value for one in shown.caption if one.value.startswith("符合"))
    fitting, to_decide = (int(part.split()[1]) for part in counts.split(" · ")[:2])
    assert 0 < fitting < to_decide
    assert len(shown.dataframe[0].value) == fitting

    shown.text_input(key="review-text").set_value("没有这样的名称")
    shown = shown.run()
    assert any("没有符合筛选条件" in one.value for one in shown.info)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "save",
        {},
        {"seq": True, "name": "next"},
        {"seq": 3, "name": "next"},
        {"seq": 9, "name": "delete"},
        {"seq": 9, "name": "save", "pair": "x|y", "decision": "same"},
        {"seq": 9, "name": "save", "pair": "a|b", "decision": None},
        {"seq": 9, "name": "save", "pair": "a|b", "decision": "merge"},
    ],
)
def test_what_the_keys_say_is_not_believed_unchecked(said: object) -> None:
    assert read_press(said, "a|b", 3, DECISIONS) is None


def test_a_press_is_about_the_pair_on_the_screen() -> None:
    press = read_press(
        {"seq": 9, "name": "save", "pair": "a|b", "decision": "same"}, "a|b", 3, DECISIONS
    )
    assert press is not None
    assert (press.seq, press.name, press.decision) == (9, "save", "same")
