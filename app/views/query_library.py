"""The library of queries: found by topic and word, asked by a form from the declared parameters."""

from collections.abc import Mapping
from datetime import date

import polars as pl
import streamlit as st

from app.bootstrap import Services
from app.checked import subjects_of
from app.listing import read_text
from app.rights import Right
from app.texts.read import spoken, text, texts
from app.views import basket, frame
from app.views.picking import pick_party
from graph.errors import XinmaiError
from queries.card import Parameter, Query

CHOSEN = "query"
_ALL = ""
# The topic that was chosen, in whichever language.
_TOPIC = "query-topic"
_HEIGHT = 430
_FRACTION_STEP = 0.01


def draw(services: Services) -> dict[str, object] | None:
    """Draw the list and the form; return {query, params} where 运行 was pressed."""
    known = {one.id: one for one in services.queries()}
    say_broken(services)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        _list(known)
    chosen = st.session_state.get(CHOSEN) or st.query_params.get(CHOSEN)
    with right:
        if chosen not in known:
            st.info(text("query.choose"))
            return None
        return _form(services, known[str(chosen)])


def say_broken(services: Services) -> None:
    """Name every query of the site's own that is broken, and the rule: the others are offered."""
    for error in services.library().broken.values():
        st.warning(frame.why(error))


def topic(folder: str) -> str:
    """Return what a folder of queries is about; a site's own folder is called by its name."""
    key = f"query.topic_{folder}"
    return text(key) if key in texts() else folder


def _list(known: Mapping[str, Query]) -> None:
    one, two = st.columns([2, 1])
    word = one.text_input(
        text("query.search"), key="query-word", placeholder=text("query.search_what"), live=True
    )
    folders = sorted({query.folder for query in known.values()}, key=topic)
    offered = [_ALL, *folders]
    kept = st.session_state.get(_TOPIC)
    # A box of its own for each language: one box keeps the word of the language it was drawn in.
    folder = two.selectbox(
        text("query.topic"),
        offered,
        index=offered.index(kept) if kept in offered else 0,
        format_func=lambda name: topic(name) if name else text("query.all_topics"),
        key=f"query-topic-{spoken()}",
    )
    st.session_state[_TOPIC] = folder
    found = [
        query
        for query in known.values()
        if folder in (_ALL, query.folder) and _speaks_of(query, word.strip().lower())
    ]
    if not found:
        st.info(text("query.none_found", text=frame.plain(word)))
        return
    rows = [
        {
            text("query.topic"): topic(query.folder),
            text("query.named"): query.title.to(spoken()),
            text("query.answers"): " ".join(query.questions),
            text("query.id"): query.id,
            text("query.columns"): ", ".join(query.columns),
        }
        for query in sorted(found, key=lambda query: (topic(query.folder), query.id))
    ]
    ranked = [str(row[text("query.id")]) for row in rows]
    key = f"queries-{folder}-{word}"
    listed = pl.DataFrame(rows)
    said = st.dataframe(
        listed,
        column_config=frame.columns_of(listed),
        hide_index=True,
        width="stretch",
        height=_HEIGHT,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = said["selection"]["rows"]
    if chosen and chosen[0] < len(ranked):
        st.session_state[CHOSEN] = ranked[chosen[0]]
        st.query_params[CHOSEN] = ranked[chosen[0]]


def _speaks_of(query: Query, word: str) -> bool:
    told = (query.id, query.title.zh, query.title.en, query.purpose, *query.questions)
    return word in " ".join(told).lower()


def _form(services: Services, query: Query) -> dict[str, object] | None:
    """Draw the card and the form of one query."""
    st.subheader(frame.plain(query.title.to(spoken())))
    st.caption(frame.plain(query.purpose if spoken() == "en" else _asked_by(query)))
    with st.container():
        params = {item.name: _field(services, query, item) for item in query.params}
    missing = [name for name, value in params.items() if value in (None, "", [])]
    # A place of its own: the buttons below stay where they are while a field is filled in.
    with st.container():
        if missing:
            titles = {item.name: title_of(item) for item in query.params}
            named = text("frame.comma").join(titles[name] for name in missing)
            st.caption(text("query.missing", names=named))
    row = st.container(horizontal=True)
    run = row.button(text("query.run"), type="primary", key="query-go", disabled=bool(missing))
    # Who may run no batch has no use for a basket.
    batching = services.user.has(Right.REPORT)
    if batching and row.button(text("query.to_batch"), key="query-batch"):
        given = {name: value for name, value in params.items() if value not in (None, "", [])}
        asked = {"query": query.id, "params": given}
        basket.add(services.workspace, query.title.zh, asked)
        st.success(text("query.in_batch"))
    if not run:
        return None
    try:
        query.values(dict(params))
    except XinmaiError as error:
        st.error(frame.why(error))
        return None
    return {"query": query.id, "params": params}


def _asked_by(query: Query) -> str:
    known = texts()
    asked = [text(f"query.{one}") for one in query.questions if f"query.{one}" in known]
    return text("query.answers_what", what="；".join(asked)) if asked else query.purpose


def title_of(item: Parameter) -> str:
    """Return what a parameter is called on the screen."""
    if item.name in ("uid", "uids"):
        return text(f"query.{item.name}")
    return item.title if spoken() == "zh" else item.name.replace("_", " ")


def _field(services: Services, query: Query, item: Parameter) -> object:
    """Draw one field by its kind: a party is searched for, never typed as a uid."""
    key, title = f"param-{query.id}-{item.name}", title_of(item)
    if item.name == "uid":
        return pick_party(services, title, key)
    if item.name == "uids":
        return _parties(services, title, key)
    if item.kind == "date":
        start = date.fromisoformat(str(item.default)) if item.default else frame.as_of()
        return frame.ask_day(title, start, key).isoformat()
    if item.kind in ("integer", "fraction"):
        return _number(item, title, key)
    given = st.text_input(title, str(item.default or ""), key=key, placeholder="—")
    return given.strip()


def _number(item: Parameter, title: str, key: str) -> object:
    ends, start = (item.minimum, item.maximum), item.default
    if item.kind == "integer":
        low, high = (None if end is None else int(end) for end in ends)
        given = None if start is None else int(str(start))
        return st.number_input(title, low, high, given, 1, key=key, placeholder="—")
    part = None if start is None else float(str(start))
    return st.number_input(title, *ends, part, _FRACTION_STEP, key=key, placeholder="—")


def _parties(services: Services, title: str, key: str) -> list[str]:
    """Draw a field for several parties: pasted, looked up, and said who was meant."""
    pasted = st.text_area(title, key=key, placeholder=text("list.example"), height=120)
    if not pasted.strip():
        return []
    try:
        listing = read_text(pasted, text("list.pasted"))
        subjects, left_out = subjects_of(services, listing, frame.as_of(), spoken())
    except XinmaiError as error:
        st.error(frame.why(error))
        return []
    st.caption(text("batch.subjects", subjects=len(subjects), left=len(left_out)))
    for one in left_out:
        st.caption(frame.plain(f"{one.row} {one.name}{text('frame.colon')}{one.reason}"))
    return [one.uid for one in subjects]
