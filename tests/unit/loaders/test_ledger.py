"""The ledger: appended whole, never changed, and honest about what it cannot read."""

import json
import random
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pytest

import loaders.ledger
from graph.errors import LedgerError
from loaders.batches import Batch
from loaders.catalogue.catalog import load_catalogue
from loaders.catalogue.resource import Resource
from loaders.intake import Intake
from loaders.ledger import Ledger
from loaders.readers import RawTable

RESOURCE = load_catalogue().resource("penalty")


def _append(ledger: Ledger, digest: str, ids: list[str], rejected: int = 0) -> Batch:
    accepted = pl.DataFrame({"record_id": ids, "row": range(2, 2 + len(ids))})
    returned = pl.DataFrame({"名称": ["x"] * rejected, "规则": ["为空"] * rejected})
    raw = RawTable(Path(f"{digest}.csv"), (), pl.DataFrame(), digest)
    return ledger.append(Intake(accepted, returned), RESOURCE, raw)


def test_rows_said_before_are_merged_and_the_counts_add_up(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)

    first = _append(ledger, "a", ["1", "2", "2"], rejected=1)
    second = _append(ledger, "b", ["2", "3"])

    assert (first.read, first.loaded, first.merged, first.rejected) == (4, 2, 1, 1)
    assert (second.read, second.loaded, second.merged, second.rejected) == (2, 1, 1, 0)
    assert ledger.read("penalty").collect().height == 5
    assert ledger.rejected(first.batch).height == 1
    assert ledger.rejected(second.batch).is_empty()
    assert ledger.resources() == ["penalty"]


def test_files_with_other_headers_and_a_third_are_read_together(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for digest, header in (("a", "raw_名称"), ("b", "raw_行政相对人名称"), ("c", "raw_名称")):
        accepted = pl.DataFrame({"record_id": ["1", digest], "row": [2, 3], header: ["x", "y"]})
        raw = RawTable(Path(f"{digest}.csv"), (), pl.DataFrame(), digest)

        batch = ledger.append(Intake(accepted, pl.DataFrame()), RESOURCE, raw)

        assert batch.merged == (0 if digest == "a" else 1)
    assert ledger.read("penalty").collect().height == 6


@pytest.mark.parametrize("most", [0, 3, 1_000_000])
def test_what_is_held_of_rows_before_says_no_more_than_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(loaders.ledger, "_MOST_HELD", most)
    chance = random.Random(most)  # noqa: S311 - which rows come is no secret
    ledger, said = Ledger(tmp_path), set[str]()
    for number in range(70):
        # Now and then another process appends, or what was appended is withdrawn.
        writer = chance.choice((ledger, ledger, Ledger(tmp_path)))
        ids = chance.choices([str(one) for one in range(150)], k=chance.randint(1, 4))
        batch = _append(writer, str(number), ids)
        assert batch.loaded == len(set(ids) - said)
        assert batch.merged == len(ids) - batch.loaded
        if chance.random() < 0.2:
            ledger.withdraw({batch.batch})
        else:
            said |= set(ids)


def test_the_same_file_again_returns_the_batch_it_made(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = _append(ledger, "a", ["1"])

    assert _append(ledger, "a", ["1"]) == first
    assert len(ledger.batches()) == 1


def test_a_line_that_a_killed_process_left_is_cut_and_nothing_else(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = _append(ledger, "a", ["1"])
    manifest = tmp_path / "batches.jsonl"
    with manifest.open("ab") as file:
        file.write(b'{"batch": "half')

    assert ledger.batches() == (first,)
    second = _append(ledger, "b", ["2"])
    assert ledger.batches() == (first, second)
    assert b"half" not in manifest.read_bytes()


def test_a_broken_line_in_the_middle_is_named_with_its_number(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    _append(ledger, "a", ["1"])
    manifest = tmp_path / "batches.jsonl"
    manifest.write_bytes(b"{\n" + manifest.read_bytes())

    with pytest.raises(LedgerError, match="line 1"):
        ledger.batches()


@pytest.mark.parametrize(
    "line",
    [b'{"batch": 7}', b"null", b'"\xff"', b'{"loaded_at": 5}', b'{"loaded_at": null}'],
)
def test_a_line_of_other_kinds_of_values_is_named(tmp_path: Path, line: bytes) -> None:
    ledger = Ledger(tmp_path)
    _append(ledger, "a", ["1"])
    manifest = tmp_path / "batches.jsonl"
    if line.startswith(b"{"):
        other = json.loads(manifest.read_bytes()) | json.loads(line)
        line = json.dumps(other).encode()
    with manifest.open("ab") as file:
        file.write(line + b"\n")

    with pytest.raises(LedgerError, match="line 2"):
        ledger.batches()


def test_a_line_of_a_later_version_says_what_is_new_and_which_version_reads(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    _append(ledger, "a", ["1"])
    manifest = tmp_path / "batches.jsonl"
    later = json.loads(manifest.read_bytes()) | {"signed": "x", "origin": "y"}
    with manifest.open("ab") as file:
        file.write(json.dumps(later).encode() + b"\n")

    said = rf"'line 2' holds origin, signed: a later version wrote it, this is {version('xinmai')}"
    with pytest.raises(LedgerError, match=said):
        ledger.batches()


def test_a_line_that_is_there_twice_is_one_batch(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = _append(ledger, "a", ["1"])
    manifest = tmp_path / "batches.jsonl"
    manifest.write_bytes(manifest.read_bytes() * 2)

    assert ledger.batches() == (first,)
    assert ledger.read("penalty").collect().height == 1


@pytest.mark.parametrize("named", [True, False], ids=["of today", "of an earlier version"])
def test_a_batch_that_is_other_than_it_was_written_is_named(tmp_path: Path, *, named: bool) -> None:
    ledger = Ledger(tmp_path)
    batch = _append(ledger, "a", ["1"])
    manifest = tmp_path / "batches.jsonl"
    if not named:
        held = json.loads(manifest.read_bytes())
        del held["stored"]
        manifest.write_text(json.dumps(held) + "\n", "utf-8")
    path = tmp_path / "penalty" / f"{batch.batch}.parquet"
    ledger.check()
    content = bytearray(path.read_bytes())

    if named:
        content[len(content) // 3] ^= 1
    path.write_bytes(content if named else content[:-9])

    with pytest.raises(LedgerError, match=batch.batch):
        ledger.check()
    path.unlink()
    with pytest.raises(LedgerError, match="is missing; restore it"):
        ledger.check()


def test_a_missing_file_of_rows_is_named(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    batch = _append(ledger, "a", ["1"])
    (tmp_path / "penalty" / f"{batch.batch}.parquet").unlink()

    with pytest.raises(LedgerError, match="is missing; restore it"):
        ledger.read("penalty")
    with pytest.raises(LedgerError, match="no rows"):
        ledger.read("permit")
    with pytest.raises(LedgerError, match="cannot be read"):
        _append(Ledger(tmp_path), "b", ["2"])
    assert ledger.batches() == (batch,)


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "penalty").write_text("in the way", "utf-8")

    with pytest.raises(LedgerError, match="cannot be written"):
        _append(Ledger(tmp_path), "a", ["1"])
    assert Ledger(tmp_path).batches() == ()


def test_a_manifest_that_is_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "batches.jsonl").mkdir()
    assert Ledger(tmp_path).batches() == ()
    with pytest.raises(LedgerError, match=r"batches\.jsonl"):
        _append(Ledger(tmp_path), "a", ["1"])


def test_the_id_of_a_batch_is_of_the_bytes_and_the_resource_s_version(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    newer: Resource = RESOURCE.model_copy(update={"version": RESOURCE.version + 1})
    first = _append(ledger, "a", ["1"])

    assert ledger.find("a", RESOURCE) == first
    assert ledger.find("a", newer) is None
