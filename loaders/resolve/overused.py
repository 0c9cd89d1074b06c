"""Values that too many names hold, placeholders and agents' codes among them, join nobody."""

import numpy as np
import polars as pl


def overused(frame: pl.DataFrame, column: str, names: int) -> pl.Series:
    """Return the values of `column` that more than `names` different name keys hold, sorted."""
    held = frame.select(column, "name_key").drop_nulls(column)
    # Who stands in few rows has few names: names are counted of the others, which are next to none.
    often = held.group_by(column).len().filter(pl.col("len") > names).select(column)
    held = held.join(often, on=column, how="semi") if often.height else held.clear()
    counted = held.group_by(column).agg(pl.col("name_key").n_unique().alias("names"))
    return counted.filter(pl.col("names") > names)[column].sort()


def often(values: pl.Series, rows: int) -> bool:
    """Return whether a value stands in more rows than `rows`; by chance (64 bits) if none does."""
    digests = np.sort(values.drop_nulls().hash().to_numpy())
    return bool((digests[rows:] == digests[:-rows]).any())


def without(frame: pl.DataFrame, column: str, values: pl.Series) -> pl.DataFrame:
    """Return the mentions with these values of `column` taken away."""
    if not len(values):
        return frame
    kept = pl.when(pl.col(column).is_in(values.implode())).then(None).otherwise(pl.col(column))
    return frame.with_columns(kept.alias(column))


def unique_owner(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return (column, group) for values that exactly one group holds; every row has a group."""
    held = frame.select(column, "group").drop_nulls(column).group_by(column)
    # The first and the last of them in order: in half the time that counting them takes.
    owners = held.agg(pl.col("group").min(), pl.col("group").max().alias("last"))
    return owners.filter(pl.col("group") == pl.col("last")).select(column, "group")


def placed(frame: pl.DataFrame, column: str, owners: pl.DataFrame) -> pl.Series:
    """Return the owner of each row's `column` (null where it has none), of (`column`, group).

    A join of this one column: one of whole rows would carry every other column along.
    """
    keys = frame.select(column)
    found = keys.join(owners.select(column, "group"), on=column, how="left", maintain_order="left")
    return found["group"].alias("owner")
