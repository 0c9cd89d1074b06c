"""路径: how two parties are connected, in sentences and drawn; leave out and search again."""

from collections.abc import Sequence

import streamlit as st

from app.bootstrap import Services
from app.finding import find, read_wanted
from app.presenters import paths_screen as words
from app.presenters.chain import name_of
from app.presenters.diagram import diagram
from app.presenters.paths import (
    left_text,
    none_found,
    path_sentence,
    remarks,
    searched_text,
    stop_sentence,
)
from app.presenters.search import suggestion
from app.texts.read import spoken, text
from app.views import address, frame, network
from graph.analysis.explain import caption
from graph.analysis.neighbours import ALL_TYPES, PATH_TYPES
from graph.analysis.paths import HOPS, MOST_HOPS, ORDERS, PathAnswer
from graph.errors import AnalysisError, SnapshotError
from graph.model import Path
from graph.snapshot.form import TYPES

FIRST, SECOND = "first", "second"
SIDES = (FIRST, SECOND)
# As many candidates as are looked through without scrolling.
_CANDIDATES = 6
_LIMIT = 10
# The first search after installation also compiles its kernels.
_SECONDS, _MOST_SECONDS = 30.0, 300.0
_PARTY = "paths-party"
_NODES, _LINKS = "paths-without-nodes", "paths-without-links"
# Leads and what stands at an address are there to be switched on.
_KINDS = (*PATH_TYPES, *(name for name in ALL_TYPES if name not in PATH_TYPES and name in TYPES))


def render(services: Services) -> None:
    """Draw the paths between two parties."""
    st.title(text("paths.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    ends = _ends(services)
    hops, order, types, seconds = _bounds()
    # A place of its own, whether or not anything is left out: what stands below keeps its state.
    with st.container():
        _left_out(services)
    if ends is None:
        st.info(text("paths.pick"))
    elif ends[0] == ends[1]:
        name = name_of(services.loaded_snapshot(), ends[0])
        st.error(text("paths.same", name=frame.plain(name)))
    elif not types:
        st.info(text("paths.no_type"))
    else:
        without = (_excluded(_NODES), _excluded(_LINKS))
        with st.spinner(text("paths.working")):
            found = services.paths(
                *ends,
                frame.as_of(),
                types=types,
                hops=hops,
                limit=_LIMIT,
                order=order,
                without_nodes=[uid for uid in without[0] if uid not in ends],
                without_links=without[1],
                timeout=seconds,
            )
        _answer(services, found, ends)
        frame.statement(
            f"{words.command(ends, types, without)} --hops {hops} --order {order}"
            f" --timeout {seconds:g} --as-of {frame.as_of()} --json",
            words.cypher(ends, types, hops, _LIMIT),
        )


def _excluded(kind: str) -> tuple[str, ...]:
    return tuple(st.session_state.get(kind, ()))


def _key(side: str) -> str:
    return f"paths-{side}"


def _end(services: Services, side: str) -> str | None:
    """Return the uid of one end, from the session, the address or the party that was chosen."""
    party = address.wanted_party()
    if side == FIRST and party is not None and party != st.session_state.get(_PARTY):
        # Whoever comes from another party asks for paths that begin there.
        st.session_state[_PARTY] = st.session_state[_key(side)] = party
    by = st.session_state.get(_key(side)) or st.query_params.get(side)
    if not isinstance(by, str) or not by.strip():
        return None
    uid = frame.party_named(services, by, text(f"paths.{side}") + text("frame.colon"))
    if uid is None:
        return None
    st.session_state[_key(side)] = uid
    st.query_params[side] = uid
    return uid


def _ends(services: Services) -> tuple[str, str] | None:
    """Draw both ends with their search, and the button that exchanges them."""
    with st.container():
        uids = [_end(services, side) for side in SIDES]
    left, middle, right = st.columns([9, 3, 9], vertical_alignment="bottom")
    for side, uid, column in zip(SIDES, uids, (left, right), strict=True):
        with column:
            _pick(services, side, uid)
    middle.button(
        text("paths.swap"),
        icon=":material/swap_horiz:",
        on_click=_swap,
        args=(uids,),
        key="paths-swap",
        width="stretch",
    )
    first, second = uids
    return None if first is None or second is None else (first, second)


def _swap(uids: Sequence[str | None]) -> None:
    for side, uid in zip(SIDES, reversed(uids), strict=True):
        st.session_state[_key(side)] = uid
        if uid is not None:
            st.query_params[side] = uid
        elif side in st.query_params:
            del st.query_params[side]


def _pick(services: Services, side: str, uid: str | None) -> None:
    """Draw one end: who it is, and a search whose candidates can be taken."""
    title = text(f"paths.{side}")
    if uid is None:
        st.markdown(text("paths.not_chosen", side=title))
    else:
        name = frame.plain(name_of(services.loaded_snapshot(), uid))
        st.markdown(f"**{text('paths.chosen', side=title, name=name)}** `{uid}`")
    wanted = st.text_input(
        title,
        key=f"paths-find-{side}",
        placeholder=text("paths.find"),
        label_visibility="collapsed",
    )
    if not wanted.strip():
        return
    snapshot = services.loaded_snapshot()
    try:
        found = find(services, read_wanted(wanted), _CANDIDATES)
    except AnalysisError:
        # A text without a letter or digit names nobody.
        found = []
    for one in found:
        st.button(
            frame.plain(suggestion(one, spoken())),
            key=f"paths-{side}-{one.candidate.uid}",
            type="tertiary",
            on_click=_choose,
            args=(side, one.candidate.uid),
        )
    if not found:
        told = frame.repeated(read_wanted(wanted).asked)
        st.info(text("paths.nobody", text=told, snapshot=snapshot.id))


def _choose(side: str, uid: str) -> None:
    st.session_state[_key(side)] = uid
    st.session_state[f"paths-find-{side}"] = ""
    st.query_params[side] = uid


def _bounds() -> tuple[int, str, tuple[str, ...], float]:
    """Draw hops, order, types and the time limit."""
    left, middle, right = st.columns([3, 5, 2], vertical_alignment="bottom")
    hops = left.slider(text("paths.hops"), 1, MOST_HOPS, HOPS, key="paths-hops")
    order = middle.segmented_control(
        text("paths.order"),
        ORDERS,
        default=ORDERS[0],
        format_func=lambda one: text(f"paths.{one}"),
        key="paths-order",
        required=True,
    )
    seconds = right.number_input(
        text("paths.seconds"),
        0.0,
        _MOST_SECONDS,
        _SECONDS,
        1.0,
        "%g",
        key="paths-seconds",
        help=text("paths.seconds_help"),
    )
    types = st.pills(
        text("paths.types"),
        _KINDS,
        selection_mode="multi",
        default=PATH_TYPES,
        format_func=lambda kind: caption(kind).to(spoken()),
        key="paths-types",
    )
    chosen = tuple(kind for kind in _KINDS if kind in types)
    return int(hops), str(order), chosen, float(seconds)


def _left_out(services: Services) -> None:
    """Draw what is left out as chips; a click brings it back."""
    snapshot = services.loaded_snapshot()
    nodes, links = _excluded(_NODES), _excluded(_LINKS)
    if not nodes and not links:
        return
    st.caption(text("paths.without"))
    with st.container(horizontal=True):
        for uid in nodes:
            label = text("paths.without_node", name=frame.plain(name_of(snapshot, uid)))
            _chip(label, f"back-{uid}", (_NODES, uid))
        for key in links:
            try:
                told = words.between(snapshot.link(key), snapshot)
            except SnapshotError:
                # A link of an earlier snapshot: it is gone, and its chip says which it was.
                told = key
            _chip(text("paths.without_link", words=frame.plain(told)), f"back-{key}", (_LINKS, key))
        st.button(text("paths.bring_all"), on_click=_bring_all, key="paths-bring-all")


def _chip(label: str, key: str, what: tuple[str, str]) -> None:
    st.button(label, key=key, on_click=_bring_back, args=what)


def _bring_back(kind: str, one: str) -> None:
    st.session_state[kind] = [other for other in _excluded(kind) if other != one]


def _bring_all() -> None:
    st.session_state[_NODES], st.session_state[_LINKS] = [], []


def _leave_out(kind: str, one: str) -> None:
    st.session_state[kind] = [*_excluded(kind), one]


def _answer(services: Services, found: PathAnswer, ends: tuple[str, str]) -> None:
    snapshot = services.loaded_snapshot()
    if not found.paths:
        st.info(frame.plain(none_found(found, spoken())))
    else:
        known = {"order": text(f"paths.{found.order}"), "searched": searched_text(found, spoken())}
        st.markdown(frame.plain(text("paths.found", count=len(found.paths), **known)))
        for said in remarks(found, spoken()):
            st.caption(said)
        if left := left_text(found, spoken()):
            st.caption(text("paths.off", left=left))
        _picture(services, found, ends)
        for number, path in enumerate(found.paths, start=1):
            _path(services, number, path)
        with st.expander(text("paths.all"), key="paths-all"):
            frame.table(words.path_rows(found.paths, snapshot), "paths")
    if found.stops:
        st.subheader(text("paths.stops"))
        for stop in found.stops:
            st.markdown("- " + frame.plain(stop_sentence(stop, snapshot, spoken())))


def _picture(services: Services, found: PathAnswer, ends: tuple[str, str]) -> None:
    snapshot = services.loaded_snapshot()
    drawn = found.paths[: words.DRAWN]
    uids = list(dict.fromkeys(uid for path in drawn for uid in path.nodes))
    records = services.active_records(uids, found.bounds.as_of)
    names = {side: name_of(snapshot, uid) for side, uid in zip(SIDES, ends, strict=True)}
    title = text("paths.picture", **names)
    boxes = words.boxes(snapshot.nodes(uids), ends, records)
    picture = diagram(boxes, words.arrows(drawn), "LR", title)
    if picture is None:
        st.warning(text("owning.no_picture"))
        return
    st.html(picture)
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.caption(text("paths.drawn", count=len(drawn)))
    if right.button(text("paths.canvas"), key="paths-canvas", width="stretch"):
        network.start_with(list(dict.fromkeys(uid for path in found.paths for uid in path.nodes)))
        address.go_to("network")


def _path(services: Services, number: int, path: Path) -> None:
    """Draw one path: its sentence, how far it is recorded, its rows, and what may be left out."""
    snapshot = services.loaded_snapshot()
    with st.container(border=True, key=f"path-{number}"):
        st.markdown(f"**{number}**  {frame.plain(path_sentence(path, snapshot, spoken()))}")
        left, right = st.columns([4, 2], vertical_alignment="center")
        left.caption(words.strength_text(path))
        with right.popover(text("paths.leave_out"), width="stretch"):
            for uid in words.inner(path):
                label = text("paths.without_node", name=frame.plain(name_of(snapshot, uid)))
                _out(label, f"out-{number}-{uid}", (_NODES, uid))
            for link in path.links:
                told = frame.plain(words.between(link, snapshot))
                label = text("paths.without_link", words=told)
                _out(label, f"out-{number}-{link.key}", (_LINKS, link.key))
        with st.expander(text("paths.evidence", count=len(path.links))):
            frame.table(words.link_rows(path, snapshot), f"path-{number}")


def _out(label: str, key: str, what: tuple[str, str]) -> None:
    st.button(label.removesuffix(" ×"), key=key, on_click=_leave_out, args=what, type="tertiary")
