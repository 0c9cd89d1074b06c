"""The one-shot process of a full build: rows from files into a fresh database, no server."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import jpype

from graph.errors import StoreError
from graph.store.engine import Database, GraphBatch, create_database, start_machine

# Rows a crossing into the virtual machine: each is one string of some megabytes.
_CHUNK = 20_000
# Links held back before they are sorted into their nodes: twice the speed of the default (tried
# with 200,000 links), some 100 MB.
_EDGES = 200_000
# Chunks after which the links that the engine holds back are written: a bound on memory.
_CHUNKS = 20
_LIST_FILE = "files.json"

Uids = dict[str, str]


def fill(building: Path, name: str, heap: str) -> None:
    """Write every file of `building/input` into the new database `building/name`."""
    os.chdir(building)
    # Pauses do not matter here, only throughput.
    start_machine(building, heap, "-XX:+UseParallelGC")
    database = create_database(building / name)
    folder = building / "input"
    files = [tuple(file) for file in json.loads((folder / _LIST_FILE).read_text("utf-8"))]
    _declare(database, files)
    _Filling(folder, database).run(files)
    database.close()


def _declare(database: Database, files: list[tuple[str, ...]]) -> None:
    # Cypher makes the types as it would for a MERGE over Bolt; then the node goes, the type stays.
    with database.transaction():
        for kind, first, *rest in files:
            if kind == "nodes":
                database.command("opencypher", f"CREATE (n:{':'.join(rest)})")
            else:
                database.command("opencypher", f"CREATE (:{rest[0]})-[:{first}]->(:{rest[1]})")
        database.command("opencypher", "MATCH (n) DETACH DELETE n")


class _Filling:
    """The way of all rows into one batch; remembers where each node went."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._database = folder, database
        self._vertices = jpype.JClass("com.arcadedb.python.VertexBatcher").createVerticesJson
        self._edges = jpype.JClass("com.arcadedb.python.EdgeBatcher").newEdgesJson
        self._places: dict[str, Uids] = {}
        self._count = 0

    def run(self, files: list[tuple[str, ...]]) -> None:
        work = (
            (kind, first, rest, lines)
            for number, (kind, first, *rest) in enumerate(files)
            for lines in _chunks(self._folder / str(number))
        )
        while some := list(islice(work, _CHUNKS)):
            with self._database.graph_batch(batch_size=_EDGES, parallel_flush=True) as batch:
                self._run(batch, some)

    def _run(self, batch: GraphBatch, work: "list[tuple[str, str, list[str], list[str]]]") -> None:
        # The binding would parse what is JSON text already (facts.md 2: 60,000 rows a second).
        self._java = batch._java_graph_batch  # noqa: SLF001
        for kind, first, rest, lines in work:
            if kind == "nodes":
                self._add_nodes(self._places.setdefault(first, {}), "~".join(rest), lines)
            else:
                self._add_links(first, rest, lines)
            self._count += len(lines)
            sys.stdout.write(f"{self._count}\n")
            sys.stdout.flush()

    def _add_nodes(self, places: Uids, type_name: str, lines: list[str]) -> None:
        uids, rows = zip(*(line.split("\t", 1) for line in lines), strict=True)
        before = len(places)
        found = str(self._vertices(self._java, type_name, f"[{','.join(rows)}]")).split(";")
        places.update(zip(uids, found, strict=True))
        if len(places) != before + len(lines):
            raise StoreError("uids", type_name.replace("~", ":"), "are there twice")

    def _add_links(self, type_name: str, ends: list[str], lines: list[str]) -> None:
        sources, targets = (self._places.get(end, {}) for end in ends)
        rows = []
        for line in lines:
            source, target, row = line.split("\t", 2)
            try:
                start, end = sources[source], targets[target]
            except KeyError as error:
                raise StoreError(
                    f"link {type_name}", json.loads(str(error.args[0])), "names no node"
                ) from error
            # The row is an object with a key at least: its brace gives way to the two ends.
            rows.append(f'{{"_src":"{start}","_dst":"{end}",{row[1:]}')
        self._edges(self._java, type_name, f"[{','.join(rows)}]")


def _chunks(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="ascii") as file:
        while lines := [line.rstrip("\n") for line in islice(file, _CHUNK)]:
            yield lines


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
