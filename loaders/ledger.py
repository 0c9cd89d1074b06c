"""The ledger: what departments said, in batches that are appended whole and never changed."""

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from graph.errors import LedgerError
from loaders.catalogue.resource import Resource
from loaders.files import shown
from loaders.intake import Intake
from loaders.readers import RawTable, file_digest

_MANIFEST = "batches.jsonl"
_REJECTED = "rejected"
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


class Ledger:
    """Batches in one folder; batches.jsonl alone says which of its files count."""

    def __init__(self, folder: Path, known_at: date | None = None) -> None:
        """Open the ledger; with `known_at` as it was known at the end of that day (UTC)."""
        self.folder = folder
        # The manifest as it was last read, beside its size and time: a load asks for it often.
        self._read: tuple[tuple[int, int], tuple[Batch, ...]] = ((0, 0), ())
        self._until = "9999" if known_at is None else known_at.isoformat()

    def batches(self) -> tuple[Batch, ...]:
        """Return every batch that is known in the order in which they were appended.

        Raises:
            LedgerError: a line in the middle of the manifest cannot be read.
        """
        return self._lines()

    def _lines(self) -> tuple[Batch, ...]:
        path = self.folder / _MANIFEST
        if not path.is_file():
            return ()
        with _reading(path):
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
        with _reading(path):
            # A line that a killed process left without its end was never acknowledged.
            complete = path.read_bytes().rpartition(b"\n")[0]
        for number, line in enumerate(complete.split(b"\n"), start=1):
            if line:
                try:
                    batch = _batch(line)
                except (ValueError, TypeError) as error:
                    raise LedgerError(str(path), f"line {number}", "cannot be read") from error
                if batch.loaded_at[:_DAY] <= self._until:
                    yield batch

    def find(self, digest: str, *resources: Resource) -> Batch | None:
        """Return the batch of this file as one of these resources, if it was loaded before."""
        wanted = {batch_id(digest, resource) for resource in resources}
        return next((batch for batch in self._lines() if batch.batch in wanted), None)

    def all_of(self, digest: str, resource: Resource) -> list[Batch]:
        """Return the batches of this file as this version of a resource, the newest last."""
        seat = (digest, resource.code, resource.version)
        return [
            one for one in self._lines() if (one.sha256, one.resource, one.resource_version) == seat
        ]

    def resources(self) -> list[str]:
        """Return the codes of the resources that have rows."""
        return sorted({batch.resource for batch in self._lines()})

    def append(
        self, intake: Intake, resource: Resource, raw: RawTable, before: Batch | None = None
    ) -> Batch:
        """Write a batch whole and return it; the same file again returns the batch it made.

        Unless that batch is given as `before`: then this one follows it, with rows of the same
        file that were refused then.

        Raises:
            LedgerError: the disk is full or the folder cannot be written; nothing is changed.
        """
        digest = raw.digest if before is None else f"{raw.digest}:{before.batch}"
        if known := self.find(digest, resource):
            return known
        name = batch_id(digest, resource)
        merged = self._known_rows(resource.code, intake.accepted)
        rejected = intake.rejected.height
        batch = Batch(
            batch=name,
            resource=resource.code,
            resource_version=resource.version,
            file=Path(shown(raw.path)).name,
            sha256=raw.digest,
            read=intake.accepted.height + rejected,
            loaded=intake.accepted.height - merged,
            merged=merged,
            rejected=rejected,
            loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        place = self._place(batch)
        self._write(intake.accepted, place)
        if rejected:
            self._write(intake.rejected, self.folder / _REJECTED / f"{name}.parquet")
        batch = replace(batch, stored=file_digest(place))
        self._acknowledge(batch)
        return batch

    def withdraw(self, batches: Collection[str]) -> None:
        """Take batches away of which nothing was made: it is as if they had never been appended.

        Raises:
            LedgerError: the folder cannot be written.
        """
        path = self.folder / _MANIFEST
        gone = [batch for batch in self._lines() if batch.batch in batches]
        with _writing(path):
            lines = path.read_bytes().splitlines(keepends=True)
            aside = path.with_suffix(".writing")
            aside.write_bytes(b"".join(line for line in lines if not _is_one_of(line, batches)))
            _sync(aside)
            aside.replace(path)
            _sync(path.parent)
            # Nobody knows their files any more.
            for batch in gone:
                for folder in (batch.resource, _REJECTED):
                    (self.folder / folder / f"{batch.batch}.parquet").unlink(missing_ok=True)

    def check(self) -> None:
        """See that every batch is there as it was written.

        Raises:
            LedgerError: one is missing, or other than it was; it is named.
        """
        for batch in self._lines():
            path = self._place(batch)
            if not path.is_file():
                raise _missing(path)
            with _reading(path):
                if not batch.stored:
                    pl.read_parquet_schema(path)
                elif file_digest(path) != batch.stored:
                    rule = "is not as it was written; restore it from the backup"
                    raise LedgerError("ledger", str(path), rule)

    def _place(self, batch: Batch) -> Path:
        return self.folder / batch.resource / f"{batch.batch}.parquet"

    def read(self, resource: str, batches: Collection[str] | None = None) -> pl.LazyFrame:
        """Return every row of a resource with `batch` and `file`; a row said twice is there twice.

        Of `batches` alone where they are given.

        Raises:
            LedgerError: a file of the manifest is missing.
        """
        frames = []
        for batch in self._lines():
            if batch.resource != resource or (batches is not None and batch.batch not in batches):
                continue
            path = self._place(batch)
            if not path.is_file():
                raise _missing(path)
            frames.append(
                pl.scan_parquet(path, glob=False).with_columns(
                    pl.lit(batch.batch).alias("batch"), pl.lit(batch.file).alias("file")
                )
            )
        if not frames:
            raise LedgerError("ledger", resource, "has no rows of this resource")
        return pl.concat(frames, how="diagonal")

    def rejected(self, batch: str) -> pl.DataFrame:
        """Return the rejected rows of a batch, as given, with 行号, 列, 值, 规则."""
        path = self.folder / _REJECTED / f"{batch}.parquet"
        if not path.is_file():
            return pl.DataFrame()
        return pl.read_parquet(path, glob=False)

    def _known_rows(self, resource: str, accepted: pl.DataFrame) -> int:
        """Return how many rows say what this file or an earlier batch already said."""
        ids = accepted.select("record_id")
        again = ids.height - ids.n_unique()
        paths = [self._place(batch) for batch in self._lines() if batch.resource == resource]
        if not paths:
            return again
        with _reading(self.folder):
            # File by file: each has the headers that its department wrote.
            known = pl.concat(
                pl.scan_parquet(path, glob=False).select("record_id") for path in paths
            )
            there = ids.unique().lazy().join(known, on="record_id", how="semi").collect()
        first = ids.unique().height - there.height
        return ids.height - first

    def _write(self, frame: pl.DataFrame, path: Path) -> None:
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_suffix(".writing")
            # lz4 reads and writes faster than zstd, and ledger files are read at each load.
            frame.write_parquet(aside, compression="lz4", statistics=False)
            _sync(aside)
            aside.replace(path)
            _sync(path.parent)

    def _acknowledge(self, batch: Batch) -> None:
        path = self.folder / _MANIFEST
        line = json.dumps(asdict(batch), ensure_ascii=False) + "\n"
        with _writing(path):
            _cut_torn_line(path)
            with path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
            _sync(path.parent)


def _is_one_of(line: bytes, batches: Collection[str]) -> bool:
    try:
        return bool(json.loads(line)["batch"] in batches)
    except (ValueError, KeyError, TypeError):
        # Torn: whoever appends next cuts it off.
        return False


def _batch(line: bytes) -> Batch:
    """Return the batch that a line of the manifest tells of; ValueError, TypeError for none."""
    batch = Batch(**json.loads(line))
    for field in fields(batch):
        if type(getattr(batch, field.name)) is not field.type:
            raise TypeError(field.name)
    return batch


def _missing(path: Path) -> LedgerError:
    return LedgerError("ledger", str(path), "is missing; restore it from the backup")


def _cut_torn_line(path: Path) -> None:
    if not path.is_file():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LedgerError("ledger", str(path), f"cannot be written: {reason}") from error


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LedgerError("ledger", str(path), f"cannot be read: {reason}") from error
