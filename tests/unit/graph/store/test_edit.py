"""An edit without an engine: equal to what an engine makes of the same rows, or nothing at all."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SchemaError, StoreError
from graph.protocol import LinkBatch, NodeBatch
from graph.store import edit as editing_module
from graph.store.address import read_mark
from graph.store.bulk import Watch
from graph.store.edit import Change, Counts, begun
from graph.store.embedded import EmbeddedStore, open_embedded
from graph.store.running import stop_engine
from graph.store.standby import dismiss, stand_by, taken
from graph.store.turns import end_process
from tests.factory import FILL_IN_PAGES, build_bulk

HEAP = "256m"
SOON = timedelta(seconds=20)
ENTERPRISE = ("Enterprise", "Organisation", "Party")
PERSON = ("Person", "Party")
BEFORE = (
    NodeBatch((*ENTERPRISE, "Intermediary"), [{"uid": "x1", "name": "甲", "industry": "建筑"}]),
    NodeBatch(
        ENTERPRISE,
        [{"uid": "x2", "name": "乙", "registered_capital": 2.5}, {"uid": "x3", "name": "丙"}],
    ),
    NodeBatch(PERSON, [{"uid": "p1", "name": "张三"}, {"uid": "p2", "name": "李四"}]),
    NodeBatch(("Address",), [{"uid": "x1", "name": "同号不同类"}]),
)
HELD = (
    LinkBatch(
        "HOLDS_SHARES",
        "Party",
        "Organisation",
        [
            {"key": "h1", "source": "p1", "target": "x1", "share": 0.4},
            {"key": "h2", "source": "p2", "target": "x1", "share": 0.6},
            {"key": "h3", "source": "x1", "target": "x2", "share": 1.0},
            {"key": "h4", "source": "p2", "target": "x3", "share": 1.0},
        ],
    ),
    LinkBatch("HAS_ADDRESS", "Party", "Address", [{"key": "a1", "source": "x1", "target": "x1"}]),
)
# x1 is no intermediary any more and lost its industry, p1 became a professional (of which kind no
# node was before), h1 says more, h3 has another end, h4 goes and p2 with what hangs on it.
CHANGE = Change(
    after="s2",
    nodes=[
        NodeBatch(ENTERPRISE, [{"uid": "x1", "name": '甲"公司"\n,"region":null', "region": None}]),
        NodeBatch(("Person", "KeyProfessional", "Party"), [{"uid": "p1", "name": "张三"}]),
        NodeBatch(PERSON, [{"uid": "p3", "name": "王五", "birth_year": 1970}]),
        NodeBatch(("Phone",), [{"uid": "x1", "name": "020-1"}]),
    ],
    links=[
        LinkBatch(
            "HOLDS_SHARES",
            "Party",
            "Organisation",
            [
                {"key": "h1", "source": "p1", "target": "x1", "share": 0.45, "votes": 0.5},
                {"key": "h3", "source": "x1", "target": "x3", "share": 1.0, "votes": None},
                {"key": "h5", "source": "p3", "target": "x1", "share": 0.55},
            ],
        ),
        LinkBatch(
            "REPRESENTS",
            "Person",
            "Organisation",
            [
                {"key": "r1", "source": "p1", "target": "x1"},
                {"key": "r2", "source": "p1", "target": "x2"},
            ],
        ),
    ],
    gone_nodes=[("Person", "p2"), ("Address", "x1")],
    gone_links=[("HOLDS_SHARES", "h4")],
)


# An edit finds nodes and links in indexes: those that the engine filled, and those made of pages.
@pytest.fixture(scope="module", params=["engine", "pages"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "graph"
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "pages":
            patch.setattr("graph.store.building._FILL", [sys.executable, "-c", FILL_IN_PAGES])
        build_bulk(folder, HEAP, BEFORE, HELD, "s1", Watch(lambda _word, _rows: None))
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(built, tmp_path / "graph")
    yield tmp_path / "graph"
    stop_engine(tmp_path / "graph")


def content(store: EmbeddedStore) -> list[Any]:
    def answer(cypher: str) -> list[Any]:
        return [list(row) for row in store.rows(cypher, {}, limit=1000, timeout=SOON).rows]

    nodes = answer("MATCH (n) RETURN labels(n), properties(n) ORDER BY n.uid, n.name")
    links = answer("MATCH (a)-[r]->(b) RETURN type(r), a.uid, b.uid, properties(r) ORDER BY r.key")
    there = answer("MATCH (a)<-[r]-(b) RETURN r.key ORDER BY r.key")
    return [[[sorted(labels), values] for labels, values in nodes], links, there]


def looked_at(folder: Path) -> list[Any]:
    store = open_embedded(folder, HEAP, reader=False)
    try:
        return content(store)
    finally:
        store.close()
        stop_engine(folder)


def run(
    folder: Path,
    change: Change | None = CHANGE,
    ready: Callable[[], None] = lambda: None,
    before: str = "s1",
) -> Counts | None:
    with begun(folder, HEAP) as editing:
        return editing.run(before, lambda: [change] if change else None, ready)


def test_an_edit_ends_in_the_same_graph_as_an_engine_that_is_told(folder: Path) -> None:
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    store = open_embedded(other, HEAP, reader=False)
    for nodes in CHANGE.nodes:
        store.upsert_nodes(nodes)
    for links in CHANGE.links:
        store.upsert_links(links)
    store.delete_links("HOLDS_SHARES", ["h4"])
    store.delete_nodes("Person", ["p2"])
    store.delete_nodes("Address", ["x1"])
    store.mark("s2")
    told = content(store)
    store.close()
    stop_engine(other)

    assert run(folder) == Counts(nodes=4, links=5, deleted=3)
    assert read_mark(folder) == "s2"
    assert looked_at(folder) == told

    # And once more, from there.
    assert run(folder, replace(CHANGE, after="s3"), before="s2") == Counts(4, 5, 0)
    again = looked_at(folder)
    assert again[1:] == told[1:]


def test_an_edit_in_parts_is_that_of_all_of_it_and_is_counted_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = Change("s2", CHANGE.nodes, links=(), gone_nodes=(), gone_links=())
    parts = [nodes, replace(CHANGE, nodes=())]
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    run(other)

    with monkeypatch.context() as patched, begun(folder, HEAP) as editing:
        patched.setattr(editing_module, "MOST_ROWS", 11)
        with pytest.raises(StoreError, match="rows of an edit: '12' must be 11 at most"):
            editing.run("s1", lambda: parts, lambda: None)
    assert read_mark(folder) == "s1"
    with begun(folder, HEAP) as editing:
        assert editing.run("s1", lambda: iter(parts), lambda: None) == Counts(4, 5, 3)

    assert looked_at(folder) == looked_at(other)


def test_nothing_is_written_where_the_snapshot_does_not_come(folder: Path) -> None:
    def fails() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        run(folder, ready=fails)

    assert read_mark(folder) == "s1"
    there = str(looked_at(folder))
    assert [name for name in ("h4", "h5", "p2", "p3") if name in there] == ["h4", "p2"]


def test_a_process_that_is_killed_leaves_the_graph_as_it_was(folder: Path) -> None:
    with begun(folder, HEAP) as editing:
        process = editing.process
        with pytest.raises(StoreError, match="process of an edit: 'signal 9' ended it"):
            editing.run("s1", lambda: [CHANGE], lambda: os.kill(process.pid, signal.SIGKILL))

    store = open_embedded(folder, HEAP, reader=False)
    assert store.holds() == "s1"
    store.close()


def test_what_is_to_be_told_to_an_engine_is_left_alone_and_it_is_said_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match="snapshot of the graph: 's1' must be another"):
        run(folder, before="another")
    with monkeypatch.context() as patched:
        patched.setattr(editing_module, "MOST_ROWS", 11)
        with pytest.raises(StoreError, match="rows of an edit: '12' must be 11 at most"):
            run(folder)
    store = open_embedded(folder, HEAP, reader=False)
    # Nothing stands in the way: somebody else is to be told.
    assert run(folder) is None
    store.mark_scan("of a scan")
    store.close()
    stop_engine(folder)

    with pytest.raises(StoreError, match="scan of the graph: 'of a scan' stands"):
        run(folder)
    assert read_mark(folder) == "s1"


def test_what_comes_to_nothing_leaves_a_database_that_is_closed(folder: Path) -> None:
    assert run(folder, None) is None
    assert read_mark(folder) == "s1"
    assert run(folder) == Counts(nodes=4, links=5, deleted=3)


def test_the_process_that_stands_by_is_taken_once_and_ends_where_nobody_takes_it(
    folder: Path,
) -> None:
    stand_by(folder, HEAP)
    stand_by(folder, HEAP)
    with begun(folder, HEAP) as editing:
        assert editing.run("s1", lambda: [CHANGE], lambda: None) is not None
    stand_by(folder, HEAP)
    waiting = taken(folder, HEAP)
    assert waiting.pid != editing.process.pid
    end_process(waiting)
    stand_by(folder, HEAP)
    dismiss(folder)
    dismiss(folder)
    assert run(folder, replace(CHANGE, after="s3"), before="s2") is not None


def test_a_link_without_its_end_and_words_that_nobody_declared_are_refused(folder: Path) -> None:
    lost = LinkBatch(
        "REPRESENTS", "Person", "Organisation", [{"key": "r3", "source": "nobody", "target": "x1"}]
    )
    with pytest.raises(StoreError, match="end of REPRESENTS: 'nobody' is no"):
        run(folder, replace(CHANGE, links=[lost]))
    with pytest.raises(SchemaError, match="colour"):
        run(folder, replace(CHANGE, nodes=[NodeBatch(PERSON, [{"uid": "p", "colour": "red"}])]))
    assert read_mark(folder) == "s1"
