"""The one-shot process of a full build: rows from files into a fresh database, no server."""

import argparse
import json
import os
import sys
from itertools import chain, islice
from pathlib import Path

import jpype

from graph.errors import StoreError
from graph.store.engine import Database, GraphBatch, create_database, start_machine

# Links held back before they are sorted into their nodes: twice the speed of the default (tried
# with 200,000 links), some 100 MB.
_EDGES = 200_000
# Parts after which the links that the engine holds back are written: a bound on memory.
_PARTS = 20

Uids = dict[str, str]


def fill(building: Path, name: str, heap: str) -> None:
    """Write the parts that standard input names into the new database `building/name`.

    Its first line is the list of all types; each further one `[number, place of its type]` says
    that the file `building/input/<number>` is whole. A file goes when it is stored.
    """
    os.chdir(building)
    # Pauses do not matter here, only throughput.
    start_machine(building, heap, "-XX:+UseParallelGC")
    database = create_database(building / name)
    folder = building / "input"
    types = [tuple(one) for one in json.loads(sys.stdin.readline())]
    _declare(database, types)
    _Filling(folder, database).run(types)
    database.close()


def _declare(database: Database, types: list[tuple[str, ...]]) -> None:
    # Cypher makes the types as it would for a MERGE over Bolt; then the node goes, the type stays.
    with database.transaction():
        for kind, first, *rest in types:
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

    def run(self, types: list[tuple[str, ...]]) -> None:
        """Store the parts as they are told of."""
        parts = (json.loads(line) for line in sys.stdin)
        while some := list(islice(parts, 1)):
            with self._database.graph_batch(batch_size=_EDGES, parallel_flush=False) as batch:
                for number, place in chain(some, islice(parts, _PARTS - 1)):
                    self._run(batch, types[place], self._folder / str(number))

    def _run(self, batch: GraphBatch, type_: tuple[str, ...], path: Path) -> None:
        kind, first, *rest = type_
        with path.open(encoding="utf-8", newline="\n") as file:
            lines = [line.rstrip("\n") for line in file]
        path.unlink()
        # The binding would parse what is JSON text already (facts.md 2: 60,000 rows a second).
        self._java = batch._java_graph_batch  # noqa: SLF001
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
