"""Who did, or tried to do, what for which a right is needed. Only appended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, create_engine, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables

_WHO, _THING = 200, 400


class ActNoted(Desk):
    """One act; `allowed` says whether the person had the right."""

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(_WHO))
    who: Mapped[str] = mapped_column(String(_WHO))
    right: Mapped[str] = mapped_column(String(20), index=True)
    thing: Mapped[str] = mapped_column(String(_THING))
    allowed: Mapped[bool] = mapped_column(index=True)
    made_at: Mapped[str] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it is listed: who by login and by name with roles, which right, on what."""

    login: str
    who: str
    right: str
    thing: str
    allowed: bool
    made_at: str = ""
    id: int = 0


class Acts:
    """The acts of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)

    def note(self, act: Act, now: datetime) -> None:
        """Append an act."""
        with desk(self._url), Session(self._engine) as session:
            session.add(
                ActNoted(
                    login=act.login[:_WHO],
                    who=act.who[:_WHO],
                    right=act.right,
                    thing=act.thing[:_THING],
                    allowed=act.allowed,
                    made_at=now.isoformat(timespec="seconds"),
                )
            )
            session.commit()

    def listed(self, limit: int, *, refused: bool = False) -> Sequence[Act]:
        """Return the latest acts, newest first; refused ones alone where that is asked for."""
        wanted = select(ActNoted).order_by(ActNoted.id.desc()).limit(limit)
        if refused:
            wanted = wanted.where(ActNoted.allowed.is_(False))
        with desk(self._url), Session(self._engine) as session:
            return tuple(_act(row) for row in session.scalars(wanted))

    def count(self) -> int:
        """Return how many acts there are."""
        with desk(self._url), Session(self._engine) as session:
            return session.scalar(select(func.count(ActNoted.id))) or 0

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _act(row: ActNoted) -> Act:
    return Act(row.login, row.who, row.right, row.thing, row.allowed, row.made_at, row.id)
