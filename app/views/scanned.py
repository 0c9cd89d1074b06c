"""The latest scan of the whole graph on 总览: how many parties at which level."""

import streamlit as st

from app.bootstrap import Services
from app.presenters.groups import groups_by
from app.presenters.scan import group_rows, level_rows
from app.scans import latest_scan
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.explain import NOTICE
from graph.analysis.scan_files import KeptScan
from graph.analysis.whole_graph import counts_by

# What a person asks for first: the province, then its cities.
PLACES = ("province", "region")


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
    _by_place(services, kept)
    st.caption(NOTICE.to(spoken()))
    return True


def _by_place(services: Services, kept: KeptScan) -> None:
    """Draw how many parties of each province, or city, stand at which level."""
    kind = st.segmented_control(
        text("scan.by"),
        PLACES,
        default=PLACES[0],
        format_func=lambda one: text(f"scan.by_{one}"),
        key="scan-by",
        required=True,
    )
    rows = _counted(services, kept, kept.key, str(services.workspace.folder), str(kind), spoken())
    frame.table(rows, f"levels-{kind}")


@st.cache_data(max_entries=8, show_spinner=False)
def _counted(
    _services: Services, _kept: KeptScan, key: str, folder: str, kind: str, language: str
) -> list[dict[str, object]]:
    """Return the rows of a kind; they change with the scan alone."""
    del key, folder
    groups = groups_by(_services.loaded_snapshot(), kind)
    return group_rows({kind: counts_by(_kept.scan, groups)}, language)[kind]
