"""Long work on screens: started there, shown with its progress, found again with what it made."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.desk.jobs import DONE, FAILED, Job, NewJob, Said
from app.intake import Handed, lay
from app.jobs import control
from app.views import jobs
from app.workspace import Workspace, open_workspace
from graph.store.running import stop_engine
from tests.factory import open_desk

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
        job = control.latest(open_desk(workspace))[0]
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


def test_a_load_is_a_job_from_the_upload_to_its_result(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    shown = _screen(monkeypatch, workspace, "data")
    shown.file_uploader[0].set_value([("股东.csv", FILE.encode(), "text/csv")]).run()

    shown.button(key="load-go").click().run()
    job = _ended(workspace)

    assert (job.kind, job.title, job.last.state) == ("load", "股东.csv", DONE), job.last.message
    assert Workspace(workspace).current() is not None
    # What was handed over may hold identity numbers: the ledger keeps the rows, the job no file.
    assert not list((workspace / "jobs").rglob("股东.csv"))
    # A page that is opened anew, at the address of the job, shows the result.
    later = AppTest.from_string(SCRIPT.format(page="data"), default_timeout=300)
    later.session_state["job"] = job.id
    later.run()
    assert not later.exception
    assert any("装载完成：读入 1 = 写入 1 + 拒收 0" in one.value for one in later.success)
    (result,) = [one.value for one in later.dataframe if "结果" in one.value]
    assert result.iloc[0][["文件", "资料", "结果"]].to_list() == [
        "股东.csv",
        "股东及出资",
        "已装载",
    ]
    control.jobs_of(Workspace(workspace)).close()
    stop_engine(workspace / "graph")


def test_a_load_whose_files_are_all_refused_says_why_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace = open_workspace(tmp_path / "w", create=True)
    place = control.new_folder(workspace)
    (path,) = lay(control.incoming(place), [Handed("怪表.csv", "甲,乙\n1,2\n".encode())])
    new = NewJob("load", "怪表.csv", ("load", str(path), "--json"), place.name, "张三")
    job = control.start(open_desk(workspace.folder), new, jobs.now())
    assert _ended(workspace.folder).last.state == FAILED

    monkeypatch.setenv("XINMAI_WORKSPACE", str(workspace.folder))
    shown = AppTest.from_string(SCRIPT.format(page="data"), default_timeout=300)
    shown.session_state["job"] = job.id
    shown.run()

    assert not shown.exception
    assert any("整份拒收，未写入任何内容" in one.value for one in shown.error)
    (result,) = [one.value for one in shown.dataframe if "结果" in one.value]
    assert result.iloc[0]["文件"] == "怪表.csv"
    assert str(tmp_path) not in result.to_csv()
    control.jobs_of(workspace).close()
    stop_engine(workspace.graph)


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


@pytest.mark.parametrize(("asked", "said"), [("²", 0), ("9" * 25, 0), ("99999", 1)])
def test_an_address_that_names_no_job_leaves_the_screen_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str, said: int
) -> None:
    monkeypatch.setenv("XINMAI_WORKSPACE", str(tmp_path / "w"))
    shown = AppTest.from_string(SCRIPT.format(page="overview"), default_timeout=300)
    shown.query_params["job"] = asked

    shown.run()

    assert not shown.error
    assert sum("99999 不存在" in one.value for one in shown.warning) == said
    assert shown.button(key="overview-demo") is not None
