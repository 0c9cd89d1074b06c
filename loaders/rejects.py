"""Rejected rows as they are handed back: the cells as given, then which rule each row broke."""

from collections.abc import Sequence

import polars as pl

from loaders.cells import REASONS, beside_reasons
from loaders.clean.texts import changed_where, identity_masked
from loaders.readers import RawTable

# More characters than Excel lets a cell hold: the department never typed this.
LONGEST_CELL = 32_767
_LONGEST_VALUE = 200
# What is masked holds so many digits on end: of most cells that is all that is looked for.
_DIGITS = r"\d{11}"
_PHONE = r"^\s*(?:\+?86)?[- ]?(1\d{2})\d{4}(\d{4})\s*$"


def masked(cell: pl.Series) -> pl.Series:
    """Return the cells of a column as given, complete identity and phone numbers masked."""
    return changed_where(cell, cell.str.contains(_DIGITS), _masked)


def _masked(texts: pl.Series) -> pl.Series:
    text = identity_masked(pl.col(texts.name)).str.replace(_PHONE, "${1}****${2}")
    return texts.to_frame().select(text).to_series()


def rejected_rows(
    headers: Sequence[str],
    cells: Sequence[pl.Series],
    rows: pl.Series,
    columns: pl.Series,
    rules: pl.Series,
) -> pl.DataFrame:
    """Return the broken rows by header, cells shortened, and REASONS.

    All series have a value a row of the table: `cells`, one a header, masked; `rows` its number;
    `columns` and `rules` which header it breaks which rule at, null where it breaks none.
    """
    bad = rules.is_not_null()
    columns, rules = columns.filter(bad), rules.filter(bad)
    value = pl.Series([None] * len(rules), dtype=pl.String)
    held = []
    for header, cell in zip(headers, cells, strict=True):
        given = cell.filter(bad)
        value = value.zip_with(columns != header, given)
        held.append(given.str.slice(0, LONGEST_CELL).alias(beside_reasons(header)))
    value = value.str.slice(0, _LONGEST_VALUE).str.replace_all("\x00", "\\0", literal=True)
    reasons = (rows.filter(bad), columns, value, rules)
    held += [one.alias(name) for one, name in zip(reasons, REASONS, strict=True)]
    return pl.DataFrame(held)


def with_broken(rejected: pl.DataFrame, raw: RawTable) -> pl.DataFrame:
    """Return rejected rows and those whose cells do not fit the header, in order."""
    number, column, value, rule = REASONS
    unfit = raw.broken.select(
        pl.col("row").alias(number),
        pl.lit("—").alias(column),
        identity_masked(pl.col("text").str.slice(0, _LONGEST_VALUE)).alias(value),
        pl.col("rule").alias(rule),
    )
    return pl.concat([rejected, unfit], how="diagonal").sort(number, maintain_order=True)
