"""Whom people meant by rows of a checked list that were theirs to say. Only appended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, create_engine, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables
from graph.errors import DeskError


class ListChoice(Desk):
    """One choice; `uid` is empty where a person says that nobody known is meant."""

    __tablename__ = "list_choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(String(400), index=True)
    row: Mapped[int]
    uid: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[str] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a row of a list means, who said so and when; `uid` empty for nobody."""

    row: int
    uid: str
    author: str
    made_at: str


class Choices:
    """The choices of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)

    def choose(self, folder: str, rows: Mapping[int, str], author: str, now: datetime) -> None:
        """Append whom some rows of the list in a job's folder mean, by row number.

        Raises:
            DeskError: nobody is named who says so.
        """
        if not author.strip():
            raise DeskError("choice", folder, "needs somebody who says so")
        made_at = now.isoformat(timespec="seconds")
        with desk(self._url), Session(self._engine) as session:
            for row, uid in rows.items():
                session.add(
                    ListChoice(
                        folder=folder,
                        row=row,
                        uid=uid,
                        author=author.strip()[:100],
                        made_at=made_at,
                    )
                )
            session.commit()

    def standing(self, folder: str) -> dict[int, Choice]:
        """Return by row number the last word on each row of a list."""
        wanted = select(ListChoice).where(ListChoice.folder == folder).order_by(ListChoice.id)
        with desk(self._url), Session(self._engine) as session:
            return {
                one.row: Choice(one.row, one.uid, one.author, one.made_at)
                for one in session.scalars(wanted)
            }

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
