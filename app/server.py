"""The server of the screens: Streamlit, which is told where it stands itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.views import resident, warming
from app.views.address import HOME
from graph.snapshot.mapping import set_aside_from

_HEAD = b"<head>"
# Opened at the address of a screen, Streamlit's page would look for its server below that address
# first, and its console would tell of two pages that are not there; and it says that it is English.
_PLACE = b"<head><script>window.__streamlit={BACKEND_BASE_URL:location.origin}</script>"
_ENGLISH, _CHINESE = b'<html lang="en">', b'<html lang="zh-CN">'


class Placed:
    """Hands on what is asked for; pages of the app say where their server is."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not _is_page(scope):
            await self._app(scope, receive, send)
            return
        elsewhere = _screen_meant(str(scope["path"]))
        # Packed, its text could not be read here.
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: list[Message] = []
        body = bytearray()

        async def passed(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            if elsewhere is not None and _is_html(start[0]):
                query = b"?" + scope["query_string"] if scope["query_string"] else b""
                place = (b"location", elsewhere.encode() + query)
                await send({"type": "http.response.start", "status": 307, "headers": [place]})
                await send({"type": "http.response.body", "body": b""})
            else:
                content = bytes(body).replace(_HEAD, _PLACE).replace(_ENGLISH, _CHINESE)
                await send(_of_length(start[0], len(content)))
                await send({"type": "http.response.body", "body": content})

        await self._app({**scope, "headers": headers}, receive, passed)


def _is_page(scope: Scope) -> bool:
    """Return whether a page is asked for: no file and nothing of Streamlit's own."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path = str(scope["path"])
    return "/_stcore/" not in path and "." not in path.rpartition("/")[2]


def _screen_meant(path: str) -> str | None:
    """Return the address of the screen that an address means which can be none's, else None.

    Below a folder the page does not find its own files and stays blank; "home" is the name of the
    first screen, which answers at "/" alone.
    """
    *folders, name = [part for part in path.split("/") if part] or [""]
    if name == HOME:
        return "/"
    return f"/{quote(name)}" if folders else None


def _is_html(start: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/html")
        for name, value in start["headers"]
    )


def _of_length(start: Message, length: int) -> Message:
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}


@asynccontextmanager
async def _opened(_: st.App) -> AsyncIterator[None]:
    """Begin to warm up beside the first visitors, who do not wait for it, and to stay small."""
    set_aside_from(resident.LEAST_ASIDE)
    for work in (warming.begin, resident.watch):
        Thread(target=work, daemon=True).start()
    yield


application = st.App(
    Path(__file__).with_name("main.py"), lifespan=_opened, middleware=[Middleware(Placed)]
)
