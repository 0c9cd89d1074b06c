"""数据: files recognised and previewed before they are loaded; batches, conflicts, quality."""

import streamlit as st

from app.bootstrap import Services
from app.presenters.material import authority_rows, conflict_rows, source_rows
from app.texts.read import spoken, text
from app.views import batches, frame, loading, quality
from loaders.flat.forms import with_forms


def render(services: Services) -> None:
    """Draw what comes in, what came in, and how good it is."""
    st.title(text("data.title"))
    if services.snapshot() is not None:
        frame.state_line(services)
    keys = ("load", "batches", "conflicts", "quality")
    load, listed, conflicts, good = st.tabs([text(f"data.{key}") for key in keys], key="data-tabs")
    with load, frame.told():
        loading.draw(services)
    with listed, frame.told():
        batches.draw(services)
    if services.snapshot() is None:
        for tab in (conflicts, good):
            tab.info(text("data.no_batches"))
    else:
        with conflicts, frame.told():
            _conflicts(services)
        with good, frame.told():
            st.caption(text("data.quality_note"))
            frame.table(source_rows(quality.sources_of(services), spoken()), "quality")
    frame.statement("xinmai load FILE --resource CODE --json")


def _conflicts(services: Services) -> None:
    snapshot = services.loaded_snapshot()
    found = snapshot.table("conflicts").collect()
    if not found.height:
        st.info(text("data.no_conflicts", snapshot=snapshot.id))
        return
    st.caption(text("data.by_field"))
    loaded = services.ledger.resources()
    resources = with_forms(services.catalogue.by_code)
    known = {code: one for code, one in resources.items() if code in loaded}
    fields = authority_rows(found, known, spoken())
    st.caption(text("data.pick_field"))
    place = frame.picked([row for _, row in fields], "conflict-fields")
    if place is None:
        return
    name, row = fields[place]
    of_field = found.filter(property=name).sort("uid", "value")
    st.subheader(text("data.field", field=row["字段"], count=of_field.height))
    places = {uid: snapshot.find(uid) for uid in of_field["uid"].unique()}
    names = {uid: snapshot.name_at(at) for uid, at in places.items() if at is not None}
    rows = conflict_rows(of_field, names, resources, spoken())
    chosen = frame.picked(rows, "conflicts-of-field")
    if chosen is not None:
        batches.to_party(str(rows[chosen]["编号"]), str(rows[chosen]["主体"]), "conflict")
