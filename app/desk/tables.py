"""The desk's database: its tables' common base and how its failures are said."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable

from graph.errors import DeskError

R = TypeVar("R")


class Desk(DeclarativeBase):
    """Tables of the desk."""


def make_tables(engine: Engine) -> None:
    """Make the tables of the desk that are not there; two who open a fresh one at once both do.

    In one statement each: between a look and the making another process may have made it.
    """
    with engine.begin() as connection:
        for table in Desk.metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index, if_not_exists=True))


@contextmanager
def desk(url: str) -> Iterator[None]:
    """Say that the desk cannot be used where its database refuses."""
    try:
        yield
    except SQLAlchemyError as error:
        # What the database said; the statement and a link to a manual help no inspector.
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise DeskError("desk", url, f"cannot be used: {said}") from error


class Withdrawal:
    """Who took which decision back, and when; each kind of decision has a table of its own."""

    id: Mapped[int] = mapped_column(primary_key=True)
    withdraws: Mapped[int]
    author: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[str] = mapped_column(String(32))


def take_back(session: Session, row: R | None, back: Withdrawal, thing: str) -> R:
    """Append that a row is taken back and return the row, which stays listed.

    Raises:
        DeskError: there is no such row, it was taken back before, or nobody takes it back.
    """
    if not back.author.strip():
        raise DeskError(thing, back.withdraws, "needs the name of who takes it back")
    if row is None:
        raise DeskError(thing, back.withdraws, "is unknown")
    kind = type(back)
    before = session.scalar(select(kind).where(kind.withdraws == back.withdraws))
    if before is not None:
        raise DeskError(thing, back.withdraws, f"was taken back at {before.made_at}")
    session.add(back)
    session.commit()
    return row
