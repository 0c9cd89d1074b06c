"""Publication: what the store holds afterwards, and that it can be repeated."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import neo4j
import polars as pl
import pytest

from graph.errors import StoreError
from graph.protocol import LinkBatch, NodeBatch
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import all_computed
from graph.snapshot.tables import LINKS, NODES, RECORDS
from graph.store.memory import MemoryStore
from graph.store.open import open_store
from graph.store.target import StoreTarget
from loaders.annotate import Annotated, annotate
from loaders.messages import Message
from loaders.publish import link_batches, node_batches, publish, record_batches
from tests.conftest import emptied
from tests.factory import write_small

COMPANY = {"uid": "x1", "label": "Enterprise", "labels": ["Enterprise"], "name": "甲公司"}
AGENCY = {"uid": "x2", "label": "Enterprise", "labels": ["Enterprise", "Intermediary"]}
SHARES = {"key": "l1", "type": "HOLDS_SHARES", "source": "x1", "target": "x2", "share": 0.5}
RECORD = {"uid": "c1", "subject": "x1", "class": "penalty"}


def test_nodes_travel_with_roles_and_bases_and_without_nulls() -> None:
    frame = pl.DataFrame([COMPANY, AGENCY], schema=NODES)
    assert list(node_batches(frame)) == [
        NodeBatch(("Enterprise", "Organisation", "Party"), [{"uid": "x1", "name": "甲公司"}]),
        NodeBatch(("Enterprise", "Intermediary", "Organisation", "Party"), [{"uid": "x2"}]),
    ]


def test_links_travel_with_their_declared_ends() -> None:
    assert list(link_batches(pl.DataFrame([SHARES], schema=LINKS))) == [
        LinkBatch(
            "HOLDS_SHARES",
            "Party",
            "Organisation",
            [{"key": "l1", "source": "x1", "target": "x2", "share": 0.5}],
        )
    ]


def test_a_record_of_two_subjects_is_one_node_and_two_links() -> None:
    frame = pl.DataFrame([RECORD, {**RECORD, "subject": "x2"}], schema=RECORDS)
    nodes, links = record_batches(frame)
    assert nodes.rows == [{"uid": "c1", "class": "penalty"}]
    assert [row["key"] for row in links.rows] == ["subject:c1:x1", "subject:c1:x2"]


def test_nothing_gives_no_batches() -> None:
    assert list(node_batches(pl.DataFrame(schema=NODES))) == []
    assert list(link_batches(pl.DataFrame(schema=LINKS))) == []
    assert list(record_batches(pl.DataFrame(schema=RECORDS))) == []


def test_a_second_snapshot_sends_only_its_difference(tmp_path: Path) -> None:
    store = MemoryStore()
    old = write_small(tmp_path, nodes=[COMPANY, AGENCY], links=[SHARES], records=[RECORD])
    new = write_small(tmp_path, nodes=[COMPANY, {**AGENCY, "name": "乙"}], links=[], records=[])
    said: list[Message] = []
    first = publish(store, old, None, said.append)
    assert (first.nodes, first.links, first.deleted, first.full) == (3, 2, 0, True)
    assert store.holds() == old.id
    again = publish(store, old, None, said.append)
    assert (again.nodes, again.links, again.deleted) == (0, 0, 0)
    second = publish(store, new, old, said.append)
    # The record's link goes on its own, then the record.
    assert (second.nodes, second.links, second.deleted, second.full) == (1, 0, 3, False)
    assert store.holds() == new.id
    assert said


def test_an_interrupted_publication_is_finished_by_the_next(tmp_path: Path) -> None:
    store = MemoryStore()
    old = write_small(tmp_path, nodes=[COMPANY, AGENCY], links=[SHARES], records=[RECORD])
    new = write_small(tmp_path, nodes=[COMPANY], links=[], records=[])
    publish(store, old, None, lambda _: None)
    store.mark(None)
    done = publish(store, new, old, lambda _: None)
    assert (done.nodes, done.links, done.deleted, done.full) == (0, 0, 4, True)
    assert store.holds() == new.id


ALIENS = (
    "CREATE (:Person {name: '甲'})",
    "CREATE (:Address {uid: 'theirs'})",
    "CREATE (:Enterprise {uid: 'theirs', name: '乙公司'})",
)


@pytest.mark.parametrize("alien", ALIENS)
@pytest.mark.parametrize("kind", ["neo4j", "py2neo"])
def test_a_database_with_nodes_of_somebody_else_is_refused_before_anything_changes(
    tmp_path: Path, neo4j_target: StoreTarget, kind: Literal["neo4j", "py2neo"], alien: str
) -> None:
    if kind == "py2neo":
        pytest.importorskip("py2neo.errors", exc_type=ImportError)
    emptied(neo4j_target)
    _run(neo4j_target, alien)
    store = open_store(replace(neo4j_target, kind=kind))
    snapshot = write_small(tmp_path, nodes=[COMPANY], links=[], records=[])

    with pytest.raises(StoreError, match="labels of nodes there that Xinmai did not publish"):
        publish(store, snapshot, None, lambda _: None)

    assert _run(neo4j_target, "MATCH (n) RETURN count(n) AS n") == [{"n": 1}]
    store.close()
    emptied(neo4j_target)


def test_what_somebody_else_keeps_under_other_labels_is_left_alone(
    tmp_path: Path, neo4j_target: StoreTarget
) -> None:
    emptied(neo4j_target)
    made = "CREATE (:Film {uid: 'f', key: 'k'})-[:HOLDS_SHARES {key: $key}]->(:Film)"
    for key in ("k", None):
        _run(neo4j_target, made, key=key)
    store = open_store(neo4j_target)
    # Of another workspace: all of it goes.
    publish(store, write_small(tmp_path, nodes=[COMPANY, AGENCY], links=[SHARES]), None, repr)
    said: list[Message] = []

    done = publish(store, write_small(tmp_path, nodes=[COMPANY]), None, said.append)

    assert done.deleted == 2
    assert said[0].code == "replaced"
    assert _run(neo4j_target, "MATCH (n:Film) RETURN count(n) AS n") == [{"n": 4}]
    assert _run(neo4j_target, "MATCH ()-[r:HOLDS_SHARES]->() RETURN count(r) AS n") == [{"n": 2}]
    store.close()
    emptied(neo4j_target)


def _run(target: StoreTarget, text: str, **params: object) -> list[dict[str, object]]:
    login = (str(target.username), str(target.password))
    with neo4j.GraphDatabase.driver(str(target.uri), auth=login) as driver:
        return [one.data() for one in driver.execute_query(text, params).records]


def test_every_link_type_has_one_pair_of_ends() -> None:
    # link_batches takes the first pair.
    assert all(len(link.ends) == 1 for link in SCHEMA.links)


EXPOSED = {
    "exposure": 0.5,
    "exposure_floor": 0.4,
    "exposure_cap": 0.5,
    "exposure_level": "high",
    "exposure_hops": 3,
    "policy": "default-00000000 × 0.3",
}


def exposed(**values: float) -> pl.DataFrame:
    return pl.DataFrame([{"uid": uid, **EXPOSED, "exposure": x} for uid, x in values.items()])


def held(store: MemoryStore) -> dict[str, float]:
    rows = store.stream(all_computed(SCHEMA, "Party", "exposure"), {})
    return {row["uid"]: row["exposure"] for row in rows}


def test_exposures_are_sent_where_they_differ_and_taken_where_there_are_none(
    tmp_path: Path,
) -> None:
    store = MemoryStore()
    publish(store, write_small(tmp_path, nodes=[COMPANY, AGENCY]), None, lambda _: None)
    said: list[Message] = []

    assert annotate(store, "k1", exposed(x1=0.5, x2=0.1), said.append) == Annotated(2, 0)
    assert annotate(store, "k1", exposed(x1=0.5, x2=0.1), said.append) == Annotated(0, 0)
    assert held(store) == {"x1": 0.5, "x2": 0.1}
    assert annotate(store, "k2", exposed(x1=0.25), said.append) == Annotated(1, 1)
    assert (held(store), store.scanned()) == ({"x1": 0.25}, "k2")
    assert said


def test_a_later_publication_leaves_no_exposure_of_the_snapshot_before(tmp_path: Path) -> None:
    store = MemoryStore()
    old = write_small(tmp_path, nodes=[COMPANY, AGENCY])
    new = write_small(tmp_path, nodes=[COMPANY, {**AGENCY, "name": "乙"}])
    publish(store, old, None, lambda _: None)
    annotate(store, "k1", exposed(x1=0.5, x2=0.1), lambda _: None)

    publish(store, old, old, lambda _: None)
    assert held(store) == {"x1": 0.5, "x2": 0.1}
    publish(store, new, old, lambda _: None)
    assert (held(store), store.scanned(), store.holds()) == ({}, None, new.id)
