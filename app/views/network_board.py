"""The canvas with its panel, list and statement: one fragment, a click reruns nothing else."""

import base64
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from app.bootstrap import Services
from app.canvas import sharing
from app.canvas.board import (
    Asked,
    Board,
    arrange,
    expand,
    expand_common,
    go_on,
    join,
    join_families,
    part_of,
    payload,
    redraw,
)
from app.canvas.component import SAID, canvas
from app.canvas.events import FORMS, MOST_NOTE, Act, read_message
from app.canvas.files import View, visible_part, write
from app.canvas.newer import CHANGED, GONE, NEW
from app.canvas.resting import awake
from app.presenters import figures
from app.presenters.chain import name_of
from app.presenters.elements import edge_rows, node_rows
from app.presenters.layout import ENGINES
from app.presenters.picture import MOST_NODES
from app.texts.read import speak, spoken, text, texts
from app.views import address, frame, network_keep, network_look, network_panel
from graph.analysis.edits import DropLink
from graph.analysis.explain import caption
from graph.analysis.network import MOST_AT_ONCE
from graph.errors import XinmaiError
from graph.schema.catalog import SCHEMA

# Whether the rows stand below the canvas.
ROWS = "network_rows"
_PACKED = "network_packed"
_PAGES = {"open": "party", "exposure": "exposure", "ownership": "ownership"}
_UNFIT = re.compile(r"[^\w.-]+")
Acting = Callable[[Services, Board, Act], None]


def prepare(services: Services, board: Board) -> None:
    """Hear what the canvas said last and make the picture, before anything is drawn.

    The whole page runs: places are sent anew, for the canvas may have been taken away meanwhile.
    """
    st.session_state.pop(_PACKED, None)
    board.language = spoken()
    _hear(services, board)
    network_keep.keep_draft(services, board)
    _packed(services, board)


@st.fragment
@frame.told()
def draw(services: Services, board: Board) -> None:
    """Draw the board with its panel, list and statement."""
    # A fragment runs by itself: nobody has chosen the language before it.
    speak(board.language)
    with awake(board):
        _draw(services, board)


def _draw(services: Services, board: Board) -> None:
    key = f"canvas-{board.asked.snapshot}"
    _hear(services, board)
    picture = _packed(services, board)
    if len(board.shown) > MOST_NODES:
        _too_many(services, board)
        return
    wide, narrow = st.columns([3, 1] if board.panel else [40, 1])
    with wide:
        canvas(picture, key)
    # Behind the picture: what is written waits for the disk, and a person for the picture.
    network_keep.keep_draft(services, board)
    with narrow:
        if board.panel:
            network_panel.draw(services, board)
    st.caption(bounds_line(board))
    with st.container():
        for line in network_look.lines(services, board):
            st.caption(frame.plain(line))
        if not board.drawn["edges"]:
            _alone(board.asked)
    _list(services, board)
    network_panel.statement(board)


def _alone(asked: Asked) -> None:
    named = text("frame.comma").join(caption(kind).to(spoken()) for kind in asked.types)
    known = {"hops": asked.hops, "as_of": asked.as_of, "snapshot": asked.snapshot}
    st.info(text("network.alone", types=named or text("network.all_types"), **known))


def _hear(services: Services, board: Board) -> None:
    """Believe what holds of what the canvas said, and do what was asked for."""
    held = st.session_state.get(f"canvas-{board.asked.snapshot}")
    said = held.get(SAID) if isinstance(held, Mapping) else None
    message = read_message(said, board.sent(), board.seq)
    if message is None:
        return
    board.take(message)
    for act in message.acts:
        try:
            _ACTS[act.name](services, board, act)
        except XinmaiError as error:
            # Where a person is told: one line on the canvas, which stays as it is.
            st.session_state["network_said"] = (act.seq, frame.unmarked(error), None)
            board.revision += 1


def _packed(services: Services, board: Board) -> bytes:
    """Return the picture as it travels; the same bytes until something is drawn anew."""
    if board.drawn_for != (spoken(), tuple(board.shown)):
        redraw(services, board, spoken())
    mark = (board.token, board.revision, spoken(), network_look.look())
    held = st.session_state.get(_PACKED)
    if held is None or held[0] != mark:
        for node in board.drawn["nodes"]:
            node.update(board.places.get(node["id"], {}))
        held = (mark, payload(services, board, _extra(services, board), spoken()))
        st.session_state[_PACKED] = held
    return bytes(held[1])


def _extra(services: Services, board: Board) -> dict[str, Any]:
    words = {
        key.removeprefix("canvas."): said[spoken()]
        for key, said in texts().items()
        if key.startswith("canvas.")
    }
    if board.told is not None:
        key, values = board.told
        st.session_state["network_said"] = (board.seq, text(key, **values), None)
        board.told = None
    seq, said, file = st.session_state.get("network_said") or (0, "", None)
    extra: dict[str, Any] = {
        "texts": words,
        "asof": board.asked.as_of.isoformat(),
        "about": about_lines(services, board),
        "file": file_name(services, board),
        "engines": list(ENGINES),
        "forms": list(FORMS),
        "can": {"ownership": "ownership" in st.session_state.get("pages", {})},
        "told": {"seq": seq, "text": said, "file": file},
        **network_look.changed(services, board),
    }
    if file is not None:
        # A file travels once.
        st.session_state["network_said"] = (seq, said, None)
    return extra


def about_lines(services: Services, board: Board) -> list[str]:
    """Return what every file says of itself: bounds, day, snapshot, policy, and the notice."""
    compared = []
    if board.marked:
        signs = Counter(board.marked.values())
        counts = {"new": signs[NEW], "gone": signs[GONE], "changed": signs[CHANGED]}
        known = {"then": board.then, "now": board.asked.snapshot}
        compared = [text("network.compared", **known, **counts)]
    seen = network_look.lines(services, board)
    return [bounds_line(board), *seen, *compared, text("frame.notice")]


def bounds_line(board: Board) -> str:
    """Return how far was looked, in one line."""
    bounds = board.bounds
    if bounds is None:
        return ""
    nodes, links = len(board.shown), board.links
    if board.drawn["nodes"]:
        nodes, links = map(len, board.visible())
    capped = ""
    if bounds.capped:
        capped = text("network.capped", limit=len(board.shown), each=MOST_AT_ONCE)
    return text(
        "network.bounds",
        nodes=nodes,
        links=links,
        left=bounds.left_out,
        as_of=bounds.as_of,
        ended=text("network.with_ended") if board.asked.ended else "",
        snapshot=bounds.snapshot,
        policy=bounds.policy,
        capped=capped,
    )


def file_name(services: Services, board: Board) -> str:
    """Return what a file of this view is called, without its ending."""
    name = network_look.name(services, board.asked.seeds[0])
    return _UNFIT.sub("_", f"{name}-{board.asked.as_of}")[:80]


def _expand(services: Services, board: Board, act: Act) -> None:
    expand(services, board, act)


def _common(services: Services, board: Board, act: Act) -> None:
    expand_common(services, board, act)
    board.revision += 1


def _paths(services: Services, board: Board, act: Act) -> None:
    if len(set(act.nodes)) == 1:
        board.told = ("network.same_ends", {})
    else:
        join(services, board, act)
        # A path may pass by links that the canvas left out so far.
        board.drawn_for = None
    board.revision += 1


def _layout(_services: Services, board: Board, act: Act) -> None:
    engine = next(one for one in ENGINES if one == act.args["engine"])
    arrange(board, engine)
    board.told = ("network.arranged", {})
    board.revision += 1


def _open(_services: Services, _board: Board, act: Act) -> None:
    address.open_party(act.nodes[0])
    if _PAGES[act.name] in st.session_state.get("pages", {}):
        address.go_to(_PAGES[act.name])


def _report(_services: Services, board: Board, act: Act) -> None:
    held = st.session_state.setdefault(frame.BASKET, [])
    gone = board.gone.ids()
    held.extend(one for one in (*act.nodes, *act.edges) if one not in held and one not in gone)
    board.told = ("network.reported", {"count": len(held)})
    board.revision += 1


def _note(services: Services, board: Board, act: Act) -> None:
    about = (*act.nodes, *act.edges)
    if len(about) != 1:
        return
    author = str(st.session_state.get("author") or "")
    now = datetime.now(tz=UTC)
    words, snapshot = str(act.args["text"])[:MOST_NOTE], board.asked.snapshot
    desk = network_keep.desk(services)
    sharing.add_note(services, desk, about[0], words, author, snapshot, now)
    board.told = ("network.noted", {})
    board.revision += 1


def _statement(_services: Services, board: Board, act: Act) -> None:
    kind = "node" if act.nodes else "edge" if act.edges else "view"
    board.about = (kind, (*act.nodes, *act.edges, "")[0])


def _whatif(services: Services, board: Board, act: Act) -> None:
    uid, day = board.asked.seeds[0], board.asked.as_of
    before = services.expose(uid, day)
    after = services.expose(uid, day, None, [DropLink(act.edges[0])])
    values = {
        "name": network_look.name(services, uid),
        "before": figures.exposure(before.exposure),
        "after": figures.exposure(after.exposure),
    }
    board.told = ("network.supposed", values)
    board.revision += 1


def _export(services: Services, board: Board, act: Act) -> None:
    nodes, edges = board.visible()
    drawn = visible_part(network_look.picture(services, board), nodes, edges, board.places)
    title = network_look.name(services, board.asked.seeds[0])
    view = View(drawn, title, about_lines(services, board), board.asked.as_of, spoken())
    ending, mime, content = write(view, str(act.args["form"]))
    name = f"{file_name(services, board)}.{ending}"
    file = {"name": name, "mime": mime, "content": base64.b64encode(content).decode()}
    st.session_state["network_said"] = (act.seq, text("network.made", name=name), file)
    board.revision += 1


def _panel(_services: Services, board: Board, _act: Act) -> None:
    board.panel = not board.panel


def _levels(services: Services, board: Board, _act: Act) -> None:
    go_on(services, board)


def _families(services: Services, board: Board, _act: Act) -> None:
    join_families(services, board)
    board.revision += 1


_ACTS: Mapping[str, Acting] = {
    "families": _families,
    "expand": _expand,
    "paths": _paths,
    "common": _common,
    "layout": _layout,
    "open": _open,
    "exposure": _open,
    "ownership": _open,
    "report": _report,
    "note": _note,
    "statement": _statement,
    "whatif": _whatif,
    "export": _export,
    "panel": _panel,
    "levels": _levels,
}


def _list(services: Services, board: Board) -> None:
    """Show the same elements as rows, with their sources: all that is visible on the canvas.

    On request alone: with each click they would travel again.
    """
    if not st.toggle(text("network.list"), key=ROWS):
        return
    nodes, edges = board.visible()
    drawn = network_look.picture(services, board)
    st.caption(text("network.nodes", count=len(nodes)))
    frame.table(node_rows(drawn, spoken(), nodes), "nodes")
    if edges:
        st.caption(text("network.links", count=len(edges)))
        frame.table(edge_rows(drawn, spoken(), edges), "links")


def _too_many(services: Services, board: Board) -> None:
    """Show what cannot be drawn as a table, with counts that say where to narrow."""
    part, names = part_of(services, board), network_look.names(services)
    heading = text("column.编号")
    st.warning(text("network.too_many", count=len(part.nodes), most=MOST_NODES))
    titles = [SCHEMA.node(node.label).title.to(spoken()) for node in part.nodes]
    kinds = [caption(link.type).to(spoken()) for link in part.links]
    head, count = text("network.kind_of"), text("network.count")
    st.caption(text("network.by_type"))
    counted = [
        {head: kind, count: len([one for one in group if one == kind])}
        for group in (titles, kinds)
        for kind in sorted(set(group))
    ]
    frame.table(counted, "counts")
    frame.table(
        [
            {text("canvas.head_name"): name_of(names, node.uid), head: title, heading: node.uid}
            for node, title in zip(part.nodes, titles, strict=True)
        ],
        "nodes",
    )
    st.caption(bounds_line(board))
