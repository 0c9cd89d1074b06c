"""Packs: a site's queries as one file, given to another site or taken from it, checked whole."""

import io

import streamlit as st

from app.acting import require
from app.bootstrap import Services
from app.rights import Right
from app.texts.read import spoken, text
from app.views import frame, no_right
from app.views.query_own import forget
from graph.errors import XinmaiError
from queries.catalog import place_of
from queries.packs import take_pack, write_pack


def draw(services: Services) -> None:
    """Draw what can be given away and what can be taken in."""
    left, right = st.columns(2, gap="large")
    with left:
        _give(services)
    with right:
        _take(services)


def _give(services: Services) -> None:
    st.subheader(text("packs.give"))
    known = {one.id: one for one in services.queries()}
    own = [name for name in known if place_of(name, services.workspace.folder / "queries").exists()]
    if not own:
        st.info(text("packs.none"))
        return
    chosen = st.multiselect(
        text("packs.which"),
        own,
        own,
        format_func=lambda name: f"{known[name].title.to(spoken())} · {name}",
        key="pack-which",
        placeholder=text("packs.which"),
    )
    content = io.BytesIO()
    if chosen:
        write_pack([known[name] for name in chosen], content)
    st.download_button(
        text("packs.download", count=len(chosen)),
        content.getvalue(),
        "queries.zip",
        "application/zip",
        on_click="ignore",
        key="pack-download",
        disabled=not chosen,
    )
    frame.statement(f"xinmai query export queries.zip {' '.join(chosen)}")


def _take(services: Services) -> None:
    st.subheader(text("packs.take"))
    file = st.file_uploader(text("packs.file"), type=["zip"], key="pack-file")
    replace = st.checkbox(text("packs.replace"), key="pack-replace")
    lacking = no_right.lacks(services.user, Right.CYPHER)
    idle = file is None or lacking is not None
    label = text("packs.take_go")
    go = st.button(label, type="primary", key="pack-go", disabled=idle, help=lacking)
    if file is None or not go:
        return
    folder = services.workspace.folder / "queries"
    try:
        require(services, Right.CYPHER, file.name)
        taken = take_pack(io.BytesIO(file.getvalue()), folder, replace=replace)
    except XinmaiError as error:
        st.error(frame.why(error))
        return
    forget(services)
    st.success(text("packs.taken", count=len(taken)))
    frame.table(
        [{text("query.id"): one.id, text("query.named"): one.title.to(spoken())} for one in taken],
        "taken",
    )
