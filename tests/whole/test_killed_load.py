"""A load that is killed: whatever the moment, the last complete state stays and a reload heals."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import Status, open_services
from app.settings import read_settings
from graph.store.embedded import open_embedded
from graph.store.running import stop_engine

MOMENTS = 25
# So many of them while the graph is published too, which takes longer.
PUBLISHED = 5
# And so many where a published graph is edited.
EDITED = 4
FIRST = ("市场主体登记.csv", "法定代表人.csv")
REST = ("股东及出资.csv", "行政处罚_省.csv", "失信被执行人.csv", "中介业务.csv")


def _command(workspace: Path, *arguments: str) -> list[str]:
    call = "import sys; from app.cli import main; sys.exit(main())"
    return [sys.executable, "-c", call, "--workspace", str(workspace), *arguments]


def _run(workspace: Path, *arguments: str) -> dict[str, object]:
    command = _command(workspace, *arguments, "--json")
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    answer: dict[str, object] = json.loads(ran.stdout)
    return answer


def _status(workspace: Path) -> Status:
    """Open a workspace and look at it, as whoever comes next does."""
    with closing(open_services(read_settings({}, workspace))) as house:
        return house.status()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, world: Path) -> tuple[Path, list[str]]:
    """A workspace that holds the register alone, and the files that are to come."""
    folder = tmp_path_factory.mktemp("begun") / "workspace"
    files = world / "files"
    _run(folder, "load", *(str(files / name) for name in FIRST), "--no-publish")
    return folder, [str(files / name) for name in REST]


@pytest.fixture(scope="module")
def undisturbed(
    begun: tuple[Path, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str, dict[bool, float]]:
    """The snapshots before and after, and how long the load takes unpublished and published."""
    folder, files = begun
    seconds = {}
    before = ""
    after = ""
    for published in (False, True):
        copy = tmp_path_factory.mktemp("whole") / "workspace"
        shutil.copytree(folder, copy)
        before = _status(copy).snapshot or ""
        started = time.monotonic()
        after = str(
            _run(copy, "load", *files, *([] if published else ["--no-publish"]))["snapshot"]
        )
        seconds[published] = time.monotonic() - started
        stop_engine(copy / "graph")
    return before, after, seconds


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_load_leaves_the_last_complete_state(
    begun: tuple[Path, list[str]],
    undisturbed: tuple[str, str, dict[bool, float]],
    tmp_path: Path,
    moment: int,
) -> None:
    folder, files = begun
    before, after, seconds = undisturbed
    published = moment >= MOMENTS - PUBLISHED
    place, count = (
        (moment - MOMENTS + PUBLISHED, PUBLISHED) if published else (moment, MOMENTS - PUBLISHED)
    )
    workspace = tmp_path / "workspace"
    shutil.copytree(folder, workspace)
    arguments = ["load", *files, *([] if published else ["--no-publish"])]

    with (tmp_path / "said").open("wb") as said:
        load = subprocess.Popen(
            _command(workspace, *arguments), stdout=said, stderr=said, start_new_session=True
        )
        time.sleep(seconds[published] * (place + 0.5) / count)
        # The engine's process belongs to the store, not to the load: it lives on and is met again.
        os.kill(load.pid, signal.SIGKILL)
        load.wait()

    try:
        assert _status(workspace).snapshot in (before, after)
        assert _run(workspace, *arguments)["snapshot"] == after
        assert not [path for path in (workspace / "snapshots").iterdir() if path.suffix == ".tmp"]
        if published:
            assert _status(workspace).published == after
    finally:
        stop_engine(workspace / "graph")


@pytest.fixture(scope="module")
def published(
    begun: tuple[Path, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, float, str]:
    """A workspace whose graph holds the register, how long the rest takes, and what it ends in."""
    folder, files = begun
    first, copy = (tmp_path_factory.mktemp("edited") / name for name in ("first", "copy"))
    shutil.copytree(folder, first)
    _run(first, "load", *(str(Path(files[0]).with_name(name)) for name in FIRST))
    stop_engine(first / "graph")
    shutil.copytree(first, copy)
    started = time.monotonic()
    after = str(_run(copy, "load", *files)["snapshot"])
    seconds = time.monotonic() - started
    assert _status(copy).published == after
    return first, seconds, after


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(EDITED))
def test_a_killed_load_leaves_a_graph_that_the_next_makes_right(
    begun: tuple[Path, list[str]],
    published: tuple[Path, float, str],
    tmp_path: Path,
    moment: int,
) -> None:
    folder, seconds, after = published
    workspace = tmp_path / "workspace"
    shutil.copytree(folder, workspace)
    load = subprocess.Popen(
        _command(workspace, "load", *begun[1]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # The edit is made in the last third.
    time.sleep(seconds * (0.65 + 0.35 * (moment + 0.5) / EDITED))
    os.kill(load.pid, signal.SIGKILL)
    load.wait()

    try:
        assert _run(workspace, "load", *begun[1])["snapshot"] == after
        assert _status(workspace).published == after
    finally:
        stop_engine(workspace / "graph")


def test_a_graph_that_cannot_be_edited_at_once_is_made_right_by_an_engine_and_it_is_said_why(
    begun: tuple[Path, list[str]], published: tuple[Path, float, str], tmp_path: Path
) -> None:
    folder, _, after = published
    workspace = tmp_path / "workspace"
    shutil.copytree(folder, workspace)
    store = open_embedded(workspace / "graph", "256m", reader=False)
    store.mark_scan("of last week")
    store.close()
    stop_engine(workspace / "graph")

    try:
        command = _command(workspace, "load", *begun[1])
        ran = subprocess.run(command, capture_output=True, text=True, check=False)

        assert ran.returncode in (0, 1)
        (line,) = [one for one in ran.stderr.splitlines() if "未能直接修改图库文件" in one]
        assert "scan of the graph: 'of last week' stands at its nodes" in line
        assert "Traceback" not in ran.stderr
        assert _status(workspace).published == after
    finally:
        stop_engine(workspace / "graph")
