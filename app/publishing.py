"""A snapshot is made and published; a store that is filled anew is filled while it is written."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import polars as pl

from graph.errors import StatementsError, StoreError
from graph.protocol import GraphStore
from graph.snapshot.difference import Difference
from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import TABLES
from graph.store.open import held, open_store
from graph.store.target import StoreTarget
from loaders.messages import Progress, message
from loaders.outcome import FileOutcome
from loaders.pipeline import Pipeline
from loaders.publish import (
    Published,
    begin_edit,
    begin_embedded,
    build_embedded,
    edit_embedded,
    publish,
)

if TYPE_CHECKING:
    from graph.store.bulk import Build

# Makes a snapshot of this name the current one and opens it.
Settle = Callable[[str], Snapshot]
# Appends files to the ledger.
Take = Callable[[Pipeline], Sequence[FileOutcome]]
# What became of each file, and the snapshot that it ended in, if any.
Taken = tuple[tuple[FileOutcome, ...], Snapshot | None]


def take_and_publish(
    take: Take,
    pipeline: Pipeline,
    target: StoreTarget | None,
    old: Snapshot | None,
    settle: Settle,
    progress: Progress,
) -> Taken:
    """Return what became of the files and the snapshot they ended in, which is published.

    Where every file is refused nothing is made: `old` stays, and where there is none, none comes.

    Raises:
        StatementsError: the files say what no snapshot can be made of; nothing of them is kept.
        SnapshotError, StoreError: the snapshot could not be written, or published.
    """

    def settled(name: str) -> Snapshot:
        # Before it is current: a ledger that is said to be unbuilt has no current snapshot.
        pipeline.ledger.built()
        return settle(name)

    with ahead(target, old) as build:
        before = frozenset(one.batch for one in pipeline.ledger.batches())
        files = tuple(take(pipeline))
        if files and all(one.refused for one in files):
            return files, old
        with _nothing_kept(pipeline, before, old):
            if target is None:
                return files, settled(pipeline.build(progress))
            new, _ = make_and_publish(pipeline, target, old, settled, progress, build)
            return files, new


@contextmanager
def _nothing_kept(
    pipeline: Pipeline, before: frozenset[str], old: Snapshot | None
) -> Iterator[None]:
    """Withdraw what a load appended where no snapshot can be made with it: none ever could.

    With it goes what loads before it left that were killed, batches of which no snapshot was made
    either: which of them it is that cannot be is not known, and they were never said to be taken.
    """
    try:
        yield
    except StatementsError as error:
        held: Collection[str] = before
        if pipeline.ledger.unbuilt():
            held = ()
        elif old is not None:
            held = old.manifest["inputs"].get("batches", before)
        gone = [one for one in pipeline.ledger.batches() if one.batch not in held]
        if not gone:
            raise
        pipeline.ledger.withdraw({one.batch for one in gone})
        names = ", ".join(dict.fromkeys(one.file for one in gone))
        rule = f"{error.rule}; nothing is kept of {names}"
        raise StatementsError(error.thing, error.value, rule) from error


@contextmanager
def ahead(target: StoreTarget | None, old: Snapshot | None) -> Iterator["Build | None"]:
    """Start the process that will fill the embedded graph while files are still being read.

    None where there is no store (`target` None) or it will be told of differences alone. What
    stands in the way is said later, by whoever has rows to publish: files are taken first.
    """
    with ExitStack() as stack:
        build = None
        with suppress(StoreError, OSError):
            fills = target is not None and target.kind == "embedded"
            if target and fills and (old is None or held(target) != old.id):
                build = stack.enter_context(begin_embedded(target))
        yield build


def make_and_publish(
    pipeline: Pipeline,
    target: StoreTarget,
    old: Snapshot | None,
    settle: Settle,
    progress: Progress,
    build: "Build | None" = None,
) -> tuple[Snapshot, Published]:
    """Return the snapshot of the ledger and what its publication changed in the store.

    An embedded graph that holds the snapshot before is edited, any other is filled anew: `build` is
    what `ahead` yielded before the files were read. The store shows the new snapshot only after it
    is the current one.

    Raises:
        SnapshotError, StoreError: it could not be written, or published.
    """
    if target.kind == "embedded" and (old is None or held(target) != old.id):
        return _fill_meanwhile(pipeline, target, settle, progress, build)
    if target.kind == "embedded" and old is not None:
        return _edit_meanwhile(pipeline, target, old, settle, progress)
    built = pipeline.make(progress)
    change = built.change if old is not None and built.after == old.id else None
    new = settle(built.snapshot)
    return new, send(target, new, old, progress, change)


class _Heard:
    """What an edit waits for: nodes and records of a snapshot, all of it, and that it is there."""

    def __init__(self) -> None:
        self.first: Future[tuple[str, Difference] | None] = Future()
        self.whole: Future[Difference] = Future()
        self.current: Future[None] = Future()

    def changed(self, name: str, change: Difference) -> None:
        """Hear of a change as Pipeline.make tells it."""
        if self.first.done():
            self.whole.set_result(change)
        else:
            self.first.set_result((name, change))

    def fail(self, error: BaseException) -> None:
        """Let whoever waits fail."""
        waiting: tuple[Future[Any], ...] = (self.first, self.whole, self.current)
        for one in waiting:
            if not one.done():
                one.set_exception(error)


def _edit_meanwhile(
    pipeline: Pipeline, target: StoreTarget, old: Snapshot, settle: Settle, progress: Progress
) -> tuple[Snapshot, Published]:
    """Make the embedded graph ready for the new snapshot while that is written.

    Where an engine serves the graph it is told when the snapshot is there. What does so takes a
    while to start: it does so beside the work, where there is some.
    """
    heard = _Heard()
    opening: list[Future[GraphStore]] = []
    sending: list[Future[Published | None]] = []
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:

        def begin() -> None:
            editing = stack.enter_context(begin_edit(target))
            if editing is None:
                opening.append(pool.submit(open_store, target))
            else:
                given = (editing, old, heard.first.result, heard.whole.result, heard.current.result)
                sending.append(pool.submit(edit_embedded, *given))

        try:
            built = pipeline.make(
                progress,
                begun=begin,
                changed=heard.changed,
                # All is made anew: that is no edit.
                beside=lambda _name, _tables: heard.first.set_result(None),
            )
            known = built.after == old.id
            new = settle(built.snapshot)
            heard.current.set_result(None)
            done = _edited(sending[0], progress) if sending else None
            return new, done or send(target, new, old, progress, built.change if known else None)
        except BaseException as error:
            # Nothing becomes of the edit: what it would show is not there.
            heard.fail(error)
            raise
        finally:
            for waiting in opening:
                # What stood in its way is said by whoever sends.
                with suppress(StoreError, OSError):
                    waiting.result().close()


def _edited(sending: "Future[Published | None]", progress: Progress) -> Published | None:
    """Return what an edit changed; None, and why it could not be made, where there was none."""
    try:
        return sending.result()
    except StoreError as error:
        progress(message("engine_instead", why=error))
        return None


def _fill_meanwhile(
    pipeline: Pipeline,
    target: StoreTarget,
    settle: Settle,
    progress: Progress,
    build: "Build | None",
) -> tuple[Snapshot, Published]:
    """Fill the embedded graph in a thread: its work is done by a process of its own."""
    current: Future[None] = Future()
    filling: list[Future[Published]] = []
    with ThreadPoolExecutor(1) as pool:

        def fill(name: str, tables: Mapping[str, pl.DataFrame]) -> None:
            given = (target, tables, name, progress, current.result, build)
            filling.append(pool.submit(build_embedded, *given))

        try:
            new = settle(pipeline.build(progress, beside=fill))
        except BaseException as error:
            # The new graph is dropped: what it would show is not there.
            current.set_exception(error)
            raise
        current.set_result(None)
        if filling:
            return new, filling[0].result()
        return new, send(target, new, None, progress, build=build)


def send(
    target: StoreTarget,
    new: Snapshot,
    old: Snapshot | None,
    progress: Progress,
    change: Difference | None = None,
    build: "Build | None" = None,
) -> Published:
    """Send the difference between two snapshots, or all where the store holds another.

    `change` is that difference where somebody knows it.
    """
    if target.kind == "embedded":
        holds = held(target)
        if holds == new.id:
            return Published(0, 0, 0, 0.0, full=False)
        if old is None or holds != old.id:
            tables = {name: new.table(name).collect() for name in TABLES}
            return build_embedded(target, tables, new.id, progress, lambda: None, build)
    store = open_store(target)
    try:
        return publish(store, new, old, progress, change)
    finally:
        store.close()
