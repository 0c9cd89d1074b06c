"""Long work on screens: started there, shown with its progress, found again with what it made."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.desk.jobs import DONE, Job, NewJob, Said
from app.jobs import control
from app.views import jobs, loading
from app.workspace import Workspace, open_workspace
from graph.store.embedded import stop_engine

SCRIPT = """
from app.texts.read import speak
from app.views import frame
from app.views.{page} import render
speak("zh")
with frame.told():
    render(frame.house())
"""
SECONDS = 180
FILE = (
    "企业名称,统一社会信用代码,股东名称,持股比例(%),认缴出资日期\n"
    "深圳恒岭新材料有限公司,91440300013986040P,张大三,60,2020-01-01\n"
)


def _screen(monkeypatch: pytest.MonkeyPatch, workspace: Path, page: str) -> AppTest:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace))
    monkeypatch.setenv("XINMAI_ENGINE_HEAP", "256m")
    return AppTest.from_string(SCRIPT.format(page=page), default_timeout=300).run()


def _ended(workspace: Path) -> Job:
    until = time.monotonic() + SECONDS
    while True:
        job = control.latest(Workspace(workspace))[0]
        if not job.open:
            return job
        assert time.monotonic() < until
        time.sleep(0.2)


def test_the_overview_starts_a_scan_and_finds_what_it_made(
    monkeypatch: pytest.MonkeyPatch, demo: Path, tmp_path: Path
) -> None:
    made = tmp_path / "w"
    made.mkdir()
    for one in demo.iterdir():
        if not one.name.startswith(("desk", "jobs", "scans", ".lock")):
            (made / one.name).symlink_to(one)
    shown = _screen(monkeypatch, made, "overview")
    assert any("尚无后台任务" in one.value for one in shown.caption)

    shown.button(key="scan-go").click().run()
    job = _ended(made)
    shown.run()

    assert (job.kind, job.last.state) == ("scan", DONE), job.last.message
    assert not shown.exception
    assert [one.label for one in shown.get("download_button")].count("scan.xlsx") == 1
    control.jobs_of(Workspace(made)).close()


def test_a_large_file_is_loaded_by_a_job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    monkeypatch.setattr(loading, "_JOB_BYTES", 100)
    shown = _screen(monkeypatch, workspace, "data")
    shown.file_uploader[0].set_value([("股东.csv", FILE.encode(), "text/csv")]).run()

    shown.button(key="load-go").click().run()
    job = _ended(workspace)

    assert (job.kind, job.title, job.last.state) == ("load", "股东.csv", DONE), job.last.message
    assert "读" in job.last.message or "read 1" in job.last.message
    assert Workspace(workspace).current() is not None
    control.jobs_of(Workspace(workspace)).close()
    stop_engine(workspace / "graph")


def test_a_job_at_work_shows_how_far_it_is_and_a_dead_one_that_it_was_interrupted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace = open_workspace(tmp_path / "w", create=True)
    table = control.jobs_of(workspace)
    working = table.queue(NewJob("check", "名单甲", ("check",), "0001", "张三"), jobs.now())
    table.say(working.id, Said("running", "名单核查", 310, 500), jobs.now())
    dead = table.queue(NewJob("check", "名单乙", ("check",), "0002", "张三"), jobs.now())
    table.say(dead.id, Said("running", pid=2**22 - 1, born=1.0), jobs.now())
    script = (
        "from app.views import frame, jobs\nfrom app.texts.read import speak\n"
        "speak('en')\njobs.block(frame.house(), ('check',))\n"
    )
    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace.folder))

    shown = AppTest.from_string(script, default_timeout=300).run()

    assert not shown.exception
    told = str([one.proto for one in shown.get("progress")])
    assert "310/500" in told
    assert shown.button(key=f"stop-{working.id}").label == "Stop"
    history = shown.dataframe[0].value
    assert history["State"].to_list() == ["interrupted"]
    shown.button(key=f"stop-{working.id}").click().run()
    assert table.find(working.id).last.state == "stopped"
    table.close()
