"""What was loaded, batch by batch: rows handed back, and from a row to the parties it became."""

import streamlit as st

from app.bootstrap import Services
from app.lineage import Line, line
from app.presenters.joining import joined_by, role_in
from app.presenters.material import batch_rows
from app.presenters.rejects import by_rule, rule_text, told
from app.texts.read import spoken, text
from app.views import address, frame
from loaders.batches import Batch
from loaders.flat.forms import with_forms


def draw(services: Services) -> None:
    """Draw the batches, newest first, and what a person asks about one of them."""
    listed = services.ledger.batches()
    if not listed:
        st.info(text("data.no_batches"))
        return
    st.caption(text("data.pick_batch"))
    rows = batch_rows(listed, with_forms(services.catalogue.by_code), spoken())
    place = frame.picked(rows, "batches")
    if place is not None:
        _batch(services, listed[len(listed) - 1 - place])


def _batch(services: Services, batch: Batch) -> None:
    name = frame.plain(batch.file)
    st.subheader(text("data.batch", file=name, batch=batch.batch[:12]))
    rejected(services, batch, f"batch-{batch.batch}")
    row = st.number_input(text("data.row"), min_value=1, value=None, step=1, key="lineage-row")
    if row is not None:
        with frame.told():
            _line(line(services, batch, int(row)))


def rejected(services: Services, batch: Batch, key: str) -> None:
    """Show what a batch handed back, and offer it in its own columns."""
    found = services.ledger.rejected(batch.batch)
    if not found.height:
        return
    frame.table(by_rule(found, spoken()), f"rules-{key}")
    content = told(found, spoken())
    frame.export(content, f"rejected-{key}", text("data.rejected_file"))


def _line(found: Line) -> None:
    st.markdown(f"**{text('data.cells', row=found.row)}**")
    if found.rejected:
        st.warning(text("data.broke", rule=frame.plain(rule_text(found.rejected, spoken()))))
    frame.table([{"列": name, "值": value} for name, value in found.cells], "line-cells")
    if not found.parties:
        st.info(text("data.became_none"))
        return
    st.markdown(f"**{text('data.became')}**")
    rows = [
        {
            "主体": one.name,
            "角色": role_in(one.role, spoken()),
            "依据": joined_by(one.rule, spoken()),
            "编号": one.uid,
        }
        for one in found.parties
    ]
    frame.table(rows, "line-parties")
    for uid, name in dict.fromkeys((one.uid, one.name) for one in found.parties):
        to_party(uid, name, "line")
    numbers = text("frame.comma").join(
        text("frame.because", said=number, why=name) for number, name, _ in found.reports
    )
    said = (
        text("data.reports", numbers=frame.plain(numbers)) if numbers else text("data.no_reports")
    )
    st.caption(said)


def to_party(uid: str, name: str, key: str) -> None:
    """Offer the way to a party."""
    label = text("data.open_party", name=frame.plain(name))
    if st.button(label, key=f"{key}-{uid}", on_click=address.open_party, args=(uid,)):
        address.go_to(address.PARTY)
