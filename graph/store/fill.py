"""The one-shot process of a full build: rows from files into a fresh database, no server."""

import argparse
import gc
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import length_hint
from pathlib import Path
from queue import Queue
from threading import Thread
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
# Texts that are prepared ahead, a megabyte or two each.
_AHEAD = 8
# Seconds a thread keeps the interpreter while another waits for it: ten times as short as usual.
_TURN = 0.0005
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
    # What comes back from the engine waits that long for the thread that prepares.
    sys.setswitchinterval(_TURN)
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
    preparing = _Preparing(building / "input")
    preparing.begin(told)
    filling = _Filling(preparing, database)
    if snapshot := filling.run():
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


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one type that cross to the engine as one text: `uids` of nodes, of links none."""

    type: Type
    count: int
    uids: list[bytes]
    text: object
    last: bool


class _Preparing:
    """Makes texts for the engine in a thread of its own, while the engine stores those before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._string = jpype.JClass("java.lang.String")
        # By who owns the key of their uids, whoever stores them says where.
        self.places: dict[str, Uids] = {}
        # None is where the next will be a while, a text the end.
        self._made: Queue[_Rows | str | Exception | None] = Queue(_AHEAD)
        self._taken = False

    def begin(self, told: Iterator[Any]) -> None:
        """Start to prepare the parts as they are told of."""
        # It waits for a line or a place in the queue: it must not hold a process that ends.
        Thread(target=self._run, args=(told,), daemon=True).start()

    def next(self) -> "_Rows | str | None":
        """Return what comes next, when all that was returned before is stored."""
        if self._taken:
            self._made.task_done()
        self._taken = True
        one = self._made.get()
        if isinstance(one, Exception):
            raise one
        return one

    def _run(self, told: Iterator[Any]) -> None:
        try:
            before = ""
            for one in told:
                if isinstance(one, str) or not one:
                    self._made.put(one or None)
                    continue
                number, (kind, *rest) = one
                if kind == "links" and before == "nodes":
                    # They name nodes by where they are stored.
                    self._made.join()
                before = kind
                for rows in self._rows((kind, *rest), self._folder / str(number)):
                    self._made.put(rows)
            self._made.put("")
        except Exception as error:  # noqa: BLE001 - raised again where its rows are waited for
            self._made.put(error)

    def _rows(self, type_: Type, path: Path) -> Iterator[_Rows]:
        lines = path.read_bytes().split(_LINE)
        path.unlink()
        # What follows the last line's end is empty.
        left = iter(lines[:-1])
        for uids in left:
            names = uids.split(_TAB)
            nodes = type_[0] == "nodes"
            text = next(left) if nodes else self._links(type_, names, left)
            last = length_hint(left) == 0
            yield _Rows(type_, len(names), names if nodes else [], self._text(text), last)

    def _links(self, type_: Type, sources: list[bytes], lines: Lines) -> bytes:
        starts, stops = (self.places.get(end, {}) for end in type_[2:])
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
            raise StoreError(f"link {type_[1]}", named, "names no node") from error
        return b"[%b]" % whole

    def _text(self, content: bytes) -> object:
        """Return UTF-8 as a text of the virtual machine, which it decodes itself.

        The binding would take a Python text over character by character: a sixth of all work.
        """
        return self._string(jpype.JArray(jpype.JByte)(content), "UTF-8")


class _Filling:
    """The way of all rows into batches; says where each node went."""

    def __init__(self, preparing: _Preparing, database: Database) -> None:
        self._preparing, self._database = preparing, database
        self._vertices = jpype.JClass("com.arcadedb.python.VertexBatcher").createVerticesJson
        self._edges = jpype.JClass("com.arcadedb.python.EdgeBatcher").newEdgesJson
        self._count = self._links = 0
        self._last: Type = ()
        self._declared: set[Type] = set()
        # The definitions of indexes and constraints that were made before the end.
        self.indexed: set[str] = set()

    def run(self) -> str:
        """Store the rows as they are prepared; return the snapshot that ends them, if any does.

        Where the next will be a while, what the engine held back is written, and the indexes of
        large types are made: whatever comes after all goes into them as well, key by key.
        """
        one = self._preparing.next()
        while not isinstance(one, str):
            with self._database.graph_batch(
                batch_size=_EDGES,
                commit_every=_COMMIT,
                parallel_flush=False,
                chunk_cache_capacity=_CACHED,
            ) as batch:
                self._links = 0
                while isinstance(one, _Rows) and self._links < _LINKS:
                    self._store(batch, one)
                    one = self._preparing.next()
                    if one is None and not self._links:
                        # Nodes are stored by now. The batch goes on: it knows them for new.
                        one = self._put_in_order()
            if one is None:
                one = self._put_in_order()
        return one

    def _put_in_order(self) -> "_Rows | str | None":
        left = [text for text in _definitions() if text not in self.indexed]
        self.indexed.update(text for text in left if _written_sorted(self._database, text))
        return self._preparing.next()

    def _store(self, batch: GraphBatch, rows: _Rows) -> None:
        kind, first, *rest = rows.type
        # The binding would parse what is JSON text already (facts.md 2: 60,000 rows a second).
        java = batch._java_graph_batch  # noqa: SLF001
        if kind == "nodes" and rows.type not in self._declared:
            self._declared.add(rows.type)
            _declare_nodes(self._database, rest)
        if rows.type != self._last:
            # Links of one type alone are written in bulk, mixed ones record by record.
            java.flush()
        self._last = rows.type
        if kind == "nodes":
            self._store_nodes(java, "~".join(rest), rows)
        else:
            self._edges(java, first, rows.text)
            self._links += rows.count
        self._count += rows.count
        if rows.last:
            sys.stdout.write(f"{self._count}\n")
            sys.stdout.flush()

    def _store_nodes(self, java: Any, type_name: str, rows: _Rows) -> None:  # noqa: ANN401 - of Java
        places = self._preparing.places.setdefault(rows.type[1], {})
        before = len(places)
        found = str(self._vertices(java, type_name, rows.text))
        places.update(zip(rows.uids, found.encode().split(b";"), strict=True))
        if len(places) != before + rows.count:
            raise StoreError("uids", type_name.replace("~", ":"), "are there twice")


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
