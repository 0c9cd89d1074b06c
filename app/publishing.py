"""A snapshot is made and published; a store that is filled anew is filled while it is written."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import polars as pl

from graph.errors import StoreError
from graph.protocol import GraphStore
from graph.snapshot.difference import Difference
from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import TABLES
from graph.store.open import held, open_store
from graph.store.target import StoreTarget
from loaders.pipeline import Pipeline, Progress
from loaders.publish import Published, build_embedded, publish

# Makes a snapshot of this name the current one and opens it.
Settle = Callable[[str], Snapshot]


def make_and_publish(
    pipeline: Pipeline,
    target: StoreTarget,
    old: Snapshot | None,
    settle: Settle,
    progress: Progress,
) -> tuple[Snapshot, Published]:
    """Return the snapshot of the ledger and what its publication changed in the store.

    The store shows the new snapshot only after it is the current one.

    Raises:
        SnapshotError, StoreError: it could not be written, or published.
    """
    if target.kind == "embedded" and (old is None or held(target) != old.id):
        return _fill_meanwhile(pipeline, target, settle, progress)
    opening: list[Future[GraphStore]] = []
    with ThreadPoolExecutor(1) as pool:
        # An engine takes seconds to start: it does so beside the work, where there is some.
        begun = partial(_open_ahead, opening, pool, target)
        try:
            built = pipeline.make(progress, begun=begun)
            change = built.change if old is not None and built.after == old.id else None
            new = settle(built.snapshot)
            return new, send(target, new, old, progress, change)
        finally:
            for one in opening:
                with suppress(StoreError):
                    one.result().close()


def _open_ahead(
    opening: list[Future[GraphStore]], pool: ThreadPoolExecutor, target: StoreTarget
) -> None:
    if target.kind == "embedded":
        opening.append(pool.submit(open_store, target))


def _fill_meanwhile(
    pipeline: Pipeline, target: StoreTarget, settle: Settle, progress: Progress
) -> tuple[Snapshot, Published]:
    """Fill the embedded graph in a thread: its work is done by a process of its own."""
    current: Future[None] = Future()
    filling: list[Future[Published]] = []
    with ThreadPoolExecutor(1) as pool:

        def fill(name: str, tables: Mapping[str, pl.DataFrame]) -> None:
            work = pool.submit(build_embedded, target, tables, name, progress, current.result)
            filling.append(work)

        try:
            new = settle(pipeline.build(progress, beside=fill))
        except BaseException as error:
            # The new graph is dropped: what it would show is not there.
            current.set_exception(error)
            raise
        current.set_result(None)
        return new, filling[0].result() if filling else send(target, new, None, progress)


def send(
    target: StoreTarget,
    new: Snapshot,
    old: Snapshot | None,
    progress: Progress,
    change: Difference | None = None,
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
            return build_embedded(target, tables, new.id, progress, lambda: None)
    store = open_store(target)
    try:
        return publish(store, new, old, progress, change)
    finally:
        store.close()
