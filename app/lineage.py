"""From a row of a file to the parties that it became, and to the reports about them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from app.bootstrap import Services
from app.desk.archive import Archive
from graph.errors import LedgerError
from loaders.batches import Batch

_RAW = "raw_"


@dataclass(frozen=True, slots=True)
class Became:
    """One party that a row speaks of: in which role, and by which rule it was joined to it."""

    uid: str
    name: str
    role: str
    rule: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of one file: its cells as given, whom it speaks of, which reports are about them.

    `rejected` is the rule that it broke; then nothing became of it.
    """

    batch: Batch
    row: int
    cells: tuple[tuple[str, str], ...]
    parties: tuple[Became, ...]
    reports: tuple[tuple[str, str, str], ...]
    rejected: str = ""


def cells_of(services: Services, batch: Batch, row: int) -> tuple[tuple[str, str], ...]:
    """Return the cells of one accepted row as given, by header; none where there is no such row."""
    found = _row(services, batch, row)
    return () if found is None else _cells(found)


def _row(services: Services, batch: Batch, row: int) -> dict[str, object] | None:
    rows = services.ledger.read(batch.resource, [batch.batch]).filter(pl.col("row") == row)
    found = rows.collect()
    return found.row(0, named=True) if found.height else None


def _cells(values: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.removeprefix(_RAW), str(value))
        for name, value in values.items()
        if name.startswith(_RAW) and value is not None
    )


def line(services: Services, batch: Batch, row: int) -> Line:
    """Return what became of one row of a batch.

    Raises:
        LedgerError: the file has no such row.
    """
    values = _row(services, batch, row)
    if values is None:
        return _rejected(services, batch, row)
    cells = _cells(values)
    parties = _parties(services, str(values["record_id"]))
    return Line(batch, row, cells, parties, _reports(services, [one.uid for one in parties]))


def _rejected(services: Services, batch: Batch, row: int) -> Line:
    rejected = services.ledger.rejected(batch.batch)
    rows = rejected.filter(pl.col("行号") == row) if rejected.height else rejected
    if not rows.height:
        raise LedgerError(batch.file, row, "is no row of this file")
    values = rows.row(0, named=True)
    cells = tuple(
        (name, str(value))
        for name, value in values.items()
        if value is not None and name not in ("行号", "规则")
    )
    return Line(batch, row, cells, (), (), str(values["规则"]))


def _parties(services: Services, record: str) -> tuple[Became, ...]:
    snapshot = services.loaded_snapshot()
    mentions = snapshot.table("mentions").filter(pl.col("record_id") == record)
    found = mentions.select("uid", "role", "rule").unique().sort("role", "uid").collect()
    return tuple(
        Became(uid, _name(services, uid), role, rule) for uid, role, rule in found.iter_rows()
    )


def _name(services: Services, uid: str) -> str:
    snapshot = services.loaded_snapshot()
    place = snapshot.find(uid)
    return uid if place is None else snapshot.name_at(place)


def _reports(services: Services, uids: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Return number, subject and time of every report about one of these parties."""
    archive = Archive(f"sqlite:///{services.workspace.desk}")
    try:
        return tuple(
            (one.issue.number, one.name, one.issue.issued_at.isoformat())
            for one in reversed(archive.listed())
            if one.request is not None and one.request.uid in uids
        )
    finally:
        archive.close()
