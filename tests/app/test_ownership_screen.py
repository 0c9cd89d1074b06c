"""股权与控制 run as a script: the method's cases as shown text, rules, rings, certificates."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.settings import read_settings
from app.texts.read import LANGUAGES
from graph.policy.owner_rules import owner_rules
from tests.app.drawings import words_of

SCRIPT = """
from app.texts.read import speak
from app.views import frame
from app.views.ownership import render
speak({language!r})
render(frame.house())
"""
# Each case of method.md 5 and 6 by itself: the letter before the point is the case.
HOLDINGS = """
O1 甲一 乙一 .8
O1 甲一 丙一 .1
O1 乙一 丙一 .7
O2 股东P 甲二 .7
O2 股东P 乙二 .6
O2 甲二 乙二 .3
O2 乙二 甲二 .2
O2 股东X 甲二 .1
O2 股东Z 乙二 .1
O6 甲六 乙六 1
O6 乙六 甲六 1
O6 甲七 乙七 .99
O6 乙七 甲七 .99
O6 股东J 甲七 .01
O6 股东Q 乙七 .01
O9 李四 甲九 .51
O9 他人一 甲九 .49
O9 甲九 乙九 .51
O9 他人二 乙九 .49
O9 乙九 丙九 .51
O9 他人三 丙九 .45
C2 丁一 丁二 .6
C2 丁一 丁三 .2
C2 丁二 丁三 .4
C2 丁三 丁四 .51
C9 戊零 戊一 .6
C9 戊零 戊二 .6
C9 戊一 戊三 .26
C9 戊二 戊三 .26
C10 己一 己三 .5
C10 己二 己三 .5
"""
PERSONS = frozenset(("股东P", "股东X", "股东Z", "股东J", "股东Q", "李四", "己一", "己二", "戊零"))
Screen = Callable[..., AppTest]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds the cases."""
    folder = tmp_path_factory.mktemp("owned")
    rows = [line.split() for line in HOLDINGS.strip().splitlines()]
    names = dict.fromkeys(name for _, one, two, _ in rows for name in (one, two))
    nodes = [f"{name},{'Person' if name in PERSONS else 'Enterprise'},{name}" for name in names]
    edges = [f"{one},{two},HOLDS_SHARES,{share}" for _, one, two, share in rows]
    (folder / "nodes.csv").write_text("\n".join(("uid,label,name", *nodes)), encoding="utf-8")
    (folder / "edges.csv").write_text(
        "\n".join(("source,target,type,share", *edges)), encoding="utf-8"
    )
    house = open_services(read_settings({}, folder / "w"), create=True)
    house.take_graph(
        folder / "nodes.csv", folder / "edges.csv", None, to_store=False, progress=lambda _: None
    )
    house.close()
    return folder / "w"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> Screen:
    def run(party: str, language: str = "zh", way: str | None = None) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
        shown.session_state["party"] = party
        if way is not None:
            shown.session_state["owning-way-True"] = way
        return shown.run()

    return run


def drawing(shown: AppTest) -> list[str]:
    """Return the words of the picture, line by line."""
    (drawn,) = [one.proto.body for one in shown.get("html")]
    return words_of(drawn)


def said(shown: AppTest) -> str:
    everything = (*shown.markdown, *shown.caption, *shown.info, *shown.warning)
    return "\n".join(one.value for one in everything).replace("\\", "")


def table(shown: AppTest, head: str) -> list[dict[str, str]]:
    (found,) = [one.value for one in shown.dataframe if head in one.value]
    return list(found.to_dict("records"))


def parts(shown: AppTest) -> dict[str, str]:
    return {row["主体"]: row["穿透比例"] for row in table(shown, "完整性")}


def test_o1_a_part_through_another_is_added_to_the_direct_one(screen: Screen) -> None:
    shown = screen("丙一")

    assert not shown.exception
    assert parts(shown)["甲一"] == "66.00%"
    words = drawing(shown)
    assert {"穿透 66.00%–100.00%", "10.00%", "70.00%", "80.00%"} <= set(words)
    assert "未披露 20.00%" in words


def test_o2_a_ring_is_named_and_its_parts_solved(screen: Screen) -> None:
    shown = screen("甲二")

    assert parts(shown) == {
        "股东P": "87.23%",
        "乙二": "20.00%",
        "股东X": "10.64%",
        "股东Z": "2.13%",
    }
    assert "持股成环：乙二、甲二；比例已按环内方程计算" in said(shown)
    assert parts(screen("乙二")) | {"甲二": ""} == {
        "股东P": "86.17%",
        "甲二": "",
        "股东X": "3.19%",
        "股东Z": "10.64%",
    }


def test_o6_a_closed_ring_has_no_ultimate_owner_and_a_nearly_closed_one_has(
    screen: Screen,
) -> None:
    assert "闭合环（无最终所有人）：乙六、甲六" in said(screen("甲六"))

    found = parts(screen("甲七"))
    assert (found["股东J"], found["股东Q"]) == ("50.25%", "49.75%")


def test_o9_the_range_the_unknown_holder_and_the_addition_line_by_line(screen: Screen) -> None:
    shown = screen("丙九")

    words = drawing(shown)
    assert "穿透 13.27%–17.27%" in words
    assert "未披露 4.00%" in words
    assert "?" in words
    lines = said(shown)
    assert "按规则（表决权 >50%）判定控制：李四，表决权 51.00%" in lines
    assert "李四：甲九 51.00% + 乙九 51.00% + 丙九 51.00%" in lines
    assert "甲九：李四 51.00% = 51.00% > 50.00%" in lines
    assert "丙九：乙九 51.00% = 51.00% > 50.00%" in lines


def test_c2_downwards_every_controlled_company_has_its_addition(screen: Screen) -> None:
    shown = screen("丁一")
    shown.segmented_control(key="owning-way-False").set_value("down").run()

    held = {row["企业"]: row["相加"] for row in table(shown, "相加")}
    assert list(held) == ["丁二", "丁三", "丁四"]
    assert held["丁三"] == "丁三：丁二 40.00% + 丁一 20.00% = 60.00% > 50.00%"
    assert "公司法第二百六十五条" in said(shown)


def test_c9_equal_shares_of_two_subsidiaries_add_up(screen: Screen) -> None:
    lines = said(screen("戊三"))

    assert "判定控制：戊零，表决权 52.00%" in lines
    assert "戊三：戊一 26.00% + 戊二 26.00% = 52.00% > 50.00%" in lines


def test_c10_exactly_half_is_no_control(screen: Screen) -> None:
    shown = screen("己三")

    lines = said(shown)
    assert "无人控制：没有任何一方掌握过半数表决权；最多为 己一、己二 50.00%" in lines
    assert "恰好 50% 不构成控制" in lines
    assert "判定控制：" not in lines


def test_sets_of_rules_stand_side_by_side_and_name_the_test(screen: Screen) -> None:
    shown = screen("丙一")
    rows = {row["主体"]: row for row in table(shown, "关联方（5%以上）")}

    assert set(rows) == {"甲一", "乙一"}
    first = rows["甲一"]
    assert first["受益所有人"].startswith("是：标准 i 通过直接或间接方式最终拥有25%以上")
    assert first["控股（超过50%）"].startswith("是：标准 votes")
    assert first["重大影响（20%以上）"].startswith("是：")
    assert rows["乙一"]["受益所有人"] == "否"
    laws = {row["规则"]: row["依据"] for row in table(shown, "施行日")}
    assert "令〔2024〕第3号" in laws["受益所有人"]


def test_depth_bounds_the_picture_and_says_what_is_behind(screen: Screen) -> None:
    shown = screen("丙九")
    shown.slider(key="owning-depth").set_value(1).run()

    assert "其后还有（未画出）" in drawing(shown)
    assert "甲九" not in drawing(shown)
    assert "1 个主体之后还有更多层" in said(shown)
    assert "甲九" in parts(shown)


def test_certificates_are_verified_on_the_spot(screen: Screen) -> None:
    shown = screen("丙九")
    for key in ("verify-丙九-owners", "verify-李四-control"):
        shown.button(key=key).click().run()
        assert shown.success[0].value.startswith("核验一致：重算 ")


@pytest.mark.parametrize("party", ["丙九", "己三"])
def test_who_controls_and_whom_the_rules_name_have_certificates(screen: Screen, party: str) -> None:
    shown = screen(party)

    shown.button(key=f"verify-{party}-controller").click().run()
    assert shown.success[0].value.startswith("核验一致：重算 ")
    for rules in owner_rules():
        shown.selectbox(key="owning-certified-rules").set_value(rules).run()
        shown.button(key=f"verify-{party}-{rules}").click().run()
        assert shown.success[0].value.startswith("核验一致：重算 ")


def test_of_a_person_nobody_is_said_to_be_in_control(screen: Screen) -> None:
    shown = screen("李四")

    assert "最终控制人" not in said(shown)
    assert not [one for one in shown.button if str(one.key).endswith("-controller")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_party_without_holdings_is_answered_with_what_was_searched(
    screen: Screen, language: str
) -> None:
    shown = screen("股东P", language, way="up")

    assert not shown.exception
    found = [one.value for one in shown.info]
    start = "未发现：股东P 的登记股东" if language == "zh" else "None found: recorded holders of"
    assert any(one.replace("\\", "").startswith(start) for one in found)


def test_the_statement_shows_commands_and_the_named_query(screen: Screen) -> None:
    code = [one.value for one in screen("丙一").code]

    assert code[0].startswith("xinmai owners 丙一 --as-of")
    assert "HOLDS_SHARES*1..4" in code[1]
