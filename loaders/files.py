"""Files of a load: which there are, and that some are read while others before them are written."""

import hashlib
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from graph.errors import LoadError, UnreadableError
from loaders.messages import Progress, message

T = TypeVar("T")

# Endings of the tables that are read (loaders/readers.py has a reader for each).
SUFFIXES = frozenset(
    (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".jsonl", ".ndjson", ".parquet")
)
# Files read at once: small ones follow each other beside a large one.
READERS = 4
# Bytes of files that are read or wait for those before them to be written: no processor waits for
# the largest, and in memory it is less than the same load takes later.
_AHEAD = 64 << 20
_OPEN = "~$"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits.

    Raises:
        UnreadableError: the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableError("file", str(path), f"cannot be opened: {error.strerror}") from error


def find_files(paths: Sequence[Path], progress: Progress) -> Iterator[Path]:
    """Yield files as given, and of a folder every readable file below it in name order.

    A folder is searched without following links out of it. What Excel puts beside a workbook that
    somebody has open is passed over and said.

    Raises:
        LoadError: nothing is at a path, or a folder holds no file that can be read.
    """
    for path in paths:
        if path.is_dir():
            inside = sorted(
                found
                for found in path.rglob("*")
                if found.suffix.lower() in SUFFIXES
                and found.is_file()
                and found.resolve().is_relative_to(path.resolve())
            )
            for lock in [one for one in inside if one.name.startswith(_OPEN)]:
                inside.remove(lock)
                progress(message("open_elsewhere", file=shown(lock)))
            if not inside:
                raise LoadError(
                    "folder", str(path), f"holds no file of {', '.join(sorted(SUFFIXES))}"
                )
            yield from inside
        elif path.is_file():
            yield path
        elif path.exists():
            raise LoadError("file", str(path), "is neither a file nor a folder")
        else:
            raise LoadError("file", shown(path), "is not there")


def shown(path: Path) -> str:
    """Return a path in letters: names out of archives that Windows made are GB18030.

    >>> shown(Path("收到", "甲.csv")), shown(Path("收到", os.fsdecode("甲.csv".encode("gb18030"))))
    ('收到/甲.csv', '收到/甲.csv')
    """
    return str(Path(*map(_in_letters, path.parts)))


def _in_letters(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        content = os.fsencode(name)
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            return content.decode(errors="backslashreplace")
    return name


def read_ahead(
    files: Sequence[Path], read: Callable[[Path], T]
) -> Iterator[tuple[Path, Callable[[], T]]]:
    """Yield each file in order with what returns, or raises, what `read` makes of it.

    Those after it are read meanwhile, as far as their bytes allow.
    """
    before = [0, *accumulate(map(_size, files))]
    reading: list[Future[T]] = []
    with ThreadPoolExecutor(READERS) as pool:
        for number, path in enumerate(files):
            end = max(bisect_right(before, before[number] + _AHEAD), number + READERS)
            reading += [pool.submit(read, one) for one in files[len(reading) : end]]
            yield path, reading[number].result
            # What became of it is not kept: all of them together would be all that was read.
            reading[number] = Future()


def _size(path: Path) -> int:
    """Return the bytes of a file; of one that is gone none: whoever reads it says so."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
