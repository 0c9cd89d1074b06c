"""Open the store a target names; a driver is loaded only when its store is asked for."""

from pathlib import Path

from graph.errors import StoreError
from graph.protocol import GraphStore
from graph.store.address import current, read_mark
from graph.store.target import StoreTarget

__all__ = ["StoreTarget", "held", "open_reader", "open_store"]


def open_store(target: StoreTarget) -> GraphStore:
    """Return a store that reads and writes.

    Raises:
        StoreUnavailableError: nobody answers there, or not with this password.
        StoreError: the target lacks its folder or address.
    """
    return _open(target, reader=False)


def open_reader(target: StoreTarget) -> GraphStore:
    """Return a store that reads; every write is a StoreError. Errors as open_store."""
    return _open(target, reader=True)


def held(target: StoreTarget) -> str | None:
    """Return which snapshot the store of a target holds; no engine is started only to ask.

    Errors as open_store.
    """
    if target.kind == "embedded":
        folder = _folder(target)
        if current(folder) is None:
            return None
        if mark := read_mark(folder):
            return mark
    store = open_reader(target)
    try:
        return store.holds()
    finally:
        store.close()


def _open(target: StoreTarget, *, reader: bool) -> GraphStore:
    if target.kind == "memory":
        from graph.store.memory import MemoryStore

        return MemoryStore()
    if target.kind == "embedded":
        from graph.store.embedded import open_embedded

        return open_embedded(_folder(target), target.heap, reader=reader)
    if not target.uri:
        raise StoreError(f"store {target.kind}", target.uri, "needs an address (bolt://…)")
    access = (target.uri, target.username, target.password, target.database)
    if target.kind == "py2neo":
        from graph.store.py2neo import Py2neoStore

        return Py2neoStore(*access, reader=reader)
    from graph.store.bolt import BoltStore

    return BoltStore(*access, reader=reader)


def _folder(target: StoreTarget) -> Path:
    if target.folder is None:
        raise StoreError("store embedded", target.folder, "needs a folder")
    return target.folder
