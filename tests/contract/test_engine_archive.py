"""The engine's machine maps what is kept of its classes, and starts without it just as well."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph.errors import StoreError
from graph.store import archive

_START = """
import json, os, sys
from pathlib import Path
from graph.store import archive, engine
archive._FOLDER = Path(sys.argv[1])
listing = Path(sys.argv[1], "classes")
options = [] if listing.exists() else [archive.recording(listing)]
engine.start_machine(Path(sys.argv[1]), "128m", *options)
from java.lang import System
from java.lang.management import ManagementFactory
given = [str(one) for one in ManagementFactory.getRuntimeMXBean().getInputArguments()]
print(json.dumps([str(System.getProperty("java.class.path")), given]), flush=True)
os._exit(0)
"""


def started(folder: Path) -> tuple[str, list[str]]:
    """Return class path and arguments of a machine; what it prints itself would break the answer.

    An edit answers there too.
    """
    done = subprocess.run(
        [sys.executable, "-c", _START, str(folder)], capture_output=True, text=True, check=True
    )
    classpath, given = json.loads(done.stdout)
    return classpath, given


def maps(given: list[str]) -> bool:
    return any(one.startswith("-XX:SharedArchiveFile=") for one in given)


def test_what_was_recorded_is_mapped_and_what_is_damaged_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_FOLDER", tmp_path)
    classpath, given = started(tmp_path)
    assert not maps(given)

    # Of an engine of former days.
    (tmp_path / "engine-0123.jsa").write_bytes(b"old")
    path = archive.write_archive([tmp_path / "classes"], classpath, given)
    assert sorted(tmp_path.glob("*.jsa")) == [path]
    assert maps(started(tmp_path)[1])

    whole = path.read_bytes()
    middle = len(whole) // 2
    harmed = bytes(byte ^ 0x55 for byte in whole[middle : middle + 100_000])
    for bad in (
        whole[:middle] + harmed + whole[middle + 100_000 :],
        whole[:middle],
        b"no archive",
        b"",
    ):
        path.write_bytes(bad)
        assert started(tmp_path)[0] == classpath


def test_a_runtime_that_makes_none_says_why_and_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_FOLDER", tmp_path / "kept")
    classes = tmp_path / "classes"
    classes.write_text("java/lang/Object id: 0\n")

    with pytest.raises(StoreError, match="runtime of the engine"):
        archive.write_archive([classes], "nothing.jar", ["--add-modules=no.such.module"])
    assert list((tmp_path / "kept").iterdir()) == []
    assert archive.archive_options() == ()
