"""The screen of reports: nothing without a purpose, a report with its files, the archive."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.reports.verify import verify_file
from app.settings import read_settings
from app.texts.read import texts
from app.views import frame

FIRM = "深圳恒岭新材料有限公司"
SCRIPT = (
    "from app.texts.read import speak\n"
    "from app.views import frame\n"
    "from app.views.report import render\n"
    "speak({language!r})\n"
    "render(frame.house())\n"
)


@pytest.fixture(scope="module")
def desk(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screen") / "workspace"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("graph", "desk.sqlite"))
    (folder / "graph").mkdir()
    return folder


def _opened(monkeypatch: pytest.MonkeyPatch, desk: Path, language: str = "zh") -> AppTest:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(desk))
    shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
    shown.session_state["as_of"] = date(2026, 11, 23)
    return shown.run()


def _press(shown: AppTest) -> AppTest:
    button = next(one for one in shown.button if one.label in texts()["report.button"].values())
    return button.click().run()


def test_without_a_purpose_nothing_is_made(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    shown = _opened(monkeypatch, desk)
    shown.text_input(key="report-subject").set_value(FIRM)

    shown = _press(shown)

    assert [one.value for one in shown.warning] == [texts()["report.needs_purpose"]["zh"]]
    assert not (desk / "reports").exists()


def test_a_report_is_made_downloaded_and_listed(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.text_input(key="report-subject").set_value(FIRM)
    shown.selectbox(key="report-purpose").set_value("招投标")
    shown.multiselect(key="report-forms").set_value(["json", "html"])

    shown = _press(shown)

    assert not shown.exception
    assert not shown.error
    [made] = [one.value for one in shown.success]
    assert "XM-" in made
    files = {path.suffix for path in (desk / "reports").iterdir()}
    assert files == {".json", ".html"}
    listed = shown.dataframe[0].value
    assert FIRM in str(listed)


def test_a_subject_that_nobody_answers_to_is_named_and_a_report_needs_one(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-purpose").set_value("招投标")
    assert [one.value for one in _press(shown).warning] == [texts()["report.needs_subject"]["zh"]]

    shown.text_input(key="report-subject").set_value("没有这家公司")
    shown = _press(shown)

    assert any("没有这家公司" in one.value for one in shown.error)


def test_in_english_the_screen_is_english(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    shown = _opened(monkeypatch, desk, "en")

    assert shown.title[0].value == "Reports"
    assert shown.selectbox(key="report-purpose").options[1] == "Tendering"


def test_a_file_that_is_shown_is_verified(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    shown = _opened(monkeypatch, desk)
    shown.text_input(key="report-subject").set_value(FIRM)
    shown.selectbox(key="report-purpose").set_value("招投标")
    shown.multiselect(key="report-forms").set_value(["html"])
    _press(shown)
    path = max((desk / "reports").glob("*.html"))
    again = _opened(monkeypatch, desk)

    good = again.file_uploader(key="report-shown").upload(path.name, path.read_bytes()).run()
    assert any("一致" in one.value for one in good.success)

    forged = path.read_bytes().replace("招投标".encode(), "商业贷款".encode(), 1)
    bad = again.file_uploader(key="report-shown").upload(path.name, forged).run()
    assert any("第 1 节" in one.value for one in bad.error)


def test_a_list_of_bidders_is_uploaded_and_compared(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-kind").set_value("bidders").run()
    shown.selectbox(key="report-purpose").set_value("招投标")
    shown.multiselect(key="report-forms").set_value(["json"])
    assert [one.value for one in _press(shown).warning] == [texts()["report.needs_list"]["zh"]]

    content = f"投标人\n{FIRM}\n深圳恒岭建材贸易有限公司\n".encode()
    shown.file_uploader(key="report-list").upload("名单.csv", content)
    shown = _press(shown)

    assert not shown.error
    assert "投标名单 2 家" in str(shown.dataframe[0].value)


def test_what_was_put_aside_on_the_canvas_stands_in_the_report_and_is_verified(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    services = open_services(read_settings({}, desk))
    snapshot = services.loaded_snapshot()
    firm = services.party(FIRM)
    link = next(one for one in snapshot.links_of(firm.uid) if one.kind == "recorded")
    monkeypatch.setenv("XINMAI_WORKSPACE", str(desk))
    shown = AppTest.from_string(SCRIPT.format(language="zh"), default_timeout=300)
    shown.session_state["as_of"] = date(2026, 11, 23)
    shown.session_state[frame.BASKET] = [firm.uid, link.key]
    shown.run()
    assert "主体 1 个、关系 1 条" in shown.checkbox(key="report-picked").label
    shown.text_input(key="report-subject").set_value(FIRM)
    shown.selectbox(key="report-purpose").set_value("招投标")
    shown.multiselect(key="report-forms").set_value(["json"])

    shown = _press(shown)

    [made] = [one.value for one in shown.success]
    found = re.search(r"XM-\d{8}-\d{6}", made)
    assert found
    path = desk / "reports" / f"{found.group()}.json"
    related = json.loads(path.read_text(encoding="utf-8"))["sections"][5]
    said = [one for one in related["sentences"] if "核查人员选入" in one["text"]]
    assert len(said) == 2
    assert all("第" in one["evidence"] for one in said)
    assert verify_file(services, path).same
