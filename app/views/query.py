"""查询: the library with a form for each query, own Cypher behind the guard, packs of queries."""

import shlex
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from app.acting import require
from app.asked import asked_about
from app.bootstrap import Services
from app.desk.history import Past
from app.rights import Right
from app.texts.read import spoken, text
from app.views import basket, frame, query_history, query_library, query_own, query_packs, result
from graph.errors import RightError, XinmaiError
from queries.card import Query
from queries.run import Answer, run_query, run_text

LIBRARY, OWN, PACKS = "library", "own", "packs"
_RUN = "query_run"
# Answers that are kept for going back and forth between table and chart.
_KEPT = 32
_KEPT_FOR = timedelta(minutes=10)


def render(services: Services) -> None:
    """Draw the library or one's own Cypher, and below it the answer to what was run last."""
    st.title(text("query.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    if basket.SENT in st.session_state:
        # Another screen sent its statement here.
        st.session_state["query_mode"] = OWN
    modes = [LIBRARY, OWN, PACKS] if services.user.has(Right.CYPHER) else [LIBRARY, PACKS]
    if st.session_state.get("query_mode") not in (None, *modes):
        st.session_state["query_mode"] = LIBRARY
    mode = st.segmented_control(
        text("query.mode"),
        modes,
        default=None if "query_mode" in st.session_state else LIBRARY,
        format_func=lambda one: text(f"query.{one}"),
        key="query_mode",
        required=True,
        persist_state="session",
    )
    if mode == PACKS:
        query_packs.draw(services)
        return
    asked = query_library.draw(services) if mode == LIBRARY else query_own.draw(services)
    if asked is not None:
        require(
            services, Right.CYPHER if mode == OWN else Right.LOOK, str(asked.get("cypher") or "")
        )
        st.session_state[_RUN] = {"mode": mode, **asked}
        _note(services, st.session_state[_RUN])
    run = st.session_state.get(_RUN)
    if isinstance(run, dict) and run["mode"] == mode:
        _answer(services, run)
    query_history.draw(services, _again)


def _note(services: Services, run: Mapping[str, Any]) -> None:
    params = {name: value for name, value in run["params"].items() if value not in (None, "", [])}
    query_history.note(services, str(run.get("query") or ""), str(run.get("cypher") or ""), params)


def _again(past: Past) -> None:
    """Ask what was asked before; the screen shows it as if it had been filled in anew."""
    mode = LIBRARY if past.query else OWN
    st.session_state["query_mode"] = mode
    if past.query:
        st.session_state[query_library.CHOSEN] = st.query_params[query_library.CHOSEN] = past.query
    else:
        st.session_state[basket.SENT] = past.cypher
    asked = {"query": past.query or None, "cypher": past.cypher, "params": dict(past.params)}
    st.session_state[_RUN] = {"mode": mode, **asked}


def _answer(services: Services, run: Mapping[str, Any]) -> None:
    """Draw the answer to what was run; a refusal is said in one line."""
    snapshot = services.loaded_snapshot()
    name = run.get("query")
    params, unknown = asked_about(snapshot, run["params"])
    card = next((one for one in services.queries() if one.id == name), None)
    cypher = card.text if card else str(run.get("cypher") or "")
    where = (snapshot.id, str(services.workspace.folder))
    st.divider()
    try:
        require(services, Right.LOOK if card else Right.CYPHER)
        with st.spinner(text("query.running")):
            answer = _ran(services, card, cypher, params, where)
    except RightError:
        raise
    except XinmaiError as error:
        st.error(frame.why(error))
        return
    for nobody in unknown:
        st.warning(frame.why(nobody))
    st.subheader(frame.plain(card.title.to(spoken()) if card else text("query.own")))
    result.draw(services, answer, str(name or "own").replace(".", "-"))
    if run["mode"] == OWN:
        query_own.keep(services, answer, cypher)
    pairs = " ".join(f"-p {shlex.quote(_pair(*pair))}" for pair in answer.params.items())
    command = f"xinmai query run {name} {pairs}" if card else "xinmai query batch"
    frame.statement(command, cypher, answer.params)


def _pair(name: str, value: object) -> str:
    """Return a parameter as the command line takes it."""
    return f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"


@st.cache_data(max_entries=_KEPT, ttl=_KEPT_FOR, show_spinner=False)
def _ran(
    _services: Services,
    _card: Query | None,
    cypher: str,
    params: Mapping[str, object],
    where: tuple[str, str],
) -> Answer:
    """Return an answer; that to the same question on the same snapshot is kept for a while."""
    del where
    limit = _services.settings.query_limit
    timeout = timedelta(seconds=_services.settings.query_timeout)
    if _card is not None:
        return run_query(_services.reader(), _card, params, limit=limit, timeout=timeout)
    return run_text(_services.reader(), cypher, params, limit=limit, timeout=timeout)
