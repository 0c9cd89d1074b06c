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

# The new database grows in such a folder in a process of its own, so that it is whole before the
# switch. Each has another name: where a build is killed its process may still write for a moment,
# and makes its folder anew by its name where that was taken away.
BUILD_PREFIX = "building"
INPUT_FOLDER = "input"
LOG_FILE = "fill.log"
_BUILD_LOCK = "build.lock"
_FILL = [sys.executable, "-m", "graph.store.fill"]


@dataclass(frozen=True, slots=True)
class Begun:
    """The process that will fill the database `name` of `folder`, and the lock of its folder."""

    folder: Path
    name: str
    process: "subprocess.Popen[str]"
    lock: FileLock

    @property
    def place(self) -> Path:
        """Return the folder that the database grows in."""
        return build_folder(self.folder, self.name)

    def end(self) -> None:
        """End the process where it still runs, and take away what it has made."""
        try:
            end_process(self.process)
            _clear(self.folder)
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
        _clear(folder)
        name = f"{DATABASE_PREFIX}{secrets.token_hex(8)}"
        place = build_folder(folder, name)
        place.mkdir(mode=0o700)
        (place / INPUT_FOLDER).mkdir()
        return Begun(folder, name, _spawn(place, name, heap), lock)
    except BaseException:
        _clear(folder)
        lock.release()
        raise


def build_folder(folder: Path, name: str) -> Path:
    """Return the folder that the database `name` grows in."""
    return folder / f"{BUILD_PREFIX}-{name}"


def _spawn(place: Path, name: str, heap: str) -> "subprocess.Popen[str]":
    command = [*_FILL, str(place), name, "--heap", heap]
    with (place / LOG_FILE).open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            cwd=Path(graph.__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )


def _clear(folder: Path) -> None:
    """Take away what builds have left, as far as nobody writes there any more."""
    for path in sorted(folder.glob(f"{BUILD_PREFIX}*")):
        shutil.rmtree(path, ignore_errors=True)
