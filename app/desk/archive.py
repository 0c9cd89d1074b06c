"""The archive of reports: number, request, snapshot, hash. Appended, never changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, ForeignKey, String, Text, create_engine, func, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables


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
    # Null in a desk of an earlier form: then the report cannot be made again.
    request: Mapped[str | None] = mapped_column(Text)
    versions: Mapped[str | None] = mapped_column(Text)


class PrintedReport(Desk):
    """One handing-out of a report: the same request keeps its number."""

    __tablename__ = "report_prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    report: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    printed_at: Mapped[str] = mapped_column(String(32))
    # Empty where the site does not say who works there.
    author: Mapped[str | None] = mapped_column(String(100))


class ReportFile(Desk):
    """One file of a report as it was written: its form and SHA-256."""

    __tablename__ = "report_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32))
    form: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Issue:
    """The number under which a report was issued, and when."""

    number: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for and what came of it.

    `content_hash` is the SHA-256 of the content's canonical JSON, number and time left out: the
    same request on the same snapshot has the same hash. `known_at` is when the newest decision that
    the report knows was made, `since` the snapshot it compares with, where it does; `listed` are
    the rows of the list that it is about, each as it was looked up; `language` is the report's.
    `known_on` is the day by whose end all that it knows had been loaded, where that was asked for.
    """

    uid: str
    name: str
    purpose: str
    as_of: str
    snapshot: str
    policy: str
    content_hash: str
    kind: str = "related"
    hops: int | None = None
    authorisation: str = ""
    applicant: str = ""
    known_at: str = ""
    since: str = ""
    listed: tuple[tuple[str, ...], ...] = ()
    known_on: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Archived:
    """An issued report as it is listed; `versions` are those of the libraries and fonts then.

    `prints` says how often it was handed out, `authors` by whom, where the site says who is who.
    """

    issue: Issue
    request: Request | None
    name: str
    purpose: str
    snapshot: str
    content_hash: str
    versions: Mapping[str, str]
    prints: int
    authors: tuple[str, ...] = ()


class Archive:
    """Issues numbers `XM-<yyyymmdd>-<6 digits>`, counted through by the desk's own row number."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        with desk(url):
            make_tables(self._engine)
            _bring_up_to_date(self._engine)

    def issue(
        self,
        request: Request,
        now: datetime,
        versions: Mapping[str, str] | None = None,
        author: str = "",
    ) -> Issue:
        """Return the number of a request, a new one where it was not issued before.

        `now` is given by whoever reads the clock; a request that was issued keeps its first time,
        so that the same request has the same bytes. Every handing-out is noted.
        """
        asked = _asked(request)
        with desk(str(self._engine.url)), Session(self._engine) as session, session.begin():
            # One writer from here on: two at once must not count to the same number.
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            row = session.scalar(select(IssuedReport).where(IssuedReport.request == asked))
            if row is None:
                last = session.scalar(select(func.max(IssuedReport.id))) or 0
                row = IssuedReport(
                    number=f"XM-{now:%Y%m%d}-{last + 1:06d}",
                    uid=request.uid,
                    name=request.name,
                    purpose=request.purpose,
                    as_of=request.as_of,
                    snapshot=request.snapshot,
                    policy=request.policy,
                    issued_at=now.isoformat(timespec="seconds"),
                    content_hash=request.content_hash,
                    request=asked,
                    versions=json.dumps(dict(versions or {}), ensure_ascii=False, sort_keys=True),
                )
                session.add(row)
                session.flush()
            printed_at = now.isoformat(timespec="seconds")
            session.add(PrintedReport(report=row.id, printed_at=printed_at, author=author or None))
            return Issue(row.number, datetime.fromisoformat(row.issued_at))

    def wrote(self, number: str, files: Mapping[str, str]) -> None:
        """Append the SHA-256 of files that were written under a number, by form."""
        with desk(str(self._engine.url)), Session(self._engine) as session, session.begin():
            known = self._hashes(session, number)
            session.add_all(
                ReportFile(number=number, form=form, sha256=sha256)
                for form, sha256 in files.items()
                if (form, sha256) not in known
            )

    def written(self, number: str) -> set[tuple[str, str]]:
        """Return form and SHA-256 of every file that was written under a number."""
        with desk(str(self._engine.url)), Session(self._engine) as session:
            return self._hashes(session, number)

    @staticmethod
    def _hashes(session: Session, number: str) -> set[tuple[str, str]]:
        rows = session.scalars(select(ReportFile).where(ReportFile.number == number))
        return {(row.form, row.sha256) for row in rows}

    def find(self, number: str) -> Archived | None:
        """Return what was issued under a number."""
        return next((one for one in self._rows(number) if one.issue.number == number), None)

    def listed(self) -> list[Archived]:
        """Return every report, newest first."""
        return self._rows(None)

    def _rows(self, number: str | None) -> list[Archived]:
        wanted = select(IssuedReport, func.count(PrintedReport.id))
        wanted = wanted.outerjoin(PrintedReport, PrintedReport.report == IssuedReport.id)
        wanted = wanted.group_by(IssuedReport.id).order_by(IssuedReport.id.desc())
        if number is not None:
            wanted = wanted.where(IssuedReport.number == number)
        with desk(str(self._engine.url)), Session(self._engine) as session:
            signed = select(PrintedReport).where(PrintedReport.author.is_not(None))
            authors: dict[int, list[str]] = {}
            for one in session.scalars(signed.order_by(PrintedReport.id)):
                authors.setdefault(one.report, []).append(str(one.author))
            return [
                _archived(row, prints, authors.get(row.id, []))
                for row, prints in session.execute(wanted)
            ]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _archived(row: IssuedReport, prints: int, authors: Sequence[str]) -> Archived:
    return Archived(
        issue=Issue(row.number, datetime.fromisoformat(row.issued_at)),
        request=None if row.request is None else _request(json.loads(row.request)),
        name=row.name,
        purpose=row.purpose,
        snapshot=row.snapshot,
        content_hash=row.content_hash,
        versions=json.loads(row.versions or "{}"),
        prints=prints,
        authors=tuple(dict.fromkeys(authors)),
    )


def _asked(request: Request) -> str:
    """Return a request as it is kept; what an earlier form did not ask for leaves no trace."""
    held = asdict(request)
    # The same request keeps the number that it had before these were asked for.
    for name, default in (("known_on", ""), ("language", "zh")):
        if held[name] == default:
            del held[name]
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


def _request(held: dict[str, Any]) -> Request:
    listed = tuple(tuple(row) for row in held.pop("listed", ()))
    return Request(**held, listed=listed)


def _bring_up_to_date(engine: Engine) -> None:
    """Give a desk of an earlier form the columns of today."""
    wanted = (("reports", "request"), ("reports", "versions"), ("report_prints", "author"))
    for table, name in wanted:
        held = {column["name"] for column in inspect(engine).get_columns(table)}
        if name not in held:
            with engine.begin() as connection:
                connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} TEXT"))
