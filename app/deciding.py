"""Decisions on leads and taking decisions back, in the name of whoever acts, if they may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.acting import require, require_for_others
from app.bootstrap import Services
from app.desk.leads import LeadDecision
from app.desk.verdicts import Entry
from app.rights import Right
from graph.errors import DeskError


def uid_of_today(services: Services) -> Callable[[str], str]:
    """Return what gives the uid of today for one of an earlier day: parties may have merged."""
    snapshot = services.loaded_snapshot()

    def today(uid: str) -> str:
        place = snapshot.find(uid)
        return uid if place is None else snapshot.uid_at(place)

    return today


def decide_lead(services: Services, new: LeadDecision, seen: int | None = None) -> LeadDecision:
    """Keep a decision on a lead and return it with its number.

    `seen` is the number of the decision that whoever decides has before them. What the same person
    has decided so already, and nobody since, is not kept twice: a second click says nothing new.

    Raises:
        RightError: whoever acts may not judge.
        DeskError: it is lacking something.
        DecidedError: somebody else decided otherwise, and that was not seen.
    """
    require(services, Right.JUDGE, f"{new.lead}: {new.decision}")
    signed = replace(new, author=services.user.signs(new.author))
    listed = services.lead_decisions.listed()
    holding = [one for one in listed if one.lead == signed.lead and one.undone_at is None]
    if holding and replace(holding[-1], id=0, made_at=signed.made_at) == signed:
        return holding[-1]
    return services.lead_decisions.decide(signed, seen, uid_of_today(services))


def undo_lead(services: Services, number: int, author: str, now: datetime) -> LeadDecision:
    """Take a decision on a lead back; it stays listed.

    Raises:
        RightError: whoever acts may not, or it is another's and they may not approve.
        DeskError: there is none of this number, or it was taken back before.
    """
    made = next((one for one in services.lead_decisions.listed() if one.id == number), None)
    if made is None:
        raise DeskError("decision", number, "is unknown")
    require_for_others(services, made.author, f"{number} {made.lead}: undo")
    return services.lead_decisions.undo(number, author=services.user.signs(author), now=now)


def undo_judgement(services: Services, number: int, author: str, now: datetime) -> Entry:
    """Take a judgement on two parties back; it stays listed.

    Raises:
        RightError: whoever acts may not, or it is another's and they may not approve.
        DeskError: there is none of this number, or it was taken back before.
    """
    made = next((one for one in services.judgements.listed() if one.id == number), None)
    if made is None:
        raise DeskError("judgement", number, "is unknown")
    require_for_others(services, made.author, f"{made.one} / {made.other}: undo {number}")
    return services.judgements.undo(number, author=services.user.signs(author), now=now)
