"""What a load starts early: the process that will write the graph, and it never stays."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.ahead import _start, graph_ahead
from app.settings import Settings, read_settings
from app.workspace import Workspace
from graph.errors import StoreError
from graph.store import building
from graph.store.address import set_current, set_mark
from graph.store.standby import dismiss, stands_by, taken
from graph.store.turns import end_process

# A process starts within this on a busy machine.
SECONDS = 180
SAID, NEW = "企业名称\n甲\n", "企业名称\n乙\n"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of a workspace whose graph shows its snapshot, of one file."""
    workspace = Workspace(tmp_path / "w")
    workspace.graph.mkdir(parents=True)
    workspace.ledger.mkdir()
    workspace.set_current("s1")
    set_current(workspace.graph, "db-1")
    set_mark(workspace.graph, "s1")
    digest = hashlib.sha256(SAID.encode()).hexdigest()
    (workspace.ledger / "batches.jsonl").write_text(f'{{"sha256": "{digest}"}}\n', "utf-8")
    yield read_settings({}, workspace.folder)
    dismiss(workspace.graph)
    building.dismiss(workspace.graph)


def _files(folder: Path, **said: str) -> list[Path]:
    (folder / "files").mkdir()
    for name, text in said.items():
        (folder / "files" / f"{name}.csv").write_text(text, "utf-8")
    return [folder / "files"]


def _waits(settings: Settings, paths: list[Path]) -> bool:
    workspace = Workspace(settings.workspace)
    _start(settings, workspace, paths)
    return stands_by(workspace.graph)


def test_a_process_stands_by_where_a_file_says_something_new(
    settings: Settings, tmp_path: Path
) -> None:
    assert _waits(settings, _files(tmp_path, a=SAID, b=NEW))


def test_none_stands_by_where_every_file_was_loaded_or_none_is_there(
    settings: Settings, tmp_path: Path
) -> None:
    assert not _waits(settings, _files(tmp_path, a=SAID))
    assert not _waits(settings, [])
    assert not _waits(settings, [tmp_path / "nowhere"])


def test_none_stands_by_where_the_graph_shows_another_snapshot_or_is_a_server_s(
    settings: Settings, tmp_path: Path
) -> None:
    paths = _files(tmp_path, b=NEW)
    server = {"NEO4J_URI": "bolt://127.0.0.1:7687"}
    assert not _waits(read_settings(server, settings.workspace), paths)
    set_mark(Workspace(settings.workspace).graph, "s0")
    assert not _waits(settings, paths)


def test_a_broken_list_of_files_is_left_to_whoever_reads_it(
    settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    listed = Workspace(settings.workspace).ledger / "batches.jsonl"
    listed.write_bytes(b"\xff\xfe" + listed.read_bytes())

    with graph_ahead(settings, _files(tmp_path, a=SAID)):
        pass

    assert capfd.readouterr().err == ""


def test_the_process_ends_with_the_load_that_had_no_use_for_it(
    settings: Settings, tmp_path: Path
) -> None:
    graph = Workspace(settings.workspace).graph
    with graph_ahead(settings, _files(tmp_path, b=NEW)):
        end = time.monotonic() + SECONDS
        while not stands_by(graph) and time.monotonic() < end:
            time.sleep(0.01)
        process = taken(graph, settings.engine_heap)
        assert process.poll() is None
        end_process(process)
    with graph_ahead(settings, [tmp_path / "files"]):
        pass

    assert not stands_by(graph)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_a_build_begins_where_there_is_no_snapshot_yet_and_is_taken(
    settings: Settings, tmp_path: Path
) -> None:
    (settings.workspace / "current").unlink()
    graph, heap = Workspace(settings.workspace).graph, settings.engine_heap

    assert not _waits(settings, _files(tmp_path, a=SAID))
    with pytest.raises(StoreError, match="is being built by another"):
        building._begin(graph, heap)
    with building.begun(graph, heap) as begin:
        assert begin.process.poll() is None
        assert (graph / building.BUILD_FOLDER).is_dir()

    assert begin.process.poll() is not None
    assert not (graph / building.BUILD_FOLDER).exists()


def test_a_build_that_no_load_took_ends_with_it(settings: Settings, tmp_path: Path) -> None:
    (settings.workspace / "current").unlink()
    graph = Workspace(settings.workspace).graph
    with graph_ahead(settings, _files(tmp_path, a=SAID)):
        end = time.monotonic() + SECONDS
        while not (graph / building.BUILD_FOLDER / building.LOG_FILE).exists():
            assert time.monotonic() < end
            time.sleep(0.01)

    assert not (graph / building.BUILD_FOLDER).exists()
    # Its lock is free again.
    with building.begun(graph, settings.engine_heap):
        pass


def test_no_build_begins_without_a_file(settings: Settings, tmp_path: Path) -> None:
    (settings.workspace / "current").unlink()
    graph = Workspace(settings.workspace).graph
    with graph_ahead(settings, [tmp_path / "nowhere"]):
        pass

    assert not (graph / building.BUILD_FOLDER).exists()
