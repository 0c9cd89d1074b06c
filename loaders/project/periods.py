"""Several rows about one relation: which are the same period, and what it carries."""

import polars as pl

# A relation of one kind between two parties; a post is a relation of its own.
SEAT = ["type", "source", "target", "post"]
_ORDER = [*SEAT, "start", "rank", "record_id"]


def merge_periods(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row a period: overlapping rows of one seat are one, others stay apart.

    Of several rows each value comes from the smallest (rank, record_id) that has it; `records` are
    all that say so, the one with authority first. Half-open periods: an end on the day of the next
    beginning does not overlap.
    """
    counted = rows.with_columns(pl.len().over(SEAT).alias("count"))
    single = counted.filter(pl.col("count") == 1).drop("count")
    several = _split_holdings(counted.filter(pl.col("count") > 1).drop("count"))
    if not several.height:
        return single.drop("rank")
    return pl.concat([single.drop("rank"), _swept(several)])


def _split_holdings(rows: pl.DataFrame) -> pl.DataFrame:
    """Let a holding that is open begin where the last change before it ended."""
    held = pl.col("type") == "HOLDS_SHARES"
    closed = pl.col("valid_to").max().over(SEAT)
    first = pl.col("valid_from").min().over(SEAT)
    open_ = held & pl.col("valid_to").is_null() & closed.is_not_null()
    later = open_ & (pl.col("valid_from").is_null() | (pl.col("valid_from") < closed))
    before = held & pl.col("valid_to").is_not_null() & pl.col("valid_from").is_null()
    begins = pl.when(before & (first < pl.col("valid_to"))).then(first)
    return rows.with_columns(
        pl.when(later).then(closed).otherwise(pl.coalesce("valid_from", begins)).alias("valid_from")
    )


def _swept(rows: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("valid_from").fill_null(pl.date(1, 1, 1))
    end = pl.col("valid_to").fill_null(pl.date(9999, 12, 31))
    rows = rows.with_columns(start.alias("start"), end.alias("end")).sort(_ORDER)
    reach = pl.col("end").cum_max().shift(1).over(SEAT)
    begins = (pl.col("start") >= reach).fill_null(value=True)
    rows = rows.with_columns(begins.cast(pl.Int32).cum_sum().alias("period"))
    values = [
        name
        for name in rows.columns
        if name
        not in {*SEAT, "start", "end", "period", "rank", "records", "first_seen", "last_seen"}
    ]
    merged = (
        rows.sort("period", "rank", "record_id")
        .group_by("period", maintain_order=True)
        .agg(
            pl.col(SEAT).first(),
            *(pl.col(name).drop_nulls().first() for name in values),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("records").explode().unique(maintain_order=True),
        )
    )
    return merged.select(
        name for name in rows.columns if name not in {"start", "end", "period", "rank"}
    )
