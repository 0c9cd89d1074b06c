"""A folder that is there whole or not at all: written aside, synced, renamed."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

ASIDE = ".writing-"


def write_folder(root: Path, name: str, fill: Callable[[Path], None]) -> Path:
    """Let `fill` write the files of a folder `name` under `root`; return where it stands.

    One of that name is replaced. What an interrupted run left is removed. OSError where it cannot
    be written.
    """
    root.mkdir(parents=True, exist_ok=True)
    for left in root.glob(f"{ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)
    aside, folder = root / f"{ASIDE}{name}", root / name
    aside.mkdir()
    try:
        fill(aside)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    for path in [*sorted(aside.rglob("*")), aside]:
        sync(path)
    shutil.rmtree(folder, ignore_errors=True)
    aside.replace(folder)
    sync(root)
    return folder


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
