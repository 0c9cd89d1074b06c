"""The state of a screen that a person has no right to: which right, which roles, whom to ask."""

import streamlit as st

from app.acting import named_who_may
from app.canvas.sharing import OPENING, SAVING
from app.presenters.refusals import refusal
from app.rights import TABLE, Right, Role
from app.settings import Settings
from app.texts.read import spoken, text
from app.users import FILE, User
from app.views.markdown import plain
from graph.errors import RightError

_KEY = "no-right"
_ICON = ":material/lock:"
# Refusals that are of no right but of whose a view is; their value is its author.
_VIEWS = {OPENING: "share.refused", SAVING: "share.not_yours"}
_AND = {"zh": "、", "en": ", "}


def roles_text(roles: frozenset[Role] | tuple[Role, ...]) -> str:
    """Return roles as they are called, in the order of their declaration."""
    return _AND[spoken()].join(
        text(f"right.role.{one.name.lower()}") for one in Role if one in roles
    )


def lacks(user: User, right: Right) -> str | None:
    """Return why this person may not, for a button that says so; None where they may."""
    if user.has(right):
        return None
    return text("right.button", right=text(f"right.{right}"), roles=roles_text(TABLE[right]))


def draw(user: User, right: Right) -> None:
    """Say that a right is lacking, who has it here and whom to ask."""
    with st.container(key=_KEY):
        roles = roles_text(TABLE[right])
        st.warning(text("right.lacking", right=text(f"right.{right}"), roles=roles), icon=_ICON)
        if user.person is not None:
            own = roles_text(user.person.roles)
            st.markdown(text("right.you", name=plain(user.person.name), roles=own))
        found = named_who_may(user, right)
        names = _AND[spoken()].join(plain(one.name) for one in found) or text("right.nobody")
        st.markdown(text("right.who", names=names))
        _ask(user)


def draw_error(user: User, error: RightError) -> None:
    """Draw a refusal of a service: as the state where it is of a right, else what it says."""
    if error.thing in _VIEWS:
        st.warning(text(_VIEWS[error.thing], author=plain(str(error.value))), icon=_ICON)
        return
    codes = {one.value: one for one in Right}
    if error.thing in codes and not user.has(codes[error.thing]):
        draw(user, codes[error.thing])
        return
    with st.container(key=_KEY):
        said = text(
            "frame.because", said=text("error.RightError"), why=plain(refusal(error, spoken()))
        )
        st.warning(said, icon=_ICON)
        _ask(user)


def draw_unknown(user: User, settings: Settings) -> None:
    """Say that nobody known sits here, and what is to be done."""
    with st.container(key=_KEY):
        if user.login:
            st.warning(text("right.unknown", login=plain(user.login), file=FILE), icon=_ICON)
        elif settings.user_header is None and settings.user_claim is None:
            st.warning(text("right.no_way", file=FILE), icon=_ICON)
        elif settings.user_header is not None:
            st.warning(text("right.no_header", header=plain(settings.user_header)), icon=_ICON)
        else:
            st.warning(text("right.no_login"), icon=_ICON)
            if st.button(text("right.sign_in"), key="sign-in"):
                st.login()
        st.markdown(text("right.ask_file", file=FILE))
        _ask(user)


def _ask(user: User) -> None:
    contact = "" if user.users is None else user.users.contact
    if contact:
        st.markdown(text("right.contact", contact=plain(contact)))
