"""数据 run as a script: a file through its five steps, batches, conflicts, quality."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import Services, open_services
from app.jobs import control
from app.settings import read_settings
from app.texts.read import LANGUAGES
from tests.factory import open_desk

SCRIPT = """
import streamlit as st
from app.texts.read import speak
from app.views import frame
from app.views.data import render
speak({language!r})
with frame.told():
    render(frame.house())
"""
SECONDS = 180
FIRM = "深圳恒岭新材料有限公司,91440300013986040P"
HEADERS = "企业名称,统一社会信用代码,股东名称,持股比例(%),认缴出资日期"
GOOD = f"{HEADERS}\n{FIRM},张大三,60,2020-01-01\n{FIRM},李小四,140,2020-01-01\n"
Screen = Callable[..., AppTest]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    def run(workspace: Path, language: str = "zh") -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        monkeypatch.setenv("XINMAI_ENGINE_HEAP", "256m")
        return AppTest.from_string(SCRIPT.format(language=language), default_timeout=300).run()

    return run


def house(workspace: Path) -> Services:
    return open_services(read_settings({}, workspace), create=True)


def hand(shown: AppTest, content: str | bytes, name: str = "股东.csv") -> AppTest:
    body = content.encode() if isinstance(content, str) else content
    return shown.file_uploader[0].set_value([(name, body, "text/csv")]).run()


def loaded(workspace: Path) -> None:
    """Wait until the job of a load has ended."""
    until = time.monotonic() + SECONDS
    while control.latest(open_desk(workspace))[0].open:
        assert time.monotonic() < until
        time.sleep(0.2)


def words(shown: AppTest) -> str:
    kinds = (shown.markdown, shown.caption, shown.info, shown.success, shown.warning, shown.error)
    return "\n".join(one.value for kind in kinds for one in kind)


def test_a_file_goes_through_its_steps_and_is_written_once(screen: Screen, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    shown = hand(screen(workspace), GOOD)

    assert not shown.exception
    assert "识别：股东及出资（列 5/13）" in words(shown)
    assert "预览：读入 2 = 将写入 1 + 将拒收 1" in words(shown)
    rules = next(one.value for one in shown.dataframe if "规则" in one.value)
    assert rules.iloc[0].to_list()[:2] == ["持股比例(%)", "应为 0 至 100 的百分比"]
    assert house(workspace).ledger.batches() == ()

    shown.button(key="load-go").click().run()
    loaded(workspace)
    shown.run()

    assert not shown.exception
    (batch,) = house(workspace).ledger.batches()
    assert "装载完成：读入 2 = 写入 1 + 拒收 1" in words(shown)

    shown.run()
    assert batch.batch[:12] in words(shown)
    assert "再次装载不改变任何内容" in words(shown)
    assert shown.button(key="load-go").disabled
    assert house(workspace).ledger.batches() == (batch,)


def test_a_truncated_file_is_refused_whole(screen: Screen, tmp_path: Path) -> None:
    shown = hand(screen(tmp_path / "w"), b"PK\x03\x04 cut short", "名册.xlsx")

    assert not shown.exception
    table = next(one.value for one in shown.dataframe if "状态" in one.value)
    assert table.iloc[0]["状态"].startswith("整份拒收")
    (said,) = [one.value for one in shown.error]
    assert said.startswith("文件未能装载（名册.xlsx：xlsx 无法读取：")
    assert shown.button(key="load-go").disabled


def test_headers_of_a_site_are_mapped_by_hand(screen: Screen, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    strange = GOOD.replace("企业名称", "公司全称").replace("股东名称", "股东名称及姓名")
    shown = hand(screen(workspace), strange)
    assert "表头不属于任何已知资料" in words(shown)

    shown.selectbox[0].set_value("shareholding").run()
    assert "缺必需列：企业名称、股东名称" in words(shown)
    shown.button(key="map-save").click().run()

    assert not shown.exception
    assert "已保存：股东及出资" in words(shown)
    assert "识别：股东及出资（列 5/13）" in words(shown)
    assert (workspace / "catalogue" / "shareholding.yml").is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_loaded_stands_in_batches_conflicts_and_quality(
    screen: Screen, demo: Path, language: str
) -> None:
    shown = screen(demo, language)

    assert not shown.exception
    assert not shown.error
    heads = [set(one.value) for one in shown.dataframe]
    wanted = {
        "zh": ("批次", "权威次序", "代码不合格"),
        "en": ("Batch", "Order of authority", "Wrong codes"),
    }
    for head in wanted[language]:
        assert any(head in one for one in heads), head


def test_without_data_the_other_tabs_say_that_there_is_none(screen: Screen, tmp_path: Path) -> None:
    shown = screen(tmp_path / "w")

    assert not shown.exception
    assert [one.value for one in shown.info] == ["未发现：批次（台账为空）"] * 3


def test_an_imported_graph_is_called_by_its_title(screen: Screen, tmp_path: Path) -> None:
    edges = tmp_path / "edges.csv"
    edges.write_text("source,target,type\n", "utf-8")
    services = house(tmp_path / "w")
    for name in ("甲公司", "新甲公司"):
        nodes = tmp_path / f"{name}.csv"
        nodes.write_text(f"uid,label,name\na,Enterprise,{name}\n", "utf-8")
        services.take_graph(nodes, edges, None, to_store=False, progress=repr)
    services.close()

    shown = screen(tmp_path / "w")

    assert not shown.exception
    cells = "\n".join(one.value.to_string() for one in shown.dataframe)
    assert "导入主体" in cells
    assert "导入关系" in cells
    assert "flat_" not in cells
    (order,) = [one.value for one in shown.dataframe if "权威次序" in one.value]
    assert order["权威次序"].to_list() == ["导入主体（50）"]
    (good,) = [one.value for one in shown.dataframe if "更新周期（天）" in one.value]
    assert good["更新周期（天）"].to_list() == [0, 0]
