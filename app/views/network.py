"""网络: a party's surroundings on the canvas, expanded in place, with the same rows as a list."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from app.bootstrap import Services
from app.canvas.component import canvas
from app.canvas.events import Event, read_event
from app.canvas.offline import offline_page
from app.presenters import figures
from app.presenters.layout import Engine
from app.presenters.party import source_text
from app.presenters.picture import MOST_NODES, Look, figure_of, picture
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.explain import caption
from graph.analysis.network import MOST_AT_ONCE
from graph.analysis.party import link_sources
from graph.model import Link, Subgraph
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, POSTS

LAYOUTS: Sequence[Engine] = ("twopi", "sfdp", "dot")
_CANVAS_WORDS = (
    "fit", "undo", "redo", "labels", "all", "shown", "expand", "expandNone", "hide", "only",
    "open", "exposure", "copy",
)  # fmt: skip
_STATE = "network_state"
MOST_HOPS = 3
_BEGIN = "network_begin"


def start_with(uids: Sequence[str]) -> None:
    """Show these nodes when the network is opened next: a lead, paths, a list."""
    snapshot = frame.house().loaded_snapshot()
    parties = [uid for uid in uids if snapshot.find(uid) is not None]
    if parties:
        frame.open_party(parties[0])
        st.session_state[_BEGIN] = tuple(uids)


def render(services: Services) -> None:
    """Draw the network around the chosen party."""
    st.title(text("network.title"))
    if services.snapshot() is None:
        st.info(text("frame.empty"))
        return
    frame.state_line(services)
    uid = frame.chosen_party(services)
    if uid is None:
        st.info(text("party.pick_first"))
        return
    node = services.loaded_snapshot().node(uid)
    st.header(frame.plain(node.name))
    kinds = [link.name for link in SCHEMA.links if link.name != "SUBJECT_OF"]
    left, middle, right = st.columns([4, 2, 2])
    types = left.multiselect(
        text("network.types"),
        kinds,
        format_func=lambda kind: caption(kind).to(spoken()),
        placeholder=text("network.all_types"),
    )
    hops = middle.slider(text("network.hops"), 1, MOST_HOPS, 1)
    layout = right.selectbox(
        text("network.layout"), LAYOUTS, format_func=lambda one: text(f"network.{one}")
    )
    asked = (uid, tuple(types), hops, layout, frame.as_of(), services.loaded_snapshot().id)
    state = st.session_state.get(_STATE)
    begin = st.session_state.pop(_BEGIN, None)
    if state is None or state["asked"] != asked or begin:
        state = {"asked": asked, "places": {}, "seq": 0, "chosen": None}
        if begin:
            state |= {"shown": dict.fromkeys(begin), "capped": False}
        st.session_state[_STATE] = state
    _board(services, state)


@st.fragment
def _board(services: Services, state: MutableMapping[str, Any]) -> None:
    """Draw canvas, panel and list: a click reruns this part alone."""
    uid, types, hops, layout, as_of, snapshot = state["asked"]
    part = _part(services, state)
    if len(part.nodes) > MOST_NODES:
        st.warning(text("network.too_many", most=MOST_NODES))
    active = services.active_records([node.uid for node in part.nodes], as_of)
    look = Look(spoken(), layout, uid, active)
    drawn = picture(part, look, state["places"])
    _keep_places(state, drawn)
    sent = [item["id"] for item in (*drawn["nodes"], *drawn["edges"])]
    words = {name: text(f"network.{name}") for name in _CANVAS_WORDS}
    revision = "|".join([*map(str, state["asked"]), spoken(), str(len(part.nodes))])
    board, panel = st.columns([3, 1])
    with board:
        said = canvas(
            {**drawn, "revision": revision, "lang": spoken()}, words, f"canvas-{snapshot}"
        )
    event = read_event(said, sent, state["seq"])
    if event is not None:
        _act(services, state, event)
    with panel:
        _panel(services, part, state["chosen"])
    st.caption(_bounds(part))
    if not part.links:
        named = "、".join(caption(kind).to(spoken()) for kind in types)
        known = {"hops": hops, "as_of": as_of, "snapshot": snapshot}
        st.info(text("network.alone", types=named or text("network.all_types"), **known))
    _list(services, part)
    title = services.loaded_snapshot().node(uid).name
    st.download_button(
        text("network.offline"),
        offline_page(drawn, title, _bounds(part)),
        f"{uid}.html",
        "text/html",
    )
    frame.statement(f"xinmai show {uid} --as-of {as_of} --json", _cypher(state))


def _part(services: Services, state: MutableMapping[str, Any]) -> Subgraph:
    """Return what is on the canvas: what surrounds the party and what was expanded since."""
    uid, types, hops, _, as_of, _ = state["asked"]
    bounds = {"types": types or None, "as_of": as_of}
    if "shown" not in state:
        first = services.network([uid], hops=hops, **bounds)
        state["shown"] = dict.fromkeys(node.uid for node in first.nodes)
        state["capped"] = first.bounds.capped
    part = services.network(list(state["shown"]), hops=0, **bounds)
    return replace(part, bounds=replace(part.bounds, hops=hops, capped=state["capped"]))


def _expand(services: Services, state: MutableMapping[str, Any], uid: str) -> None:
    """Add the neighbours of one node; at most MOST_AT_ONCE at a time."""
    _, types, _, _, as_of, _ = state["asked"]
    near = services.network([uid], hops=1, types=types or None, as_of=as_of)
    state["shown"] |= dict.fromkeys(node.uid for node in near.nodes)


def _keep_places(state: MutableMapping[str, Any], drawn: Mapping[str, Any]) -> None:
    for node in drawn["nodes"]:
        state["places"].setdefault(node["id"], {"x": node["x"], "y": node["y"]})


def _act(services: Services, state: MutableMapping[str, Any], event: Event) -> None:
    """Do what a person asked for on the canvas."""
    state["seq"] = event.seq
    state["places"].update(event.positions)
    if event.name == "select":
        state["chosen"] = (event.nodes, event.edges)
    elif event.name == "expand" and event.id is not None:
        _expand(services, state, event.id)
        st.rerun(scope="fragment")
    elif event.name in ("open", "exposure") and event.id is not None:
        frame.open_party(event.id)
        page = "party" if event.name == "open" else "exposure"
        st.switch_page(st.session_state["pages"][page])


def _panel(services: Services, part: Subgraph, chosen: object) -> None:
    st.subheader(text("network.selected"))
    nodes, edges = chosen if isinstance(chosen, tuple) else ((), ())
    for node in part.nodes:
        if node.uid in nodes:
            st.markdown(f"**{frame.plain(node.name)}**")
            st.caption(f"{SCHEMA.node(node.label).title.to(spoken())} `{node.uid}`")
    if not nodes:
        for link in part.links:
            if link.key in edges:
                _link(services, link)
    if not nodes and not edges:
        st.caption(text("network.nothing"))


def _link(services: Services, link: Link) -> None:
    snapshot = services.loaded_snapshot()
    names = [snapshot.node(end).name for end in (link.source, link.target)]
    st.markdown(f"**{frame.plain(names[0])} → {frame.plain(names[1])}**")
    st.write(f"{caption(link.type).to(spoken())} {figure_of(link, spoken())}")
    period = figures.period(link.valid_from, link.valid_to, spoken())
    st.caption(f"{KINDS[link.kind].to(spoken())} · {period}")
    where = source_text(link_sources(snapshot, [link])[link.key], spoken())
    st.caption(text("network.source", source=where))


def _bounds(part: Subgraph) -> str:
    bounds = part.bounds
    known = {"left": bounds.left_out, "as_of": bounds.as_of, "snapshot": bounds.snapshot}
    capped = ""
    if bounds.capped:
        capped = text("network.capped", limit=len(part.nodes), each=MOST_AT_ONCE)
    counts = {"nodes": len(part.nodes), "links": len(part.links)}
    return text("network.bounds", capped=capped, **counts, **known)


def _list(services: Services, part: Subgraph) -> None:
    """Show the same elements as rows: all that the canvas draws."""
    names = {node.uid: node.name for node in part.nodes}
    sources = link_sources(services.loaded_snapshot(), part.links)
    with st.expander(text("network.list")):
        st.caption(text("network.nodes"))
        kinds = [SCHEMA.node(node.label).title.to(spoken()) for node in part.nodes]
        frame.table(
            [
                {"名称": node.name, "类别": kind, "编号": node.uid}
                for node, kind in zip(part.nodes, kinds, strict=True)
            ],
            "nodes",
        )
        if part.links:
            st.caption(text("network.links"))
            frame.table(
                [
                    _row(link, names, source_text(sources[link.key], spoken()))
                    for link in part.links
                ],
                "links",
            )


def _row(link: Link, names: Mapping[str, str], source: str) -> Mapping[str, str]:
    post = POSTS.get(str(link.properties.get("post")))
    return {
        "起": names[link.source],
        "关系": caption(link.type).to(spoken()),
        "职务": post.to(spoken()) if post else "",
        "止": names[link.target],
        "数值": figure_of(link, spoken()),
        "期间": figures.period(link.valid_from, link.valid_to, spoken()),
        "性质": KINDS[link.kind].to(spoken()),
        "来源": source,
    }


def _cypher(state: Mapping[str, Any]) -> str:
    uid, types, hops, _, as_of, _ = state["asked"]
    kinds = ":" + "|".join(types) if types else ""
    return (
        f"// $uid = '{uid}', $as_of = '{as_of}'\n"
        f"MATCH path = (:Party {{uid: $uid}})-[{kinds}*1..{hops}]-(other)\n"
        "WHERE all(link IN relationships(path) WHERE\n"
        "  (link.valid_from IS NULL OR link.valid_from <= $as_of)\n"
        "  AND (link.valid_to IS NULL OR link.valid_to > $as_of))\n"
        "RETURN path LIMIT 300"
    )
