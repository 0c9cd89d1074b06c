"""Where the embedded engine lives: its folder's files, and how a living engine is found."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from graph.errors import StoreError

LOOPBACK = "127.0.0.1"
WRITER = "root"
READER = "reader"
# What one statement of the reader may yield; screens and reports stay far below.
READER_LIMIT = 1_000_000

ADDRESS_FILE = "engine.json"
ENGINE_LOCK = "engine.lock"
START_LOCK = "start.lock"
LOG_FILE = "engine.log"
CURRENT_FILE = "current"
MARK_FILE = "holds"
DATABASE_PREFIX = "db-"
_PLACE = "place"

# Bolt's magic, then four proposals of which only the first asks for something (Bolt 4.4).
_HANDSHAKE = b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x04" + bytes(12)
_HANDSHAKE_SECONDS = 2.0
# Two readings of one process's start differ by the clock's tick.
_SAME_START_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Address:
    """A running engine: process, port, database, and the two passwords of this start."""

    pid: int
    started: float
    port: int
    database: str
    writer_password: str
    reader_password: str

    def __repr__(self) -> str:
        return f"Address(pid={self.pid}, port={self.port}, database={self.database!r})"

    @property
    def uri(self) -> str:
        """What a driver is given."""
        return f"bolt://{LOOPBACK}:{self.port}"

    def runs(self) -> bool:
        """Return whether this very process runs; a later one with its number does not count."""
        try:
            process = psutil.Process(self.pid)
            same = bool(abs(process.create_time() - self.started) < _SAME_START_SECONDS)
            return same and bool(process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def answers(self) -> bool:
        """Return whether something speaks Bolt at the port."""
        try:
            with socket.create_connection((LOOPBACK, self.port), _HANDSHAKE_SECONDS) as line:
                line.settimeout(_HANDSHAKE_SECONDS)
                line.sendall(_HANDSHAKE)
                return len(line.recv(4)) == 4  # noqa: PLR2004 - the agreed version, four bytes
        except OSError:
            return False


def read_address(folder: Path) -> Address | None:
    """Return what engine.json says, or None where there is none, not whole, or of another folder.

    In a copy of a folder whose engine ran it names that one: what is meant for the copy would be
    written there.
    """
    try:
        found = dict(json.loads((folder / ADDRESS_FILE).read_text(encoding="utf-8")))
        # An engine of an earlier version does not say where it is.
        if found.pop(_PLACE, None) not in (None, _place(folder)):
            return None
        return Address(**found)
    except (OSError, ValueError, TypeError):
        return None


def write_address(folder: Path, address: Address) -> None:
    """Write engine.json in one step, readable for its owner alone."""
    said = asdict(address) | {_PLACE: _place(folder)}
    replace(folder / ADDRESS_FILE, json.dumps(said).encode())


def _place(folder: Path) -> str:
    """Return what a folder keeps when it is moved, and a copy of it has not."""
    stat = folder.stat()
    return f"{stat.st_dev}:{stat.st_ino}"


def current(folder: Path) -> str | None:
    """Return the name of the database that counts, or None before the first start."""
    try:
        name = (folder / CURRENT_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if not name.startswith(DATABASE_PREFIX) or Path(name).name != name:
        raise StoreError(str(folder / CURRENT_FILE), name, "does not name a database")
    return name


def set_current(folder: Path, name: str) -> None:
    """Make `name` the database that counts, in one step."""
    replace(folder / CURRENT_FILE, f"{name}\n".encode())


def read_mark(folder: Path) -> str | None:
    """Return the snapshot that the database that counts holds, as far as the file beside it says.

    The file is there only while it agrees with the database's own mark: it spares starting an
    engine to ask.
    """
    try:
        name, snapshot = (folder / MARK_FILE).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return None
    return snapshot if name == current(folder) else None


def set_mark(folder: Path, snapshot: str | None) -> None:
    """Write or, for None, take away what read_mark returns: away before the database changes."""
    path = folder / MARK_FILE
    if snapshot is None:
        if path.exists():
            path.unlink()
            sync_folder(folder)
    else:
        replace(path, f"{current(folder)} {snapshot}\n".encode())


def replace(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there: aside, fsync, rename, fsync of the folder."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
