"""An edit of the embedded graph while no engine serves it: whole or not at all, in one step."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

import graph
from graph.protocol import LinkBatch, NodeBatch
from graph.rows import frame_of
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import owner
from graph.store.address import set_mark
from graph.store.check import check_links, check_nodes
from graph.store.turns import end_process, serves, starting

_AMEND = [sys.executable, "-m", "graph.store.amend"]
_LOG_FILE = "edit.log"
# Rows of one edit: all of them are in the engine's memory until the end (tried: 200 MB), and
# whoever wants to read waits meanwhile. What is more than that is told to a serving engine.
MOST_ROWS = 50_000
_NULL = r',"[a-z0-9_]+":null'


@dataclass(frozen=True, slots=True)
class Change:
    """What turns the graph of snapshot `before` into that of `after`.

    `gone_nodes` are (label, uid), `gone_links` (type, key).
    """

    before: str
    after: str
    nodes: Sequence[NodeBatch]
    links: Sequence[LinkBatch]
    gone_nodes: Sequence[tuple[str, str]]
    gone_links: Sequence[tuple[str, str]]

    def rows(self) -> int:
        """Return how many nodes and links it writes or deletes."""
        sent = sum(len(batch.rows) for batch in self.nodes)
        sent += sum(len(batch.rows) for batch in self.links)
        return sent + len(self.gone_nodes) + len(self.gone_links)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many nodes and links an edit wrote, and how many of both it deleted."""

    nodes: int
    links: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Editing:
    """A process that has started and waits for an edit."""

    folder: Path
    process: "subprocess.Popen[str]"

    def run(self, change: Change, ready: Callable[[], None]) -> Counts | None:
        """Make the graph hold another snapshot; None where that is to be told to an engine.

        That is so where one serves by now, where there are too many rows, and where the database
        is not as it is expected; then nothing has changed. Everything is written at once, after
        `ready` has returned; where that raises, or this process is killed, nothing is.

        Raises:
            SchemaError: a row says what is not declared.
        """
        if change.rows() > MOST_ROWS:
            return None
        with starting(self.folder):
            if serves(self.folder):
                return None
            counts = self._prepare(change)
            if counts is None:
                return None
            ready()
            # Away before anything changes: a kill from here on is met by asking the engine.
            set_mark(self.folder, None)
            self._tell(iter([json.dumps(["mark", change.after])]))
            self._stdin().close()
            if self.process.wait() != 0:
                return None
            set_mark(self.folder, change.after)
            return counts

    def _prepare(self, change: Change) -> Counts | None:
        # Where it ended early, it could not take the database: somebody else may.
        with suppress(BrokenPipeError):
            self._tell(_lines(change))
        said = self.process.stdout.readline() if self.process.stdout else ""
        return Counts(**json.loads(said)) if said.strip() else None

    def _tell(self, lines: Iterator[str]) -> None:
        told = self._stdin()
        for line in lines:
            told.write(f"{line}\n")
        told.flush()

    def _stdin(self) -> IO[str]:
        if self.process.stdin is None:
            raise BrokenPipeError
        return self.process.stdin

    def end(self) -> None:
        """End the process where it still runs: nobody has anything to tell it any more."""
        end_process(self.process)


@contextmanager
def begun(folder: Path, heap: str) -> Iterator[Editing]:
    """Start the process of an edit before it is known: it takes a second to get ready."""
    folder = folder.resolve()
    with (folder / _LOG_FILE).open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*_AMEND, str(folder), "--heap", heap],
            cwd=Path(graph.__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
    editing = Editing(folder, process)
    try:
        yield editing
    finally:
        editing.end()


def _lines(change: Change) -> Iterator[str]:
    """Yield what graph.store.amend reads, all but the mark."""
    yield json.dumps([change.before])
    for some in change.nodes:
        check_nodes(some)
        key = owner(SCHEMA, some.labels).label
        type_name = "~".join(sorted(set(some.labels)))
        frame = frame_of(some.rows).unique("uid", keep="last", maintain_order=True)
        yield json.dumps(["nodes", key, type_name, frame["uid"].to_list()])
        yield _rows(frame, "uid")
    for batch in change.links:
        check_links(batch)
        frame = frame_of(batch.rows).unique("key", keep="last", maintain_order=True)
        owners = [owner(SCHEMA, (end,)).label for end in (batch.source, batch.target)]
        ends = [frame[name].to_list() for name in ("source", "target", "key")]
        yield json.dumps(["links", batch.type, owners, ends])
        yield _rows(frame.drop("source", "target"), "key")
    for type_name, keys in _grouped(change.gone_links):
        yield json.dumps(["gone links", type_name, keys])
    for label, uids in _grouped(change.gone_nodes):
        yield json.dumps(["gone nodes", owner(SCHEMA, (label,)).label, uids])
    yield json.dumps(["ready"])


def _rows(frame: pl.DataFrame, first: str) -> str:
    """Return rows as one JSON text without what is null; `first` never is.

    So every null has a comma before it; within a string a quote is escaped, and `,"name":null` is
    nowhere but where a value is missing.
    """
    others = [name for name in frame.columns if name != first]
    texts = frame.select(pl.struct(first, *others).struct.json_encode().alias("row"))["row"]
    return f"[{','.join(texts.str.replace_all(_NULL, ''))}]"


def _grouped(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for name, key in sorted(set(named)):
        groups.setdefault(name, []).append(key)
    yield from groups.items()
