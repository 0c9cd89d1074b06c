import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from graph.errors import LoadError
from graph.identifiers import credit_code, identity_card
from loaders.world.firms import make_firms
from loaders.world.people import make_people
from loaders.world.registers import World, representatives
from loaders.world.suits import suits
from loaders.world.tables import TRUE, Sheets
from loaders.world.write import write_world

ROLES = {"原告": "plaintiff", "被告": "defendant"}


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(world: Path, tmp_path: Path) -> None:
    write_world(500, 7, tmp_path, lambda _: None)

    assert _digests(tmp_path) == _digests(world)


def test_another_seed_writes_another_world_over_the_old_one(tmp_path: Path) -> None:
    write_world(500, 7, tmp_path, lambda _: None)
    before = _digests(tmp_path)
    write_world(500, 8, tmp_path, lambda _: None)

    after = _digests(tmp_path)
    assert set(after) == set(before)
    assert after["truth/rows.parquet"] != before["truth/rows.parquet"]


def test_codes_are_valid_but_for_those_that_are_dirty_on_purpose(world: Path) -> None:
    register = pl.read_csv(
        (world / "files" / "市场主体登记.csv").read_text("gb18030").encode(), infer_schema=False
    )
    codes = register["统一社会信用代码"]
    wrong = [code for code in codes if not credit_code.is_valid(code)]
    assert len(wrong) < 0.02 * len(codes)
    assert register["统一社会信用代码"].n_unique() == register.height

    people = pl.read_csv(world / "files" / "法定代表人.csv", infer_schema=False)
    numbers = people["证件号码"].drop_nulls()
    assert all(identity_card.is_valid(one) for one in numbers if one != "暂无")


def test_the_truth_knows_every_story(world: Path) -> None:
    stories = json.loads((world / "truth" / "stories.json").read_text("utf-8"))
    truth = set(pl.read_parquet(world / "truth" / "rows.parquet")["entity"])

    assert [story["code"] for story in stories] == [
        "ring", "audit_cluster", "circle", "shell", "nominee", "tender", "homonyms", "repaired",
        "disputed", "guarantee_ring", "exit", "moved", "suit", "true_dispute", "strangers",
        "banned", "closed", "mailbox", "together",
    ]  # fmt: skip
    assert len(stories[4]["parties"]) == 31
    for story in stories:
        assert set(story["parties"]) <= truth


def test_suits_take_nothing_from_the_stream_that_the_other_files_are_drawn_from() -> None:
    rng = np.random.default_rng(7)
    firms, people = make_firms(rng, 500), make_people(rng, 800)
    known, before = World(firms, people, representatives(rng, 500, 800)), rng.bit_generator.state
    sheets = Sheets()

    suits(rng, known, sheets)

    assert rng.bit_generator.state == before
    (sheet,) = sheets.listed
    assert sheet.frame.height >= 12
    for side in ("原告", "被告"):
        persons = sheet.frame.filter(pl.col(f"{TRUE}{ROLES[side]}").str.starts_with("P"))
        assert all(identity_card.is_valid(one) for one in persons[f"{side}证件号码"])
        assert set(persons[f"{side}法定代表人"]) <= {""}


@pytest.mark.parametrize("enterprises", [499, 1_000_001])
def test_a_world_out_of_bounds_is_refused(tmp_path: Path, enterprises: int) -> None:
    with pytest.raises(LoadError, match="must be 500 to 1,000,000"):
        write_world(enterprises, 7, tmp_path, lambda _: None)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(LoadError, match="holds other files"):
        write_world(500, 7, tmp_path, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
