"""What people decided about leads: confirmed or dismissed, why, until when. Only appended."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Engine, ForeignKey, String, Text, create_engine, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.desk.tables import Desk, Withdrawal, desk, make_tables, take_back
from graph.analysis.patterns.finding import Finding, Leads, lead_id
from graph.analysis.patterns.tails import wilson
from graph.errors import DecidedError, DeskError

CONFIRM, DISMISS = "confirm", "dismiss"
DECISIONS = (CONFIRM, DISMISS)
# What a lead has come to: nobody decided; confirmed; dismissed; dismissed once and back again.
OPEN, CONFIRMED, DISMISSED, RETURNED = "open", "confirmed", "dismissed", "returned"
# Why a dismissed lead is back.
EXPIRED, NEW_RULE, MORE = "expired", "new_rule", "more"
_AUTHOR, _REASON = 100, 1_000


class LeadDecided(Desk):
    """One decision on one lead, with the rule's version and the lead's count at that time."""

    __tablename__ = "lead_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead: Mapped[str] = mapped_column(String(100))
    key: Mapped[str | None] = mapped_column(Text)
    pattern: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    count: Mapped[int]
    title: Mapped[str] = mapped_column(String(400))
    decision: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(_AUTHOR))
    reason: Mapped[str] = mapped_column(String(_REASON))
    until: Mapped[str | None] = mapped_column(String(10))
    snapshot: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[str] = mapped_column(String(32))


class LeadWithdrawn(Withdrawal, Desk):
    """Who took which decision back, and when."""

    __tablename__ = "lead_withdrawals"

    withdraws: Mapped[int] = mapped_column(ForeignKey("lead_decisions.id"), unique=True)


@dataclass(frozen=True, slots=True)
class LeadDecision:
    """A decision as it is listed; `until` is the last day of a dismissal, `id` 0 before it is kept.

    `key` are the uids that made the lead then: after a merge they lead to those of today. It is
    empty where a desk of an earlier form did not keep them.
    `count` is the lead's k at that time; `undone_at` is set where it was taken back.
    """

    id: int
    lead: str
    key: tuple[str, ...]
    pattern: str
    version: int
    count: int
    title: str
    decision: str
    author: str
    reason: str
    until: str | None
    snapshot: str
    made_at: str
    undone_at: str | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class Precision:
    """Of so many leads of a pattern that people decided on, so many were confirmed.

    `share` 0..1 and Wilson's 95 percent `interval`; None while nobody decided.
    """

    pattern: str
    confirmed: int
    dismissed: int

    @property
    def share(self) -> float | None:
        """Return the part that was confirmed."""
        decided = self.confirmed + self.dismissed
        return self.confirmed / decided if decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the range in which the true part lies."""
        decided = self.confirmed + self.dismissed
        return wilson(self.confirmed, decided) if decided else None


_STORED = tuple(column.name for column in LeadDecided.__table__.columns if column.name != "id")


class LeadDecisions:
    """The decisions on leads of a workspace's desk."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._url = url
        with desk(url):
            make_tables(self._engine)
            _bring_up_to_date(self._engine)

    def listed(self) -> tuple[LeadDecision, ...]:
        """Return every decision, oldest first, those taken back too."""
        with desk(self._url), Session(self._engine) as session:
            return _listed(session)

    def decide(
        self, new: LeadDecision, seen: int | None = None, today: Callable[[str], str] | None = None
    ) -> LeadDecision:
        """Append a decision and return it with its number; `today` as for `standing`.

        What somebody else decided on the lead is decided against only where it was `seen`.

        Raises:
            DeskError: no such decision, no reason or author, too long, or an end that is past.
            DecidedError: somebody else's decision stands that says otherwise and was not seen.
        """
        _check(new)
        with desk(self._url), Session(self._engine) as session:
            values = {name: getattr(new, name) for name in _STORED}
            row = LeadDecided(**values | {"key": json.dumps(new.key, ensure_ascii=False)})
            session.add(row)
            # Written before it is looked at: from here on the database lets nobody else write.
            session.flush()
            before = [one for one in _listed(session) if one.id != row.id]
            _refuse_unseen(new, standing(before, today or _as_it_was).get(new.lead), seen)
            session.commit()
            return _decision(row, None)

    def undo(self, number: int, *, author: str, now: datetime) -> LeadDecision:
        """Take a decision back; it stays listed.

        Raises:
            DeskError: there is none of this number, or it was taken back before.
        """
        with desk(self._url), Session(self._engine) as session:
            made_at = now.isoformat(timespec="seconds")
            back = LeadWithdrawn(withdraws=number, author=author, made_at=made_at)
            row = take_back(session, session.get(LeadDecided, number), back, "decision")
            return _decision(row, back)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def new_decision(  # noqa: PLR0913 - what a decision is made of
    found: Iterable[Leads],
    lead: str,
    decision: str,
    *,
    title: str,
    author: str,
    reason: str,
    until: date | None,
    now: datetime,
) -> LeadDecision:
    """Return a decision on a lead that is there, not yet kept.

    Raises:
        DeskError: no lead of this id among those found.
    """
    leads = list(found)
    finding = next((one for listed in leads for one in listed.findings if one.id == lead), None)
    if finding is None:
        raise DeskError("lead", lead, "is not found on this day with these parameters")
    return LeadDecision(
        id=0,
        lead=lead,
        key=finding.key,
        pattern=finding.rule.code,
        version=finding.rule.version,
        count=finding.count,
        title=title,
        decision=decision,
        author=author.strip(),
        reason=reason.strip(),
        until=None if until is None else until.isoformat(),
        snapshot=leads[0].snapshot,
        made_at=now.isoformat(timespec="seconds"),
    )


def _as_it_was(uid: str) -> str:
    return uid


def standing(
    listed: Iterable[LeadDecision], today: Callable[[str], str] = _as_it_was
) -> Mapping[str, LeadDecision]:
    """Return by lead's id the last decision that nobody took back.

    `today` gives the uid of today for one of then: a merge of parties loses no decision.
    """
    return {
        (lead_id(one.pattern, map(today, one.key)) if one.key else one.lead): one
        for one in listed
        if one.undone_at is None
    }


def state_of(finding: Finding, last: LeadDecision | None, on: date) -> tuple[str, str | None]:
    """Return what a lead has come to on a day, and why it is back where it is.

    A dismissal holds to the end of its last day, for the rule that it was made under and for as
    much evidence as there was.
    """
    if last is None:
        return OPEN, None
    if last.decision == CONFIRM:
        return CONFIRMED, None
    if last.until is not None and on > date.fromisoformat(last.until):
        return RETURNED, EXPIRED
    if finding.rule.version > last.version:
        return RETURNED, NEW_RULE
    if finding.count > last.count:
        return RETURNED, MORE
    return DISMISSED, None


def decided_to_json(finding: Finding, last: LeadDecision | None, on: date) -> Mapping[str, object]:
    """Return a lead's state and the decision behind it."""
    state, why = state_of(finding, last, on)
    return {"state": state, "back": why, "decision": None if last is None else asdict(last)}


def precisions(patterns: Sequence[str], listed: Iterable[LeadDecision]) -> dict[str, Precision]:
    """Return by pattern how many decided leads were confirmed; the last word on each counts."""
    last = standing(listed).values()

    def count(pattern: str, decision: str) -> int:
        return sum(one.pattern == pattern and one.decision == decision for one in last)

    return {one: Precision(one, count(one, CONFIRM), count(one, DISMISS)) for one in patterns}


def _bring_up_to_date(engine: Engine) -> None:
    """Give a desk of an earlier form the column of today."""
    held = {column["name"] for column in inspect(engine).get_columns("lead_decisions")}
    if "key" not in held:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE lead_decisions ADD COLUMN key TEXT"))


def _listed(session: Session) -> tuple[LeadDecision, ...]:
    back = {row.withdraws: row for row in session.scalars(select(LeadWithdrawn))}
    rows = session.scalars(select(LeadDecided).order_by(LeadDecided.id))
    return tuple(_decision(row, back.get(row.id)) for row in rows)


def _refuse_unseen(new: LeadDecision, last: LeadDecision | None, seen: int | None) -> None:
    if last is None or last.id == seen or last.author == new.author:
        return
    if last.decision != new.decision:
        rule = (
            f"by {last.author} at {last.made_at} says {last.decision} of {new.lead}: {last.reason};"
            f" look at it, then --against {last.id} decides otherwise"
        )
        raise DecidedError("decision", last.id, rule)


def _check(new: LeadDecision) -> None:
    if new.decision not in DECISIONS:
        raise DeskError("decision", new.decision, f"must be one of {', '.join(DECISIONS)}")
    if not new.reason or not new.author:
        raise DeskError("decision", new.lead, "needs a reason and an author")
    for name, room in (("author", _AUTHOR), ("reason", _REASON)):
        value = getattr(new, name)
        if len(value) > room:
            raise DeskError(f"decision's {name}", f"{value[:20]}…", f"is above {room} characters")
    if new.until is None:
        return
    if new.decision == CONFIRM:
        raise DeskError("--until", new.until, "is for a dismissal; what is confirmed has no end")
    if new.until < new.made_at[:10]:
        raise DeskError("--until", new.until, "is past")


def _decision(row: LeadDecided, back: LeadWithdrawn | None) -> LeadDecision:
    values = {name: getattr(row, name) for name in _STORED}
    values["key"] = tuple(json.loads(row.key or "[]"))
    if back is None:
        return LeadDecision(row.id, **values)
    return LeadDecision(row.id, **values, undone_at=back.made_at, undone_by=back.author)
