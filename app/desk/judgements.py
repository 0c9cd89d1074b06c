"""Judgements of people: two parties are the same, different, or unsure. Appended, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import networkx as nx
from sqlalchemy import String, create_engine, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, desk
from graph.errors import DeskError
from loaders.resolve.judgements import DECISIONS, DIFFERENT, SAME, Judgement


class Judged(Desk):
    """One decision, and who took it back when."""

    __tablename__ = "judgements"

    id: Mapped[int] = mapped_column(primary_key=True)
    one: Mapped[str] = mapped_column(String(200))
    one_name: Mapped[str] = mapped_column(String(400))
    other: Mapped[str] = mapped_column(String(200))
    other_name: Mapped[str] = mapped_column(String(400))
    decision: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(1000))
    snapshot: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[str] = mapped_column(String(32))
    undone_at: Mapped[str | None] = mapped_column(String(32))
    undone_by: Mapped[str | None] = mapped_column(String(100))


@dataclass(frozen=True, slots=True)
class Entry:
    """A judgement as it is listed; `undone_at` is set where it was taken back."""

    id: int
    one: str
    one_name: str
    other: str
    other_name: str
    decision: str
    author: str
    reason: str
    snapshot: str
    made_at: str
    undone_at: str | None = None
    undone_by: str | None = None

    @property
    def judgement(self) -> Judgement:
        """Return what resolution needs of it."""
        return Judgement(self.one, self.other, self.decision)


class Judgements:
    """The judgements of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            Desk.metadata.create_all(self._engine)

    def listed(self) -> Sequence[Entry]:
        """Return every judgement, oldest first, those taken back too."""
        with desk(self._url), Session(self._engine) as session:
            rows = session.scalars(select(Judged).order_by(Judged.id))
            return tuple(_entry(row) for row in rows)

    def standing(self) -> tuple[Entry, ...]:
        """Return the judgements that nobody took back, oldest first."""
        return tuple(entry for entry in self.listed() if entry.undone_at is None)

    def decide(self, new: Entry, standing: Sequence[Entry]) -> Entry:
        """Append a judgement, whose `id` is still 0, and return it with its number.

        `standing` are the judgements that it must agree with, each party by its uid of today.

        Raises:
            DeskError: no such decision, no reason, one and the same party, or the judgements that
                stand say otherwise; the chain of them is named.
        """
        said = f"{new.one_name} {new.one} / {new.other_name} {new.other}"
        if new.decision not in DECISIONS:
            raise DeskError("judgement", new.decision, f"must be one of {', '.join(DECISIONS)}")
        if not new.reason.strip() or not new.author.strip():
            raise DeskError("judgement", said, "needs a reason and an author")
        if new.one == new.other:
            raise DeskError("judgement", said, "is on one party; only two can be judged")
        _refuse_contradiction(said, (new.one, new.other), new.decision, standing)
        values = {name: getattr(new, name) for name in Entry.__slots__ if name != "id"}
        row = Judged(**values)
        with desk(self._url), Session(self._engine) as session:
            session.add(row)
            session.commit()
            return _entry(row)

    def undo(self, number: int, *, author: str, now: datetime) -> Entry:
        """Take a judgement back; it stays listed.

        Raises:
            DeskError: there is none of this number, or it was taken back before.
        """
        with desk(self._url), Session(self._engine) as session:
            row = session.get(Judged, number)
            if row is None:
                raise DeskError("judgement", number, "is unknown")
            if row.undone_at is not None:
                raise DeskError("judgement", number, f"was taken back at {row.undone_at}")
            row.undone_at, row.undone_by = now.isoformat(timespec="seconds"), author
            session.commit()
            return _entry(row)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _entry(row: Judged) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})


def _refuse_contradiction(
    said: str, pair: tuple[str, str], decision: str, standing: Sequence[Entry]
) -> None:
    """Refuse a judgement that a chain of others denies: A is B, B is C, but A is not C."""
    same = nx.Graph()
    same.add_nodes_from(pair)
    for entry in standing:
        if entry.decision == SAME:
            same.add_edge(entry.one, entry.other, entry=entry)
    chain: Sequence[str] | None = None
    if decision == DIFFERENT and nx.has_path(same, *pair):
        chain = _chain(same, *pair)
    elif decision == SAME:
        chain = _denial(same, pair, standing)
    if chain:
        raise DeskError("judgement", said, f"is denied by {'; '.join(chain)}")


def _denial(
    same: nx.Graph, pair: tuple[str, str], standing: Sequence[Entry]
) -> Sequence[str] | None:
    """Return the judgements that keep apart what hangs on the two."""
    for entry in standing:
        if entry.decision != DIFFERENT:
            continue
        same.add_nodes_from((entry.one, entry.other))
        for ends in ((entry.one, entry.other), (entry.other, entry.one)):
            if all(nx.has_path(same, *step) for step in zip(pair, ends, strict=True)):
                chains = [_chain(same, *step) for step in zip(pair, ends, strict=True)]
                last = f"no. {entry.id}: {entry.one_name} is not {entry.other_name}"
                return [*chains[0], *chains[1], last]
    return None


def _chain(same: nx.Graph, one: str, other: str) -> list[str]:
    path = nx.shortest_path(same, one, other)
    entries: list[Entry] = [same.edges[step]["entry"] for step in pairwise(path)]
    return [f"no. {entry.id}: {entry.one_name} is {entry.other_name}" for entry in entries]
