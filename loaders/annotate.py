"""Exposures of a scan at the nodes of a store: what differs is sent, none is left stale."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from graph.protocol import GraphStore, NodeBatch, Row
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import all_computed
from loaders.messages import Progress, message

PARTY = ("Party",)
COMPUTED = tuple(item.name for item in SCHEMA.node("Party").properties if item.computed)
_HELD = all_computed(SCHEMA, "Party", "exposure")
# Rows a batch, as a publication sends them.
ROWS_A_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Annotated:
    """What became of the nodes: how many got other values, how many lost theirs."""

    changed: int
    cleared: int


def annotate(store: GraphStore, key: str, table: pl.DataFrame, progress: Progress) -> Annotated:
    """Make the parties of a store have the exposures of a scan, and no others; safe to repeat.

    `table` has `uid` and COMPUTED, one row an exposed party. The mark stands from the first write
    on: whoever publishes another snapshot knows that there is something to clear.

    Raises:
        StoreError: the store refused, or a party is not there.
    """
    store.mark_scan(key)
    wanted = table.select("uid", *COMPUTED)
    held = pl.DataFrame(list(store.stream(_HELD, {})), schema=wanted.schema)
    same = wanted.join(held, on=wanted.columns, how="semi", nulls_equal=True)
    other = wanted.join(same, on="uid", how="anti", maintain_order="left")
    gone = held.join(wanted, on="uid", how="anti").sort("uid")
    changed = _send(store, other.iter_rows(named=True), other.height, progress)
    return Annotated(changed, _clear(store, gone["uid"], progress))


def clear(store: GraphStore, progress: Progress) -> int:
    """Take every exposure from the nodes of a store; return from how many.

    What a scan said of one snapshot must not be taken for what is so in another.
    """
    if store.scanned() is None:
        return 0
    uids = pl.Series("uid", [row["uid"] for row in store.stream(_HELD, {})], pl.String)
    cleared = _clear(store, uids.sort(), progress)
    store.mark_scan(None)
    return cleared


def _clear(store: GraphStore, uids: pl.Series, progress: Progress) -> int:
    nothing = dict.fromkeys(COMPUTED)
    rows = ({"uid": uid, **nothing} for uid in uids)
    return _send(store, rows, len(uids), progress)


def _send(store: GraphStore, rows: Iterator[Row], count: int, progress: Progress) -> int:
    changed = sent = 0
    for part in _parts(rows):
        changed += store.annotate(NodeBatch(PARTY, part))
        sent += len(part)
        progress(message("exposures", sent=sent, count=count))
    return changed


def _parts(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(islice(rows, ROWS_A_BATCH)):
        yield part
