"""The one door to a database: loaders, queries and app know only this file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

# What a driver takes and gives: JSON-like values; dates travel as ISO text.
Params = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NodeBatch:
    """Nodes that carry the same labels: own label first, then roles and bases.

    Each row is `{"uid": …, property: value}`; a property that is absent or None is removed.
    """

    labels: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class LinkBatch:
    """Links of one type between nodes found by uid under the two labels.

    Each row is `{"key": …, "source": uid, "target": uid, property: value}`.
    """

    type: str
    source: str
    target: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one read; `more` says that the store had others beyond the limit."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    more: bool = False

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dicts, column order kept."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class GraphStore(Protocol):
    """A place that keeps one snapshot. Every implementation passes tests/contract."""

    def ensure_schema(self) -> None:
        """Create the constraints and indexes of SCHEMA where they are missing. Twice is as once."""

    def upsert_nodes(self, batch: NodeBatch) -> int:
        """Insert or replace by uid; return how many nodes changed. Twice is as once.

        Labels that a known node has and the batch has not are removed. SchemaError for an
        undeclared label, StoreError if the database refuses; then nothing of the batch is written.
        """

    def upsert_links(self, batch: LinkBatch) -> int:
        """Insert or replace by key; return how many links changed. Twice is as once.

        StoreError naming a uid that is not there; then nothing of the batch is written.
        """

    def annotate(self, batch: NodeBatch) -> int:
        """Set what rows say of known nodes and leave all else; return how many nodes changed.

        Each row is `{"uid": …, property: value}`; None removes a property. StoreError naming a uid
        that is not there; then nothing of the batch is written.
        """

    def delete_nodes(self, label: str, uids: Sequence[str]) -> int:
        """Delete nodes and every link that hangs on them; return how many nodes went."""

    def delete_links(self, type: str, keys: Sequence[str]) -> int:  # noqa: A002 - the word of the schema
        """Delete links by key; return how many went."""

    def rows(self, cypher: str, params: Params, *, limit: int, timeout: timedelta) -> Rows:
        """Run a read; at most `limit` rows, `Rows.more` if there were others.

        StoreError if the database refuses, StoreTimeoutError after `timeout`. Never writes:
        a writing statement is a StoreError.
        """

    def stream(self, cypher: str, params: Params) -> Iterator[Row]:
        """Yield the rows of a read one by one, for exports."""

    def holds(self) -> str | None:
        """Return the id of the snapshot that was published whole, or None while there is none."""

    def mark(self, snapshot: str | None) -> None:
        """Say which snapshot the store holds from now on; None while a publication is under way."""

    def scanned(self) -> str | None:
        """Return which scan's exposures stand at the nodes, whole or in part; None: of none."""

    def mark_scan(self, key: str | None) -> None:
        """Say of which scan exposures may stand at nodes from now on; None: of none."""

    def close(self) -> None:
        """Let go of connections; the data stays."""
