"""Whether a batch says only what the schema declares."""

from collections.abc import Iterable, Sequence

import polars as pl

from graph.errors import SchemaError
from graph.protocol import LinkBatch, NodeBatch, Row
from graph.rows import TableRows
from graph.schema.catalog import SCHEMA

_LINK_ENDS = frozenset({"source", "target"})


def check_nodes(batch: NodeBatch) -> None:
    """Refuse a label, a property or a row without uid that the schema does not know.

    Raises:
        SchemaError: names the label or property.
    """
    if not batch.labels:
        raise SchemaError("labels", batch.labels, "must name the node's own label first")
    declared = {base for label in batch.labels for base in SCHEMA.labels_of(label)}
    missing = declared - set(batch.labels)
    if missing:
        raise SchemaError(f"labels of {batch.labels[0]}", sorted(missing), "must be there too")
    names = frozenset(item.name for label in batch.labels for item in SCHEMA.node_properties(label))
    _check_rows(batch.labels[0], batch.rows, names, ("uid",))


def check_links(batch: LinkBatch) -> None:
    """Refuse a type, an end label, a property or a row without key that the schema does not know.

    Raises:
        SchemaError: names the type, label or property.
    """
    link = SCHEMA.link(batch.type)
    ends = SCHEMA.labels_of(batch.source), SCHEMA.labels_of(batch.target)
    if not any(source in ends[0] and target in ends[1] for source, target in link.ends):
        raise SchemaError(f"link type {link.name}", (batch.source, batch.target), "joins others")
    names = frozenset(item.name for item in SCHEMA.link_properties(batch.type)) | _LINK_ENDS
    _check_rows(batch.type, batch.rows, names, ("key", "source", "target"))


def _check_rows(
    thing: str, rows: Sequence[Row], names: frozenset[str], needed: Iterable[str]
) -> None:
    if isinstance(rows, TableRows):
        _check_table(thing, rows.frame, names, needed)
        return
    for row in rows:
        if not row.keys() <= names:
            raise _undeclared(thing, row.keys(), names)
        for name in needed:
            if not row.get(name):
                raise SchemaError(f"row of {thing}", row.get(name), f"must have a {name}")


def _check_table(
    thing: str, frame: pl.DataFrame, names: frozenset[str], needed: Iterable[str]
) -> None:
    if not set(frame.columns) <= names:
        raise _undeclared(thing, frame.columns, names)
    for name in needed:
        if name not in frame.columns or not frame.get_column(name).fill_null("").ne("").all():
            raise SchemaError(f"row of {thing}", None, f"must have a {name}")


def _undeclared(thing: str, found: Iterable[str], names: frozenset[str]) -> SchemaError:
    unknown = sorted(set(found) - names)
    return SchemaError(f"property of {thing}", unknown[0], "is not declared")
