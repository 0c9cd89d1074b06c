"""The budgets of the screens (screens.md 7) on a graph of a million parties; fails above one.

What a screen asks of the services is timed in this process, what a person waits for in a browser;
reports have a benchmark of their own.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.bootstrap import Services, open_services
from app.checklist import check
from app.finding import MOST, find, read_wanted
from app.listing import read_text
from app.presenters.picture import Look, picture
from app.presenters.profile import basic_rows, own_records
from app.settings import read_settings
from benchmarks.app_served import borrowed, browsing
from benchmarks.canvas_budgets import kept_views
from benchmarks.graphs import ask_for_graph, graph_for
from benchmarks.large import AS_OF, ASKED, SEED
from benchmarks.measure import Figure, median, report, seconds
from graph.analysis.matrix import matrix
from graph.analysis.party import describe

# Medians of so many, as the table of budgets asks.
RUNS = 5
HOPS = 4
SHOWN = (50, 300)
BIDDERS = 200
# Parties drawn: enough for the longest list and, apart from it, for 200 firms.
DRAWN = 1_000
SUGGESTED = 6
_MILLI, _KILO = 1e3, 1e3


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

    def looked_for(name: str) -> object:
        return find(house, read_wanted(name[3:7]))

    yield Budget("suggestion", _middle(suggest, names) * _MILLI, "ms", 150)
    yield Budget(f"search, {MOST} candidates", _middle(looked_for, names) * _MILLI, "ms", 300)
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


def lists(house: Services, uids: Sequence[str]) -> Iterator[Budget]:
    """Yield what a list and bidders take."""
    snapshot = house.loaded_snapshot()
    names = "\n".join(snapshot.node(uid).name for uid in uids[:ASKED])
    listing = read_text(f"企业名称\n{names}\n", "list")
    took = seconds(check, house, listing, AS_OF, with_levels=True)
    yield Budget(f"a list of {ASKED}, with levels", took, "s", 20)
    firms, _ = firms_of(house, uids)
    matrix(house.view(AS_OF), tuple(firms[:BIDDERS]), hops=HOPS, timeout=None)
    took = seconds(matrix, house.view(AS_OF), tuple(firms[-BIDDERS:]), hops=HOPS, timeout=None)
    yield Budget(f"{BIDDERS} bidders, two by two over {HOPS} links", took, "s", 10)


def parties_of(house: Services, count: int) -> list[str]:
    """Return the uids of parties drawn from the snapshot by a fixed seed."""
    snapshot = house.loaded_snapshot()
    places = np.flatnonzero(np.asarray(snapshot.arrays["node_party"], np.bool_))
    drawn = np.random.default_rng(SEED).choice(places, min(count, places.size), replace=False)
    return [snapshot.uid_at(int(place)) for place in drawn]


def firms_of(house: Services, uids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the enterprises among parties, and their names."""
    snapshot = house.loaded_snapshot()
    firms = [uid for uid in uids if snapshot.node(uid).label == "Enterprise"]
    return firms, [snapshot.node(uid).name for uid in firms]


def _said(figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures, each told as soon as it is known: all of them take a while."""
    found = []
    for one in figures:
        print(f"{one.what}: {one.value:.3g} {one.unit} {one.target}", file=sys.stderr, flush=True)
        found.append(one)
    return found


def measured(workspace: Path) -> list[Figure]:
    """Return every figure of a workspace."""
    with borrowed(workspace) as place:
        house = open_services(read_settings({}, place))
        uids = parties_of(house, DRAWN)
        firms, names = firms_of(house, uids)
        parts = (answers, drawings, lists)
        found = _said(one.figure() for part in parts for one in part(house, uids))
        [view] = kept_views(house, [SHOWN[-1]]).values()
        found += _said(browsing(place, firms, names, view))
        house.close()
    return found


def main() -> None:
    """Measure on the graph that is asked for, print the table, and fail above a budget."""
    with graph_for(ask_for_graph(__doc__)) as workspace:
        found = measured(workspace)
        parties = open_services(read_settings({}, workspace)).status(ask_store=False).parties
    report("app_budgets", f"Budgets of the screens, {parties:,} parties", found)
    over = [one for one in found if one.target and not _kept(one)]
    for one in over:
        print(f"above its budget: {one.what}: {one.value:.3g} {one.unit}, {one.target}")
    sys.exit(1 if over else 0)


def _kept(one: Figure) -> bool:
    return one.value <= float(one.target.split()[1])


if __name__ == "__main__":
    main()
