"""Certificates on a screen: taken away, checked on the spot, and checked when handed in."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.texts.read import text
from app.views import frame
from graph.analysis.checks import check, read
from graph.errors import XinmaiError


def offer(make: Callable[[], Mapping[str, Any]], name: str) -> None:
    """Offer a certificate for download, and check it as it would be read by others.

    It is made when somebody asks for it: that of a large party takes seconds.
    """

    def content() -> bytes:
        return json.dumps(make(), ensure_ascii=False, indent=1).encode()

    left, right, _ = st.columns([3, 3, 4])
    left.download_button(
        text("certificate.download"),
        content,
        f"{name}.json",
        "application/json",
        key=f"download-{name}",
        on_click="ignore",
        width="stretch",
    )
    if right.button(text("certificate.verify"), key=f"verify-{name}", width="stretch"):
        _say(content(), name)


def receive(key: str) -> None:
    """Check a certificate that somebody hands in."""
    with st.expander(text("certificate.received"), key=f"receive-{key}"):
        given = st.file_uploader(text("certificate.pick"), type="json", key=f"received-{key}")
    if given is not None:
        _say(given.getvalue(), given.name)


def _say(content: bytes, name: str) -> None:
    try:
        verdict = check(read(content))
    except ValueError:
        st.error(text("certificate.no_json", name=frame.plain(name)))
        return
    except XinmaiError as error:
        st.error(frame.refusal(error))
        return
    if verdict.ok:
        st.success(text("certificate.verified", count=verdict.checked))
    else:
        st.error(text("certificate.refused", fault=frame.plain(str(verdict.fault))))
