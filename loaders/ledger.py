"""The ledger: what departments said, in batches that are appended whole and never changed."""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from graph.errors import LedgerError
from loaders.batches import MANIFEST, Batch, Batches, batch_id, reading
from loaders.catalogue.resource import Resource
from loaders.files import file_digest, shown
from loaders.intake import Intake
from loaders.readers import RawTable

_REJECTED = "rejected"
# Ids of a resource's rows that are held in memory while files are appended, some 50 bytes each, and
# in how many pieces: to put them together takes as long as to look through them.
_MOST_HELD, _MOST_PIECES = 1_000_000, 50
# There from a ledger's first batch until a snapshot is made of it.
_UNBUILT = "unbuilt"


class _Ids:
    """The ids of the rows of some batches of one resource, in pieces as they came."""

    def __init__(self) -> None:
        self.batches: set[str] = set()
        self.ids = pl.Series(dtype=pl.String)
        self.room = _MOST_HELD

    def take(self, batch: str, ids: pl.Series) -> None:
        """Hold the ids of one more batch, where there is room for them."""
        if ids.len() <= self.room:
            self.batches.add(batch)
            self.ids.append(ids)
            self.room -= ids.len()
            if self.ids.n_chunks() > _MOST_PIECES:
                self.ids = self.ids.rechunk()


class Ledger(Batches):
    """Batches in one folder, and their rows; batches.jsonl alone says which of its files count."""

    def __init__(self, folder: Path, known_at: date | None = None) -> None:
        """Open the ledger; with `known_at` as it was known at the end of that day (UTC)."""
        super().__init__(folder, known_at)
        self._held: dict[str, _Ids] = {}

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
        merged = self._known_rows(name, resource.code, intake.accepted)
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
        path = self.folder / MANIFEST
        gone = [batch for batch in self.batches() if batch.batch in batches]
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

    def built(self) -> None:
        """Keep that a snapshot could be made of what is here: none of it is withdrawn any more."""
        (self.folder / _UNBUILT).unlink(missing_ok=True)

    def unbuilt(self) -> bool:
        """Return whether no snapshot was ever made of any batch that is here."""
        return (self.folder / _UNBUILT).is_file()

    def check(self) -> None:
        """See that every batch is there as it was written.

        Raises:
            LedgerError: one is missing, or other than it was; it is named.
        """
        for batch in self.batches():
            path = self._place(batch)
            if not path.is_file():
                raise _missing(path)
            with reading(path, pl.exceptions.PolarsError):
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
        for batch in self.batches():
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

    def _known_rows(self, batch: str, resource: str, accepted: pl.DataFrame) -> int:
        """Return how many rows say what this file or an earlier batch already said."""
        said = accepted["record_id"]
        mine = said.unique()
        there = {one.batch: one for one in self.batches() if one.resource == resource}
        with reading(self.folder, pl.exceptions.PolarsError):
            held = self._held_of(resource, there)
            seen = [held.ids.filter(held.ids.is_in(mine.implode())).unique()]
            for name in there.keys() - held.batches:
                ids = pl.scan_parquet(self._place(there[name]), glob=False).select("record_id")
                once = mine.to_frame().lazy().join(ids, on="record_id", how="semi").collect()
                seen.append(once["record_id"])
        held.take(batch, mine)
        return said.len() - mine.len() + pl.concat(seen).n_unique()

    def _held_of(self, resource: str, there: Mapping[str, Batch]) -> "_Ids":
        """Return the ids of rows that are held, of as many of these batches as there is room for.

        They are read once: of a folder of many files each would else look into all before it.
        """
        held = self._held.setdefault(resource, _Ids())
        if not held.batches <= there.keys():
            # Of one that was withdrawn, or could not be written.
            held = self._held[resource] = _Ids()
        for name in there.keys() - held.batches:
            if there[name].loaded + there[name].merged <= held.room:
                file = self._place(there[name])
                held.take(
                    name, pl.read_parquet(file, columns=["record_id"], glob=False)["record_id"]
                )
        return held

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
        path = self.folder / MANIFEST
        line = json.dumps(asdict(batch), ensure_ascii=False) + "\n"
        with _writing(path):
            if not path.is_file():
                (self.folder / _UNBUILT).touch()
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
