"""The latest scan of the whole graph on 总览: how many parties at which level."""

import streamlit as st

from app.bootstrap import Services
from app.presenters.scan import level_rows
from app.scans import latest_scan
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.explain import NOTICE


def drawn(services: Services) -> bool:
    """Draw the levels by the current snapshot's latest scan; return whether there is one."""
    kept = latest_scan(services.workspace, services.loaded_snapshot().id)
    if kept is None:
        return False
    question, counts = kept.question, kept.counts
    figures = {name: f"{counts[name]:,}" for name in ("exposed", "weak")}
    asked = {"hops": question.hops, "policy": question.policy, "as_of": question.as_of}
    st.caption(text("scan.asked", scan=kept.key, **asked, **figures))
    frame.table(level_rows(counts, spoken()), "levels")
    for name in ("settled", "unsettled"):
        if counts[name]:
            st.caption(text(f"scan.{name}", count=f"{counts[name]:,}"))
    st.caption(NOTICE.to(spoken()))
    return True
