"""The projection goes on from the one before: only parties whose rows changed are made anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from graph.snapshot.tables import CONFLICTS, NODES
from loaders.catalogue.catalog import Catalogue
from loaders.project.links import LEADS_FROM, lead_links, link_rows, links
from loaders.project.parties import parties
from loaders.project.placed import Placed, place
from loaders.project.records import record_rows, records
from loaders.project.things import first_of_each, things, with_things
from loaders.project.whole import said
from loaders.resolve.clusters import FOUND, Clusters
from loaders.resolve.increment import Known, Resolved
from loaders.resolve.mentions import COLUMNS, Mentions

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Change:
    """What a snapshot is made from, given the one before.

    `before` are its tables, `resolved` who is who now, `records` the ids of the new records.
    """

    before: Tables
    resolved: Resolved
    records: pl.Series
    leads: pl.DataFrame


def can_go_on(catalogue: Catalogue, codes: Sequence[str]) -> bool:
    """Return whether the projection of these resources follows from the parties that changed.

    A link between two nodes that are no party would change with no party.
    """
    return not any(
        link.source in resource.nodes and link.target in resource.nodes
        for resource in map(catalogue.resource, codes)
        for link in resource.links
    )


def project_after(catalogue: Catalogue, change: Change) -> dict[str, pl.DataFrame]:
    """Return the same tables as `project` of everything, from the tables before and what changed.

    A party's values, links and records follow from the rows that name it: they are made anew for
    the parties that gained or lost a mention, and taken over for all others.
    """
    found, before = change.resolved, change.before
    known = found.known
    frame = known.frame
    dirty = pl.concat([found.changed["uid"], found.was["uid"]]).unique()
    theirs = frame.filter(_in("uid", dirty))["record_id"]
    wanted = pl.concat([theirs, change.records]).unique()
    wanted = pl.concat([wanted, *_beside(catalogue, known, wanted)]).unique()
    mentions, clusters = _part(known, wanted)
    placed = [
        with_things(place(mentions, clusters, catalogue.resource(code)))
        for code in sorted(mentions.rows)
    ]
    nodes, conflicts = pl.DataFrame(schema=NODES), pl.DataFrame(schema=CONFLICTS)
    if mentions.frame.height:
        nodes, conflicts = parties(placed, mentions, clusters)
    ranks = {code: catalogue.resource(code).authority for code in known.rows}
    kept = before["conflicts"].filter(~_in("uid", dirty))
    conflicts = pl.concat([kept, conflicts.filter(_in("uid", dirty))])
    rows = before["mentions"].filter(~_in("record_id", wanted))
    return {
        "nodes": _nodes(placed, ranks, nodes.filter(_in("uid", dirty)), before["nodes"], dirty),
        "links": _links(placed, before["links"], dirty, change.leads),
        "records": _records(placed, before["records"], dirty),
        "mentions": _merged(rows, said(mentions, clusters).sort("record_id", "role"), "record_id"),
        "conflicts": conflicts.sort(*CONFLICTS),
    }


def _merged(kept: pl.DataFrame, made: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return both in the order of `key`, which both are in and have no value of in common."""
    return kept.lazy().merge_sorted(made.lazy(), key=key).collect()


def _in(column: str, values: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(values.implode()).fill_null(value=False)


def _beside(catalogue: Catalogue, known: Known, wanted: pl.Series) -> Iterator[pl.Series]:
    """Yield records of other holders of the same companies: a share is a part of all amounts."""
    for code in known.rows:
        for link in catalogue.resource(code).links:
            if not link.share_of:
                continue
            held = known.frame.filter(pl.col("resource") == code, pl.col("role") == link.target)
            companies = held.filter(_in("record_id", wanted))["uid"].unique()
            yield held.filter(_in("uid", companies))["record_id"]


def _part(known: Known, wanted: pl.Series) -> tuple[Mentions, Clusters]:
    """Return the mentions and parties of these records alone, with their rows."""
    rows = {code: part.filter(_in("record_id", wanted)) for code, part in known.rows.items()}
    rows = {code: part for code, part in rows.items() if part.height}
    mine = known.frame.filter(_in("record_id", wanted)).drop("at")
    at = [part.select("record_id").with_row_index("at") for part in rows.values()]
    nowhere = pl.DataFrame(schema={"at": pl.UInt32, "record_id": pl.String})
    mine = mine.join(pl.concat([nowhere, *at]), on="record_id", how="inner", maintain_order="left")
    mine = mine.sort("resource", "at", "role")
    return Mentions(mine.select(list(COLUMNS)), rows), Clusters(mine.select(list(FOUND)), {})


def _nodes(
    placed: Sequence[Placed],
    ranks: Mapping[str, int],
    made: pl.DataFrame,
    before: pl.DataFrame,
    dirty: pl.Series,
) -> pl.DataFrame:
    """Return all nodes: parties made anew, and of each other thing the first row that says it."""
    said_now = [part for one in placed for part in things(one)]
    uids = pl.concat([pl.Series("uid", [], pl.String), *(part["uid"] for part in said_now)])
    there = before.filter(_in("uid", uids))
    rank = pl.col("resource").replace_strict(ranks, return_dtype=pl.Int32).alias("rank")
    others = first_of_each([there.with_columns(rank), *said_now])
    kept = before.filter(~_in("uid", dirty), ~_in("uid", uids))
    return _merged(kept, pl.concat([made, others]).sort("uid"), "uid")


def _links(
    placed: Sequence[Placed], before: pl.DataFrame, dirty: pl.Series, leads: pl.DataFrame
) -> pl.DataFrame:
    concerned = _in("source", dirty) | _in("target", dirty)
    made = links([part.filter(concerned) for one in placed for part in link_rows(one)])
    kept = before.filter(~concerned, pl.col("resource").ne_missing(LEADS_FROM))
    return _merged(kept, pl.concat([made, lead_links(leads)]).sort("key"), "key")


def _records(placed: Sequence[Placed], before: pl.DataFrame, dirty: pl.Series) -> pl.DataFrame:
    concerned = _in("subject", dirty)
    made = records([part.filter(concerned) for one in placed for part in record_rows(one)])
    return pl.concat([before.filter(~concerned), made]).sort("uid", "subject")
