"""What a load starts before it imports what it works with: the process that may edit the graph.

It gets ready on the other processor, and by the time there is something to tell it, it is. It is
started where an edit is likely: the graph shows the current snapshot and a file says something new.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from app.settings import Settings
from app.workspace import Workspace
from graph.errors import StoreError
from graph.store.address import read_mark
from graph.store.standby import dismiss, stand_by
from graph.store.turns import serves

# The ledger's own list of files (loaders/ledger.py), which names each by its digest.
_MANIFEST = "batches.jsonl"
# Bytes that are read to find a new file: a tenth of a second. Who finds none waits a little later.
_MOST_BYTES = 100_000_000


@contextmanager
def edit_ahead(settings: Settings, paths: Sequence[Path]) -> Iterator[None]:
    """Let the process of an edit get ready meanwhile; it ends where nobody took it."""
    workspace = Workspace(settings.workspace)
    # A thread: what is imported meanwhile keeps the other processor free.
    starting = Thread(target=_start, args=(settings, workspace, paths), daemon=True)
    starting.start()
    try:
        yield
    finally:
        starting.join()
        dismiss(workspace.graph)


def _start(settings: Settings, workspace: Workspace, paths: Sequence[Path]) -> None:
    # What stands in the way is said later, by whoever needs it.
    with suppress(OSError, StoreError):
        current = workspace.current()
        shown = settings.store == "embedded" and current == read_mark(workspace.graph)
        if current is None or not shown or serves(workspace.graph):
            return
        # As bytes: what is broken in it is said by whoever reads it, not from here.
        if _says_more((workspace.ledger / _MANIFEST).read_bytes(), paths):
            stand_by(workspace.graph, settings.engine_heap)


def _says_more(known: bytes, paths: Sequence[Path]) -> bool:
    """Return whether one of the files was never loaded, as far as a quick look tells."""
    left = _MOST_BYTES
    for file in _files(paths):
        left -= file.stat().st_size
        if left < 0:
            return False
        if hashlib.sha256(file.read_bytes()).hexdigest().encode() not in known:
            return True
    return False


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in inside if one.is_file())
