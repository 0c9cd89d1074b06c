"""Before the screens: whom nobody knows sees no data, and who tries another's address is noted."""

import streamlit as st

from app.acting import note
from app.rights import PAGES, Right
from app.texts.read import text
from app.users import User
from app.views import frame, no_right, sidebar

_NOTED = "gate-noted"


def stranger(user: User) -> None:
    """Draw all that somebody sees who is not in the file of users."""
    with st.sidebar:
        st.markdown(f"#### {text('app.name')}")
        sidebar.language()
    st.title(text("app.name"))
    no_right.draw_unknown(user, frame.settings())
    _note_once(Right.LOOK, f"login {user.login}")


def note_once(name: str) -> None:
    """Note, once in a session, that somebody asked for a screen that they have no right to."""
    _note_once(PAGES[name], f"screen {name}")


def _note_once(right: Right, thing: str) -> None:
    noted: set[str] = st.session_state.setdefault(_NOTED, set())
    if thing not in noted:
        noted.add(thing)
        note(frame.house(), right, thing, allowed=False)
