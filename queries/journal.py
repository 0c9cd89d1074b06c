"""What a batch has done so far, a line an item: what is written here is not asked again."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from graph.errors import QueryError
from queries.output import plain

JOURNAL = "journal.jsonl"
_LOCK = ".batch.lock"
# An item that has a result; the others have a message.
FINISHED = ("ok", "empty", "capped")
UNFINISHED = ("failed", "refused", "timed_out")
STATES = (*FINISHED, *UNFINISHED)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one item: one of STATES, its rows' count, its message where it failed.

    `query_sha256` is that of the Cypher that was run, empty where there was none.
    """

    name: str
    query: str
    query_sha256: str
    state: str
    params: Mapping[str, object]
    rows: int = 0
    seconds: float = 0.0
    message: str | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: the item's key, what became of it, and its rows."""

    key: str
    done: Done
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


def key_of(**parts: object) -> str:
    """Return what tells an item from every other: one question on one snapshot under one limit."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Journal:
    """The journal in a folder, read once and appended to."""

    def __init__(self, folder: Path, *, resume: bool) -> None:
        """Open it; without `resume` it begins anew.

        Raises:
            QueryError: it cannot be read or written, or another batch writes there now.
        """
        self._path = folder / JOURNAL
        # Two that write into one folder would leave a result of neither.
        self._lock = FileLock(folder / _LOCK, timeout=0)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            self.known = dict(_read(self._path)) if resume else {}
            # Written anew from what could be read: a line that a kill cut short is dropped.
            self._file = self._path.open("w", encoding="utf-8")
            for entry in self.known.values():
                self._write(entry)
            self._file.flush()
        except Timeout as error:
            rule = "is written by another batch now; choose another folder or wait"
            raise QueryError("--out", str(folder), rule) from error
        except OSError as error:
            self._lock.release()
            raise QueryError(
                "--out", str(folder), f"cannot be written: {error.strerror}"
            ) from error

    def append(self, entry: Entry) -> None:
        """Write one line, so that it is there whatever happens next."""
        try:
            self._write(entry)
            self._file.flush()
        except OSError as error:
            rule = f"cannot be written: {error.strerror}"
            raise QueryError("--out", str(self._path), rule) from error

    def _write(self, entry: Entry) -> None:
        told = asdict(entry) | {"rows": [[plain(cell) for cell in row] for row in entry.rows]}
        self._file.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        # Nobody waits for it: who finds it held is refused.
        (self._path.parent / _LOCK).unlink(missing_ok=True)
        self._lock.release()


def read_journal(folder: Path) -> dict[str, Entry]:
    """Return what a batch did, by key, in the order of its doing.

    Raises:
        QueryError: there is none in this folder, or it cannot be read.
    """
    path = folder / JOURNAL
    if not path.is_file():
        raise QueryError("batch result", str(folder), f"has no {JOURNAL}")
    try:
        return dict(_read(path))
    except OSError as error:
        raise QueryError("batch result", str(path), f"cannot be read: {error.strerror}") from error


def _read(path: Path) -> Iterator[tuple[str, Entry]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                told = json.loads(line)
                done = Done(**{**told["done"], "files": tuple(told["done"]["files"])})
                rows = tuple(tuple(row) for row in told["rows"])
                entry = Entry(told["key"], done, tuple(told["columns"]), rows)
            except (ValueError, KeyError, TypeError):
                # The last line of a batch that was killed while it wrote.
                return
            yield entry.key, entry
