"""From text columns to typed columns, and the first rule that each row breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from graph.schema.words import Kind
from loaders.rejects import LONGEST_CELL

_TRUE = ("true", "1", "是", "yes")
_FALSE = ("false", "0", "否", "no")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the rows that break it, the column that is at fault, what it asks."""

    broken: pl.Expr
    column: str
    text: str


def typed(name: str, kind: Kind) -> pl.Expr:
    """Return the value of a text column as its kind; null where it cannot be read."""
    text = pl.col(name)
    lower = text.str.to_lowercase()
    truth = pl.when(lower.is_in(_TRUE)).then(statement=True).when(lower.is_in(_FALSE))
    parts = text.str.split("|")
    return {
        Kind.TEXT: text,
        Kind.FRACTION: text.cast(pl.Float64, strict=False),
        Kind.AMOUNT: text.cast(pl.Float64, strict=False),
        Kind.INTEGER: text.cast(pl.Int64, strict=False),
        Kind.DATE: text.str.to_date("%Y-%m-%d", strict=False),
        Kind.BOOLEAN: truth.then(statement=False).otherwise(None),
        Kind.TEXT_LIST: parts,
        Kind.INTEGER_LIST: parts.list.eval(pl.element().cast(pl.Int64, strict=False)),
    }[kind]


_READS = {
    Kind.FRACTION: "must be a fraction from 0 to 1",
    Kind.AMOUNT: "must be a number",
    Kind.INTEGER: "must be a whole number",
    Kind.DATE: "must be a date as 2026-11-23",
    Kind.BOOLEAN: "must be true or false",
}


def kind_rules(columns: Mapping[str, Kind]) -> list[Rule]:
    """Return the rule of each column's kind: what is given must be readable and in range."""
    rules = []
    for name, kind in columns.items():
        if kind in _READS:
            value = typed(name, kind)
            broken = pl.col(name).is_not_null() & value.is_null()
            if kind is Kind.FRACTION:
                broken = broken | (value.is_nan() | ~value.is_between(0.0, 1.0)).fill_null(
                    value=False
                )
            if kind is Kind.AMOUNT:
                broken = broken | (~value.is_finite()).fill_null(value=False)
            rules.append(Rule(broken, name, _READS[kind]))
    return rules


def cell_rules(names: Sequence[str], headers: Sequence[str]) -> list[Rule]:
    """Return the rules of every cell that is given, whatever it says: columns and their headers."""
    rules = []
    for name, header in zip(names, headers, strict=True):
        cell = pl.col(name)
        rules.append(Rule(cell.str.contains("\x00", literal=True), header, "holds a NUL character"))
        huge = cell.str.len_chars() > LONGEST_CELL
        rules.append(Rule(huge, header, f"is longer than {LONGEST_CELL} characters"))
    return rules


def missing(column: str) -> Rule:
    """Return the rule that a column must be given."""
    return Rule(pl.col(column).is_null(), column, "must be given")


def judged(frame: pl.DataFrame, rules: Sequence[Rule]) -> tuple[pl.Series, pl.Series]:
    """Return by row which column is at fault and what its rule asks, null where none is broken."""
    # The first rule wins: later conditions are only asked where the earlier ones held.
    first = pl.lit(None, dtype=pl.Int64)
    for number in reversed(range(len(rules))):
        broken = rules[number].broken.fill_null(value=False)
        first = pl.when(broken).then(number).otherwise(first)
    places = frame.select(first.alias("first").cast(pl.Int64)).to_series()
    columns = pl.Series([rule.column for rule in rules], dtype=pl.String)
    texts = pl.Series([rule.text for rule in rules], dtype=pl.String)
    return columns.gather(places), texts.gather(places)
