"""Compile the loops that answers are made with, so that nobody's first question waits for it.

`python tools/prepare_loops.py` loads a small world and asks it what people ask; what is compiled
for that is kept (graph/compiled.py). What goes wrong is said, and a first question compiles the
rest. What was kept of other states of the sources is taken away.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from graph.compiled import keep_apart
from graph.errors import XinmaiError
from graph.snapshot.reader import Snapshot, open_snapshot

Command = Sequence[str | Path]

_XINMAI = "from app.cli import main; main()"
# 0 done, 1 with rows that are rejected (a world holds some) or findings.
_ANSWERED = {0, 1}
# The folder of a state (graph/compiled.py); beside it lies what Python itself compiles.
_STATE = "[0-9a-f]" * 16
# A file of few rows: what it changes is scanned again, and no more.
_FEW = "对外担保.csv"
_SCAN = ("scan", "--scaled", "--no-publish")


def main() -> int:
    """Ask and say how long it took; return 0, or 1 where something could not be asked."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _ask(Path(folder))
    except (XinmaiError, OSError, subprocess.CalledProcessError) as error:
        print(f"loops: not all are compiled, a first question does: {error}", file=sys.stderr)
        return 1
    _forget(keep_apart({}))
    print(f"loops: compiled in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0


def _ask(folder: Path) -> None:
    for name, seed in (("first", "1"), ("more", "2")):
        _run("world", "--enterprises", "500", "--seed", seed, "--out", folder / name)
    one, other = folder / "one", folder / "other"
    _run("--workspace", one, "load", folder / "first" / "files", "--no-publish")
    shutil.copytree(one, other)
    (snapshot,) = (path for path in (one / "snapshots").iterdir() if path.is_dir())
    one_party, another = _firms(open_snapshot(snapshot))
    # A process compiles one loop at a time: two of them do about half of all each.
    whole: list[Command] = [
        _SCAN,
        ("load", next((folder / "more" / "files").glob(_FEW)), "--no-publish"),
        _SCAN,
        ("path", one_party, another),
        ("owners", one_party),
        ("controller", one_party),
    ]
    single: list[Command] = [
        ("expose", one_party, "--certificate", folder / "certificate.json"),
        ("rests", one_party),
        ("patterns", "find"),
        ("search", "信脉环岭商贸"),
    ]
    with ThreadPoolExecutor(2) as pool:
        for asked in [pool.submit(_all, one, whole), pool.submit(_all, other, single)]:
            asked.result()


def _firms(snapshot: Snapshot) -> tuple[str, str]:
    """Return two enterprises that are one link away from a record."""
    near = np.flatnonzero(snapshot.arrays["near"] == 1).tolist()
    firms = [place for place in near if snapshot.label_at(place) == "Enterprise"]
    return snapshot.uid_at(firms[0]), snapshot.uid_at(firms[-1])


def _all(workspace: Path, commands: Sequence[Command]) -> None:
    for command in commands:
        _run("--workspace", workspace, *command)


def _run(*command: str | Path) -> None:
    words = [sys.executable, "-c", _XINMAI, *map(str, command)]
    done = subprocess.run(words, check=False, capture_output=True)
    if done.returncode not in _ANSWERED:
        raise subprocess.CalledProcessError(done.returncode, words, stderr=done.stderr)


def _forget(kept: Path) -> None:
    for other in kept.parent.glob(_STATE):
        if other != kept and other.is_dir():
            shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
