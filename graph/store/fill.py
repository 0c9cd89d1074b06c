"""The one-shot process of a full build: rows from files into a fresh database, no server."""

import argparse
import gc
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import jpype

from graph.errors import StoreError
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import MARK_CONSTRAINT, WRITE_MARK, constraints, indexes
from graph.store.engine import Database, GraphBatch, create_database, start_machine

# Links held back before they are sorted into their nodes: twice the speed of the default (tried
# with 200,000 links), some 100 MB.
_EDGES = 200_000
# Links after which everything that the engine holds back for them is written: a bound on memory,
# some 300 MB. Each time every node that has links is written once more.
_LINKS = 1_000_000
# Records a transaction. In one for all, the engine held every node that has links in memory, and
# the collector copied them again and again: a fourth of all work.
_COMMIT = 20_000
# Heads of edge lists that the engine keeps a second time, by use: it finds them without, and a
# million of them, its default, were copied by the collector again and again.
_CACHED = 1_000
_OPTIONS = (
    # Pauses do not matter here, only throughput.
    "-XX:+UseParallelGC",
    # What lives on is a third of the heap: with half of it for what is new, not a third, the
    # collector copies less (3.5 to 2.3 s of processor time).
    "-XX:NewRatio=1",
    # The binding asks for a collection whenever Python frees memory.
    "-XX:+DisableExplicitGC",
    # The process lives for less than a minute: less than half of the compiler's work, code a
    # fiftieth slower, in all a seventeenth less (1.3 million rows; at a level of 5 it was more).
    "-XX:MaxInlineLevel=7",
    "-XX:FreqInlineSize=60",
    # For the same reason eight times as much use as usual before code is compiled once more: a
    # twentieth less (22.3 to 21.1 s of processor time).
    "-XX:Tier4InvocationThreshold=40000",
    "-XX:Tier4MinInvocationThreshold=5000",
    "-XX:Tier4CompileThreshold=120000",
    "-XX:Tier4BackEdgeThreshold=320000",
    # Nothing is deleted here: pages need not be searched for room.
    "-Darcadedb.bucketReuseSpaceMode=low",
)
# Records of a type from which on its indexes are made of sorted keys, in a fourth less time: below
# a few pages an index has no need of what that adds.
_SORTED = 5_000
# The process that made the rows is done by then: the second of two processors is free.
_WRITERS = 2
# Bytes for the keys of one index. The engine reckons with 3,072 a key, some fifteen times what one
# takes, and sorts what goes beyond on disk: 200,000 keys in memory, some 40 MB.
_KEYS = 600 << 20
_PLAIN = (",", ":")
_TAB, _LINE = b"\t", b"\n"
_WORDS = ("Schema$INDEX_TYPE", "IndexBuildMode", "Type")
_DEFINITION = re.compile(
    r"CREATE (?P<what>CONSTRAINT|INDEX) (?P<name>\w+) .*[nr]:(?P<type>\w+)\W.*[nr]\."
    r"(?P<property>\w+)\W.*"
)

# By uid, as JSON, where the engine keeps a node.
Uids = dict[bytes, bytes]
Lines = Iterator[bytes]
Type = tuple[str, ...]


def fill(building: Path, name: str, heap: str) -> None:
    """Write the parts that standard input names into the new database `building/name`.

    The engine starts before anything is told. The first line is the list of the types of links;
    each further one `[number, type]` says that the file `building/input/<number>` is whole, or
    `[]` that the next will be a while; the last is the snapshot, as text: with it the database gets
    the indexes that it has not yet and is marked. A file goes when it is stored. Where the lines
    end before, whoever told them is gone.
    """
    # The engine's collector wakes this one, each time for nothing: what is made here has no cycles.
    gc.disable()
    os.chdir(building)
    # By relative paths from here: where the build was killed and the next one has moved the folder
    # away, nothing of this one may come into the next one's.
    building = Path()
    start_machine(building, heap, *_OPTIONS)
    database = create_database(building / name)
    # Beside its use it readies the engine's Cypher while nothing else is to be done.
    database.command("opencypher", MARK_CONSTRAINT)
    told = (json.loads(line) for line in sys.stdin)
    _declare_links(database, next(told, ()))
    filling = _Filling(building / "input", database)
    snapshot = filling.run(told)
    if snapshot is not None:
        _finish(database, snapshot, filling.indexed)
    database.close()


def _declare_links(database: Database, types: Iterable[Sequence[str]]) -> None:
    # Cypher makes the types as it would for a MERGE over Bolt; then the link goes, the type stays.
    with database.transaction():
        for _, name, *ends in types:
            database.command("opencypher", f"CREATE (:{ends[0]})-[:{name}]->(:{ends[1]})")
        database.command("opencypher", "MATCH (n) DETACH DELETE n")


def _declare_nodes(database: Database, labels: Sequence[str]) -> None:
    # As above; of nodes that are being written only this one goes.
    with database.transaction():
        database.command("opencypher", f"CREATE (n:{':'.join(labels)}) DELETE n")


def _finish(database: Database, snapshot: str, indexed: set[str]) -> None:
    """Add constraints, indexes but those of `indexed`, and the mark as every store does."""
    for text in _definitions():
        if text not in indexed and not _written_sorted(database, text):
            database.command("opencypher", text)
    with database.transaction():
        database.command("opencypher", WRITE_MARK, {"snapshot": snapshot})


def _definitions() -> tuple[str, ...]:
    return (*constraints(SCHEMA), *indexes(SCHEMA))


def _written_sorted(database: Database, text: str) -> bool:
    """Make the index of a large type of its sorted keys, compacted; return whether it was one.

    Cypher puts in key by key. What it leaves in the schema is the same (the tests compare it).
    """
    found = _DEFINITION.fullmatch(text)
    # The binding has no call for it: the Java objects are the only way.
    engine = database._java_db  # noqa: SLF001
    schema = engine.getSchema()
    if found is None or not schema.existsType(found["type"]):
        return False
    if engine.countType(found["type"], True) < _SORTED:  # noqa: FBT003 - Java has no names
        return False
    kind, mode, value = (jpype.JClass(f"com.arcadedb.schema.{name}") for name in _WORDS)
    own, name = schema.getType(found["type"]), found["property"]
    if not own.existsProperty(name):
        own.createProperty(name, value.STRING)
    builder = schema.buildTypeIndex(found["type"], [name]).withType(kind.LSM_TREE)
    builder = builder.withBuildMode(mode.SORTED).withBuildParallelism(_WRITERS)
    builder = builder.withBuildMemoryBudget(_KEYS)
    if found["what"] == "INDEX":
        builder.withIndexName(found["name"]).create()
    else:
        index = builder.withUnique(True).create()  # noqa: FBT003 - as above
        said = {"kind": "UNIQUE", "properties": [name], "index": str(index.getName())}
        said |= {"mandatory": [], "declared": [name]}
        own.setCustomValue(
            f"cypher.constraint.{found['name']}", json.dumps(said, separators=_PLAIN)
        )
    return True


class _Filling:
    """The way of all rows into batches; remembers where each node went."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._database = folder, database
        self._vertices = jpype.JClass("com.arcadedb.python.VertexBatcher").createVerticesJson
        self._edges = jpype.JClass("com.arcadedb.python.EdgeBatcher").newEdgesJson
        self._string = jpype.JClass("java.lang.String")
        self._places: dict[str, Uids] = {}
        self._count = self._links = 0
        self._last: Type = ()
        self._declared: set[Type] = set()
        # The definitions of indexes and constraints that were made before the end.
        self.indexed: set[str] = set()

    def run(self, told: Iterator[Any]) -> str | None:
        """Store the parts as they are told of; return the snapshot that ends them.

        Where the next will be a while, what the engine held back is written, and the indexes of
        large types are made: whatever comes after all goes into them as well, key by key.
        """
        one = next(told, None)
        while isinstance(one, list):
            with self._database.graph_batch(
                batch_size=_EDGES,
                commit_every=_COMMIT,
                parallel_flush=False,
                chunk_cache_capacity=_CACHED,
            ) as batch:
                self._links = 0
                while one and isinstance(one, list) and self._links < _LINKS:
                    number, type_ = one
                    self._run(batch, tuple(type_), self._folder / str(number))
                    one = next(told, None)
            if one == []:
                every = (text for text in _definitions() if text not in self.indexed)
                self.indexed.update(text for text in every if _written_sorted(self._database, text))
                one = next(told, None)
        return one

    def _run(self, batch: GraphBatch, type_: Type, path: Path) -> None:
        kind, first, *rest = type_
        lines = iter(path.read_bytes().split(_LINE))
        path.unlink()
        # The binding would parse what is JSON text already (facts.md 2: 60,000 rows a second).
        self._java = batch._java_graph_batch  # noqa: SLF001
        if kind == "nodes" and type_ not in self._declared:
            self._declared.add(type_)
            _declare_nodes(self._database, rest)
        if type_ != self._last:
            # Links of one type alone are written in bulk, mixed ones record by record.
            self._java.flush()
        self._last = type_
        # What follows the last line's end is empty.
        while uids := next(lines):
            names = uids.split(_TAB)
            if kind == "nodes":
                self._add_nodes(self._places.setdefault(first, {}), "~".join(rest), names, lines)
            else:
                self._add_links(first, rest, names, lines)
                self._links += len(names)
            self._count += len(names)
        sys.stdout.write(f"{self._count}\n")
        sys.stdout.flush()

    def _add_nodes(self, places: Uids, type_name: str, uids: list[bytes], lines: Lines) -> None:
        before = len(places)
        found = str(self._vertices(self._java, type_name, self._text(next(lines))))
        places.update(zip(uids, found.encode().split(b";"), strict=True))
        if len(places) != before + len(uids):
            raise StoreError("uids", type_name.replace("~", ":"), "are there twice")

    def _add_links(
        self, type_name: str, ends: list[str], sources: list[bytes], lines: Lines
    ) -> None:
        starts, stops = (self._places.get(end, {}) for end in ends)
        targets = next(lines).split(_TAB)
        # A row is an object with a key at least: its brace gives way to the two ends.
        rows = (row[1:] for row in islice(lines, len(sources)))
        try:
            whole = b",".join(
                [
                    b'{"_src":"%b","_dst":"%b",%b' % (starts[source], stops[target], row)
                    for source, target, row in zip(sources, targets, rows, strict=True)
                ]
            )
        except KeyError as error:
            named = json.loads(error.args[0])
            raise StoreError(f"link {type_name}", named, "names no node") from error
        self._edges(self._java, type_name, self._text(b"[%b]" % whole))

    def _text(self, content: bytes) -> object:
        """Return UTF-8 as a text of the virtual machine, which it decodes itself.

        The binding would take a Python text over character by character: a sixth of all work.
        """
        return self._string(jpype.JArray(jpype.JByte)(content), "UTF-8")


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
