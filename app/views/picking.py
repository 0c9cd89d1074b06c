"""A party chosen by searching: nobody types a uid, and of several candidates none is taken."""

import streamlit as st

from app.bootstrap import Services
from app.finding import read_wanted
from app.texts.read import spoken, text
from app.views import address, frame
from graph.analysis.search import Candidate
from graph.errors import AnalysisError
from graph.schema.catalog import SCHEMA

# As many as a list shows without scrolling.
SHOWN = 8


def pick_party(services: Services, label: str, key: str) -> str | None:
    """Draw a search and return the uid of whom a person chose; the screen's party is offered."""
    snapshot = services.loaded_snapshot()
    chosen = st.session_state.get(address.PARTY)
    offered = ""
    if isinstance(chosen, str) and snapshot.find(chosen) is not None:
        offered = snapshot.node(chosen).name
    left, right = st.columns(2)
    words = left.text_input(
        label, offered, key=f"{key}-words", placeholder=text("pick.placeholder"), live="250ms"
    )
    if not words.strip():
        return None
    shown = frame.repeated(read_wanted(words).shown)
    try:
        found = services.search(words, SHOWN)
    except AnalysisError:
        right.caption(text("search.nothing", text=shown))
        return None
    if words == offered and isinstance(chosen, str):
        # It is chosen already: of several who bear the name this one is meant.
        found.sort(key=lambda one: one.uid != chosen)
        exact = [0]
    else:
        exact = [place for place, one in enumerate(found) if one.exact]
    if not found:
        right.caption(text("pick.none", text=shown, snapshot=snapshot.id))
        return None
    told = {one.uid: _told(one) for one in found}
    return right.selectbox(
        text("pick.candidates", count=len(found)),
        list(told),
        index=exact[0] if len(exact) == 1 else None,
        format_func=lambda uid: told[uid],
        key=f"{key}-uid-{words}",
        placeholder=text("pick.choose"),
    )


def _told(one: Candidate) -> str:
    kind = SCHEMA.node(one.label).title.to(spoken())
    return " · ".join(part for part in (one.name, kind, one.context) if part)
