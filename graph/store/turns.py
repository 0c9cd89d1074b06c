"""Whose turn the folder of an embedded graph is: one opens, edits or replaces it at a time."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from graph.errors import StoreUnavailableError
from graph.store.address import START_LOCK, read_address

# An edit holds the folder while the snapshot of a large graph is written.
_TURN_SECONDS = 120.0


@contextmanager
def starting(folder: Path) -> Iterator[None]:
    """Hold the lock under which engines of a folder start, stop and change database."""
    lock = FileLock(folder / START_LOCK)
    try:
        lock.acquire(timeout=_TURN_SECONDS)
    except Timeout as error:
        raise StoreUnavailableError(
            "graph folder", str(folder), "is being opened by another process for too long"
        ) from error
    try:
        yield
    finally:
        lock.release()


def serves(folder: Path) -> bool:
    """Return whether an engine serves a folder, or holds it without an answer."""
    address = read_address(folder)
    return address is not None and address.runs()


def end_process(process: "subprocess.Popen[str]") -> None:
    """End a one-shot process of the folder where it still runs, and let go of its pipes."""
    if process.poll() is None:
        process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    process.wait()
