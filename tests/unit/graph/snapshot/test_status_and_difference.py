"""The status of a record on a day, and what changed from one snapshot to the next."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.snapshot.difference import difference
from tests.factory import write_small

Row = dict[str, Any]
BEGIN, END, CHANGE = date(2024, 1, 10), date(2024, 12, 31), date(2024, 6, 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["active", "active", "active", "active"]),
        ({"decided_on": BEGIN}, ["not_yet_effective", "active", "active", "active"]),
        (
            {"decided_on": date(2023, 1, 1), "effective_on": BEGIN},
            ["not_yet_effective", "active", "active", "active"],
        ),
        ({"status": "not_yet_effective"}, ["not_yet_effective"] * 4),
        ({"status": "not_yet_effective", "decided_on": BEGIN}, ["not_yet_effective"] * 4),
        (
            {"status": "not_yet_effective", "effective_on": BEGIN},
            ["not_yet_effective", "active", "active", "active"],
        ),
        ({"published_until": END}, ["active", "active", "active", "expired"]),
        ({"ended_on": CHANGE}, ["active", "active", "expired", "expired"]),
        ({"status": "repaired"}, ["repaired"] * 4),
        (
            {"status": "repaired", "ended_on": CHANGE, "published_until": END},
            ["active", "active", "repaired", "repaired"],
        ),
        ({"status": "revoked", "ended_on": CHANGE}, ["active", "active", "revoked", "revoked"]),
        ({"status": "disputed"}, ["disputed"] * 4),
        ({"status": "expired"}, ["expired"] * 4),
    ],
)
def test_the_status_follows_from_the_source_and_the_day(
    tmp_path: Path, values: Row, expected: list[str]
) -> None:
    record = {"uid": "c1", "subject": "x1", "class": "penalty", **values}
    snapshot = write_small(tmp_path, [{"uid": "x1"}], (), [record])
    days = (date(2024, 1, 9), date(2024, 5, 31), CHANGE, date(2025, 1, 1))
    found = [snapshot.records_of("x1", day)[0].status for day in days]
    assert found == expected


def test_the_last_day_of_publication_counts(tmp_path: Path) -> None:
    record = {"uid": "c1", "subject": "x1", "class": "penalty", "published_until": END}
    snapshot = write_small(tmp_path, [{"uid": "x1"}], (), [record])
    assert snapshot.records_of("x1", END)[0].status == "active"


SHARES: Row = {"key": "l1", "type": "HOLDS_SHARES", "source": "x1", "target": "x2", "share": 0.5}
PENALTY: Row = {"uid": "c1", "subject": "x1", "class": "penalty"}


def test_without_an_old_snapshot_everything_is_new(tmp_path: Path) -> None:
    new = write_small(tmp_path, [{"uid": "x1"}, {"uid": "x2"}], [SHARES], [PENALTY])
    change = difference(None, new)
    assert (change.nodes.height, change.links.height, change.records.height) == (2, 1, 1)
    assert change.gone_nodes == change.gone_links == change.gone_records == []


def test_a_snapshot_does_not_differ_from_itself(tmp_path: Path) -> None:
    one = write_small(tmp_path, [{"uid": "x1"}, {"uid": "x2"}], [SHARES], [PENALTY])
    change = difference(one, one)
    assert change.nodes.is_empty()
    assert change.links.is_empty()
    assert change.records.is_empty()
    assert change.gone_nodes == change.gone_links == change.gone_records == []


def test_changed_new_and_gone_rows_are_told_apart(tmp_path: Path) -> None:
    old = write_small(
        tmp_path,
        [{"uid": "x1"}, {"uid": "x2"}, {"uid": "x3", "label": "Person"}],
        [SHARES, {**SHARES, "key": "l2", "source": "x3"}],
        [PENALTY, {**PENALTY, "subject": "x2"}],
    )
    new = write_small(
        tmp_path,
        [{"uid": "x1", "former_names": ["旧"]}, {"uid": "x2"}, {"uid": "x4"}],
        [{**SHARES, "share": 0.6}],
        [PENALTY, {**PENALTY, "uid": "c2"}],
    )
    change = difference(old, new)
    assert change.nodes["uid"].to_list() == ["x1", "x4"]
    assert change.nodes.columns == old.table("nodes").collect_schema().names()
    assert change.gone_nodes == [("Person", "x3")]
    assert change.links.select("key", "share").rows() == [("l1", 0.6)]
    assert change.gone_links == [("HOLDS_SHARES", "l2")]
    assert change.records["uid"].to_list() == ["c2"]
    assert change.gone_records == [("c1", "x2")]


def test_a_node_that_moves_to_another_key_is_gone_and_new(tmp_path: Path) -> None:
    nodes: list[Row] = [{"uid": "x1"}, {"uid": "x2"}]
    old = write_small(tmp_path, nodes, [SHARES])
    new = write_small(
        tmp_path,
        [{"uid": "x1", "label": "Person"}, {"uid": "x2", "label": "Address"}],
        [{**SHARES, "type": "HAS_ADDRESS", "share": None}],
    )
    change = difference(old, new)
    # A person and an enterprise are both parties, and stay one node in a store.
    assert change.gone_nodes == [("Enterprise", "x2")]
    assert change.gone_links == [("HOLDS_SHARES", "l1")]
    assert change.nodes["uid"].to_list() == ["x1", "x2"]
    assert change.links["key"].to_list() == ["l1"]
