"""The one place where a right is asked for; every service that writes or shows comes through it."""

import os
import pwd
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.rights import TABLE, Right, Role
from app.users import FILE, Person, User, read_users, user_of
from app.workspace import Workspace
from graph.errors import RightError

if TYPE_CHECKING:
    from app.desk.acts import Acts
    from app.desk.review import Asked
    from app.desk.verdicts import Entry

# As many people as one asks before one gives up.
_NAMED = 5


class House(Protocol):
    """Services that act for a `user`."""

    user: User

    @property
    def workspace(self) -> Workspace:
        """Return where they act."""


H = TypeVar("H", bound=House)


@cache
def acts_of(workspace: Workspace) -> "Acts":
    """Return the acts of a workspace's desk, opened once a process."""
    from app.desk.acts import Acts  # noqa: PLC0415 - where nothing is noted nobody waits for it

    return Acts(f"sqlite:///{workspace.desk}")


def require(house: House, right: Right, thing: str = "", *, looking: bool = False) -> None:
    """Refuse what the person has no right to, and note it; note also what they do to a `thing`.

    Looking is asked for at every step of a screen: of it refusals alone are noted. Where the site
    has no file of users everything is allowed and nothing is noted.

    Raises:
        RightError: no role of the person has the right.
    """
    if not house.user.named:
        return
    # As the file says now: what a screen or a job opened before somebody lost a role does not help.
    user = user_of(read_users(house.workspace.folder), house.user.login)
    allowed = user.has(right)
    if not allowed or (thing and right is not Right.LOOK and not looking):
        note(house, right, thing, allowed=allowed)
    if not allowed:
        raise refused(user, right)


def note(house: House, right: Right, thing: str, *, allowed: bool) -> None:
    """Append to the desk that somebody did or tried something."""
    from app.desk.acts import Act  # noqa: PLC0415 - as acts_of

    user = house.user
    act = Act(user.login, user.shown, right.value, thing, allowed)
    acts_of(house.workspace).note(act, datetime.now().astimezone())


def refused(user: User, right: Right) -> RightError:
    """Return the refusal: the right, who asked, which roles have it and who of them is here."""
    if user.users is None or user.person is not None:
        rule = f"has no right to this; {_have(right)}: {_names(user, right)}"
    else:
        rule = f"is nobody in {FILE}, and only who is may work here{_contact(user)}"
    return RightError(right.value, user.shown, rule)


def _have(right: Right) -> str:
    return f"{'、'.join(role for role in Role if role in TABLE[right])} have it"


def _names(user: User, right: Right) -> str:
    found = named_who_may(user, right)
    return ("、".join(one.name for one in found) or "nobody here") + _contact(user)


def _contact(user: User) -> str:
    contact = "" if user.users is None else user.users.contact
    return f"; ask {contact} for it" if contact else ""


def named_who_may(user: User, right: Right) -> tuple[Person, ...]:
    """Return the first people of the file who have a right."""
    return () if user.users is None else user.users.who_may(right)[:_NAMED]


def require_for_others(house: House, author: str, thing: str) -> None:
    """Refuse to take back what somebody else decided, but to who may approve."""
    own = house.user.signs(author) == author
    require(house, Right.JUDGE if own else Right.APPROVE, thing)


def signed(house: House, asked: "Asked", standing: "Sequence[Entry]", persons: int) -> "Asked":
    """Return a judgement in the name of whoever acts, if they may make it.

    Where two persons must agree, one of the two must have the right to approve: the judgement that
    makes two alike is theirs, or the one before was.

    Raises:
        RightError: they may not.
    """
    thing = f"{asked.one} / {asked.other}: {asked.decision}"
    require(house, Right.JUDGE, thing)
    own, users = house.user.signs(asked.author), house.user.users
    if users is not None and persons > 1 and not house.user.has(Right.APPROVE):
        pair = {asked.one, asked.other}
        alike = [
            users.by_name(one.author)
            for one in standing
            if {one.one, one.other} == pair and one.decision == asked.decision
            if one.author != own
        ]
        if alike and not any(one is not None and one.has(Right.APPROVE) for one in alike):
            require(house, Right.APPROVE, thing)
    return replace(asked, author=own)


def acting_for(house: H, user: User) -> H:
    """Return services that act for a person and share all that these have open."""
    made = copy(house)
    made.user = user
    return made


def system_login() -> str:
    """Return by what name the operating system knows who runs this process."""
    number = os.getuid()
    try:
        # What the system keeps, not what the environment says.
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
