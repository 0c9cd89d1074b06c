"""检索: from a name or a code to a party; of several candidates none opens by itself."""

from collections.abc import Sequence

import streamlit as st

from app.bootstrap import Services
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.search import Candidate, ambiguous
from graph.errors import AnalysisError
from graph.identifiers import credit_code
from graph.schema.catalog import SCHEMA

_REASONS = {
    "uid": ("实体编号", "Id"),
    "code": ("代码相同", "Same code"),
    "name": ("名称全同", "Same name"),
    "former_name": ("曾用名全同", "Same former name"),
    "begins": ("名称开头", "Name begins so"),
    "contains": ("名称包含", "Name contains it"),
    "similar": ("简称或近似名称", "Short or similar name"),
    "pinyin": ("拼音全同", "Same pinyin"),
    "pinyin_in": ("拼音包含", "Pinyin contains it"),
}


def render(services: Services) -> None:
    """Draw the search."""
    st.title(text("search.title"))
    if services.snapshot() is None:
        st.info(text("frame.empty"))
        return
    frame.state_line(services)
    wanted = st.text_input(text("search.text"), key="wanted")
    if not wanted:
        return
    try:
        found = services.search(wanted, 50)
    except AnalysisError as error:
        st.error(frame.plain(str(error)))
        return
    code = credit_code.fold(wanted)
    if len(code) == credit_code.LENGTH and code[2:8].isdigit() and not credit_code.is_valid(code):
        st.warning(text("search.invalid", text=frame.plain(wanted)))
    if not found:
        st.info(
            text("search.none", text=frame.plain(wanted), snapshot=services.loaded_snapshot().id)
        )
        return
    _candidates(wanted, found)
    frame.statement(f"xinmai search '{wanted}' --json")


def _candidates(wanted: str, found: Sequence[Candidate]) -> None:
    """Draw who answers, and open the one that a person picks."""
    st.caption(text("search.found", count=len(found)))
    if ambiguous(found):
        st.info(text("search.ambiguous", text=frame.plain(wanted)))
    place = 0 if spoken() == "zh" else 1
    rows = [
        {
            "名称": one.name,
            "类别": SCHEMA.node(one.label).title.to(spoken()),
            "代码或任职": one.context,
            "命中": f"{_REASONS[one.reason][place]}：{one.matched}",
            "匹配度": one.score,
            "编号": one.uid,
        }
        for one in found
    ]
    st.caption(text("search.pick"))
    picked = st.dataframe(
        frame.titled(rows),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = picked["selection"]["rows"]
    if chosen:
        one = found[chosen[0]]
        frame.open_party(one.uid)
        st.success(frame.plain(f"{one.name}  {one.uid}"))
        if st.button(text("search.open"), type="primary"):
            st.switch_page(st.session_state["pages"]["party"])
