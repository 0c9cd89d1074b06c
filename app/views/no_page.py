"""What stands at an address at which there is no screen: what is wrong with it, and a way on."""

from collections.abc import Container
from urllib.parse import unquote, urlsplit

import streamlit as st

from app.texts.read import text
from app.views import frame


def asked(known: Container[str]) -> str | None:
    """Return the last part of the address where no screen is called so; else None.

    Where a proxy puts the app below a path of its own, that part may be of this path: then the
    browser asks for no screen, and a page of this name is never shown. No page can be called by a
    name with a slash in it.
    """
    path = urlsplit(st.context.url or "").path
    name = unquote(path.rstrip("/").rsplit("/", 1)[-1])
    return name if name.strip() and "/" not in name and name not in known else None


def draw(name: str, first: st.Page) -> None:
    """Say that there is no such screen; `first` is the one to begin at."""
    st.title(text("no_page.title"))
    st.warning(text("no_page.said", name=frame.repeated(name)))
    st.page_link(first, label=text("no_page.first", title=first.title))
