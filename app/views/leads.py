"""线索: leads by pattern with their null model, the rows behind them, and what people decided."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from app.bootstrap import Services
from app.deciding import uid_of_today
from app.desk.leads import LeadDecision, Precision, precisions, standing, state_of
from app.presenters import figures
from app.presenters.leads_screen import (
    DISMISSED,
    OPEN,
    STATES,
    Listed,
    listed,
    number_format,
    ordered,
    parameter_text,
    values_text,
)
from app.presenters.patterns import QUERY, precision_text, searched, title
from app.texts.read import text
from app.views import frame, lead_card
from app.views.lead_card import Standing
from graph.analysis.patterns.catalog import CODES
from graph.analysis.patterns.finding import NO_DATA, SEARCHED, Finding, Leads
from graph.policy.patterns import patterns_policy

PATTERN = "pattern"
# In a graph of more links patterns are searched one by one, when a person asks for one.
LARGE = 300_000
# Cards on one page: each holds its rows.
PAGE = 5
_SEARCHED, _ASKED = "leads-searched", "leads-asked"
Asked = tuple[tuple[str, str], ...]


def render(services: Services) -> None:
    """Draw the leads of the chosen pattern."""
    st.title(text("leads.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    st.warning(text("patterns.notice"), icon=":material/pending:")
    # Each in one place: what stands below stays where it is as they change.
    with st.container():
        party = _party(services)
    with st.container():
        every = _every(services)
    states = _states(services, every)
    code = _pattern(every, states, party)
    _overview(services, every, states)
    leads = _of(services, code)
    # A place of its own, whether or not anything is said: what stands below keeps its state.
    with st.container():
        lead_card.said()
    _head(services, leads)
    # After the form: what it asks for takes effect in this run.
    _list(services, leads, party)
    _decisions(services, code)
    asked = "".join(f" --param {name}={value}" for name, value in _asked(code))
    query = next(one for one in services.queries() if one.id == QUERY)
    frame.statement(f"xinmai patterns {code} --as-of {frame.as_of()}{asked} --json", query.text)


def _party(services: Services) -> str | None:
    """Return the party whose leads alone are wanted."""
    uid = frame.chosen_party(services)
    if uid is None:
        return None
    name = frame.plain(services.loaded_snapshot().node(uid).name)
    wanted = st.checkbox(text("leads.only", name=name), value=True, key=f"leads-only-{uid}")
    return uid if wanted else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _found(
    _services: Services, snapshot: str, policy: str, as_of: date, code: str, asked: Asked
) -> Leads:
    del snapshot, policy
    (leads,) = _services.leads(code, dict(asked), as_of)
    return leads


def _asked(code: str) -> Asked:
    return tuple(st.session_state.get(f"{_ASKED}-{code}", ()))


def _of(services: Services, code: str) -> Leads:
    snapshot, policy = services.loaded_snapshot().id, services.policy().version
    with st.spinner(text("leads.working", title=title(code))):
        found: Leads = _found(services, snapshot, policy, frame.as_of(), code, _asked(code))
    return found


def _every(services: Services) -> dict[str, Leads]:
    """Return the leads of every pattern that is searched: all, but in a large graph."""
    links = services.status(ask_store=False).links
    known: set[str] = st.session_state.setdefault(_SEARCHED, set())
    if links <= LARGE:
        known.update(CODES)
    elif len(known) < len(CODES):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.info(text("leads.large", links=f"{links:,}"))
        if right.button(text("leads.search_all"), key="search-all"):
            known.update(CODES)
    return {code: _of(services, code) for code in CODES if code in known}


def _today() -> date:
    # A dismissal ends by the calendar, also where an earlier day is looked at.
    return max(frame.as_of(), frame.known_at() or date.today())  # noqa: DTZ011 - the person's day


def _standing(services: Services) -> Mapping[str, LeadDecision]:
    return standing(services.lead_decisions.listed(), uid_of_today(services))


def _states(services: Services, every: Mapping[str, Leads]) -> Mapping[str, str]:
    last, today = _standing(services), _today()
    return {
        one.id: state_of(one, last.get(one.id), today)[0]
        for leads in every.values()
        for one in leads.findings
    }


def _pattern(every: Mapping[str, Leads], states: Mapping[str, str], party: str | None) -> str:
    def label(code: str) -> str:
        leads = every.get(code)
        if leads is None:
            return text("leads.unsearched", title=title(code))
        if leads.state == NO_DATA:
            return text("leads.no_data", title=title(code))
        count = listed(leads, states, OPEN, party).counts[OPEN]
        return text("leads.counts", title=title(code), open=count)

    wanted = st.query_params.get(PATTERN)
    first = next(
        (code for code, leads in every.items() if listed(leads, states, OPEN, party).fitting),
        CODES[0],
    )
    chosen = st.pills(
        text("leads.pattern"),
        CODES,
        default=wanted if wanted in CODES else first,
        format_func=label,
        key="leads-pattern",
        required=True,
    )
    code = str(chosen or first)
    st.query_params[PATTERN] = code
    st.session_state.setdefault(_SEARCHED, set()).add(code)
    return code


def _precision(one: Precision) -> str:
    return precision_text(one.share, one.interval, one.confirmed, one.dismissed)


def _overview(services: Services, every: Mapping[str, Leads], states: Mapping[str, str]) -> None:
    shares = precisions(CODES, services.lead_decisions.listed())
    rows = []
    for code in CODES:
        leads = every.get(code)
        policy = patterns_policy().patterns[code]
        counts = {} if leads is None else listed(leads, states, OPEN).counts
        rows.append(
            {text("leads.column_pattern"): title(code)}
            | {text(f"leads.column_{state}"): counts.get(state) for state in STATES[:-1]}
            | {
                text("leads.column_precision"): _precision(shares[code]),
                text("leads.column_maturity"): text(f"patterns.maturity.{policy.maturity}"),
                text("leads.column_version"): policy.version,
                text("leads.column_searched"): text("leads.not_searched")
                if leads is None
                else searched(leads),
            }
        )
    with st.expander(text("leads.overview")):
        frame.table(rows, "patterns")


def _head(services: Services, leads: Leads) -> None:
    code = leads.rule.code
    st.header(title(code))
    st.markdown(frame.plain(text(f"patterns.{code}.purpose")))
    st.markdown(frame.plain(text("leads.null", null=text(f"patterns.{code}.null"))))
    asked = f" · **{text('leads.asked')}**" if _asked(code) else ""
    st.caption(
        text(
            "leads.version",
            version=leads.rule.version,
            maturity=text(f"patterns.maturity.{leads.rule.maturity}"),
            parameters=values_text(leads.rule.values),
            dated=patterns_policy().dated,
        )
        + asked
    )
    st.caption(frame.plain(searched(leads)))
    st.caption(_precision(precisions([code], services.lead_decisions.listed())[code]))
    with st.expander(text("leads.parameters")):
        _parameters(code)


def _parameters(code: str) -> None:
    """Draw the form of a pattern's parameters; what is outside the bounds cannot be entered."""
    parameters = patterns_policy().patterns[code].parameters
    if not parameters:
        st.caption(text("leads.no_parameters"))
        return
    now = dict(_asked(code))
    with st.form(f"parameters-{code}", border=False):
        columns = st.columns(3)
        entered = {}
        for place, (name, one) in enumerate(parameters.items()):
            step, form = number_format(one)
            entered[name] = columns[place % 3].number_input(
                text(f"leads.param.{name}"),
                one.least,
                one.most,
                type(one.value)(now.get(name, one.value)),
                step,
                form,
                key=f"leads-{code}-{name}",
                help=parameter_text(one),
            )
        if st.form_submit_button(text("leads.apply"), key=f"apply-{code}"):
            changed = {
                name: str(value)
                for name, value in entered.items()
                if value != parameters[name].value
            }
            st.session_state[f"{_ASKED}-{code}"] = tuple(changed.items())
            st.rerun()


def _list(services: Services, leads: Leads, party: str | None) -> None:
    """Draw the leads that fit, a page of cards at a time."""
    code = leads.rule.code
    wanted = st.segmented_control(
        text("leads.state"),
        STATES,
        default=OPEN,
        format_func=lambda one: text(
            "leads.every" if one not in STATES[:-1] else f"leads.column_{one}"
        ),
        key="leads-state",
        required=True,
    )
    last, today = _standing(services), _today()
    of = {one.id: state_of(one, last.get(one.id), today) for one in leads.findings}
    found = listed(leads, {key: state for key, (state, _) in of.items()}, str(wanted), party)
    if not found.fitting:
        _none(leads, found)
        return
    st.html(lead_card.STYLE)
    for one in _page(found, code):
        state, back = of[one.id]
        lead_card.draw(services, leads, one, Standing(state, back, last.get(one.id)))


def _none(leads: Leads, found: Listed) -> None:
    known = {"as_of": leads.as_of, "snapshot": leads.snapshot}
    if leads.state != SEARCHED:
        st.info(frame.plain(searched(leads)))
    elif leads.findings:
        counts = dict(found.counts)
        st.info(text("leads.none_fit", searched=searched(leads), **counts, **known))
    else:
        st.info(text("leads.none", searched=searched(leads), **known))


def _page(found: Listed, code: str) -> tuple[Finding, ...]:
    count = len(found.fitting)
    pages = (count - 1) // PAGE + 1
    page = 1
    if pages > 1:
        page = int(st.number_input(text("leads.page"), 1, pages, 1, key=f"leads-page-{code}"))
    begin = (page - 1) * PAGE
    here = ordered(found.fitting, begin, PAGE)
    counts = dict(found.counts)
    st.caption(text("leads.shown", first=begin + 1, last=begin + len(here), count=count, **counts))
    return tuple(here)


def _decisions(services: Services, code: str) -> None:
    """Draw what was decided on the leads of a pattern, those taken back too."""
    with st.expander(text("leads.list")):
        made = [one for one in services.lead_decisions.listed() if one.pattern == code]
        if not made:
            st.caption(text("leads.no_decision"))
            return
        frame.table([_decision_row(one) for one in reversed(made)], "decisions")


def _decision_row(one: LeadDecision) -> Mapping[str, object]:
    state = DISMISSED if one.decision == "dismiss" else "confirmed"
    return {
        text("leads.column_number"): one.id,
        text("leads.column_lead"): f"{one.title}（{one.lead}）",
        text("leads.column_decision"): text(f"patterns.decision.{state}"),
        text("leads.column_reason"): one.reason,
        text("leads.column_author"): one.author,
        text("leads.column_made"): figures.moment(one.made_at),
        text("leads.column_until"): one.until or "",
        text("leads.column_undone"): one.undone_at or "",
    }
