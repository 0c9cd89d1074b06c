"""Answers that several runs of a screen ask for: worked out once for a party, a day, a policy."""

from datetime import date

import streamlit as st

from app.bootstrap import Services
from app.views import frame
from graph.analysis.answers import Exposure
from graph.analysis.exposure import expose
from graph.analysis.party import Described, describe
from graph.analysis.view import View

# Parties that a room of people look at within a few minutes; a hub's answer is some megabytes.
_KEPT = 64


def described(services: Services, uid: str) -> Described:
    """Return what is known of a party, its records with their status on the day."""
    folder = str(services.workspace.folder)
    found: Described = _described(
        services, services.loaded_snapshot().id, folder, uid, frame.as_of()
    )
    return found


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _described(_services: Services, snapshot: str, folder: str, uid: str, as_of: date) -> Described:
    del snapshot, folder
    return describe(_services.loaded_snapshot(), uid, as_of)


def exposure_of(services: Services, view: View, uid: str, hops: int | None = None) -> Exposure:
    """Return the exposure of a party under a view's policy on its day."""
    folder = str(services.workspace.folder)
    known = (folder, view.snapshot.id, view.version, view.as_of)
    found: Exposure = _exposure(view, known, uid, hops)
    return found


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _exposure(
    _view: View, known: tuple[str, str, str, date], uid: str, hops: int | None
) -> Exposure:
    del known
    return expose(_view, uid, hops)
