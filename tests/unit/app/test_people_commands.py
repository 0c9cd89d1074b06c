"""Commands act for the account that runs them, a job's command for who asked for the job."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.acting import system_login
from app.desk.jobs import RUNNING, NewJob, Said
from app.jobs import control
from app.jobs.whose import user_of_process
from app.workspace import Workspace, open_workspace
from graph.errors import DeskError
from tests.conftest import Xinmai
from tests.factory import write_small

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TWO = """
[[user]]
login = "{login}"
name = "本机账户"
roles = ["{role}"]
[[user]]
login = "he"
name = "何核"
roles = ["核查员"]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of two companies, on which this account is a 查询员."""
    made = open_workspace(tmp_path / "w", create=True)
    nodes = [{"uid": "a", "name": "甲公司"}, {"uid": "b", "name": "乙公司"}]
    made.set_current(write_small(made.snapshots, nodes).id)
    named(made, "查询员")
    yield made
    control.jobs_of(made).close()


def named(workspace: Workspace, role: str, login: str | None = None) -> None:
    words = TWO.format(login=login or system_login(), role=role)
    (workspace.folder / "users.toml").write_text(words, encoding="utf-8")


def test_a_command_does_what_the_account_has_a_right_to(
    xinmai: Xinmai, workspace: Workspace
) -> None:
    found = xinmai("search", "甲公司", workspace=workspace.folder)
    judged = xinmai(
        "review", "decide", "a", "b", "same", "--reason", "同一", workspace=workspace.folder
    )

    assert (found.code, "甲公司" in found.out) == (0, True)
    assert judged.code == 2
    assert judged.err == (
        "xinmai: judge: '本机账户（查询员）' has no right to this; 核查员、审核员 have it: 何核\n"
    )


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (("load", "."), "load"),
        (("load", "--rebuild"), "rebuild"),
        (("import", "--nodes", "n.csv", "--edges", "e.csv"), "load"),
        (("import", "--bods", "x.json"), "load"),
        (("review", "undo", "1"), "judge"),
        (("review", "export", "--out", "x.csv"), "judge"),
        (("review", "agreement"), "judge"),
        (("check", "x.csv"), "report"),
        (("bidders", "x.csv"), "report"),
        (("scan",), "report"),
        (("report", "a", "--purpose", "信用调查", "--format", "json", "--out", "r"), "report"),
        (("report", "verify", "x.pdf"), "report"),
        (("query", "import", "x.zip"), "cypher"),
        (("export", "--out", "x"), "hand_over"),
    ],
)
def test_commands_that_write_or_hand_out_are_refused_to_who_only_looks(
    xinmai: Xinmai,
    monkeypatch: pytest.MonkeyPatch,
    workspace: Workspace,
    tmp_path: Path,
    words: tuple[str, ...],
    right: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if words[:2] == ("review", "undo"):
        _judged(xinmai, workspace)

    ran = xinmai(*words, workspace=workspace.folder)

    assert ran.code == 2
    assert ran.err.splitlines()[-1].startswith(
        f"xinmai: {right}: '本机账户（查询员）' has no right"
    )


def _judged(xinmai: Xinmai, workspace: Workspace) -> None:
    """Have something to take back: judged while this account was allowed to."""
    named(workspace, "核查员")
    done = xinmai("review", "decide", "a", "b", "unsure", "--reason", "待查",
                  workspace=workspace.folder)  # fmt: skip
    assert done.code == 0
    named(workspace, "查询员")


def test_an_account_that_is_not_in_the_file_reads_nothing_and_learns_why(
    xinmai: Xinmai, workspace: Workspace
) -> None:
    named(workspace, "查询员", login="somebody else")

    ran = xinmai("show", "a", workspace=workspace.folder)

    assert ran.code == 2
    assert f"'{system_login()}' is nobody in users.toml" in ran.err
    assert ran.out == ""
    # What is loaded is told without a word of it.
    assert "甲公司" not in xinmai("status", workspace=workspace.folder).out


def test_the_people_are_listed_checked_and_counted(xinmai: Xinmai, workspace: Workspace) -> None:
    listed = xinmai("users", "list", workspace=workspace.folder)
    told = json.loads(xinmai("users", "list", "--json", workspace=workspace.folder).out)
    checked = xinmai("users", "check", workspace=workspace.folder)
    status = xinmai("status", workspace=workspace.folder)

    assert f"{system_login()}\t本机账户\t查询员\tlook" in listed.out
    assert "以 本机账户（查询员） 的身份" in listed.err
    assert told["acting_for"] == system_login()
    assert told["users"][1]["rights"] == ["look", "judge", "report", "cypher"]
    assert (checked.code, "2 人，无误" in checked.err) == (0, True)
    assert "界面不放行任何人" in checked.err
    assert "用户 2 人" in status.out


def test_a_wrong_file_refuses_every_command_with_one_line(
    xinmai: Xinmai, workspace: Workspace
) -> None:
    named(workspace, "科长")

    for words in (("users", "check"), ("status",), ("search", "甲")):
        ran = xinmai(*words, workspace=workspace.folder)
        assert ran.code == 2
        assert ran.err.startswith("xinmai: users.toml user.1.roles.1: '科长' must be one of")
        assert ran.err.count("\n") == 1


def test_without_the_file_the_commands_say_that_everybody_may(
    xinmai: Xinmai, workspace: Workspace
) -> None:
    (workspace.folder / "users.toml").unlink()

    checked = xinmai("users", "check", workspace=workspace.folder)

    assert (checked.code, "人人可做任何事" in checked.err) == (0, True)
    assert json.loads(xinmai("users", "list", "--json", workspace=workspace.folder).out) == {
        "named": False, "acting_for": None, "known": False, "users": [],
    }  # fmt: skip


def test_a_job_is_believed_from_the_process_that_works_for_it_alone(workspace: Workspace) -> None:
    jobs = control.jobs_of(workspace)
    (workspace.folder / "jobs" / "0001").mkdir(parents=True)
    job = jobs.queue(NewJob("scan", "扫描", ("scan",), "0001", "何核"), NOW)

    with pytest.raises(DeskError, match="is not what this process was started for"):
        user_of_process(workspace, job.id)
    jobs.say(job.id, Said(RUNNING, pid=os.getppid(), born=0.0), NOW)
    user = user_of_process(workspace, job.id)

    assert (user.login, user.shown) == ("he", "何核（核查员）")
    assert user_of_process(workspace, None).login == system_login()
    shutil.rmtree(workspace.folder / "jobs")
