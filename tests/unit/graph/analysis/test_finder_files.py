"""What finds the parties of a snapshot is kept: who looks again finds the same, from files."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.analysis import finder_files
from graph.analysis.finder import Finder, finder, keep_found
from graph.analysis.finder_files import META, Kept
from graph.analysis.search import Candidate, search
from graph.snapshot.reader import Snapshot, open_snapshot
from tests.factory import write_small

NODES: Sequence[Mapping[str, Any]] = [
    {
        "uid": "a", "name": "深圳市甲乙丙科技有限公司", "uscc": "914403001922038216",
        "former_names": ["深圳市旧名实业有限公司", "深圳市更旧商行"],
    },
    {"uid": "b", "name": "广州恒裕贸易有限公司"},
    {"uid": "c", "name": "佛山恒裕商行", "former_names": ["佛山金穗商行"]},
    {"uid": "p", "name": "欧阳明", "label": "Person", "former_names": ["欧阳日月"]},
]  # fmt: skip
TEXTS = (
    "914403001922038216", "甲乙丙", "旧名实业", "更旧商行", "恒裕", "hengyu", "欧阳明", "欧阳日月",
    "金穗商行", "粤恒裕", "没有这个",
)  # fmt: skip
PARTS = {"keys", "organisations", "persons"}


@pytest.fixture
def small(tmp_path: Path) -> Snapshot:
    return write_small(tmp_path / "snapshots", NODES)


def found(snapshot: Snapshot) -> list[list[Candidate]]:
    return [search(snapshot, text) for text in TEXTS]


def again(snapshot: Snapshot, root: Path | None) -> list[list[Candidate]]:
    """Return what a process that begins anew finds."""
    opened = open_snapshot(snapshot.folder)
    if root is not None:
        keep_found(opened, root)
    return found(opened)


def files(root: Path) -> dict[str, tuple[int, int]]:
    """Return every file below a folder, with what changes when it is written anew."""
    below = (path for path in root.rglob("*") if path.is_file())
    return {str(one): (one.stat().st_ino, one.stat().st_mtime_ns) for one in below}


def test_who_looks_again_finds_the_same_and_makes_nothing(small: Snapshot, tmp_path: Path) -> None:
    root, plain = tmp_path / "finding", again(small, None)
    assert [one.uid for one in plain[2]] == ["a"]
    assert [one.uid for one in plain[8]] == ["c"]

    assert again(small, root) == plain
    assert {path.name for path in (root / small.id).iterdir()} == PARTS
    before = files(root)

    assert again(small, root) == plain
    assert files(root) == before


def test_files_are_read_and_not_only_written(small: Snapshot, tmp_path: Path) -> None:
    root = tmp_path / "finding"
    again(small, root)
    path = root / small.id / "keys" / "rows.npy"
    rows = np.load(path)
    np.save(path, np.roll(rows, 1))

    opened = open_snapshot(small.folder)
    keep_found(opened, root)
    assert finder(opened)._by_key["rows"].tolist() == np.roll(rows, 1).tolist()


@pytest.mark.parametrize("part", sorted(PARTS))
@pytest.mark.parametrize("harm", ["gone", "cut", "no array", "no meta", "broken meta", "version"])
def test_what_is_not_whole_or_not_of_today_is_made_anew(
    small: Snapshot, tmp_path: Path, part: str, harm: str
) -> None:
    root, plain = tmp_path / "finding", again(small, None)
    again(small, root)
    folder = root / small.id / part
    array, meta = min(folder.glob("*.npy"), key=lambda one: one.name), folder / META
    match harm:
        case "gone":
            array.unlink()
        case "cut":
            array.write_bytes(array.read_bytes()[:-1])
        case "no array":
            array.write_bytes(b"")
        case "no meta":
            meta.unlink()
        case "broken meta":
            meta.write_text("[1")
        case _:
            said = json.loads(meta.read_text())
            meta.write_text(json.dumps(said | {"polars": "0.0.1"}))
    before = files(root)

    assert again(small, root) == plain
    assert files(root) != before
    after = files(root)
    assert again(small, root) == plain
    assert files(root) == after


def test_hashes_of_another_kind_are_not_believed(
    small: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "finding"
    monkeypatch.setattr(finder_files, "_PROBE", "别的")
    again(small, root)
    before = files(root)
    monkeypatch.undo()

    again(small, root)
    assert files(root) != before


def test_where_nothing_can_be_written_the_same_is_found(small: Snapshot, tmp_path: Path) -> None:
    root = tmp_path / "finding"
    root.write_text("a file stands where the folder should")

    assert again(small, root) == again(small, None)
    assert root.read_text() == "a file stands where the folder should"


def test_what_was_kept_of_all_but_the_last_snapshots_goes(tmp_path: Path) -> None:
    for number in range(5):
        folder = tmp_path / f"s{number}"
        Kept(tmp_path, folder.name).part("part", lambda: {"one": np.arange(3)})
        os.utime(folder, (number, number))

    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"s2", "s3", "s4"}


def test_a_snapshot_without_names_has_an_empty_index(tmp_path: Path) -> None:
    bare = write_small(tmp_path / "bare", [{"uid": "x"}])
    root = tmp_path / "finding"
    assert search(bare, "x")[0].uid == "x"
    for _ in range(2):
        assert Finder(bare, root).organisations.index.find("恒裕") == []
