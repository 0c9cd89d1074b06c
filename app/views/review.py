"""核对: parties that may be one, side by side; a person decides and may take it back."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from app.bootstrap import Services
from app.desk.judgements import Entry
from app.desk.review import Pair, review_pairs
from app.presenters.identity import VERDICTS, evidence_rows
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.identity import compare
from graph.errors import DeskError
from loaders.resolve.judgements import DECISIONS

# As many pairs as a person looks through; the command line lists all.
SHOWN = 200


def render(services: Services) -> None:
    """Draw the pairs, the chosen one side by side, and what was judged."""
    st.title(text("review.title"))
    if services.snapshot() is None:
        st.info(text("frame.empty"))
        return
    frame.state_line(services)
    st.caption(text("review.notice"))
    pairs, every = review_pairs(services, frame.as_of(), SHOWN)
    if pairs:
        st.caption(text("review.found", shown=len(pairs), count=every))
        blind = st.checkbox(text("review.blind"), key="blind")
        _side_by_side(services, _chosen(pairs, blind=blind), blind=blind)
    else:
        st.info(text("review.none", snapshot=services.loaded_snapshot().id))
    _judged(services)
    frame.statement("xinmai review list --json")


def _chosen(pairs: Sequence[Pair], *, blind: bool) -> Pair:
    """Draw the pairs and return the one picked, the first before any is."""
    rows: list[dict[str, object]] = [
        {
            "甲": pair.one_name,
            "乙": pair.other_name,
            "有效失信记录": pair.records,
            "判定": text(f"review.{pair.judged}") if pair.judged else "",
        }
        | ({} if blind else {"吻合度": pair.score, "依据": pair.evidence})
        for pair in pairs
    ]
    picked = st.dataframe(
        rows, hide_index=True, width="stretch", on_select="rerun", selection_mode="single-row",
        height=300,
    )  # fmt: skip
    places = picked["selection"]["rows"]
    return pairs[places[0] if places else 0]


def _side_by_side(services: Services, pair: Pair, *, blind: bool) -> None:
    found = compare(services.loaded_snapshot(), pair.one, pair.other)
    st.subheader(f"{found.one.name} ／ {found.other.name}")
    if not blind:
        st.caption(f"{VERDICTS[found.verdict].to(spoken())} · {pair.evidence}")
    frame.table(evidence_rows(found, spoken()), "compared")
    left, right = st.columns(2)
    for side, node in ((left, found.one), (right, found.other)):
        if side.button(f"{text('search.open')}：{node.name} {node.uid}", key=f"open-{node.uid}"):
            frame.open_party(node.uid)
            st.switch_page(st.session_state["pages"]["party"])
    with st.form("judge", clear_on_submit=False):
        decision = st.radio(
            text("review.decision"),
            DECISIONS,
            format_func=lambda one: text(f"review.{one}"),
            index=None,
            horizontal=True,
        )
        reason = st.text_input(text("review.reason"))
        author = st.text_input(text("review.author"), key="author")
        if st.form_submit_button(text("review.submit"), type="primary"):
            _decide(services, pair, decision, author, reason)


def _decide(services: Services, pair: Pair, decision: str | None, author: str, reason: str) -> None:
    if decision is None:
        st.error(text("review.choose"))
        return
    try:
        made = services.decide(
            (pair.one, pair.other), decision, author, reason, datetime.now().astimezone()
        )
    except DeskError as error:
        st.error(str(error))
        return
    st.success(text("review.made", number=made.id))


def _judged(services: Services) -> None:
    """Draw the judgements, with a way back, and put them into the graph when asked."""
    entries = services.judgements.listed()
    st.subheader(text("review.judged"))
    if not entries:
        st.caption(text("review.nothing"))
        return
    frame.table([_row(entry) for entry in entries], "judgements")
    standing = {entry.id: entry for entry in entries if entry.undone_at is None}
    left, right = st.columns(2)
    if standing:
        number = left.selectbox(text("review.number"), list(standing))
        if left.button(text("review.undo")) and number is not None:
            now = datetime.now().astimezone()
            author = st.session_state.get("author") or standing[number].author
            services.judgements.undo(number, author=author, now=now)
            st.rerun()
    if right.button(text("review.apply")):
        with st.spinner(text("review.applying")):
            services.load([], None, to_store=True, progress=lambda _: None)
        st.rerun()


def _row(entry: Entry) -> dict[str, object]:
    return {
        "编号": entry.id,
        "甲": f"{entry.one_name} {entry.one}",
        "乙": f"{entry.other_name} {entry.other}",
        "判定": text(f"review.{entry.decision}"),
        "理由": entry.reason,
        "判定人": entry.author,
        "时间": entry.made_at,
        "撤销": f"{entry.undone_by} {entry.undone_at}" if entry.undone_at else "",
    }
