"""From which scan the next one goes on."""

import json
from pathlib import Path

from app.scans import scan_kept
from app.workspace import Workspace
from graph.analysis.scan_files import CHECK, KeptScan
from graph.analysis.view import open_view
from graph.policy.read import load_policy
from tests.agreement.sketch import TODAY
from tests.factory import write_small

MANY = 40


def scanned(folder: Path, ends: set[tuple[int, int]]) -> KeptScan:
    """Return the scan of firms, each with a representative, and of more links among them."""
    numbers = range(MANY)
    nodes = [{"uid": f"{kind}{number:02}"} for kind in "cr" for number in numbers]
    pairs = {(number, number) for number in numbers} | ends
    links = [
        {"type": "REPRESENTS", "source": f"r{one:02}", "target": f"c{other:02}"}
        for one, other in sorted(pairs)
    ]
    records = [{"uid": "x", "subject": "c00", "class": "court_defaulter"}]
    snapshot = write_small(folder / "snapshots", nodes, links, records)
    return scan_kept(Workspace(folder), open_view(snapshot, load_policy(), TODAY), 3)


def base_of(kept: KeptScan) -> str | None:
    found: str | None = json.loads((kept.folder / CHECK).read_text("utf-8"))["reckoned_on_from"]
    return found


def test_small_loads_go_on_from_one_scan_until_much_is_new(tmp_path: Path) -> None:
    first = scanned(tmp_path, set())
    second = scanned(tmp_path, {(0, 1)})
    third = scanned(tmp_path, {(0, 1), (5, 6)})
    fourth = scanned(tmp_path, {(number, number + 1) for number in range(MANY - 1)})
    fifth = scanned(tmp_path, {(number, number + 1) for number in range(MANY - 2)})

    assert base_of(first) is None
    assert base_of(second) == base_of(third) == base_of(fourth) == first.key
    assert base_of(fifth) == fourth.key


def test_the_bytes_are_those_of_a_scan_that_goes_on_from_nothing(tmp_path: Path) -> None:
    scanned(tmp_path / "on", set())
    scanned(tmp_path / "on", {(0, 1)})
    third = scanned(tmp_path / "on", {(0, 1), (5, 6)})

    anew = scanned(tmp_path / "anew", {(0, 1), (5, 6)})

    assert base_of(anew) is None
    assert third.manifest["files"] == anew.manifest["files"]
    assert third.counts == anew.counts
