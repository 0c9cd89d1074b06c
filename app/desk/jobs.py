"""Long work as it is told: what was asked, by whom, and each thing it said since. Only appended."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, Text, create_engine, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk, make_tables
from graph.errors import DeskError

QUEUED, RUNNING, DONE, FAILED, STOPPED = "queued", "running", "done", "failed", "stopped"
# Never written: what a job is called whose process went away without a word.
INTERRUPTED = "interrupted"
OPEN = (QUEUED, RUNNING)
STATES = (*OPEN, DONE, FAILED, STOPPED)
_TITLE, _AUTHOR, _MESSAGE = 200, 100, 1_000
# As many as a person looks back on.
LATEST = 50


class JobAsked(Desk):
    """One job; `command` are the words behind `xinmai`, `folder` its place below the workspace."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(_TITLE))
    command: Mapped[str] = mapped_column(Text)
    folder: Mapped[str] = mapped_column(String(400))
    author: Mapped[str] = mapped_column(String(_AUTHOR))
    made_at: Mapped[str] = mapped_column(String(32))


class JobSaid(Desk):
    """What became of a job at one time: its state, how far it is, its last word, its process."""

    __tablename__ = "job_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    done: Mapped[int | None]
    total: Mapped[int | None]
    message: Mapped[str] = mapped_column(String(_MESSAGE))
    pid: Mapped[int | None]
    born: Mapped[float | None]
    made_at: Mapped[str] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class Said:
    """One word of a job: `done` of `total` where it counts; `pid` born at `born` does the work."""

    state: str
    message: str = ""
    done: int | None = None
    total: int | None = None
    pid: int | None = None
    born: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job and its last word; `started_at` and `ended_at` are None until then."""

    id: int
    kind: str
    title: str
    command: tuple[str, ...]
    folder: str
    author: str
    made_at: str
    last: Said
    started_at: str | None
    ended_at: str | None

    @property
    def open(self) -> bool:
        """Whether it waits or works."""
        return self.last.state in OPEN


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is to do; `command` are the words behind `xinmai`."""

    kind: str
    title: str
    command: tuple[str, ...]
    folder: str
    author: str


class Jobs:
    """The jobs of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)

    def queue(self, new: NewJob, now: datetime) -> Job:
        """Append a job and return it with its number.

        Raises:
            DeskError: nobody is named who asked.
        """
        if not new.author.strip():
            raise DeskError("job", new.title, "needs somebody who asked for it")
        made_at = now.isoformat(timespec="seconds")
        with desk(self._url), Session(self._engine) as session:
            row = JobAsked(
                kind=new.kind,
                title=new.title[:_TITLE],
                command=json.dumps(new.command, ensure_ascii=False),
                folder=new.folder,
                author=new.author.strip()[:_AUTHOR],
                made_at=made_at,
            )
            session.add(row)
            session.flush()
            session.add(JobSaid(job=row.id, state=QUEUED, message="", made_at=made_at))
            session.commit()
            return _job(row, [])

    def say(self, number: int, said: Said, now: datetime) -> None:
        """Append what became of a job.

        Raises:
            DeskError: there is no such state.
        """
        if said.state not in STATES:
            raise DeskError("job's state", said.state, f"must be one of {', '.join(STATES)}")
        with desk(self._url), Session(self._engine) as session:
            session.add(
                JobSaid(
                    job=number,
                    state=said.state,
                    done=said.done,
                    total=said.total,
                    message=said.message[:_MESSAGE],
                    pid=said.pid,
                    born=said.born,
                    made_at=now.isoformat(timespec="seconds"),
                )
            )
            session.commit()

    def listed(self, kinds: Sequence[str] = (), limit: int = LATEST) -> tuple[Job, ...]:
        """Return the latest jobs, newest first; of some kinds alone where they are named."""
        wanted = select(JobAsked).order_by(JobAsked.id.desc()).limit(limit)
        return self._read(wanted.where(JobAsked.kind.in_(kinds)) if kinds else wanted)

    def find(self, number: int) -> Job:
        """Return one job.

        Raises:
            DeskError: there is none of this number.
        """
        found = self._read(select(JobAsked).where(JobAsked.id == number))
        if not found:
            raise DeskError("job", number, "is unknown")
        return found[0]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _read(self, wanted: Select[JobAsked]) -> tuple[Job, ...]:
        with desk(self._url), Session(self._engine) as session:
            rows = session.scalars(wanted).all()
            known = [row.id for row in rows]
            # Of each state the first word and the last: progress in between is past.
            ends = select(func.min(JobSaid.id), func.max(JobSaid.id)).where(JobSaid.job.in_(known))
            pairs = session.execute(ends.group_by(JobSaid.job, JobSaid.state))
            numbers = {number for pair in pairs for number in pair}
            said = select(JobSaid).where(JobSaid.id.in_(numbers)).order_by(JobSaid.id)
            words = session.scalars(said).all()
            return tuple(_job(row, [one for one in words if one.job == row.id]) for row in rows)


def _job(row: JobAsked, words: Sequence[JobSaid]) -> Job:
    last = words[-1] if words else None
    process = next((one for one in reversed(words) if one.pid is not None), None)
    return Job(
        id=row.id,
        kind=row.kind,
        title=row.title,
        command=tuple(json.loads(row.command)),
        folder=row.folder,
        author=row.author,
        made_at=row.made_at,
        last=Said(
            state=last.state if last else QUEUED,
            message=last.message if last else "",
            done=last.done if last else None,
            total=last.total if last else None,
            pid=process.pid if process else None,
            born=process.born if process else None,
        ),
        started_at=_first(words, (RUNNING,)),
        ended_at=_first(words, (DONE, FAILED, STOPPED)),
    )


def _first(words: Iterable[JobSaid], states: Sequence[str]) -> str | None:
    return next((one.made_at for one in words if one.state in states), None)
