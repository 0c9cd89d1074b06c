"""Kept views between people: who saved one says who else may open it, and that is looked at."""

from dataclasses import replace
from datetime import datetime

from app.acting import note, refused, require
from app.bootstrap import Services
from app.desk.views import Note, View, Views
from app.rights import Right
from graph.errors import RightError

# Who may open a view besides its author: nobody, those who may judge, or all who may look.
OWN, JUDGES, ALL = "own", Right.JUDGE.value, Right.LOOK.value
# What a refusal is about that is of no right but of whose the view is; its value is the author.
OPENING, SAVING = "view", "view to save"
OPEN_TO = (OWN, JUDGES, ALL)


def may_open(services: Services, view: View) -> bool:
    """Return whether whoever acts may open a view."""
    user = services.user
    if not user.has(Right.LOOK):
        return False
    if not user.named or not view.author or user.signs("") == view.author:
        return True
    return view.open_to != OWN and user.has(Right(view.open_to or ALL))


def save(services: Services, views: Views, view: View, now: datetime) -> View:
    """Keep a view in the name of whoever acts; another's view is only saved over by its author.

    Raises:
        RightError: they may not look, or it is another's.
        DeskError: the title is lacking.
    """
    require(services, Right.LOOK, view.title)
    own = services.user.signs("")
    before = views.find(view.id) if view.id else None
    if services.user.named and before is not None and before.author not in ("", own):
        note(services, Right.LOOK, f"save view {view.id}", allowed=False)
        raise RightError(SAVING, before.author, "alone saves over this one; save a copy instead")
    return views.save(replace(view, author=own), now)


def find(services: Services, views: Views, name: str) -> View | None:
    """Return what a view was saved as last, or None where there is none.

    Raises:
        RightError: its author did not open it to whoever acts.
    """
    require(services, Right.LOOK, f"view {name}")
    view = views.find(name)
    if view is None or may_open(services, view):
        return view
    right = Right.JUDGE if view.open_to == JUDGES else Right.LOOK
    note(services, right, f"view {name}", allowed=False)
    if right is Right.JUDGE:
        raise refused(services.user, right)
    raise RightError(OPENING, view.author, "kept it for nobody else; ask them to open it to others")


def listed(services: Services, views: Views) -> tuple[View, ...]:
    """Return the views that whoever acts may open, the latest first."""
    return tuple(one for one in views.listed() if may_open(services, one))


def add_note(  # noqa: PLR0913, PLR0917 - what a note consists of
    services: Services,
    views: Views,
    about: str,
    words: str,
    author: str,
    snapshot: str,
    now: datetime,
) -> Note:
    """Append a note on a node or link, in the name of whoever acts.

    Raises:
        RightError: they may not look.
        DeskError: it is empty or too long.
    """
    require(services, Right.LOOK, f"note {about}")
    return views.note(about, words, services.user.signs(author), snapshot, now)
