"""How good each resource is; worked out once for a batch or a snapshot, which never change."""

from datetime import date

import streamlit as st

from app.bootstrap import Services
from app.presenters.material import Checked, Source, check_batch, mention_counts, sources
from loaders.batches import Batch
from loaders.flat.forms import with_forms


def sources_of(services: Services) -> list[Source]:
    """Return every resource that was loaded, how complete, how fresh and how well resolved."""
    folder = str(services.workspace.folder)
    checked = [(one, _checked(services, one, folder)) for one in services.ledger.batches()]
    mentions = _mentions(services, services.loaded_snapshot().id, folder)
    today = date.today()  # noqa: DTZ011 - the person's day
    return sources(checked, with_forms(services.catalogue.by_code), mentions, today)


@st.cache_data(max_entries=10_000, show_spinner=False)
def _checked(_services: Services, batch: Batch, folder: str) -> Checked:
    del folder
    return check_batch(_services.ledger, batch, _services.catalogue.by_code.get(batch.resource))


@st.cache_data(max_entries=4, show_spinner=False)
def _mentions(_services: Services, snapshot: str, folder: str) -> dict[str, tuple[int, int]]:
    del snapshot, folder
    return mention_counts(_services.loaded_snapshot())
