"""The process of an embedded engine: found or started, and ended.

Whoever only ends one imports no driver.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

import graph
from graph.errors import StoreUnavailableError
from graph.store.address import ADDRESS_FILE, LOG_FILE, Address, read_address
from graph.store.turns import starting

_READY_SECONDS = 30.0
_POLL_SECONDS = 0.05
# A running query holds a soft end back for minutes (facts.md 2).
_SOFT_SECONDS = 2.0
_HARD_SECONDS = 10.0
_LOG_BYTES = 1_000_000
# The engine's own files of a start: with less it cannot.
_LEAST_BYTES = 1_000_000
_LINE_CHARACTERS = 300
# The process of an engine that this process started: whoever starts must also bury.
_STARTED: dict[int, subprocess.Popen[bytes]] = {}


def ensure_engine(folder: Path, heap: str) -> Address:
    """Return the address of a living engine, starting one under a lock where there is none."""
    found = _living(folder)
    if found is not None:
        return found
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with starting(folder):
        return _living(folder) or _start(folder, heap)


def stop_engine(folder: Path) -> None:
    """End the engine of a folder, softly at first; nothing happens where none runs."""
    if not folder.is_dir():
        return
    with starting(folder):
        end_engine(folder)


def end_engine(folder: Path) -> None:
    """End the engine; the caller holds the lock of `starting`."""
    address = read_address(folder)
    if (
        address is not None
        and address.runs()
        and not _end(address.pid, signal.SIGTERM, _SOFT_SECONDS)
    ):
        _end(address.pid, signal.SIGKILL, _HARD_SECONDS)
    (folder / ADDRESS_FILE).unlink(missing_ok=True)


def kill_engine(address: Address) -> None:
    """End an engine that a query keeps from ending softly."""
    _end(address.pid, signal.SIGKILL, _HARD_SECONDS)


def _living(folder: Path) -> Address | None:
    address = read_address(folder)
    return address if address and address.runs() and address.answers() else None


def _start(folder: Path, heap: str) -> Address:
    # One that runs and does not answer holds the folder: nobody else could serve it.
    end_engine(folder)
    deadline = time.monotonic() + _READY_SECONDS
    process = _spawn(folder, heap)
    while time.monotonic() < deadline:
        found = _living(folder)
        if found is not None:
            return found
        if process.poll() is not None:
            _STARTED.pop(process.pid, None)
            break
        time.sleep(_POLL_SECONDS)
    else:
        _end(process.pid, signal.SIGKILL, _HARD_SECONDS)
    reason = why_silent(folder, psutil.disk_usage(str(folder)).free)
    raise StoreUnavailableError(
        "graph folder", str(folder), f"has no engine that answers; {reason}"
    )


def _spawn(folder: Path, heap: str) -> subprocess.Popen[bytes]:
    log = folder / LOG_FILE
    if log.is_file() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    command = [sys.executable, "-m", "graph.store.engine", str(folder), "--heap", heap]
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            # The folder that holds the package `graph`, wherever the caller stands.
            cwd=Path(graph.__file__).resolve().parents[1],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    _STARTED[process.pid] = process
    return process


def _end(pid: int, number: signal.Signals, seconds: float) -> bool:
    """Send a signal; return whether the process was gone within `seconds`."""
    own = _STARTED.get(pid)
    try:
        os.kill(pid, number)
        if own is not None:
            own.wait(seconds)
            del _STARTED[pid]
        else:
            psutil.Process(pid).wait(seconds)
    except (ProcessLookupError, psutil.NoSuchProcess):
        return True
    except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
        return False
    return True


def why_silent(folder: Path, free: int) -> str:
    """Return why no engine answers: its last words, or that only `free` bytes are left for it.

    On a full disk it cannot even write its words down.
    """
    if free < _LEAST_BYTES:
        return f"its disk is full ({free:,} bytes are free)"
    return f"it said: {_last_line(folder) or 'nothing'}"


def _last_line(folder: Path) -> str:
    try:
        lines = (folder / LOG_FILE).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    said = [line for line in lines if line.strip()]
    return said[-1][:_LINE_CHARACTERS] if said else ""
