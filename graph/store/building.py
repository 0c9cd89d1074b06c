"""A fresh database in the making: its folder, and the process that fills it.

The process takes seconds to get ready. Whoever starts it early need not import what makes rows:
this module costs next to nothing.
"""

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

import graph
from graph.errors import StoreError
from graph.store.address import DATABASE_PREFIX
from graph.store.turns import end_process

# The new database grows in here in a process of its own, so that it is whole before the switch.
BUILD_FOLDER = "building"
INPUT_FOLDER = "input"
LOG_FILE = "fill.log"
_GONE = "gone-"
_BUILD_LOCK = "build.lock"
_FILL = [sys.executable, "-m", "graph.store.fill"]


@dataclass(frozen=True, slots=True)
class Begun:
    """The process that will fill the database `name` of `folder`, and the lock of its folder."""

    folder: Path
    name: str
    process: "subprocess.Popen[str]"
    lock: FileLock

    def end(self) -> None:
        """End the process where it still runs, and take away what it has made."""
        try:
            end_process(self.process)
            _clear(self.folder / BUILD_FOLDER)
        finally:
            self.lock.release()


# By folder, what this process began and nobody has taken.
_WAITING: dict[Path, Begun] = {}


def begin_ahead(folder: Path, heap: str) -> None:
    """Begin what may be taken for a build in a folder; errors as `begun`."""
    folder = folder.resolve()
    if folder not in _WAITING:
        _WAITING[folder] = _begin(folder, heap)


def dismiss(folder: Path) -> None:
    """End what was begun ahead in a folder, where nobody took it."""
    waiting = _WAITING.pop(folder.resolve(), None)
    if waiting is not None:
        waiting.end()


@contextmanager
def begun(folder: Path, heap: str) -> Iterator[Begun]:
    """Take what was begun ahead in a folder, or begin now.

    A build that is killed leaves nothing but a folder the next one clears.
    StoreError where another builds here.
    """
    folder = folder.resolve()
    begin = _WAITING.pop(folder, None) or _begin(folder, heap)
    try:
        yield begin
    finally:
        begin.end()


def _begin(folder: Path, heap: str) -> Begun:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not bound to the thread that begins: another one ends it.
    lock = FileLock(folder / _BUILD_LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreError("graph folder", str(folder), "is being built by another") from error
    try:
        building = folder / BUILD_FOLDER
        _clear(building)
        building.mkdir(mode=0o700)
        (building / INPUT_FOLDER).mkdir()
        name = f"{DATABASE_PREFIX}{secrets.token_hex(8)}"
        return Begun(folder, name, _spawn(building, name, heap), lock)
    except BaseException:
        _clear(folder / BUILD_FOLDER)
        lock.release()
        raise


def _spawn(building: Path, name: str, heap: str) -> "subprocess.Popen[str]":
    command = [*_FILL, str(building), name, "--heap", heap]
    with (building / LOG_FILE).open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            cwd=Path(graph.__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )


def _clear(building: Path) -> None:
    if building.is_dir():
        # Aside first: the filling process of a killed build may still write for a moment.
        building.rename(building.with_name(f"{_GONE}{secrets.token_hex(8)}"))
    for path in sorted(building.parent.glob(f"{_GONE}*")):
        shutil.rmtree(path, ignore_errors=True)
