"""A scan goes on from load to load of a world: the bytes are those of a whole one."""

from datetime import date
from pathlib import Path

import pytest

from app.bootstrap import Services, open_services
from app.presenters.scan import scan_lines, scan_table
from app.scans import scan_before, scan_kept
from app.settings import read_settings
from app.workspace import Workspace
from graph.analysis.scaling import scaled
from graph.analysis.scan_difference import Side, reason, shifts
from graph.analysis.scan_files import MANIFEST, KeptScan
from graph.analysis.view import View, open_view
from graph.analysis.whole_graph import LEVELS, Count
from graph.snapshot.reader import open_snapshot
from loaders.world.write import write_world
from tests.whole.test_load_after import load, split

DAYS = (date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 25))
# A world's policy is refused as it is.
SCALE = 0.25
# Causes of so many changes are looked for.
LOOKED_AT = 12


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_world(500, 11, folder, lambda _: None)
    return folder / "files"


def view_of(house: Services, day: date) -> View:
    return open_view(house.loaded_snapshot(), scaled(house.policy(), SCALE), day)


def test_load_after_load_the_bytes_are_those_of_a_whole_scan(world: Path, tmp_path: Path) -> None:
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    keys: list[str] = []
    kept: KeptScan | None = None
    for part, day in zip(split(world, tmp_path / "parts", 2), DAYS, strict=True):
        load(house, part)
        view = view_of(house, day)
        kept = scan_kept(house.workspace, view, 3)
        anew = scan_kept(Workspace(tmp_path / "anew" / day.isoformat()), view, 3)

        for name in (*kept.manifest["files"], MANIFEST):
            assert (kept.folder / name).read_bytes() == (anew.folder / name).read_bytes(), name
        # What a radius follows from is no search of its own, and is called about.
        assert kept.reckoned_on == bool(keys)
        nobody = Count(0, dict.fromkeys(LEVELS, 0), 0, 0)
        top = scan_table(kept.scan, house.loaded_snapshot()).head(0)
        said = "\n".join(scan_lines(kept, nobody, {}, top))
        assert ("放大系数约" in said) == kept.reckoned_on
        keys.append(kept.key)

    assert kept is not None
    assert len(set(keys)) == len(DAYS)
    assert kept.counts["exposed"] > 0
    _explained(house, kept)


def _explained(house: Services, kept: KeptScan) -> None:
    """See that what changed over the last load adds up and all of it has its causes."""
    before = scan_before(house.workspace, kept, None)
    then = open_snapshot(house.workspace.snapshots / before.question.snapshot)
    new = view_of(house, DAYS[2])
    old = open_view(then, new.policy, DAYS[1])
    found = shifts(before.scan, kept.scan, (then, house.loaded_snapshot()))
    assert found.rose + found.fell + found.same == found.parties
    assert found.rose > 0
    sides = Side(old), Side(new)
    reasons = [reason(*sides, shift, 3) for shift in found.listed[:LOOKED_AT]]
    assert [one.shift.uid for one in reasons if not one.attributed] == []
