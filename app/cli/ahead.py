"""What a load starts before it imports what it works with: the process that will write the graph.

It gets ready on the other processor, and by the time there is something to tell it, it is. Where
there is no snapshot yet it is the one that fills a new graph. The one that edits is started where
an edit is likely: the graph shows the current snapshot and a file says something new.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from app.settings import Settings
from app.workspace import Workspace
from graph.errors import StoreError
from graph.store import building, standby
from graph.store.address import read_mark
from graph.store.turns import serves

# The ledger's own list of files (loaders/ledger.py), which names each by its digest.
_MANIFEST = "batches.jsonl"
# Bytes that are read to find a new file: a tenth of a second. Who finds none waits a little later.
_MOST_BYTES = 100_000_000


@contextmanager
def graph_ahead(settings: Settings, paths: Sequence[Path]) -> Iterator[None]:
    """Let the process of an edit or a build get ready meanwhile; it ends where nobody took it."""
    workspace = Workspace(settings.workspace)
    # A thread: what is imported meanwhile keeps the other processor free.
    starting = Thread(target=_start, args=(settings, workspace, paths), daemon=True)
    starting.start()
    try:
        yield
    finally:
        starting.join()
        standby.dismiss(workspace.graph)
        building.dismiss(workspace.graph)


def _start(settings: Settings, workspace: Workspace, paths: Sequence[Path]) -> None:
    # What stands in the way is said later, by whoever needs it.
    with suppress(OSError, StoreError):
        current = workspace.current()
        if settings.store != "embedded" or serves(workspace.graph):
            return
        if current is None:
            if any(True for _ in _files(paths)):
                building.begin_ahead(workspace.graph, settings.engine_heap)
            return
        if current != read_mark(workspace.graph):
            return
        # As bytes: what is broken in it is said by whoever reads it, not from here.
        if _says_more((workspace.ledger / _MANIFEST).read_bytes(), paths):
            standby.stand_by(workspace.graph, settings.engine_heap)


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
