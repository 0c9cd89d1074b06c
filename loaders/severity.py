"""Severity and publication term of a record, by dated rules."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from graph.schema.codes import POSITIVE_CLASSES, SEVERITIES
from loaders.tables.read import rules

# The scale of the source, where it has one; 较重 is kept: the national rules have no such tier.
OWN_WORDS = {text.zh: code for code, text in SEVERITIES.items()}
_OWN_VERSION = "source"


def graded(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records with severity, severity_basis and rule_version.

    A tier in the source's own words wins; then the first rule that fits, of the version in force on
    the day of the decision. Positive records have none.
    """
    own = pl.col("severity_word").replace_strict(OWN_WORDS, default=None, return_dtype=pl.String)
    positive = pl.col("class").is_in(sorted(POSITIVE_CLASSES))
    severity, basis, version = (pl.lit(None, dtype=pl.String) for _ in range(3))
    for dated in sorted(rules("severity_rules")["versions"], key=lambda one: str(one["since"])):
        held = pl.col("decided_on").fill_null(pl.date(1900, 1, 1)) >= pl.lit(dated["since"])
        for rule in reversed(dated["rules"]):
            fits = held & _fits(rule)
            severity = pl.when(fits).then(pl.lit(rule["severity"])).otherwise(severity)
            basis = pl.when(fits).then(pl.lit(rule["basis"])).otherwise(basis)
            version = pl.when(fits).then(pl.lit(dated["name"])).otherwise(version)
    known = pl.coalesce("severity", own)
    told = known.is_not_null()
    return records.with_columns(
        pl.when(~positive).then(pl.coalesce(known, severity)).alias("severity"),
        pl.when(~positive)
        .then(pl.when(told).then(pl.lit("来源用语")).otherwise(basis))
        .alias("severity_basis"),
        pl.when(~positive)
        .then(pl.when(told).then(pl.lit(_OWN_VERSION)).otherwise(version))
        .alias("rule_version"),
    )


def _fits(rule: Mapping[str, Any]) -> pl.Expr:
    fits = pl.col("class").is_in(rule["classes"])
    words = rule.get("words")
    if words:
        text = pl.concat_str("severity_word", "measure", separator=" ", ignore_nulls=True)
        fits &= text.str.contains("|".join(words)).fill_null(value=False)
    if "below" in rule:
        fits &= (pl.col("amount") < rule["below"]).fill_null(value=False)
    return fits


def published_until(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records with the end of publication, by rule where the source gives none."""
    until = pl.lit(None, dtype=pl.Date)
    for term in sorted(rules("publication_terms")["terms"], key=lambda one: str(one["since"])):
        fits = (pl.col("class") == term["class"]) & (pl.col("decided_on") >= pl.lit(term["since"]))
        if "severity" in term:
            fits &= pl.col("severity") == term["severity"]
        until = (
            pl.when(fits)
            .then(pl.col("decided_on") + pl.duration(days=term["most"]))
            .otherwise(until)
        )
    given = pl.col("published_until")
    # "Long-term" says that there is no end.
    long_term = given >= pl.date(9999, 1, 1)
    return records.with_columns(
        pl.when(long_term.fill_null(value=False))
        .then(None)
        .otherwise(pl.coalesce(given, until))
        .alias("published_until")
    )
