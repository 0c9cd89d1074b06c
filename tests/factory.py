"""Small snapshots for tests: parties, links and records as plain dicts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from app.bootstrap import Services, open_services
from app.intake import Handed, laid_out, outcomes
from app.loads import Loaded
from app.settings import read_settings
from graph.protocol import LinkBatch, NodeBatch
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.snapshot.tables import TABLES
from graph.snapshot.write import write_snapshot
from graph.store.bulk import Watch, begun

Rows = Sequence[Mapping[str, Any]]

# Fills a graph as graph.store.fill does, all keys of its indexes in pages, one page at a time.
FILL_IN_PAGES = """
import os
import sys
from graph.store import fill, indexes

indexes._MANY = indexes._AT_ONCE = 1
code = fill.main()
sys.stdout.flush()
os._exit(code)
"""


def build_bulk(
    folder: Path,
    heap: str,
    nodes: Iterable[NodeBatch],
    links: Iterable[LinkBatch],
    snapshot: str,
    watch: Watch,
) -> None:
    """Write a fresh database of all nodes and links and switch to it."""
    with begun(folder, heap) as build:
        build.run((chain(nodes, links),), snapshot, watch)


def open_desk(folder: Path) -> Services:
    """Return the services of a workspace that does not say who works there."""
    return open_services(read_settings({}, folder), create=True)


def tables_of(nodes: Rows, links: Rows = (), records: Rows = ()) -> dict[str, pl.DataFrame]:
    """Return the five tables; what a row does not give is filled in or null.

    A link without a key gets one from its ends, type, post and beginning.
    """
    return {
        "nodes": _frame("nodes", [_node(row) for row in nodes]).sort("uid"),
        "links": _frame("links", [_link(row) for row in links]).sort("key"),
        "records": _frame("records", [_record(row) for row in records]).sort("uid", "subject"),
        "mentions": _frame("mentions", []),
        "conflicts": _frame("conflicts", []),
    }


def write_small(root: Path, nodes: Rows, links: Rows = (), records: Rows = ()) -> Snapshot:
    """Write a snapshot of these rows under `root` and open it."""
    tables = tables_of(nodes, links, records)
    content = [frame.hash_rows().sum() for frame in tables.values()]
    return open_snapshot(root / write_snapshot(tables, root, {"test": content}))


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    schema = TABLES[name]
    return pl.DataFrame([{key: row.get(key) for key in schema} for row in rows], schema=schema)


def _node(row: Mapping[str, Any]) -> dict[str, Any]:
    label = row.get("label", "Enterprise")
    return {"name": row["uid"], "label": label, "labels": [label], **row}


def _link(row: Mapping[str, Any]) -> dict[str, Any]:
    SCHEMA.link(row["type"])
    parts = (row["type"], row["source"], row["target"], row.get("post"), row.get("valid_from"))
    key = ":".join(str(part) for part in parts if part is not None)
    return {"key": key, "kind": "recorded", **row}


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    positive = row["class"] in ("honour", "permit")
    return {"name": row["uid"], "status": "active", "positive": positive, **row}


def take_in(services: Services, files: Sequence[Handed], code: str | None = None) -> Loaded:
    """Load files that were handed over, as the job of a load does; outcomes bear their names."""
    with laid_out(services, files) as paths:
        done = services.load(paths, code, to_store=True, progress=lambda _: None)
    return replace(done, files=tuple(outcomes({"files": [asdict(one) for one in done.files]})))
