"""Let the embedded engine start sooner on this machine: `python tools/prepare_engine.py`.

It loads a small world, loads more on top of it and asks a query, records which classes the engine
needs for that, and keeps them as the virtual machine maps them (graph/store/archive.py). What goes
wrong is said, and the engine starts as before.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from graph.errors import StoreError
from graph.store.archive import archive_path, recording, write_archive
from graph.store.running import stop_engine

# Read by the engine's package when it starts a machine.
_ARGUMENTS = "ARCADEDB_JVM_ARGS"
_QUERY = "intermediary.cited"
_XINMAI = "from app.cli import main; main()"
_ASK = """
import json, os, sys
from pathlib import Path
from graph.store.engine import start_machine
start_machine(Path(sys.argv[1]), "256m")
from java.lang import System
from java.lang.management import ManagementFactory
given = ManagementFactory.getRuntimeMXBean().getInputArguments()
said = [str(System.getProperty("java.class.path")), [str(one) for one in given]]
Path(sys.argv[1], "said.json").write_text(json.dumps(said))
os._exit(0)
"""


def main() -> int:
    """Make the archive unless it is there; return 0, or 1 where it could not be made."""
    if archive_path().is_file():
        return 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = _made(Path(folder))
    except (StoreError, OSError, subprocess.CalledProcessError) as error:
        print(f"engine: not prepared, it starts as slowly as before: {error}", file=sys.stderr)
        return 1
    print(f"engine: prepared, {path.stat().st_size >> 20} MB", file=sys.stderr)
    return 0


def _made(folder: Path) -> Path:
    workspace, listings = folder / "workspace", [folder / f"{turn}.classes" for turn in range(3)]
    for name, seed in (("first", "1"), ("more", "2")):
        _run("world", "--enterprises", "500", "--seed", seed, "--out", str(folder / name))
    work = (
        ("load", str(folder / "first" / "files")),
        ("load", str(folder / "more" / "files")),
        ("query", "run", _QUERY),
    )
    try:
        for listing, command in zip(listings, work, strict=True):
            _run("--workspace", str(workspace), *command, record=listing)
    finally:
        stop_engine(workspace / "graph")
    subprocess.run([sys.executable, "-c", _ASK, str(folder)], check=True, capture_output=True)
    classpath, arguments = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return write_archive((one for one in listings if one.is_file()), classpath, arguments)


def _run(*command: str, record: Path | None = None) -> None:
    environment = dict(os.environ)
    if record is not None:
        environment[_ARGUMENTS] = recording(record)
    done = subprocess.run(
        [sys.executable, "-c", _XINMAI, *command], env=environment, check=False, capture_output=True
    )
    # 1: some rows of a world are dirty, and rejected.
    if done.returncode not in {0, 1}:
        raise subprocess.CalledProcessError(done.returncode, command, stderr=done.stderr)


if __name__ == "__main__":
    sys.exit(main())
