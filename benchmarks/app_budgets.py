"""The budgets of the screens (screens.md 7) on a graph of a million parties; fails above one.

What a screen asks of the services is timed in this process, what a person waits for in a browser.
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from app.bootstrap import Services, open_services
from app.checklist import check
from app.cli.serving import server_command
from app.finding import find, read_wanted
from app.listing import read_text
from app.presenters.picture import Look, picture
from app.presenters.profile import basic_rows, own_records
from app.reports.issue import issue_report
from app.settings import read_settings
from benchmarks.large import AS_OF, ASKED, SEED, write_graph
from benchmarks.measure import Figure, command, median, report, seconds
from graph.analysis.party import describe
from graph.store.embedded import stop_engine

# Medians of so many, as the table of budgets asks.
RUNS = 5
HOPS = 4
SHOWN = (50, 300)
SESSIONS = 5
WAIT = 60_000
SCREENS = ("search", "party", "exposure", "data")
SUGGESTED = 6
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_MILLI, _KILO, _MEGA = 1e3, 1e3, 2**20


@dataclass(frozen=True, slots=True)
class Budget:
    """One line of the table: what was measured, in which unit, and what it may be at most."""

    what: str
    value: float
    unit: str
    most: float

    @property
    def kept(self) -> bool:
        """Return whether it stays within what it may be."""
        return self.value <= self.most

    def figure(self) -> Figure:
        """Return it as the results have it."""
        return Figure(self.what, self.value, self.unit, f"≤ {self.most:g} {self.unit}")


def _middle(work: Callable[[str], object], asked: Sequence[str]) -> float:
    """Return the median seconds of a work over RUNS different askings, after one to warm up."""
    work(asked[0])
    return median([seconds(work, one) for one in asked[1 : RUNS + 1]])


def answers(house: Services, uids: Sequence[str]) -> Iterator[Budget]:
    """Yield what the services take for one question each."""
    snapshot = house.loaded_snapshot()
    firms = [uid for uid in uids if snapshot.node(uid).label == "Enterprise"]
    names = [snapshot.node(uid).name for uid in firms]

    def suggest(name: str) -> object:
        return find(house, read_wanted(name[3:7]), SUGGESTED)

    def profile(uid: str) -> object:
        described = describe(snapshot, uid, AS_OF)
        house.expose(uid, AS_OF)
        return basic_rows(described, "zh"), own_records(described, "zh")

    def path(uid: str) -> object:
        return house.paths(uid, firms[-1], AS_OF, hops=HOPS)

    yield Budget("suggestion", _middle(suggest, names) * _MILLI, "ms", 150)
    yield Budget("profile", _middle(profile, firms) * _MILLI, "ms", 400)
    yield Budget(f"{HOPS}-hop path", _middle(path, firms), "s", 1)
    yield Budget(
        "exposure of one party", _middle(lambda uid: house.expose(uid, AS_OF), firms), "s", 1
    )


def drawings(house: Services, uids: Sequence[str]) -> Iterator[Budget]:
    """Yield what an expansion takes until it is ready to send, and how much is sent."""
    for shown, most in zip(SHOWN, (200, 400), strict=True):
        sizes: list[int] = []

        def drawn(uid: str, shown: int = shown, sizes: list[int] = sizes) -> None:
            part = house.network([uid], hops=2, as_of=AS_OF, limit=shown)
            sizes.append(len(json.dumps(picture(part, Look(root=uid)), default=str)))

        took = _middle(drawn, uids)
        yield Budget(f"expansion to {shown} nodes, laid out", took * _MILLI, "ms", most)
        if shown == SHOWN[-1]:
            yield Budget(f"payload of {shown} nodes", max(sizes) / _KILO, "KB", 200)


def papers(house: Services, uids: Sequence[str]) -> Iterator[Budget]:
    """Yield what reports and a list take."""
    snapshot = house.loaded_snapshot()
    subject = next(uid for uid in uids if snapshot.node(uid).label == "Enterprise")
    with tempfile.TemporaryDirectory() as out:
        for form, most in (("pdf", 5.0), ("xlsx", 1.0)):

            def issued(purpose: str, form: str = form) -> object:
                return issue_report(
                    house, subject, purpose=purpose, as_of=AS_OF, hops=None, formats=(form,),
                    out=Path(out), now=NOW,
                )  # fmt: skip

            yield Budget(f"report, {form}", _middle(issued, ["信用调查"] * (RUNS + 1)), "s", most)
    names = "\n".join(snapshot.node(uid).name for uid in uids[:ASKED])
    listing = read_text(f"企业名称\n{names}\n", "list")
    took = seconds(check, house, listing, AS_OF, with_levels=True)
    yield Budget(f"a list of {ASKED}, with levels", took, "s", 20)


@contextmanager
def served(workspace: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the app on a workspace; yield its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [*server_command(port), "--server.enableXsrfProtection=false"]
    environment = {"XINMAI_WORKSPACE": str(workspace)}
    process = subprocess.Popen(line, env=psutil.Process().environ() | environment)
    try:
        until = time.monotonic() + WAIT / _MILLI
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=2).close()
                break
            except OSError:
                assert time.monotonic() < until, "the app did not start"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _still(page: Page) -> None:
    page.wait_for_selector("h1", timeout=WAIT)
    page.wait_for_selector("[data-test-script-state=notRunning]", timeout=WAIT)


def _painted(page: Page, address: str) -> float:
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("h1", timeout=WAIT)
    return time.perf_counter() - started


def browsing(workspace: Path, uids: Sequence[str]) -> Iterator[Budget]:
    """Yield what a person waits for, and the memory of the server with sessions open."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with served(workspace) as (url, server), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, locale="zh-CN")
        page.set_default_timeout(WAIT)
        # The first visitor fills the caches: a warm server is what the budget speaks of.
        for screen in ("overview", *SCREENS):
            page.goto(f"{url}/{screen}?party={uids[0]}")
            _still(page)
        first = median([_painted(page, f"{url}/overview") for _ in range(RUNS)])
        yield Budget("first paint of 总览, warm server", first, "s", 2.5)
        later = [_painted(page, f"{url}/{one}?party={uids[0]}") for one in SCREENS]
        yield Budget("first paint of a later screen", median(later), "s", 2.5)
        _still(page)
        yield Budget("a screen from the menu", _menu(page), "s", 1.0)
        base = server.memory_info().rss / _MEGA
        yield Budget("memory, base", base, "MB", 600)
        sessions = []
        for uid in uids[:SESSIONS]:
            session = browser.new_page()
            session.goto(f"{url}/network?party={uid}")
            _still(session)
            sessions.append(session)
        each = (server.memory_info().rss / _MEGA - base) / SESSIONS
        yield Budget("memory, each open session of the network", max(0.0, each), "MB", 3)
        browser.close()


def _menu(page: Page) -> float:
    """Return the median seconds from a click in the menu to the title of that screen."""
    titles = ("检索", "主体", "数据", "检索", "主体")
    times = []
    for title in titles:
        started = time.perf_counter()
        page.get_by_role("link", name=title, exact=True).click()
        page.get_by_role("heading", name=title, level=1, exact=True).wait_for(timeout=WAIT)
        times.append(time.perf_counter() - started)
        _still(page)
    return median(times)


def main() -> None:
    """Make or find the graph, measure, print the table, and fail above a budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=3_000_000)
    parser.add_argument("--keep", type=Path, help="a folder to work in and to find again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        workspace = folder / "workspace"
        if not (workspace / "current").is_file():
            write_graph(folder, given.parties, given.links)
            parts = [(f"--{one}", folder / f"{one}.csv") for one in ("nodes", "edges", "records")]
            command("--workspace", workspace, "import", *(word for part in parts for word in part))
        house = open_services(read_settings({}, workspace))
        rng = np.random.default_rng(SEED)
        uids = [f"u{number}" for number in rng.integers(0, given.parties, ASKED)]
        found = [*answers(house, uids), *drawings(house, uids), *papers(house, uids)]
        house.close()
        found += browsing(workspace, uids)
        stop_engine(workspace / "graph")
    report(
        "app_budgets",
        f"Budgets of the screens, {given.parties:,} parties",
        [budget.figure() for budget in found],
    )
    over = [one for one in found if not one.kept]
    for one in over:
        print(f"above its budget: {one.what}: {one.value:.3g} {one.unit}, at most {one.most:g}")
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
