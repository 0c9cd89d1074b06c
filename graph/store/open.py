"""Open the store a target names; a driver is loaded only when its store is asked for."""

from pathlib import Path

from graph.errors import StoreError
from graph.protocol import GraphStore
from graph.store.target import StoreTarget

__all__ = ["StoreTarget", "open_reader", "open_store"]


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
