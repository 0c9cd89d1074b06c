"""The process of an edit before there is one: it gets ready while nobody knows yet what to tell it.

Whoever starts it early need not import what makes the edit: this module costs next to nothing.
"""

import subprocess
import sys
from pathlib import Path

import graph
from graph.store.turns import end_process

LOG_FILE = "edit.log"
_AMEND = [sys.executable, "-m", "graph.store.amend"]
# By folder, what this process started and nobody has taken.
_WAITING: dict[Path, "subprocess.Popen[str]"] = {}


def stand_by(folder: Path, heap: str) -> None:
    """Start the process that may be taken for an edit of the graph in a folder."""
    folder = folder.resolve()
    if folder not in _WAITING:
        _WAITING[folder] = _started(folder, heap)


def taken(folder: Path, heap: str) -> "subprocess.Popen[str]":
    """Return the process that stands by for a folder, or one that starts now."""
    folder = folder.resolve()
    process = _WAITING.pop(folder, None)
    if process is not None and process.poll() is not None:
        end_process(process)
        process = None
    return process or _started(folder, heap)


def dismiss(folder: Path) -> None:
    """End the process that stands by for a folder, where nobody took it."""
    process = _WAITING.pop(folder.resolve(), None)
    if process is not None:
        end_process(process)


def _started(folder: Path, heap: str) -> "subprocess.Popen[str]":
    with (folder / LOG_FILE).open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*_AMEND, str(folder), "--heap", heap],
            cwd=Path(graph.__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
