"""Own Cypher: read-only, checked before the store is asked, kept as a template once it ran."""

from collections.abc import Mapping
from typing import cast

import streamlit as st

from app.acting import require
from app.bootstrap import Services
from app.opened import forget as forget_opened
from app.presenters.refusals import refusal
from app.rights import Right
from app.texts.read import spoken, text
from app.views import basket, frame
from app.views.picking import pick_party
from graph.errors import QueryError, SchemaError, XinmaiError
from graph.schema.words import Text
from queries.card import KINDS, Kind, Parameter
from queries.guard import check_cypher, parameters
from queries.run import Answer
from queries.templates import Template, keep_template
from queries.unknown import unknown_names

_TEXT = "own_cypher"
_EXAMPLE = (
    "MATCH (p:Party {uid: $uid})\n"
    "MATCH (p)<-[h:HOLDS_SHARES]-(holder:Party)\n"
    "RETURN holder.uid AS uid, holder.name AS name, h.share AS share\n"
    "ORDER BY share DESC, uid\n"
    "LIMIT 200"
)
_EDITOR = "<style>.st-key-own_cypher textarea { font-family: monospace; }</style>"
_GUESSED: Mapping[str, Kind] = {"as_of": "date", "limit": "integer", "uids": "texts"}
_LIMIT = 200


def draw(services: Services) -> dict[str, object] | None:
    """Draw the editor and the parameters that it names; return {cypher, params} to run."""
    st.html(_EDITOR)
    sent = st.session_state.pop(basket.SENT, None)
    if sent is not None:
        st.session_state[_TEXT] = sent
    elif _TEXT not in st.session_state:
        st.session_state[_TEXT] = _EXAMPLE
    cypher = st.text_area(
        text("query.cypher"),
        key=_TEXT,
        height=220,
        persist_state="session",
        help=text("query.cypher_help"),
    )
    fault = _fault(cypher)
    names = parameters(cypher) if cypher.strip() else []
    # Fields come and go with what is written: the buttons below stay where they are.
    with st.container():
        kinds = _kinds(names)
        params = {name: _value(services, name, kinds[name]) for name in names}
    missing = [name for name, value in params.items() if value in (None, "", [])]
    row = st.container(horizontal=True, key="own-buttons")
    # Below the buttons, and in one place: the answer under it is not drawn anew by what is said.
    told = st.container()
    if row.button(text("query.check"), key="own-check") and fault is None:
        told.success(text("query.in_order"))
    if fault is not None:
        told.error(frame.plain(fault))
    for error in unknown_names(cypher) if fault is None else ():
        # Nothing is refused: it would find nothing, and no engine says why.
        told.warning(frame.why(error))
    if missing and fault is None:
        told.caption(text("query.missing", names=text("frame.comma").join(missing)))
    ready = fault is None and not missing
    run = row.button(text("query.run"), type="primary", key="own-go", disabled=not ready)
    if row.button(text("query.to_batch"), key="own-batch", disabled=fault is not None):
        given = {name: value for name, value in params.items() if value not in (None, "", [])}
        basket.add(services.workspace, text("query.own"), {"cypher": cypher, "params": given})
        told.success(text("query.in_batch"))
    return {"query": None, "cypher": cypher, "params": params} if run else None


def _fault(cypher: str) -> str | None:
    """Return line and rule that the guard refuses a text by; None where it may be asked."""
    try:
        check_cypher(cypher)
    except QueryError as error:
        return refusal(error, spoken())
    return None


def _kinds(names: list[str]) -> dict[str, Kind]:
    """Draw what kind each parameter is of; who is meant is searched for."""
    asked = [name for name in names if name != "uid"]
    kinds: dict[str, Kind] = {"uid": "text"}
    for column, name in zip(st.columns(max(4, len(asked))), asked, strict=False):
        guessed = _GUESSED.get(name, "text")
        chosen = column.selectbox(
            text("query.kind_of", name=name),
            list(KINDS),
            KINDS.index(guessed),
            format_func=lambda kind: text(f"query.kind_{kind}"),
            key=f"own-kind-{name}",
        )
        kinds[name] = cast("Kind", chosen)
    return kinds


def _value(services: Services, name: str, kind: Kind) -> object:
    key = f"own-{name}-{kind}"
    if name == "uid":
        return pick_party(services, text("query.party"), key)
    if kind == "date":
        return frame.ask_day(name, frame.as_of(), key).isoformat()
    start = str(_LIMIT) if name == "limit" else ""
    given = st.text_input(name, start, key=key, placeholder=text(f"query.kind_{kind}"))
    if not given.strip():
        return None
    try:
        return Parameter(name, kind, name).read(given.strip())
    except QueryError as error:
        st.error(frame.why(error))
        return None


def keep(services: Services, answer: Answer, cypher: str) -> None:
    """Draw what makes the text that was run a query of the site's library."""
    with st.expander(text("query.keep")):
        st.caption(text("query.keep_what"))
        one, two, three = st.columns([1, 1, 2])
        topic = one.text_input(text("query.keep_topic"), "site", key="keep-topic")
        name = two.text_input(text("query.keep_name"), key="keep-name", placeholder="my_query")
        purpose = three.text_input(text("query.keep_purpose"), key="keep-purpose", placeholder="—")
        one, two, three = st.columns([1, 1, 2])
        zh = one.text_input(text("query.keep_zh"), key="keep-zh", placeholder="—")
        en = two.text_input(text("query.keep_en"), key="keep-en", placeholder="—")
        replace = three.checkbox(text("query.keep_replace"), key="keep-replace")
        if not st.button(text("query.keep_go"), key="keep-go"):
            return
        kinds = {
            known: str(st.session_state.get(f"own-kind-{known}") or "text")
            for known in answer.params
        }
        try:
            title = Text(zh.strip(), en.strip() or zh.strip())
            wanted = Template(
                f"{topic.strip()}.{name.strip()}", title, purpose.strip() or title.zh,
                cypher, answer.columns, kinds,
            )  # fmt: skip
            require(services, Right.CYPHER, wanted.id)
            kept = keep_template(wanted, services.workspace.folder / "queries", replace=replace)
        except SchemaError:
            st.error(text("query.keep_titled"))
        except XinmaiError as error:
            st.error(frame.why(error))
        else:
            forget(services)
            st.success(text("query.kept", id=frame.plain(kept.id)))


def forget(services: Services) -> None:
    """Have the library read anew when it is asked for next."""
    forget_opened(services, "_library")
