"""当时已知 on the screens: every answer from what had been loaded by a day, and where it ends."""

import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from app.bootstrap import open_services
from app.desk.jobs import DONE
from app.jobs import control
from app.known import house_known_at
from app.settings import read_settings
from graph.errors import DeskError, WorkspaceError
from tests.app.conftest import SECONDS, opened, press, served, still
from tests.earlier import loaded_then_and_later

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
SCREEN = """
from app.views import known
from app.views.{page} import render
render(known.house("{page}"))
"""
NODES = "uid,label,name\nd,Enterprise,甲公司\nr,Person,张三\nc,Enterprise,乙公司\n"
THEN, LATER = (
    "source,target,type,share\nr,d,REPRESENTS,\n",
    "source,target,type,share\nr,c,REPRESENTS,\n",
)
RECORDS = (
    "record_id,subject,class,severity,status,decided_on,published_until\n"
    "x1,d,court_defaulter,serious,active,2026-01-01,2099-12-31\n"
)
DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose first load is dated on DAY, and whose second is of today."""
    tables = {"nodes": NODES, "records": RECORDS}
    return loaded_then_and_later(tmp_path_factory.mktemp("known"), tables, (THEN, LATER), DAY)


def _screen(page: str, known: date | None, party: str) -> AppTest:
    shown = AppTest.from_string(SCREEN.format(page=page), default_timeout=300)
    shown.session_state["party"] = party
    if known is not None:
        shown.session_state["known_at"] = known
    return shown.run()


@pytest.mark.parametrize("page", ["overview", "search", "party", "exposure", "ownership", "leads"])
def test_a_screen_says_which_day_it_knows(
    monkeypatch: pytest.MonkeyPatch, workspace: Path, page: str
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))

    then, now = _screen(page, DAY, "c"), _screen(page, None, "c")

    assert not then.exception
    assert not then.error
    assert sum(f"当时已知：{DAY}" in one.value for one in then.info) == 1
    assert not any("当时已知" in one.value for one in now.info)


def test_the_exposure_is_that_of_what_was_known(
    monkeypatch: pytest.MonkeyPatch, workspace: Path
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))

    then, now = _screen("exposure", DAY, "c"), _screen("exposure", None, "c")

    assert [one.value for one in then.metric] != [one.value for one in now.metric]
    assert any("--known-at 2026-03-01" in one.value for one in then.code)
    assert not any("--known-at" in one.value for one in now.code)


@pytest.mark.parametrize("page", ["query", "review", "data"])
def test_a_screen_that_works_on_today_says_so(
    monkeypatch: pytest.MonkeyPatch, workspace: Path, page: str
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))

    shown = _screen(page, DAY, "c")

    assert not shown.exception
    assert any(f"当时已知 {DAY} 在本屏不起作用" in one.value for one in shown.warning)
    assert not any("当时已知：" in one.value for one in shown.info)


def test_the_sidebar_takes_the_day_and_gives_it_back(
    monkeypatch: pytest.MonkeyPatch, workspace: Path
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
    shown = AppTest.from_file(str(MAIN), default_timeout=300).run()
    assert shown.date_input(key="known_at").value is None

    shown.date_input(key="known_at").set_value(DAY).run()

    assert any(f"当时已知：{DAY}" in one.value for one in shown.info)
    shown.button(key="known-today").click().run()
    assert not any("当时已知：" in one.value for one in shown.info)
    assert shown.date_input(key="known_at").value is None


def test_much_that_was_known_is_made_ready_by_a_job(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tables = {"nodes": NODES, "records": RECORDS}
    workspace = loaded_then_and_later(tmp_path, tables, (THEN, LATER), DAY)
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
    monkeypatch.setattr("app.known.WAITED_FOR", 1)
    # The snapshot of the first load would be that of the day.
    current = (workspace / "current").read_text("utf-8")
    for one in (workspace / "snapshots").iterdir():
        if one.name != current:
            shutil.rmtree(one)

    shown = _screen("party", DAY, "c")
    assert any(f"{DAY} 当时已知的资料较多" in one.value for one in shown.info)
    assert not any("当时已知：" in one.value for one in shown.info)
    shown.button(key="known-make").click().run()

    place = open_services(read_settings({}, workspace))
    until = time.monotonic() + SECONDS
    while any(job.open for job in control.latest(place, ("known",))):
        assert time.monotonic() < until, "the job did not end"
        time.sleep(0.2)
    assert [job.last.state for job in control.latest(place)] == [DONE]
    ready = _screen("party", DAY, "c")
    assert sum(f"当时已知：{DAY}" in one.value for one in ready.info) == 1


def test_nothing_is_written_on_an_earlier_day(workspace: Path) -> None:
    then = house_known_at(open_services(read_settings({}, workspace)), DAY, lambda _line: None)

    with pytest.raises(WorkspaceError, match="only looked at"):
        then.load([workspace / "x.csv"], None, to_store=False, progress=lambda _line: None)
    with pytest.raises(WorkspaceError, match="only looked at"):
        then.workspace.set_current("other")
    with pytest.raises(DeskError, match="known today"):
        then.lead_decisions.undo(1, author="甲", now=None)  # type: ignore[arg-type]
    then.close()


def test_a_person_chooses_the_day_in_a_browser(chromium: Browser, workspace: Path) -> None:
    with served(workspace) as address, opened(chromium, f"{address}/search") as page:
        still(page)
        expect(page.get_by_text("当时已知：")).to_have_count(0)
        # A click would open the calendar, which keeps what is typed until it is closed.
        page.get_by_role("spinbutton", name="year, 当时已知").focus()
        page.keyboard.type("20260301", delay=50)
        for key in ("Enter", "Escape", "Tab"):
            page.keyboard.press(key)
        expect(page.get_by_text(f"当时已知：{DAY}")).to_be_visible()
        press(page, page.get_by_role("button", name="按今天已知"))
        expect(page.get_by_text(f"当时已知：{DAY}")).to_have_count(0)
