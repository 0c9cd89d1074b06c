"""The row of a file on which a value, link or record stands, and the way to its other end."""

import streamlit as st

from app.bootstrap import Services
from app.lineage import cells_of
from app.presenters.profile import Row
from app.texts.read import spoken, text
from app.views import frame
from app.views.batches import to_party
from loaders.flat.forms import with_forms


def draw(services: Services, row: Row, key: str) -> None:
    """Draw the first row that says it, as the department wrote it."""
    if row.other:
        to_party(row.other, row.other_name, key)
    if not row.sources:
        st.caption(text("party.no_source"))
        return
    source = row.sources[0]
    resource = with_forms(services.catalogue.by_code).get(source.resource)
    title = resource.title.to(spoken()) if resource else source.resource
    said = text("party.stands", title=title, file=frame.plain(source.file), row=source.row)
    st.markdown(f"**{said}**")
    batch = next(one for one in services.ledger.batches() if one.batch == source.batch)
    with frame.told():
        cells = cells_of(services, batch, source.row)
        frame.table([{"列": name, "值": value} for name, value in cells], f"row-{key}")
    if len(row.sources) > 1:
        st.caption(text("party.stands_more", count=len(row.sources) - 1))
