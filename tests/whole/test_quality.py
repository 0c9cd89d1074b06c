"""Quality that was reached is kept: benchmarks/quality.json holds the least that is allowed."""

import json
from pathlib import Path

import polars as pl
import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from benchmarks.homonyms import homonyms
from benchmarks.names import PAIRS, hits, pairs
from benchmarks.truth import agreement, judged, scores
from loaders.resolve.clusters import clusters
from loaders.resolve.leads import leads
from loaders.resolve.mentions import COLUMNS, Mentions, mentions
from loaders.resolve.pairs import stated
from loaders.world.write import FILES, TRUTH, write_world
from tests.conftest import ROOT

KEPT = json.loads((ROOT / "benchmarks" / "quality.json").read_text("utf-8"))


def test_short_names_find_their_full_names_as_often_as_they_did() -> None:
    if not PAIRS.exists():
        pytest.skip(f"public data is absent: {PAIRS.name}")
    first, among = hits(*pairs())
    assert first >= KEPT["names: first hit"]
    assert among >= KEPT["names: among the first five"]


def test_who_is_who_in_the_demonstration_world_is_as_right_as_it_was(tmp_path: Path) -> None:
    write_world(2000, 7, tmp_path / "world", lambda _: None)
    house = open_services(read_settings({}, tmp_path / "w"), create=True)
    house.load([tmp_path / "world" / FILES], None, to_store=False, progress=lambda _: None)
    found = mentions(house.ledger, house.catalogue)
    truth = tmp_path / "world" / TRUTH / "rows.parquet"
    grouped = clusters(found)
    said = stated(found, grouped.frame["uid"], house.catalogue)
    asked = leads(said).frame.height / found.frame.height
    assert asked <= KEPT["leads / mentions, at most"]
    for whose, score in zip(
        ("organisations", "persons"), scores(judged(found, grouped, truth)), strict=True
    ):
        assert score.proven == 0
        assert score.precision >= KEPT[f"{whose}: precision"]
        assert score.recall >= KEPT[f"{whose}: recall of the knowable"]
        assert score.recall_of_all >= KEPT[f"{whose}: recall of all true pairs"]


def test_among_homonyms_who_is_who_is_as_right_as_it_was() -> None:
    # In the world above nearly every row has a code; here names must do, and a rule that takes an
    # equal one for proof fuses firms.
    frame = homonyms(6000)
    found = frame.with_columns(clusters(Mentions(frame.select(list(COLUMNS)), {})).frame["uid"])
    for whose, person in (("organisations", False), ("persons", True)):
        right = agreement(found.filter(pl.col("person") == person))
        assert right.mixed <= KEPT[f"homonyms, {whose}: clusters that fuse several, at most"]
        assert right.precision >= KEPT[f"homonyms, {whose}: precision"]
        assert right.recall >= KEPT[f"homonyms, {whose}: recall of all true pairs"]
