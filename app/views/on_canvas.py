"""The way from a table to the canvas: all parties that it names, and how many were left out."""

from collections.abc import Iterable

import streamlit as st

from app.bootstrap import Services
from app.texts.read import text
from app.views import address


def offer(services: Services, uids: Iterable[str], key: str) -> None:
    """Offer to open the parties of a table on the canvas; the first becomes the chosen one."""
    snapshot = services.loaded_snapshot()
    known = [uid for uid in dict.fromkeys(uids) if snapshot.find(uid) is not None]
    shown = known[: services.settings.canvas_limit]
    if not shown or "network" not in st.session_state.get("pages", {}):
        return
    if len(shown) < len(known):
        st.caption(text("frame.canvas_most", shown=len(shown), all=len(known)))
    if st.button(
        text("frame.canvas", count=len(shown)), key=f"canvas-{key}", icon=":material/hub:"
    ):
        # With the first click only: no table waits for the libraries of the canvas.
        from app.views.network import start_with  # noqa: PLC0415 - as said above

        start_with(shown)
        address.go_to("network")
