"""One lead on a card: why, what speaks against it, its rows, and what people decide about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from app.bootstrap import Services
from app.deciding import decide_lead, undo_lead
from app.desk.leads import CONFIRM, DISMISS, LeadDecision, new_decision
from app.presenters import figures
from app.presenters.leads_screen import (
    evidence_rows,
    heading,
    involved,
    kind_word,
    member_rows,
    named,
)
from app.presenters.patterns import details, figures_text, uids_of, why
from app.rights import Right
from app.texts.read import text
from app.views import address, frame, network, no_right
from graph.analysis.patterns.finding import Finding, Leads
from graph.errors import DecidedError, DeskError, RightError

_SAID = "leads-said"
_REFUSED = frozenset({"leads.lacking", "leads.meanwhile", "leads.nobody", "leads.refused"})
_UNDOES = "undo-author"
_TITLE = 400
# A lead has the line of leads: dotted (screens.md 2).
STYLE = """<style>
[class*="st-key-lead-card-"] {border: 2px dotted #57606a; border-radius: 6px; padding: 12px}
</style>"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a lead has come to: its state, why it is back, and the decision behind it."""

    state: str
    back: str | None
    last: LeadDecision | None


def said() -> None:
    """Say what the last action came to."""
    key, values = st.session_state.pop(_SAID, ("", {}))
    if key:
        (st.error if key in _REFUSED else st.success)(text(key, **values))


def draw(services: Services, leads: Leads, finding: Finding, standing: Standing) -> None:
    """Draw one lead."""
    with st.container(key=f"lead-card-{finding.id}"):
        state = text(f"patterns.decision.{standing.state}")
        if standing.back:
            state = text("frame.because", said=state, why=text(f"patterns.back.{standing.back}"))
        st.markdown(
            f"**{frame.plain(heading(finding))}** · {kind_word(finding)} · {state} · `{finding.id}`"
        )
        st.markdown(frame.plain(why(finding)))
        st.markdown(frame.plain(named(finding)))
        st.markdown(f"`{figures_text(finding)}`")
        if standing.last is not None:
            st.caption(_decided(standing.last))
        _actions(services, leads, finding, standing.last)
        _behind(services, finding)


def _decided(last: LeadDecision) -> str:
    state = "confirmed" if last.decision == CONFIRM else "dismissed"
    return text(
        "leads.decided",
        number=last.id,
        decision=text(f"patterns.decision.{state}"),
        reason=frame.plain(last.reason),
        author=frame.plain(last.author),
        made=figures.moment(last.made_at),
        until=text("leads.until_day", until=last.until) if last.until else "",
    )


def _actions(services: Services, leads: Leads, finding: Finding, last: LeadDecision | None) -> None:
    canvas, yes, no, back, _ = st.columns([3, 4, 4, 3, 2])
    if canvas.button(text("leads.canvas"), key=f"canvas-{finding.id}", width="stretch"):
        network.start_with(uids_of(finding, services.loaded_snapshot()))
        address.go_to("network")
    lacking = no_right.lacks(services.user, Right.JUDGE)
    for place, decision in ((yes, CONFIRM), (no, DISMISS)):
        label = text(f"leads.{decision}")
        with place.popover(label, width="stretch", disabled=lacking is not None, help=lacking):
            _form(services, leads, finding, decision, last)
    if lacking is not None:
        # A hint on a button that cannot be used is not found by keyboard.
        st.caption(lacking)
    if last is None:
        return
    own = services.user.signs(last.author) == last.author
    lacking = no_right.lacks(services.user, Right.JUDGE if own else Right.APPROVE)
    if lacking is None and not _signs(services):
        # Who decides nothing has not said yet who they are.
        st.text_input(text("leads.author"), key=f"{_UNDOES}-{finding.id}", placeholder="—")
    if back.button(
        text("leads.undo"),
        key=f"undo-{finding.id}",
        width="stretch",
        disabled=lacking is not None,
        help=lacking,
    ):
        undo(services, last.id, str(st.session_state.get(f"{_UNDOES}-{finding.id}") or ""))


def _signs(services: Services) -> str:
    """Return the name that whoever sits here signs with, empty while it is not known."""
    return services.user.signs(str(st.session_state.get("author") or "")).strip()


def _form(
    services: Services,
    leads: Leads,
    finding: Finding,
    decision: str,
    last: LeadDecision | None,
) -> None:
    with st.form(f"{decision}-{finding.id}", border=False):
        st.text_input(
            text("leads.author"),
            _signs(services),
            key=f"{decision}-author-{finding.id}",
            placeholder="—",
            disabled=services.user.named,
        )
        st.text_input(text("leads.reason"), key=f"{decision}-reason-{finding.id}", placeholder="—")
        if decision == DISMISS:
            st.date_input(
                text("leads.until"),
                None,
                format=frame.TODAY_FORMAT,
                key=f"until-{finding.id}",
            )
        # By a call of its own: the decision counts, too, where the lead is no longer on the screen
        # because somebody else was faster.
        st.form_submit_button(
            text(f"leads.save_{decision}"),
            key=f"save-{decision}-{finding.id}",
            on_click=_save,
            args=(services, leads, finding, decision, None if last is None else last.id),
        )


def _save(
    services: Services, leads: Leads, finding: Finding, decision: str, seen: int | None
) -> None:
    """Keep a decision as it was filled in, and what is to be said of it.

    `seen` is the decision that the card showed: one of somebody else since then is shown first.
    """
    state = st.session_state
    author, reason = (
        str(state.get(f"{decision}-{what}-{finding.id}") or "") for what in ("author", "reason")
    )
    author = services.user.signs(author)
    until = state.get(f"until-{finding.id}") if decision == DISMISS else None
    if not author.strip() or not reason.strip():
        state[_SAID] = ("leads.lacking", {})
        return
    try:
        new = new_decision(
            [leads],
            finding.id,
            decision,
            title=why(finding)[:_TITLE],
            author=author,
            reason=reason,
            until=until,
            now=datetime.now().astimezone(),
        )
        # Without the lock of a load: no load reads what is decided on leads, and the desk itself
        # takes one after the other.
        made = decide_lead(services, new, seen)
    except DecidedError as error:
        state[_SAID] = ("leads.meanwhile", {"said": _meanwhile(services, error)})
        return
    except (DeskError, RightError) as error:
        state[_SAID] = ("leads.refused", {"reason": frame.why(error)})
        return
    state["author"] = author
    told = {"number": made.id, "lead": finding.id, "others": _others(services, made)}
    if decision == DISMISS:
        told["until"] = text("leads.to", until=made.until) if made.until else ""
    state[_SAID] = (f"leads.made_{decision}", told)


def _meanwhile(services: Services, error: DecidedError) -> str:
    """Return what somebody else decided since the card was drawn."""
    listed = services.lead_decisions.listed()
    return _decided(next(one for one in listed if one.id == error.value))


def _others(services: Services, made: LeadDecision) -> str:
    """Return a word on who else decided on the same lead and was not taken back."""
    before = [
        one
        for one in services.lead_decisions.listed()
        if one.lead == made.lead and one.id != made.id and one.undone_at is None
    ]
    if not before:
        return ""
    names = text("frame.comma").join(
        text("frame.because", said=frame.plain(one.author), why=one.id) for one in before
    )
    return text("leads.others", names=names)


def undo(services: Services, number: int, typed: str) -> None:
    """Take a decision back, in the name of whoever acts: as known, or as `typed`."""
    author = _signs(services) or typed.strip()
    if not author:
        _tell("leads.nobody", {})
    try:
        now = datetime.now().astimezone()
        undo_lead(services, number, author, now)
    except (DeskError, RightError) as error:
        _tell("leads.refused", {"reason": frame.why(error)})
    else:
        st.session_state["author"] = author
        _tell("leads.undone", {"number": number})


def _tell(key: str, values: Mapping[str, object]) -> None:
    """Keep what is to be said, and draw the page anew: its counts have changed."""
    st.session_state[_SAID] = (key, dict(values))
    st.rerun()


def _behind(services: Services, finding: Finding) -> None:
    snapshot = services.loaded_snapshot()
    why_, false, members, rows = st.tabs(
        [
            text("leads.details"),
            text("leads.false"),
            text("leads.members", count=len(involved(finding))),
            text("leads.rows", count=len(finding.links) + len(finding.records)),
        ],
        # Of this lead: the tab that was opened stays open where cards above come or go.
        key=f"tabs-{finding.id}",
    )
    with why_:
        st.markdown(frame.plain(text(f"patterns.{finding.rule.code}.purpose")))
        for line in details(finding):
            st.markdown("- " + frame.plain(line))
        null = text(f"patterns.{finding.rule.code}.null")
        st.caption(frame.plain(text("leads.null", null=null)))
    with false:
        st.markdown(frame.plain(text(f"patterns.{finding.rule.code}.false_alarms")))
    with members:
        frame.table(member_rows(finding), f"members-{finding.id}")
    with rows:
        frame.table(evidence_rows(finding, snapshot), f"rows-{finding.id}")
