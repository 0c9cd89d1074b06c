"""Upserts and deletes in Cypher, over any way to run a statement inside one transaction.

Each function reads what is known first and writes only what differs: a repeated publication
writes nothing, and the counts are of real changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graph.errors import StoreError
from graph.protocol import LinkBatch, NodeBatch, Row
from graph.schema import cypher
from graph.schema.catalog import SCHEMA
from graph.store.statement import chunks

# Runs one statement within the transaction and returns its rows as maps.
Run = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
# Labels and properties by uid.
Known = dict[str, tuple[set[str], dict[str, Any]]]
_ENDS = frozenset({"source", "target"})


def upsert_nodes(run: Run, batch: NodeBatch) -> set[str]:
    """Write the rows that differ from what is there; return the uids that changed."""
    changed: set[str] = set()
    for part in _parts(batch):
        known = _known_nodes(run, batch.labels, part)
        changed |= _strip(run, batch.labels, known) | _write(run, batch.labels, part, known)
    return changed


def strip_or_upsert(run: Run, batch: NodeBatch) -> tuple[set[str], bool]:
    """Take labels from known nodes, or where none are to go write the rows that differ.

    For an engine that cannot take and add labels of a node within one transaction: where labels
    went, the rows are still to be written. Return the uids that changed, and whether they are.
    """
    read = [(part, _known_nodes(run, batch.labels, part)) for part in _parts(batch)]
    stripped = {uid for _, known in read for uid in _strip(run, batch.labels, known)}
    if stripped:
        return stripped, False
    return {uid for one in read for uid in _write(run, batch.labels, *one)}, True


def _parts(batch: NodeBatch) -> Iterator[Sequence[Row]]:
    # The last row of a uid wins, as if each had been written after the other.
    return chunks(list({row["uid"]: full(row) for row in batch.rows}.values()))


def _write(run: Run, labels: Sequence[str], rows: Sequence[Row], known: Known) -> set[str]:
    named = set(labels)
    new = [row for row in rows if row["uid"] not in known]
    other = [row for row in rows if known.get(row["uid"], (named, row)) != (named, row)]
    if new:
        run(cypher.create_nodes(SCHEMA, labels), {"rows": new})
    if other:
        run(cypher.replace_nodes(SCHEMA, labels), {"rows": other})
    return {row["uid"] for row in new + other}


def annotate(run: Run, batch: NodeBatch) -> int:
    """Set what rows say of known nodes; return how many nodes changed.

    Raises:
        StoreError: a node is not there; names its uid.
    """
    changed = 0
    for part in chunks(list({row["uid"]: row for row in batch.rows}.values())):
        known = _known_nodes(run, batch.labels, part)
        other = []
        for row in part:
            if row["uid"] not in known:
                raise StoreError("node", row["uid"], f"is no {batch.labels[0]} of the store")
            has = known[row["uid"]][1]
            new = full({**has, **row})
            if new != has:
                other.append(new)
        if other:
            run(cypher.replace_nodes(SCHEMA, batch.labels), {"rows": other})
        changed += len(other)
    return changed


def _strip(run: Run, labels: Sequence[str], known: Known) -> set[str]:
    groups = defaultdict[tuple[str, ...], list[str]](list)
    for uid, (has, _) in known.items():
        if gone := has.difference(labels):
            groups[tuple(sorted(gone))].append(uid)
    for names, uids in sorted(groups.items()):
        run(cypher.remove_labels(SCHEMA, labels, names), {"uids": uids})
    return {uid for uids in groups.values() for uid in uids}


def upsert_links(run: Run, batch: LinkBatch) -> int:
    """Write the links that differ from what is there; return how many changed.

    Raises:
        StoreError: an end is not there; names its uid.
    """
    rows = list({row["key"]: row for row in batch.rows}.values())
    changed = 0
    for part in chunks(rows):
        found = run(cypher.read_links(SCHEMA, batch.type), {"keys": [row["key"] for row in part]})
        known = {row["key"]: row for row in found}
        to_write, moved = [], []
        for row in part:
            properties = {name: v for name, v in full(row).items() if name not in _ENDS}
            new = {"key": row["key"], "source": row["source"], "target": row["target"]}
            new["properties"] = properties
            old = known.get(row["key"])
            if old != new:
                to_write.append(new)
            if old and (old["source"], old["target"]) != (row["source"], row["target"]):
                moved.append(row["key"])
        if moved:
            run(cypher.delete_links(SCHEMA, batch.type), {"keys": moved})
        if to_write:
            text = cypher.create_links(SCHEMA, batch.type, batch.source, batch.target)
            # Where an end is missing nothing is made of its row: only then is it looked for.
            if int(run(text, {"rows": to_write})[0]["made"]) != len(to_write):
                _check_ends(run, batch, to_write)
        changed += len(to_write)
    return changed


def delete_nodes(run: Run, label: str, uids: Sequence[str]) -> int:
    """Delete nodes with their links; return how many nodes went."""
    return _gone(run(cypher.delete_nodes(SCHEMA, label), {"uids": list(uids)}))


def delete_links(run: Run, type_name: str, keys: Sequence[str]) -> int:
    """Delete links by key; return how many went."""
    return _gone(run(cypher.delete_links(SCHEMA, type_name), {"keys": list(keys)}))


def full(row: Row) -> dict[str, Any]:
    """Return the row without values that are None: absent and None are the same in a store."""
    return {name: value for name, value in row.items() if value is not None}


def _known_nodes(run: Run, labels: Sequence[str], rows: Sequence[Row]) -> Known:
    uids = [row["uid"] for row in rows]
    found = run(cypher.read_nodes(SCHEMA, labels), {"uids": uids})
    return {row["uid"]: (set(row["labels"]), row["properties"]) for row in found}


def _check_ends(run: Run, batch: LinkBatch, rows: Sequence[Row]) -> None:
    for label, side in ((batch.source, "source"), (batch.target, "target")):
        uids = sorted({row[side] for row in rows})
        found = {row["uid"] for row in run(cypher.read_uids(SCHEMA, label), {"uids": uids})}
        for uid in uids:
            if uid not in found:
                raise StoreError(f"{side} of {batch.type}", uid, f"is no {label} of the store")


def _gone(rows: list[dict[str, Any]]) -> int:
    return int(rows[0]["gone"]) if rows else 0
