"""路径 run as a script: sentences and kinds, orders, leaving out, four answers, both directions."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.settings import read_settings
from app.texts.read import LANGUAGES
from graph.analysis.paths import MOST_LINKS
from tests.app.drawings import words_of

SCRIPT = """
from app.texts.read import speak
from app.views import frame
from app.views.paths import render
speak({language!r})
render(frame.house())
"""
NODES = """uid,label,name
a,Enterprise,甲有限公司
b,Enterprise,乙有限公司
c,Enterprise,丙有限公司
p,Person,张三
q,Person,张 三
s,Organ,市国资委
x,Enterprise,一号有限公司
y,Enterprise,二号有限公司
h,Enterprise,代办有限公司"""
LINKS = (
    "p,a,REPRESENTS,",
    "p,b,HOLDS_SHARES,0.4",
    "a,c,HOLDS_SHARES,0.6",
    "c,b,GUARANTEES,",
    "s,a,HOLDS_SHARES,0.2",
    "s,b,HOLDS_SHARES,0.2",
    "h,x,SERVES,",
    "h,y,SERVES,",
    *(f"h,k{number},SERVES," for number in range(MOST_LINKS)),
)
Screen = Callable[..., AppTest]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which 甲 and 乙 are joined in several ways."""
    folder = tmp_path_factory.mktemp("joined")
    clients = [f"k{number},Enterprise,客户{number}" for number in range(MOST_LINKS)]
    (folder / "nodes.csv").write_text("\n".join((NODES, *clients)), encoding="utf-8")
    (folder / "edges.csv").write_text(
        "\n".join(("source,target,type,share", *LINKS)), encoding="utf-8"
    )
    house = open_services(read_settings({}, folder / "w"), create=True)
    house.take_graph(
        folder / "nodes.csv", folder / "edges.csv", None, to_store=False, progress=lambda _: None
    )
    house.close()
    return folder / "w"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> Screen:
    def run(
        first: str | None, second: str | None, language: str = "zh", **state: object
    ) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
        given: Mapping[str, object] = {"first": first, "second": second, **state}
        for name, value in given.items():
            if value is not None:
                shown.session_state[f"paths-{name}"] = value
        return shown.run()

    return run


def said(shown: AppTest) -> str:
    everything = (*shown.markdown, *shown.caption, *shown.info, *shown.warning, *shown.error)
    return "\n".join(one.value for one in everything).replace("\\", "")


def rows(shown: AppTest) -> list[dict[str, str]]:
    found = [one.value for one in shown.dataframe if "最弱一环" in one.value]
    return list(found[0].to_dict("records")) if found else []


def test_each_path_is_a_sentence_with_strength_kinds_and_rows(screen: Screen) -> None:
    shown = screen("a", "b")

    assert not shown.exception
    first, second = rows(shown)
    assert first["路径"] == "甲有限公司 ←法定代表人— 张三 —持股 40.00%→ 乙有限公司"
    assert second["路径"] == "甲有限公司 —持股 60.00%→ 丙有限公司 —担保→ 乙有限公司"
    assert "登记事实 2/2 · 最弱一环：登记事实" in said(shown)
    behind = next(one.value for one in shown.dataframe if "性质" in one.value)
    assert list(behind["来源"]) == ["edges.csv 第 2 行", "edges.csv 第 3 行"]
    (drawn,) = [one.proto.body for one in shown.get("html")]
    assert {"甲有限公司", "张三", "持股 40.00%"} <= set(words_of(drawn))


def test_who_is_not_led_through_is_named(screen: Screen) -> None:
    assert "市国资委：国家机关不传导" in said(screen("a", "b"))


def test_leaving_out_searches_again_and_a_chip_brings_back(screen: Screen) -> None:
    shown = screen("a", "b")

    shown = shown.button(key="out-1-p").click().run()
    assert [row["路径"] for row in rows(shown)] == [
        "甲有限公司 —持股 60.00%→ 丙有限公司 —担保→ 乙有限公司"
    ]
    assert "按要求排除的主体 1 个" in said(shown)
    assert shown.button(key="back-p").label == "主体 张三 ×"

    (link,) = [one.key for one in shown.button if "担保" in one.label and "out-" in one.key]
    shown = shown.button(key=link).click().run()
    assert rows(shown) == []
    assert "未检索：" in said(shown)
    assert "按要求排除的关系 1 条" in said(shown)

    shown = shown.button(key="back-p").click().run()
    assert len(rows(shown)) == 1
    shown = shown.button(key="paths-bring-all").click().run()
    assert len(rows(shown)) == 2


def test_none_type_off_time_out_and_cap_are_four_sentences(screen: Screen) -> None:
    none = said(screen("a", "x"))
    off = said(screen("a", "b", types=["BID_IN"]))
    late = said(screen("a", "b", seconds=0.0))
    cut = said(screen("x", "y"))

    assert "未发现：" in none
    assert "未触及上限" in none
    assert "未检索：" in off
    assert "已检索的范围内未发现" in off
    assert "超时：" in late
    assert "未检索完" in late
    assert "已截断：" in cut
    assert "代办有限公司：关系方 2002 个，过多，未穿过" in cut
    assert "未检索：没有打开任何关系类型" in said(screen("a", "b", types=[]))


def test_the_other_way_round_the_paths_are_the_same(screen: Screen) -> None:
    shown = screen("a", "b")
    there = [(row["强度"], row["登记事实"]) for row in rows(shown)]

    shown = shown.button(key="paths-swap").click().run()

    back = rows(shown)
    assert [(row["强度"], row["登记事实"]) for row in back] == there
    assert back[0]["路径"] == "乙有限公司 ←持股 40.00%— 张三 —法定代表人→ 甲有限公司"


def test_the_order_is_asked_for(screen: Screen) -> None:
    for order, words in (("strongest", "最强"), ("verifiable", "最易核实")):
        shown = screen("a", "b", order=order)
        assert f"（{words}在前）" in said(shown)
        assert f"--order {order}" in shown.code[0].value
    strengths = [float(row["强度"]) for row in rows(screen("a", "b", order="strongest"))]
    assert strengths == sorted(strengths, reverse=True)


def test_an_end_is_searched_and_never_chosen_silently(screen: Screen) -> None:
    shown = screen("a", None)
    assert "请选择起点和终点" in said(shown)

    shown.text_input(key="paths-find-second").set_value("乙有限公司").run()
    assert "请选择起点和终点" in said(shown)
    shown = shown.button(key="paths-second-b").click().run()

    assert len(rows(shown)) == 2
    shown.text_input(key="paths-find-second").set_value("没有此名称").run()
    assert "未发现“没有此名称”" in said(shown)


def test_an_identity_number_that_nobody_has_is_masked(screen: Screen) -> None:
    shown = screen("a", None)
    shown.text_input(key="paths-find-second").set_value("440106199001011235").run()

    assert "440106********1235" in said(shown)
    assert "440106199001011235" not in said(shown)


def test_wrong_ends_are_named(screen: Screen) -> None:
    assert "起点与终点是同一主体：甲有限公司" in said(screen("a", "a"))
    assert "起点：未发现主体 none：已检索统一社会信用代码" in said(screen("none", "b"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_are_spoken(screen: Screen, language: str) -> None:
    shown = screen("a", "b", language)

    assert not shown.exception
    expected = "recorded 2/2" if language == "en" else "登记事实 2/2"
    assert expected in said(shown)
