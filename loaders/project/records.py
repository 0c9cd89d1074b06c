"""Credit records: the same decision in several files is one; its status is the latest known."""

from collections.abc import Iterator

import polars as pl

from graph.snapshot.tables import RECORDS
from loaders.catalogue.resource import RecordForm, Resource
from loaders.project.placed import Placed, fitted, hashed, text_of
from loaders.resolve.mentions import when
from loaders.severity import graded, published_until

# Of several files that speak of one decision the first of these that any of them says holds.
STATUS_ORDER = ("revoked", "repaired", "expired", "disputed", "not_yet_effective", "active")


def record_rows(placed: Placed) -> Iterator[pl.DataFrame]:
    """Yield the rows of every record form in the form of RECORDS, with `rank`, `first`, `updates`.

    `first` is the text of the first key column, by which a change of status finds its record.
    """
    for form in placed.resource.records:
        subject = f"uid_{form.subject}"
        rows = placed.rows.filter(pl.col(subject).is_not_null(), when(placed.rows, form.when))
        if rows.height:
            yield _rows(rows, placed.resource, form, subject)


def _rows(rows: pl.DataFrame, resource: Resource, form: RecordForm, subject: str) -> pl.DataFrame:
    first = pl.col(f"v_{form.key[0]}").cast(pl.String)
    # Without its own number a decision is told apart by the row that says it.
    key = [
        pl.coalesce(first, pl.col("record_id")),
        *(text_of(f"v_{column}") for column in form.key[1:]),
    ]
    uid = hashed(rows, [pl.lit(form.record_class), *key], "c")
    values = [pl.col(f"v_{column}").alias(name) for name, column in form.values.items()]
    values += [pl.lit(value).alias(name) for name, value in form.constants.items()]
    frame = rows.with_columns(uid.alias("uid")).select(
        "uid",
        pl.col(subject).alias("subject"),
        pl.lit(form.record_class).alias("class"),
        pl.lit(resource.disclosure).alias("disclosure"),
        pl.lit(resource.code).alias("resource"),
        "record_id",
        pl.concat_list("record_id").alias("records"),
        *values,
    )
    if "status" in frame.columns:
        frame = frame.with_columns(pl.col("status").replace("other", None))
    return fitted(frame, RECORDS).with_columns(
        pl.Series("first", rows.select(first).to_series()),
        pl.lit(resource.authority, dtype=pl.Int32).alias("rank"),
        pl.lit(form.updates).alias("updates"),
    )


def records(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return every record and subject once, in the form of RECORDS, not sorted."""
    if not parts:
        return pl.DataFrame(schema=RECORDS)
    rows = pl.concat(parts)
    made = rows.filter(~pl.col("updates"))
    found = _known(rows.filter("updates"), made)
    whole = _merged(pl.concat([made, found]))
    whole = graded(whole.with_columns(pl.col("positive").fill_null(value=False)))
    return fitted(published_until(whole).with_columns(_title()), RECORDS)


def _known(updates: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Return the changes of status under the uid of the record that each speaks of."""
    seat = ["class", "first", "subject"]
    known = made.filter(pl.col("first").is_not_null()).select(*seat, pl.col("uid").alias("known"))
    # One document number twice under one party: the change speaks of both rows of that decision.
    joined = updates.join(known.unique(), on=seat, how="inner", maintain_order="left")
    return joined.with_columns(pl.col("known").alias("uid")).drop("known").select(updates.columns)


def standing() -> pl.Expr:
    """Return the place of `status` in STATUS_ORDER; what is no status comes last."""
    return pl.col("status").replace_strict(
        {status: place for place, status in enumerate(STATUS_ORDER)},
        default=len(STATUS_ORDER),
        return_dtype=pl.Int32,
    )


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    pair = ["uid", "subject"]
    ordered = rows.with_columns(standing().alias("standing")).sort(
        *pair, "updates", "rank", "record_id"
    )
    skipped = {*pair, "first", "rank", "updates", "standing", "records", "status", "ended_on"}
    values = [name for name in rows.columns if name not in skipped]
    strongest = pl.col("standing") == pl.col("standing").min()
    merged = ordered.group_by(pair, maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in values),
        pl.col("status").filter(strongest).first(),
        # The day belongs to the status that holds, not to another file's.
        pl.coalesce(
            pl.col("ended_on").filter(strongest).drop_nulls().first(),
            pl.col("ended_on").filter(~pl.col("updates")).drop_nulls().first(),
        ).alias("ended_on"),
        pl.col("records").explode().unique(maintain_order=True),
    )
    return merged.with_columns(pl.col("status").fill_null("active"))


def _title() -> pl.Expr:
    """Return what a record is called: its number, else what it is about."""
    return pl.coalesce("case_number", "measure", "reason", "class").alias("name")
