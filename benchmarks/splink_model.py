"""Splink at its best on our records: its comparisons, its training, its clusters.

DuckDB's string functions compare bytes, and a Chinese character has three: names come a second time
as `coded`, one byte a character, so that the same functions compare characters.
"""

from pathlib import Path
from typing import Any

import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.splink_dataframe import SplinkDataFrame

RAW, SEGMENTS = "raw", "segments"
# Splink's manual asks for ten million pairs or more while a model is tried; more took longer and
# changed nothing here. The seed makes a second run the same.
PAIRS_FOR_U = 1e7
SEED = 7
# Pairs below are no edges at any threshold that reaches the precision asked for.
LEAST_WEIGHT = -10.0
# Pairs whose own code, or full name, is equal: of all true pairs nearly all.
EXPECTED_RECALL = 0.98
# Random pairs of different firms show no equal numbers, and true pairs no different ones, as each
# has its check character: learnt, they would be no evidence.
CHANCE_OF_EQUAL_NUMBERS = 1e-8
DIFFERENT_NUMBERS = 1e-5
FREQUENCIES = {
    RAW: ("name_key", "loose", "representative"),
    SEGMENTS: ("name_key", "brand", "trade", "representative"),
}

_Level = dict[str, Any]


def _level(condition: str, frequency: str | None = None) -> _Level:
    found: _Level = {"sql_condition": condition, "label_for_charts": condition}
    if frequency:
        found["tf_adjustment_column"] = frequency
    return found


def _comparison(name: str, absent: str, *levels: _Level) -> _Level:
    null = {"sql_condition": absent, "label_for_charts": "absent", "is_null_level": True}
    return {
        "output_column_name": name,
        "comparison_levels": [null, *levels, _level("ELSE")],
    }


def _absent(column: str) -> str:
    return f'"{column}_l" IS NULL OR "{column}_r" IS NULL'


def _equal(column: str, frequency: str | None = None) -> _Level:
    return _level(f'"{column}_l" = "{column}_r"', frequency)


def _number(name: str, column: str, *levels: _Level) -> _Level:
    found = _comparison(name, _absent(column), *levels)
    for level in found["comparison_levels"][1:-1]:
        level |= {"u_probability": CHANCE_OF_EQUAL_NUMBERS, "fix_u_probability": True}
    different = {"m_probability": DIFFERENT_NUMBERS, "fix_m_probability": True}
    found["comparison_levels"][-1] |= different
    return found


def _numbers() -> list[_Level]:
    return [
        _number("code", "org_code", _equal("uscc"), _equal("org_code")),
        _number("registration_number", "registration_number", _equal("registration_number")),
        _number("licence_number", "licence_number", _equal("licence_number")),
        _comparison(
            "representative",
            _absent("representative"),
            _equal("representative", "representative"),
        ),
    ]


def _equal_name(firms: int) -> _Level:
    # Random pairs show it once or never; term frequencies take it from here.
    chance = {"u_probability": 1 / firms, "fix_u_probability": True}
    return _equal("name_key", "name_key") | chance


_FORMER = _level('"name_key_l" = "former_key_r" OR "former_key_l" = "name_key_r"')


def _raw(firms: int) -> list[_Level]:
    return [
        _comparison(
            "name",
            _absent("name_key"),
            _equal_name(firms),
            _FORMER,
            _equal("loose", "loose"),
            _level("levenshtein(coded_l, coded_r) <= 1"),
            _level("jaro_winkler_similarity(coded_l, coded_r) >= 0.92"),
            _level("jaccard(coded_l, coded_r) >= 0.7"),
        ),
        _comparison(
            "region",
            _absent("region"),
            _equal("region"),
            _level("substr(region_l, 1, 4) = substr(region_r, 1, 4)"),
        ),
    ]


def _segments(firms: int) -> list[_Level]:
    return [
        _comparison(
            "brand",
            _absent("brand"),
            _equal_name(firms),
            _FORMER,
            _equal("brand", "brand"),
            _level("levenshtein(coded_brand_l, coded_brand_r) <= 1"),
        ),
        _comparison(
            "place",
            _absent("place"),
            _equal("place"),
            _level("starts_with(place_l, place_r) OR starts_with(place_r, place_l)"),
        ),
        _comparison(
            "trade",
            _absent("trade"),
            _equal("trade", "trade"),
            _level("contains(trade_l, trade_r) OR contains(trade_r, trade_l)"),
            _level("levenshtein(coded_trade_l, coded_trade_r) <= 1"),
        ),
        _comparison("form_class", _absent("form_class"), _equal("form_class")),
        _comparison("tail", _absent("tail"), _equal("tail")),
    ]


def _candidates(columns: str) -> list[Any]:
    same = [
        block_on("uscc"),
        block_on("org_code"),
        block_on("registration_number"),
        block_on("licence_number"),
        block_on("name_key"),
        block_on("loose"),
        block_on("representative", "substr(loose, 1, 2)"),
        'l."name_key" = r."former_key"',
        'l."former_key" = r."name_key"',
    ]
    more = [block_on("brand", "trade"), block_on("brand", "place")]
    return [*same, *(more if columns == SEGMENTS else [block_on("substr(loose, 1, 4)")])]


def linker(records: pl.DataFrame, columns: str) -> Linker:
    """Return Splink, trained without labels on `records`; `columns` RAW or SEGMENTS.

    How often different firms agree by chance, and how rare a value is, is learnt from one record a
    firm: a licensed firm has hundreds, which made its own name look common.
    """
    coded = records.filter(pl.col("org_code").is_not_null()).unique("org_code", keep="first")
    others = records.filter(pl.col("org_code").is_null()).unique("name_key", keep="first")
    firms = pl.concat([coded, others.join(coded, on="name_key", how="anti")]).sort("mention")
    apart = Linker(
        DuckDBAPI().register(firms.to_arrow()), _settings(columns, firms.height), log_level=None
    )
    apart.training.estimate_u_using_random_sampling(max_pairs=PAIRS_FOR_U, seed=SEED)
    api = DuckDBAPI()
    learnt = apart.misc.save_model_to_json()
    found = Linker(api.register(records.to_arrow()), learnt, log_level=None)
    for column in FREQUENCIES[columns]:
        table = apart.table_management.compute_tf_table(column).as_pyarrow_table()
        found.table_management.register_term_frequency_lookup(api.register(table), column)
    found.training.estimate_probability_two_random_records_match(
        [block_on("uscc"), block_on("name_key")], recall=EXPECTED_RECALL
    )
    # One round learns the names, the other the codes.
    for key in ("uscc", "name_key"):
        found.training.estimate_parameters_using_expectation_maximisation(
            block_on(key), estimate_without_term_frequencies=True
        )
    return found


def _settings(columns: str, firms: int) -> SettingsCreator:
    parts = (_segments if columns == SEGMENTS else _raw)(firms)
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="mention",
        comparisons=[*_numbers(), *parts],
        blocking_rules_to_generate_predictions=_candidates(columns),
        retain_matching_columns=False,
    )


def pairs(trained: Linker) -> SplinkDataFrame:
    """Return Splink's table of scored pairs."""
    return trained.inference.predict(threshold_match_weight=LEAST_WEIGHT, warning_mode="never")


def write_pairs(scored: SplinkDataFrame, path: Path) -> None:
    """Write the scored pairs as (mention_l, mention_r, match_weight), in parts."""
    pairs = scored.as_duckdbpyrelation().select("mention_l", "mention_r", "match_weight")
    pairs.write_parquet(str(path))


def clustered(trained: Linker, scored: SplinkDataFrame, weight: float) -> pl.DataFrame:
    """Return (mention, uid) by Splink's own clustering from a match weight on."""
    table = trained.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_weight=weight
    )
    held = table.as_duckdbpyrelation().select("mention", "cluster_id").to_arrow_table()
    found = pl.from_arrow(held)
    assert isinstance(found, pl.DataFrame)
    return found.select(pl.col("mention").cast(pl.UInt32), pl.col("cluster_id").alias("uid"))
