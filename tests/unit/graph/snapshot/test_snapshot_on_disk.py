"""Snapshots on disk: written whole and alike, refused when damaged, read one party at a time."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from graph.errors import SnapshotError
from graph.model import Source
from graph.snapshot import form
from graph.snapshot.manifest import snapshot_id
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.snapshot.tables import CONFLICTS, MENTIONS
from graph.snapshot.write import write_snapshot
from tests.factory import tables_of, write_small

COMPANY = {"uid": "x1", "label": "Enterprise", "name": "甲公司", "former_names": ["旧甲公司"]}
FIRM = {"uid": "x2", "label": "Enterprise", "labels": ["Enterprise", "Intermediary"]}
PERSON = {"uid": "x3", "label": "Person", "name": "王五"}
SHARES = {
    "key": "l1",
    "type": "HOLDS_SHARES",
    "source": "x3",
    "target": "x1",
    "share": 0.5,
    "valid_from": date(2020, 5, 1),
}
PENALTY = {
    "uid": "c1",
    "subject": "x1",
    "class": "penalty",
    "decided_on": date(2025, 1, 1),
    "published_until": date(2025, 12, 31),
}


def _tables() -> dict[str, pl.DataFrame]:
    tables = tables_of([COMPANY, FIRM, PERSON], [SHARES], [PENALTY])
    said = {"role": "self", "resource": "penalties", "batch": "b1", "file": "a.csv", "row": 2}
    mentions = [
        {"record_id": "r1", "own_uid": "x1", "uid": "x1", "name": "甲公司", **said},
        {"record_id": "r2", "own_uid": "x9", "uid": "x1", "name": "甲", **said, "row": 3},
        {"record_id": "r2", "own_uid": "x8", "uid": "x3", **said, "role": "legal", "row": 3},
    ]
    lost = {"property": "name", "value": "甲", "chosen": "甲公司", "resource": "penalties"}
    return tables | {
        "mentions": pl.DataFrame(mentions, schema=MENTIONS),
        "conflicts": pl.DataFrame([{"uid": "x1", **lost}], schema=CONFLICTS),
    }


def _written(root: Path) -> Snapshot:
    return open_snapshot(root / write_snapshot(_tables(), root, {"day": 1}))


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _edit_manifest(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_the_id_is_a_function_of_the_inputs_whatever_their_order() -> None:
    assert snapshot_id({"a": 1, "b": "乙"}) == snapshot_id({"b": "乙", "a": 1})
    assert snapshot_id({"a": 1}) != snapshot_id({"a": 2})
    assert len(snapshot_id({})) == 16


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = _written(tmp_path / "one"), _written(tmp_path / "two")
    assert _content(one.folder) == _content(two.folder)


def test_the_manifest_counts_rows_and_parties(tmp_path: Path) -> None:
    snapshot = _written(tmp_path)
    assert snapshot.manifest["counts"] == {
        "parties": 3,
        "nodes": 3,
        "links": 1,
        "records": 1,
        "leads": 0,
        "mentions": 3,
        "conflicts": 1,
    }
    snapshot.verify()


def test_a_whole_snapshot_is_left_as_it_is(tmp_path: Path) -> None:
    folder = _written(tmp_path).folder
    written = (folder / "manifest.json").stat().st_mtime_ns
    assert _written(tmp_path).folder == folder
    assert (folder / "manifest.json").stat().st_mtime_ns == written


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".writing-0123" / "arrays"
    left.mkdir(parents=True)
    (left / "node_label.npy").write_bytes(b"half")
    snapshot = _written(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [snapshot.id]


def test_loading_again_mends_a_damaged_snapshot(tmp_path: Path) -> None:
    folder = _written(tmp_path).folder
    (folder / "arrays" / "near.npy").unlink()
    with pytest.raises(SnapshotError, match=r"near\.npy' is missing or damaged"):
        open_snapshot(folder)
    _written(tmp_path).verify()


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path).folder
    content = (folder / "arrays" / "links.arrow").read_bytes()
    (folder / "arrays" / "links.arrow").write_bytes(content[:-1])
    with pytest.raises(SnapshotError, match=r"links\.arrow' is missing or damaged"):
        open_snapshot(folder)


def test_other_content_of_the_same_size_is_found_by_verify(tmp_path: Path) -> None:
    snapshot = _written(tmp_path)
    path = snapshot.folder / "arrays" / "near.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    with pytest.raises(SnapshotError, match=r"'arrays/near\.npy' has other content"):
        open_snapshot(snapshot.folder).verify()
    path.unlink()
    with pytest.raises(SnapshotError, match="cannot be read"):
        snapshot.verify()


def test_what_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="has no readable manifest"):
        open_snapshot(tmp_path)
    for text, rule in (("{", "no readable manifest"), ("[]", "is no manifest"), ("{}", "is no")):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(SnapshotError, match=rule):
            open_snapshot(tmp_path)


def test_another_form_or_schema_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path).folder
    _edit_manifest(folder, codes={"types": ["HOLDS_SHARES"]})
    with pytest.raises(SnapshotError, match="'types' are of an older schema"):
        open_snapshot(folder)
    _edit_manifest(folder, format=0)
    with pytest.raises(SnapshotError, match=f"0 must have form {form.FORMAT}"):
        open_snapshot(folder)


def test_arrays_and_mapped_tables_that_vanish_are_named(tmp_path: Path) -> None:
    snapshot = _written(tmp_path)
    assert "near" in snapshot.arrays
    assert len(snapshot.arrays) == len(list(snapshot.arrays))
    for path in (snapshot.folder / "arrays").iterdir():
        path.unlink()
    with pytest.raises(SnapshotError, match=r"link_p\.npy' cannot be read"):
        snapshot.arrays["link_p"]
    with pytest.raises(SnapshotError, match=r"nodes\.arrow' cannot be read"):
        snapshot.name_at(0)


@pytest.mark.parametrize("table", ["nodes", "conflicts"])
def test_a_missing_table_is_refused(tmp_path: Path, table: str) -> None:
    tables = {name: frame for name, frame in _tables().items() if name != table}
    with pytest.raises(SnapshotError, match=f"table: '{table}' is missing"):
        write_snapshot(tables, tmp_path, {})


def test_other_columns_and_another_order_are_refused(tmp_path: Path) -> None:
    tables = _tables()
    nodes = tables["nodes"]
    for wrong, rule in (
        (nodes.drop("name"), r"\['name'\] differs from its declaration"),
        (nodes.select(sorted(nodes.columns)), r"\[\] differs from its declaration"),
        (nodes.sort("uid", descending=True), "'uid' is not in order"),
        (pl.concat([nodes[:1], nodes]), "'x1' is there twice as uid"),
    ):
        with pytest.raises(SnapshotError, match=rule):
            write_snapshot({**tables, "nodes": wrong}, tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SnapshotError, match="cannot be written: Not a directory"):
        write_snapshot(_tables(), tmp_path / "file" / "snapshots", {})


def test_links_and_records_of_unknown_parties_or_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"links\.target: 'x7' is not a node"):
        write_small(tmp_path, [PERSON], [{**SHARES, "target": "x7"}])
    with pytest.raises(SnapshotError, match=r"records\.severity: 'awful' is not a code"):
        write_small(tmp_path, [COMPANY], (), [{**PENALTY, "severity": "awful"}])


def test_a_party_is_found_by_its_uid_and_by_one_that_was_merged_into_it(tmp_path: Path) -> None:
    snapshot = _written(tmp_path)
    assert [snapshot.find(uid) for uid in ("x1", "x9", "x3", "x8")] == [0, 0, 2, 2]
    assert [snapshot.find(uid) for uid in ("", "x", "x11", "x99")] == [None] * 4
    assert [snapshot.uid_at(place) for place in range(3)] == ["x1", "x2", "x3"]
    assert snapshot.uids_at(np.array([2, 0, 2])) == ["x3", "x1", "x3"]
    assert [snapshot.name_at(place) for place in range(3)] == ["甲公司", "x2", "王五"]
    assert snapshot.label_at(2) == "Person"
    assert snapshot.node("x9").uid == "x1"


def test_a_node_without_a_name_shows_its_uid(tmp_path: Path) -> None:
    snapshot = write_small(tmp_path, [{"uid": "x1", "name": None}])
    assert snapshot.name_at(0) == "x1"
    assert snapshot.node("x1").name == "x1"


def test_a_node_carries_labels_and_only_values_that_are_there(tmp_path: Path) -> None:
    firm, company = _written(tmp_path).nodes(["x2", "x1"])
    assert firm.labels == ("Enterprise", "Intermediary", "Organisation", "Party")
    assert dict(firm.properties) == {}
    assert dict(company.properties) == {"former_names": ("旧甲公司",)}


def test_links_are_read_from_both_ends_and_by_key(tmp_path: Path) -> None:
    snapshot = _written(tmp_path)
    link = snapshot.link("l1")
    assert (link.source, link.target, link.kind) == ("x3", "x1", "recorded")
    assert link.valid_from == date(2020, 5, 1)
    assert dict(link.properties) == {"share": 0.5}
    assert snapshot.links_of("x3") == snapshot.links_of("x1") == [link]
    assert snapshot.links_of("x2") == []
    assert snapshot.link_at(0) == link


@pytest.mark.parametrize("key", ["l0", "l2", "derived:SERVES:x2:x1", "derived:SERVES:a:b:c"])
def test_an_unknown_link_is_refused_by_name(tmp_path: Path, key: str) -> None:
    with pytest.raises(SnapshotError, match=f"link: '{key}' is not in snapshot"):
        _written(tmp_path).link(key)


def test_an_unknown_party_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="uid: 'x7' is not in snapshot"):
        _written(tmp_path).node("x7")


def test_records_mentions_conflicts_and_sources_of_a_party(tmp_path: Path) -> None:
    snapshot = _written(tmp_path)
    assert [item.status for item in snapshot.records_of("x1")] == ["active"]
    assert [item.status for item in snapshot.records_of("x9", date(2026, 1, 1))] == ["expired"]
    assert snapshot.records_of("x3") == []
    assert snapshot.has_record("c1")
    assert not snapshot.has_record("c2")
    assert [row["record_id"] for row in snapshot.mentions_of("x1")] == ["r1", "r2"]
    assert snapshot.mentions_of("x2") == []
    assert [row["value"] for row in snapshot.conflicts_of("x9")] == ["甲"]
    assert snapshot.conflicts_of("x3") == []
    # Two parties of one row: the row is one source.
    assert snapshot.sources(["r2", "r7"]) == {"r2": [Source("r2", "penalties", "b1", "a.csv", 3)]}


def test_a_snapshot_of_nothing_opens(tmp_path: Path) -> None:
    snapshot = write_small(tmp_path, [])
    assert snapshot.find("x1") is None
    assert snapshot.table("nodes").collect().is_empty()
    assert snapshot.arrays["out_start"].tolist() == [0]
    assert snapshot.arrays["near"].dtype == np.uint8
    assert snapshot.manifest["format"] == form.FORMAT
