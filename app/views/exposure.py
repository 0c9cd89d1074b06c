"""传导: how dishonesty reaches the party, part by part, with certificate and what-if."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from app.bootstrap import Services
from app.presenters import figures
from app.presenters.chain import (
    link_words,
    name_of,
    path_text,
    record_source,
    record_words,
    records_behind,
)
from app.presenters.exposure import bounds_line, contribution_rows
from app.presenters.exposure_screen import (
    bar_html,
    cut_rows,
    factors_by_link,
    step_rows,
    whatif_rows,
)
from app.texts.read import spoken, text
from app.views import answers, certifying, frame, on_canvas
from graph.analysis.answers import Contribution, Exposure
from graph.analysis.certificate import certificate
from graph.analysis.edits import DropLink, DropRecord, Edit
from graph.analysis.explain import caption, sentence
from graph.analysis.exposure import expose
from graph.analysis.steps import steps_of
from graph.analysis.view import View, open_view
from graph.model import Record
from graph.policy.read import with_leads
from graph.schema.codes import LEVELS
from graph.snapshot.reader import Snapshot

# So many links and records can be un-ticked; the rest weighs too little to matter.
MOST_EDITS = 30
# Names stand whole: a label that is too long for its column goes on in the next line.
_WHOLE = """<style>[data-testid="stCheckbox"] label, [data-testid="stCheckbox"] label p
{white-space: normal; overflow: visible; text-overflow: clip; -webkit-line-clamp: unset}</style>"""
# Lists of that many lines scroll in a frame of their own, in pixels.
_LONG, _HEIGHT = 8, 400


def render(services: Services) -> None:
    """Draw the exposure of the chosen party."""
    st.title(text("exposure.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    uid = frame.chosen_party(services)
    if uid is None:
        st.info(text("party.pick_first"))
        return
    st.html(_WHOLE)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    hops = left.slider(text("exposure.hops"), 1, 6, services.policy().hops.profile)
    leads = right.toggle(
        text("passing.leads"), key="exposure-leads", help=text("passing.leads_help")
    )
    with st.spinner(text("owning.working")):
        view = _view(services, leads=leads)
        found = answers.exposure_of(services, view, uid, hops)
    _figures(found)
    with st.container():
        if leads:
            _marked(services, found, hops)
    if not found.contributions:
        st.info(text("exposure.none", bounds=bounds_line(found, spoken())))
    else:
        behind = records_behind(services.loaded_snapshot(), found.contributions, found.as_of)
        _parts(services, view, found, behind)
        _whatif(services, view, found, hops, behind)
    st.subheader(text("certificate.title"))
    certifying.offer(lambda: certificate(view, uid, hops), f"{uid}-certificate")
    certifying.receive("exposure")
    note = f"  # {text('passing.leads')}" if leads else ""
    command = f"xinmai expose {uid} --hops {hops} --as-of {frame.as_of()} --json{note}"
    query = next(one for one in services.queries() if one.id == "trace.relations")
    frame.statement(command, query.text)


def _view(services: Services, *, leads: bool) -> View:
    """Return the graph of the day; with links that are only possible where asked for."""
    if not leads:
        return services.view(frame.as_of())
    snapshot, policy = services.loaded_snapshot().id, services.policy().version
    found: View = _with_leads(services, snapshot, policy, frame.as_of())
    return found


@st.cache_resource(max_entries=2, show_spinner=False)
def _with_leads(_services: Services, snapshot: str, policy: str, as_of: date) -> View:
    del snapshot, policy
    return open_view(_services.loaded_snapshot(), with_leads(_services.policy()), as_of)


def _marked(services: Services, found: Exposure, hops: int) -> None:
    """Say that leads are counted, and what the usual figure is."""
    usual = services.expose(found.uid, frame.as_of(), hops)
    without = figures.exposure(usual.exposure)
    st.warning(
        text("passing.leads_on", policy=found.policy, without=without), icon=":material/pending:"
    )


def _figures(found: Exposure) -> None:
    st.header(frame.plain(found.name))
    columns = st.columns(5)
    for column, (key, value) in zip(
        columns,
        (
            ("exposure.own", figures.exposure(found.own)),
            ("exposure.value", figures.exposure(found.exposure)),
            ("exposure.floor", figures.exposure(found.floor)),
            ("exposure.cap", figures.exposure(found.cap)),
            ("exposure.level", LEVELS[found.level].to(spoken())),
        ),
        strict=True,
    ):
        column.metric(text(key), value)
    st.caption(text("frame.notice"))
    st.caption(bounds_line(found, spoken()))
    with st.container():
        for warning in found.warnings:
            st.warning(warning.to(spoken()))


def _parts(services: Services, view: View, found: Exposure, behind: dict[str, Record]) -> None:
    names = services.loaded_snapshot()
    st.subheader(text("passing.bar"))
    st.html(bar_html(found, names))
    words, by_path, by_record, by_type = st.tabs(
        [
            text("exposure.sentences"),
            text("exposure.by_path"),
            text("exposure.by_record"),
            text("exposure.by_type"),
        ],
        key="exposure-tabs",
    )
    with words:
        _sentences(names, found)
        _factors(services, view, found, behind)
    with by_path:
        frame.table(contribution_rows(found, names, spoken()), "paths")
        paths = [uid for one in found.contributions for uid in one.path]
        on_canvas.offer(services, [found.uid, *paths], "paths")
    with by_record:
        shares = figures.shown_parts(list(found.by_record.values()), found.exposure)
        frame.table(
            [
                {**_record_row(names, behind.get(record)), "编号": record, "贡献": share}
                | {"去除后减少": _without(found, record)}
                for record, share in zip(found.by_record, shares, strict=True)
            ],
            "by-record",
        )
    with by_type:
        frame.table(
            [
                {"关系": caption(kind).to(spoken()), "经过该类关系的贡献": figures.exposure(value)}
                for kind, value in found.by_link_type.items()
            ],
            "by-type",
        )
    if found.cut_links:
        st.subheader(text("passing.cut"))
        st.caption(text("exposure.cut", count=len(found.cut_links)))
        st.caption(text("passing.cut_note"))
        frame.table(cut_rows([names.link(key) for key in found.cut_links], names), "cut")


def _sentences(names: Snapshot, found: Exposure) -> None:
    listed = found.contributions[:MOST_EDITS]
    with st.container(height=_HEIGHT if len(listed) > _LONG else "content", border=False):
        for part in listed:
            told = sentence(part, lambda uid: name_of(names, uid), spoken())
            st.markdown(frame.plain(told))
    if len(found.contributions) > MOST_EDITS:
        st.caption(text("passing.more", most=MOST_EDITS, count=len(found.contributions)))


def _factors(services: Services, view: View, found: Exposure, behind: dict[str, Record]) -> None:
    """Draw the steps of one path: each factor with its rule and its source."""
    names = services.loaded_snapshot()
    parts = [part for part in found.contributions if part.path]
    st.markdown(f"**{text('passing.factors')}**")

    def label(place: int) -> str:
        part: Contribution = parts[place]
        return f"{place + 1}. {path_text(part, names, spoken())}"

    place = st.selectbox(
        text("passing.path"),
        range(len(parts)),
        format_func=label,
        key=f"passing-path-{found.uid}-{spoken()}",
        placeholder="—",
    )
    part = parts[place or 0]
    rows = step_rows(part, steps_of(view, part), behind.get(part.record), view.policy, names)
    frame.table(rows, "steps")


def _record_row(names: Snapshot, record: Record | None) -> dict[str, str]:
    """Return whose record it is, what it is and where it stands; small ones have no path here."""
    if record is None:
        return dict.fromkeys(("主体", "记录", "来源"), figures.MISSING)
    return {
        "主体": name_of(names, record.subject),
        "记录": record_words(record, spoken()),
        "来源": record_source(names, record, spoken()),
    }


def _without(found: Exposure, record: str) -> str:
    # Computed for the largest alone: a dash is not the same as nothing.
    less = found.counterfactual.get(record)
    return figures.MISSING if less is None else figures.exposure(less)


def _whatif(
    services: Services, view: View, found: Exposure, hops: int, behind: dict[str, Record]
) -> None:
    names = services.loaded_snapshot()
    st.subheader(text("exposure.whatif"))
    factors = factors_by_link(found.contributions)
    many = max(len(factors), len(behind)) > _LONG
    with st.container(height=_HEIGHT if many else "content", border=False):
        left, right = st.columns(2)
    left.caption(text("exposure.links"))
    edits: list[Edit] = []
    keys = []
    for key in list(factors)[:MOST_EDITS]:
        link = names.link(key)
        ends = f"{name_of(names, link.source)} → {name_of(names, link.target)}"
        words = f"{link_words(link, spoken())}: {ends}"
        told = text("passing.factor", words=words, factor=f"{factors[key]:g}")
        keys.append(f"l-{key}")
        if not left.checkbox(frame.plain(told), value=True, key=keys[-1]):
            edits.append(DropLink(key))
    right.caption(text("exposure.records"))
    for record in [one for one in found.by_record if one in behind][:MOST_EDITS]:
        whose = name_of(names, behind[record].subject)
        label = frame.plain(f"{whose}: {record_words(behind[record], spoken())}")
        keys.append(f"r-{record}")
        if not right.checkbox(label, value=True, key=keys[-1]):
            edits.append(DropRecord(record))
    if edits:
        _supposed(found, expose(view, found.uid, hops, edits), keys)


def _supposed(before: Exposure, after: Exposure, keys: Sequence[str]) -> None:
    """Draw what an assumption changes; nothing of it is stored."""

    def again() -> None:
        for key in keys:
            st.session_state[key] = True

    told = (figures.exposure(before.exposure), figures.exposure(after.exposure))
    st.info(text("passing.supposed", before=told[0], after=told[1]))
    frame.table(whatif_rows(before, after), "whatif")
    st.button(text("passing.reset"), on_click=again, key="whatif-reset")
