"""Bridges: one mention that alone holds two bodies of identifiers and names together."""

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import networkx as nx

# A party that looks like several, and why; loaders.resolve.suspects tells the other reasons.
COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "uid": pl.String,
    "reason": pl.String,
    "measured": pl.Int64,
    "limit": pl.Int64,
    "evidence": pl.String,
    "rule": pl.String,
    "leaves": pl.List(pl.String),
}
# Numbers that stand for a body of mentions; a credit code's inner part is the organisation code.
NUMBERS = (
    "org_code",
    "registration_number",
    "certificate_number",
    "licence_number",
    "tax_number",
    "id_hash",
)
# A side is dense from so many mentions of its own; one may be a slip of the pen.
LEAST_SIDE = 2
REASON = "bridge"
# A mention by its own uid, or a number by (kind, value).
_End = str | tuple[str, str]


def bridges(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the parties in which two sides share no number and no name, but for one mention.

    `frame` are mentions with `uid`. Each side has a number of its own and LEAST_SIDE mentions or
    more. Columns: uid, reason, measured (mentions of the smaller side), limit, evidence (a name of
    each), rule and leaves: the mention that joins them and its rule, or the smaller side, and null,
    where no number joins them at all.
    """
    rows = []
    for (uid,), mine in _candidates(frame).group_by("uid", maintain_order=True):
        found = _bridge(mine)
        if found:
            rows.append((uid, REASON, *found))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _candidates(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions of parties with two numbers that several mentions hold, and two names."""
    held = frame.select("uid", *NUMBERS).unpivot(NUMBERS, index="uid").drop_nulls()
    numbers = held.group_by("uid", "variable", "value").len().filter(pl.col("len") >= LEAST_SIDE)
    several = numbers.group_by("uid").len().filter(pl.col("len") > 1).select("uid")
    mine = frame.join(several, on="uid", how="semi")
    named = pl.col("name_key").drop_nulls().n_unique().over("uid")
    return mine.filter(named > 1).sort("uid", "own_uid")


def _bridge(mine: pl.DataFrame) -> tuple[int, int, str, str | None, list[str]] | None:
    import networkx as nx  # noqa: PLC0415 - a load starts sooner without it

    graph: nx.Graph[_End] = nx.Graph()
    told: dict[_End, tuple[str | None, str]] = {}
    for own, name, rule, *values in mine.select(
        "own_uid", "name_key", "rule", *NUMBERS
    ).iter_rows():
        told[own] = (name, rule)
        for kind, value in zip(NUMBERS, values, strict=True):
            if value is not None:
                graph.add_edge(own, (kind, value))
    apart = _sides(graph, told)
    if apart:
        small, text = apart
        return len(small), LEAST_SIDE - 1, text, None, small
    for mention in sorted(str(one) for one in nx.articulation_points(graph) if one in told):
        parted = _sides(graph.subgraph([one for one in graph if one != mention]), told)
        if parted:
            return len(parted[0]), LEAST_SIDE - 1, parted[1], told[mention][1], [mention]
    return None


def _sides(
    graph: "nx.Graph[_End]", told: Mapping[_End, tuple[str | None, str]]
) -> tuple[list[str], str] | None:
    """Return the mentions of the smaller of two sides without a name in common, and both names."""
    import networkx as nx  # noqa: PLC0415 - a load starts sooner without it

    sides = [
        sorted(one for one in part if isinstance(one, str))
        for part in nx.connected_components(graph)
    ]
    dense = sorted(
        (side for side in sides if len(side) >= LEAST_SIDE), key=lambda one: (len(one), one)
    )
    for small, large in combinations(dense, 2):
        names = [{told[one][0] for one in side} - {None} for side in (large, small)]
        if all(names) and not names[0] & names[1]:
            return small, "／".join(min(map(str, each)) for each in names)
    return None
