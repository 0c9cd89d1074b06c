"""The desk's database: its tables' common base and how its failures are said."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from graph.errors import DeskError


class Desk(DeclarativeBase):
    """Tables of the desk."""


@contextmanager
def desk(url: str) -> Iterator[None]:
    """Say that the desk cannot be used where its database refuses."""
    try:
        yield
    except SQLAlchemyError as error:
        # What the database said; the statement and a link to a manual help no inspector.
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise DeskError("desk", url, f"cannot be used: {said}") from error
