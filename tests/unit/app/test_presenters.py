"""How things are said: figures, paths, exposures, sources; parts add up as they are shown."""

from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presenters import figures
from app.presenters.chain import path_text, record_words, records_behind
from app.presenters.drawing import columns, evened, sign_of, wrapped
from app.presenters.exposure import contribution_rows, exposure_lines, whatif_lines
from app.presenters.party import basics, source_text, value_text
from app.presenters.paths import none_found, path_lines, path_sentence
from app.texts.read import LANGUAGES, speak, text, texts
from graph.analysis.exposure import expose
from graph.analysis.party import describe
from graph.analysis.paths import PathAnswer, find_paths
from graph.analysis.view import View, open_view
from graph.errors import SettingsError
from graph.model import Bounds, Node, Source
from graph.policy.read import load_policy
from graph.schema.words import Kind
from graph.snapshot.reader import Snapshot
from tests.factory import write_small

DAY = date(2026, 11, 23)


@pytest.fixture
def view(tmp_path: FilePath) -> View:
    nodes: list[dict[str, object]] = [
        {"uid": "a", "name": "甲公司", "uscc": "914403001922038216", "registered_capital": 1e6},
        {"uid": "b", "name": "乙公司"},
        {"uid": "p", "name": "张三", "label": "Person"},
        {"uid": "z", "name": "丙公司"},
    ]
    links = [
        {"type": "REPRESENTS", "source": "p", "target": "a"},
        {"type": "REPRESENTS", "source": "p", "target": "b"},
    ]
    records = [
        {"uid": "r", "subject": "b", "class": "court_defaulter", "decided_on": date(2026, 1, 1)}
    ]
    return open_view(write_small(tmp_path, nodes, links, records), load_policy(), DAY)


def _snapshot(view: View) -> Snapshot:
    assert isinstance(view.snapshot, Snapshot)
    return view.snapshot


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (figures.percent(0), "0.00%"),
        (figures.percent(0.00001), "<0.01%"),
        (figures.percent(1), "100.00%"),
        (figures.exposure(0), "0.000"),
        (figures.amount(None), "—"),
        (figures.amount(10_000, "美元"), "1.00 万美元"),
        (figures.amount(10_000, "156"), "1.00 万元"),
        (figures.day(None), "—"),
        (figures.day(date(9999, 12, 31)), "长期"),
        (figures.period(None, None), "—"),
        (figures.period(None, date(2020, 1, 1)), "未知 — 2020-01-01"),
        (figures.period(date(2020, 1, 1), figures.OPEN_END), "2020-01-01 — 至今"),
        (value_text(Kind.TEXT, None), "—"),
        (value_text(Kind.AMOUNT, 10_000), "1.00 万元"),
        (value_text(Kind.TEXT_LIST, ("甲", "乙")), "甲、乙"),
        (value_text(Kind.DATE, date(2020, 1, 1)), "2020-01-01"),
    ],
)
def test_figures_as_people_read_them(said: str, shown: str) -> None:
    assert said == shown


def test_shown_parts_add_up_to_the_shown_total() -> None:
    shown = figures.shown_parts([0.3333, 0.3333, 0.3334], 1.0)
    assert sum(float(one) for one in shown) == pytest.approx(1.0)
    assert figures.shown_parts([], 0.0) == []


def test_a_source_is_file_and_row_and_several_are_counted() -> None:
    one = Source("r", "penalty", "b", "处罚.csv", 7)
    assert source_text([]) == "—"
    assert source_text([one]) == "处罚.csv 第 7 行"
    assert source_text([one, one]).endswith("等 2 处")


def test_a_path_is_a_sentence_with_arrows_as_recorded(view: View) -> None:
    found = find_paths(view, "a", "b")

    assert path_sentence(found.paths[0], view.snapshot) == (
        "甲公司 ←法定代表人— 张三 —法定代表人→ 乙公司"
    )
    assert next(path_lines(found, view.snapshot)).startswith("1\t甲公司")


def test_the_path_of_a_contribution_keeps_who_holds_whom(tmp_path: FilePath) -> None:
    nodes = [{"uid": uid, "name": uid} for uid in ("parent", "child")]
    links = [{"type": "HOLDS_SHARES", "source": "parent", "target": "child", "share": 0.8}]
    records = [{"uid": "r", "subject": "child", "class": "court_defaulter", "case_number": "甲1号"}]
    view = open_view(write_small(tmp_path, nodes, links, records), load_policy(), DAY)
    found = expose(view, "parent")

    # Dishonesty passes from the child to the parent; the parent still holds the child.
    assert path_text(found.contributions[0], view.snapshot) == "child ←持股 80.00%— parent"
    assert path_text(found.contributions[0], view.snapshot, "en").startswith("child ←Holds shares")
    [record] = records_behind(_snapshot(view), found.contributions, DAY).values()
    assert record_words(record) == "失信被执行人 甲1号 未载明日期 有效"


def test_small_paths_stand_in_one_row_and_the_shown_parts_still_add_up(view: View) -> None:
    found = expose(view, "a")
    small = replace(
        found,
        contributions=tuple(
            found.contributions[0]._replace(share=part) for part in (0.3, 2e-4, 4e-4)
        ),
        exposure=0.3006,
    )

    rows = contribution_rows(small, view.snapshot, least=0.0005)

    assert [row["贡献"] for row in rows] == ["0.300", "0.001"]
    assert rows[-1]["路径"] == "其余较小路径合计"
    assert len(contribution_rows(small, view.snapshot)) == 3


def test_an_amount_says_its_own_unit_once(view: View) -> None:
    described = describe(_snapshot(view), "a", DAY)
    rows = {row["字段"]: row["值"] for row in basics(described)}
    assert rows["注册资本"] == "100.00 万元"
    english = {row["字段"]: row["值"] for row in basics(described, "en")}
    assert english["Registered capital"] == "1,000,000.00 yuan"


@pytest.mark.parametrize(
    ("capped", "timed_out", "begins"),
    [(False, False, "未发现："), (True, False, "已截断："), (True, True, "超时：")],
)
def test_nothing_found_and_not_looked_at_are_different_words(
    capped: bool, timed_out: bool, begins: str
) -> None:
    bounds = Bounds(2, ("GUARANTEES",), DAY, "s1", capped=capped, timed_out=timed_out, left_out=3)
    said = none_found(PathAnswer((), bounds))
    assert said.startswith(begins)
    assert "2 跳以内" in said
    assert "s1" in said


def test_an_exposure_is_shown_with_its_bounds_and_the_notice(view: View) -> None:
    found = expose(view, "a")
    lines = list(exposure_lines(found, view.snapshot))

    assert lines[0].startswith("甲公司  自身 0.000 | 传导值 0.")
    assert "截至 2026-11-23" in lines[1]
    assert "乙公司" in "".join(lines)
    assert "不是失信记录" in lines[-1]
    rows = contribution_rows(found, view.snapshot)
    assert sum(float(row["贡献"]) for row in rows) == pytest.approx(found.exposure, abs=5e-4)
    none = list(exposure_lines(expose(view, "z"), view.snapshot))
    assert any(line.startswith("未发现：") for line in none)


def test_what_is_cut_off_is_said_in_words(view: View) -> None:
    found = expose(view, "a")
    rest = type(found.contributions[0])(
        record="", path=(), links=(), types=(), factors=(), strength=0.0, share=0.1
    )
    assert path_text(rest, view.snapshot) == "其余较小路径合计"
    assert next(whatif_lines(found, found)).endswith("假设，未保存")


def test_the_values_of_a_party_carry_captions(view: View) -> None:
    rows = {row["字段"]: row["值"] for row in basics(describe(_snapshot(view), "a", DAY))}
    assert rows["名称"] == "甲公司"
    assert rows["统一社会信用代码"] == "914403001922038216"


def test_words_of_latin_letters_are_whole_and_no_character_stands_alone() -> None:
    firm = "Guangdong Lingheng Certified Public Accountants Co., Ltd."

    assert evened(firm, 10, 2) == "Guangdong Lingheng\nCertified Public…"
    assert evened("Group: Lingnan family ×12", 10, 2) == "Group: Lingnan\nfamily ×12"
    assert evened("深圳恒岭新材料有限公司", 10, 6) == "深圳恒岭新材料\n有限公司"
    # A word longer than a line is broken; a name that fits is one line.
    assert wrapped("Donaudampfschifffahrt", 5, 3) == "Donaudampf\nschifffahr\nt"
    assert evened("张三", 10, 2) == "张三"


@given(st.text("ab 甲乙，。", max_size=60), st.integers(2, 12))
def test_a_wrapped_name_loses_nothing_and_no_line_is_too_long(name: str, width: int) -> None:
    lines = wrapped(name, width, 100).split("\n")

    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert all(columns(line) <= 2 * width for line in lines)


def test_names_are_wrapped_and_a_role_has_its_own_sign() -> None:
    assert wrapped("甲" * 30, 10, 2).count("\n") == 1
    assert wrapped("甲" * 30, 10, 2).endswith("…")
    assert wrapped("13800138000", 6, 2) == "13800138000"
    assert wrapped("Guangdong Holdings", 5, 3) == "Guangdong\nHoldings"
    plain = Node("a", "Enterprise", ("Enterprise", "Organisation", "Party"), "甲", {})
    role = Node("a", "Enterprise", ("Enterprise", "Intermediary", "Organisation"), "甲", {})
    assert sign_of(plain) != sign_of(role)


def test_every_text_stands_in_both_languages_and_an_unknown_key_is_refused() -> None:
    assert all(set(words) == set(LANGUAGES) for words in texts().values())
    speak("en")
    try:
        assert text("app.name") == texts()["app.name"]["en"]
    finally:
        speak("zh")
    with pytest.raises(SettingsError, match=r"no\.such\.text"):
        text("no.such.text")
