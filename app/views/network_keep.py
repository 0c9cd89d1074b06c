"""Views that people keep: saved, opened by address, copied; drafts that outlive a session."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

import streamlit as st

from app.bootstrap import Services
from app.canvas import sharing
from app.canvas.board import Board, compare
from app.canvas.keeping import content_of, open_kept
from app.canvas.newer import Changes, Ghosts, changes, ghosts
from app.desk.views import View, Views
from app.presenters import figures
from app.texts.read import spoken, text
from app.views import frame
from graph.errors import DeskError

VIEW = "view"
_BOARD, _START = "network_board", "network_start"
_OPEN = "network_view"
_WANTED = "network_draft_wanted"
# Whether what a newer snapshot has changed is marked.
_MARKING = "network_marking"
# The day of an opened view, and the day that the sidebar showed then.
DAY = "network_day"
# Beyond this a list is searched, not read.
_MOST_LISTED = 50


@st.cache_resource(show_spinner=False)
def _desk(url: str) -> Views:
    return Views(url)


def desk(services: Services) -> Views:
    """Return the kept views and notes of the workspace's desk."""
    return _desk(f"sqlite:///{services.workspace.desk}")


def from_address(services: Services) -> None:
    """Open the view that the address names, once; or the draft that a person asked for."""
    draft = st.session_state.pop(_WANTED, None)
    if isinstance(draft, View):
        _put(services, draft)
        return
    wanted = st.query_params.get(VIEW)
    if not isinstance(wanted, str) or st.session_state.get(_OPEN) == wanted:
        return
    with frame.told():
        kept = sharing.find(services, desk(services), wanted)
        if kept is None:
            st.warning(text("network.unknown_view", id=frame.plain(wanted[:40])))
            return
        _put(services, kept)


def _put(services: Services, kept: View) -> None:
    """Make a kept view the session's board."""
    try:
        board = open_kept(services, kept.content, token_hex(4))
    except DeskError as error:
        st.warning(frame.refusal(error))
        return
    held = st.session_state.get(_BOARD)
    if isinstance(held, Board):
        board.seq, board.revision = held.seq, held.revision
    st.session_state[_BOARD] = board
    st.session_state[_START] = list(board.asked.seeds)
    st.session_state[_OPEN] = kept.id
    st.session_state[DAY] = (board.asked.as_of, frame.as_of())
    st.session_state["network_types"] = list(board.asked.types)
    st.session_state["network_hops"] = board.asked.hops
    st.session_state["network_ended"] = board.asked.ended
    st.session_state["network_kept"] = None if kept.snapshot == board.asked.snapshot else kept
    if kept.id:
        st.query_params[VIEW] = kept.id


def notices(services: Services, board: Board) -> None:
    """Say that there is a draft, and what a newer snapshot has changed."""
    # One place for both, whether they are there or not: what stands below keeps its state.
    with st.container():
        _draft(services, board)
        _newer(services, board)


def draw(services: Services, board: Board) -> None:
    """Draw saving and opening."""
    with st.popover(text("network.views"), width="stretch"):
        # What cannot be saved is said here: the canvas stays.
        with frame.told():
            _save(services, board)
        listed = sharing.listed(services, desk(services))[:_MOST_LISTED]
        if not listed:
            st.caption(text("network.no_views"))
        for one in listed:
            left, right = st.columns([4, 1])
            known = {
                "title": one.title,
                "at": figures.moment(one.made_at),
                "snapshot": one.snapshot,
            }
            left.caption(frame.plain(text("network.view_row", **known)))
            if right.button(text("network.open_view"), key=f"open-{one.id}"):
                _put_later(one.id)
        st.caption(text("network.shared"))


def _put_later(view: str) -> None:
    # Widgets of this run hold values already: the view is put before they are drawn again.
    st.session_state.pop(_OPEN, None)
    st.query_params[VIEW] = view
    st.rerun()


def _save(services: Services, board: Board) -> None:
    held = st.session_state.get(_OPEN)
    opened = sharing.find(services, desk(services), held) if held else None
    # A form: while a title is typed nothing runs, and the popover stays open.
    with st.form(f"keep-{held or 'new'}", border=False):
        title = st.text_input(
            text("network.view_title"),
            value=opened.title if opened else "",
            placeholder=text("network.view_title"),
        )
        open_to = _open_to(services, opened)
        left, right = st.columns(2)
        again = left.form_submit_button(text("network.save"), type="primary")
        copied = right.form_submit_button(text("network.copy"), disabled=opened is None)
    new = View(
        "", title, None, board.asked.snapshot, board.asked.as_of.isoformat(), content_of(board), ""
    )
    if not again and not copied:
        return
    if opened is not None:
        new = replace(new, copied_from=opened.id) if copied else replace(new, id=opened.id)
    now = datetime.now(tz=UTC)
    kept = sharing.save(services, desk(services), replace(new, open_to=open_to), now)
    st.session_state[_OPEN] = kept.id
    st.session_state["network_kept"] = None
    st.query_params[VIEW] = kept.id
    st.success(frame.plain(text("network.saved", title=kept.title, id=kept.id)))


def _open_to(services: Services, opened: View | None) -> str:
    """Ask who may open a view besides its author, where the site says who works there."""
    if not services.user.named:
        return ""
    before = opened.open_to if opened and opened.open_to in sharing.OPEN_TO else sharing.OWN
    return st.selectbox(
        text("share.open_to"),
        sharing.OPEN_TO,
        sharing.OPEN_TO.index(before),
        format_func=lambda one: text(f"share.{one}"),
        key=f"open-to-{opened.id if opened else 'new'}",
    )


def _newer(services: Services, board: Board) -> None:
    """Say what a newer snapshot has changed in the view that is open; a person chooses."""
    kept = st.session_state.get("network_kept")
    if not isinstance(kept, View) or not board.drawn:
        return
    found = changes(board.drawn, kept.content)
    # A person chooses: signs and ghosts on the picture, or the picture of today alone.
    _mark(services, board, found if _marking() else None)
    counts = {name: len(getattr(found, name)) for name in ("new", "gone", "changed", "lost")}
    st.warning(text("network.newer", then=kept.snapshot, now=board.asked.snapshot, **counts))
    switch, left, right, _ = st.columns([2, 1, 1, 2], vertical_alignment="center")
    switch.toggle(text("network.mark_changes"), key=_MARKING)
    if left.button(text("network.take_new")):
        _mark(services, board, None)
        st.session_state["network_kept"] = None
        st.rerun()
    if right.button(text("network.hide_new"), disabled=not found.new):
        hidden = tuple(dict.fromkeys([*board.seen.hidden, *found.new]))
        board.seen = replace(board.seen, hidden=hidden)
        board.token = token_hex(4)
        st.session_state["network_kept"] = None
        st.rerun()


def _marking() -> bool:
    """Return whether changes are to be marked: so it is until a person switches it off."""
    return bool(st.session_state.setdefault(_MARKING, True))


def _mark(services: Services, board: Board, found: Changes | None) -> None:
    """Show what has changed on the picture itself, what is gone included, until it is taken."""
    kept = st.session_state["network_kept"]
    signs = {} if found is None else found.signs()
    if board.marked == signs:
        return
    board.marked, board.then = signs, kept.snapshot
    board.gone = Ghosts()
    if found is not None:
        board.gone = ghosts(services, found, kept.content, kept.snapshot)
    compare(board, spoken())


def _start(services: Services, board: Board) -> str:
    """Return what a draft is found by: a list of a thousand has a short name, too.

    Where the site says who works there, each has drafts of their own.
    """
    whose = [services.user.login] if services.user.named else []
    return hashlib.sha256("\n".join([*board.asked.seeds, *whose]).encode()).hexdigest()


def keep_draft(services: Services, board: Board) -> None:
    """Keep the board as a draft where it has changed: a lost connection loses nothing."""
    if board.drafted:
        return
    now = datetime.now(tz=UTC)
    desk(services).keep_draft(_start(services, board), board.asked.snapshot, content_of(board), now)
    board.drafted = True
    st.session_state["network_drafted"] = _start(services, board)


def _draft(services: Services, board: Board) -> None:
    """Offer the draft of an earlier session that began with the same parties."""
    start = _start(services, board)
    if st.session_state.get("network_drafted") == start or st.session_state.get(_OPEN):
        return
    found = desk(services).draft(start)
    if found is None:
        return
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.caption(text("network.draft", at=figures.moment(found.made_at), snapshot=found.snapshot))
    if right.button(text("network.draft_open")):
        st.session_state["network_drafted"] = start
        st.session_state[_WANTED] = found
        st.rerun()
