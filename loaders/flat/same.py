"""When two imported rows are one: the key of a link, and what a row says."""

from collections.abc import Iterable, Mapping

import polars as pl

from graph.schema.words import Kind
from loaders.digests import md5_of
from loaders.flat.rules import typed

# Columns that make the key of a link which brings none (architecture.md 8).
SEAT = ("type", "source", "target", "post", "valid_from")
# Which statement under its key a link is, counted from 1: the last one holds.
VERSION = "version"
# What is known of a link: its key, what it says, and its version.
KNOWN_LINKS = {"key": pl.String, "says": pl.String, VERSION: pl.Int64}
_LISTS = (Kind.TEXT_LIST, Kind.INTEGER_LIST)


def link_keys(frame: pl.DataFrame) -> pl.Series:
    """Return the key of each link: its own, else one from the columns of SEAT.

    >>> row = {"type": "RELATED", "source": "a", "target": "b"}
    >>> link_keys(pl.DataFrame([row | {"key": "k"}, row | {"key": None}])).str.len_chars().to_list()
    [1, 21]
    """
    parts = [
        pl.col(name).cast(pl.String).fill_null("") if name in frame.columns else pl.lit("")
        for name in SEAT
    ]
    own = ("l" + md5_of(frame, parts, 20)).alias("key")
    return own if "key" not in frame.columns else frame["key"].fill_null(own)


def typed_values(frame: pl.DataFrame, columns: Mapping[str, Kind]) -> pl.DataFrame:
    """Return the columns as their kinds, null where a cell cannot be read."""
    return frame.select(typed(name, kind).alias(name) for name, kind in columns.items())


def says(values: pl.DataFrame, form: str, columns: Mapping[str, Kind]) -> pl.Series:
    """Return md5 of the form and of what each row says, 32 hex digits.

    Only what is given counts, each value beside its column: an empty column more or less says
    nothing, and the same figure as a share and as votes are two statements.
    """
    parts = [pl.lit(form), *(_said(name, columns[name]) for name in sorted(values.columns))]
    # Each row has parts of its own: what is null leaves no trace.
    text = values.select(pl.concat_str(parts, separator="\x1f", ignore_nulls=True).alias("text"))
    return md5_of(text, [pl.col("text")])


def _said(name: str, kind: Kind) -> pl.Expr:
    value = pl.col(name)
    if kind in _LISTS:
        value = value.cast(pl.List(pl.String)).list.join("|")
    return pl.lit(f"{name}=") + value.cast(pl.String)


def known_values(rows: pl.LazyFrame, declared: Iterable[str]) -> pl.DataFrame:
    """Return what the ledger holds of the declared columns, under their own names."""
    there = set(rows.collect_schema().names())
    kept = [name for name in declared if f"v_{name}" in there]
    return rows.select(pl.col(f"v_{name}").alias(name) for name in kept).collect()


def known_links(rows: pl.LazyFrame, form: str, declared: Mapping[str, Kind]) -> pl.DataFrame:
    """Return the links that the ledger holds (KNOWN_LINKS)."""
    values = known_values(rows, declared)
    column = f"v_{VERSION}"
    # What was imported before versions were counted is the first.
    there = column in rows.collect_schema().names()
    version = rows.select(column).collect()[column] if there else None
    found = pl.DataFrame(
        [link_keys(values).alias("key"), says(values, form, declared).alias("says")]
    )
    counted = pl.lit(1, pl.Int64) if version is None else version.fill_null(1)
    return found.with_columns(counted.alias(VERSION))


def newest(links: pl.DataFrame) -> pl.DataFrame:
    """Return the newest version of each link."""
    ordered = links.sort("key", VERSION, "says", descending=[False, True, False])
    return ordered.unique("key", keep="first", maintain_order=True)


def version_ids(told: pl.Series, version: pl.Series) -> pl.Series:
    """Return an id a row: what it says, and which version of a link that is after the first."""
    frame = pl.DataFrame({"says": told, VERSION: version})
    later = md5_of(frame, [pl.col("says"), pl.col(VERSION).cast(pl.String)])
    return later.zip_with(version > 1, told)
