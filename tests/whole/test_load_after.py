"""A load goes on from the one before: the bytes are those of looking at everything at once."""

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from app.bootstrap import Services, open_services
from app.settings import read_settings
from graph.snapshot.difference import difference
from graph.snapshot.reader import open_snapshot
from loaders.cells import ROW
from loaders.messages import Message
from loaders.readers import read_table
from loaders.resolve.judgements import Judgement
from loaders.world.write import write_world

ENTERPRISES = 500
STEPS = 3


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_world(ENTERPRISES, 5, folder, lambda _: None)
    return folder / "files"


def split(world: Path, folder: Path, seed: int) -> list[Path]:
    """Deal out the rows of every file to loads, the first the largest, some rows to several."""
    chance = random.Random(seed)  # noqa: S311 - which row goes where is no secret
    for path in sorted(world.iterdir()):
        rows = read_table(path).frame.drop(ROW)
        turns = chance.choices(range(STEPS), [10, 1, 1], k=rows.height)
        for step in range(STEPS):
            mine = [turn == step or chance.random() < 0.03 for turn in turns]
            part = rows.filter(pl.Series(mine, dtype=pl.Boolean))
            if part.height:
                (folder / str(step)).mkdir(parents=True, exist_ok=True)
                part.write_csv(folder / str(step) / f"{path.stem}_{step}.csv", include_bom=True)
    return [folder / str(step) for step in range(STEPS)]


def load(house: Services, folder: Path) -> tuple[str, list[Message]]:
    said: list[Message] = []
    done = house.load([folder], None, to_store=False, progress=said.append)
    assert not [one.refused for one in done.files if one.refused]
    return done.snapshot, said


def files_of(house: Services, snapshot: str) -> dict[str, object]:
    manifest = house.workspace.snapshots / snapshot / "manifest.json"
    found: dict[str, object] = json.loads(manifest.read_text("utf-8"))["files"]
    return found


def made_anew(house: Services, folder: Path) -> Services:
    """Return a copy of a workspace that has its ledger and its judgements and nothing else."""
    shutil.copytree(house.workspace.folder, folder)
    for name in ("snapshots", "working"):
        shutil.rmtree(folder / name)
    (folder / "current").unlink()
    return open_services(read_settings({}, folder), create=True)


def goes_on(said: Sequence[Message]) -> bool:
    return any(one.code == "resolving_new" for one in said)


@pytest.mark.parametrize("seed", [1, 2])
def test_loads_one_after_another_end_in_the_bytes_of_one(
    world: Path, tmp_path: Path, seed: int
) -> None:
    first, *others = split(world, tmp_path / "parts", seed)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    load(house, first)

    for folder in others:
        snapshot, said = load(house, folder)
        assert goes_on(said)

    anew = made_anew(house, tmp_path / "anew")
    assert anew.pipeline().build(lambda _: None) == snapshot
    assert files_of(anew, snapshot) == files_of(house, snapshot)


def test_what_a_load_changed_is_the_difference_of_the_two_snapshots(
    world: Path, tmp_path: Path
) -> None:
    first, second, _ = split(world, tmp_path / "parts", 6)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    load(house, first)
    before = house.loaded_snapshot()
    house.pipeline().take_files([second], None, lambda _: None)

    begun: list[bool] = []
    built = house.pipeline().make(lambda _: None, begun=lambda: begun.append(True))

    assert begun == [True]
    # Nothing is begun where the snapshot is there already.
    again = house.pipeline().make(lambda _: None, begun=lambda: begun.append(False))
    assert again.snapshot == built.snapshot
    assert again.change is None
    assert begun == [True]
    assert built.after == before.id
    assert built.change is not None
    found = difference(before, open_snapshot(house.workspace.snapshots / built.snapshot))
    for table in ("nodes", "links", "records"):
        assert getattr(found, table).height > 0
        assert_frame_equal(getattr(built.change, table), getattr(found, table))
        gone = f"gone_{table}"
        assert sorted(getattr(built.change, gone)) == sorted(getattr(found, gone))


def test_a_judgement_is_worked_in_and_taken_out_again(world: Path, tmp_path: Path) -> None:
    first, second, _ = split(world, tmp_path / "parts", 3)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    before, _ = load(house, first)
    leads = house.loaded_snapshot().table("links").filter(pl.col("type") == "POSSIBLY_SAME")
    pairs = leads.select("source", "target").head(2).collect().rows()
    assert len(pairs) == 2
    judged = tuple(
        Judgement(*pair, decision)
        for pair, decision in zip(pairs, ("same", "different"), strict=True)
    )
    said: list[str] = []

    plain = house.pipeline()
    trial = replace(plain, judgements=judged)
    after = trial.build(said.append)

    assert goes_on(said)
    assert after != before
    anew = made_anew(house, tmp_path / "anew").pipeline()
    assert replace(anew, judgements=judged).build(lambda _: None) == after
    same = (anew.snapshots / after / "manifest.json").read_bytes()
    assert same == (house.workspace.snapshots / after / "manifest.json").read_bytes()
    # Nobody judges any more: the next load goes on from the judged state, and forgets it.
    snapshot, said = load(house, second)
    assert goes_on(said)
    whole = made_anew(house, tmp_path / "again")
    assert whole.pipeline().build(lambda _: None) == snapshot
    assert files_of(whole, snapshot) == files_of(house, snapshot)


def test_without_what_was_kept_everything_is_looked_at_again(world: Path, tmp_path: Path) -> None:
    first, second, _ = split(world, tmp_path / "parts", 4)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    load(house, first)
    for path in house.workspace.working.rglob("mentions.*.arrow"):
        path.write_bytes(path.read_bytes()[:1000])

    snapshot, said = load(house, second)

    assert not goes_on(said)
    assert house.loaded_snapshot().id == snapshot


def test_a_statement_that_stands_first_elsewhere_now_is_shown_there(
    world: Path, tmp_path: Path
) -> None:
    first, *_ = split(world, tmp_path / "parts", 5)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    load(house, first)
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    source = next(first.glob("分支机构_*.csv"))
    text = source.read_text("utf-8-sig")
    # A name before the other in order: the same rows are now said there first.
    (earlier / f"0{source.name}").write_text(text + "\n", "utf-8-sig")

    snapshot, said = load(house, earlier)

    assert not goes_on(said)
    rows = house.loaded_snapshot().table("mentions").filter(pl.col("resource") == "branch")
    assert set(rows.select("file").collect().to_series()) == {f"0{source.name}"}
    assert house.loaded_snapshot().id == snapshot
