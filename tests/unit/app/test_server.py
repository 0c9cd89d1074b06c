"""The pages of the app say where their server is; all else passes as it was."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from weakref import ref

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.bootstrap import open_services
from app.server import Placed
from app.settings import read_settings
from app.views.warming import warm
from graph.analysis.finder import finder
from graph.analysis.search import search

PAGE = b'<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <title>Streamlit</title>'


def asked(path: str, method: str = "GET") -> tuple[bytes, dict[bytes, bytes], list[bytes]]:
    """Return body, headers and what the application was asked to pack, for one request."""
    packed: list[bytes] = []

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        packed.extend(name for name, _ in scope["headers"] if name == b"accept-encoding")
        kind = b"text/html; charset=utf-8" if "/media/" not in scope["path"] else b"image/png"
        head = [(b"content-length", str(len(PAGE)).encode()), (b"content-type", kind)]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[20:]})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(b"accept-encoding", b"gzip")]
    path, _, query = path.partition("?")
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    scope |= {"query_string": query.encode()}
    # In a thread of its own: a browser's driver may have a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(Placed(application)(scope, receive, send))).result()
    body = b"".join(one.get("body", b"") for one in sent)
    return body, dict(sent[0]["headers"]), packed


def test_a_page_says_where_its_server_is_and_that_it_is_chinese() -> None:
    body, headers, packed = asked("/party")

    assert b"window.__streamlit={BACKEND_BASE_URL:location.origin}" in body
    assert b'<html lang="zh-CN">' in body
    assert int(headers[b"content-length"]) == len(body)
    assert packed == []


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/a/b", b"/b"),
        ("/主体/party?party=x&a=1", b"/party?party=x&a=1"),
        ("/a//没有", b"/%E6%B2%A1%E6%9C%89"),
        ("/a/b\r\nx: y", b"/b%0D%0Ax%3A%20y"),
        ("/home", b"/"),
    ],
)
def test_an_address_that_can_be_no_screens_leads_to_the_one_that_is_meant(
    path: str, place: bytes
) -> None:
    body, headers, _ = asked(path)

    assert (body, headers) == (b"", {b"location": place})


def test_a_picture_below_a_folder_is_handed_on() -> None:
    body, headers, _ = asked("/media/0a1b")

    assert len(body) == int(headers[b"content-length"])
    assert b"location" not in headers


def test_files_and_what_is_streamlits_own_pass_as_they_are() -> None:
    for path in ("/static/js/index.js", "/_stcore/health", "/party/_stcore/host-config"):
        body, headers, packed = asked(path)

        assert (body, int(headers[b"content-length"])) == (PAGE, len(PAGE))
        assert packed == [b"accept-encoding"]
    assert asked("/party", "HEAD")[0] == PAGE


def test_what_the_first_visitor_needs_is_made_before(demo: Path) -> None:
    house = open_services(read_settings({}, demo))
    today = date(2026, 11, 23)

    warm(house, today)

    looked = finder(house.loaded_snapshot())
    assert {"organisations", "persons", "_by_key"} <= set(vars(looked))
    assert "_lists" in vars(house.view(today))


def test_an_empty_workspace_is_not_warmed(tmp_path: Path) -> None:
    warm(open_services(read_settings({}, tmp_path / "w"), create=True), date(2026, 11, 23))


def test_a_snapshot_that_is_let_go_takes_its_indexes_along(demo: Path) -> None:
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    search(snapshot, "heng", 1)
    kept = ref(finder(snapshot).organisations)
    gc.disable()
    try:
        del snapshot

        assert kept() is None
    finally:
        gc.enable()
