"""The engine's classes in the form in which the virtual machine maps them: it starts sooner.

A machine that starts reads, checks and links some five thousand classes, a quarter of what a first
query costs. What it has made of them can be kept in a file (class data sharing, JEP 310); the
runtime that comes with the engine brings none. `tools/prepare_engine.py` makes it once a
machine; where it is not there, or does not fit, the classes are read as before.
"""

import hashlib
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import distribution
from pathlib import Path

from graph.errors import StoreError

# Only its files: the engine itself has one door (graph/store/engine.py).
_PACKAGE = Path(str(distribution("arcadedb-embedded").locate_file("arcadedb_embedded")))
_FOLDER = Path(__file__).parent / "__pycache__"
_NAME, _SUFFIX, _DIGITS = "engine-", ".jsa", 16
# What a machine is told must be the same when the file is made and when it is mapped.
_SHAPING = ("--add-", "--enable-native-access", "-XX:+UseCompactObjectHeaders")
# Where it cannot be mapped the machine says so, on standard output unless it is told otherwise:
# there an edit answers. Damaged bytes would end the machine: they are looked for.
_QUIET = ("-Xlog:disable", "-Xlog:all=error:stderr", "-XX:+VerifySharedSpaces")
# Seconds; a busy machine takes twenty.
_PATIENCE = 300


def archive_path() -> Path:
    """Return where the file for this engine and runtime stands, whether it is there or not."""
    said = hashlib.sha256((_PACKAGE / "jre" / "release").read_bytes())
    for jar in sorted((_PACKAGE / "jars").glob("*.jar")):
        known = jar.stat()
        said.update(f"{jar} {known.st_size} {known.st_mtime_ns}\n".encode())
    return _FOLDER / f"{_NAME}{said.hexdigest()[:_DIGITS]}{_SUFFIX}"


def archive_options() -> tuple[str, ...]:
    """Return what a machine is told so that it maps the file; nothing where there is none."""
    try:
        path = archive_path()
        return (f"-XX:SharedArchiveFile={path}", *_QUIET) if path.is_file() else ()
    except OSError:
        return ()


def recording(listing: Path) -> str:
    """Return the option by which a machine writes which classes it loads into a file."""
    return f"-XX:DumpLoadedClassList={listing}"


def write_archive(listings: Iterable[Path], classpath: str, arguments: Sequence[str]) -> Path:
    """Make the file from what machines have recorded; return where it stands.

    `classpath` and `arguments` are those with which the engine starts its machine.

    Raises:
        StoreError: the runtime makes none, or does not map the one it made; there is none then.
    """
    path = archive_path()
    path.parent.mkdir(exist_ok=True)
    shaping = [one for one in arguments if one.startswith(_SHAPING)]
    # Beside where it will stand: to be put there in one step.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        listing, made = Path(folder) / "classes", Path(folder) / path.name
        listing.write_text("\n".join(_classes(listings)) + "\n", encoding="utf-8")
        both = [*shaping, f"-XX:SharedArchiveFile={made}", "-cp", classpath]
        _run(["-Xshare:dump", f"-XX:SharedClassListFile={listing}", *both])
        # Without it this one does not start.
        _run(["-Xshare:on", *both, "-version"])
        for old in path.parent.glob(f"{_NAME}*{_SUFFIX}"):
            old.unlink(missing_ok=True)
        made.replace(path)
    return path


def _classes(listings: Iterable[Path]) -> Iterable[str]:
    """Return what was recorded, each line once; the numbers of classes are those of one run."""
    lines = (line for one in listings for line in one.read_text(encoding="utf-8").splitlines())
    kept = (line.split(" id: ")[0] for line in lines if line and not line.startswith("#"))
    return dict.fromkeys(line for line in kept if " source: " not in line)


def _run(arguments: Sequence[str]) -> None:
    command = [str(_PACKAGE / "jre" / "bin" / "java"), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - the engine's own runtime
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreError("runtime of the engine", command[0], f"failed: {error}") from error
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        last = said[-1] if said else "no word"
        raise StoreError("runtime of the engine", command[1], f"failed: {last}")
