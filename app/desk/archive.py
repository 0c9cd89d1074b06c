"""The archive of reports: number, request, snapshot, hash. Appended, never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, create_engine, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk


class IssuedReport(Desk):
    """One report that was issued."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    uid: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(400))
    purpose: Mapped[str] = mapped_column(String(100))
    as_of: Mapped[str] = mapped_column(String(10))
    snapshot: Mapped[str] = mapped_column(String(32))
    policy: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[str] = mapped_column(String(32))
    content_hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Issue:
    """The number under which a report was issued, and when."""

    number: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for and what came of it.

    `content_hash` is the SHA-256 of the content's canonical JSON, number and time left out: the
    same request on the same snapshot has the same hash.
    """

    uid: str
    name: str
    purpose: str
    as_of: str
    snapshot: str
    policy: str
    content_hash: str


class Archive:
    """Issues numbers `XM-<yyyymmdd>-<6 digits>`, counted through by the desk's own row number."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        with desk(url):
            Desk.metadata.create_all(self._engine)

    def issue(self, request: Request, now: datetime) -> Issue:
        """Append a report and return its number; `now` is given by whoever reads the clock."""
        with desk(str(self._engine.url)), Session(self._engine) as session, session.begin():
            last = session.scalar(select(func.max(IssuedReport.id))) or 0
            number = f"XM-{now:%Y%m%d}-{last + 1:06d}"
            session.add(
                IssuedReport(
                    number=number,
                    uid=request.uid,
                    name=request.name,
                    purpose=request.purpose,
                    as_of=request.as_of,
                    snapshot=request.snapshot,
                    policy=request.policy,
                    issued_at=now.isoformat(timespec="seconds"),
                    content_hash=request.content_hash,
                )
            )
        return Issue(number, now.replace(microsecond=0))

    def find(self, number: str) -> IssuedReport | None:
        """Return what was issued under a number."""
        with desk(str(self._engine.url)), Session(self._engine) as session:
            return session.scalar(select(IssuedReport).where(IssuedReport.number == number))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
