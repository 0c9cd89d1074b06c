"""线索 run as a script: null model and rows of each lead, parameters, decisions that end."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.deciding import decide_lead, undo_lead
from app.desk.leads import CONFIRM, DISMISS, LeadDecision
from app.settings import read_settings
from app.texts.read import LANGUAGES
from graph.analysis.patterns.catalog import CODES
from tests.factory import write_small

SCRIPT = """
from app.texts.read import speak
from app.views import frame
from app.views.leads import render
speak({language!r})
render(frame.house())
"""
RING = "circular_ownership"
Screen = Callable[..., AppTest]


@pytest.fixture
def workspace(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration on whose leads one may decide."""
    made = tmp_path / "w"
    shutil.copytree(demo, made)
    return made


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> Screen:
    def run(pattern: str = RING, language: str = "zh", **state: object) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
        shown.session_state["leads-pattern"] = pattern
        for name, value in state.items():
            shown.session_state[name.replace("_", "-") if name != "as_of" else name] = value
        return shown.run()

    return run


def said(shown: AppTest) -> str:
    everything = (*shown.markdown, *shown.caption, *shown.info, *shown.warning, *shown.success)
    return "\n".join(one.value for one in everything).replace("\\", "")


def lead(shown: AppTest) -> str:
    """Return the id of the only lead shown."""
    (key,) = [one.key for one in shown.button if str(one.key).startswith("canvas-")]
    return str(key).removeprefix("canvas-")


def decide(shown: AppTest, decision: str, until: date | None = None) -> AppTest:
    one = lead(shown)
    shown.text_input(key=f"{decision}-author-{one}").set_value("张三")
    shown.text_input(key=f"{decision}-reason-{one}").set_value("少量互持，已核对章程")
    if until is not None:
        shown.date_input(key=f"until-{one}").set_value(until)
    return shown.button(key=f"save-{decision}-{one}").click().run()


def test_a_lead_says_what_it_is_with_figures_rows_and_false_alarms(screen: Screen) -> None:
    shown = screen()

    assert not shown.exception
    words = said(shown)
    assert "待核线索，须经核实；不是失信记录，不得据此采取措施" in words
    assert "疑似循环持股" in words
    assert "· 待核线索 · 待核 ·" in words
    assert "N=" in words
    assert "，k=3" in words
    assert "对照（零模型）：没有概率模型" in words
    assert "规则版本 1 · 成熟" in words
    assert "合法的交叉持股" in words
    assert "跳过：" in words
    rows = next(one.value for one in shown.dataframe if "内容" in one.value)
    assert len(rows) == 3
    assert set(rows["来源"].str.contains("第")) == {True}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pattern", CODES)
def test_every_pattern_is_drawn_in_both_languages(
    screen: Screen, pattern: str, language: str
) -> None:
    shown = screen(pattern, language, leads_state="every")

    assert not shown.exception
    assert not shown.error


def test_what_is_not_in_the_graph_is_said_to_be_not_searched(
    screen: Screen, workspace: Path
) -> None:
    house = open_services(read_settings({}, workspace))
    small = write_small(house.workspace.snapshots, [{"uid": "e1", "name": "深圳甲乙有限公司"}])
    house.workspace.set_current(small.id)

    assert "未检索：图中没有此类数据（诉讼当事人）" in said(screen("opposing_parties"))


@pytest.mark.parametrize(
    ("language", "words", "file"),
    [
        (
            "zh",
            ("疑似两造关联", "是否虚假诉讼由法院认定", "股东或高管与公司之间的真实纠纷", "件诉讼"),
            "来源",
        ),
        (
            "en",
            (
                "Suspected: Related parties on both sides of a suit",
                "whether it is a sham is for the court to find",
                "A true dispute of a holder",
            ),
            "Source",
        ),
    ],
)
def test_a_suit_between_related_parties_is_shown_with_its_rows_and_what_speaks_against_it(
    screen: Screen, language: str, words: tuple[str, ...], file: str
) -> None:
    shown = screen("opposing_parties", language)

    assert not shown.exception
    for word in words:
        assert word in said(shown), word
    assert "东莞讼岭贸易有限公司" in said(shown)
    rows = [one.value for one in shown.dataframe if file in one.value]
    assert any(one[file].str.contains("民商事案件.csv").any() for one in rows)


def test_a_dismissal_needs_a_reason_ends_and_the_lead_is_back(
    screen: Screen, workspace: Path
) -> None:
    shown = screen()
    one = lead(shown)
    shown = shown.button(key=f"save-dismiss-{one}").click().run()
    assert [one.value for one in shown.error] == ["请填写理由与判定人"]

    today = date.today()  # noqa: DTZ011 - the person's day, as the screen takes it
    shown = decide(shown, "dismiss", today)

    assert f"已保存第 1 号：排除 {one}，至 {today} 止" in said(shown)
    assert "待核 0，已确认 0，已排除 1" in said(shown)
    (kept,) = open_services(read_settings({}, workspace)).lead_decisions.listed()
    assert (kept.decision, kept.author, kept.until) == ("dismiss", "张三", today.isoformat())

    back = screen(as_of=today + timedelta(days=1))
    assert "曾排除，现重新列出（排除已到期）" in said(back)
    assert lead(back) == one


def test_what_is_decided_twice_by_one_click_too_many_is_kept_once(workspace: Path) -> None:
    house = open_services(read_settings({}, workspace))
    first = LeadDecision(
        0, "lead-1", ("a", "b"), RING, 1, 3, "疑似", CONFIRM, "张三", "已核", None, "s1",
        "2026-11-27T10:00:00+08:00",
    )  # fmt: skip
    again = replace(first, made_at="2026-11-27T10:00:01+08:00")

    made = [decide_lead(house, one).id for one in (first, again)]
    other = decide_lead(house, replace(again, author="李四")).id
    since = decide_lead(house, again).id
    undo_lead(house, since, "张三", datetime.now().astimezone())
    house.close()

    assert made == [made[0]] * 2
    # Somebody else's, and one after theirs, is a decision of its own.
    assert len({made[0], other, since}) == 3


def test_what_somebody_else_decided_meanwhile_is_shown_before_it_is_decided_against(
    screen: Screen, workspace: Path
) -> None:
    shown = screen(leads_state="every")
    one = lead(shown)
    house = open_services(read_settings({}, workspace))
    finding = next(
        each for each in house.leads(RING, {}, date(2026, 11, 23))[0].findings if each.id == one
    )
    theirs = LeadDecision(
        0, one, finding.key, RING, 1, 3, "疑似", DISMISS, "李四", "少量互持", None, "s1",
        "2026-11-27T10:00:00+08:00",
    )  # fmt: skip
    decide_lead(house, theirs)

    shown = decide(shown, "confirm")

    (refused,) = [each.value for each in shown.error]
    assert "未保存：其间另有人作出了相反的判定" in refused
    assert "第 1 号 已排除：少量互持（李四，2026-11-27 " in refused
    assert len(house.lead_decisions.listed()) == 1
    # The card shows it by now: who submits once more has seen it.
    shown = shown.button(key=f"save-confirm-{one}").click().run()
    assert not shown.error
    assert "同一线索另有判定：李四" in said(shown)
    assert [each.decision for each in house.lead_decisions.listed()] == [DISMISS, CONFIRM]
    house.close()


def test_nobody_takes_a_decision_back_without_a_name(screen: Screen, workspace: Path) -> None:
    shown = decide(screen(), "confirm")
    shown = screen(leads_state="every")
    one = lead(shown)

    shown = shown.button(key=f"undo-{one}").click().run()

    assert [each.value for each in shown.error] == ["未撤销：请填写判定人"]
    shown.text_input(key=f"undo-author-{one}").set_value("李四")
    shown = shown.button(key=f"undo-{one}").click().run()
    assert "已撤销第 1 号" in said(shown)
    (kept,) = open_services(read_settings({}, workspace)).lead_decisions.listed()
    assert (kept.author, kept.undone_by) == ("张三", "李四")


def test_a_confirmation_counts_in_the_part_confirmed_and_can_be_taken_back(
    screen: Screen,
) -> None:
    shown = decide(screen(), "confirm")
    assert "核实率 100.00%" in said(shown)
    assert "确认 1，排除 0" in said(shown)

    shown.segmented_control(key="leads-state").set_value("confirmed").run()
    shown = shown.button(key=f"undo-{lead(shown)}").click().run()

    assert "已撤销第 1 号" in said(shown)
    assert "核实率：尚无已核实的线索" in said(shown)
    table = next(one.value for one in shown.dataframe if "到期" in one.value)
    assert table.iloc[0]["撤销"]


def test_parameters_stay_within_their_bounds_and_change_this_search_alone(
    screen: Screen,
) -> None:
    shown = screen()
    assert shown.number_input(key=f"leads-{RING}-links").max == 8

    shown.number_input(key=f"leads-{RING}-least_share").set_value(0.9)
    shown = shown.button(key=f"apply-{RING}").click().run()

    words = said(shown)
    assert "为本次查询改动，不保存" in words
    assert "未发现：已检索" in words
    assert "--param least_share=0.9" in shown.code[0].value


def test_leads_of_one_party_alone_are_shown_where_it_was_chosen(
    screen: Screen, workspace: Path
) -> None:
    house = open_services(read_settings({}, workspace))
    other = house.party("深圳恒岭新材料有限公司").uid
    assert "未发现符合筛选的线索" in said(screen(party=other))

    shown = screen(party=other)
    shown.checkbox(key=f"leads-only-{other}").uncheck().run()
    assert lead(shown).startswith(RING)


def test_no_word_of_a_lead_states_a_fact(screen: Screen) -> None:
    for pattern in CODES:
        shown = screen(pattern, leads_state="every")
        cards = [one.value for one in shown.markdown if "· 待核线索 ·" in one.value]
        assert all("疑似" in card for card in cards)
        assert not any(word in said(shown) for word in ("涉嫌", "串标认定", "就是"))
