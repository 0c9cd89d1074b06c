"""What goes wrong around a person at work: the line is cut, the store gone, another is faster."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    WebSocketRoute,
    expect,
)

from app.bootstrap import open_services
from app.settings import read_settings
from graph.store.running import stop_engine
from graph.store.target import StoreTarget
from tests.app.conftest import (
    on_neo4j,
    opened_at,
    own_desk,
    press,
    published,
    run_own,
    served,
    still,
)

FIRM, OTHER = "深圳恒岭新材料有限公司", "深圳恒岭建材贸易有限公司"
PATIENT = 180_000
WIDE = {"width": 1440, "height": 1000}


@pytest.fixture(scope="module")
def workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with a desk of its own; the graph is that of the others."""
    return own_desk(demo, tmp_path_factory.mktemp("held-up") / "w")


@pytest.fixture(scope="module")
def site(workspace: Path) -> Iterator[str]:
    with served(workspace) as address:
        yield address


@pytest.fixture
def person(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENT)
    yield context
    context.close()


@pytest.fixture
def colleague(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENT)
    yield context
    context.close()


def _uid(workspace: Path, name: str) -> str:
    return open_services(read_settings({}, workspace)).party(name).uid


def _open(context: BrowserContext, address: str, title: str) -> Page:
    page = context.new_page()
    opened_at(page, address, title)
    return page


def test_a_line_that_was_cut_is_taken_up_again_and_nothing_that_was_typed_is_lost(
    person: BrowserContext, site: str
) -> None:
    page = _open(person, f"{site}/query", "查询")
    page.get_by_text("自写语句", exact=True).click()
    box = page.get_by_role("textbox", name=re.compile("Cypher"))
    expect(box).to_be_visible()
    cypher = "MATCH (p:Enterprise) RETURN p.uid AS uid ORDER BY uid LIMIT 3"
    box.fill(cypher)
    box.press("Control+Enter")
    expect(page.get_by_role("button", name="加入批量", exact=True).first).to_be_enabled()
    press(page, page.get_by_role("button", name="加入批量", exact=True).first)
    expect(page.get_by_text("已加入“批量查询”").first).to_be_visible()

    person.set_offline(True)
    page.wait_for_timeout(3_000)
    person.set_offline(False)

    expect(box).to_have_value(cypher)
    run_own(page)
    expect(page.get_by_text(re.compile("^3 行")).first).to_be_visible()
    # And where the page itself is gone, the desk still has what was put aside.
    page.close()
    again = _open(person, f"{site}/batch", "批量")
    press(again, again.get_by_text("批量查询", exact=True))
    expect(again.locator("[role=gridcell]").filter(has_text="自写语句").first).to_be_attached()


def test_day_party_and_language_of_one_person_are_not_those_of_another(
    person: BrowserContext, colleague: BrowserContext, site: str, workspace: Path
) -> None:
    mine = _open(person, f"{site}/party?party={_uid(workspace, FIRM)}", "主体")
    theirs = _open(colleague, f"{site}/party?party={_uid(workspace, OTHER)}", "主体")
    expect(theirs.get_by_text("自身有效失信记录 1 条")).to_be_visible()

    mine.get_by_role("spinbutton", name="year, 时点").focus()
    mine.keyboard.type("20200101")
    # A day counts once its box is left.
    mine.get_by_role("heading", level=1).click()
    expect(mine.get_by_text("历史时点").first).to_be_visible()
    press(mine, mine.get_by_text("English", exact=True))
    expect(mine.get_by_role("heading", name="Party", level=1, exact=True)).to_be_visible()
    press(theirs, theirs.get_by_role("tab", name="信用记录", exact=True))
    still(theirs)

    expect(theirs.get_by_role("heading", name="主体", level=1, exact=True)).to_be_visible()
    expect(theirs.get_by_role("heading", name=OTHER, exact=True)).to_be_visible()
    expect(theirs.get_by_text("历史时点")).to_have_count(0)
    expect(theirs.get_by_text("自身有效失信记录 1 条")).to_be_visible()
    expect(mine.get_by_role("heading", name=FIRM, exact=True)).to_be_visible()


def test_of_two_who_decide_on_the_same_lead_neither_is_lost_and_the_later_is_told(
    person: BrowserContext, colleague: BrowserContext, site: str, workspace: Path
) -> None:
    address = f"{site}/leads?pattern=circular_ownership"
    for context in (person, colleague):
        page = _open(context, address, "线索")
        card = page.locator("[class*=st-key-lead-card-]")
        expect(card).to_be_visible()
    mine, theirs = person.pages[0], colleague.pages[0]
    for page, name in ((mine, "张三"), (theirs, "李四")):
        card = page.locator("[class*=st-key-lead-card-]")
        press(page, card.get_by_role("button", name="确认"))
        page.get_by_label("判定人").last.fill(name)
        page.get_by_label("理由（必填）").last.fill("章程已核")
    for page in (mine, theirs):
        press(page, page.get_by_role("button", name="保存确认"))
        still(page)

    expect(mine.get_by_text("已保存第 1 号：确认")).to_be_visible()
    # Both stand on the desk, each in its own name, and the later one is told of the first.
    expect(theirs.get_by_text("已保存第 2 号：确认")).to_be_visible()
    expect(theirs.get_by_text("同一线索另有判定：张三（1），均保留")).to_be_visible()
    decided = open_services(read_settings({}, workspace)).lead_decisions.listed()
    assert [one.author for one in decided] == ["张三", "李四"]


def test_who_goes_back_before_the_last_click_is_answered_keeps_the_page(
    person: BrowserContext, site: str, workspace: Path
) -> None:
    page, held, late = person.new_page(), list[str | bytes](), False

    def hand_on(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        server.on_message(lambda said: held.append(said) if late else line.send(said))
        lines.append(line)

    def choose(uid: str) -> None:
        page.evaluate("(uid) => window.xinmaiCanvas.act('choose', [uid], [])", uid)

    lines: list[WebSocketRoute] = []
    page.route_web_socket(re.compile("/_stcore/stream"), hand_on)
    page.goto(f"{site}/network?party={_uid(workspace, FIRM)}")
    page.wait_for_function("() => window.xinmaiCanvas && !window.xinmaiCanvas.waiting()")
    still(page)
    shown = page.evaluate("() => window.xinmaiCanvas.shown()")
    first, second, third = shown[:3]
    for uid in (first, second):
        choose(uid)
        expect(page.locator("code").get_by_text(uid, exact=True).first).to_be_visible()
        still(page)

    # What the server says takes longer than the next click.
    late = True
    for uid in (third, first):
        before = len(held)
        choose(uid)
        while len(held) == before:
            page.wait_for_timeout(100)
        page.wait_for_timeout(1_500)
    late = False
    for said in held:
        lines[-1].send(said)

    still(page)
    expect(page.locator("code").get_by_text(first, exact=True).first).to_be_visible()


class Line:
    """A line to a server that can be cut and laid again: the port stays the same."""

    def __init__(self, host: str, port: int) -> None:
        """Lay it."""
        self._far = (host, port)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.lay()

    def lay(self) -> None:
        """Let calls through."""
        self._near = socket.create_server(("127.0.0.1", self.port))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._take, args=(self._near,), daemon=True).start()

    def cut(self) -> None:
        """End every call, and answer no new one."""
        self._near.shutdown(socket.SHUT_RDWR)
        self._near.close()
        for one in self._open:
            one.close()

    def _take(self, near: socket.socket) -> None:
        while True:
            try:
                caller, _ = near.accept()
                far = socket.create_connection(self._far)
            except OSError:
                return
            self._open += [caller, far]
            for pair in ((caller, far), (far, caller)):
                threading.Thread(target=_pass, args=pair, daemon=True).start()


def _pass(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while said := one.recv(65_536):
            other.sendall(said)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def cut_off(demo: Path, neo4j_target: StoreTarget, tmp_path: Path) -> Iterator[tuple[str, Line]]:
    """The app on a Neo4j behind a line that can be cut."""
    parts = urlsplit(str(neo4j_target.uri))
    line = Line(str(parts.hostname), parts.port or 7687)
    uri = f"bolt://127.0.0.1:{line.port}"
    with (
        published(demo, neo4j_target),
        on_neo4j(demo, tmp_path / "w", neo4j_target, uri) as made,
        served(made) as address,
    ):
        yield address, line
    line.cut()


def _ask(page: Page, number: int) -> None:
    """Ask for a row that nobody asked for before, so that the store is asked."""
    box = page.get_by_role("textbox", name=re.compile("Cypher"))
    box.fill(f"UNWIND [{number}] AS n RETURN n ORDER BY n LIMIT 1")
    box.press("Control+Enter")
    still(page)
    run_own(page)


def _one_row(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile("^1 行"))).to_be_visible()
    cell = page.locator("[role=gridcell]").filter(has_text=re.compile(f"^{number}$")).first
    expect(cell).to_be_attached()


def test_a_neo4j_that_is_gone_is_said_in_one_sentence_and_is_used_again_when_it_is_back(
    person: BrowserContext, cut_off: tuple[str, Line]
) -> None:
    address, line = cut_off
    page = _open(person, f"{address}/query", "查询")
    page.get_by_text("自写语句", exact=True).click()
    _ask(page, 101)
    _one_row(page, 101)

    line.cut()
    _ask(page, 102)
    said = page.get_by_role("alert").filter(has_text="没有答复")
    expect(said).to_be_visible()
    assert "Traceback" not in page.locator("body").inner_text()
    # What needs no store goes on.
    press(page, page.get_by_role("link", name="总览", exact=True))
    expect(page.get_by_text("暂时无法连接；本画面的数来自快照，不受影响")).to_be_visible()

    line.lay()
    press(page, page.get_by_role("link", name="查询", exact=True))
    expect(page.get_by_role("textbox", name=re.compile("Cypher"))).to_be_visible()
    still(page)
    _ask(page, 103)
    _one_row(page, 103)


def test_an_engine_that_was_killed_is_started_again_by_the_next_question(
    person: BrowserContext, site: str, workspace: Path
) -> None:
    page = _open(person, f"{site}/query", "查询")
    page.get_by_text("自写语句", exact=True).click()
    _ask(page, 201)
    _one_row(page, 201)

    stop_engine(workspace / "graph")
    _ask(page, 202)
    answered = page.get_by_text(re.compile("^1 行|没有答复|无法连接|does not answer")).first
    expect(answered).to_be_visible()
    assert "Traceback" not in page.locator("body").inner_text()

    _ask(page, 203)
    _one_row(page, 203)


def test_from_the_search_to_the_report_by_keys_alone(person: BrowserContext, site: str) -> None:
    page = _open(person, site, "总览")
    said: list[str] = []
    page.on("console", lambda one: _hear(one, said))

    def forward(name: str, role: str) -> None:
        """Press Tab until this is where the keys go, and Enter."""
        for _ in range(120):
            page.keyboard.press("Tab")
            there = page.evaluate(
                "() => { const e = document.activeElement;"
                " return [e.getAttribute('role') || e.tagName, e.innerText || e.ariaLabel || ''] }"
            )
            if there[0].upper() in role.upper().split("|") and name in str(there[1]):
                return
        raise AssertionError(f"keys do not lead to {name}")

    page.get_by_role("textbox", name="检索", exact=True).focus()
    page.keyboard.type("恒岭新材料", delay=20)
    expect(page.locator("[class*=st-key-suggested-]").first).to_be_visible()
    still(page)
    forward(FIRM, "BUTTON")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=FIRM, exact=True)).to_be_visible()
    still(page)
    page.get_by_role("textbox", name="检索", exact=True).focus()
    forward("报告", "A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="报告", level=1, exact=True)).to_be_visible()
    still(page)
    assert said == []


def _hear(one: ConsoleMessage, said: list[str]) -> None:
    if one.type == "error":
        said.append(one.text)
