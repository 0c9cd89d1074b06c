"""主体: one party with its own records, links, sources; exposure beside them, never among them."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import streamlit as st

from app.bootstrap import Services
from app.presenters import figures, profile
from app.presenters.drawing import family_of
from app.presenters.evidence import evidence_in
from app.presenters.exposure import bounds_line, contribution_rows
from app.presenters.identity import VERDICTS, evidence_rows, mention_rows, step_rows
from app.presenters.party import founded_later
from app.presenters.profile import Row
from app.texts.read import spoken, text
from app.views import address, answers, frame, on_canvas, source_row
from graph.analysis.answers import Exposure
from graph.analysis.identity import built, compare
from graph.analysis.party import Described
from graph.model import Record
from graph.schema.catalog import SCHEMA
from graph.schema.codes import LEVELS
from graph.schema.words import Family, Text
from loaders.flat.forms import with_forms

# Parties possibly the same that are laid side by side; the table above names all.
SIDE_BY_SIDE = 5
# As many paths as are read at a glance; the screen of exposure has all.
FIRST_PARTS = 10
# The screens that go on from a party, each one click away where they are there.
_NEXT = ("network", "paths", "ownership", "leads", "exposure")
_OTHERS = (Family.GUARANTEE, Family.SHARED, Family.BRANCH, Family.OTHER)


def render(services: Services) -> None:
    """Draw the profile of the chosen party."""
    st.title(text("party.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    uid = frame.chosen_party(services)
    if uid is None:
        st.info(text("party.pick_first"))
        return
    described = answers.described(services, uid)
    found = answers.exposure_of(services, services.view(frame.as_of()), uid)
    _head(described, found)
    # Only the tab that is open is drawn: a page of nine tables waits for one.
    drawn: Mapping[str, Callable[[], None]] = {
        "basics": lambda: _basics(services, described),
        "records": lambda: _records(services, described),
        "shares": lambda: _links(services, described, (Family.OWNERSHIP,), "shares"),
        "posts": lambda: _posts(services, described),
        "services": lambda: _links(services, described, (Family.SERVICE,), "services"),
        "exposed": lambda: _exposed(services, found),
        "leads": lambda: _leads(services, described),
        "changes": lambda: _changes(services, described),
        "sources": lambda: _sources(services, described),
    }
    titles = [text(f"party.{name}") for name in drawn]
    tabs = st.tabs(titles, key="party-tab", on_change="rerun")
    for tab, draw in zip(tabs, drawn.values(), strict=True):
        if tab.open:
            with tab, frame.told():
                draw()
    cypher = "MATCH (p:Party {uid: $uid}) MATCH (p)-[link]-(other) RETURN p, link, other LIMIT 200"
    frame.statement(f"xinmai show {uid} --as-of {frame.as_of()} --json", cypher)


def _head(described: Described, found: Exposure) -> None:
    node = described.node
    labels = [SCHEMA.node(label).title.to(spoken()) for label in node.labels[:2]]
    active, disputed, worst = profile.own_line(described, spoken())
    badges = [*labels[:1], str(node.properties.get("state") or "")]
    badges.append(text("party.state_active", count=active) if active else "")
    badges.append(text("party.state_disputed") if disputed else "")
    st.header(frame.plain(node.name))
    shown = " ".join(f"\\[{frame.plain(one)}\\]" for one in badges if one)
    st.markdown(f"{shown} `{node.uid}`")
    if later := founded_later(described):
        st.info(text("party.founded_later", day=later, as_of=described.as_of))
    left, right = st.columns(2)
    key = "party.own_worst" if worst else "party.own"
    left.markdown(f"**{text(key, count=active, worst=worst)}**")
    said = text(
        "party.exposure",
        value=figures.exposure(found.exposure),
        floor=figures.exposure(found.floor),
        cap=figures.exposure(found.cap),
        level=LEVELS[found.level].to(spoken()),
    )
    right.markdown(f"**{said}**")
    right.caption(text("frame.notice"))
    pages = st.session_state.get("pages", {})
    ways = [page for page in _NEXT if page in pages]
    for column, page in zip(st.columns(max(1, len(ways))), ways, strict=False):
        if column.button(text(f"party.to_{page}"), key=f"party-to-{page}", width="stretch"):
            address.go_to(page)


def _none(what: str, described: Described) -> None:
    st.info(text("party.none", what=what, snapshot=described.snapshot, as_of=described.as_of))


def _table(services: Services, rows: Sequence[Row], what: str, key: str) -> None:
    """Draw rows; the one that is picked shows the row of the file on which it stands."""
    place = frame.picked([row.cells for row in rows], key)
    if place is None:
        st.caption(text("party.pick_row"))
        return
    source_row.draw(services, rows[place], f"{key}-{what}")


def _to_canvas(services: Services, described: Described, rows: Sequence[Row], key: str) -> None:
    on_canvas.offer(services, [described.node.uid, *(row.other for row in rows)], key)


def _basics(services: Services, described: Described) -> None:
    _table(services, profile.basic_rows(described, spoken()), "basics", "basics")
    st.subheader(text("party.others_below"))
    rows = profile.link_rows(described, _OTHERS, spoken(), family_of)
    if rows:
        _table(services, rows, "others", "others")
        _to_canvas(services, described, rows, "others")
    else:
        _none(text("party.others_below"), described)


def _records(services: Services, described: Described) -> None:
    """Draw own records: in force, positive, over; what reaches the party from others is no row."""
    found = profile.own_records(described, spoken())
    graded = profile.grade(described, spoken())
    if graded is not None:
        st.caption(text("party.grade", grade=frame.plain(graded[0])))
    for name, rows in (
        ("negative", found.negative),
        ("positive", found.positive),
        ("history", found.history),
    ):
        st.subheader(text(f"party.{name}"))
        if rows:
            _table(services, rows, name, f"records-{name}")
        else:
            _none(text(f"party.{name}"), described)


def _links(services: Services, described: Described, families: Sequence[Family], name: str) -> None:
    rows = profile.link_rows(described, families, spoken(), family_of)
    if rows:
        _table(services, rows, name, name)
        _to_canvas(services, described, rows, name)
    else:
        _none(text(f"party.{name}"), described)


def _posts(services: Services, described: Described) -> None:
    snapshot = services.loaded_snapshot()
    known: dict[str, Sequence[Record]] = {described.node.uid: described.records}

    def records_of(uid: str) -> Sequence[Record]:
        if uid not in known:
            known[uid] = snapshot.records_of(uid, frame.as_of())
        return known[uid]

    rows = profile.post_rows(described, spoken(), family_of, records_of)
    if rows:
        _table(services, rows, "posts", "posts")
        _to_canvas(services, described, rows, "posts")
    else:
        _none(text("party.posts"), described)


def _exposed(services: Services, found: Exposure) -> None:
    """Draw what reaches the party: a hint with its paths, and no record."""
    st.warning(text("frame.notice"))
    if not found.contributions:
        st.info(text("exposure.none", bounds=bounds_line(found, spoken())))
    else:
        rows = contribution_rows(found, services.loaded_snapshot(), spoken())
        shown = rows[:FIRST_PARTS]
        st.caption(text("party.first_parts", count=len(shown), all=len(rows)))
        frame.table(shown, "exposed")
        st.caption(bounds_line(found, spoken()))
        paths = [uid for one in found.contributions[:FIRST_PARTS] for uid in one.path]
        on_canvas.offer(services, [found.uid, *paths], "exposed")
    frame.to_page("exposure", text("party.to_exposure_all"), "exposed-to-exposure")


def _leads(services: Services, described: Described) -> None:
    """Draw who may be the same party, both side by side; nothing of it is merged."""
    st.subheader(text("party.same"))
    own = described.node.uid
    leads = [link for link in described.links if link.type == "POSSIBLY_SAME"]
    if not leads:
        _none(text("party.same"), described)
    for link in leads[:SIDE_BY_SIDE]:
        other = link.target if link.source == own else link.source
        found = compare(services.loaded_snapshot(), own, other)
        verdict = VERDICTS[found.verdict].to(spoken())
        with st.expander(f"{frame.plain(found.other.name)} {other}{text('frame.colon')}{verdict}"):
            st.caption(frame.plain(evidence_in(str(link.properties.get("evidence", "")), spoken())))
            frame.table(evidence_rows(found, spoken()), f"compared-{other}")
            frame.statement(f"xinmai why {own} {other}")
    if leads:
        frame.table(
            [
                row.cells
                for row in profile.link_rows(described, (Family.IDENTITY,), spoken(), family_of)
            ],
            "same",
        )
        ends = [end for link in leads for end in (link.source, link.target)]
        on_canvas.offer(services, [own, *ends], "same")
        frame.to_page("review", text("review.title"), "leads-to-review")
    st.subheader(text("party.pattern_leads"))
    st.caption(text("party.leads_note"))
    frame.to_page("leads", text("party.pattern_leads"), "leads-to-leads")


def _changes(services: Services, described: Described) -> None:
    """Draw what happened, newest first."""
    changes: list[Row] = []
    for code, ids in profile.change_ids(described).items():
        rows = services.ledger.read(code).filter(pl.col("record_id").is_in(ids))
        resource = services.catalogue.resource(code)
        changes += profile.change_rows(
            described, resource, rows.unique("record_id").collect(), spoken()
        )
    events = profile.event_rows(described, changes, spoken())
    if events:
        _table(services, events, "changes", "changes")
    else:
        _none(text("party.changes"), described)


def _sources(services: Services, described: Described) -> None:
    st.subheader(text("party.fields"))
    titles = {
        code: Text(one.title.zh, one.title.en)
        for code, one in with_forms(services.catalogue.by_code).items()
    }
    _table(services, profile.source_rows(described, titles, spoken()), "fields", "fields")
    st.subheader(text("party.steps"))
    uid = described.node.uid
    frame.table(step_rows(built(services.loaded_snapshot(), uid), spoken()), "steps")
    st.subheader(text("party.mentions"))
    frame.table(mention_rows(described.mentions, spoken()), "mentions")
