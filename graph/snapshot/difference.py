"""What changed from one snapshot to another: rows to send, things that are gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from graph.schema.catalog import SCHEMA
from graph.schema.cypher import owner
from graph.snapshot.mapped import Edit, frame_of, numbers
from graph.snapshot.numeric import IntArray
from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import TABLES

# Labels that share a key in a store: a node may change between them and stay the same node.
_OWNERS = {
    node.label: owner(SCHEMA, (node.label,)).label
    for node in SCHEMA.nodes
    if any(SCHEMA.node(name).key for name in SCHEMA.labels_of(node.label))
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows that are new or changed, in the columns of their tables, and what is gone.

    `gone_nodes` are (label, uid), `gone_links` (type, key), `gone_records` (uid, subject). A node
    whose new label has another key in a store (a party that became an address) and a link of
    another type are both: gone as they were, and changed.
    """

    nodes: pl.DataFrame
    links: pl.DataFrame
    records: pl.DataFrame
    gone_nodes: list[tuple[str, str]]
    gone_links: list[tuple[str, str]]
    gone_records: list[tuple[str, str]]

    def with_links(self, other: "Difference") -> "Difference":
        """Return this with the links of another."""
        return replace(self, links=other.links, gone_links=other.gone_links)


def difference(old: Snapshot | None, new: Snapshot) -> Difference:
    """Return what turns `old` into `new`; everything is new where there is no old snapshot."""

    def sides(table: str) -> tuple[pl.DataFrame | None, pl.DataFrame]:
        former = None if old is None else old.table(table).collect()
        return former, new.table(table).collect()

    return _difference(sides)


def difference_after(old: Snapshot, edits: Mapping[str, Edit]) -> Difference:
    """Return what turns `old` into the snapshot that edits of it make, looking at these alone.

    Of a table without an edit nothing is other.
    """

    def sides(table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        if table not in edits:
            return pl.DataFrame(schema=TABLES[table]), pl.DataFrame(schema=TABLES[table])
        return rows_at(old, table, edits[table].gone), edits[table].made

    return _difference(sides)


def rows_at(snapshot: Snapshot, table: str, places: IntArray) -> pl.DataFrame:
    """Return the rows of a table at places, in all its columns."""
    return frame_of(table, snapshot.mapped(table).take(numbers(places)))


def _difference(sides: Callable[[str], tuple[pl.DataFrame | None, pl.DataFrame]]) -> Difference:
    nodes, gone_nodes = _compared(*sides("nodes"), "nodes", ("label", "uid"))
    links, gone_links = _compared(*sides("links"), "links", ("type", "key"))
    records, gone_records = _compared(*sides("records"), "records", ("uid", "subject"))
    return Difference(nodes, links, records, gone_nodes, gone_links, gone_records)


def _compared(
    before: pl.DataFrame | None, after: pl.DataFrame, table: str, named: tuple[str, str]
) -> tuple[pl.DataFrame, list[tuple[str, str]]]:
    if before is None:
        return after, []
    # Rows are compared by the hash of all their columns: two million rows take a second.
    columns = list(TABLES[table])
    first, second = named
    kind = pl.col(first).replace(_OWNERS) if first == "label" else pl.col(first)
    key, joint = [kind.alias("kind"), pl.col(second)], ["kind", second]
    was = before.select(*key, pl.col(first).alias("shown"))
    was = was.with_columns(before.select(columns).hash_rows().alias("was"))
    now = after.select(key).with_columns(after.select(columns).hash_rows().alias("now"))
    joined = now.join(was, on=joint, how="left", maintain_order="left")
    changed = joined.select((pl.col("was") != pl.col("now")).fill_null(value=True)).to_series()
    gone = was.join(now, on=joint, how="anti", maintain_order="left").select("shown", second)
    return after.filter(changed), [(str(one), str(two)) for one, two in gone.rows()]
