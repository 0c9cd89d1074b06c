"""当时已知 on the screens: the services of what had been loaded by a day, and where they end."""

from datetime import date

import streamlit as st

from app.acting import acting_for
from app.bootstrap import Services
from app.desk.jobs import DONE, NewJob
from app.jobs import control
from app.known import KnownHouse, first_day, house_found
from app.texts.read import text
from app.views import frame, jobs
from graph.errors import WorkspaceError

# Screens that look into the store or write what is decided and loaded today, whatever the day.
TODAY_ALONE = ("review", "query", "data")
# Two days side by side in two sessions; each holds a whole snapshot in memory.
_KEPT = 2
KIND = "known"
# The search box beside every screen, which says nothing while there is nothing to search.
SIDEBAR = "sidebar"


def house(screen: str) -> Services:
    """Return the services that a screen asks: of what was known on the chosen day, where it can.

    Where the snapshot of the day is still to be made from many rows, a job makes it, and the screen
    ends here until it has.

    Raises:
        WorkspaceError: nothing had been loaded by then, or a load holds the workspace.
    """
    on = frame.known_at()
    if on is None:
        return frame.house()
    if screen in TODAY_ALONE:
        st.warning(text(f"known.not_{screen}", day=on))
        return frame.house()
    today = frame.house()
    with st.spinner(text("known.working", day=on)):
        found = _then(today, str(today.workspace.folder), today.workspace.current(), on)
    if found is None:
        _then.clear(today, str(today.workspace.folder), today.workspace.current(), on)
        if screen == SIDEBAR:
            raise WorkspaceError("known at", on.isoformat(), "is still to be made")
        _make(today, on)
        st.stop()
    # Made once for all: it acts for whoever looks now, not for who was first.
    return acting_for(found, today.user)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _then(_today: Services, folder: str, current: str | None, on: date) -> KnownHouse | None:
    """Return what was known on a day; made anew after a load, as that day may be today's."""
    del folder, current
    return house_found(_today, on)


def _make(today: Services, on: date) -> None:
    """Offer to make the snapshot of a day, and show how far it is."""
    st.title(text("known.day"))
    st.info(text("known.to_make", day=on))
    command = (KIND, on.isoformat())
    made = [job for job in control.latest(today, (KIND,)) if job.command == command]
    if made and not made[0].open and made[0].last.state != DONE:
        jobs.unfinished(today, made[0], "jobs.again")
    elif not any(job.open for job in made) and st.button(
        text("known.make"), key="known-make", type="primary"
    ):
        place = control.new_folder(today.workspace)
        jobs.start(today, NewJob(KIND, text("known.job", day=on), command, place.name, jobs.who()))
        st.rerun()
    jobs.block(today, (KIND,))


def choose(services: Services | None) -> None:
    """Draw the second day of the sidebar: empty, everything that is known today counts.

    Where nothing was loaded there is no such day to choose.
    """
    first = None if services is None else first_day(frame.house())
    if first is None:
        return
    today = date.today()  # noqa: DTZ011 - the person's day
    st.date_input(
        text("known.day"),
        value=None,
        min_value=first,
        max_value=max(first, today),
        format=frame.TODAY_FORMAT,
        key=frame.KNOWN_AT,
        help=text("known.help", first=first),
    )
    if frame.known_at() is not None:
        st.button(text("known.today"), key="known-today", on_click=_go_to_today, width="stretch")


def _go_to_today() -> None:
    st.session_state[frame.KNOWN_AT] = None
