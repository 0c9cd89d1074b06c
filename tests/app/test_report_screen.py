"""The screen of reports: nothing without a purpose, a report with its files, the archive."""

import json
import re
import shutil
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.desk.jobs import DONE, FAILED, Job
from app.jobs import control
from app.reports.verify import verify_file
from app.settings import read_settings
from app.texts.read import speaking, texts
from app.views import frame
from app.workspace import Workspace
from tests.factory import open_desk

FIRM, SISTER = "深圳恒岭新材料有限公司", "深圳恒岭建材贸易有限公司"
# How long a machine takes decides no test.
SECONDS = 1_800
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
    left = shutil.ignore_patterns("graph", "desk.sqlite", "jobs")
    shutil.copytree(demo, folder, ignore=left)
    (folder / "graph").mkdir()
    return folder


def _opened(
    monkeypatch: pytest.MonkeyPatch,
    desk: Path,
    language: str = "zh",
    job: int | None = None,
    basket: Sequence[str] = (),
) -> AppTest:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(desk))
    shown = AppTest.from_string(SCRIPT.format(language=language), default_timeout=300)
    shown.session_state["as_of"] = date(2026, 11, 23)
    if job is not None:
        shown.session_state["job"] = job
    if basket:
        shown.session_state[frame.BASKET] = list(basket)
    return shown.run()


def test_an_id_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    party = open_desk(desk).party(FIRM)
    shown = _opened(monkeypatch, desk)

    shown.text_input(key="report-subject").set_value(party.uid).run()

    assert f"即 {party.name}" in [one.value for one in shown.caption]


def _press(shown: AppTest) -> AppTest:
    button = next(one for one in shown.button if one.label in texts()["report.button"].values())
    return button.click().run()


def _ended(desk: Path) -> Job:
    until = time.monotonic() + SECONDS
    while True:
        job = control.latest(open_desk(desk))[0]
        if not job.open:
            return job
        assert time.monotonic() < until
        time.sleep(0.2)


def _filled(shown: AppTest, forms: list[str], subject: str | None = FIRM) -> AppTest:
    if subject is not None:
        shown.text_input(key="report-subject").set_value(subject)
    shown.selectbox(key="report-purpose").set_value("招投标")
    shown.multiselect(key="report-forms").set_value(forms)
    return shown


def _files(desk: Path, job: Job) -> list[Path]:
    return sorted((control.folder_of(Workspace(desk), job) / control.RESULT).iterdir())


def test_without_a_purpose_nothing_is_made(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    shown = _opened(monkeypatch, desk)
    shown.text_input(key="report-subject").set_value(FIRM)

    shown = _press(shown)

    assert [one.value for one in shown.warning] == [texts()["report.needs_purpose"]["zh"]]
    assert control.latest(open_desk(desk)) == []


def test_a_report_is_made_in_a_job_and_found_again_with_its_files(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _filled(_opened(monkeypatch, desk), ["json", "html"])

    shown = _press(shown)
    job = _ended(desk)
    # Another session: the page that asked is gone.
    again = _opened(monkeypatch, desk, job=job.id)

    assert not shown.exception
    assert not shown.error
    assert (job.kind, job.last.state, job.last.done) == ("report", DONE, job.last.total)
    made = [one.value for one in again.success]
    assert len(made) == 1
    assert "XM-" in made[0]
    assert {path.suffix for path in _files(desk, job)} == {".json", ".html"}
    offered = {str(getattr(one, "label", "")) for one in again.get("download_button")}
    assert {path.name for path in _files(desk, job)} <= offered
    assert any(FIRM in str(one.value) for one in again.dataframe)


def test_the_report_speaks_the_language_of_the_screen_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _filled(_opened(monkeypatch, desk, "en"), ["json"])
    assert shown.title[0].value == "Reports"
    assert shown.selectbox(key="report-purpose").options[1] == "Tendering"
    assert shown.selectbox(key="report-language-en").value == "en"

    # What is set by its word is looked up in the language of whoever sets it.
    with speaking("en"):
        shown.selectbox(key="report-kind").set_value("group").run()
        _press(_filled(shown, ["json"]))
        english = json.loads(_files(desk, _ended(desk))[0].read_text("utf-8"))
        shown.selectbox(key="report-language-en").set_value("zh")
        _press(shown)
        chinese = json.loads(_files(desk, _ended(desk))[0].read_text("utf-8"))

    assert (english["language"], english["title"]) == ("en", "Report on a Group of Companies")
    assert (chinese["language"], chinese["title"]) == ("zh", "集团报告")


def test_a_subject_that_nobody_answers_to_is_named_and_a_report_needs_one(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-purpose").set_value("招投标")
    assert [one.value for one in _press(shown).warning] == [texts()["report.needs_subject"]["zh"]]

    shown.text_input(key="report-subject").set_value("没有这家公司")
    shown = _press(shown)

    assert any("没有这家公司" in one.value for one in shown.error)


def test_a_job_that_finds_no_report_says_why_and_can_be_begun_again(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-kind").set_value("person").run()

    _press(_filled(shown, ["json"]))
    job = _ended(desk)
    again = _opened(monkeypatch, desk, job=job.id)

    assert job.last.state == FAILED
    assert any("只用于自然人" in one.value for one in again.warning)
    assert again.button(key=f"again-{job.id}").label == texts()["report.again"]["zh"]


def test_a_file_that_is_shown_is_verified(monkeypatch: pytest.MonkeyPatch, desk: Path) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-kind").set_value("group").run()
    _press(_filled(shown, ["html"]))
    [path] = _files(desk, _ended(desk))
    outcomes = []
    for language, content in (
        ("zh", path.read_bytes()),
        ("zh", path.read_bytes().replace("招投标".encode(), "商业贷款".encode(), 1)),
        ("en", path.read_bytes().replace("招投标".encode(), "商业贷款".encode(), 1)),
    ):
        with speaking(language):
            again = _opened(monkeypatch, desk, language)
            assert again.button(key="report-verify-go").disabled
            again.file_uploader(key="report-shown").upload(path.name, content).run()
            again.button(key="report-verify-go").click().run()
            again = _opened(monkeypatch, desk, language, job=_ended(desk).id)
        outcomes.append([one.value for one in (*again.success, *again.error)])

    assert "一致" in outcomes[0][0]
    assert "第 1 节" in outcomes[1][0]
    assert "section 1" in outcomes[2][0]


def test_a_list_of_bidders_is_given_and_compared(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-kind").set_value("bidders").run()
    _filled(shown, ["json"], None)
    assert [one.value for one in _press(shown).warning] == [texts()["report.needs_list"]["zh"]]

    content = f"投标人\n{FIRM}\n{SISTER}\n".encode()
    shown.file_uploader(key="report-file").upload("名单.csv", content).run()
    shown = _press(shown)
    [path] = _files(desk, _ended(desk))

    assert not shown.error
    assert json.loads(path.read_text("utf-8"))["subject"]["name"] == "投标名单 2 家"


def test_each_subject_of_a_list_has_its_report_in_one_archive(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    shown = _opened(monkeypatch, desk)
    shown.selectbox(key="report-kind").set_value("group").run()
    shown.radio(key="report-about").set_value("list").run()
    shown.text_area(key="report-paste").set_value(f"{FIRM}\n没有这家公司\n").run()

    _press(_filled(shown, ["json"], None))
    job = _ended(desk)
    again = _opened(monkeypatch, desk, job=job.id)

    assert job.last.state == DONE
    assert job.last.total == 2
    assert [one.value for one in again.success] == [
        texts()["report.made_list"]["zh"].format(rows=2, made=1, rest=1)
    ]
    assert {path.name for path in _files(desk, job)} >= {"index.html", "index.xlsx"}


def test_what_was_put_aside_on_the_canvas_stands_in_the_report_and_is_verified(
    monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    services = open_services(read_settings({}, desk))
    snapshot = services.loaded_snapshot()
    firm = services.party(FIRM)
    link = next(one for one in snapshot.links_of(firm.uid) if one.kind == "recorded")
    shown = _opened(monkeypatch, desk, basket=(firm.uid, link.key))
    assert "主体 1 个、关系 1 条" in shown.checkbox(key="report-picked").label

    _press(_filled(shown, ["json"]))
    path = next(one for one in _files(desk, _ended(desk)) if re.search(r"\d\.json$", one.name))

    related = json.loads(path.read_text(encoding="utf-8"))["sections"][5]
    said = [one for one in related["sentences"] if "核查人员选入" in one["text"]]
    assert len(said) == 2
    assert all("第" in one["evidence"] for one in said)
    assert verify_file(services, path).same
