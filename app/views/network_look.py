"""How a person wants to see the canvas: people by their surname alone, parts in all below names."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from app.bootstrap import Services
from app.canvas.board import Board
from app.canvas.parts import parts_around, with_parts
from app.canvas.veil import Veil, without_names, without_names_of
from app.presenters.chain import Names, name_of
from app.presenters.paths import listed_paths
from app.texts.read import spoken, text
from graph.analysis.party import Described, describe

NAMES, PARTS = "network_names_hidden", "network_parts"
_BEFORE = "network_look_before"
# First parties that a room of people look at within a few minutes.
_KEPT = 32


def draw(board: Board) -> None:
    """Draw the switches; where one was moved, the picture is sent anew."""
    with st.popover(text("network.look"), width="stretch", key="network-look"):
        st.toggle(
            text("network.hide_names"),
            key=NAMES,
            persist_state="session",
            help=text("network.hide_names_help"),
        )
        st.toggle(
            text("network.parts"),
            key=PARTS,
            persist_state="session",
            help=text("network.parts_help"),
        )
    if st.session_state.get(_BEFORE, (False, False)) != look():
        st.session_state[_BEFORE] = look()
        board.revision += 1


def look() -> tuple[bool, bool]:
    """Return whether names are hidden and whether parts are shown."""
    return bool(st.session_state.get(NAMES)), bool(st.session_state.get(PARTS))


def names(services: Services) -> Names:
    """Return who names parties on this screen."""
    snapshot = services.loaded_snapshot()
    return Veil(snapshot) if look()[0] else snapshot


def name(services: Services, uid: str) -> str:
    """Return what a party is called on this screen."""
    return name_of(names(services), uid)


def described(services: Services, uid: str, as_of: date) -> Described:
    """Return what is known of a party, as it may be read here."""
    snapshot = services.loaded_snapshot()
    found = describe(snapshot, uid, as_of)
    return without_names_of(found, snapshot) if look()[0] else found


def picture(services: Services, board: Board) -> Mapping[str, Any]:
    """Return what is drawn as it is to be seen: on the canvas, in the list and in files."""
    hidden, parted = look()
    drawn: Mapping[str, Any] = board.drawn
    if parted:
        drawn = with_parts(drawn, _parts(services, board))
    return without_names(drawn, names(services)) if hidden else drawn


def changed(services: Services, board: Board) -> dict[str, Any]:
    """Return what of the picture is told otherwise than it is drawn."""
    hidden, parted = look()
    if not hidden and not parted:
        return {}
    seen = picture(services, board)
    told: dict[str, Any] = {key: seen[key] for key in ("nodes", "families") if key in seen}
    return told | {"paths": listed_paths(board.paths, names(services), spoken())}


def lines(services: Services, board: Board) -> list[str]:
    """Return what every file and the page say of how the picture is seen."""
    hidden, parted = look()
    said = []
    if parted:
        first = name(services, board.asked.seeds[0])
        said.append(text("network.parts_of", name=first))
    if hidden:
        said.append(text("network.names_hidden"))
    return said


def _parts(services: Services, board: Board) -> Mapping[str, str]:
    first, day = board.asked.seeds[0], board.asked.as_of
    policy = services.policy().version
    where = (str(services.workspace.folder), services.loaded_snapshot().id, policy)
    found: dict[str, str] = _found(services, where, first, day, spoken())
    return found


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _found(
    _services: Services, where: tuple[str, str, str], uid: str, as_of: date, language: str
) -> dict[str, str]:
    del where, language
    return parts_around(_services.view(as_of), _services.loaded_snapshot(), uid)
