"""What a load starts before it imports what it works with: the process that will write the graph.

It gets ready on the other processor, and by the time there is something to tell it, it is. Where
there is no snapshot yet it is the one that fills a new graph; where the graph shows the current
snapshot, the one that edits it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from app.cli.options import importing
from app.settings import Settings
from app.workspace import Workspace
from graph.errors import StoreError
from graph.store import building, standby
from graph.store.address import read_mark
from graph.store.turns import serves


@contextmanager
def graph_ahead(settings: Settings) -> Iterator[None]:
    """Let the process of an edit or a build get ready meanwhile; it ends where nobody took it."""
    workspace = Workspace(settings.workspace)
    # A thread: what is imported meanwhile keeps the other processor free.
    starting = Thread(target=_start, args=(settings, workspace), daemon=True)
    starting.start()
    try:
        with importing():
            import app.publishing  # noqa: F401, PLC0415 - what a load works with
        yield
    finally:
        starting.join()
        standby.dismiss(workspace.graph)
        building.dismiss(workspace.graph)


def _start(settings: Settings, workspace: Workspace) -> None:
    # What stands in the way is said later, by whoever needs it.
    with suppress(OSError, StoreError):
        current = workspace.current()
        if settings.store != "embedded" or serves(workspace.graph):
            return
        if current is None:
            building.begin_ahead(workspace.graph, settings.engine_heap)
        elif current == read_mark(workspace.graph):
            standby.stand_by(workspace.graph, settings.engine_heap)
