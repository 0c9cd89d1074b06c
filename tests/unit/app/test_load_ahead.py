"""What a load starts early: the process that will write the graph, and it never stays."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.ahead import _start, graph_ahead
from app.settings import Settings, read_settings
from app.workspace import Workspace
from graph.errors import StoreError
from graph.store import building, standby
from graph.store.address import set_current, set_mark
from graph.store.standby import dismiss, taken
from graph.store.turns import end_process

# A process starts within this on a busy machine.
SECONDS = 180


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of a workspace whose graph shows its snapshot."""
    workspace = Workspace(tmp_path / "w")
    workspace.graph.mkdir(parents=True)
    workspace.set_current("s1")
    set_current(workspace.graph, "db-1")
    set_mark(workspace.graph, "s1")
    yield read_settings({}, workspace.folder)
    dismiss(workspace.graph)
    building.dismiss(workspace.graph)


def _stands_by(folder: Path) -> bool:
    return folder.resolve() in standby._WAITING


def _waits(settings: Settings) -> bool:
    workspace = Workspace(settings.workspace)
    _start(settings, workspace)
    return _stands_by(workspace.graph)


def test_a_process_stands_by_where_the_graph_shows_the_snapshot(settings: Settings) -> None:
    assert _waits(settings)


def test_none_stands_by_where_the_graph_shows_another_snapshot_or_is_a_server_s(
    settings: Settings,
) -> None:
    server = {"NEO4J_URI": "bolt://127.0.0.1:7687"}
    assert not _waits(read_settings(server, settings.workspace))
    set_mark(Workspace(settings.workspace).graph, "s0")
    assert not _waits(settings)


def test_the_process_ends_with_the_load_that_had_no_use_for_it(
    settings: Settings,
) -> None:
    graph = Workspace(settings.workspace).graph
    with graph_ahead(settings):
        end = time.monotonic() + SECONDS
        while not _stands_by(graph) and time.monotonic() < end:
            time.sleep(0.01)
        process = taken(graph, settings.engine_heap)
        assert process.poll() is None
        end_process(process)
    with graph_ahead(settings):
        pass

    assert not _stands_by(graph)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_a_build_begins_where_there_is_no_snapshot_yet_and_is_taken(
    settings: Settings,
) -> None:
    (settings.workspace / "current").unlink()
    graph, heap = Workspace(settings.workspace).graph, settings.engine_heap

    assert not _waits(settings)
    with pytest.raises(StoreError, match="is being built by another"):
        building._begin(graph, heap)
    with building.begun(graph, heap) as begin:
        assert begin.process.poll() is None
        assert begin.place.is_dir()

    assert begin.process.poll() is not None
    assert not list(graph.glob(f"{building.BUILD_PREFIX}*"))


def test_a_build_that_no_load_took_ends_with_it(settings: Settings) -> None:
    (settings.workspace / "current").unlink()
    graph = Workspace(settings.workspace).graph
    with graph_ahead(settings):
        end = time.monotonic() + SECONDS
        while not list(graph.glob(f"{building.BUILD_PREFIX}*/{building.LOG_FILE}")):
            assert time.monotonic() < end
            time.sleep(0.01)

    assert not list(graph.glob(f"{building.BUILD_PREFIX}*"))
    # Its lock is free again.
    with building.begun(graph, settings.engine_heap):
        pass
