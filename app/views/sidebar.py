"""The sidebar of every screen: search with suggestions, the day, the menu, the language."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

import streamlit as st

from app.bootstrap import Services
from app.finding import find, named, read_wanted
from app.presenters.search import suggestion
from app.rights import Right
from app.texts.read import LANGUAGES, speak, spoken, text
from app.views import address, frame, known, no_right, person
from graph.errors import AnalysisError, XinmaiError

# As many as stand under the box without pushing the day off a screen of 1,000 pixels.
SUGGESTED = 6
# A pause in which a person who types a name does not rest.
TYPING = "250ms"
_WANTED = "wanted"
_GOING = "going"
# Streamlit leaves a seventh of a screen of 1,000 pixels empty above the title; its captions have
# a contrast of 4.2 to white, by their opacity: 4.5 is what small print needs (WCAG 2.2, 1.4.3).
_DENSE = """<style>
[data-testid="stMainBlockContainer"] { padding: 2.5rem 2.5rem 4rem; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 0.5rem; }
.stApp [data-testid="stCaptionContainer"], .stApp [data-testid="stCaptionContainer"] * {
  color: #57606A !important; opacity: 1 !important;
}
[class*="st-key-suggested-"] button { justify-content: flex-start; text-align: left; }
</style>"""
_DAY = timedelta(days=1)


def draw(menu: Sequence[tuple[str, st.Page]]) -> None:
    """Draw the sidebar; `menu` holds each screen with the title of its group, in order."""
    st.html(_DENSE)
    with st.sidebar:
        st.markdown(f"#### {text('app.name')}")
        # Who may not look has nothing to search for, and no day to look at.
        if person.here().has(Right.LOOK):
            services = _house()
            _quick(services, spoken())
            _day(services)
            # In one place: the menu below stays where it is as a day is chosen.
            with st.container():
                known.choose(services)
        for group, members in groupby(menu, key=lambda one: one[0]):
            st.caption(group)
            for _, page in members:
                st.page_link(
                    page, width="stretch", query_params=address.menu_address(page.url_path)
                )
        language()
        _signed_in()


def _signed_in() -> None:
    """Say who works here and as what, where the site says so."""
    person_here = person.here().person
    if person_here is not None:
        roles = no_right.roles_text(person_here.roles)
        name = frame.plain(person_here.name)
        st.caption(text("right.signed_in", name=name, roles=roles))


def _house() -> Services | None:
    """Return the services, or None where they cannot be had: the screen itself says why."""
    try:
        services = known.house(known.SIDEBAR)
        return services if services.snapshot() is not None else None
    except XinmaiError:
        return None


@st.fragment
def _quick(services: Services | None, language: str) -> None:
    """Draw the search box; what is typed brings suggestions, and one of them opens its party."""
    # A fragment runs by itself: nobody has chosen the language before it.
    speak(language)
    _go()
    wanted = st.text_input(
        text("frame.search"),
        key="quick",
        placeholder=text("frame.quick"),
        live=TYPING,
        disabled=services is None,
        icon=":material/search:",
    )
    if services is None or not wanted or not wanted.strip():
        return
    with frame.told():
        _suggest(services, wanted)


def _suggest(services: Services, wanted: str) -> None:
    try:
        found = find(services, read_wanted(wanted), SUGGESTED)
    except AnalysisError:
        found = []
    for one in found:
        uid = one.candidate.uid
        _way(frame.plain(suggestion(one, spoken())), f"suggested-{uid}", address.PARTY, uid)
    _way(text("frame.all_found" if found else "frame.search_so"), "suggested-all", _WANTED, wanted)


def _way(label: str, key: str, what: str, value: str) -> None:
    st.button(
        label, key=key, type="tertiary", width="stretch", on_click=_chosen, args=(what, value)
    )


def _chosen(what: str, value: str) -> None:
    st.session_state["quick"] = ""
    st.session_state[_GOING] = (what, value)


def _go() -> None:
    """Go where a suggestion led: to its party, or to the search with what was typed."""
    going = st.session_state.pop(_GOING, None)
    if going is None:
        return
    what, value = going
    if what == address.PARTY:
        address.open_party(value)
        address.go_to(address.PARTY)
    st.session_state[_WANTED] = value
    st.switch_page(st.session_state["pages"]["search"])


def _day(services: Services | None) -> None:
    frame.ask_day(text("frame.as_of"), frame.as_of(), frame.AS_OF)
    today, before = st.columns([2, 3])
    now = date.today()  # noqa: DTZ011 - the person's day
    today.button(
        text("frame.today"),
        key="as-of-today",
        on_click=_go_to,
        args=(now,),
        width="stretch",
        disabled=frame.as_of() == now,
    )
    eve = _eve(services)
    before.button(
        text("frame.before_record"),
        key="as-of-before",
        on_click=_go_to,
        args=(eve,),
        width="stretch",
        disabled=eve is None,
        help=text("frame.before_none") if eve is None else text("frame.before_help", day=eve),
    )


def _go_to(day: date) -> None:
    st.session_state[frame.AS_OF] = day


def _eve(services: Services | None) -> date | None:
    """Return the day before the newest record of the chosen party that lies before the day."""
    uid = address.wanted_party()
    if services is None or uid is None:
        return None
    try:
        found = named(services, uid)
        if len(found) != 1:
            return None
        records = services.loaded_snapshot().records_of(found[0], frame.as_of())
    except XinmaiError:
        return None
    days = [one.decided_on - _DAY for one in records if one.decided_on and not one.positive]
    return max((day for day in days if frame.FIRST_DAY <= day < frame.as_of()), default=None)


def language() -> None:
    """Draw the switch of the language."""
    st.segmented_control(
        text("frame.language"),
        LANGUAGES,
        default=None if "language" in st.session_state else spoken(),
        format_func=lambda code: {"zh": "中文", "en": "English"}[code],
        key="language",
        required=True,
    )
