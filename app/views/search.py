"""检索: from a name or a code to a party; of several candidates none opens by itself."""

import shlex
from collections.abc import Sequence

import streamlit as st

from app.bootstrap import Services
from app.finding import (
    BODY,
    ENTERPRISE,
    MOST,
    PERSON,
    Hit,
    Wanted,
    find,
    read_wanted,
    wrong_code,
)
from app.presenters.search import candidate_rows, region_text, wrong_text
from app.texts.read import speak, spoken, text
from app.views import address, frame
from graph.analysis.search import ambiguous
from graph.errors import AnalysisError
from graph.identifiers.region import city_of

# A pause in which a person who types a name does not rest.
TYPING = "250ms"
_ALL = "all"
_KINDS = (_ALL, ENTERPRISE, PERSON, BODY)
_PICKED, _TURN = "search-picked", "search-turn"


def render(services: Services) -> None:
    """Draw the search."""
    st.title(text("search.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    _search(services, spoken())


@st.fragment
@frame.told()
def _search(services: Services, language: str) -> None:
    """Draw the box and who answers; what is typed reruns this part alone."""
    # A fragment runs by itself: nobody has chosen the language before it.
    speak(language)
    chosen = st.session_state.pop(_PICKED, None)
    if chosen is not None:
        address.open_party(chosen)
        address.go_to(address.PARTY)
    typed = st.text_input(
        text("search.text"),
        key="wanted",
        live=TYPING,
        persist_state="session",
        icon=":material/search:",
    )
    st.caption(text("search.hint"))
    if not typed or not typed.strip():
        return
    with frame.told():
        _answer(services, read_wanted(typed))


def _answer(services: Services, wanted: Wanted) -> None:
    shown = frame.repeated(wanted.shown)
    wrong = wrong_code(wanted.text)
    # In places of their own, as what is said below: the filters stay as a person types on.
    with st.container():
        if wrong is not None:
            st.warning(wrong_text(wrong))
    try:
        found = find(services, wanted)
    except AnalysisError:
        st.info(text("search.nothing", text=frame.repeated(wanted.asked)))
        return
    if not found:
        looked = text(f"search.looked_{wanted.field}", snapshot=services.loaded_snapshot().id)
        st.info(text("search.none", text=shown, looked=looked))
        return
    _candidates(wanted, found)
    frame.statement(f"{shlex.join(('xinmai', 'search', wanted.asked))} --json")


def _candidates(wanted: Wanted, found: Sequence[Hit]) -> None:
    """Draw who answers, and open the one that a person picks."""
    st.caption(text("search.found", count=len(found)))
    with st.container():
        if ambiguous([one.candidate for one in found]):
            st.info(text("search.ambiguous", text=frame.repeated(wanted.shown)))
    kept = _narrowed(found)
    if len(found) >= MOST:
        st.caption(text("search.capped", most=MOST))
    if not kept:
        st.info(text("search.none_narrowed", all=len(found)))
        return
    if len(kept) < len(found):
        st.caption(text("search.narrowed", shown=len(kept), all=len(found)))
    st.caption(text("search.pick"))
    # A key of its own for each turn: whoever comes back finds no row selected.
    key = f"candidates-{st.session_state.get(_TURN, 0)}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(kept):
            st.session_state[_PICKED] = kept[rows[0]].candidate.uid
            st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1

    shown = frame.titled(candidate_rows(kept, spoken()))
    st.dataframe(
        shown,
        column_config=frame.columns_of(shown),
        hide_index=True,
        width="stretch",
        key=key,
        on_select=picked,
        selection_mode="single-row",
    )


def _narrowed(found: Sequence[Hit]) -> list[Hit]:
    """Draw the filters and return who fits."""
    kinds, regions, states = st.columns([5, 4, 3], vertical_alignment="bottom")
    kind = kinds.segmented_control(
        text("search.kind"),
        _KINDS,
        default=_ALL,
        format_func=lambda one: text(f"search.kind_{one}"),
        key="search-kind",
        required=True,
    )
    city = regions.selectbox(
        text("search.region"),
        sorted({city_of(one.region) for one in found if one.region}),
        index=None,
        format_func=region_text,
        placeholder=text("search.all"),
        key="search-region",
    )
    state = states.selectbox(
        text("search.state"),
        sorted({one.state for one in found if one.state}),
        index=None,
        placeholder=text("search.all"),
        key="search-state",
    )
    return [
        one
        for one in found
        if kind in (_ALL, one.kind)
        and (city is None or (one.region and city_of(one.region) == city))
        and state in (None, one.state)
    ]
