"""Tables that come one by one: who asks waits for that one alone, or hears why it never comes."""

import threading
from collections.abc import Mapping

import polars as pl
import pytest

from graph.errors import LedgerError
from graph.snapshot.tables import LINKS, NODES, RECORDS, TABLES, PolarsType
from loaders.project.coming import Coming
from loaders.publish import first_links, first_nodes, late_links, other_nodes

LONG = 20.0
NODE = {"uid": "x1", "label": "Organ", "labels": ["Organ"]}
LINK = {"key": "l1", "type": "RELATED", "source": "x1", "target": "x1"}


def table(columns: Mapping[str, PolarsType], *rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=columns)


def test_nodes_are_there_to_publish_while_links_are_still_worked_out() -> None:
    tables = Coming()
    tables.put("nodes", table(NODES, NODE))
    tables.put("records", table(RECORDS))

    nodes = [row["uid"] for batch in first_nodes(tables) for row in batch.rows]

    assert nodes == ["x1"]
    found: list[object] = []

    def read() -> None:
        found.extend(row["key"] for batch in first_links(tables) for row in batch.rows)

    waiting = threading.Thread(target=read)
    waiting.start()
    assert found == []
    tables.put("links", table(LINKS, LINK))
    waiting.join(LONG)
    assert found == ["l1"]


def test_parts_of_nodes_are_published_before_the_records_and_the_rest_after_them() -> None:
    tables = Coming()
    tables.add("nodes", table(NODES, NODE))
    tables.put("records", table(RECORDS, {"uid": "c1", "subject": "x2", "class": "penalty"}))

    first = [row["uid"] for batch in first_nodes(tables) for row in batch.rows]
    tables.add("nodes", table(NODES, {**NODE, "uid": "x2"}))
    tables.put("nodes", table(NODES, NODE, {**NODE, "uid": "x2"}))

    assert first == ["x1", "c1"]
    assert [row["uid"] for batch in other_nodes(tables) for row in batch.rows] == ["x2"]
    assert tables["nodes"]["uid"].to_list() == ["x1", "x2"]


def test_links_that_wait_for_leads_are_told_apart_from_those_before() -> None:
    tables = Coming()
    tables.put("records", table(RECORDS, {"uid": "c1", "subject": "x1", "class": "penalty"}))
    tables.add("links", table(LINKS, LINK))

    first = [row["key"] for batch in first_links(tables) for row in batch.rows]
    tables.add("links", table(LINKS, {**LINK, "key": "l2", "type": "POSSIBLY_SAME"}))
    tables.put("links", table(LINKS, LINK, {**LINK, "key": "l2", "type": "POSSIBLY_SAME"}))

    assert first == ["subject:c1:x1", "l1"]
    assert [row["key"] for batch in late_links(tables) for row in batch.rows] == ["l2"]


def test_who_waits_for_the_rest_of_a_table_hears_why_it_does_not_come() -> None:
    tables = Coming()
    tables.add("links", table(LINKS, LINK))
    parts = tables.parts("links")
    assert next(parts).height == 1

    tables.fail(LedgerError("ledger", "x", "cannot be read"))

    with pytest.raises(LedgerError, match="cannot be read"):
        next(parts)


def test_who_waits_for_a_table_hears_why_it_does_not_come() -> None:
    tables = Coming()
    tables.put("nodes", table(NODES))

    tables.fail(LedgerError("ledger", "x", "cannot be read"))

    assert tables["nodes"].height == 0
    with pytest.raises(LedgerError, match="cannot be read"):
        list(first_links(tables))
    assert list(tables) == list(TABLES)
    assert len(tables) == len(TABLES)
