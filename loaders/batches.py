"""What a ledger holds: its list of batches, read without their rows."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path

from graph.errors import LedgerError
from loaders.catalogue.resource import Resource

MANIFEST = "batches.jsonl"
# Half of a SHA-256 is enough to name a batch, and fits a file name.
_ID_LENGTH = 32
# Characters of an ISO time that are its day.
_DAY = 10


@dataclass(frozen=True, slots=True)
class Batch:
    """One file of one resource: `read` rows are loaded, merged (known before) or rejected.

    `stored` is the SHA-256 of the batch's own file, empty in a line of an earlier version.
    """

    batch: str
    resource: str
    resource_version: int
    file: str
    sha256: str
    read: int
    loaded: int
    merged: int
    rejected: int
    loaded_at: str
    stored: str = ""


def batch_id(digest: str, resource: Resource) -> str:
    """Return the id of a batch: the file's bytes read as this version of a resource."""
    text = f"{digest}:{resource.code}:{resource.version}"
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


class Batches:
    """The batches of one folder; batches.jsonl alone says which of its files count."""

    def __init__(self, folder: Path, known_at: date | None = None) -> None:
        """Open the ledger; with `known_at` as it was known at the end of that day (UTC)."""
        self.folder = folder
        # The manifest as it was last read, beside its size and time: a load asks for it often.
        self._read: tuple[tuple[int, int], tuple[Batch, ...]] = ((0, 0), ())
        # What each line of it says: after every file of a load it is longer by one.
        self._said: dict[bytes, Batch] = {}
        self._until = "9999" if known_at is None else known_at.isoformat()

    def batches(self) -> tuple[Batch, ...]:
        """Return every batch that is known in the order in which they were appended.

        Raises:
            LedgerError: a line in the middle of the manifest cannot be read, or a later version
                wrote it.
        """
        path = self.folder / MANIFEST
        if not path.is_file():
            return ()
        with reading(path):
            stat = path.stat()
        state = (stat.st_size, stat.st_mtime_ns)
        if self._read[0] != state:
            # A line that is there twice, as of a ledger put together again, is one batch.
            first: dict[str, Batch] = {}
            for batch in self._parsed(path):
                first.setdefault(batch.batch, batch)
            self._read = (state, tuple(first.values()))
        return self._read[1]

    def _parsed(self, path: Path) -> Iterator[Batch]:
        with reading(path):
            # A line that a killed process left without its end was never acknowledged.
            complete = path.read_bytes().rpartition(b"\n")[0]
        for number, line in enumerate(complete.split(b"\n"), start=1):
            if line:
                try:
                    batch = self._said.get(line) or _batch(line)
                except _LaterError as later:
                    rule = f"holds {later}: a later version wrote it, this is {version('xinmai')}"
                    raise LedgerError(str(path), f"line {number}", rule) from later
                except (ValueError, TypeError) as error:
                    raise LedgerError(str(path), f"line {number}", "cannot be read") from error
                self._said[line] = batch
                if batch.loaded_at[:_DAY] <= self._until:
                    yield batch

    def find(self, digest: str, *resources: Resource) -> Batch | None:
        """Return the batch of this file as one of these resources, if it was loaded before."""
        wanted = {batch_id(digest, resource) for resource in resources}
        return next((batch for batch in self.batches() if batch.batch in wanted), None)

    def all_of(self, digest: str, resource: Resource) -> list[Batch]:
        """Return the batches of this file as this version of a resource, the newest last."""
        seat = (digest, resource.code, resource.version)
        return [
            one
            for one in self.batches()
            if (one.sha256, one.resource, one.resource_version) == seat
        ]

    def resources(self) -> list[str]:
        """Return the codes of the resources that have rows."""
        return sorted({batch.resource for batch in self.batches()})


class _LaterError(Exception):
    """A line holds all that is known here of a batch, and these names besides."""


def _batch(line: bytes) -> Batch:
    """Return the batch that a line of the manifest tells of; ValueError, TypeError for none."""
    said = json.loads(line)
    if isinstance(said, dict):
        known = {field.name for field in fields(Batch)}
        if known < said.keys():
            raise _LaterError(", ".join(sorted(said.keys() - known)))
    batch = Batch(**said)
    for field in fields(batch):
        if type(getattr(batch, field.name)) is not field.type:
            raise TypeError(field.name)
    return batch


@contextmanager
def reading(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Refuse what cannot be read, naming it: for the disk's reasons, or for these errors."""
    refused: tuple[type[Exception], ...] = (OSError, *errors)
    try:
        yield
    except refused as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LedgerError("ledger", str(path), f"cannot be read: {reason}") from error
