"""Nodes that are no party: engagements, tenders, suits, addresses, phones, e-mail."""

from collections.abc import Iterator

import polars as pl

from graph.snapshot.tables import NODES
from loaders.catalogue.resource import NodeForm, Resource, ValueKind
from loaders.project.placed import Placed, fitted, hashed, text_of
from loaders.resolve.mentions import when

# First letter of the uid by label.
LETTERS = {
    "Address": "a",
    "Phone": "p",
    "Email": "m",
    "Engagement": "g",
    "Tender": "t",
    "Lawsuit": "s",
}


def with_things(placed: Placed) -> Placed:
    """Return the rows with `uid_<role>` for each node form, null where its first key is empty."""
    rows = placed.rows
    for role, form in placed.resource.nodes.items():
        key = [text_of(f"v_{column}") for column in form.key]
        uids = hashed(rows, [pl.lit(form.label), *key], LETTERS[form.label])
        there = rows[f"v_{form.key[0]}"].is_not_null() & when(rows, form.when)
        rows = rows.with_columns(uids.alias("uid")).with_columns(
            pl.when(there).then("uid").alias(f"uid_{role}")
        )
    return Placed(placed.resource, rows.drop("uid", strict=False))


def things(placed: Placed) -> Iterator[pl.DataFrame]:
    """Yield nodes in the form of NODES, with `rank` by which the first of a uid is chosen."""
    for role, form in placed.resource.nodes.items():
        rows = placed.rows.filter(pl.col(f"uid_{role}").is_not_null())
        values = [pl.col(f"v_{column}").alias(name) for name, column in form.properties.items()]
        values += [pl.lit(value).alias(name) for name, value in form.constants.items()]
        frame = rows.select(
            pl.col(f"uid_{role}").alias("uid"),
            pl.lit(form.label).alias("label"),
            pl.concat_list(pl.lit(form.label)).alias("labels"),
            _name(form, placed.resource).alias("name"),
            pl.lit(placed.resource.code).alias("resource"),
            "record_id",
            *values,
        )
        rank = pl.lit(placed.resource.authority, dtype=pl.Int32).alias("rank")
        yield fitted(frame, NODES).with_columns(rank)


def _name(form: NodeForm, resource: Resource) -> pl.Expr:
    # A phone number is kept as hash and mask: people see the mask.
    masked = resource.columns[form.name].kind is ValueKind.PHONE
    return pl.col(f"v_{form.name}_mask" if masked else f"v_{form.name}")


def first_of_each(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return one row a uid: the smallest rank, then the smallest record id."""
    if not parts:
        return pl.DataFrame(schema=NODES)
    ordered = pl.concat(parts).sort("uid", "rank", "record_id")
    return ordered.unique("uid", keep="first", maintain_order=True).drop("rank")
