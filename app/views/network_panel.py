"""The panel beside the canvas: what is selected, with its records, links and sources."""

import streamlit as st

from app.bootstrap import Services
from app.canvas.board import Board, expand
from app.canvas.events import Act, Argument
from app.canvas.statements import statement_of
from app.presenters import figures
from app.presenters.chain import link_source
from app.presenters.evidence import evidence_in
from app.presenters.identity import mention_rows
from app.presenters.party import basics, link_rows, record_rows
from app.presenters.picture import figure_of, words_of
from app.texts.read import spoken, text
from app.views import frame, network_keep, network_look
from graph.model import Link
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, LEVELS, POSTS
from graph.snapshot.form import SIGNS_FOR

# Rows that a narrow panel can hold; the party's own screen has all.
_MOST_ROWS = 30
_ALL: dict[str, Argument] = {
    "order": "exposure",
    "way": "both",
    "limit": 50,
    "with_record": False,
    "types": (),
}


def draw(services: Services, board: Board) -> None:
    """Draw what is selected: one node, one link, or how many there are."""
    st.subheader(text("network.selected"))
    nodes, edges = board.seen.chosen_nodes, board.seen.chosen_edges
    if board.gone.ids() & {*nodes, *edges}:
        st.caption(text("network.gone", then=board.then, now=board.asked.snapshot))
    elif len(nodes) == 1:
        _node(services, board, nodes[0])
    elif not nodes and len(edges) == 1:
        _link(services, services.loaded_snapshot().link(edges[0]))
    elif nodes or edges:
        st.caption(text("network.chosen", nodes=len(nodes), links=len(edges)))
    else:
        st.caption(text("network.nothing"))
    held = st.session_state.get(frame.BASKET)
    if held:
        left, right = st.columns([2, 1])
        left.caption(text("network.basket", count=len(held)))
        if right.button(text("network.empty_basket"), key="empty_basket"):
            held.clear()
            st.rerun(scope="fragment")


def _node(services: Services, board: Board, uid: str) -> None:
    snapshot = services.loaded_snapshot()
    described = network_look.described(services, uid, board.asked.as_of)
    node = described.node
    st.markdown(f"**{frame.plain(node.name)}**")
    st.caption(f"{SCHEMA.node(node.label).title.to(spoken())} `{uid}`")
    level, value = board.levels.get(uid, ("none", 0.0))
    if value:
        words = text(
            "network.exposed",
            value=figures.exposure(value),
            level=LEVELS[level].to(spoken()),
        )
        st.caption(f"{words} — {text('frame.notice')}")
    tabs = st.tabs(
        [text(f"network.tab_{name}") for name in ("basics", "records", "links", "sources")],
        key="panel-tabs",
    )
    with tabs[0]:
        _rows(basics(described, spoken()))
    with tabs[1]:
        records = record_rows(described, spoken())
        if records:
            _rows(records)
        else:
            known = {"snapshot": snapshot.id, "as_of": board.asked.as_of}
            st.caption(text("network.no_records", **known))
    with tabs[2]:
        _rows(link_rows(described, None, spoken()))
        if st.button(text("network.load"), key=f"load-{uid}"):
            expand(services, board, Act(board.seq, "expand", (uid,), (), _ALL))
            st.rerun(scope="fragment")
    with tabs[3]:
        _rows(mention_rows(described.mentions, spoken()))
    _notes(services, uid)


def _rows(rows: object) -> None:
    listed = list(rows)[:_MOST_ROWS] if isinstance(rows, list | tuple) else []
    if listed:
        height = min(340, 36 * (len(listed) + 1) + 2)
        st.dataframe(frame.titled(listed), hide_index=True, width="stretch", height=height)


def _link(services: Services, link: Link) -> None:
    """Draw what a link means, since when, on what file and row it stands, and why it is there."""
    snapshot = services.loaded_snapshot()
    names = {end: network_look.name(services, end) for end in (link.source, link.target)}
    st.markdown(f"**{frame.plain(names[link.source])} → {frame.plain(names[link.target])}**")
    st.write(frame.plain(_meaning(link, names)))
    figure = figure_of(link, spoken())
    if figure:
        st.caption(f"{text('network.figure')}{text('frame.colon')}{figure}")
    period = figures.period(link.valid_from, link.valid_to, spoken())
    st.caption(f"{text('network.period')}{text('frame.colon')}{period}")
    evidence = evidence_in(str(link.properties.get("evidence") or figures.MISSING), spoken())
    for end, shown in names.items():
        # What speaks for two being one names both.
        evidence = evidence.replace(snapshot.node(end).name or shown, shown)
    why = text(f"network.why_{link.kind}", evidence=frame.plain(evidence))
    st.caption(f"{text('network.why')}{text('frame.colon')}{KINDS[link.kind].to(spoken())} — {why}")
    st.caption(text("network.source", source=frame.plain(link_source(snapshot, link, spoken()))))
    st.caption(f"`{link.key}`")
    _notes(services, link.key)


def _meaning(link: Link, names: dict[str, str]) -> str:
    post = POSTS.get(str(link.properties.get("post")))
    if link.type == SIGNS_FOR:
        return f"{names[link.source]} {words_of(link, spoken())} {names[link.target]}"
    # Replaced one by one: a name may hold braces.
    words = SCHEMA.link(link.type).forward.to(spoken())
    values = {
        "{post}": post.to(spoken()) if post else "",
        "{source}": names[link.source],
        "{target}": names[link.target],
    }
    parts = [words]
    for place, value in values.items():
        parts = [piece for part in parts for piece in _split(part, place, value, values)]
    return "".join(parts)


def _split(part: str, place: str, value: str, values: dict[str, str]) -> list[str]:
    if part in values.values() or place not in part:
        return [part]
    before, _, after = part.partition(place)
    return [piece for piece in (before, value, after) if piece]


def _notes(services: Services, about: str) -> None:
    notes = network_keep.desk(services).notes(about)
    if not notes:
        return
    st.caption(f"**{text('network.notes')}**")
    for note in notes:
        st.caption(frame.plain(f"{figures.moment(note.made_at)} {note.author} {note.note}"))


def statement(board: Board) -> None:
    """Show the command and the Cypher behind what was asked about, the whole view at first."""
    said = statement_of(board)
    frame.statement(said.command, said.cypher, said.params)
