"""总览: what is loaded, from where, and whether every row is accounted for."""

import polars as pl
import streamlit as st

from app.bootstrap import Services
from app.texts.read import spoken, text
from app.views import frame
from graph.schema.catalog import SCHEMA
from graph.schema.codes import RECORD_CLASSES, STATUSES
from graph.schema.words import Text
from graph.snapshot import form
from graph.snapshot.status import status_on
from loaders.tables.read import department


def render(services: Services) -> None:
    """Draw the overview."""
    st.title(text("overview.title"))
    if services.snapshot() is None:
        st.info(text("frame.empty"))
        return
    frame.state_line(services)
    status = services.status()
    figures = st.columns(4)
    rejected = sum(batch.rejected for batch in status.batches)
    for place, (key, value) in enumerate(
        (
            ("overview.parties", status.parties),
            ("overview.links", status.links),
            ("overview.records", status.records),
            ("overview.rejected", rejected),
        )
    ):
        figures[place].metric(text(key), f"{value:,}")
    same = status.published == status.snapshot
    key = "overview.published" if same else "overview.stale"
    st.caption(text(key, store=status.store, snapshot=status.published))
    st.subheader(text("overview.sources"))
    st.caption(text("overview.adds_up"))
    frame.table(_batches(services), "sources")
    left, right = st.columns(2)
    with left:
        st.subheader(text("overview.by_class"))
        frame.table(_classes(services), "classes")
    with right:
        st.subheader(text("overview.by_status"))
        frame.table(_records(services), "records")
    frame.statement("xinmai status --json")


def _batches(services: Services) -> list[dict[str, object]]:
    titles = {one.code: one for one in services.catalogue.resources()}
    rows: list[dict[str, object]] = []
    for batch in services.ledger.batches():
        resource = titles.get(batch.resource)
        rows.append(
            {
                "资料": Text(resource.title.zh, resource.title.en).to(spoken())
                if resource
                else batch.resource,
                "部门": department(resource.department).to(spoken()) if resource else "—",
                "文件": batch.file,
                "装载日": batch.loaded_at[:10],
                "读入": batch.read,
                "写入": batch.loaded,
                "合并": batch.merged,
                "拒收": batch.rejected,
            }
        )
    return rows


def _classes(services: Services) -> list[dict[str, object]]:
    counted = services.loaded_snapshot().table("nodes").group_by("label").len().collect()
    rows = sorted(counted.iter_rows(), key=lambda row: (-row[1], row[0]))
    return [{"类别": SCHEMA.node(label).title.to(spoken()), "数量": count} for label, count in rows]


def _records(services: Services) -> list[dict[str, object]]:
    arrays = services.loaded_snapshot().arrays
    rows = pl.int_range(arrays["record_status"].size, eager=True).to_numpy()
    status = status_on(arrays, rows, form.day_number(frame.as_of()))
    table = pl.DataFrame({"class": arrays["record_class"][rows], "status": status})
    counted = table.group_by("class", "status").len().sort("class", "status")
    return [
        {
            "类别": RECORD_CLASSES[form.CLASS_CODES[kind]].to(spoken()),
            "状态": STATUSES[form.STATUS_CODES[code]].to(spoken()),
            "数量": count,
        }
        for kind, code, count in counted.iter_rows()
    ]
