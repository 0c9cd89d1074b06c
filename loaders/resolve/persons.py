"""Persons: an identity number joins; a name joins only inside one organisation."""

from collections.abc import Mapping

import polars as pl

from loaders.resolve.overused import placed, unique_owner

# More names than this under one identity number, or licence, is a placeholder or an agent's.
NAMES_BY_NUMBER: Mapping[str, int] = {"id_hash": 3, "licence_number": 1}


def resolve_persons(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with `group` and `rule`; overused values are taken away before.

    `organisation` is the party by which a person is known. Steps: identity number; practising
    certificate with the same name; same name in the same organisation, where no two identity
    numbers stand under that name there.
    """
    by_id = pl.col("id_hash").is_not_null()
    anchor = pl.concat_str("name_key", pl.lit("|"), "organisation")
    frame = frame.with_columns(
        pl.when(by_id).then(pl.concat_str(pl.lit("i:"), "id_hash")).alias("group"),
        pl.when(by_id).then(pl.lit("identity_number")).alias("rule"),
        pl.concat_str("licence_number", pl.lit("|"), "name_key").alias("licence"),
        anchor.alias("anchored"),
    )
    frame = _by_key(frame, "licence", "licence_number")
    frame = _by_key(frame, "anchored", "name_in_organisation")
    grouped = frame.with_columns(
        pl.coalesce("group", pl.concat_str(pl.lit("m:"), "own_uid")).alias("group"),
        pl.col("rule").fill_null("alone"),
    )
    columns = ["mention", "group", "rule", "seen_on", "record_id", "role", "own_uid"]
    return grouped.select(columns)


def _by_key(frame: pl.DataFrame, column: str, rule: str) -> pl.DataFrame:
    """Join the open mentions by `column`: to the one party that has it, or to each other.

    Where two parties have it, the open mention may be either: it stays alone.
    """
    known = frame.select(column, "group").filter(pl.col("group").is_not_null())
    owner = placed(frame, column, unique_owner(known, column))
    taken = known.select(column).drop_nulls().unique().to_series()
    free = pl.col(column).is_not_null() & ~pl.col(column).is_in(taken.implode())
    own = pl.when(free).then(pl.concat_str(pl.lit(f"{column}:"), pl.col(column)))
    frame = frame.with_columns(
        pl.coalesce("group", owner, own).alias("placed"), pl.col("group").is_null().alias("open")
    )
    return frame.with_columns(
        pl.when(pl.col("open") & pl.col("placed").is_not_null())
        .then(pl.lit(rule))
        .otherwise(pl.col("rule"))
        .alias("rule"),
        pl.col("placed").alias("group"),
    ).drop("placed", "open")
