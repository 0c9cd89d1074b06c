"""The one-shot process of a full build: rows from files into a fresh database, no server."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jpype
import numpy as np
import pyarrow as pa

from graph.errors import StoreError
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import MARK, MARK_CONSTRAINT, MARK_UID, constraints, indexes
from graph.store.buckets import Buckets, write_heads
from graph.store.columns import texts_of, values_of
from graph.store.engine import Database, create_database, start_machine
from graph.store.indexes import Indexes
from graph.store.pages import NEW_VERTEX, Bytes, Ints, ends
from graph.store.places import Places

_OPTIONS = (
    # The process lives for less than half a minute, and what it runs long is not of Java: code that
    # is ready at once beats code that is quick (four pairs: 20.5 instead of 21.5 s a load).
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    # The binding asks for a collection whenever Python frees memory.
    "-XX:+DisableExplicitGC",
    # Nothing is deleted here: pages need not be searched for room.
    "-Darcadedb.bucketReuseSpaceMode=low",
)
# The engine whose pages graph.store.pages makes (requirements.txt); of others nobody has looked.
_PACKAGE, _KNOWN = "arcadedb-embedded", "26.10.2.post1"
_INPUT = "input"
_ENDS = ["source", "target"]

Type = tuple[str, ...]


def fill(building: Path, name: str, heap: str) -> None:
    """Write the parts that standard input names into the new database `building/name`.

    The engine starts before anything is told. The first line is the list of the types of links;
    each further one `[number, type]` says that the file `building/input/<number>` is whole, or
    `[]` that the next will be a while; the last is the snapshot, as text: with it the database is
    marked. A file goes when it is stored. Where the lines end before, whoever told them is gone.
    """
    refuse_unknown(version(_PACKAGE))
    # The engine's collector wakes this one, each time for nothing: what is made here has no cycles.
    gc.disable()
    # What the virtual machine writes by a relative path (crash reports) stays in the folder.
    os.chdir(building)
    start_machine(building, heap, *_OPTIONS)
    database = create_database(building / name)
    told = (json.loads(line) for line in sys.stdin)
    _declare_types(database, next(told, ()))
    filling = _Filling(database)
    if snapshot := filling.run(told):
        filling.finish(snapshot)


def refuse_unknown(engine: str) -> None:
    """Refuse an engine of another version: a graph in pages that it reads otherwise would be wrong.

    Raises:
        StoreError: it is not the one whose pages are known.
    """
    if engine != _KNOWN:
        raise StoreError(_PACKAGE, engine, f"must be {_KNOWN}, whose pages are known (ADR 12)")


def _declare_types(database: Database, links: Iterable[Sequence[str]]) -> None:
    schema = database._java_db.getSchema()  # noqa: SLF001 - the binding has no calls for it
    for _, name, *labels in links:
        for label in labels:
            declare_node(database, (label,))
        schema.getOrCreateEdgeType(name)
    declare_node(database, (MARK,))


def declare_node(database: Database, labels: Sequence[str]) -> None:
    """Make the type of nodes that bear some labels, as the engine's Cypher does."""
    made = jpype.JClass("com.arcadedb.query.opencypher.Labels")
    schema = database._java_db.getSchema()  # noqa: SLF001 - as above
    made.ensureCompositeType(schema, jpype.JClass("java.util.List").of(labels))


def _mark(database: Database, snapshot: str) -> None:
    """Write what graph.schema.cypher.WRITE_MARK does."""
    with database.transaction():
        node = database._java_db.newVertex(MARK)  # noqa: SLF001 - as above
        node.set("uid", MARK_UID)
        node.set("snapshot", snapshot)
        node.save()


@dataclass(frozen=True, slots=True)
class _Links:
    """Links of one type: where each, its source and its target are stored, all (n,)."""

    type: str
    links: Ints
    sources: Ints
    targets: Ints


class _Filling:
    """The way of all rows into pages; knows where each node went."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._buckets = Buckets(database)
        self._declared: set[Type] = set()
        # By who owns the key of their uids.
        self._places: dict[str, Places] = {}
        self._links: list[_Links] = []
        definitions = (*constraints(SCHEMA), *indexes(SCHEMA), MARK_CONSTRAINT)
        self._indexes = Indexes(database, definitions)
        self._count = 0

    def run(self, told: Iterable[Any]) -> str:
        """Store the rows as they are told of; return the snapshot that ends them, if any does.

        Where the next will be a while what is there is put into indexes.
        """
        for one in told:
            if isinstance(one, str):
                return one
            if one:
                self._store(Path(_INPUT, str(one[0])), tuple(one[1]))
            else:
                self._indexes.write()
        return ""

    def finish(self, snapshot: str) -> None:
        """Chain the links of all nodes, complete indexes, mark the database, close it."""
        # What came last comes first, as where the engine adds link by link.
        types = reversed(dict.fromkeys(some.type for some in self._links))
        order = [some for name in types for some in self._links if some.type == name]
        links, sources, targets = (
            np.concatenate([np.empty(0, np.int64), *(getattr(some, name) for some in order)])
            for name in ("links", "sources", "targets")
        )
        leaving = self._buckets.chains(links, sources, targets, out=True)
        coming = self._buckets.chains(links, targets, sources, out=False)
        files = self._buckets.files([*leaving, *coming])
        self._indexes.finish()
        _mark(self._database, snapshot)
        self._database.close()
        for bucket, path in files.items():
            write_heads(path, leaving.get(bucket), coming.get(bucket))

    def _store(self, path: Path, type_: Type) -> None:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
            path.unlink()
            kind, first, *rest = type_
            if kind == "nodes":
                self._nodes(first, tuple(rest), table)
            else:
                self._edges(first, rest, table)
        self._count += table.num_rows
        sys.stdout.write(f"{self._count}\n")
        sys.stdout.flush()

    def _nodes(self, owner: str, labels: Type, table: pa.Table) -> None:
        if labels not in self._declared:
            self._declared.add(labels)
            declare_node(self._database, labels)
        type_name = "~".join(labels)
        begins = NEW_VERTEX.size * np.arange(table.num_rows + 1)
        heads = (np.tile(NEW_VERTEX, table.num_rows), begins)
        found = self._add(owner, type_name, heads, table)
        uids = table["uid"].combine_chunks()
        again = self._places.setdefault(owner, Places()).add(texts_of(uids), found)
        if again >= 0:
            raise StoreError(type_name.replace("~", ":"), uids[again].as_py(), "is there twice")

    def _edges(self, type_name: str, owners: Iterable[str], table: pa.Table) -> None:
        sources, targets = (
            self._ends(type_name, owner, table[name].combine_chunks())
            for owner, name in zip(owners, _ENDS, strict=True)
        )
        heads = ends(sources, targets)
        found = self._add(type_name, type_name, heads, table.drop_columns(_ENDS))
        self._links.append(_Links(type_name, found, sources, targets))

    def _ends(self, type_name: str, owner: str, uids: pa.Array) -> Ints:
        found, missing = self._places.get(owner, Places()).find(texts_of(uids))
        if missing >= 0:
            raise StoreError(f"link {type_name}", uids[missing].as_py(), "names no node")
        return found

    def _add(self, owner: str, type_name: str, heads: tuple[Bytes, Ints], table: pa.Table) -> Ints:
        bucket = self._buckets.bucket_of(type_name)
        found = self._buckets.add(
            bucket,
            heads,
            values_of([column.combine_chunks() for column in table.columns]),
            table.column_names,
        )
        self._indexes.add(owner, bucket, table, found)
        return found


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and fill."""
    parser = argparse.ArgumentParser(prog="python -m graph.store.fill", description=__doc__)
    parser.add_argument("building", type=Path)
    parser.add_argument("name")
    parser.add_argument("--heap", default="1g", help="memory of the engine, as in 512m, 1g")
    given = parser.parse_args(arguments)
    try:
        fill(given.building.resolve(), given.name, given.heap)
    except StoreError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The virtual machine's threads would hold the process; the database is closed by now.
    os._exit(code)
