"""The whole projection: ledger and clusters in, the five tables of a snapshot out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from graph.snapshot.tables import CONFLICTS, MENTIONS, NODES
from loaders.catalogue.catalog import Catalogue
from loaders.project import flat
from loaders.project.coming import Coming
from loaders.project.links import lead_links, link_rows, links
from loaders.project.parties import parties
from loaders.project.placed import Placed, fitted, place
from loaders.project.records import record_rows, records
from loaders.project.things import first_of_each, things, with_things
from loaders.resolve.clusters import Clusters
from loaders.resolve.mentions import FLAT, Mentions
from loaders.sorting import by_digest


@dataclass(frozen=True, slots=True)
class Begun:
    """What rows say of themselves: they with their nodes that are no party, and those nodes."""

    rows: Sequence[Placed]
    others: pl.DataFrame


def begin(catalogue: Catalogue, mentions: Mentions, tables: Coming) -> Begun:
    """Hand over the nodes for which nobody needs to know who is who: they can be stored meanwhile.

    What is returned is for `project`.
    """
    codes = [code for code in mentions.rows if not code.startswith(FLAT)]
    rows = [
        with_things(Placed(catalogue.resource(code), mentions.rows[code])) for code in sorted(codes)
    ]
    others = first_of_each([part for one in rows for part in things(one)])
    tables.add("nodes", others)
    return Begun(rows, others)


def project(
    begun: Begun,
    mentions: Mentions,
    clusters: Clusters,
    leads: Callable[[], pl.DataFrame],
    tables: Coming,
) -> None:
    """Put the tables records, nodes, mentions, conflicts and links, each in its total order.

    `leads` is asked last for pairs that may be one (loaders/resolve/leads.py): links alone need
    them. Parties take the longest, so records are there before. Columns, types and order are those
    of graph/snapshot/tables.py.
    """
    placed = place(begun.rows, mentions, clusters)
    decided = records([part for one in placed for part in record_rows(one)])
    decided = pl.concat([decided, flat.flat_records(mentions.rows)])
    tables.put("records", decided.sort("uid", "subject"))
    nodes, conflicts = pl.DataFrame(schema=NODES), pl.DataFrame(schema=CONFLICTS)
    if placed and mentions.frame.height:
        nodes, conflicts = parties(placed, mentions, clusters)
    given = flat.flat_nodes(mentions.rows)
    tables.add("nodes", nodes)
    tables.add("nodes", given.nodes)
    tables.put("nodes", _by_uid(pl.concat([begun.others, nodes, given.nodes])))
    found = links([part for one in placed for part in link_rows(one)])
    found = pl.concat([found, flat.flat_links(mentions.rows)])
    tables.add("links", found)
    told = [said(mentions, clusters), given.mentions, flat.flat_said(mentions.rows)]
    tables.put("mentions", by_digest(pl.concat(told), "record_id", "role"))
    tables.put("conflicts", pl.concat([conflicts, given.conflicts]).sort(*CONFLICTS))
    suspected = lead_links(leads())
    tables.add("links", suspected)
    tables.put("links", by_digest(pl.concat([found, suspected]), "key", prefix=1))


def _by_uid(nodes: pl.DataFrame) -> pl.DataFrame:
    """Return the nodes in order; most often they are, for each part is, and letters tell them."""
    return nodes if nodes["uid"].is_sorted() else nodes.sort("uid")


def said(mentions: Mentions, clusters: Clusters) -> pl.DataFrame:
    """Return where each mention stands and why it is of its party, in the form of MENTIONS."""
    frame = mentions.frame.with_columns(clusters.frame["uid"], clusters.frame["rule"])
    # Most of what a mention says is not asked for, and need not be parted.
    frame = frame.select("at", *(name for name in MENTIONS if name in frame.columns))
    parts = [pl.DataFrame(schema=MENTIONS)]
    for mine in frame.partition_by("resource", maintain_order=True):
        where = mentions.rows[mine["resource"][0]].select("batch", "file", "row")[mine["at"]]
        parts.append(fitted(mine.with_columns(where), MENTIONS))
    return pl.concat(parts)
