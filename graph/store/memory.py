"""A store in memory, without Cypher: for tests and for graphs that live as long as a process."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from graph.errors import StoreError
from graph.protocol import LinkBatch, NodeBatch, Params, Row, Rows
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import all_computed, all_keys, all_uids, foreign_node, owner
from graph.store.check import check_links, check_nodes
from graph.store.merging import full
from graph.store.statement import shown

# The label that owns the key, then the uid: what a constraint keeps unique.
_NodeId = tuple[str, str]


class MemoryStore:
    """Nodes by owner of the key and uid, links by type and key."""

    def __init__(self) -> None:
        self._nodes: dict[_NodeId, tuple[frozenset[str], dict[str, Any]]] = {}
        self._links: dict[tuple[str, str], tuple[_NodeId, _NodeId, dict[str, Any]]] = {}
        self._snapshot: str | None = None
        self._scan: str | None = None

    def ensure_schema(self) -> None:
        """Do nothing: the structure is the schema."""

    def upsert_nodes(self, batch: NodeBatch) -> int:
        """Insert or replace nodes by uid; return how many changed."""
        check_nodes(batch)
        key = owner(SCHEMA, batch.labels).label
        new = {(key, row["uid"]): (frozenset(batch.labels), full(row)) for row in batch.rows}
        changed = sum(self._nodes.get(node) != value for node, value in new.items())
        self._nodes.update(new)
        return changed

    def upsert_links(self, batch: LinkBatch) -> int:
        """Insert or replace links by key; return how many changed."""
        check_links(batch)
        new = {}
        for row in batch.rows:
            source = self._end(batch.type, "source", batch.source, row["source"])
            target = self._end(batch.type, "target", batch.target, row["target"])
            properties = {k: v for k, v in full(row).items() if k not in {"source", "target"}}
            new[batch.type, row["key"]] = (source, target, properties)
        changed = sum(self._links.get(link) != value for link, value in new.items())
        self._links.update(new)
        return changed

    def annotate(self, batch: NodeBatch) -> int:
        """Set what rows say of known nodes; return how many changed."""
        check_nodes(batch)
        key, new = owner(SCHEMA, batch.labels).label, {}
        for row in batch.rows:
            self._end("annotation", "node", batch.labels[0], row["uid"])
            labels, has = self._nodes[key, row["uid"]]
            new[key, row["uid"]] = (labels, full({**has, **row}))
        changed = sum(self._nodes[node] != value for node, value in new.items())
        self._nodes.update(new)
        return changed

    def delete_nodes(self, label: str, uids: Sequence[str]) -> int:
        """Delete nodes with their links; return how many nodes went."""
        key = owner(SCHEMA, (label,)).label
        gone = {(key, uid) for uid in uids if label in self._labels((key, uid))}
        self._links = {
            link: value
            for link, value in self._links.items()
            if value[0] not in gone and value[1] not in gone
        }
        for node in gone:
            del self._nodes[node]
        return len(gone)

    def delete_links(self, type: str, keys: Sequence[str]) -> int:  # noqa: A002 - as the protocol
        """Delete links by key; return how many went."""
        name = SCHEMA.link(type).name
        return sum(self._links.pop((name, key), None) is not None for key in set(keys))

    def rows(self, cypher: str, params: Params, *, limit: int, timeout: timedelta) -> Rows:  # noqa: ARG002
        """Refuse: StoreError."""
        raise _refusal(cypher)

    def stream(self, cypher: str, params: Params) -> Iterator[Row]:  # noqa: ARG002
        """Yield the listings that a publication needs; any other statement is a StoreError."""
        for node in SCHEMA.nodes:
            if node.key and cypher == all_uids(SCHEMA, node.label):
                return iter([{"uid": uid} for label, uid in self._nodes if label == node.label])
        if cypher == all_computed(SCHEMA, "Party", "exposure"):
            names = [item.name for item in SCHEMA.node("Party").properties if item.computed]
            found = [has for _, has in self._nodes.values() if "exposure" in has]
            return iter([{name: has.get(name) for name in ("uid", *names)} for has in found])
        if cypher == foreign_node(SCHEMA):
            # Nobody else writes here.
            return iter([])
        for link in SCHEMA.links:
            if cypher == all_keys(SCHEMA, link.name):
                return iter([{"key": key} for name, key in self._links if name == link.name])
        raise _refusal(cypher)

    def holds(self) -> str | None:
        """Return the id of the snapshot that was published whole, or None."""
        return self._snapshot

    def mark(self, snapshot: str | None) -> None:
        """Say which snapshot the store holds from now on."""
        self._snapshot = snapshot

    def scanned(self) -> str | None:
        """Return of which scan exposures stand at the nodes, or None."""
        return self._scan

    def mark_scan(self, key: str | None) -> None:
        """Say of which scan exposures may stand at nodes from now on."""
        self._scan = key

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _labels(self, node: _NodeId) -> frozenset[str]:
        return self._nodes[node][0] if node in self._nodes else frozenset()

    def _end(self, type_name: str, side: str, label: str, uid: str) -> _NodeId:
        node = (owner(SCHEMA, (label,)).label, uid)
        if label not in self._labels(node):
            raise StoreError(f"{side} of {type_name}", uid, f"is no {label} of the store")
        return node


def _refusal(cypher: str) -> StoreError:
    return StoreError("statement", shown(cypher), "needs a store that reads Cypher")
