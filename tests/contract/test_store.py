"""One suite over every store: what graph/protocol.py says, each of them does."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from graph.errors import SchemaError, StoreError, StoreTimeoutError, StoreUnavailableError
from graph.protocol import GraphStore, LinkBatch, NodeBatch
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import all_computed
from graph.store.bolt import BoltStore
from graph.store.open import open_reader, open_store
from graph.store.running import stop_engine
from graph.store.target import StoreTarget

ENTERPRISE = ("Enterprise", "Organisation", "Party")
INTERMEDIARY = ("Enterprise", "Intermediary", "Organisation", "Party")
PERSON = ("Person", "Party")
SOON = timedelta(seconds=20)
ROWS = [
    {"uid": "x1", "name": "广州甲公司", "registered_capital": 5.5, "former_names": ["甲", "乙"]},
    {"uid": "x2", "name": "乙公司", "established_on": "2020-01-31"},
]
SHARES = [{"key": "l1", "source": "x1", "target": "x2", "share": 0.6}]


@pytest.fixture(scope="session")
def embedded_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreTarget]:
    folder = tmp_path_factory.mktemp("engine")
    yield StoreTarget(kind="embedded", folder=folder, heap="512m")
    stop_engine(folder)


@pytest.fixture(params=["memory", "embedded", "neo4j", "py2neo"])
def target(request: pytest.FixtureRequest) -> StoreTarget:
    if request.param == "memory":
        return StoreTarget(kind="memory")
    if request.param == "embedded":
        found: StoreTarget = request.getfixturevalue("embedded_target")
        return found
    if request.param == "py2neo":
        pytest.importorskip("py2neo.errors", exc_type=ImportError)
    return replace(request.getfixturevalue("neo4j_target"), kind=request.param)


@pytest.fixture
def store(target: StoreTarget) -> Iterator[GraphStore]:
    opened = open_store(target)
    opened.ensure_schema()
    for label in ("Party", "CreditRecord", "Address"):
        uids = ["x1", "x2", "x3", "x'\"</script>", "新", "x9"]
        opened.delete_nodes(label, uids)
    opened.mark(None)
    opened.mark_scan(None)
    yield opened
    opened.close()


@pytest.fixture
def cypher_store(store: GraphStore, target: StoreTarget) -> GraphStore | None:
    return None if target.kind == "memory" else store


def first(store: GraphStore, cypher: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.rows(cypher, {}, limit=10, timeout=SOON).rows]


def test_ensuring_the_schema_twice_is_as_once(store: GraphStore) -> None:
    store.ensure_schema()


def test_nodes_upserted_twice_change_once(store: GraphStore) -> None:
    assert store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS)) == 2
    assert store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS)) == 0
    assert store.upsert_nodes(NodeBatch(ENTERPRISE, [{**ROWS[0], "name": "丙"}, ROWS[1]])) == 1


def test_none_is_as_absent(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    assert store.upsert_nodes(NodeBatch(ENTERPRISE, [{**ROWS[1], "scope": None}])) == 0


def test_a_property_left_out_is_removed(cypher_store: GraphStore | None) -> None:
    if cypher_store is None:
        return
    cypher_store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    assert cypher_store.upsert_nodes(NodeBatch(ENTERPRISE, [{"uid": "x1", "name": "甲"}])) == 1
    assert first(cypher_store, "MATCH (n:Party {uid: 'x1'}) RETURN properties(n)") == [
        ({"uid": "x1", "name": "甲"},)
    ]


def test_labels_follow_the_batch_and_links_stay(cypher_store: GraphStore | None) -> None:
    if cypher_store is None:
        return
    cypher_store.upsert_nodes(NodeBatch(INTERMEDIARY, ROWS))
    cypher_store.upsert_links(LinkBatch("HOLDS_SHARES", "Party", "Organisation", SHARES))
    assert cypher_store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS)) == 2
    assert cypher_store.upsert_nodes(NodeBatch(PERSON, [{"uid": "x1", "name": "王"}])) == 1
    got = first(cypher_store, "MATCH (a:Party)-[r:HOLDS_SHARES]->(b:Party) RETURN a, r, b")
    assert [row[:2] for row in got] == [
        (
            {"uid": "x1", "name": "王", "labels": ["Party", "Person"]},
            {"key": "l1", "share": 0.6, "type": "HOLDS_SHARES", "source": "x1", "target": "x2"},
        )
    ]


def test_annotations_are_set_and_taken_away_beside_what_is_there(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    exposed = {"exposure": 0.5, "exposure_level": "high", "exposure_hops": 3, "policy": "p × 0.3"}
    said = NodeBatch(("Party",), [{"uid": "x1", **exposed}])
    assert store.annotate(said) == 1
    assert store.annotate(said) == 0
    held = list(store.stream(all_computed(SCHEMA, "Party", "exposure"), {}))
    assert [{name: row[name] for name in ("uid", *exposed)} for row in held] == [
        {"uid": "x1", **exposed}
    ]
    nothing = dict.fromkeys(exposed)
    assert store.annotate(NodeBatch(("Party",), [{"uid": "x1", **nothing}])) == 1
    # All else stands as it did.
    assert store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS)) == 0


def test_annotating_who_is_not_there_changes_nothing(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    rows = [{"uid": "x1", "exposure": 0.5}, {"uid": "x9", "exposure": 0.5}]
    with pytest.raises(StoreError, match="x9"):
        store.annotate(NodeBatch(("Party",), rows))
    assert list(store.stream(all_computed(SCHEMA, "Party", "exposure"), {})) == []
    with pytest.raises(SchemaError, match="is not declared"):
        store.annotate(NodeBatch(("Party",), [{"uid": "x1", "colour": "red"}]))


def test_the_mark_of_a_scan_is_beside_that_of_the_snapshot(store: GraphStore) -> None:
    assert store.scanned() is None
    store.mark("s1")
    store.mark_scan("k1")
    assert (store.holds(), store.scanned()) == ("s1", "k1")
    store.mark_scan(None)
    assert (store.holds(), store.scanned()) == ("s1", None)


@pytest.mark.parametrize(
    ("labels", "row"),
    [
        (("Dragon",), {"uid": "x1"}),
        (("Enterprise",), {"uid": "x1"}),
        ((), {"uid": "x1"}),
        (PERSON, {"uid": "x1", "wings": 2}),
        (PERSON, {"name": "王"}),
    ],
)
def test_undeclared_nodes_are_refused(
    store: GraphStore, labels: tuple[str, ...], row: dict[str, object]
) -> None:
    with pytest.raises(SchemaError):
        store.upsert_nodes(NodeBatch(labels, [row]))


@pytest.mark.parametrize(
    ("name", "source", "target_label", "row"),
    [
        ("EATS", "Party", "Party", {}),
        ("HOLDS_SHARES", "Party", "Dragon", {}),
        ("HOLDS_SHARES", "Party", "Address", {}),
        ("HOLDS_SHARES", "Party", "Organisation", {"wings": 2}),
        ("HOLDS_SHARES", "Party", "Organisation", {"key": None}),
    ],
)
def test_undeclared_links_are_refused(
    store: GraphStore, name: str, source: str, target_label: str, row: dict[str, object]
) -> None:
    with pytest.raises(SchemaError):
        store.upsert_links(LinkBatch(name, source, target_label, [{**SHARES[0], **row}]))


def test_links_upserted_twice_change_once_and_may_move(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, [*ROWS, {"uid": "x3"}]))
    batch = LinkBatch("HOLDS_SHARES", "Party", "Organisation", SHARES)
    assert store.upsert_links(batch) == 1
    assert store.upsert_links(batch) == 0
    moved = [{**SHARES[0], "target": "x3"}]
    assert store.upsert_links(replace(batch, rows=moved)) == 1
    assert store.upsert_links(replace(batch, rows=moved)) == 0
    assert store.delete_links("HOLDS_SHARES", ["l1", "l1", "unknown"]) == 1
    assert store.delete_links("HOLDS_SHARES", ["l1"]) == 0


def test_an_unknown_end_is_named_and_nothing_is_written(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    rows = [*SHARES, {"key": "l2", "source": "nobody", "target": "x1"}]
    with pytest.raises(StoreError, match="nobody"):
        store.upsert_links(LinkBatch("HOLDS_SHARES", "Party", "Organisation", rows))
    assert store.delete_links("HOLDS_SHARES", ["l1", "l2"]) == 0


def test_an_end_with_another_label_is_refused(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS[:1]))
    store.upsert_nodes(NodeBatch(PERSON, [{"uid": "x2"}]))
    with pytest.raises(StoreError, match="x2"):
        store.upsert_links(LinkBatch("HOLDS_SHARES", "Party", "Organisation", SHARES))


def test_deleted_nodes_take_their_links_along(store: GraphStore) -> None:
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    store.upsert_links(LinkBatch("HOLDS_SHARES", "Party", "Organisation", SHARES))
    assert store.delete_nodes("Person", ["x1"]) == 0
    assert store.delete_nodes("Enterprise", ["x1", "unknown"]) == 1
    assert store.delete_links("HOLDS_SHARES", ["l1"]) == 0


def test_rows_are_limited_and_say_that_there_were_more(cypher_store: GraphStore | None) -> None:
    if cypher_store is None:
        return
    cypher_store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    text = "MATCH (n:Enterprise) WHERE n.uid IN $uids RETURN n.uid AS uid ORDER BY uid"
    got = cypher_store.rows(text, {"uids": ["x1", "x2"]}, limit=1, timeout=SOON)
    assert (got.dicts(), got.more) == ([{"uid": "x1"}], True)
    got = cypher_store.rows(text, {"uids": ["x1", "x2"]}, limit=2, timeout=SOON)
    assert (got.dicts(), got.more) == ([{"uid": "x1"}, {"uid": "x2"}], False)
    rows = list(cypher_store.stream(text, {"uids": ["x1", "x2"]}))
    assert rows == [{"uid": "x1"}, {"uid": "x2"}]


def test_a_path_is_nodes_and_links(cypher_store: GraphStore | None) -> None:
    if cypher_store is None:
        return
    cypher_store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    cypher_store.upsert_links(LinkBatch("HOLDS_SHARES", "Party", "Organisation", SHARES))
    [(path,)] = first(cypher_store, "MATCH p = (:Party {uid: 'x1'})-[:HOLDS_SHARES]->() RETURN p")
    assert isinstance(path, dict)
    assert [node["uid"] for node in path["nodes"]] == ["x1", "x2"]
    assert [link["key"] for link in path["links"]] == ["l1"]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (n:Party {uid: 'x9'}) RETURN n",
        "MATCH (n) SET n.name = '甲' RETURN n",
        "MATCH (n) /* */ DETACH DELETE n",
        "RETURN nothing",
        "MATCH (",
    ],
)
def test_writing_and_broken_statements_are_refused(store: GraphStore, text: str) -> None:
    with pytest.raises(StoreError):
        store.rows(text, {}, limit=1, timeout=SOON)
    assert store.delete_nodes("Party", ["x9"]) == 0


@pytest.mark.parametrize("value", ["\ud800", 2**63])
def test_a_value_that_cannot_be_sent_is_refused_and_the_store_is_there(
    cypher_store: GraphStore | None, value: object
) -> None:
    if cypher_store is None:
        return

    with pytest.raises(StoreError, match=r"refused|understood") as caught:
        cypher_store.rows("RETURN $x AS x", {"x": value}, limit=1, timeout=SOON)

    assert not isinstance(caught.value, StoreUnavailableError)
    assert first(cypher_store, "RETURN 1 AS x") == [(1,)]


@pytest.mark.parametrize("uri", ["bolt://h:none", "ftp://h", "", "bolt://" + "h" * 70])
def test_an_address_that_is_none_cannot_be_reached(uri: str) -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        BoltStore(uri, "neo4j", "secret")


def test_an_endless_read_is_stopped(cypher_store: GraphStore | None) -> None:
    if cypher_store is None:
        return
    text = (
        "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b"
        " WITH a, b WHERE a + b = 0 RETURN count(*)"
    )
    with pytest.raises(StoreTimeoutError):
        cypher_store.rows(text, {}, limit=1, timeout=timedelta(seconds=1))
    # Whoever stopped it is done: it would find its connection closed when the store is.
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    assert first(cypher_store, "RETURN 1") == [(1,)]


def test_the_mark_says_what_the_store_holds(store: GraphStore) -> None:
    assert store.holds() is None
    store.mark("0123456789abcdef")
    assert store.holds() == "0123456789abcdef"
    store.mark(None)
    assert store.holds() is None


def test_special_characters_come_back_as_they_went(cypher_store: GraphStore | None) -> None:
    if cypher_store is None:
        return
    row = {"uid": "x'\"</script>", "name": "`}) DETACH DELETE n // 䶮\n\t\\ \u0000"[:-1]}
    cypher_store.upsert_nodes(NodeBatch(PERSON, [row]))
    assert cypher_store.upsert_nodes(NodeBatch(PERSON, [row])) == 0
    text = "MATCH (n:Party {uid: $uid}) RETURN n.name AS name"
    got = cypher_store.rows(text, {"uid": row["uid"]}, limit=2, timeout=SOON)
    assert got.dicts() == [{"name": row["name"]}]


def test_a_reader_reads_and_never_writes(target: StoreTarget, store: GraphStore) -> None:
    if target.kind == "memory":
        return
    store.upsert_nodes(NodeBatch(ENTERPRISE, ROWS))
    reader = open_reader(target)
    try:
        assert first(reader, "MATCH (n:Party {uid: 'x1'}) RETURN n.name") == [("广州甲公司",)]
        assert reader.holds() is None
        with pytest.raises(StoreError):
            reader.upsert_nodes(NodeBatch(PERSON, [{"uid": "x9"}]))
    finally:
        reader.close()


# py2neo leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["neo4j", "py2neo"])
def test_a_wrong_password_or_address_is_said_so(neo4j_target: StoreTarget, kind: str) -> None:
    for change in ({"password": "wrong"}, {"uri": "bolt://127.0.0.1:1"}):
        with pytest.raises(StoreUnavailableError, match=r"password|does not answer"):
            open_store(replace(neo4j_target, kind=kind, **change))  # type: ignore[arg-type]


def test_a_target_shows_no_password_and_needs_its_place() -> None:
    assert "secret" not in repr(StoreTarget(kind="neo4j", uri="bolt://h", password="secret"))  # noqa: S106
    for kind in ("embedded", "neo4j"):
        with pytest.raises(StoreError, match="needs"):
            open_store(StoreTarget(kind=kind))  # type: ignore[arg-type]
