"""A full build: a fresh database beside the old one, then a switch."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from pathlib import Path

from filelock import FileLock, Timeout

import graph
from graph.errors import SchemaError, StoreError
from graph.protocol import LinkBatch, NodeBatch, Row
from graph.schema.catalog import SCHEMA
from graph.store.address import DATABASE_PREFIX, current, set_current, sync_folder
from graph.store.check import check_links, check_nodes
from graph.store.embedded import end_engine, open_embedded, starting, stop_engine

# The new database grows in here with an engine of its own, so that it is whole before the switch.
BUILD_FOLDER = "building"
_GONE = "gone-"
_BUILD_LOCK = "build.lock"
_INPUT_FOLDER = "input"
_LIST_FILE = "files.json"
_ERROR_CHARACTERS = 500

Progress = Callable[[str, int], None]


def build_bulk(
    folder: Path,
    heap: str,
    nodes: Iterable[NodeBatch],
    links: Iterable[LinkBatch],
    snapshot: str,
    progress: Progress,
) -> None:
    """Write a fresh database of all nodes and links, marked with `snapshot`, and switch to it.

    `progress` hears ("written" | "stored", rows so far). Uids are unique under the label that owns
    the key, link keys within their type. Until the switch, which is one rename, the former
    database is served; a build killed before it leaves nothing but a folder the next one clears.
    StoreError where a uid is there twice or a link names one that is not there.
    """
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder / _BUILD_LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError("graph folder", str(folder), "is being built by another") from error
    try:
        building = folder / BUILD_FOLDER
        _clear(building)
        building.mkdir(mode=0o700)
        name = f"{DATABASE_PREFIX}{secrets.token_hex(8)}"
        _write_input(building / _INPUT_FOLDER, nodes, links, progress)
        _fill(building, name, heap, progress)
        _finish(building, name, heap, snapshot)
        _switch(folder, name)
        _clear(building)
    finally:
        lock.release()


def _write_input(
    folder: Path, nodes: Iterable[NodeBatch], links: Iterable[LinkBatch], progress: Progress
) -> None:
    """Write one file a set of labels and one a link type and ends; a row a line, JSON last."""
    folder.mkdir()
    files: dict[tuple[str, ...], TextIOWrapper] = {}
    count = 0
    try:
        for nodes_batch in nodes:
            check_nodes(nodes_batch)
            labels = sorted(set(nodes_batch.labels))
            file = _file(folder, files, ("nodes", key_owner(nodes_batch.labels), *labels))
            file.writelines(f"{_text(row['uid'])}\t{_json(row)}\n" for row in nodes_batch.rows)
            progress("written", count := count + len(nodes_batch.rows))
        for batch in links:
            check_links(batch)
            ends = (key_owner(SCHEMA.labels_of(end)) for end in (batch.source, batch.target))
            file = _file(folder, files, ("links", batch.type, *ends))
            file.writelines(map(_link_line, batch.rows))
            progress("written", count := count + len(batch.rows))
    finally:
        for file in files.values():
            file.close()
    (folder / _LIST_FILE).write_text(json.dumps(list(files)), encoding="utf-8")


def key_owner(labels: Iterable[str]) -> str:
    """Return the one of `labels` whose key tells nodes apart; SchemaError if none does."""
    labels = tuple(labels)
    for label in labels:
        if SCHEMA.node(label).key:
            return label
    raise SchemaError("labels", labels, "have none that owns a key")


def _file(
    folder: Path, files: dict[tuple[str, ...], TextIOWrapper], key: tuple[str, ...]
) -> TextIOWrapper:
    if key not in files:
        files[key] = (folder / str(len(files))).open("w", encoding="ascii", newline="\n")
    return files[key]


def _link_line(row: Row) -> str:
    ends = f"{_text(row['source'])}\t{_text(row['target'])}"
    return f"{ends}\t{_json(row, 'source', 'target')}\n"


def _text(value: object) -> str:
    # As JSON writes it, so that no tab or line end of a uid breaks the line.
    return json.dumps(value)


def _json(row: Row, *left_out: str) -> str:
    return json.dumps(
        {name: value for name, value in row.items() if value is not None and name not in left_out},
        separators=(",", ":"),
        allow_nan=False,
    )


def _fill(building: Path, name: str, heap: str, progress: Progress) -> None:
    """Run the one-shot process that holds the virtual machine; hear its counts."""
    folder, log = building / _INPUT_FOLDER, building / "fill.log"
    command = [sys.executable, "-m", "graph.store.fill", str(building), name, "--heap", heap]
    with (
        log.open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            cwd=Path(graph.__file__).resolve().parents[1],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        if process.stdout is not None:
            for line in process.stdout:
                if line.strip().isdigit():
                    progress("stored", int(line))
    if process.returncode != 0:
        said = [line for line in log.read_text(errors="replace").split("\n") if line.strip()]
        raise StoreError(
            "bulk build", str(building), f"failed: {said[-1][:_ERROR_CHARACTERS] if said else ''}"
        )
    shutil.rmtree(folder)


def _finish(building: Path, name: str, heap: str, snapshot: str) -> None:
    """Let the store itself add constraints, indexes and the mark, as it does everywhere."""
    set_current(building, name)
    store = open_embedded(building, heap, reader=False)
    try:
        store.ensure_schema()
        store.mark(snapshot)
    finally:
        store.close()
        stop_engine(building)
    for file in sorted((building / name).iterdir()):
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(building / name)


def _switch(folder: Path, name: str) -> None:
    with starting(folder):
        former = current(folder)
        (folder / BUILD_FOLDER / name).rename(folder / name)
        sync_folder(folder)
        set_current(folder, name)
        end_engine(folder)
        # The former one, and any that a killed switch left.
        for path in sorted(folder.glob(f"{DATABASE_PREFIX}*")):
            if path.name != name:
                shutil.rmtree(path, ignore_errors=path.name != former)


def _clear(building: Path) -> None:
    if building.is_dir():
        stop_engine(building)
        # Aside first: the filling process of a killed build may still write for a moment.
        building.rename(building.with_name(f"{_GONE}{secrets.token_hex(8)}"))
    for path in sorted(building.parent.glob(f"{_GONE}*")):
        shutil.rmtree(path, ignore_errors=True)
