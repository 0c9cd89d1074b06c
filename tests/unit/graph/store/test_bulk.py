"""A full build: equal to what MERGE makes, whole or not at all."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SchemaError, StoreError
from graph.protocol import LinkBatch, NodeBatch
from graph.store import fill
from graph.store.address import current
from graph.store.building import build_folder
from graph.store.bulk import Watch, begun
from graph.store.embedded import EmbeddedStore, open_embedded
from graph.store.running import stop_engine
from tests.factory import FILL_IN_PAGES, build_bulk

HEAP = "256m"
SOON = timedelta(seconds=20)
ENTERPRISE = ("Enterprise", "Organisation", "Party")
NODES = (
    NodeBatch(
        (*ENTERPRISE, "Intermediary"),
        [
            {
                "uid": "x1",
                "name": "广州甲建设有限公司",
                "former_names": ["甲一", "甲\t二", ',"region":null'],
                "registered_capital": 3_000_000.0,
                "mentions": 2,
                "region": None,
            }
        ],
    ),
    NodeBatch(("Person", "Party"), [{"uid": "x2", "name": "张三", "birth_year": 1970}]),
    NodeBatch(ENTERPRISE, [{"uid": "x3", "name": '乙"公司"\n', "established_on": "2001-02-03"}]),
    NodeBatch(("Person", "Party"), [{"uid": "x4", "name": '李,"name":null'}]),
    NodeBatch(("Address",), [{"uid": "x1", "name": "同号不同类"}]),
)
LINKS = (
    LinkBatch(
        "HOLDS_SHARES",
        "Party",
        "Organisation",
        [
            {"key": "l1", "source": "x2", "target": "x1", "share": 1.0},
            {"key": "l2", "source": "x1", "target": "x3", "share": 0.25, "votes": None},
        ],
    ),
    LinkBatch(
        "REPRESENTS", "Person", "Organisation", [{"key": "l3", "source": "x4", "target": "x3"}]
    ),
)


def silent(word: str, rows: int) -> None:
    assert word in {"written", "stored"}
    assert rows > 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "graph"
    stop_engine(tmp_path / "graph")


def content(store: EmbeddedStore) -> tuple[list[Any], list[Any]]:
    def answer(cypher: str) -> list[Any]:
        return [list(row) for row in store.rows(cypher, {}, limit=1000, timeout=SOON).rows]

    nodes = answer(
        "MATCH (n) WHERE n.uid <> 'mark' RETURN n.uid, n.name, labels(n), properties(n) "
        "ORDER BY n.uid, n.name"
    )
    for row in nodes:
        row[2] = sorted(row[2])
    links = answer(
        "MATCH (a)-[r]->(b) RETURN r.key, type(r), a.uid, b.uid, properties(r) ORDER BY r.key"
    )
    return nodes, links


def indexes(folder: Path) -> list[tuple[str, str]]:
    """The files of a database's indexes: of which type, and of which kind."""
    files = (folder / str(current(folder))).glob("*idx")
    return sorted((path.name.split("_0_")[0], path.suffix) for path in files)


def declared(folder: Path) -> dict[str, Any]:
    """The types of a database with their indexes, less the numbers in these indexes' names."""
    content = json.loads((folder / str(current(folder)) / "schema.json").read_text("utf-8"))
    return {
        name: {
            **kind,
            "indexes": sorted(
                json.dumps({**index, "logicalName": None}, sort_keys=True)
                for index in kind["indexes"].values()
            ),
        }
        for name, kind in content["types"].items()
    }


def test_a_full_build_equals_what_merge_makes(folder: Path, tmp_path: Path) -> None:
    build_bulk(folder, HEAP, NODES, LINKS, "s1", Watch(silent))
    built = open_embedded(folder, HEAP, reader=False)
    other = tmp_path / "other"
    merged = open_embedded(other, HEAP, reader=False)
    try:
        merged.ensure_schema()
        for nodes in NODES:
            merged.upsert_nodes(nodes)
        for links in LINKS:
            merged.upsert_links(links)
        assert content(built) == content(merged)
        assert len(content(built)[0]) == 5
        assert built.holds() == "s1"
        assert indexes(folder) == indexes(other)
        # And it goes on alike: a known uid is found, not doubled.
        for store in (built, merged):
            store.upsert_nodes(NODES[0])
            store.upsert_links(LINKS[0])
            store.upsert_nodes(NodeBatch(ENTERPRISE, [{"uid": "x9", "name": "新"}]))
        assert content(built) == content(merged)
        found = built.rows(
            "MATCH (n:Party {uid: $uid}) RETURN labels(n)", {"uid": "x1"}, limit=2, timeout=SOON
        )
        assert [sorted(row[0]) for row in found.rows] == [
            ["Enterprise", "Intermediary", "Organisation", "Party"]
        ]
    finally:
        built.close()
        merged.close()
        stop_engine(other)


def test_many_and_long_values_are_stored_as_merge_stores_them(folder: Path, tmp_path: Path) -> None:
    words: list[Any] = [
        {"uid": f"p{one:04}", "name": "名" * (one % 97 + 1), "birth_year": 1900 + one % 99}
        for one in range(4_000)
    ]
    firms: list[Any] = [
        {"uid": "e1", "name": "长", "scope": "围" * 32_000, "registered_capital": -0.5},
        {"uid": "e2", "name": "短", "scope": "", "mentions": 1 << 40},
        {"uid": "e3", "name": "巨", "scope": "x" * 200_000, "former_names": ["旧" * 99, ""]},
    ]
    nodes = [NodeBatch(("Person", "Party"), words), NodeBatch(ENTERPRISE, firms)]
    # More than one record of a chain holds, and more than one byte says of a place.
    held = [
        {
            "key": f"h{one}",
            "source": f"p{one:04}",
            "target": f"e{one % 3 + 1}",
            "share": one / 4_000,
        }
        for one in range(4_000)
    ]
    long = {"key": "r1", "source": "e1", "target": "e3", "record_id": "证" * 30_000}
    links = [
        LinkBatch("HOLDS_SHARES", "Party", "Organisation", held),
        LinkBatch("RELATED", "Party", "Party", [long]),
    ]
    build_bulk(folder, HEAP, nodes, links, "s", Watch(silent))
    other = tmp_path / "other"
    stores = [open_embedded(place, HEAP, reader=False) for place in (folder, other)]
    try:
        stores[1].ensure_schema()
        for some in nodes:
            stores[1].upsert_nodes(some)
        for more in links:
            stores[1].upsert_links(more)
        answers = []
        for store in stores:
            for asked in ASKED:
                found = store.rows(asked, {}, limit=9_999, timeout=SOON).rows
                answers.append(sorted(json.dumps(row, sort_keys=True) for row in found))
        assert answers[: len(ASKED)] == answers[len(ASKED) :]
        assert [len(one) for one in answers[: len(ASKED)]] == [4_003, 4_001, 3, 1]
    finally:
        for store in stores:
            store.close()
        stop_engine(other)


def test_a_second_build_replaces_the_first_under_an_open_store(folder: Path) -> None:
    build_bulk(folder, HEAP, NODES, LINKS, "s1", Watch(silent))
    reader = open_embedded(folder, HEAP, reader=True)
    assert reader.holds() == "s1"
    first = current(folder)
    build_bulk(folder, HEAP, NODES[1:3], (), "s2", Watch(silent))

    assert reader.holds() == "s2"
    assert [row[0] for row in content(reader)[0]] == ["x2", "x3"]
    reader.close()
    assert current(folder) != first
    assert [path.name for path in folder.glob("db-*")] == [current(folder)]
    assert not list(folder.glob("building*"))


@pytest.mark.parametrize(
    ("nodes", "links", "rule"),
    [
        ((NODES[1], NODES[1]), (), "'x2' is there twice"),
        (NODES[1:2], LINKS[1:], "names no node"),
    ],
)
def test_a_build_that_fails_leaves_the_former_database(
    folder: Path, nodes: tuple[NodeBatch, ...], links: tuple[LinkBatch, ...], rule: str
) -> None:
    build_bulk(folder, HEAP, NODES[:1], (), "s1", Watch(silent))
    with pytest.raises(StoreError, match=rule):
        build_bulk(folder, HEAP, nodes, links, "s2", Watch(silent))
    store = open_embedded(folder, HEAP, reader=False)
    assert store.holds() == "s1"
    store.close()


def test_the_former_database_is_served_until_the_build_may_switch(folder: Path) -> None:
    build_bulk(folder, HEAP, NODES[:1], (), "s1", Watch(silent))

    def refuse() -> None:
        raise StoreError("snapshot", "s2", "was not written")

    with pytest.raises(StoreError, match="was not written"):
        build_bulk(folder, HEAP, NODES, LINKS, "s2", Watch(silent, refuse))

    store = open_embedded(folder, HEAP, reader=False)
    assert store.holds() == "s1"
    store.close()


def test_a_build_that_was_begun_and_gets_no_rows_leaves_nothing(folder: Path) -> None:
    build_bulk(folder, HEAP, NODES[:1], (), "s1", Watch(silent))
    before = current(folder)

    with begun(folder, HEAP) as build:
        assert build.process.poll() is None
        with (
            pytest.raises(StoreError, match="is being built by another"),
            begun(folder, HEAP),
        ):
            pass

    assert build.process.poll() == -signal.SIGKILL
    assert not list(folder.glob("building*"))
    assert current(folder) == before


def test_links_of_several_types_are_all_there(folder: Path) -> None:
    people = [{"uid": f"p{one}", "name": "甲"} for one in range(7)]
    held = [
        {"key": f"k{one}", "source": f"p{one}", "target": f"p{(one + 1) % 7}"} for one in range(7)
    ]
    ends = {
        "BRANCH_OF": ("Organisation", "Organisation"),
        "HOLDS_SHARES": ("Party", "Organisation"),
        "RELATED": ("Party", "Party"),
    }
    links = [
        LinkBatch(name, *ends[name], [{**row, "key": f"{name}{row['key']}"} for row in held])
        for name in ends
    ]

    build_bulk(folder, HEAP, [NodeBatch(ENTERPRISE, people)], links, "s", Watch(silent))

    store = open_embedded(folder, HEAP, reader=True)
    assert len(content(store)[1]) == 21
    found = store.rows(
        "MATCH (p:Party {uid: 'p3'}) MATCH (p)-[r]-(o) RETURN type(r), o.uid ORDER BY r.key",
        {},
        limit=20,
        timeout=SOON,
    ).rows
    assert [tuple(row) for row in found] == [(name, uid) for name in ends for uid in ("p2", "p4")]
    store.close()


def test_indexes_of_sorted_keys_are_declared_as_cypher_declares_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_bulk(folder, HEAP, NODES, LINKS, "s", Watch(silent))
    monkeypatch.setattr("graph.store.building._FILL", [sys.executable, "-c", FILL_IN_PAGES])
    other = tmp_path / "other"
    build_bulk(other, HEAP, NODES, LINKS, "s", Watch(silent))

    assert declared(other) == declared(folder)
    assert any(path.suffix == ".uctidx" for path in (other / str(current(other))).iterdir())
    store = open_embedded(other, HEAP, reader=False)
    try:
        store.upsert_nodes(NODES[0])
        found = store.rows("MATCH (n:Party {uid: 'x1'}) RETURN n.uid", {}, limit=9, timeout=SOON)
        assert [tuple(row) for row in found.rows] == [("x1",)]
    finally:
        store.close()
        stop_engine(other)


def test_links_that_come_late_are_found_as_those_before_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All types are large to this one: what comes late finds its nodes indexed, its own type or not.
    monkeypatch.setattr("graph.store.building._FILL", [sys.executable, "-c", FILL_IN_PAGES])
    late = [
        LinkBatch("RELATED", "Party", "Party", [{"key": "r1", "source": "x1", "target": "x2"}]),
        LinkBatch(
            "HOLDS_SHARES", "Party", "Organisation", [{"key": "h9", "source": "x2", "target": "x1"}]
        ),
    ]
    other = tmp_path / "other"
    build_bulk(other, HEAP, NODES, [*LINKS, *late], "s", Watch(silent))

    with begun(folder, HEAP) as build:
        build.run((NODES[:3], [*NODES[3:], *LINKS], late), "s", Watch(silent))

    assert declared(folder) == declared(other)
    built = []
    for place in (folder, other):
        store = open_embedded(place, HEAP, reader=True)
        try:
            built.append(content(store))
            for text in ("-[r:HOLDS_SHARES {key: 'h9'}]->", "<-[r:RELATED {key: 'r1'}]-"):
                asked = f"MATCH (a:Party {{uid: 'x2'}}){text}(b) RETURN b.uid"
                found = store.rows(asked, {}, limit=9, timeout=SOON)
                assert [tuple(row) for row in found.rows] == [("x1",)]
        finally:
            store.close()
            stop_engine(place)
    assert built[0] == built[1]


def test_an_undeclared_label_is_refused(folder: Path) -> None:
    with pytest.raises(SchemaError):
        build_bulk(folder, HEAP, [NodeBatch(("Unheard",), [{"uid": "u"}])], (), "s", Watch(silent))


def test_an_engine_whose_pages_are_unknown_is_refused() -> None:
    fill.refuse_unknown(version("arcadedb-embedded"))
    with pytest.raises(StoreError, match=r"arcadedb-embedded: '27\.1\.1' must be 26\.10\.2"):
        fill.refuse_unknown("27.1.1")


ASKED = (
    # In no order: to put long rows into one takes the engine more memory than it has.
    "MATCH (n:Party) RETURN n.uid, properties(n)",
    "MATCH (a)-[r]->(b) RETURN r.key, type(r), a.uid, b.uid, properties(r)",
    "MATCH (e:Enterprise) MATCH (e)<-[r:HOLDS_SHARES]-() RETURN e.uid, count(r) ORDER BY e.uid",
    "MATCH ()-[r:RELATED {key: 'r1'}]->(b)<-[h:HOLDS_SHARES]-() RETURN b.uid, count(h)",
)

KILLED = """
import sys
from pathlib import Path
from graph.protocol import NodeBatch
from graph.store.bulk import Watch, begun

def rows(start):
    return [{"uid": f"n{i}", "name": "x"} for i in range(start, start + 20000)]

if __name__ == "__main__":
    batches = (NodeBatch(("Person", "Party"), rows(i)) for i in range(0, 200000, 20000))
    say = lambda word, rows: print(word, rows, flush=True)
    with begun(Path(sys.argv[1]), "256m") as build:
        build.run((batches,), "s2", Watch(say))
"""


@pytest.mark.parametrize("moment", ["written 100000", "stored 20000"])
def test_a_build_killed_at_any_moment_leaves_the_former_database(
    folder: Path, tmp_path: Path, moment: str
) -> None:
    build_bulk(folder, HEAP, NODES, LINKS, "s1", Watch(silent))
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == moment:
                process.kill()
                break
    assert process.returncode == -signal.SIGKILL

    store = open_embedded(folder, HEAP, reader=False)
    assert store.holds() == "s1"
    assert len(content(store)[0]) == 5
    store.close()
    # What was left behind does not stand in the way of the next.
    build_bulk(folder, HEAP, NODES[1:2], (), "s3", Watch(silent))
    store = open_embedded(folder, HEAP, reader=False)
    assert store.holds() == "s3"
    store.close()


# As a process does that outlives its build: it makes its folder anew by its name.
WRITES_ON = """
import sys
from contextlib import suppress
from pathlib import Path

place = Path(sys.argv[1])
place.mkdir(parents=True)
print("begun", flush=True)
while True:
    with suppress(FileNotFoundError):
        place.mkdir(parents=True, exist_ok=True)
        (place / "late").write_text("x")
"""


def test_what_a_killed_build_writes_yet_is_not_in_the_way_of_the_next(
    folder: Path, tmp_path: Path
) -> None:
    script = tmp_path / "writes.py"
    script.write_text(WRITES_ON, encoding="utf-8")
    left = build_folder(folder, "db-0")
    with subprocess.Popen(
        [sys.executable, str(script), str(left)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for snapshot in ("s1", "s2"):
            build_bulk(folder, HEAP, NODES[1:2], (), snapshot, Watch(silent))
        process.kill()

    store = open_embedded(folder, HEAP, reader=False)
    assert store.holds() == "s2"
    store.close()
    build_bulk(folder, HEAP, NODES[1:2], (), "s3", Watch(silent))
    assert not list(folder.glob("building*"))
