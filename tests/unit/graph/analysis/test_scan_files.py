"""A kept scan: the same bytes for the same question, whole or not there, opened in place."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.analysis.rescan import scan_whole
from graph.analysis.scan_files import (
    MANIFEST,
    RUNS,
    KeptScan,
    keep_scan,
    note_run,
    open_scan,
    question_of,
    runs,
)
from graph.analysis.scan_working import FOLDER, keep_working, working_of
from graph.analysis.view import View, open_view
from graph.errors import AnalysisError
from graph.policy.read import load_policy
from tests.agreement.sketch import TODAY, Sketch
from tests.factory import write_small

NODES = [{"uid": uid} for uid in ("c", "d", "r", "t")]
LINKS: list[dict[str, Any]] = [
    {"type": "HOLDS_SHARES", "source": "c", "target": "t", "share": 0.4},
    {"type": "BRANCH_OF", "source": "c", "target": "d"},
    {"type": "BRANCH_OF", "source": "r", "target": "d"},
]
RECORDS = [{"uid": "x1", "subject": "d", "class": "court_defaulter"}]


def view_of(folder: Path, order: int = 1) -> View:
    snapshot = write_small(folder, NODES[::order], LINKS[::order], RECORDS)
    return open_view(snapshot, load_policy(), TODAY)


def kept(root: Path, view: View) -> KeptScan:
    found, _ = scan_whole(view)
    return keep_scan(root, question_of(view, 3), found, {"high": 1})


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_question_has_the_same_bytes_in_whatever_order_rows_came(tmp_path: Path) -> None:
    one = kept(tmp_path / "a", view_of(tmp_path / "one"))
    other = kept(tmp_path / "b", view_of(tmp_path / "other", -1))

    assert one.key == other.key
    assert bytes_of(one.folder) == bytes_of(other.folder)


def test_another_day_policy_or_knowledge_is_another_question(tmp_path: Path) -> None:
    view = view_of(tmp_path)
    question = question_of(view, 3)
    others = [
        question_of(view, 2),
        question_of(view, 3, "2026-01-01"),
        replace(question, as_of="2026-01-01"),
        replace(question, policy=f"{question.policy} × 0.5"),
    ]

    assert len({one.key for one in (question, *others)}) == 5


def test_what_is_read_is_what_was_found_and_lies_in_its_file(tmp_path: Path) -> None:
    view = view_of(tmp_path)
    found, _ = scan_whole(view)
    again = kept(tmp_path / "scans", view).scan

    for name in ("exposure", "floor", "cap_least", "cap", "own", "level"):
        assert np.array_equal(getattr(again, name), getattr(found, name))
    assert isinstance(again.exposure, np.memmap)
    assert (again.radius, again.policy, again.snapshot) == (
        found.radius,
        found.policy,
        found.snapshot,
    )


def test_a_cap_that_a_cut_settled_is_read_as_it_was_found(tmp_path: Path) -> None:
    view = view_of(tmp_path)
    found, _ = scan_whole(view)
    place = view.place("t")
    lower = found.exposure.copy()
    lower[place] = 0.1
    places = np.array([place])
    settled = replace(found, gaps=places, least=lower[places], settled=places)

    again = keep_scan(tmp_path / "scans", question_of(view, 3), settled, {"high": 1}).scan

    assert again.settled.tolist() == [place]
    assert np.array_equal(again.cap, lower)
    assert again.cap[place] == 0.1
    assert again.exposure[place] > 0.3


def test_an_array_that_stayed_is_one_file_in_both_folders(tmp_path: Path) -> None:
    view = view_of(tmp_path)
    found, _ = scan_whole(view)
    first = kept(tmp_path / "scans", view)
    other = replace(found, floor=found.floor / 2)
    question = replace(question_of(view, 3), as_of="2027-01-01")

    on = keep_scan(tmp_path / "scans", question, other, {"high": 1}, first)
    anew = keep_scan(tmp_path / "anew", question, other, {"high": 1})

    assert on.manifest == anew.manifest
    for name in ("own_ppm.npy", "exposure.npy"):
        assert (on.folder / name).samefile(first.folder / name)
        assert not (anew.folder / name).samefile(first.folder / name)
    assert not (on.folder / "floor.npy").samefile(first.folder / "floor.npy")
    assert (on.folder / "floor.npy").read_bytes() == (anew.folder / "floor.npy").read_bytes()


def test_what_a_killed_process_left_is_no_scan(tmp_path: Path) -> None:
    root = tmp_path / "scans"
    left = root / ".writing-0123456789abcdef"
    left.mkdir(parents=True)
    (left / MANIFEST).write_text("{}", encoding="utf-8")
    cut = root / "0123456789abcdef"
    cut.mkdir()
    (cut / MANIFEST).write_text('{"form": 1, "files": {"exposure.npy": {"bytes"', encoding="utf-8")

    assert open_scan(cut) is None
    there = kept(root, view_of(tmp_path))
    assert not left.exists()
    (there.folder / "floor.npy").write_bytes(b"")
    assert open_scan(there.folder) is None
    assert open_scan(kept(root, view_of(tmp_path)).folder) is not None


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "scans").write_text("", encoding="utf-8")
    with pytest.raises(AnalysisError, match="cannot be written"):
        kept(tmp_path / "scans", view_of(tmp_path))
    with pytest.raises(AnalysisError, match="cannot be written"):
        note_run(tmp_path / "scans", "a")


def test_runs_are_in_the_order_of_asking_each_once(tmp_path: Path) -> None:
    for key in ("a", "b", "a", "a"):
        note_run(tmp_path, key)
    with (tmp_path / RUNS).open("a", encoding="utf-8") as file:
        file.write("torn")

    assert runs(tmp_path) == ["b", "a"]
    note_run(tmp_path, "c")
    assert runs(tmp_path) == ["b", "a", "c"]
    assert runs(tmp_path / "nowhere") == []


def test_what_was_worked_out_is_read_as_it_was_and_only_of_the_last(tmp_path: Path) -> None:
    view = view_of(tmp_path)
    _, working = scan_whole(view)
    first = kept(tmp_path, view)
    keep_working(tmp_path, first, working)
    other = replace(first, folder=tmp_path / "other")

    read = working_of(tmp_path, first)

    assert read is not None
    for name in ("uids", "rows", "broad", "source", "target"):
        assert np.array_equal(getattr(read, name), getattr(working, name))
    # Behind these is room for what the next scan adds.
    for name in ("once", "twice", "weights", "into", "widest", "exposure", "floor"):
        there = getattr(working, name)
        assert np.array_equal(getattr(read, name)[: there.size], there)
        assert getattr(read, name).size > there.size
    assert (read.parties, read.entries) == (working.parties, working.entries) == (4, 6)
    assert working_of(tmp_path, other) is None
    keep_working(tmp_path, other, working)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["other"]


def test_a_file_that_was_cut_off_is_not_gone_on_from(tmp_path: Path) -> None:
    view = view_of(tmp_path)
    _, working = scan_whole(view)
    first = kept(tmp_path, view)
    keep_working(tmp_path, first, working)
    file = tmp_path / FOLDER / first.key / "twice.npy"

    file.write_bytes(file.read_bytes()[:-1])

    assert working_of(tmp_path, first) is None


def test_a_sketch_of_nobody_is_scanned() -> None:
    found, _ = scan_whole(Sketch().view())
    assert found.exposure.size == 0
