"""主体: one party with its own records, links, sources; exposure beside them, never among them."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.bootstrap import Services
from app.presenters import figures
from app.presenters.identity import VERDICTS, evidence_rows, mention_rows, step_rows
from app.presenters.party import basics, conflict_rows, link_rows, record_rows
from app.texts.read import spoken, text
from app.views import frame
from graph.analysis.identity import built, compare
from graph.analysis.party import Described, describe
from graph.schema.catalog import SCHEMA
from graph.schema.codes import LEVELS
from graph.schema.words import Family

# Parties possibly the same that are laid side by side; the table above names all.
SIDE_BY_SIDE = 5
# The screens that go on from a party, each one click away.
_NEXT = ("network", "paths", "ownership", "leads", "exposure")
_TABS = (
    ("party.shares", (Family.OWNERSHIP,)),
    ("party.posts", (Family.POSTS,)),
    ("party.services", (Family.SERVICE,)),
    (
        "party.others",
        (Family.GUARANTEE, Family.SHARED, Family.BRANCH, Family.OTHER, Family.IDENTITY),
    ),
)


def render(services: Services) -> None:
    """Draw the profile of the chosen party."""
    st.title(text("party.title"))
    if services.snapshot() is None:
        st.info(text("frame.empty"))
        return
    frame.state_line(services)
    uid = frame.chosen_party(services)
    if uid is None:
        st.info(text("party.pick_first"))
        return
    described = describe(services.loaded_snapshot(), uid, frame.as_of())
    _head(services, described)
    titles = ["party.basics", "party.records", *(key for key, _ in _TABS), "party.sources"]
    tabs = st.tabs([text(key) for key in titles])
    with tabs[0]:
        frame.table(basics(described, spoken()), "basics")
        if described.conflicts:
            st.subheader(text("party.conflicts"))
            frame.table(conflict_rows(described, spoken()), "conflicts")
    with tabs[1]:
        _rows(record_rows(described, spoken()), "party.records", described)
    for tab, (key, families) in zip(tabs[2:-1], _TABS, strict=True):
        with tab:
            _rows(link_rows(described, families, spoken()), key, described)
            if Family.IDENTITY in families:
                _suspected(services, described)
    with tabs[-1]:
        st.subheader(text("party.steps"))
        frame.table(step_rows(built(services.loaded_snapshot(), uid), spoken()), "steps")
        frame.table(mention_rows(described.mentions, spoken()), "mentions")
    cypher = "MATCH (p:Party {uid: $uid}) MATCH (p)-[link]-(other) RETURN p, link, other LIMIT 200"
    frame.statement(f"xinmai show {uid} --as-of {frame.as_of()} --json", cypher)


def _suspected(services: Services, described: Described) -> None:
    """Draw who may be the same party, both side by side; nothing of it is merged."""
    own = described.node.uid
    leads = [link for link in described.links if link.type == "POSSIBLY_SAME"]
    for link in leads[:SIDE_BY_SIDE]:
        other = link.target if link.source == own else link.source
        found = compare(services.loaded_snapshot(), own, other)
        verdict = VERDICTS[found.verdict].to(spoken())
        with st.expander(f"{frame.plain(found.other.name)} {other}：{verdict}"):
            st.caption(str(link.properties.get("evidence", "")))
            frame.table(evidence_rows(found, spoken()), f"compared-{other}")
            frame.statement(f"xinmai why {own} {other}")


def _head(services: Services, described: Described) -> None:
    node = described.node
    labels = [SCHEMA.node(label).title.to(spoken()) for label in node.labels[:2]]
    state = str(node.properties.get("state") or "")
    active = sum(1 for one in described.records if one.status == "active" and not one.positive)
    st.header(frame.plain(node.name))
    st.markdown(" · ".join(part for part in (*labels[:1], state, node.uid) if part))
    found = services.expose(node.uid, frame.as_of())
    left, right = st.columns(2)
    left.markdown(f"**{text('party.own', count=active)}**")
    right.markdown(
        "**"
        + text(
            "party.exposure",
            value=figures.exposure(found.exposure),
            floor=figures.exposure(found.floor),
            cap=figures.exposure(found.cap),
            level=LEVELS[found.level].to(spoken()),
        )
        + "**"
    )
    right.caption(text("frame.notice"))
    for column, page in zip(st.columns(len(_NEXT)), _NEXT, strict=True):
        if column.button(text(f"party.to_{page}"), width="stretch"):
            st.switch_page(st.session_state["pages"][page])


def _rows(rows: Sequence[Mapping[str, str]], key: str, described: Described) -> None:
    if rows:
        frame.table(rows, key)
    else:
        st.info(
            text(
                "party.none",
                what=text(key),
                snapshot=described.snapshot,
                as_of=described.as_of,
            )
        )
