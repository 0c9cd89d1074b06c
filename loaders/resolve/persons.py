"""Persons: an identity number joins; a name joins only inside one organisation."""

from collections.abc import Mapping

import polars as pl

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
    group = pl.col("group")
    # The first and the last of them in order tell who has it: one, several or nobody.
    ends = group.min().alias("least"), group.max().alias("most")
    owners = known.drop_nulls(column).group_by(column).agg(*ends)
    told = frame.select(column, "group", "rule")
    told = told.join(owners, on=column, how="left", maintain_order="left")
    owner = pl.when(pl.col("least") == pl.col("most")).then("least")
    free = pl.col(column).is_not_null() & pl.col("least").is_null()
    own = pl.when(free).then(pl.concat_str(pl.lit(f"{column}:"), pl.col(column)))
    told = told.with_columns(pl.coalesce(owner, own).alias("placed"))
    joined = group.is_null() & pl.col("placed").is_not_null()
    found = told.select(
        pl.coalesce("group", "placed").alias("group"),
        pl.when(joined).then(pl.lit(rule)).otherwise("rule").alias("rule"),
    )
    return frame.with_columns(found["group"], found["rule"])
