"""批量: a list of subjects checked, or many queries asked in one go; long work runs as a job."""

import streamlit as st

from app.bootstrap import Services
from app.texts.read import text
from app.views import batch_bidders, batch_list, batch_queries, frame

_TABS = {"list": batch_list.draw, "bidders": batch_bidders.draw, "queries": batch_queries.draw}


def render(services: Services) -> None:
    """Draw the chosen tab; the others do no work."""
    st.title(text("batch.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    tab = left.segmented_control(
        text("batch.what"),
        list(_TABS),
        default="list",
        format_func=lambda name: text(f"batch.{name}"),
        key="batch_tab",
        required=True,
        persist_state="session",
    )
    if services.user.named:
        own = services.user.signs("")
        right.text_input(text("batch.who"), own, disabled=True, key="batch-signs")
    else:
        right.text_input(
            text("batch.who"),
            key="author",
            placeholder=text("batch.who_else"),
            persist_state="session",
        )
    _TABS[tab](services)
