"""From a row of a file to the parties that it became, and to the reports about them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.bootstrap import Services
from app.desk.archive import IssuedReport
from app.desk.tables import desk
from graph.errors import LedgerError
from loaders.ledger import Batch

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


def line(services: Services, batch: Batch, row: int) -> Line:
    """Return what became of one row of a batch.

    Raises:
        LedgerError: the file has no such row.
    """
    rows = services.ledger.read(batch.resource, [batch.batch]).filter(pl.col("row") == row)
    found = rows.collect()
    if not found.height:
        return _rejected(services, batch, row)
    values = found.row(0, named=True)
    cells = tuple(
        (name.removeprefix(_RAW), str(value))
        for name, value in values.items()
        if name.startswith(_RAW) and value is not None
    )
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
    if not services.workspace.desk.is_file():
        return ()
    url = f"sqlite:///{services.workspace.desk}"
    engine = create_engine(url)
    try:
        with desk(url), Session(engine) as session:
            IssuedReport.metadata.create_all(engine)
            about = IssuedReport.uid.in_(uids)
            found = session.scalars(select(IssuedReport).where(about).order_by(IssuedReport.id))
            return tuple((one.number, one.name, one.issued_at) for one in found)
    finally:
        engine.dispose()
