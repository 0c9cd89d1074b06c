"""A resource's rows beside the parties that resolution found in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from graph.snapshot.tables import PolarsType
from loaders.catalogue.resource import Resource
from loaders.digests import md5_of
from loaders.resolve.clusters import Clusters
from loaders.resolve.mentions import Mentions


@dataclass(frozen=True, slots=True)
class Placed:
    """The rows of one resource with `uid_<role>` for those in them who are known, else null."""

    resource: Resource
    rows: pl.DataFrame


def place(several: Sequence[Placed], mentions: Mentions, clusters: Clusters) -> list[Placed]:
    """Return the rows, each all of their resource, with the uid of every party in them."""
    here = mentions.frame.select("resource", "role", "at").with_columns(clusters.frame["uid"])
    seats = here.partition_by("resource", "role", as_dict=True, include_key=False)
    nobody = here.drop("resource", "role").clear()
    return [
        Placed(
            one.resource,
            one.rows.with_columns(
                _beside(one.rows.height, seats.get((one.resource.code, role), nobody)).alias(
                    f"uid_{role}"
                )
                for role in one.resource.parties
            ),
        )
        for one in several
    ]


def _beside(height: int, mine: pl.DataFrame) -> pl.Series:
    """Return by row who is in it: where no mention (at, uid) says so, nobody."""
    at = mine["at"].to_numpy()
    # Most roles are there in every row, which then stand in order already.
    if at.size == height and np.array_equal(at, np.arange(height)):
        return mine["uid"]
    # Nobody has the place behind them all.
    places = np.full(height, mine.height)
    places[at] = np.arange(mine.height)
    return mine["uid"].extend_constant(None, 1).gather(places)


def hashed(frame: pl.DataFrame, parts: list[pl.Expr], prefix: str, length: int = 16) -> pl.Series:
    """Return one id a row: prefix and the first hex digits of md5 over the parts."""
    return prefix + md5_of(frame, parts, length)


def text_of(column: str) -> pl.Expr:
    """Return a column as text, missing values as empty text."""
    return pl.col(column).cast(pl.String).fill_null("")


def fitted(frame: pl.DataFrame, schema: Mapping[str, PolarsType]) -> pl.DataFrame:
    """Return the frame with exactly these columns; what is missing is null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )
