"""Every named query runs unchanged on both engines and says the same."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from graph.protocol import GraphStore, LinkBatch, NodeBatch
from graph.schema.catalog import SCHEMA
from graph.store.open import open_reader, open_store
from graph.store.running import stop_engine
from graph.store.target import StoreTarget
from queries.batch import read_batch
from queries.batch_run import Terms, run_batch
from queries.card import Query
from queries.catalog import load_catalog
from queries.journal import UNFINISHED
from queries.run import run_query, run_text
from tests.conftest import emptied

SOON = timedelta(seconds=30)
# A busy machine answers every query in it that ends; the one that does not takes it whole.
ENOUGH = timedelta(seconds=10)
QUERIES = load_catalog()
GIVEN = {"uid": "e2", "as_of": "2026-11-23", "tender": "T1", "uids": ["e1", "e2", "e3"]}
DEAD = ("d1", "d2", "d3", "d4")
# What is listed with its status, or as history; everything else asks for active records alone.
LISTS = {"trace.records", "trace.repaired", "trace.relations", "people.in_office"}
SLOW = (
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b"
    " WITH a, b WHERE a + b = 0 RETURN count(*) AS n LIMIT 1"
)
# Whom a query is asked about where e2 has nothing to answer with.
ABOUT = {
    "intermediary.clients": "f1",
    "intermediary.signed_by": "p3",
    "people.posts": "p3",
    "quality.neighbours_at_address": "e4",
    "people.representative_elsewhere": "e1",
    "ownership.branches": "e1",
    "ownership.investments": "e1",
    "trace.honours": "e2",
    "trace.repaired": "e1",
}


def _fill(store: GraphStore) -> None:
    def nodes(label: str, *rows: dict[str, object], role: str = "") -> None:
        labels = (label, *([role] if role else []), *SCHEMA.node(label).bases)
        store.upsert_nodes(NodeBatch(labels, list(rows)))

    count = iter(range(1, 1_000))

    def links(kind: str, source: str, target: str, *ends: tuple[object, ...]) -> None:
        rows = []
        for one, two, *more in ends:
            number = next(count)
            known = {"key": f"k{number}", "source": one, "target": two, "record_id": f"r{number}"}
            rows.append(known | (more[0] if more else {}))  # type: ignore[operator]
        store.upsert_links(LinkBatch(kind, source, target, rows))

    nodes(
        "Enterprise",
        *(
            {"uid": f"e{place}", "name": f"企业{place}", "mentions": place}
            for place in range(1, 10)
        ),
        {"uid": "e10", "name": "企业1", "uscc": "X"},
        {"uid": "e11", "name": "孤立企业"},
        {"uid": "old", "name": "旧", "ended_on": "2025-06-01", "state": "吊销"},
        {"uid": "new", "name": "新", "established_on": "2025-07-01"},
        {"uid": "br", "name": "分"},
    )
    nodes("Organ", {"uid": "o1", "name": "国资委"})
    for uid, name in (("f1", "会计所"), ("f2", "会计所二")):
        nodes("PractisingBody", {"uid": uid, "name": name}, role="Intermediary")
    born = [2012, 1910, 1980, 1970]
    nodes(
        "Person",
        *(
            {"uid": f"p{place}", "name": "张三", "id_hash": f"h{place}", "birth_year": year}
            for place, year in enumerate(born)
        ),
    )
    listed = {"name": "r", "positive": False, "status": "active", "decided_on": "2025-01-01"}
    repaired = {**listed, "class": "penalty", "status": "repaired", "ended_on": "2025-01-01"}
    nodes("CreditRecord", {**listed, "uid": "c1", "class": "court_defaulter", "record_id": "r1"})
    nodes("CreditRecord", {**listed, "uid": "c2", "class": "penalty", "engagement": "D1"})
    nodes("CreditRecord", {**listed, "uid": "c3", "class": "honour", "positive": True})
    nodes("CreditRecord", {**repaired, "uid": "c4"})
    # Neither of these counts: taken back, under objection, past its term, repaired since.
    defaulter = {**listed, "class": "court_defaulter", "engagement": "D1"}
    nodes(
        "CreditRecord",
        {**defaulter, "uid": "d1", "status": "revoked"},
        {**defaulter, "uid": "d2", "status": "disputed"},
        {**defaulter, "uid": "d3", "published_until": "2025-06-01"},
        {**defaulter, "uid": "d4", "ended_on": "2025-06-01"},
    )
    work = {"kind": "审计", "document_number": "D1", "signed_on": "2024-01-01"}
    nodes("Engagement", {"uid": "g1", "name": "D1", **work})
    nodes("Address", {"uid": "a1", "name": "addr"})
    nodes("Phone", {"uid": "t1", "name": "tel"})
    filed = {"case_number": "(2026)粤01民初1号", "court": "法院", "filed_on": "2026-03-01"}
    nodes("Lawsuit", {"uid": "s1", "name": "案", **filed}, {"uid": "s2", "name": "案二"})
    nodes(
        "Tender", *({"uid": f"b{one}", "name": "b", "tender_number": f"T{one}"} for one in (1, 2))
    )
    links(
        "HOLDS_SHARES", "Party", "Organisation",
        ("e1", "e2", {"share": 0.5}), ("e2", "e1", {"share": 0.3}), ("e2", "e3", {"share": 0.3}),
        ("e3", "e1", {"share": 0.4}), ("p2", "old", {"share": 0.6}), ("p2", "new", {"share": 0.7}),
        ("o1", "e2", {"share": 0.9}), ("p3", "e2"), ("p2", "e2", {"share": 0.1}),
        ("p2", "e4", {"share": 0.6}), ("p2", "e5", {"share": 0.6}),
        ("e9", "e2", {"share": 0.2, "valid_to": "2020-01-01"}),
    )  # fmt: skip
    represented = [("p0", f"e{place}") for place in range(1, 10)]
    links(
        "REPRESENTS", "Person", "Organisation",
        *represented, ("p1", "e10"), ("p2", "old"), ("p2", "new"),
    )  # fmt: skip
    director = {"post": "director"}
    links("HOLDS_POST", "Person", "Organisation", ("p3", "e2", director), ("p3", "e1", director))
    links("BRANCH_OF", "Organisation", "Organisation", ("br", "e1"))
    links("GUARANTEES", "Party", "Party", ("e1", "e2"), ("e2", "e5"))
    links("PRACTISES_AT", "Person", "Organisation", ("p3", "f1"), ("p3", "f2"))
    links("SIGNED", "Person", "Engagement", ("p3", "g1"))
    links("PERFORMED", "Organisation", "Engagement", ("f1", "g1"))
    links("ENGAGED_FOR", "Engagement", "Organisation", ("g1", "e2"))
    links("SERVES", "Organisation", "Organisation", ("f1", "e2"))
    links("HAS_ADDRESS", "Party", "Address", *((one, "a1") for one in ("old", "new", "e4", "e5")))
    links("HAS_PHONE", "Party", "Phone", ("e4", "t1"), ("e5", "t1"))
    bids = [(one, two) for one in ("e4", "e5") for two in ("b1", "b2")]
    links("BID_IN", "Organisation", "Tender", *bids)
    # p2 holds 60 % of e4 and of e5, and 10 % of e2; p3 directs e1 and e2.
    links("PLAINTIFF_IN", "Party", "Lawsuit", ("e4", "s1"), ("e2", "s2"))
    links("DEFENDANT_IN", "Party", "Lawsuit", ("e5", "s1"), ("e1", "s2"))
    links(
        "SUBJECT_OF", "Party", "CreditRecord",
        ("p0", "c1"), ("e2", "c2"), ("old", "c2"), ("e2", "c3"), ("e1", "c4"),
        *((party, dead) for party in ("e2", "e4", "p3", "old") for dead in DEAD),
    )  # fmt: skip


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    folder = tmp_path_factory.mktemp("queries")
    target = StoreTarget(kind="embedded", folder=folder, heap="512m")
    writer = open_store(target)
    writer.ensure_schema()
    _fill(writer)
    writer.mark("s1")
    writer.close()
    reader = open_reader(target)
    yield reader
    reader.close()
    stop_engine(folder)


@pytest.fixture(scope="module")
def server(neo4j_target: StoreTarget) -> Iterator[GraphStore]:
    emptied(neo4j_target)
    writer = open_store(neo4j_target)
    writer.ensure_schema()
    _fill(writer)
    writer.mark("s1")
    writer.close()
    reader = open_reader(neo4j_target)
    yield reader
    reader.close()
    emptied(neo4j_target)


def _params(query: Query) -> dict[str, object]:
    about = {**GIVEN, "uid": ABOUT.get(query.id, "e2")}
    given = {
        item.name: about[item.name]
        for item in query.params
        if item.name in about and item.default is None
    }
    least = [item for item in query.params if item.name == "least" and item.kind == "integer"]
    return given | {item.name: int(item.minimum or 1) for item in least}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_a_named_query_says_the_same_on_both_engines(
    embedded: GraphStore, server: GraphStore, query: Query
) -> None:
    here, there = (
        run_query(store, query, _params(query), limit=100, timeout=SOON)
        for store in (embedded, server)
    )

    assert here.columns == there.columns == query.columns
    assert [_plain(row) for row in here.rows] == [_plain(row) for row in there.rows]
    assert len({str(row) for row in here.rows}) == len(here.rows)
    assert here.rows, "the invented graph holds an answer to every question"


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_a_record_that_no_longer_stands_counts_in_no_query(
    embedded: GraphStore, query: Query
) -> None:
    found = run_query(embedded, query, _params(query), limit=100, timeout=SOON)

    assert query.id in LISTS or not {str(cell) for row in found.rows for cell in row} & set(DEAD)
    if query.id == "intermediary.penalised_clients":
        # f1 serves e2 alone, whose c2 stands; nobody else is made worse by the dead ones.
        assert [row[2:4] for row in found.rows if row[0] == "f1"] == [(1, 1)]


def _plain(row: tuple[object, ...]) -> list[object]:
    return [
        round(cell, 9)
        if isinstance(cell, float)
        else list(cell)
        if isinstance(cell, tuple)
        else cell
        for cell in row
    ]


def test_an_ended_holding_is_none_today(embedded: GraphStore) -> None:
    [upstream] = [query for query in QUERIES if query.id == "ownership.upstream"]

    today, then = (
        run_query(embedded, upstream, {"uid": "e2", "as_of": day}, limit=100, timeout=SOON)
        for day in ("2026-11-23", "2019-12-31")
    )

    assert "e9" not in {row[0] for row in today.rows}
    assert "e9" in {row[0] for row in then.rows}


def test_who_is_in_both_sides_of_a_suit_is_named_and_a_small_holder_is_not(
    embedded: GraphStore,
) -> None:
    [opposing] = [query for query in QUERIES if query.id == "trace.opposing"]

    found, none = (
        run_query(embedded, opposing, {"least": least}, limit=100, timeout=SOON)
        for least in (0.05, 0.7)
    )

    both = {(row[0], row[3], row[5], row[7]) for row in found.rows}
    assert both >= {("s1", "e4", "e5", "p2"), ("s2", "e2", "e1", "p3")}
    # p0 represents both sides still.
    named = {(row[0], row[7]) for row in none.rows}
    assert ("s1", "p2") not in named
    assert ("s1", "p0") in named


def test_more_rows_than_the_limit_are_said_to_be_there(embedded: GraphStore) -> None:
    answer = run_text(
        embedded,
        "MATCH (p:Party) RETURN p.uid AS uid ORDER BY uid LIMIT 9",
        {},
        limit=3,
        timeout=SOON,
    )

    assert (len(answer.rows), answer.more, answer.snapshot) == (3, True, "s1")
    assert answer.dicts()[0] == {"uid": answer.rows[0][0]}


def test_an_answer_without_rows_still_has_its_columns(embedded: GraphStore) -> None:
    [branches] = [query for query in QUERIES if query.id == "ownership.branches"]

    answer = run_query(embedded, branches, {"uid": "e11"}, limit=10, timeout=SOON)

    assert (answer.columns, list(answer.rows)) == (branches.columns, [])


def test_of_ten_queries_two_fail_and_one_never_ends_seven_answer_and_three_are_named(
    embedded: GraphStore, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("uid\ne1\ne2\ne4\n", "utf-8")
    good = {"name": "担保", "query": "trace.guarantees", "params": {"as_of": "2026-11-23"}}
    items = [
        {**good, "for_each": "list.csv"},
        {"name": "写", "cypher": "MATCH (p:Party) SET p.name = 'x' RETURN p.uid LIMIT 1"},
        {"name": "慢", "cypher": SLOW},
        {"name": "错", "cypher": "MATCH (p:Party RETURN p LIMIT 1"},
        {"name": "空", "cypher": "MATCH (p:Party {uid: 'none'}) RETURN p.uid AS uid LIMIT 1"},
        {"name": "循环", "query": "ownership.circular", "params": {"as_of": "2026-11-23"}},
        {"name": "缺码", "query": "quality.without_code"},
        {"name": "多", "cypher": "MATCH (p:Party) RETURN p.uid AS uid ORDER BY uid LIMIT 200"},
    ]
    path = tmp_path / "batch.yml"
    path.write_text(yaml.safe_dump({"title": "核查", "items": items}, allow_unicode=True), "utf-8")
    said: list[str] = []
    formats = ("csv", "json", "xlsx", "parquet")

    manifest = run_batch(
        embedded,
        read_batch(path),
        QUERIES,
        tmp_path / "out",
        Terms(limit=12, timeout=ENOUGH, formats=formats),
        said.append,
    )

    states = {one.name: one.state for one in manifest.items}
    assert len(states) == len(said) == 10
    assert (manifest.done, manifest.failed, manifest.snapshot) == (7, 3, "s1")
    failed = {one.name: one.message for one in manifest.items if one.state in UNFINISHED}
    assert {name: states[name] for name in failed} == {
        "写": "refused",
        "慢": "timed_out",
        "错": "failed",
    }
    assert all(failed.values())
    assert (states["空"], states["多"]) == ("empty", "capped")
    out = tmp_path / "out"
    names = {path.name for path in out.iterdir()}
    assert {"manifest.json", "workbook.xlsx", "result.zip", "journal.jsonl"} <= names
    # All subjects of one question stand in one table, each row naming its own.
    guarantees = pl.read_csv(out / "01-担保.csv")
    assert guarantees.columns[0] == "for_uid"
    assert manifest.items[0].files == tuple(f"01-担保.{one}" for one in formats)
