"""The app as a person meets it: a real server on this machine and a real Chromium."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from app.bootstrap import open_services
from app.cli.serving import server_command, server_environment
from app.settings import read_settings
from graph.store.open import open_store
from graph.store.target import StoreTarget
from loaders.publish import publish
from tests.conftest import emptied

ROOT = Path(__file__).resolve().parents[2]
# The first is Chromium without a window, as Playwright brings it: half the processor a page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SECONDS = 180
HERE = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
_CONTEXTS: dict[tuple[tuple[str, str], ...], BrowserContext] = {}
# How long a machine takes decides no test: what is waited for comes, or the test has failed.
expect.set_options(timeout=SECONDS * 1e3)


def still(page: Page) -> None:
    """Wait until the screen's script has run: a click while it first runs may be undone by it."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]"
        "[data-test-connection-state=CONNECTED]"
    )


def press(page: Page, what: Locator, place: tuple[float, float] | None = None) -> None:
    """Click what is there, once nothing that is still drawn can take it away."""
    expect(what).to_be_visible()
    still(page)
    what.click(position=None if place is None else {"x": place[0], "y": place[1]})


def opened_at(page: Page, address: str, title: str) -> None:
    """Go to an address and wait until its screen stands, whole."""
    page.goto(address)
    expect(page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible()
    still(page)


def run_own(page: Page) -> None:
    """Run the statement that was written; the library's button may stand there a moment longer."""
    button = page.locator(".st-key-own-go").get_by_role("button")
    expect(button).to_have_count(1)
    expect(button).to_be_enabled()
    press(page, button)


def canvas_of(page: Page) -> Locator:
    """Return the canvas of a page; what lies in its shadow root is found through it."""
    return page.locator("[class*='st-key-canvas-']")


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Serve the app on a workspace, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = server_environment(os.environ, workspace)
    process = subprocess.Popen(server_command(port), env=environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + SECONDS
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, "the app ended before it answered"
                assert time.monotonic() < until, "the app did not start"
                time.sleep(0.3)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        finally:
            # Nothing is left to hold the port, and no test waits for ever.
            process.kill()


@pytest.fixture(scope="session")
def address(demo: Path) -> Iterator[str]:
    """The app, serving the demonstration."""
    with served(demo) as url:
        yield url


def own_desk(demo: Path, made: Path, *without: str) -> Path:
    """Make a workspace on the data of the demonstration whose desk and jobs are its own."""
    made.mkdir()
    for one in demo.iterdir():
        if not one.name.startswith(("desk", "jobs", ".lock", *without)):
            (made / one.name).symlink_to(one)
    return made


@contextmanager
def on_neo4j(demo: Path, made: Path, target: StoreTarget, uri: str) -> Iterator[Path]:
    """A workspace with the snapshot of the demonstration and a Neo4j for its graph."""
    own_desk(demo, made, "graph")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XINMAI_STORE", "neo4j")
        patch.setenv("NEO4J_URI", uri)
        patch.setenv("NEO4J_USERNAME", str(target.username))
        patch.setenv("NEO4J_PASSWORD", str(target.password))
        yield made


@contextmanager
def published(demo: Path, target: StoreTarget) -> Iterator[None]:
    """Hold the graph of the demonstration in a Neo4j; it is empty before and after."""
    emptied(target)
    with closing(open_store(target)) as store:
        publish(store, open_services(read_settings({}, demo)).loaded_snapshot(), None, print)
    yield
    emptied(target)


@pytest.fixture(scope="module", params=("embedded", "neo4j"))
def on_either_engine(
    request: pytest.FixtureRequest, demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The app on the demonstration, its graph in the embedded engine, then in a Neo4j."""
    if request.param == "embedded":
        yield request.getfixturevalue("address")
        return
    target: StoreTarget = request.getfixturevalue("neo4j_target")
    made = tmp_path_factory.mktemp("neo4j") / "w"
    with (
        published(demo, target),
        on_neo4j(demo, made, target, str(target.uri)) as workspace,
        served(workspace) as url,
    ):
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window where there is such a one."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = f"a browser is required here: none of {', '.join(NAMES)}"
        if os.environ.get("CI") or os.environ.get("XINMAI_REQUIRE_SERVERS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
        _CONTEXTS.clear()


@contextmanager
def opened(chromium: Browser, address: str, **headers: str) -> Iterator[Page]:
    """Open a page; requests beyond this machine and errors on its console fail the test.

    `headers` go with each request, as a proxy before the app adds them.
    """
    context = _context(chromium, headers)
    outside: list[str] = []
    errors: list[str] = []

    def note(asked: Request) -> None:
        if not asked.url.startswith(HERE):
            outside.append(asked.url)

    context.on("request", note)
    others = context.pages
    page = context.new_page()
    page.on("console", lambda said: _hear(said, errors))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(180_000)
    try:
        page.goto(address)
        yield page
    finally:
        # The next one finds nothing of this one but what the browser has compiled.
        with suppress(Error):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        for one in context.pages:
            if one not in others:
                one.close()
        context.clear_cookies()
        context.remove_listener("request", note)
    assert not outside
    assert not errors


def _context(chromium: Browser, headers: Mapping[str, str]) -> BrowserContext:
    """Return the context of pages with these headers: each new one compiles the screens anew."""
    key = tuple(sorted(headers.items()))
    if key not in _CONTEXTS:
        size: ViewportSize = {"width": 1440, "height": 1000}
        made = chromium.new_context(viewport=size, locale="zh-CN", extra_http_headers=dict(headers))
        _CONTEXTS[key] = made
    return _CONTEXTS[key]


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page of the app."""
    with opened(chromium, address) as page:
        yield page


def _hear(said: ConsoleMessage, errors: list[str]) -> None:
    if said.type == "error":
        errors.append(f"{said.text} {said.location.get('url')}")
