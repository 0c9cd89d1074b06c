"""The comparison with Splink is fair: its best threshold, columns that it can compare."""

import polars as pl

from benchmarks.homonyms import homonyms
from benchmarks.splink_records import for_peer
from benchmarks.splink_weights import best_weight

TRUTH = pl.DataFrame(
    {"mention": [0, 1, 2, 3, 4], "entity": ["a", "a", "a", "b", "b"]},
    schema_overrides={"mention": pl.UInt32},
)


def scored(*rows: tuple[int, int, float]) -> pl.DataFrame:
    schema = {"mention_l": pl.UInt32, "mention_r": pl.UInt32, "match_weight": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_lowest_weight_that_fuses_nobody_is_taken() -> None:
    pairs = scored((0, 1, 9.0), (1, 2, 4.0), (3, 4, 2.5), (2, 3, 1.0))
    weight, f1 = best_weight(pairs, TRUTH, 0.9999)
    assert 1.0 < weight <= 2.5
    assert f1 == 1.0


def test_recall_is_given_up_for_precision() -> None:
    pairs = scored((0, 1, 9.0), (2, 3, 5.0), (1, 2, 3.0), (3, 4, 2.0))
    weight, f1 = best_weight(pairs, TRUTH, 0.9999)
    assert 5.0 < weight <= 9.0
    assert f1 == 0.4  # one of four true pairs, none wrong


def test_names_have_one_byte_a_character_for_a_peer_that_compares_bytes() -> None:
    found = for_peer(homonyms(600))
    names = found["name_key"].to_list()
    coded = found["coded"].to_list()
    assert [len(code.encode()) for code in coded] == [len(name) for name in names]
    assert len(set(zip(names, coded, strict=True))) == len(set(names))


def test_homonyms_are_the_same_each_time_and_share_names() -> None:
    frame = homonyms(600)
    firms = frame.filter(~pl.col("person"))
    bearers = firms.group_by("name_key").agg(pl.col("entity").n_unique().alias("firms"))
    assert frame.equals(homonyms(600))
    assert (bearers["firms"] > 1).mean() > 0.05
