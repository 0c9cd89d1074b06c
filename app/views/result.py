"""The rows of a query: as a table, as a chart, or as parties on the canvas; with their exports."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app.bootstrap import Services
from app.presenters.answer import COUNT, answer_rows, chart, chart_columns, parties
from app.texts.read import spoken, text
from app.views import address, frame, network
from graph.schema.catalog import SCHEMA
from queries.output import write_answer
from queries.run import Answer

TABLE, CHART, CANVAS = "table", "chart", "canvas"
ENDINGS = ("xlsx", "parquet")


def draw(services: Services, answer: Answer, name: str) -> None:
    """Draw an answer the way a person chose; `name` is that of its files."""
    count = len(answer.rows)
    seconds = f"{answer.seconds:.2f}"
    key = "result.capped" if answer.more else "result.rows" if count else "result.none"
    said = text(key, rows=f"{count:,}", limit=f"{answer.limit:,}", seconds=seconds)
    if answer.more:
        st.warning(said)
    else:
        st.markdown(f"**{said}**")
    st.caption(text("result.of", snapshot=answer.snapshot, as_of=frame.as_of()))
    if not count:
        return
    shown = st.segmented_control(
        text("result.show"),
        [TABLE, CHART, CANVAS],
        default=TABLE,
        format_func=lambda one: text(f"result.{one}"),
        key="result-show",
        required=True,
    )
    {TABLE: _table, CHART: _chart, CANVAS: _canvas}[shown](services, answer, name)


def _table(_services: Services, answer: Answer, name: str) -> None:
    frame.table(answer_rows(answer), name)
    row = st.container(horizontal=True)
    for ending in ENDINGS:
        row.download_button(
            ending.upper(),
            _file(answer, ending),
            f"{name}.{ending}",
            on_click="ignore",
            key=f"result-{ending}",
        )


def _file(answer: Answer, ending: str) -> Callable[[], bytes]:
    def made() -> bytes:
        with tempfile.TemporaryDirectory() as aside:
            path = Path(aside) / f"rows.{ending}"
            write_answer(answer, path)
            return path.read_bytes()

    return made


def _chart(_services: Services, answer: Answer, name: str) -> None:
    names, measures = chart_columns(answer)
    if not names:
        st.info(text("result.no_names"))
        return
    one, two = st.columns(2)
    by = one.selectbox(text("result.by"), names, key=f"chart-by-{name}")
    measure = two.selectbox(
        text("result.measure"),
        measures,
        format_func=lambda found: text("result.count") if found == COUNT else found,
        key=f"chart-measure-{name}",
    )
    bars, left_out = chart(answer, str(by), str(measure))
    st.bar_chart(bars, x=str(by), y=str(measure), horizontal=True, sort=f"-{measure}")
    if left_out:
        st.caption(text("result.bars_left", left=left_out))
    st.caption(text("result.computed"))


def _canvas(services: Services, answer: Answer, _name: str) -> None:
    """Draw the parties of the answer and offer all of them to the network screen."""
    snapshot = services.loaded_snapshot()
    uids, left_out = parties(answer, snapshot, services.settings.canvas_limit)
    if not uids:
        st.info(text("result.no_parties"))
        return
    st.caption(text("result.parties", count=len(uids), left=left_out))
    if st.button(text("result.open_network"), type="primary", key="result-network"):
        network.start_with(uids)
        address.go_to("network")
    nodes = [snapshot.node(uid) for uid in uids]
    frame.table(
        [
            {
                "名称": node.name,
                "类别": SCHEMA.node(node.label).title.to(spoken()),
                "编号": node.uid,
            }
            for node in nodes
        ],
        "result-parties",
    )
