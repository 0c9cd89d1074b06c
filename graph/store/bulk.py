"""A full build: a fresh database beside the old one, then a switch."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import polars.selectors as cs

from graph.errors import SchemaError, StoreError
from graph.protocol import LinkBatch, NodeBatch, Row
from graph.rows import frame_of
from graph.schema.catalog import SCHEMA
from graph.store import building
from graph.store.address import DATABASE_PREFIX, current, set_current, set_mark, sync_folder
from graph.store.building import INPUT_FOLDER, LOG_FILE, build_folder
from graph.store.check import check_links, check_nodes
from graph.store.running import end_engine
from graph.store.turns import starting

_ERROR_CHARACTERS = 500

Progress = Callable[[str, int], None]
Batch = NodeBatch | LinkBatch


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on at a build.

    `progress` hears ("written" | "stored", rows so far). Before the switch the build waits until
    `ready` returns; where that raises, the former database stays.
    """

    progress: Progress
    ready: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Build:
    """A fresh database in the making: its process has started and waits for rows."""

    folder: Path
    name: str
    process: "subprocess.Popen[str]"

    def run(self, groups: Iterable[Iterable[Batch]], snapshot: str, watch: Watch) -> None:
        """Write all nodes and links, mark them with `snapshot`, and switch to the new database.

        Each batch is asked for when the one before is written, links after all nodes. From one of
        the groups to the next it may be a while: what is there is put in order meanwhile.
        Uids are unique under the label that owns the key, link keys within their type. Until the
        switch, which is one rename, the former database is served.
        StoreError where a uid is there twice or a link names one that is not there.
        """
        self._fill(_parts(groups), snapshot, watch.progress)
        _sync(build_folder(self.folder, self.name) / self.name)
        watch.ready()
        _switch(self.folder, self.name)
        set_mark(self.folder, snapshot)

    def _fill(self, parts: "Iterable[_Part | None]", snapshot: str, progress: Progress) -> None:
        """Feed the one-shot process that holds the virtual machine; hear its counts.

        It stores one part while the next is written: two processors, and the input never all there.
        """
        place = build_folder(self.folder, self.name)
        # Where it ended early its log says why, below.
        with suppress(BrokenPipeError):
            written = _Written(place / INPUT_FOLDER, progress)
            _feed(self.process, written, parts, snapshot)
        if self.process.stdout is not None:
            for line in self.process.stdout:
                if line.strip().isdigit():
                    progress("stored", int(line))
        if self.process.wait() != 0:
            text = (place / LOG_FILE).read_text(errors="replace")
            said = [line for line in text.split("\n") if line.strip()]
            last = said[-1][:_ERROR_CHARACTERS] if said else ""
            raise StoreError("bulk build", str(place), f"failed: {last}")


@contextmanager
def begun(folder: Path, heap: str) -> Iterator[Build]:
    """Start the process of a full build before there are rows, or take the one that is ahead.

    StoreError where another builds here.
    """
    with building.begun(folder, heap) as begin:
        yield Build(begin.folder, begin.name, begin.process)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of one type: ("nodes", key owner, labels…) or ("links", type, owners of ends)."""

    type: tuple[str, ...]
    rows: Sequence[Row]

    def write(self, path: Path) -> None:
        """Write the rows as an Arrow file: what names them first, dates as the text they become."""
        frame = frame_of(self.rows)
        first = ("uid",) if self.type[0] == "nodes" else ("source", "target", "key")
        others = [name for name in frame.columns if name not in first]
        told = frame.select(*first, *others).with_columns(cs.date().cast(pl.String))
        told.write_ipc(path, compression="uncompressed", compat_level=pl.CompatLevel.oldest())


def _parts(groups: Iterable[Iterable[Batch]]) -> Iterator[_Part | None]:
    """Yield a part for each batch, None from one group to the next."""
    for place, group in enumerate(groups):
        if place:
            yield None
        for some in group:
            if isinstance(some, NodeBatch):
                check_nodes(some)
                labels = sorted(set(some.labels))
                yield _Part(("nodes", key_owner(some.labels), *labels), some.rows)
            else:
                check_links(some)
                yield _Part(_link_type(some.type, some.source, some.target), some.rows)


def _link_type(name: str, source: str, target: str) -> tuple[str, ...]:
    return ("links", name, *(key_owner(SCHEMA.labels_of(end)) for end in (source, target)))


def _link_types() -> list[tuple[str, ...]]:
    """Return every type of links by what its ends are kept under; all of them get an index."""
    return [_link_type(link.name, *ends) for link in SCHEMA.links for ends in link.ends]


def key_owner(labels: Iterable[str]) -> str:
    """Return the one of `labels` whose key tells nodes apart; SchemaError if none does."""
    labels = tuple(labels)
    for label in labels:
        if SCHEMA.node(label).key:
            return label
    raise SchemaError("labels", labels, "have none that owns a key")


@dataclass(slots=True)
class _Written:
    """The files of parts: how many there are, and how many rows they hold."""

    folder: Path
    progress: Progress
    files: int = 0
    rows: int = 0

    def add(self, part: _Part) -> int:
        """Write a part whole and return its number."""
        number = self.files
        part.write(self.folder / str(number))
        self.files, self.rows = number + 1, self.rows + len(part.rows)
        self.progress("written", self.rows)
        return number


def _feed(
    process: "subprocess.Popen[str]",
    written: _Written,
    parts: Iterable[_Part | None],
    snapshot: str,
) -> None:
    """Tell the process the types of links, each part's file as soon as it is whole, and the end.

    Where a part is None it is told that the next will be a while.
    """
    if process.stdin is None:
        return
    with process.stdin as told:
        told.write(f"{json.dumps(_link_types())}\n")
        told.flush()
        for part in parts:
            said = [written.add(part), part.type] if part else []
            told.write(f"{json.dumps(said)}\n")
            told.flush()
        told.write(f"{json.dumps(snapshot)}\n")


def _sync(database: Path) -> None:
    for file in sorted(database.iterdir()):
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(database)


def _switch(folder: Path, name: str) -> None:
    with starting(folder):
        former = current(folder)
        (build_folder(folder, name) / name).rename(folder / name)
        sync_folder(folder)
        set_current(folder, name)
        end_engine(folder)
        # The former one, and any that a killed switch left.
        for path in sorted(folder.glob(f"{DATABASE_PREFIX}*")):
            if path.name != name:
                shutil.rmtree(path, ignore_errors=path.name != former)
