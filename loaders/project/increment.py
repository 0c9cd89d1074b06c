"""The projection goes on from the one before: only parties whose rows changed are made anew."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.snapshot import form
from graph.snapshot.difference import rows_at
from graph.snapshot.mapped import Edit
from graph.snapshot.numeric import IntArray
from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import CONFLICTS, NODES
from loaders.catalogue.catalog import Catalogue
from loaders.pool import in_pool
from loaders.project.links import LEADS_FROM, lead_links, link_rows, links
from loaders.project.parties import parties
from loaders.project.placed import Placed, place
from loaders.project.records import record_rows, records
from loaders.project.things import first_of_each, things, with_things
from loaders.project.whole import said
from loaders.resolve.clusters import FOUND, Clusters
from loaders.resolve.increment import Resolved
from loaders.resolve.known import Known
from loaders.resolve.mentions import COLUMNS, Mentions

Array = NDArray[Any]
_LEAD = form.TYPES.index("POSSIBLY_SAME")


@dataclass(frozen=True, slots=True)
class Change:
    """What a snapshot is made from, given the one before.

    `before` is that one, `resolved` who is who now, `records` the ids of the new records. `leads`
    returns pairs of parties that may be one and is asked last: links alone need them. Before it is
    asked `first` hears the edits of nodes and records.
    """

    before: Snapshot
    resolved: Resolved
    records: pl.Series
    leads: Callable[[], pl.DataFrame]
    first: Callable[[Mapping[str, Edit]], None]


def can_go_on(catalogue: Catalogue, codes: Sequence[str]) -> bool:
    """Return whether the projection of these resources follows from the parties that changed.

    A link between two nodes that are no party would change with no party.
    """
    return not any(
        link.source in resource.nodes and link.target in resource.nodes
        for resource in map(catalogue.resource, codes)
        for link in resource.links
    )


def project_after(catalogue: Catalogue, change: Change) -> dict[str, Edit]:
    """Return what turns the tables before into those of `project` of everything.

    A party's values, links and records follow from the rows that name it: they are made anew for
    the parties that gained or lost a mention, and taken over for all others.
    """
    part, first = in_pool(lambda: _of_parties(catalogue, change))
    change.first(first)
    others, made = in_pool(lambda: _of_the_rest(part, change.before))
    return first | others | {"links": _links(made, change.before, part.dirty, change.leads)}


@dataclass(frozen=True, slots=True)
class _Part:
    """What is made anew: the `dirty` parties, and the `wanted` records with all that they say."""

    dirty: pl.Series
    wanted: pl.Series
    mentions: Mentions
    clusters: Clusters
    placed: Sequence[Placed]
    conflicts: pl.DataFrame


def _of_parties(catalogue: Catalogue, change: Change) -> tuple[_Part, dict[str, Edit]]:
    """Return what is made anew, and the edits of nodes and records."""
    found, before = change.resolved, change.before
    known = found.known
    frame = known.frame
    dirty = pl.concat([found.changed["uid"], found.was["uid"]]).unique()
    theirs = frame.select("record_id", "uid").filter(_in("uid", dirty))["record_id"]
    wanted = pl.concat([theirs, change.records]).unique()
    wanted = pl.concat([wanted, *_beside(catalogue, known, wanted)]).unique()
    mentions, clusters = _part(known, wanted)
    rows = [
        with_things(Placed(catalogue.resource(code), mentions.rows[code]))
        for code in sorted(mentions.rows)
    ]
    placed = place(rows, mentions, clusters)
    nodes, conflicts = pl.DataFrame(schema=NODES), pl.DataFrame(schema=CONFLICTS)
    if mentions.frame.height:
        nodes, conflicts = parties(placed, mentions, clusters)
    ranks = {code: catalogue.resource(code).authority for code in known.rows}
    first = {
        "nodes": _nodes(placed, ranks, nodes.filter(_in("uid", dirty)), before, dirty),
        "records": _records(placed, before, dirty),
    }
    return _Part(dirty, wanted, mentions, clusters, placed, conflicts), first


def _of_the_rest(part: _Part, before: Snapshot) -> tuple[dict[str, Edit], pl.DataFrame]:
    """Return the edits of mentions and conflicts, and the links of the dirty parties."""
    arrays, dirty = before.arrays, part.dirty
    said_rows = _standing(arrays["said_id"], part.wanted)
    lost = _standing(arrays["conflict_uid"], dirty)
    disputed = part.conflicts.filter(_in("uid", dirty)).sort(*CONFLICTS)
    said_now = said(part.mentions, part.clusters).sort("record_id", "role")
    edits = {
        "mentions": _edit(arrays["said_id"], said_rows, said_now, "record_id"),
        "conflicts": _edit(arrays["conflict_uid"], lost, disputed, "uid"),
    }
    concerned = _in("source", dirty) | _in("target", dirty)
    made = links([rows.filter(concerned) for one in part.placed for rows in link_rows(one)])
    return edits, made


def _edit(keys: Array, gone: IntArray, made: pl.DataFrame, key: str) -> Edit:
    """Return an edit of the table whose sorted first column is `keys`.

    Rows that stay have no value of `key` in common with those that are made.
    """
    at = np.searchsorted(keys, _bytes(made[key]))
    return Edit(gone, made, at.astype(np.int64))


def _bytes(texts: pl.Series) -> Array:
    return np.array([text.encode() for text in texts], np.bytes_)


def _standing(keys: Array, texts: pl.Series) -> IntArray:
    """Return the places of sorted `keys` at which one of the texts stands, ascending."""
    wanted = _bytes(texts.drop_nulls().unique().sort())
    first, last = (np.searchsorted(keys, wanted, side) for side in ("left", "right"))
    return _spread(first, last)


def _spread(first: IntArray, last: IntArray) -> IntArray:
    """Return the places of all ranges first..last, one after the other."""
    lengths = last - first
    skipped = np.concatenate(([0], np.cumsum(lengths)[:-1])) if lengths.size else lengths
    found: IntArray = np.repeat(first - skipped, lengths) + np.arange(lengths.sum())
    return found


def _listed(before: Snapshot, owner: str, nodes: IntArray) -> IntArray:
    """Return the rows that the arrays `owner` list for nodes: "out" and "in" links, "rec"ords."""
    start = before.arrays[f"{owner}_start"]
    rows = before.arrays["rec_row" if owner == "rec" else f"{owner}_link"]
    return rows[_spread(start[nodes], start[nodes + 1])].astype(np.int64)


def _in(column: str, values: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(values.implode()).fill_null(value=False)


def _beside(catalogue: Catalogue, known: Known, wanted: pl.Series) -> Iterator[pl.Series]:
    """Yield records of other holders of the same companies: a share is a part of all amounts."""
    for code in known.rows:
        for link in catalogue.resource(code).links:
            if not link.share_of:
                continue
            # Four columns of many: the rows of a register are a tenth of all.
            held = known.frame.select("record_id", "uid", "resource", "role")
            held = held.filter(pl.col("resource") == code, pl.col("role") == link.target)
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
    before: Snapshot,
    dirty: pl.Series,
) -> Edit:
    """Return the edit of nodes: parties made anew, of each other thing the first row to say it."""
    said_now = [part for one in placed for part in things(one)]
    uids = pl.concat([pl.Series("uid", [], pl.String), *(part["uid"] for part in said_now)])
    known = before.arrays["uids"]
    things_before = _standing(known, uids)
    there = rows_at(before, "nodes", things_before)
    rank = pl.col("resource").replace_strict(ranks, return_dtype=pl.Int32).alias("rank")
    others = first_of_each([there.with_columns(rank), *said_now])
    gone = np.union1d(_standing(known, dirty), things_before)
    return _edit(known, gone, pl.concat([made, others]).sort("uid"), "uid")


def _links(
    made: pl.DataFrame, before: Snapshot, dirty: pl.Series, leads: Callable[[], pl.DataFrame]
) -> Edit:
    keys = before.arrays["link_keys"]
    nodes = _standing(before.arrays["uids"], dirty)
    theirs = np.concatenate([_listed(before, "out", nodes), _listed(before, "in", nodes)])
    suspected = np.flatnonzero(before.arrays["link_type"][: keys.size] == _LEAD)
    told = rows_at(before, "links", suspected)["resource"] == LEADS_FROM
    gone = np.union1d(theirs[theirs < keys.size], suspected[told.to_numpy()])
    return _edit(keys, gone, pl.concat([made, lead_links(leads())]).sort("key"), "key")


def _records(placed: Sequence[Placed], before: Snapshot, dirty: pl.Series) -> Edit:
    concerned = _in("subject", dirty)
    made = records([part.filter(concerned) for one in placed for part in record_rows(one)])
    keys = before.arrays["record_uid"]
    theirs = _listed(before, "rec", _standing(before.arrays["uids"], dirty))
    # The order goes by record and subject: of a record that is touched every row stands anew.
    touched = pl.concat([made["uid"], pl.Series("uid", keys[theirs].astype(np.str_), pl.String)])
    gone = _standing(keys, touched)
    others = rows_at(before, "records", np.setdiff1d(gone, theirs))
    return _edit(keys, gone, pl.concat([made, others]).sort("uid", "subject"), "uid")
