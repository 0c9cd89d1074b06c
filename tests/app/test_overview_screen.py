"""总览 run as a script: figures open their rows, freshness, coverage, changes, the beginning."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import Services, open_services
from app.intake import Handed
from app.jobs import control
from app.presenters.overview import changes, coverage_rows, previous
from app.settings import read_settings
from app.views import jobs
from app.workspace import Workspace
from graph.store.running import stop_engine
from tests.conftest import Xinmai
from tests.factory import open_desk, take_in

SCRIPT = """
import streamlit as st
from app.texts.read import speak
from app.views import frame
from app.views.overview import render
speak({language!r})
with frame.told():
    render(frame.house())
"""
HOLDERS = (
    "企业名称,统一社会信用代码,股东名称,持股比例(%),认缴出资日期\n"
    "深圳恒岭新材料有限公司,91440300013986040P,从未出现的人,60,2020-01-01\n"
)
Screen = Callable[..., AppTest]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    def run(workspace: Path, language: str = "zh", **settings: str) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        for name, value in settings.items():
            monkeypatch.setenv(f"XINMAI_{name.upper()}", value)
        return AppTest.from_string(SCRIPT.format(language=language), default_timeout=300).run()

    return run


def house(workspace: Path) -> Services:
    return open_services(read_settings({}, workspace), create=True)


def words(shown: AppTest) -> str:
    return "\n".join(one.value for kind in (shown.caption, shown.warning) for one in kind)


def test_a_figure_opens_its_rows_and_closes_them(screen: Screen, demo: Path) -> None:
    shown = screen(demo)
    before = len(shown.dataframe)
    counts = {one.label: one.value for one in shown.metric}

    shown.button(key="open-parties").click().run()

    assert not shown.exception
    assert len(shown.dataframe) == before + 1
    assert f"主体：显示前 500 行，共 {counts['主体']} 行" in words(shown)
    shown.button(key="overview-close").click().run()
    assert len(shown.dataframe) == before


def test_records_are_those_of_the_day(screen: Screen, demo: Path) -> None:
    shown = screen(demo)

    shown.button(key="open-records").click().run()

    assert not shown.exception
    records = next(one.value for one in shown.dataframe if "文书号" in one.value)
    dated = [day for day in records["决定日期"] if day != "—"]
    assert dated == sorted(dated, reverse=True)


def test_columns_add_up_for_every_resource(screen: Screen, demo: Path) -> None:
    shown = screen(demo)

    sources = next(one.value for one in shown.dataframe if "代码不合格" in one.value)
    assert (sources["读入"] == sources["写入"] + sources["拒收"]).all()
    assert set(sources["更新"]) == {"按期"}


def test_a_store_that_is_gone_is_an_alert_and_the_figures_stay(
    screen: Screen, demo: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(demo, workspace, ignore=shutil.ignore_patterns("graph"))
    # Nobody listens at this port: it is the one that discards.
    shown = screen(workspace, store="neo4j", neo4j_uri="bolt://127.0.0.1:9")

    assert not shown.exception
    assert not shown.error
    assert "暂时无法连接" in words(shown)
    assert shown.metric[0].value != "0"


def test_levels_are_counted_when_somebody_asks(screen: Screen, tmp_path: Path) -> None:
    services = house(tmp_path / "w")
    take_in(services, [Handed("股东.csv", HOLDERS.encode())])
    stop_engine(tmp_path / "w" / "graph")
    shown = screen(tmp_path / "w")
    assert not any("等级" in one.value for one in shown.dataframe)

    shown.button(key="overview-levels").click().run()

    assert not shown.exception
    levels = next(one.value for one in shown.dataframe if "等级" in one.value)
    assert dict(zip(levels["等级"], levels["数量"], strict=True))["无"] == 2
    assert "不是失信记录" in words(shown)


def test_a_scan_that_is_kept_is_shown_with_what_it_asked(
    screen: Screen, tmp_path: Path, xinmai: Xinmai
) -> None:
    services = house(tmp_path / "w")
    take_in(services, [Handed("股东.csv", HOLDERS.encode())])
    stop_engine(tmp_path / "w" / "graph")
    done = xinmai("scan", "--no-publish", "--json", workspace=tmp_path / "w")
    said = json.loads(done.out)

    shown = screen(tmp_path / "w")

    assert not shown.exception
    levels = next(one.value for one in shown.dataframe if "等级" in one.value)
    assert levels["数量"].to_list() == list(reversed(said["all"]["levels"].values()))
    places = next(one.value for one in shown.dataframe if "有传导" in one.value)
    assert places["主体数"].sum() == said["all"]["parties"]
    assert places["有传导"].sum() == said["all"]["exposed"]
    assert f"扫描 {said['scan']}" in words(shown)
    assert "不是失信记录" in words(shown)


def test_a_policy_that_amplifies_on_these_data_is_refused_in_one_sentence(
    screen: Screen, demo: Path
) -> None:
    shown = screen(demo)

    shown.button(key="overview-levels").click().run()

    assert not shown.exception
    (error,) = shown.error
    assert error.value.startswith("传导策略有误，或不适用于这些数据")


def test_coverage_counts_every_party_once(demo: Path) -> None:
    snapshot = house(demo).loaded_snapshot()

    rows = [row for _, row in coverage_rows(snapshot, "zh")]

    assert sum(int(str(row["数量"])) for row in rows) == snapshot.manifest["counts"]["parties"]
    for row in rows:
        assert int(str(row["有代码"])) <= int(str(row["数量"]))


def test_what_a_load_changed_is_counted_against_the_snapshot_before(
    screen: Screen, demo: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(demo, workspace, ignore=shutil.ignore_patterns("graph"))
    (workspace / "graph").mkdir()
    services = house(workspace)
    old = services.loaded_snapshot()
    assert previous(workspace / "snapshots", old.id) is None

    take_in(services, [Handed("股东.csv", HOLDERS.encode())])
    stop_engine(workspace / "graph")

    new = services.loaded_snapshot()
    before = previous(workspace / "snapshots", new.id)
    assert before is not None
    assert before.id == old.id
    found = changes(before, new)
    assert len(found.new) >= 1
    assert {title.zh: (more, gone) for title, more, gone, _ in found.counts}["关系"][0] >= 1
    shown = screen(workspace)
    assert not shown.exception
    assert any(f"对照快照 {old.id}" in one.value for one in shown.caption)
    same = changes(new, new)
    assert [tuple(row[1:]) for row in same.counts] == [(0, 0, 0)] * 3


def test_without_data_the_screen_offers_both_ways_to_begin(screen: Screen, tmp_path: Path) -> None:
    shown = screen(tmp_path / "w")

    assert shown.button(key="overview-demo").label == "演示数据"
    assert any("xinmai load" in one.value for one in shown.info)


def test_the_demonstration_is_made_by_a_job(screen: Screen, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    shown = screen(workspace.folder)

    shown.button(key="overview-demo").click().run()

    (job,) = control.latest(open_desk(workspace.folder))
    assert job.kind == "demo"
    assert job.command[:2] == ("demo", "--no-serve")
    assert shown.button(key=f"stop-{job.id}").label == "停止"
    control.stop(open_desk(workspace.folder), job.id, "张三", jobs.now())
    shown.run()
    assert any("已停止" in one.value for one in shown.warning)
    assert not shown.exception
    control.jobs_of(workspace).close()
