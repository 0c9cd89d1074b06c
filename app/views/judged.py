"""What was judged: listed with its state, taken back, put into the graph; how far people agree."""

from datetime import datetime

import streamlit as st

from app.bootstrap import Services
from app.deciding import undo_judgement
from app.desk.agreement import Figures, figures
from app.desk.review import states
from app.desk.verdicts import Entry
from app.presenters.figures import moment
from app.presenters.pairs import STATES
from app.rights import Right
from app.texts.read import spoken, text
from app.views import frame, no_right
from app.workspace import MOMENT


def draw(services: Services, author: str, *, blind: bool) -> None:
    """Draw the judgements, with a way back, and put them into the graph when asked.

    A blind judge sees only what they said themselves, and not what it came to.
    """
    entries = [
        entry for entry in services.judgements.listed() if not blind or entry.author == author
    ]
    st.subheader(text("review.judged"))
    if not entries:
        st.caption(text("review.nothing"))
        return
    state = states(services, entries)
    newest = sorted(entries, key=lambda entry: -entry.id)
    frame.table([_row(entry, state[entry.id], blind=blind) for entry in newest], "judgements")
    standing = {entry.id: entry for entry in newest if entry.undone_at is None}
    left, right = st.columns(2, vertical_alignment="bottom")
    if standing:
        number = left.selectbox(
            text("review.number"), list(standing), placeholder=text("review.number")
        )
        if left.button(text("review.undo")) and number is not None:
            _undo(services, number, author)
    lacking = no_right.lacks(services.user, Right.REBUILD)
    if right.button(text("review.apply"), disabled=lacking is not None, help=lacking):
        with st.spinner(text("review.applying")):
            services.load([], None, to_store=True, progress=lambda _: None)
        st.rerun()
    if not blind:
        with st.expander(text("review.agreement")):
            _agreement(figures(list(standing.values())))


def _undo(services: Services, number: int, author: str) -> None:
    if not author:
        st.error(text("review.nobody"))
        return
    with frame.told(), services.workspace.writing(MOMENT):
        undo_judgement(services, number, author, datetime.now().astimezone())
        st.rerun()


def _row(entry: Entry, state: str, *, blind: bool) -> dict[str, object]:
    return {
        text("review.number"): entry.id,
        text("review.one"): f"{entry.one_name} {entry.one}",
        text("review.other"): f"{entry.other_name} {entry.other}",
        text("review.decision"): text(f"review.{entry.decision}"),
        text("review.state"): "" if blind else STATES[state].to(spoken()),
        text("review.why"): entry.reason,
        text("review.by"): entry.author,
        text("review.made_at"): moment(entry.made_at),
        text("review.back"): f"{entry.undone_by} {entry.undone_at}" if entry.undone_at else "",
    }


def _agreement(found: Figures) -> None:
    if found.agreements:
        st.dataframe(
            [
                {
                    text("review.by"): f"{one.one} ／ {one.other}",
                    text("review.pairs"): one.pairs,
                    text("review.alike"): one.alike,
                    text("review.raw"): f"{one.raw:.1%}",
                    text("review.kappa"): "—" if one.kappa is None else f"{one.kappa:.3f}",
                }
                for one in found.agreements
            ],
            hide_index=True,
            width="stretch",
        )
    else:
        st.caption(text("review.agreement_none"))
    st.dataframe(
        [
            {
                text("review.tier"): f"{tier.least:.2f}",
                text("review.same"): tier.same,
                text("review.different"): tier.different,
                text("review.unsure"): tier.unsure,
            }
            for tier in found.tiers
        ],
        hide_index=True,
        width="stretch",
    )
