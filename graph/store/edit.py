"""An edit of the embedded graph while no engine serves it: whole or not at all, in one step."""

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.errors import StoreError
from graph.protocol import LinkBatch, NodeBatch
from graph.rows import frame_of
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import owner
from graph.store.address import set_mark
from graph.store.check import check_links, check_nodes
from graph.store.standby import LOG_FILE, taken
from graph.store.turns import end_process, serves, starting

# What an answer has in place of counts: thing, value and rule.
REFUSED = "refused"
# Rows of one edit: all of them are in the engine's memory until the end (tried: 200 MB), and
# whoever wants to read waits meanwhile. What is more than that is told to a serving engine.
MOST_ROWS = 50_000
# More than it takes to drop the edit of MOST_ROWS rows.
_CLOSING_SECONDS = 5.0
_NULL = r',"[a-z0-9_]+":null'


@dataclass(frozen=True, slots=True)
class Change:
    """What turns the graph of the snapshot before into that of `after`, or a part of it.

    `gone_nodes` are (label, uid), `gone_links` (type, key).
    """

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

    def run(
        self, before: str, told: Callable[[], Iterable[Change] | None], ready: Callable[[], None]
    ) -> Counts | None:
        """Turn the graph of snapshot `before` into another; None where there is nothing to do here.

        That is so where an engine serves by now: it is to be told instead; and where `told` returns
        None. The database is opened before `told` is asked what to change; of several parts each
        is prepared while the next is waited for. Everything is written at once, after `ready` has
        returned; where that raises, or this process is killed, nothing is.

        Raises:
            StoreError: the edit cannot be made this way (too many rows, a database that is not as
                it is expected, a process that failed); nothing has changed.
            SchemaError: a row says what is not declared.
        """
        with starting(self.folder):
            if serves(self.folder):
                return None
            try:
                self._tell(iter([json.dumps([before])]))
                parts = told()
                return None if parts is None else self._made(parts, ready)
            finally:
                # While the folder is held: whoever takes it then finds the database closed.
                self._close()

    def _made(self, parts: Iterable[Change], ready: Callable[[], None]) -> Counts:
        rows, after = 0, ""
        for change in parts:
            rows, after = rows + change.rows(), change.after
            if rows > MOST_ROWS:
                raise StoreError("rows of an edit", f"{rows:,}", f"must be {MOST_ROWS:,} at most")
            self._tell(_lines(change))
        self._tell(iter([json.dumps(["ready", after])]))
        counts = self._counts()
        ready()
        # Away before anything changes: a kill from here on is met by asking the engine.
        set_mark(self.folder, None)
        self._tell(iter([json.dumps(["write"])]))
        self._end_of_lines()
        if self.process.wait() != 0:
            raise self._failed()
        set_mark(self.folder, after)
        return counts

    def _counts(self) -> Counts:
        said = self.process.stdout.readline() if self.process.stdout else ""
        if not said.strip():
            raise self._failed()
        answer = json.loads(said)
        if REFUSED in answer:
            raise StoreError(*answer[REFUSED])
        return Counts(**answer)

    def _failed(self) -> StoreError:
        """Return how the process ended, or what its last words were."""
        code = self.process.wait()
        if code < 0:
            return StoreError("process of an edit", f"signal {-code}", "ended it")
        words = (self.folder / LOG_FILE).read_text(encoding="utf-8", errors="replace")
        said = [line for line in words.splitlines() if line.strip()]
        return StoreError("process of an edit", code, f"failed: {said[-1] if said else 'no word'}")

    def _tell(self, lines: Iterator[str]) -> None:
        # Where it ended early, it says why: whoever reads its answer hears that.
        with suppress(BrokenPipeError):
            if self.process.stdin is not None:
                for line in lines:
                    self.process.stdin.write(f"{line}\n")
                self.process.stdin.flush()

    def _end_of_lines(self) -> None:
        with suppress(BrokenPipeError):
            if self.process.stdin is not None:
                self.process.stdin.close()

    def _close(self) -> None:
        """Let the process close the database, which takes a moment, and end it."""
        self._end_of_lines()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_CLOSING_SECONDS)
        self.end()

    def end(self) -> None:
        """End the process where it still runs: nobody has anything to tell it any more."""
        end_process(self.process)


@contextmanager
def begun(folder: Path, heap: str) -> Iterator[Editing]:
    """Start the process of an edit before it is known, or take the one that stands by."""
    editing = Editing(folder.resolve(), taken(folder, heap))
    try:
        yield editing
    finally:
        editing.end()


def _lines(change: Change) -> Iterator[str]:
    """Yield what graph.store.amend reads of a part: rows to write, then what is gone."""
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
