"""Links: what rows say of two parties, brought together with every row that says it."""

from collections.abc import Iterator

import polars as pl

from graph.snapshot.tables import LINKS
from loaders.catalogue.resource import LinkForm
from loaders.project.periods import merge_periods
from loaders.project.placed import Placed, fitted, hashed, text_of
from loaders.resolve.mentions import when

# An end that is not in sight: kept as no end.
OPEN_END = pl.date(9999, 12, 31)
# What stands as the resource of a lead: no department says it.
LEADS_FROM = "resolution"


def link_rows(placed: Placed) -> Iterator[pl.DataFrame]:
    """Yield the rows of every link form in the form of LINKS, with `rank`; keys are still null."""
    for form in placed.resource.links:
        rows = placed.rows.filter(
            pl.col(f"uid_{form.source}").is_not_null() & pl.col(f"uid_{form.target}").is_not_null(),
            when(placed.rows, form.when),
            *((pl.col(f"v_{column}").fill_null(0) != 0) for column in form.needs),
        )
        if rows.height:
            yield _rows(rows, placed, form)


def _rows(rows: pl.DataFrame, placed: Placed, form: LinkForm) -> pl.DataFrame:
    values = [pl.col(f"v_{column}").alias(name) for name, column in form.carries.items()]
    values += [pl.lit(value).alias(name) for name, value in form.constants.items()]
    frame = rows.select(
        pl.lit(form.type).alias("type"),
        pl.col(f"uid_{form.source}").alias("source"),
        pl.col(f"uid_{form.target}").alias("target"),
        _day(form.valid_from).alias("valid_from"),
        _day(form.valid_to).alias("valid_to"),
        pl.col("seen_on").alias("first_seen"),
        pl.col("seen_on").alias("last_seen"),
        pl.lit("recorded").alias("kind"),
        pl.lit(placed.resource.code).alias("resource"),
        "record_id",
        pl.concat_list("record_id").alias("records"),
        *values,
    )
    # A party beside itself is a slip of the source or of a merge, and says nothing; own shares do.
    if form.type != "HOLDS_SHARES":
        frame = frame.filter(pl.col("source") != pl.col("target"))
    if form.share_of:
        frame = _with_share(frame)
    rank = pl.lit(placed.resource.authority, dtype=pl.Int32).alias("rank")
    return fitted(frame, LINKS).with_columns(rank)


def _day(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, dtype=pl.Date)
    return pl.when(pl.col(f"v_{column}") < OPEN_END).then(pl.col(f"v_{column}"))


def _with_share(frame: pl.DataFrame) -> pl.DataFrame:
    """Fill a missing share with the amount's part of all amounts in that company.

    Only where every present holder of the company has an amount: else the whole is not known.
    """
    if "share" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("share"))
    now = pl.col("valid_to").is_null()
    amount = pl.when(now).then(pl.col("amount"))
    whole = amount.sum().over("target")
    known = (pl.col("amount").is_not_null() | ~now).all().over("target")
    part = pl.when(now & known & (whole > 0)).then(pl.col("amount") / whole)
    return frame.with_columns(pl.col("share").fill_null(part))


def links(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return every link once, in the form of LINKS, not sorted."""
    if not parts:
        return pl.DataFrame(schema=LINKS)
    merged = merge_periods(pl.concat(parts))
    seat = [text_of(name) for name in ("type", "source", "target", "post", "valid_from")]
    return fitted(merged.with_columns(hashed(merged, seat, "l", 20).alias("key")), LINKS)


def lead_links(leads: pl.DataFrame) -> pl.DataFrame:
    """Return leads in the form of LINKS: no fact, and no row says them; `records` name both."""
    if not leads.height:
        return pl.DataFrame(schema=LINKS)
    frame = leads.with_columns(
        pl.lit("POSSIBLY_SAME").alias("type"),
        pl.lit("lead").alias("kind"),
        pl.lit(LEADS_FROM).alias("resource"),
        pl.col("records").list.first().alias("record_id"),
    )
    seat = [text_of(name) for name in ("type", "source", "target")]
    return fitted(frame.with_columns(hashed(frame, seat, "l", 20).alias("key")), LINKS)
