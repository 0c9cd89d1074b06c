"""投标名单比对: a list two by two; a cell leads to the relation, its path and its evidence."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import streamlit as st

from app.acting import require
from app.bootstrap import Services
from app.presenters.matrix import (
    HEADING,
    bounds_text,
    cell_text,
    common_lines,
    evidence,
    evidence_text,
    matrix_rows,
    met_text,
    relation_text,
    state_text,
)
from app.reports.bidders import Bidders, kinds_found, resolve, write_bidders
from app.rights import Right
from app.texts.read import spoken, text
from app.views import address, frame, network
from app.views.listing_input import ask_list
from graph.analysis.matrix import LEAST_PARTIES, MOST_PARTIES, Matrix, Tie, matrix

# What a page waits for; what is not done by then is told as not done (screens.md 7: 200 in 10 s).
_SECONDS = 10.0
_MOST_HOPS = 6
_USUAL_HOPS = 4
_KEPT = 8
_ASKED = "bidders_asked"


def draw(services: Services) -> None:
    """Draw the list, the matrix, and the pair that was chosen in it."""
    require(services, Right.REPORT)
    given = ask_list("bidders")
    hops = st.slider(text("bidders.hops"), 1, _MOST_HOPS, _USUAL_HOPS, key="bidders-hops")
    if given is None:
        return
    snapshot = services.loaded_snapshot()
    listed = resolve(snapshot, given.listing)
    with st.container():
        _not_compared(listed)
    if not LEAST_PARTIES <= len(listed.uids) <= MOST_PARTIES:
        known = {"count": len(listed.uids), "least": LEAST_PARTIES, "most": MOST_PARTIES}
        st.info(text("bidders.count", **known))
        return
    asked = (listed.uids, frame.as_of(), hops, snapshot.id)
    if st.button(text("bidders.compare"), type="primary", key="bidders-go"):
        st.session_state[_ASKED] = asked
    if st.session_state.get(_ASKED) != asked:
        return
    with st.spinner(text("bidders.comparing", count=len(listed.uids))):
        found = _compared(services, *asked)
    _result(services, listed, found)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _compared(
    _services: Services, uids: tuple[str, ...], as_of: date, hops: int, snapshot: str
) -> Matrix:
    """Return the pairs of a list; the same list on the same snapshot is compared once."""
    del snapshot
    return matrix(_services.view(as_of), uids, hops=hops, timeout=_SECONDS)


def _not_compared(listed: Bidders) -> None:
    """Draw the rows that are not compared: nobody known is meant, or several, or one again."""
    repeated = listed.repeated
    rows = [row for row in listed.rows(spoken()) if not row[3] or int(row[0]) in repeated]
    if listed.unresolved:
        st.warning(text("bidders.unresolved", count=listed.unresolved))
    if repeated:
        st.info(text("bidders.repeated", count=len(repeated)))
    if rows:
        heads = [text(f"bidders.{name}") for name in ("row", "listed", "state", "reason", "maybe")]
        cells = [(row[0], row[1], row[2], row[5], row[6]) for row in rows]
        frame.table([dict(zip(heads, row, strict=True)) for row in cells], "bidders-unresolved")


def _result(services: Services, listed: Bidders, found: Matrix) -> None:
    st.warning(HEADING.to(spoken()))
    kinds = text("frame.comma").join(
        f"{kind} {count}" for kind, count in kinds_found(found, spoken()).items()
    )
    known = {"parties": len(found.uids), "pairs": len(found.ties)}
    st.markdown(f"**{text('bidders.found', kinds=kinds or text('bidders.nothing'), **known)}**")
    st.caption(bounds_text(found, spoken()))
    with st.container():
        if found.bounds.timed_out:
            st.warning(text("bidders.timed_out", seconds=f"{_SECONDS:.0f}"))
    pair = _chosen(found)
    # In one place: the files below it can be taken while another pair is chosen.
    with st.container():
        _pair(services, found, pair)
    for line in common_lines(found, services.loaded_snapshot(), spoken()):
        st.caption(frame.plain(line))
    row = st.container(horizontal=True)
    for ending in ("xlsx", "csv", "json"):
        row.download_button(
            ending.upper(),
            _file(services, listed, found, ending),
            f"bidders.{ending}",
            on_click="ignore",
            key=f"bidders-{ending}",
        )
    frame.statement("xinmai bidders LIST.csv --out bidders.xlsx")


def _chosen(found: Matrix) -> Tie:
    """Draw the matrix and the list of pairs; return the pair that either names."""
    head, *rows = matrix_rows(found, spoken())
    # Two parties may have one name: each is told by its place in the list.
    names = [f"{place} {name}" for place, name in enumerate(head[1:], start=1)]
    table = pl.DataFrame(
        [[names[place], *row[1:]] for place, row in enumerate(rows)],
        schema=[text("bidders.party"), *names],
        orient="row",
    )
    said = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        key=f"matrix-{len(names)}",
        on_select="rerun",
        selection_mode="single-cell",
    )
    ranked = sorted(found.ties, key=lambda tie: tie.strongest is None)
    place = _clicked(said["selection"]["cells"], names, found, ranked)
    numbers = dict(zip(found.uids, names, strict=True))
    picked = st.selectbox(
        text("bidders.pair"),
        range(len(ranked)),
        index=place,
        format_func=lambda at: (
            f"{numbers[ranked[at].one]} — {numbers[ranked[at].other]} · "
            f"{cell_text(ranked[at], spoken())}"
        ),
        key=f"pair-{place}",
    )
    return ranked[picked]


def _clicked(cells: object, names: list[str], found: Matrix, ranked: list[Tie]) -> int:
    """Return the place of the pair of a clicked cell, that of the strongest without one."""
    if not isinstance(cells, list) or not cells:
        return 0
    row, column = cells[0]
    if column not in names or names.index(column) == row:
        return 0
    return ranked.index(found.tie(found.uids[row], found.uids[names.index(column)]))


def _pair(services: Services, found: Matrix, tie: Tie) -> None:
    """Draw one pair: every relation with its evidence, or how far was looked in vain."""
    snapshot = services.loaded_snapshot()
    sources = evidence(found, snapshot)
    if tie.relations:
        frame.table(
            [
                {
                    text("bidders.relation"): relation_text(one, snapshot, spoken()),
                    text("bidders.legal"): text("bidders.yes") if one.legal else "",
                    text("bidders.evidence"): evidence_text(one, sources, spoken()),
                }
                for one in tie.relations
            ],
            "bidders-pair",
        )
    else:
        st.info(state_text(tie, found, spoken()))
    if tie.met is not None:
        st.caption(met_text(tie, spoken()))
    if st.button(text("bidders.to_network"), key="bidders-network"):
        network.start_with(_nodes(services, tie))
        address.go_to("network")


def _nodes(services: Services, tie: Tie) -> list[str]:
    """Return both parties and whatever their relations lead over."""
    snapshot = services.loaded_snapshot()
    found = [tie.one, tie.other]
    for one in tie.relations:
        for key in one.links:
            link = snapshot.link(key)
            found += [link.source, link.target]
    return list(dict.fromkeys(found))


def _file(services: Services, listed: Bidders, found: Matrix, ending: str) -> Callable[[], bytes]:
    language = spoken()

    def made() -> bytes:
        with tempfile.TemporaryDirectory() as aside:
            path = Path(aside) / f"bidders.{ending}"
            write_bidders(listed, found, services.loaded_snapshot(), path, language)
            return path.read_bytes()

    return made
