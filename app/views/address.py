"""The party that the screens are about, in the session and in the address of the browser."""

from time import monotonic
from typing import NoReturn

import streamlit as st

PARTY = "party"
# What Streamlit calls the first screen, which has no address of its own: it answers at "/".
HOME = "home"
# The party that the address was last made to name, and when; seconds until a browser knows of it.
_WRITTEN = "party_in_address"
_ON_ITS_WAY = 2.0
# The screens whose address names the party.
_OF_A_PARTY = frozenset({"party", "network", "exposure", "ownership", "leads"})


def wanted_party() -> str | None:
    """Return what names the party that the screens are about: the choice, else the address.

    The address, too, where it is not as it was written last: then the browser went back or
    forward. A click that was on its way while it was written carries the one before.
    """
    chosen, there = st.session_state.get(PARTY), st.query_params.get(PARTY)
    written, at = st.session_state.get(_WRITTEN, (there, 0.0))
    turned = there and there != written and monotonic() - at > _ON_ITS_WAY
    uid = there if turned else chosen or there
    return uid if isinstance(uid, str) and uid.strip() else None


def open_party(uid: str) -> None:
    """Make a party the one that the screens are about; the next one that is drawn names it."""
    st.session_state[PARTY] = uid


def go_to(name: str) -> NoReturn:
    """Go to another screen; its address names the party from the beginning.

    Written when it is drawn, the address would be one more step for whoever goes back.
    """
    st.switch_page(st.session_state["pages"][name], query_params=of_party())


def menu_address(name: str) -> dict[str, str]:
    """Return what the address of a screen of the menu names from the beginning."""
    known = name in _OF_A_PARTY and PARTY in st.session_state
    uid = wanted_party() if known else None
    return {} if uid is None else {PARTY: uid}


def of_party() -> dict[str, str]:
    """Return what an address says of the chosen party, and keep when it was said."""
    uid = st.session_state.get(PARTY)
    if not isinstance(uid, str):
        return {}
    if st.session_state.get(_WRITTEN, (None, 0.0))[0] != uid:
        # The address by which a page was opened is there already: nothing is on its way.
        there = st.query_params.get(PARTY) == uid
        st.session_state[_WRITTEN] = (uid, 0.0 if there else monotonic())
    return {PARTY: uid}
