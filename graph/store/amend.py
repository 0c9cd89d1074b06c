"""The one-shot process of an edit: some rows of a database that no engine serves, no server.

What it writes it writes in one transaction by the engine's own calls. They need a third of the
processor time of an engine that is started for it and told in Cypher: most of that is spent on
getting ready for Bolt and for the language.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jpype
from filelock import FileLock, Timeout

from graph.errors import StoreError
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import MARK, MARK_UID, SCAN_UID
from graph.store.address import ENGINE_LOCK, current
from graph.store.engine import Database, open_database, start_machine

# It said why it makes no edit: whoever told it takes another way.
EXIT_REFUSED = 4
_LOCK_SECONDS = 5.0
_OPTIONS = (
    # The process lives for seconds: code that is ready at once beats code that is quick, and one
    # collector's thread beats several on two processors.
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    # The binding asks for a collection whenever Python frees memory.
    "-XX:+DisableExplicitGC",
    # As the engine does (graph.store.engine): what was acknowledged survives a power cut.
    "-Darcadedb.txWalFlush=1",
    # Rows are appended: to look for room in pages was a ninth of all work and 240 MB (tried with
    # 14,000 rows). What an edit leaves free is used by an engine that serves.
    "-Darcadedb.bucketReuseSpaceMode=low",
)
_KEY, _UID = "key", "uid"
_WITH_CONTENT = True
# Nobody else has a copy of the database that is written first.
_LEADER = True


def amend(folder: Path, heap: str) -> int:
    """Make the edit that standard input tells, in the database that counts; return the exit code.

    The machine starts before anything is told. The first line says `[before]`, the snapshot that
    the database must hold: then it is opened. After it come `["nodes", owner of the key, type,
    uids]` and `["links", type, owners, [sources, targets, keys]]`, each with the rows as JSON in
    the line after it, `["gone links", type, keys]`, `["gone nodes", owner, uids]`, and at their
    end `["ready", snapshot]` with what the database is to be marked with. Then the counts of what
    is ready are printed, or why it cannot be done; with `["write"]` everything is written at once.
    Where the lines end before, nothing is written.
    """
    os.chdir(folder)
    start_machine(folder, heap, *_OPTIONS)
    # Whatever the language of this machine, it is told in UTF-8.
    with open(sys.stdin.fileno(), encoding="utf-8", closefd=False) as told:
        first = next(told, None)
        return 0 if first is None else _amend(folder, json.loads(first)[0], told)


def _amend(folder: Path, before: str, told: Iterator[str]) -> int:
    lock = FileLock(folder / ENGINE_LOCK)
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        return _refuse(StoreError("graph", str(folder), "is held by another process"))
    with open_database(folder / str(current(folder))) as database:
        editing = _Editing(database)
        editing.check(before)
        editing.run(told)
    return 0


def _refuse(error: StoreError) -> int:
    """Say in place of counts why there will be no edit; return the exit code."""
    sys.stdout.write(json.dumps({"refused": [str(one) for one in error.args]}) + "\n")
    return EXIT_REFUSED


class _Editing:
    """One transaction; nodes are found by uid, links by key, in the indexes that a store has."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # The binding has no calls for most of this: the Java object is the only way.
        self._java = database._java_db  # noqa: SLF001
        self._schema = self._java.getSchema()
        self._indexes: dict[tuple[str, str], Any] = {}
        self._array = jpype.JClass("com.arcadedb.serializer.json.JSONArray")
        self._values = jpype.JArray(jpype.JClass("java.lang.Object"))
        self._met: dict[tuple[str, str], Any] = {}
        self._counts = {"nodes": 0, "links": 0, "deleted": 0}

    def check(self, before: str) -> None:
        """Refuse a database that holds another snapshot, or a scan, or lacks an index of SCHEMA."""
        keyed = [node.label for node in SCHEMA.nodes if node.key]
        needed = [(MARK, _UID), *((label, _UID) for label in keyed)]
        needed += [(label, "name") for label in keyed]
        needed += [(link.name, _KEY) for link in SCHEMA.links]
        for name, column in needed:
            if self._index(name, column) is None:
                raise StoreError("index of the graph", f"{name}.{column}", "is missing")
        if (held := self._said(MARK_UID)) != before:
            raise StoreError("snapshot of the graph", held, f"must be {before}")
        if (scan := self._said(SCAN_UID)) is not None:
            raise StoreError("scan of the graph", scan, "stands at its nodes and must go first")

    def run(self, told: Iterator[str]) -> None:
        """Do what the lines say; write it when they say so, else leave all as it was."""
        lines = (json.loads(line) for line in told)
        self._java.begin()
        pages: Any = None
        for kind, *rest in lines:
            if kind == "nodes":
                self._nodes((rest[0], rest[1]), rest[2], self._array(next(told)))
            elif kind == "links":
                self._links(rest[0], rest[1], rest[2], self._array(next(told)))
            elif kind == "ready":
                pages = self._ready(rest[0])
                sys.stdout.write(json.dumps(self._counts) + "\n")
                sys.stdout.flush()
            elif kind == "write":
                self._transaction().commit2ndPhase(pages)
                return
            else:
                self._counts["deleted"] += self._gone(kind, *rest)
        self._java.rollback()

    def _ready(self, snapshot: str) -> Any:  # noqa: ANN401 - of Java
        """Mark the graph with a snapshot and return the pages that only have to be written.

        This is most of a commit: keys go into indexes, and those that may be there once are looked
        for. What comes after it is short, and whoever tells the lines waits for that alone.
        """
        mark = self._found(MARK, _UID, MARK_UID).modify()
        mark.set("snapshot", snapshot)
        mark.save()
        return self._transaction().commit1stPhase(_LEADER)

    def _transaction(self) -> Any:  # noqa: ANN401 - of Java
        return self._java.getTransaction()

    def _nodes(self, types: tuple[str, str], uids: Sequence[str], rows: Any) -> None:  # noqa: ANN401 - of Java
        owner, type_name = types
        self._declare(type_name)
        for number, uid in enumerate(uids):
            row, known = rows.getJSONObject(number), self._found(owner, _UID, uid)
            if known is None:
                node = self._java.newVertex(type_name)
            else:
                node = self._of_type(known, type_name)
                for name in [str(one) for one in node.getPropertyNames()]:
                    if not row.has(name):
                        node.remove(name)
            node.fromJSON(row)
            node.save()
            self._met[owner, uid] = node
        self._counts["nodes"] += len(uids)

    def _of_type(self, known: Any, type_name: str) -> Any:  # noqa: ANN401 - of Java
        if str(known.getTypeName()) == type_name:
            return known.modify()
        place = known.modify().moveToType(type_name)
        return self._java.lookupByRID(place, _WITH_CONTENT).asVertex().modify()

    def _links(
        self,
        type_name: str,
        owners: Sequence[str],
        ends: Sequence[Sequence[str]],
        rows: Any,  # noqa: ANN401 - of Java
    ) -> None:
        (sources, targets), keys = ends[:2], ends[2]
        for number, key in enumerate(keys):
            # A link cannot change its ends, and its place says nothing: it is made anew.
            if known := self._found(type_name, _KEY, key):
                known.delete()
            source = self._end(type_name, owners[0], sources[number])
            target = self._end(type_name, owners[1], targets[number])
            source.newEdge(type_name, target, rows.getJSONObject(number).toMap())
        self._counts["links"] += len(keys)

    def _end(self, type_name: str, owner: str, uid: str) -> Any:  # noqa: ANN401 - of Java
        node = self._met.get((owner, uid))
        if node is None:
            node = self._found(owner, _UID, uid)
            if node is None:
                raise StoreError(f"end of {type_name}", uid, f"is no {owner} of the store")
            self._met[owner, uid] = node
        return node

    def _gone(self, kind: str, name: str, keys: Sequence[str]) -> int:
        column = _UID if kind == "gone nodes" else _KEY
        there = [one for key in keys if (one := self._found(name, column, key)) is not None]
        for one in there:
            one.delete()
        return len(there)

    def _declare(self, type_name: str) -> None:
        # Cypher makes the type as it would for a CREATE over Bolt; the node goes, the type stays.
        if not self._schema.existsType(type_name):
            labels = type_name.replace("~", ":")
            self._database.command("opencypher", f"CREATE (n:{labels}) DELETE n")

    def _said(self, uid: str) -> str | None:
        mark = self._found(MARK, _UID, uid)
        said = None if mark is None else mark.get("snapshot")
        return None if said is None else str(said)

    def _found(self, type_name: str, column: str, value: str) -> Any:  # noqa: ANN401 - of Java
        found = self._index(type_name, column).get(self._values([value]), 1)
        if not found.hasNext():
            return None
        record = self._java.lookupByRID(found.next().getIdentity(), _WITH_CONTENT)
        return record.asEdge() if column == _KEY else record.asVertex()

    def _index(self, type_name: str, column: str) -> Any:  # noqa: ANN401 - of Java
        name = (type_name, column)
        if name not in self._indexes:
            found = None
            if self._schema.existsType(type_name):
                found = self._schema.getType(type_name).getPolymorphicIndexByProperties(column)
            self._indexes[name] = found
        return self._indexes[name]


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and amend."""
    parser = argparse.ArgumentParser(prog="python -m graph.store.amend", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--heap", default="1g", help="memory of the engine, as in 512m, 1g")
    given = parser.parse_args(arguments)
    try:
        return amend(given.folder.resolve(), given.heap)
    except StoreError as error:
        return _refuse(error)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The virtual machine's threads would hold the process; the database is closed by now.
    os._exit(code)
