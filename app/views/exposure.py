"""传导: how dishonesty reaches the party, part by part, with certificate and what-if."""

import json

import streamlit as st

from app.bootstrap import Services
from app.presenters import figures
from app.presenters.chain import (
    link_words,
    name_of,
    record_source,
    record_words,
    records_behind,
)
from app.presenters.exposure import bounds_line, contribution_rows
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.answers import Exposure
from graph.analysis.certificate import certificate
from graph.analysis.edits import DropLink, DropRecord, Edit
from graph.analysis.explain import caption, sentence
from graph.analysis.verify import verify
from graph.model import Record
from graph.schema.codes import LEVELS
from graph.snapshot.reader import Snapshot

# So many links and records can be un-ticked; the rest weighs too little to matter.
MOST_EDITS = 30


def render(services: Services) -> None:
    """Draw the exposure of the chosen party."""
    st.title(text("exposure.title"))
    if services.snapshot() is None:
        st.info(text("frame.empty"))
        return
    frame.state_line(services)
    uid = frame.chosen_party(services)
    if uid is None:
        st.info(text("party.pick_first"))
        return
    hops = st.sidebar.slider(text("exposure.hops"), 1, 6, services.policy().hops.profile)
    found = services.expose(uid, frame.as_of(), hops)
    _figures(found)
    if not found.contributions:
        st.info(text("exposure.none", bounds=bounds_line(found, spoken())))
    else:
        _parts(services, found)
        _whatif(services, found, hops)
    _certificate(services, found, hops)
    frame.statement(f"xinmai expose {uid} --hops {hops} --as-of {frame.as_of()} --json")


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
    for warning in found.warnings:
        st.warning(warning.to(spoken()))
    if found.cut_links:
        st.caption(text("exposure.cut", count=len(found.cut_links)))


def _parts(services: Services, found: Exposure) -> None:
    names = services.loaded_snapshot()
    behind = records_behind(names, found.contributions, found.as_of)
    by_path, by_record, by_type, words = st.tabs(
        [
            text("exposure.by_path"),
            text("exposure.by_record"),
            text("exposure.by_type"),
            text("exposure.sentences"),
        ]
    )
    with by_path:
        frame.table(contribution_rows(found, names, spoken()), "paths")
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
    with words:
        for part in found.contributions[:MOST_EDITS]:
            told = sentence(part, lambda uid: name_of(names, uid), spoken())  # type: ignore[arg-type]
            st.write(frame.plain(told))


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


def _whatif(services: Services, found: Exposure, hops: int) -> None:
    names = services.loaded_snapshot()
    st.subheader(text("exposure.whatif"))
    links = dict.fromkeys(key for part in found.contributions for key in part.links)
    edits: list[Edit] = []
    left, right = st.columns(2)
    left.caption(text("exposure.links"))
    for key in list(links)[:MOST_EDITS]:
        link = names.link(key)
        ends = f"{name_of(names, link.source)} → {name_of(names, link.target)}"
        ticked = left.checkbox(
            frame.plain(f"{link_words(link, spoken())}: {ends}"), value=True, key=f"l-{key}"
        )
        if not ticked:
            edits.append(DropLink(key))
    right.caption(text("exposure.records"))
    behind = records_behind(names, found.contributions, found.as_of)
    for record in [one for one in found.by_record if one in behind][:MOST_EDITS]:
        whose = name_of(names, behind[record].subject)
        label = frame.plain(f"{whose}: {record_words(behind[record], spoken())}")
        if not right.checkbox(label, value=True, key=f"r-{record}"):
            edits.append(DropRecord(record))
    if edits:
        after = services.expose(found.uid, frame.as_of(), hops, edits)
        st.info(
            text(
                "exposure.after",
                before=figures.exposure(found.exposure),
                after=figures.exposure(after.exposure),
            )
        )


def _certificate(services: Services, found: Exposure, hops: int) -> None:
    document = certificate(services.view(frame.as_of()), found.uid, hops)
    content = json.dumps(document, ensure_ascii=False, indent=1)
    left, right = st.columns(2)
    left.download_button(
        text("exposure.certificate"), content, f"{found.uid}-certificate.json", "application/json"
    )
    if right.button(text("exposure.verify")):
        verdict = verify(json.loads(content))
        if verdict.ok:
            st.success(text("exposure.verified", count=verdict.checked))
        else:
            st.error(text("exposure.refused", fault=verdict.fault))
