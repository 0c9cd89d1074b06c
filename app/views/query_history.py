"""What one asked before, newest first: a click asks it again."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import streamlit as st

from app.bootstrap import Services
from app.desk.history import Past, QueryHistory
from app.presenters import figures
from app.texts.read import spoken, text
from app.views import jobs
from app.workspace import Workspace
from queries.card import Query

# Of a statement no more is shown than tells which one it is.
_BEGINNING = 80


@cache
def history_of(workspace: Workspace) -> QueryHistory:
    """Return the questions of a workspace's desk, opened once a process."""
    return QueryHistory(f"sqlite:///{workspace.desk}")


def note(services: Services, query: str, cypher: str, params: Mapping[str, object]) -> None:
    """Keep what is asked now."""
    history_of(services.workspace).note(jobs.who(), query, cypher, params, jobs.now())


def draw(services: Services, again: Callable[[Past], None]) -> None:
    """Draw the questions; `again` is called with the one that is picked, before the screen runs."""
    past = history_of(services.workspace).last(jobs.who())
    if not past:
        return
    # A table of its own for each state of the history: what was picked is not picked for good.
    key = f"history-{past[0].id}-{len(past)}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(past):
            again(past[rows[0]])

    with st.expander(text("history.title", count=len(past))):
        st.caption(text("history.pick"))
        st.dataframe(
            _rows(past, {one.id: one for one in services.queries()}),
            hide_index=True,
            width="stretch",
            key=key,
            on_select=picked,
            selection_mode="single-row",
        )


def _rows(past: Sequence[Past], known: Mapping[str, Query]) -> list[dict[str, str]]:
    return [
        {
            text("history.asked"): _title(one, known),
            text("history.params"): text("frame.comma").join(
                f"{name}={value}" for name, value in one.params.items()
            ),
            text("history.when"): figures.moment(one.made_at),
        }
        for one in past
    ]


def _title(one: Past, known: Mapping[str, Query]) -> str:
    if one.query:
        card = known.get(one.query)
        return one.query if card is None else f"{card.title.to(spoken())} · {one.query}"
    return " ".join(one.cypher.split())[:_BEGINNING]
