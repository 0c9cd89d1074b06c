"""Judgements of people: two parties are the same, different, or unsure. Appended, never changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, ForeignKey, String, create_engine, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, Withdrawal, desk, make_tables, take_back
from app.desk.verdicts import Entry, effective, refuse_contradiction
from graph.errors import DeskError
from loaders.resolve.judgements import DECISIONS

# Characters that a name and a reason may have.
_AUTHOR, _REASON = 100, 1_000


class Judged(Desk):
    """One decision; `score` is what the comparison gave the pair, `blind` that it was hidden."""

    __tablename__ = "judgements"

    id: Mapped[int] = mapped_column(primary_key=True)
    one: Mapped[str] = mapped_column(String(200))
    one_name: Mapped[str] = mapped_column(String(400))
    other: Mapped[str] = mapped_column(String(200))
    other_name: Mapped[str] = mapped_column(String(400))
    decision: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(_AUTHOR))
    reason: Mapped[str] = mapped_column(String(_REASON))
    snapshot: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[str] = mapped_column(String(32))
    blind: Mapped[bool]
    score: Mapped[float | None]


class Withdrawn(Withdrawal, Desk):
    """Who took which judgement back, and when."""

    __tablename__ = "withdrawals"

    withdraws: Mapped[int] = mapped_column(ForeignKey("judgements.id"), unique=True)


_STORED = tuple(column.name for column in Judged.__table__.columns if column.name != "id")


class Judgements:
    """The judgements of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)
            _bring_up_to_date(self._engine)

    def listed(self) -> Sequence[Entry]:
        """Return every judgement, oldest first, those taken back too."""
        with desk(self._url), Session(self._engine) as session:
            back = {row.withdraws: row for row in session.scalars(select(Withdrawn))}
            rows = session.scalars(select(Judged).order_by(Judged.id))
            return tuple(_entry(row, back.get(row.id)) for row in rows)

    def standing(self) -> tuple[Entry, ...]:
        """Return the judgements that nobody took back, oldest first."""
        return tuple(entry for entry in self.listed() if entry.undone_at is None)

    def decide(self, new: Entry, standing: Sequence[Entry], persons: int = 1) -> Entry:
        """Append a judgement, whose `id` is still 0, and return it with its number.

        `standing` are the judgements that it must agree with, each party by its uid of today.
        A judgement takes effect once so many `persons` say the same. Where more than one must, or
        the judge was blind, another opinion on the same pair is kept as disagreement.

        Raises:
            DeskError: no such decision, no reason, one and the same party, or the judgements that
                stand say otherwise; the chain of them is named.
        """
        new = replace(new, author=new.author.strip(), reason=new.reason.strip())
        said = f"{new.one_name} {new.one} / {new.other_name} {new.other}"
        if new.decision not in DECISIONS:
            raise DeskError("judgement", new.decision, f"must be one of {', '.join(DECISIONS)}")
        if not new.reason or not new.author:
            raise DeskError("judgement", said, "needs a reason and an author")
        _refuse_long(new)
        if new.one == new.other:
            raise DeskError("judgement", said, "is on one party; only two can be judged")
        pair = {new.one, new.other}
        before = [entry for entry in standing if {entry.one, entry.other} == pair]
        others = {entry.id for entry in before if entry.author != new.author}
        counted = {entry.id for entry in effective(self.standing(), persons)}
        binding = [entry for entry in standing if entry.id in counted or entry.author == new.author]
        if persons > 1 or new.blind:
            binding = [entry for entry in binding if entry.id not in others]
        refuse_contradiction(said, (new.one, new.other), new.decision, binding)
        return self._append(new, before)

    def _append(self, new: Entry, before: Sequence[Entry]) -> Entry:
        with desk(self._url), Session(self._engine) as session:
            first = session.get(Judged, before[0].id) if before else None
            if first is not None:
                # Opinions on one pair stand under one pair of uids, whatever becomes of these.
                new = replace(
                    new,
                    one=first.one,
                    one_name=first.one_name,
                    other=first.other,
                    other_name=first.other_name,
                )
            row = Judged(**{name: getattr(new, name) for name in _STORED})
            session.add(row)
            session.commit()
            return _entry(row, None)

    def undo(self, number: int, *, author: str, now: datetime) -> Entry:
        """Take a judgement back; it stays listed.

        Raises:
            DeskError: there is none of this number, or it was taken back before.
        """
        with desk(self._url), Session(self._engine) as session:
            made_at = now.isoformat(timespec="seconds")
            back = Withdrawn(withdraws=number, author=author, made_at=made_at)
            row = take_back(session, session.get(Judged, number), back, "judgement")
            return _entry(row, back)

    def examine(self) -> None:
        """See that the desk can be read whole, what is not about judgements too.

        Raises:
            DeskError: it is damaged.
        """
        with desk(self._url), Session(self._engine) as session:
            said = session.scalar(text("PRAGMA quick_check(1)"))
        if said != "ok":
            raise DeskError("desk", self._url, f"is damaged: {said}")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _bring_up_to_date(engine: Engine) -> None:
    """Give a desk of an earlier form the columns of today; what was taken back stays taken back."""
    held = {column["name"] for column in inspect(engine).get_columns("judgements")}
    with engine.begin() as connection:
        if "blind" not in held:
            connection.execute(
                text("ALTER TABLE judgements ADD COLUMN blind BOOLEAN DEFAULT FALSE NOT NULL")
            )
            connection.execute(text("ALTER TABLE judgements ADD COLUMN score FLOAT"))
        if "undone_at" in held:
            connection.execute(
                text(
                    "INSERT INTO withdrawals (withdraws, author, made_at)"
                    " SELECT id, undone_by, undone_at FROM judgements WHERE undone_at IS NOT NULL"
                    " AND id NOT IN (SELECT withdraws FROM withdrawals)"
                )
            )


def _refuse_long(new: Entry) -> None:
    """Refuse words that the desk has no room for; some databases would cut them in silence."""
    for name, room in (("author", _AUTHOR), ("reason", _REASON)):
        value = getattr(new, name)
        if len(value) > room:
            raise DeskError(f"judgement's {name}", f"{value[:20]}…", f"is above {room} characters")


def _entry(row: Judged, back: Withdrawn | None) -> Entry:
    values = {name: getattr(row, name) for name in _STORED}
    if back is None:
        return Entry(row.id, **values)
    return Entry(row.id, **values, undone_at=back.made_at, undone_by=back.author)
