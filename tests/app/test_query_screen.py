"""查询 run as a script: found, asked by a form, guarded before the store, kept and handed on."""

import io
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.cli.querying import given
from app.settings import read_settings
from app.texts.read import LANGUAGES
from app.views import basket
from app.workspace import Workspace
from graph.schema.words import Text
from queries.packs import write_pack
from queries.templates import Template, keep_template

FIRM = "深圳恒岭新材料有限公司"
SCREEN = """
from app.texts.read import speak
from app.views import frame
from app.views.query import render
speak({language!r})
render(frame.house())
"""
Screen = Callable[..., AppTest]
BY_REGION = (
    "MATCH (p:Enterprise) RETURN p.region AS region, count(*) AS n ORDER BY n DESC, region LIMIT 20"
)


@pytest.fixture(scope="module")
def query_workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with a desk and queries of its own; the graph is that of the others."""
    return _beside(demo, tmp_path_factory.mktemp("query") / "w")


def _beside(demo: Path, made: Path) -> Path:
    made.mkdir()
    for one in demo.iterdir():
        if not one.name.startswith(("desk", "jobs", "queries", ".lock")):
            (made / one.name).symlink_to(one)
    return made


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, query_workspace: Path) -> Screen:
    def run(language: str = "zh", **state: object) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(query_workspace))
        shown = AppTest.from_string(SCREEN.format(language=language), default_timeout=300)
        for name, value in state.items():
            shown.session_state[name] = value
        return shown.run()

    return run


def _said(shown: AppTest) -> str:
    every = (*shown.markdown, *shown.caption, *shown.info, *shown.success, *shown.error)
    return "\n".join(one.value for one in every)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", ["library", "own", "packs"])
def test_each_way_to_ask_is_drawn_in_both_languages(
    screen: Screen, language: str, mode: str
) -> None:
    shown = screen(language, query_mode=mode)

    assert not shown.exception
    assert not shown.error
    assert shown.title[0].value == {"zh": "查询", "en": "Query"}[language]


def test_without_data_the_screen_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(tmp_path / "none"))

    shown = AppTest.from_string(SCREEN.format(language="zh"), default_timeout=300).run()

    assert not shown.exception
    assert any("xinmai load" in one.value for one in shown.info)


def test_the_library_is_found_by_word_and_topic_and_none_found_is_said(screen: Screen) -> None:
    shown = screen()
    every = len(shown.dataframe[0].value)
    shown.text_input(key="query-word").set_value("循环").run()
    some = shown.dataframe[0].value
    shown.text_input(key="query-word").set_value("没有的词").run()

    assert every > len(some) >= 1
    assert "ownership.circular" in set(some["编号"])
    assert "查询库中没有" in _said(shown)


def test_a_query_is_asked_by_a_form_in_which_nobody_types_a_uid(screen: Screen) -> None:
    shown = screen(query="ownership.holders")
    assert shown.button(key="query-go").disabled
    shown.text_input(key="param-ownership.holders-uid-words").set_value(FIRM).run()

    shown.button(key="query-go").click().run()

    assert not shown.exception
    assert "2 行" in _said(shown)
    answers = [set(one.value.columns) for one in shown.dataframe]
    assert any({"uid", "name", "share"} <= columns for columns in answers)
    shown.segmented_control(key="result-show").set_value("chart").run()
    assert not shown.exception
    shown.segmented_control(key="result-show").set_value("canvas").run()
    assert "可在网络画面打开" in _said(shown)


@pytest.mark.parametrize(
    ("cypher", "said"),
    [
        ("MATCH (p)\nCREATE (q) RETURN p LIMIT 1", "第 2 行：CREATE 不允许"),
        ("LOAD CSV FROM 'x' AS l RETURN l LIMIT 1", "第 1 行：LOAD 不允许"),
        ("MATCH (p)-[:HOLDS_SHARES*1..]-(q) RETURN p LIMIT 1", "路径没有上限"),
        ("MATCH (p)-[*1..9]-(q) RETURN p LIMIT 1", "达到 9 跳，最多 6 跳"),
        ("MATCH (p) RETURN p", "LIMIT"),
        ("", "为空"),
    ],
)
def test_what_is_no_bounded_read_is_refused_before_the_store_is_asked(
    screen: Screen, cypher: str, said: str
) -> None:
    shown = screen(query_mode="own")

    shown.text_area(key="own_cypher").set_value(cypher).run()

    assert said in shown.error[0].value.replace("\\", "")
    assert shown.button(key="own-go").disabled


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "第 1 行：Entreprise 不是图中的标签，有 Enterprise"),
        ("en", "line 1: 'Entreprise' is no label of the graph (Enterprise is)"),
    ],
)
def test_what_the_graph_does_not_have_is_said_and_may_be_asked_all_the_same(
    screen: Screen, language: str, said: str
) -> None:
    shown = screen(language, query_mode="own")

    shown.text_area(key="own_cypher").set_value("MATCH (e:Entreprise) RETURN e LIMIT 1").run()

    assert [one.value.replace("\\", "") for one in shown.warning] == [said]
    assert not shown.button(key="own-go").disabled
    shown.text_area(key="own_cypher").set_value(BY_REGION).run()
    assert not shown.warning


def test_own_cypher_is_run_kept_as_a_template_and_then_in_the_library(screen: Screen) -> None:
    shown = screen(query_mode="own")
    shown.text_area(key="own_cypher").set_value(BY_REGION).run()
    shown.button(key="own-check").click().run()
    assert "检查通过" in _said(shown)
    shown.button(key="own-go").click().run()
    assert "行" in _said(shown)

    shown.button(key="keep-go").click().run()
    assert "请填写中文名称" in _said(shown)
    shown.text_input(key="keep-zh").set_value("按地区")
    shown.text_input(key="keep-name").set_value("by_region")
    shown.button(key="keep-go").click().run()

    assert "已存入查询库" in _said(shown)
    shown.button(key="keep-go").click().run()
    assert "已存在" in _said(shown)
    library = screen().dataframe[0].value
    assert "site.by_region" in set(library["编号"])


def test_more_rows_than_the_limit_are_said_to_be_cut_off(
    monkeypatch: pytest.MonkeyPatch, demo: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("XINMAI_QUERY_LIMIT", "5")
    monkeypatch.setenv("XINMAI_WORKSPACE", str(_beside(demo, tmp_path / "w")))
    shown = AppTest.from_string(SCREEN.format(language="zh"), default_timeout=300)
    shown.session_state["query_mode"] = "own"
    shown.run()
    cypher = "MATCH (p:Enterprise) RETURN p.uid AS uid ORDER BY uid LIMIT 5000"
    shown.text_area(key="own_cypher").set_value(cypher).run()

    shown.button(key="own-go").click().run()

    assert [one.value.startswith("5 行（已截断，上限 5）") for one in shown.warning] == [True]


def test_a_statement_of_the_party_goes_into_the_batch_with_the_party_it_is_about(
    monkeypatch: pytest.MonkeyPatch, query_workspace: Path
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(query_workspace))
    uid = open_services(read_settings({}, query_workspace)).party(FIRM).uid
    shown = AppTest.from_string(SCREEN.format(language="zh").replace("query", "party"))
    shown.session_state["party"] = uid
    shown.run(timeout=300)

    buttons = [one for one in shown.button if str(one.key).startswith("to-batch-")]
    buttons[-1].click().run(timeout=300)

    last = basket.items(Workspace(query_workspace))[-1]
    assert last.params == {"uid": uid}
    assert "$uid" in str(last.cypher)


def test_a_statement_of_another_screen_arrives_in_the_editor_and_in_the_batch(
    screen: Screen, query_workspace: Path
) -> None:
    shown = screen(**{basket.SENT: BY_REGION})
    assert shown.text_area(key="own_cypher").value == BY_REGION

    shown.button(key="own-batch").click().run()

    held = basket.items(Workspace(query_workspace))
    assert [one.cypher for one in held][-1] == BY_REGION


def test_a_pack_is_taken_in_or_refused_by_file_line_and_rule(
    screen: Screen, tmp_path: Path, query_workspace: Path
) -> None:
    asked = Template("elsewhere.ask", Text("外站", "Theirs"), "What.", BY_REGION, ("region", "n"))
    query = keep_template(asked, tmp_path)
    content = io.BytesIO()
    write_pack([query], content)
    shown = screen(query_mode="packs")
    upload = ("p.zip", content.getvalue(), "application/zip")
    shown.file_uploader(key="pack-file").set_value(upload).run()

    shown.button(key="pack-go").click().run()

    assert "已导入 1 个查询" in _said(shown)
    house = open_services(read_settings({}, query_workspace))
    assert "elsewhere.ask" in {one.id for one in house.queries()}
    shown.file_uploader(key="pack-file").set_value(("p.zip", b"none", "application/zip")).run()
    shown.button(key="pack-go").click().run()
    assert shown.error


def test_what_was_asked_is_kept_and_asked_again_as_it_was(screen: Screen) -> None:
    shown = screen(query_mode="own", own_cypher=BY_REGION)
    shown.button(key="own-go").click().run()
    assert not shown.exception
    assert not shown.error

    later = screen()

    assert any(one.label.startswith("最近的查询") for one in later.expander)
    (past,) = [one.value for one in later.dataframe if "参数" in one.value and "时间" in one.value]
    assert past.iloc[0]["查询"].startswith("MATCH (p:Enterprise) RETURN p.region")


def test_the_command_behind_an_answer_asks_the_same(screen: Screen, query_workspace: Path) -> None:
    services = open_services(read_settings({}, query_workspace))
    card = next(one for one in services.queries() if one.id == "trace.among")
    asked = {"uids": ["甲 的", "o'b"], "limit": 5}
    run = {"mode": "library", "query": card.id, "params": asked}

    shown = screen(query_mode="library", query_run=run)

    command = next(one.value for one in shown.code if one.value.startswith("xinmai query run"))
    words = shlex.split(command)
    assert words[3] == card.id
    assert card.values(given(words[5::2])) == asked
