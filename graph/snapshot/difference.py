"""What changed from one snapshot to another: rows to send, things that are gone."""

from dataclasses import dataclass

import polars as pl

from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import TABLES


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows that are new or changed, in the columns of their tables, and what is gone.

    `gone_nodes` are (label, uid), `gone_links` (type, key), `gone_records` (uid, subject).
    """

    nodes: pl.DataFrame
    links: pl.DataFrame
    records: pl.DataFrame
    gone_nodes: list[tuple[str, str]]
    gone_links: list[tuple[str, str]]
    gone_records: list[tuple[str, str]]


def difference(old: Snapshot | None, new: Snapshot) -> Difference:
    """Return what turns `old` into `new`; everything is new where there is no old snapshot."""
    nodes, gone_nodes = _compared(old, new, "nodes", ["uid"], ["label", "uid"])
    links, gone_links = _compared(old, new, "links", ["key"], ["type", "key"])
    records, gone_records = _compared(old, new, "records", ["uid", "subject"], ["uid", "subject"])
    return Difference(nodes, links, records, gone_nodes, gone_links, gone_records)


def _compared(
    old: Snapshot | None, new: Snapshot, table: str, key: list[str], named: list[str]
) -> tuple[pl.DataFrame, list[tuple[str, str]]]:
    if old is None:
        return new.table(table).collect(), []
    # Rows are compared by the hash of all their columns: two million rows take a second.
    before, after = old.table(table).collect(), new.table(table).collect()
    columns = list(TABLES[table])
    was = before.select(*key, *(name for name in named if name not in key))
    was = was.with_columns(before.select(columns).hash_rows().alias("was"))
    now = after.select(key).with_columns(after.select(columns).hash_rows().alias("now"))
    joined = now.join(was.select(*key, "was"), on=key, how="left", maintain_order="left")
    changed = joined.select((pl.col("was") != pl.col("now")).fill_null(value=True)).to_series()
    gone = was.join(now, on=key, how="anti", maintain_order="left").select(named)
    return after.filter(changed), [(str(first), str(second)) for first, second in gone.rows()]
