"""A job is a process of its own: it is told, found again, stopped, and its death is noticed."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from app.desk.jobs import DONE, FAILED, INTERRUPTED, RUNNING, STOPPED, Job, Jobs, NewJob, Said
from app.jobs import control
from app.texts.read import speaking
from app.workspace import Workspace, open_workspace
from graph.errors import DeskError
from tests.conftest import Xinmai
from tests.factory import open_desk

# As long as a job may take here.
SECONDS = 180


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace without data; a job on it starts as quickly as a command does."""
    found = open_workspace(tmp_path / "w", create=True)
    yield found
    control.jobs_of(found).close()


def _now() -> datetime:
    """The moment of a call: a job that said nothing long after it began is dead."""
    return datetime.now(UTC)


def _new(workspace: Workspace, *command: str) -> NewJob:
    return NewJob("check", "名单", command, control.new_folder(workspace).name, "张三")


def _endless(workspace: Workspace) -> NewJob:
    """A command that waits for a file whose content never comes."""
    os.mkfifo(workspace.folder / "pipe.yml")
    return _new(workspace, "catalogue", "check", str(workspace.folder / "pipe.yml"))


def _wait(workspace: Workspace, ended: Callable[[Job], bool]) -> Job:
    until = time.monotonic() + SECONDS
    while True:
        found = control.latest(open_desk(workspace.folder))[0]
        if ended(found):
            return found
        assert time.monotonic() < until, found
        time.sleep(0.1)


def _works(job: Job) -> bool:
    return job.last.state == RUNNING and job.last.pid is not None


def test_a_job_runs_its_command_and_keeps_what_it_said(workspace: Workspace) -> None:
    control.start(open_desk(workspace.folder), _new(workspace, "catalogue", "list"), _now())

    ended = _wait(workspace, lambda job: not job.open)

    assert (ended.last.state, ended.author, ended.command) == (DONE, "张三", ("catalogue", "list"))
    assert ended.started_at
    assert ended.ended_at
    answer = control.folder_of(workspace, ended) / control.ANSWER
    assert "shareholding" in answer.read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "本工作区没有后台任务"), ("en", "no job was begun in this workspace")],
)
def test_a_job_speaks_as_the_screen_does_that_asks_for_it(
    workspace: Workspace, language: str, said: str
) -> None:
    # A command that says one line and nothing of this workspace: of another it lists the jobs.
    other = str(workspace.folder.with_name("other"))
    open_workspace(Path(other), create=True)
    with speaking(language):
        new = _new(workspace, "--workspace", other, "jobs", "list")
        control.start(open_desk(workspace.folder), new, _now())

    ended = _wait(workspace, lambda job: not job.open)

    assert (ended.last.state, ended.last.message) == (DONE, said)


def test_a_command_that_is_refused_leaves_its_reason(workspace: Workspace) -> None:
    control.start(open_desk(workspace.folder), _new(workspace, "status", "--colour"), _now())

    ended = _wait(workspace, lambda job: not job.open)

    assert ended.last.state == FAILED
    assert "--colour" in ended.last.message


def test_a_job_is_stopped_by_whoever_finds_it_and_nothing_of_it_lives_on(
    workspace: Workspace,
) -> None:
    control.start(open_desk(workspace.folder), _endless(workspace), _now())
    running = _wait(workspace, _works)
    family = psutil.Process(running.last.pid)

    stopped = control.stop(open_desk(workspace.folder), running.id, "李四", _now())

    assert (stopped.last.state, stopped.last.message) == (STOPPED, "李四")
    assert not family.is_running() or family.status() == psutil.STATUS_ZOMBIE
    with pytest.raises(DeskError, match="has ended"):
        control.stop(open_desk(workspace.folder), running.id, "李四", _now())


def test_a_job_that_died_without_a_word_was_interrupted_and_may_begin_again(
    workspace: Workspace,
) -> None:
    control.start(open_desk(workspace.folder), _endless(workspace), _now())
    running = _wait(workspace, _works)
    assert running.last.pid is not None

    os.killpg(running.last.pid, signal.SIGKILL)
    dead = _wait(workspace, lambda job: not job.open)
    repeated = control.again(open_desk(workspace.folder), dead, "李四", _now())
    control.stop(open_desk(workspace.folder), repeated.id, "李四", _now())

    assert dead.last.state == INTERRUPTED
    assert (repeated.folder, repeated.command) == (dead.folder, dead.command)
    assert repeated.id != dead.id


def test_jobs_are_only_appended_and_the_last_word_counts(tmp_path: Path) -> None:
    jobs = Jobs(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    first = jobs.queue(NewJob("load", "甲", ("load", "x"), "0001", "张三"), _now())
    second = jobs.queue(NewJob("check", "乙", ("check", "y"), "0002", "张三"), _now())
    for done in (1, 2, 3):
        jobs.say(first.id, Said(RUNNING, f"第 {done}", done, 9, 77, 1.5), _now())
    jobs.say(first.id, Said(DONE, "完成"), _now())

    found = jobs.find(first.id)

    assert (found.last.state, found.last.message, found.open) == (DONE, "完成", False)
    assert (found.last.pid, found.last.born) == (77, 1.5)
    assert [job.id for job in jobs.listed()] == [second.id, first.id]
    assert [job.title for job in jobs.listed(("load",))] == ["甲"]
    for wrong in (
        lambda: jobs.find(9),
        lambda: jobs.say(first.id, Said("colour"), _now()),
        lambda: jobs.queue(NewJob("load", "甲", (), "0001", " "), _now()),
    ):
        with pytest.raises(DeskError):
            wrong()
    jobs.close()


def test_the_command_line_lists_jobs_and_says_which_cannot_be_stopped(
    xinmai: Xinmai, workspace: Workspace
) -> None:
    job = control.jobs_of(workspace).queue(_new(workspace, "check", "甲"), _now())
    control.jobs_of(workspace).say(job.id, Said(DONE, "3 行", 3, 3), _now())

    listed = xinmai("jobs", "list", workspace=workspace.folder)
    stopped = xinmai("jobs", "stop", job.id, workspace=workspace.folder)

    assert listed.out.split("\t")[:5] == ["1", "完成", "check", "名单", "3/3"]
    assert '"state": "done"' in xinmai("jobs", "list", "--json", workspace=workspace.folder).out
    assert (stopped.code, "has ended" in stopped.err) == (2, True)
