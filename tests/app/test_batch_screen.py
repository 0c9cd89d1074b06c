"""批量 run as a script: every row once, settled in place; queries for each of a list, as a job."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.jobs import control
from app.settings import read_settings
from app.texts.read import LANGUAGES
from app.workspace import Workspace
from tests.factory import open_desk

FIRM = "深圳恒岭新材料有限公司"
SCREEN = """
from app.texts.read import speak
from app.views import frame
from app.views.batch import render
speak({language!r})
render(frame.house())
"""
SECONDS = 180
Screen = Callable[..., AppTest]


@pytest.fixture(scope="module")
def batch_workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demonstration with a desk, and broken queries, of its own; the graph is the others'."""
    made = tmp_path_factory.mktemp("batch") / "w"
    made.mkdir()
    for one in demo.iterdir():
        if not one.name.startswith(("desk", "jobs", "queries", "batches", ".lock")):
            (made / one.name).symlink_to(one)
    for name in ("queries/site/bad.cypher", "batches/none.YAML"):
        (made / name).parent.mkdir(parents=True)
        (made / name).write_text("items: []", "utf-8")
    yield made
    control.jobs_of(Workspace(made)).close()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, batch_workspace: Path) -> Screen:
    def run(language: str = "zh", **state: object) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(batch_workspace))
        shown = AppTest.from_string(SCREEN.format(language=language), default_timeout=300)
        for name, value in state.items():
            shown.session_state[name] = value
        return shown.run()

    return run


def _check(shown: AppTest, text: str) -> AppTest:
    shown.text_area(key="check-paste").set_value(text).run()
    return shown.button(key="check-go").click().run()


def _table(shown: AppTest) -> pl.DataFrame:
    found = next(one.value for one in shown.dataframe if "核查结果" in one.value)
    return pl.from_pandas(found)


def _said(shown: AppTest) -> str:
    every = (*shown.markdown, *shown.caption, *shown.info, *shown.warning, *shown.error)
    return "\n".join(one.value for one in every)


def _finish(workspace: Path, shown: AppTest) -> AppTest:
    until = time.monotonic() + SECONDS
    while any(job.open for job in control.latest(open_desk(workspace))):
        assert time.monotonic() < until
        time.sleep(0.2)
    return shown.run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_tabs_are_drawn_in_both_languages(screen: Screen, language: str) -> None:
    shown = screen(language)
    other = screen(language, batch_tab="queries")

    for one in (shown, other):
        assert not one.exception
        assert not one.error
        assert one.title[0].value == {"zh": "批量", "en": "Batch"}[language]


def test_without_data_the_screen_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(tmp_path / "none"))

    shown = AppTest.from_string(SCREEN.format(language="zh"), default_timeout=300).run()

    assert not shown.exception
    assert any("xinmai load" in one.value for one in shown.info)


def test_of_500_rows_each_comes_out_once_and_the_counts_add_up(screen: Screen, demo: Path) -> None:
    nodes = open_services(read_settings({}, demo)).loaded_snapshot().table("nodes").collect()
    firms = nodes.filter(pl.col("label") == "Enterprise")["name"].to_list()[:400]
    names = [*firms, *(f"没有这样的企业{place}" for place in range(100))]
    assert len(names) == 500

    shown = _check(screen(), "企业名称\n" + "\n".join(names))

    table = _table(shown)
    assert table["企业名称"].to_list() == names
    assert table["行"].to_list() == list(range(2, 502))
    counts = {row[0]: row[1] for row in table["核查结果"].value_counts().iter_rows()}
    assert sum(counts.values()) == 500
    told = next(one.value for one in shown.markdown if "共 500 行" in one.value)
    for state in ("命中", "未命中", "需人工"):
        assert f"{state} {counts.get(state, 0)}" in told


def test_codes_that_a_spreadsheet_broke_are_for_a_person_with_the_reason(screen: Screen) -> None:
    content = f"企业名称,统一社会信用代码\n{FIRM},9.1E+17\n".encode("gb18030")
    shown = screen()

    shown.file_uploader(key="check-file").set_value(("名单.csv", content, "text/csv")).run()
    shown.button(key="check-go").click().run()

    row = _table(shown).row(0, named=True)
    assert row["核查结果"] == "需人工"
    assert row["原因"].startswith("代码校验不通过：共 7 位，应为 18 位")
    assert row["统一社会信用代码"] == "9.1E+17"


def test_a_row_is_settled_where_it_stands_and_counts_follow(screen: Screen, demo: Path) -> None:
    house = open_services(read_settings({}, demo))
    name = "陈志伟"
    wanted = [one.uid for one in house.search(name) if one.exact]
    shown = _check(screen(author="张三"), f"{name}\n{FIRM}\n")
    assert "需人工 1" in _said(shown)
    table = f"rows-{shown.session_state['job']}-all-2"
    shown.session_state[table] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    shown.run()

    choice = next(one for one in shown.radio if one.key and one.key.startswith("choice-"))
    choice.set_value(wanted[0]).run()
    next(one for one in shown.button if str(one.key).startswith("settle-")).click().run()

    row = _table(shown).row(0, named=True)
    assert (row["核查结果"], row["实体编号"]) == ("命中", wanted[0])
    assert row["原因"].endswith("人工选定")
    assert "需人工 0" in _said(shown)


def test_what_cannot_be_read_and_what_is_too_long_is_said_in_one_line(screen: Screen) -> None:
    shown = screen()
    shown.text_input(key="check-name").set_value("投标人甲").run()
    shown.text_area(key="check-paste").set_value(f"企业名称\n{FIRM}\n").run()
    assert len(shown.error) == 1
    assert shown.error[0].value.startswith("文件未能装载")
    assert "投标人甲" in shown.error[0].value

    shown.text_input(key="check-name").set_value("").run()
    shown.text_area(key="check-paste").set_value("企业名称\n" + "甲公司\n" * 5_001).run()
    assert "5,001" in shown.error[0].value


def test_a_long_list_is_a_job_that_ends_with_the_same_table(
    screen: Screen, batch_workspace: Path
) -> None:
    names = [FIRM, *(f"没有的公司{place}" for place in range(1_199))]
    shown = screen()
    shown.checkbox(key="check-levels").set_value(True).run()

    shown = _check(shown, "\n".join(names))
    shown = _finish(batch_workspace, shown)

    assert "共 1200 行" in _said(shown)
    assert _table(shown).row(0, named=True)["传导等级"] == "高"
    again = screen(job=control.latest(open_desk(batch_workspace))[0].id)
    assert _table(again).height == 1_200


def test_queries_are_asked_for_each_of_a_list_and_rows_without_a_party_are_named(
    screen: Screen, batch_workspace: Path
) -> None:
    shown = screen(batch_tab="queries")
    for name in ("trace.records", "ownership.holders"):
        shown.selectbox(key="batch-add").set_value(name).run()
        shown.button(key="batch-add-go").click().run()
    shown.text_area(key="batch-paste").set_value(f"{FIRM}\n没有这样的公司\n").run()
    assert "名单中 1 个主体可查询，1 行无法确定主体" in _said(shown)
    shown.multiselect(key="batch-formats").set_value(["csv", "parquet"]).run()
    shown.button(key="batch-go").click().run()
    shown = _finish(batch_workspace, shown)

    assert not shown.exception
    assert "2 项：" in _said(shown)
    job = control.latest(open_desk(batch_workspace))[0]
    result = control.folder_of(Workspace(batch_workspace), job) / control.RESULT
    with zipfile.ZipFile(io.BytesIO((result / "result.zip").read_bytes())) as archive:
        assert {"manifest.json", "workbook.xlsx"} < set(archive.namelist())
    # Once more, compared with the first: nothing has changed.
    shown.button(key="anew").click().run()
    shown = _finish(batch_workspace, shown)
    latest = control.latest(open_desk(batch_workspace))[0]
    place = control.folder_of(Workspace(batch_workspace), latest) / control.RESULT
    assert latest.id != job.id
    assert pl.read_csv(place / "difference.csv").height == 0
    # The basket is empty again when a person says so, in a new session too.
    shown.button(key="batch-empty").click().run()
    assert "尚未选择查询" in _said(screen(batch_tab="queries"))


def test_a_kept_batch_is_offered_and_asks_for_a_list(screen: Screen) -> None:
    shown = screen(batch_tab="queries")
    kept = next(one for one in shown.selectbox(key="batch-source").options if "名单批量" in one)
    shown.selectbox(key="batch-source").select(kept).run()

    assert not shown.exception
    assert "请上传或粘贴名单" in _said(shown)
    assert shown.button(key="batch-go").disabled


def test_what_is_broken_of_the_site_s_own_is_named_and_the_page_goes_on(screen: Screen) -> None:
    shown = screen(batch_tab="queries")

    said = [one.value for one in shown.warning]
    assert not shown.exception
    assert any("site/bad.cypher：card 须写在两行" in one for one in said)
    assert any("none.YAML 没有任何项目，无可查询" in one for one in said)
    assert len(shown.selectbox(key="batch-add").options) > 40


def test_bidders_are_compared_two_by_two_with_heading_bounds_and_evidence(
    screen: Screen, demo: Path
) -> None:
    links = open_services(read_settings({}, demo)).loaded_snapshot().table("links").collect()
    tenders = links.filter(pl.col("type") == "BID_IN").group_by("target").agg("source")
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    uids = tenders.sort(pl.col("source").list.len(), "target")["source"].to_list()[-1]
    names = [snapshot.node(uid).name for uid in uids]
    shown = screen(batch_tab="bidders")
    assert not shown.exception
    shown.text_area(key="bidders-paste").set_value("\n".join([*names, "不存在的公司"])).run()
    assert "1 行无法确定主体" in "".join(one.value for one in shown.warning)

    shown.button(key="bidders-go").click().run()

    assert not shown.exception
    assert any("是否串通投标须依法查证" in one.value for one in shown.warning)
    assert f"{len(uids)} 家两两比对 {len(uids) * (len(uids) - 1) // 2} 对" in _said(shown)
    assert "快照" in _said(shown)
    table = next(one.value for one in shown.dataframe if "主体" in one.value)
    assert table.shape == (len(uids), len(uids) + 1)
    first = next(one for one in shown.selectbox if str(one.key).startswith("pair-"))
    assert len(first.options) == len(uids) * (len(uids) - 1) // 2


def test_a_row_that_names_a_bidder_once_more_is_told_with_the_row_before(screen: Screen) -> None:
    shown = screen(batch_tab="bidders")

    shown.text_area(key="bidders-paste").set_value(
        f"{FIRM}\n深圳恒岭建材贸易有限公司\n{FIRM}\n"
    ).run()

    assert "1 行与前面某行是同一主体，只比对一次" in _said(shown)
    row = next(one.value for one in shown.dataframe if "名单所列" in one.value).iloc[0]
    assert (row["行"], row["名单所列"]) == ("3", FIRM)
    assert "与第 1 行相同" in row["原因"]


def test_reasons_are_parted_by_the_signs_of_the_language(screen: Screen) -> None:
    shown = screen("en", batch_tab="bidders")

    shown.text_area(key="bidders-paste").set_value(f"{FIRM}\n{FIRM}\n").run()

    row = next(one.value for one in shown.dataframe if "As listed" in one.value).iloc[0]
    assert row["Reason"].endswith("; the same as row 1, compared once")
    assert "；" not in row["Reason"]


def test_one_bidder_is_no_list_to_compare(screen: Screen) -> None:
    shown = screen(batch_tab="bidders")
    shown.text_area(key="bidders-paste").set_value(f"{FIRM}\n").run()

    assert "须为 2 至 200 个" in _said(shown)
