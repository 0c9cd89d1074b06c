"""The embedded engine as a GraphStore: found or started, watched, and restarted after a runaway."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from graph.errors import StoreError, StoreTimeoutError, StoreUnavailableError
from graph.protocol import LinkBatch, NodeBatch, Params, Row, Rows
from graph.store.address import (
    READER,
    READER_LIMIT,
    WRITER,
    Address,
    read_address,
    read_mark,
    set_mark,
)
from graph.store.bolt import BoltStore
from graph.store.running import ensure_engine, kill_engine

_LINE_CHARACTERS = 300

T = TypeVar("T")


class EmbeddedStore:
    """A GraphStore over the engine of `folder`; reconnects when the engine was replaced.

    Every operation may be repeated: they are reads, or writes that done twice are as done once.
    """

    def __init__(self, folder: Path, heap: str, *, reader: bool) -> None:
        self._folder, self._heap, self._reader = folder, heap, reader
        self._lock = threading.Lock()
        self._address: Address | None = None
        self._store: BoltStore | None = None
        self._connect()

    def ensure_schema(self) -> None:
        """Create the constraints and indexes of SCHEMA where they are missing."""
        self._do(lambda store: store.ensure_schema())

    def upsert_nodes(self, batch: NodeBatch) -> int:
        """Insert or replace nodes by uid; return how many changed."""
        return self._do(lambda store: store.upsert_nodes(batch))

    def upsert_links(self, batch: LinkBatch) -> int:
        """Insert or replace links by key; return how many changed."""
        return self._do(lambda store: store.upsert_links(batch))

    def annotate(self, batch: NodeBatch) -> int:
        """Set what rows say of known nodes; return how many changed."""
        return self._do(lambda store: store.annotate(batch))

    def delete_nodes(self, label: str, uids: Sequence[str]) -> int:
        """Delete nodes with their links; return how many nodes went."""
        return self._do(lambda store: store.delete_nodes(label, uids))

    def delete_links(self, type: str, keys: Sequence[str]) -> int:  # noqa: A002 - as the protocol
        """Delete links by key; return how many went."""
        return self._do(lambda store: store.delete_links(type, keys))

    def rows(self, cypher: str, params: Params, *, limit: int, timeout: timedelta) -> Rows:
        """Run a read; after `timeout` the engine is killed, for it heeds no deadline of its own.

        The next use starts it again; nothing that was acknowledged is lost (facts.md 2). A read
        that was under way when somebody else's killed the engine is run anew, its time too.
        """

        def read(store: BoltStore) -> Rows:
            work = _Work(lambda: store.rows(cypher, params, limit=limit, timeout=timeout))
            if not work.wait(timeout.total_seconds()):
                self._kill()
                raise StoreTimeoutError(
                    "query", cypher[:_LINE_CHARACTERS], f"did not finish within {timeout}"
                )
            return work.result()

        return self._do(read)

    def stream(self, cypher: str, params: Params) -> Iterator[Row]:
        """Yield rows one by one; StoreError where the reader's limit would cut them short."""
        for count, row in enumerate(self._connect().stream(cypher, params), start=1):
            yield row
            if self._reader and count >= READER_LIMIT:
                raise StoreError("rows of an export", count, "reach the limit of the reader")

    def holds(self) -> str | None:
        """Return the id of the snapshot that was published whole, or None."""
        return read_mark(self._folder) or self._do(lambda store: store.holds())

    def mark(self, snapshot: str | None) -> None:
        """Say which snapshot the store holds from now on."""
        if not self._reader:
            set_mark(self._folder, None)
        self._do(lambda store: store.mark(snapshot))
        if snapshot is not None:
            set_mark(self._folder, snapshot)

    def scanned(self) -> str | None:
        """Return of which scan exposures stand at the nodes, or None."""
        return self._do(lambda store: store.scanned())

    def mark_scan(self, key: str | None) -> None:
        """Say of which scan exposures may stand at nodes from now on."""
        self._do(lambda store: store.mark_scan(key))

    def close(self) -> None:
        """Let go of connections; the engine runs on until it is idle or stopped."""
        with self._lock:
            self._forget()

    def _do(self, operation: Callable[[BoltStore], T]) -> T:
        store = self._connect()
        address = self._address
        try:
            return operation(store)
        except StoreTimeoutError:
            # Never a runaway a second time.
            raise
        except StoreError as error:
            # A second time only where the engine went away under the first.
            lives = address and address.runs() and address == read_address(self._folder)
            # One that is being killed runs a moment longer than its connections.
            if isinstance(error, StoreUnavailableError):
                lives = address and lives and address.answers()
            if lives:
                raise
            self._leave(store)
        return operation(self._connect())

    def _connect(self) -> BoltStore:
        with self._lock:
            known = self._address
            if self._store and known and known == read_address(self._folder) and known.runs():
                return self._store
            self._forget()
            address = ensure_engine(self._folder, self._heap)
            user = READER if self._reader else WRITER
            password = address.reader_password if self._reader else address.writer_password
            self._store = BoltStore(
                address.uri,
                user,
                password,
                address.database,
                dialect="embedded",
                reader=self._reader,
            )
            self._address = address
            return self._store

    def _leave(self, store: BoltStore) -> None:
        with self._lock:
            if self._store is store:
                self._forget()

    def _forget(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()

    def _kill(self) -> None:
        with self._lock:
            address = self._address
            if address is not None and address.runs():
                kill_engine(address)
            self._forget()


class _Work:
    """A call in a thread of its own that a deadline can leave behind."""

    def __init__(self, call: Callable[[], Rows]) -> None:
        self._call = call
        self._value: Rows | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Return whether the call ended within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> Rows:
        """Return what the call returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        if self._value is None:
            raise StoreError("query", None, "ended without an answer")
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._call()
        except Exception as error:  # noqa: BLE001 - carried over to the caller's thread as it is
            self._error = error


def open_embedded(folder: Path, heap: str, *, reader: bool) -> EmbeddedStore:
    """Return a store on the engine of `folder`, started where none lives.

    `heap` is the engine's memory, as in "1g"; `reader` connects as the user who cannot write.
    StoreUnavailableError naming the folder where the engine does not get ready in 30 seconds.
    """
    return EmbeddedStore(folder.resolve(), heap, reader=reader)
