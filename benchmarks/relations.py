"""Paths, a list of bidders two by two, and what conclusions rest on, on the large graph.

Peer: networkx on the neighbourhood cut out for it beforehand, without factors, days or stops: all
pairs of the list by breadth-first search. It answers less: hops alone.
"""

import argparse
import tempfile
from datetime import date
from itertools import combinations, islice
from pathlib import Path

import networkx as nx
import numpy as np

from app.bootstrap import Services, open_services
from app.settings import read_settings
from benchmarks.large import write_graph
from benchmarks.measure import Figure, command, median, percentile, report, seconds
from graph.analysis.conclusions import exposure_level
from graph.analysis.matrix import MATRIX_TYPES, matrix
from graph.analysis.neighbours import neighbours
from graph.analysis.paths import find_paths
from graph.analysis.rests import rests
from graph.analysis.view import View

AS_OF = date(2026, 11, 23)
SEED = 3
PARTIES, LINKS = 1_000_000, 3_000_000
HOPS = 4
ASKED = 100
# The list whose time has a target, and the longest that is allowed.
BIDDERS, MOST = 60, 200
EXPOSED = 40
# Seconds after which the command gives an upper bound instead.
ANSWERED_WITHIN = 10.0


def _around(view: View, begin: str, wanted: int) -> list[str]:
    """Return enterprises near one another: the hardest list, nearly all pairs are tied."""
    beside = neighbours(view.snapshot.arrays, MATRIX_TYPES, AS_OF)
    seen = dict.fromkeys([view.place(begin)])
    ring = list(seen)
    while ring and len(seen) < 20 * wanted:
        following = [other for place in ring for other, _ in beside.others(place)]
        ring = [place for place in dict.fromkeys(following) if place not in seen]
        seen |= dict.fromkeys(ring)
    firms = (place for place in seen if view.web.in_start[place + 1] > view.web.in_start[place])
    return [view.snapshot.uid_at(place) for place in firms][:wanted]


def _neighbourhood(view: View, uids: list[str]) -> nx.Graph:
    beside = neighbours(view.snapshot.arrays, MATRIX_TYPES, AS_OF)
    graph, seen = nx.Graph(), {view.place(uid) for uid in uids}
    graph.add_nodes_from(seen)
    ring = sorted(seen)
    for _ in range(HOPS // 2):
        following = []
        for place in ring:
            for other, _rows in beside.others(place):
                graph.add_edge(place, other)
                if other not in seen:
                    seen.add(other)
                    following.append(other)
        ring = following
    return graph


def _peer(graph: nx.Graph, places: list[int]) -> None:
    far = {
        place: nx.single_source_shortest_path_length(graph, place, cutoff=HOPS) for place in places
    }
    for one, other in combinations(places, 2):
        far[one].get(other)


def _paths(house: Services, pairs: list[tuple[str, str]], order: str) -> list[float]:
    view = house.view(AS_OF)
    find_paths(view, *pairs[0], order=order)
    return [seconds(find_paths, view, one, other, order=order) * 1e3 for one, other in pairs]


def _rests(house: Services, uids: list[str]) -> list[float]:
    """Return how long it takes to say what a level rests on, as the command asks it."""
    view, said = house.view(AS_OF), house.loaded_snapshot()
    levels = (exposure_level(view, uid, None, None) for uid in uids)
    exposed = list(islice((one for one in levels if one.level != "none"), EXPOSED + 1))
    # The first one brings the compiled code into memory.
    rests(view, exposed[0], said, timeout=ANSWERED_WITHIN)
    return [seconds(rests, view, one, said, timeout=ANSWERED_WITHIN) * 1e3 for one in exposed[1:]]


def main() -> None:
    """Ask the large graph of benchmarks.large, made where it is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder to work in and to find again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        _ask(_house(given.keep or Path(name)))


def _house(folder: Path) -> Services:
    workspace = folder / "workspace"
    if not (workspace / "current").is_file():
        write_graph(folder, PARTIES, LINKS)
        tables = ("nodes", "edges", "records")
        files = [said for one in tables for said in (f"--{one}", folder / f"{one}.csv")]
        command("--workspace", workspace, "import", *files, "--no-publish")
    return open_services(read_settings({}, workspace))


def _ask(house: Services) -> None:
    view = house.view(AS_OF)
    rng = np.random.default_rng(SEED)
    size = view.web.blocked.size
    firms = [f"u{number}" for number in rng.choice(int(size * 0.68), MOST, replace=False)]
    pairs = list(zip(firms[:ASKED], firms[ASKED : 2 * ASKED], strict=True))
    times = {order: _paths(house, pairs, order) for order in ("shortest", "strongest")}
    degree = np.diff(view.web.out_start) + np.diff(view.web.in_start)
    hubs = [view.snapshot.uid_at(int(place)) for place in np.argsort(-degree)[:2]]
    worst = seconds(find_paths, view, *hubs)
    near = _around(view, "u777", BIDDERS)
    matrix(view, near[:3])
    graph = _neighbourhood(view, near)
    peer = seconds(_peer, graph, [view.place(uid) for uid in near])
    lists = {
        f"{BIDDERS} bidders taken at random": (firms[:BIDDERS], "≤ 2 s"),
        f"{BIDDERS} bidders that are near one another": (near, "≤ 2 s"),
        f"{MOST} bidders taken at random": (firms, "≤ 10 s"),
    }
    took = {name: seconds(matrix, view, uids) for name, (uids, _) in lists.items()}
    exposed = _rests(house, firms)
    house.close()
    report(
        "relations",
        f"Paths and lists on {size:,} parties and {view.web.source.size:,} links",
        [
            *(
                figure
                for order, ms in times.items()
                for figure in (
                    Figure(f"{HOPS}-hop paths, {order}, median of {ASKED}", median(ms), "ms"),
                    Figure(
                        f"{HOPS}-hop paths, {order}, 99th percentile",
                        percentile(ms, 99), "ms", "≤ 1000 ms",
                    ),
                )
            ),
            Figure("paths between the two largest parties", worst, "s", "≤ 1 s"),
            *(Figure(name, took[name], "s", target) for name, (_, target) in lists.items()),
            Figure("the near list / networkx, hops of all pairs alone",
                   took[f"{BIDDERS} bidders that are near one another"] / peer, "×"),
            Figure(f"what a level rests on, median of {len(exposed)}", median(exposed), "ms"),
            Figure(
                "what a level rests on, 99th percentile", percentile(exposed, 99), "ms", "≤ 5000 ms"
            ),
            Figure("what a level rests on, the slowest", max(exposed), "ms"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
