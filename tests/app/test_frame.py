"""The frame run as a script: day, menu, suggestions, and errors in one sentence."""

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import Services, open_services
from app.settings import read_settings
from app.texts.read import texts
from app.views import frame

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
BORROWER = "深圳恒岭建材贸易有限公司"
FIRM = "深圳恒岭新材料有限公司"
SCREEN = """
import streamlit as st
from app.views import frame
from app.views.{page} import render
with frame.told(retry=True):
    render(frame.house())
"""
PAGES = ("overview", "search", "party", "network", "exposure", "review", "data")
Main = Callable[[Path], AppTest]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> Main:
    def run(workspace: Path) -> AppTest:
        monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
        return AppTest.from_file(str(MAIN), default_timeout=300).run()

    return run


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    made = tmp_path / "w"
    shutil.copytree(demo, made)
    return made


def house(workspace: Path) -> Services:
    return open_services(read_settings({}, workspace))


def test_the_menu_names_every_screen_under_its_group(main: Main, demo: Path) -> None:
    shown = main(demo)

    links = [one.proto.label for one in shown.sidebar.get("page_link")]
    assert links[:4] == ["总览", "检索", "主体", "网络"]
    groups = [one.value for one in shown.sidebar.caption]
    assert groups[0] == "排查"
    assert "核对" in groups


def test_the_screens_begin_in_the_language_of_the_site(main: Main, tmp_path: Path) -> None:
    (tmp_path / "xinmai.toml").write_text('language = "en"\n', "utf-8")
    shown = main(tmp_path)
    assert shown.sidebar.get("page_link")[0].proto.label == "Overview"
    assert shown.session_state["language"] == "en"

    shown.session_state["language"] = "zh"
    shown.run()
    assert shown.sidebar.get("page_link")[0].proto.label == "总览"


def test_what_is_typed_brings_parties_and_none_opens_by_itself(main: Main, demo: Path) -> None:
    shown = main(demo)

    shown.text_input(key="quick").set_value("恒岭").run()

    labels = [one.label for one in shown.sidebar.button if one.key.startswith("suggested-")]
    assert any(label.startswith(FIRM) and "企业" in label for label in labels)
    assert labels[-1] == "全部结果 →"
    assert "party" not in shown.session_state


def test_a_text_without_a_character_to_look_for_is_no_error(main: Main, demo: Path) -> None:
    shown = main(demo)

    shown.text_input(key="quick").set_value("？？").run()

    assert not shown.exception
    assert not shown.error


def test_the_day_goes_back_before_a_record_and_to_today(main: Main, demo: Path) -> None:
    today = date.today()  # noqa: DTZ011 - the person's day
    services = house(demo)
    uid = services.party(BORROWER).uid
    records = services.loaded_snapshot().records_of(uid, today)
    newest = max(one.decided_on for one in records if one.decided_on and not one.positive)
    shown = main(demo)
    shown.session_state["party"] = uid
    shown.run()

    shown.button(key="as-of-before").click().run()

    assert shown.sidebar.date_input[0].value == newest - timedelta(days=1)
    assert any("历史时点" in one.value for one in shown.info)

    shown.button(key="as-of-today").click().run()

    assert shown.sidebar.date_input[0].value == today
    assert not any("历史时点" in one.value for one in shown.info)


def test_from_any_day_every_other_day_can_be_chosen(main: Main, demo: Path) -> None:
    shown = main(demo)

    for day in (date(1949, 10, 1), date(2024, 2, 29), date(2099, 12, 31)):
        field = shown.sidebar.date_input[0]
        # A field refuses in the browser what lies beyond its ends.
        assert (field.min, field.max) == (date(1949, 10, 1), date(2099, 12, 31))
        field.set_value(day).run()
        assert any(f"时点 {day}" in one.value for one in shown.caption)
        past, ahead = (any(word in one.value for one in shown.info) for word in ("历史", "未来"))
        assert (past, ahead) == (day.year < 2099, day.year == 2099)


def test_a_column_of_long_words_has_their_whole_width_and_numbers_are_grouped() -> None:
    names = [*["张三"] * 9, "重大税收违法失信主体（2015年格式）"]
    shown = pl.DataFrame({"名称": names, "地区": ["广东"] * 10, "行数": list(range(10))})

    found = frame.columns_of(shown)

    assert set(found) == {"名称", "行数"}
    # 16 Chinese characters and 4 digits, 7 pixels a column, and the frame of the cell.
    assert found["名称"]["width"] == 7 * 34 + 24
    assert frame.columns_of(pl.DataFrame({"a": ["甲" * 90]}))["a"]["width"] == 340
    assert frame.columns_of(pl.DataFrame({"a": [""], "b": [None]})) == {}


def test_without_data_the_box_waits_and_the_first_screen_leads_on(
    main: Main, tmp_path: Path
) -> None:
    shown = main(tmp_path / "empty")

    assert not shown.exception
    assert not shown.error
    assert shown.text_input(key="quick").disabled


@pytest.mark.parametrize("page", PAGES)
def test_a_damaged_snapshot_is_one_sentence_on_every_screen(
    monkeypatch: pytest.MonkeyPatch, copy: Path, page: str
) -> None:
    snapshot = copy / "snapshots" / house(copy).loaded_snapshot().id
    (snapshot / "manifest.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("XINMAI_WORKSPACE", str(copy))

    shown = AppTest.from_string(SCREEN.format(page=page), default_timeout=300).run()

    assert not shown.exception
    assert len(shown.error) == 1
    assert shown.error[0].value.startswith("快照无法读取；用 xinmai load --rebuild 重建")
    assert shown.button(key="retry").label == "重试"


def test_a_table_that_is_cut_is_told_and_the_frame_stays(main: Main, copy: Path) -> None:
    snapshot = copy / "snapshots" / house(copy).loaded_snapshot().id
    for path in snapshot.glob("arrays/*.arrow"):
        path.write_bytes(path.read_bytes()[:100])

    shown = main(copy)

    assert not shown.exception
    assert len(shown.error) == 1
    assert shown.sidebar.date_input


def test_what_nobody_foresaw_is_told_with_a_number_and_its_values_stay_out_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = AppTest.from_string(
        "from app.views import frame\n"
        "with frame.told():\n"
        "    raise KeyError('440106199001011234')\n"
    ).run()

    assert not shown.exception
    number = re.search(r"编号 (\w{8}) ", shown.error[0].value)
    assert number is not None
    assert "440106199001011234" not in shown.error[0].value + caplog.text
    assert f"unforeseen KeyError, number {number[1]}" in caplog.text


def test_a_workspace_that_cannot_be_one_is_told(main: Main, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    shown = main(tmp_path / "file")

    assert not shown.exception
    assert shown.error[0].value.startswith(texts()["error.WorkspaceError"]["zh"])


def test_a_newer_snapshot_is_offered_and_its_coming_is_said(main: Main, copy: Path) -> None:
    services = house(copy)
    old = services.loaded_snapshot().id
    shown = main(copy)
    assert not any("新快照" in one.value for one in shown.warning)

    newer = copy / "snapshots" / "0123456789abcdef"
    shutil.copytree(copy / "snapshots" / old, newer)
    manifest = newer / "manifest.json"
    content = manifest.read_text(encoding="utf-8").replace(old, newer.name)
    manifest.write_text(content, encoding="utf-8")
    services.workspace.set_current(newer.name)
    shown.run()

    assert any(old in one.value and newer.name in one.value for one in shown.info)
