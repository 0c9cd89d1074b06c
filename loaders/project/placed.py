"""A resource's rows beside the parties that resolution found in them."""

from collections.abc import Mapping
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


def place(one: Placed, mentions: Mentions, clusters: Clusters) -> Placed:
    """Return the rows, which are all of their resource, with the uid of every party in them."""
    resource, rows = one.resource, one.rows
    here = mentions.frame.select("resource", "at", "role").with_columns(clusters.frame["uid"])
    here = here.filter(pl.col("resource") == resource.code)
    uids = []
    for role in resource.parties:
        mine = here.filter(pl.col("role") == role)
        # Where no mention says of the row who is in it, the place behind them all: nobody.
        places = np.full(rows.height, mine.height)
        places[mine["at"].to_numpy()] = np.arange(mine.height)
        uids.append(mine["uid"].extend_constant(None, 1).gather(places).alias(f"uid_{role}"))
    return Placed(resource, rows.with_columns(uids))


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
