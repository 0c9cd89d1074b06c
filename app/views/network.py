"""网络: what surrounds some parties on the canvas; where it starts from and what is asked for."""

from collections.abc import Sequence
from datetime import date
from secrets import token_hex

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.bootstrap import Services
from app.canvas.board import Asked, Board, begin
from app.canvas.keeping import MOST_HOPS
from app.canvas.resting import awake
from app.finding import read_wanted
from app.texts.read import spoken, text
from app.views import address, frame, known, network_board, network_keep, network_look
from graph.analysis.explain import caption
from graph.errors import PartyError
from graph.schema.catalog import SCHEMA

BOARD = "network_board"
# Other screens put the uids here that the canvas is to start from, and switch to this page.
START = "network_start"
_SEEDS = "network_seeds"
# A pasted list: lines that are read, and what was said of it, with the uids it was read as.
_MOST_LINES = 2_000
_TOLD = "network_pasted_told"
# So many lines that nobody answers to are named; the others are counted.
_NAMED = 10


def start_with(uids: Sequence[str]) -> None:
    """Show these nodes when the network is opened next: a lead, paths, a list."""
    snapshot = known.house("network").loaded_snapshot()
    parties = [uid for uid in uids if snapshot.find(uid) is not None]
    if parties:
        address.open_party(parties[0])
        st.session_state[START] = tuple(uids)
        # What was handed on and nothing around it; a double-click brings more.
        st.session_state["network_hops"] = 0


def render(services: Services) -> None:
    """Draw the network around the chosen party, a pasted list or what another screen handed on."""
    st.title(text("network.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    # What is said on some runs alone has one place: the canvas below is not taken away by it.
    with st.container():
        network_keep.from_address(services)
    seeds = _seeds(services)
    if not seeds:
        _paste(services)
        st.info(text("party.pick_first"))
        return
    name = network_look.name(services, seeds[0])
    several = text("network.several", name=name, count=len(seeds))
    st.header(frame.plain(name if len(seeds) == 1 else several))
    with st.container():
        _told_of_list(seeds)
    # One row: the drawing begins high on the page.
    *asked, seen, kept, pasted = st.columns([7, 4, 4, 4, 4, 5], vertical_alignment="bottom")
    board = _board(services, seeds, asked)
    with awake(board):
        with seen:
            network_look.draw(board)
        network_board.prepare(services, board)
        network_keep.notices(services, board)
        with kept:
            network_keep.draw(services, board)
        with pasted:
            _paste(services)
        network_board.draw(services, board)


def _seeds(services: Services) -> tuple[str, ...]:
    """Return what the canvas starts from: what was handed on, else the chosen party.

    What was handed on holds until another party is chosen.
    """
    party = address.wanted_party()
    if START in st.session_state:
        st.session_state[_SEEDS] = (party, tuple(st.session_state.pop(START)))
    chosen_with, handed = st.session_state.get(_SEEDS, (None, ()))
    if handed and chosen_with == party:
        snapshot = services.loaded_snapshot()
        known = [one for one in handed if isinstance(one, str) and snapshot.find(one) is not None]
        if known:
            return tuple(dict.fromkeys(known))
    uid = frame.chosen_party(services)
    return () if uid is None else (uid,)


def _day() -> date:
    """Return the day of the view that was opened, until a person chooses another."""
    kept = st.session_state.get(network_keep.DAY)
    with st.container():
        if kept is not None and kept[1] == frame.as_of() != kept[0]:
            day: date = kept[0]
            st.info(text("network.day", as_of=day))
            return day
    return frame.as_of()


def _board(services: Services, seeds: Sequence[str], row: Sequence[DeltaGenerator]) -> Board:
    """Return the session's board: the one there is, a new one where something else is asked."""
    kinds = [link.name for link in SCHEMA.links if link.name != "SUBJECT_OF"]
    left, middle, right = row
    held = st.session_state.get(BOARD)
    if isinstance(held, Board) and held.asked.seeds == tuple(seeds):
        # Widgets forget what they showed while another screen was open; the board does not.
        st.session_state.setdefault("network_types", list(held.asked.types))
        st.session_state.setdefault("network_hops", held.asked.hops)
        st.session_state.setdefault("network_ended", held.asked.ended)
    types = left.multiselect(
        text("network.types"),
        kinds,
        format_func=lambda kind: caption(kind).to(spoken()),
        placeholder=text("network.all_types"),
        key="network_types",
    )
    st.session_state.setdefault("network_hops", 1)
    hops = middle.slider(text("network.hops"), 0, MOST_HOPS, key="network_hops")
    ended = right.checkbox(text("network.ended"), key="network_ended")
    snapshot = services.loaded_snapshot().id
    asked = Asked(tuple(seeds), tuple(types), hops, _day(), snapshot, ended)
    if isinstance(held, Board) and held.asked == asked:
        return held
    board = Board(asked, token=token_hex(4))
    if isinstance(held, Board):
        # What the canvas said before stays said: nothing is acted upon twice.
        board.seq, board.revision, board.panel = held.seq, held.revision, held.panel
    begin(services, board)
    st.session_state[BOARD] = board
    return board


def _paste(services: Services) -> None:
    """Let a person start from a list of names, codes or ids."""
    with st.popover(text("network.paste"), width="stretch"):
        words = st.text_area(
            text("network.paste_hint"), key="network_pasted", placeholder=text("network.paste_hint")
        )
        if not st.button(text("network.paste_go"), disabled=not words.strip()):
            return
        found, told = _read(services, words)
        seeds = tuple(dict.fromkeys(found))
        st.session_state[_TOLD] = (seeds, told)
        if seeds:
            st.session_state[START] = seeds
            st.rerun()
        for said in told:
            st.warning(said)


def _read(services: Services, words: str) -> tuple[list[str], list[str]]:
    """Return the uids of a pasted list, and what is to be said of lines that are not drawn."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    found, missed, told = [], [], []
    for line in lines[:_MOST_LINES]:
        try:
            found.append(services.party(line).uid)
        except PartyError:
            missed.append(frame.repeated(read_wanted(line).shown))
    if missed:
        named = text("frame.comma").join(missed[:_NAMED])
        told.append(text("network.paste_missed", count=len(missed), lines=named))
    if len(lines) > _MOST_LINES:
        told.append(text("network.paste_long", count=len(lines), most=_MOST_LINES))
    return found, told


def _told_of_list(seeds: Sequence[str]) -> None:
    """Say which lines of the list are not on the canvas, as long as it shows the others."""
    drawn, told = st.session_state.get(_TOLD, ((), ()))
    if drawn == tuple(seeds):
        for said in told:
            st.warning(said)
