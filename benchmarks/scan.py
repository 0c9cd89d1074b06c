"""Exposure of every party of a large graph, beside igraph's personalised PageRank on its links.

The graph is drawn in memory, as a snapshot's arrays: what is timed begins with them and ends with
arrays. The peer is given its graph ready made, with the factors as weights and the parties with
records to come back to.

Links are drawn as in `benchmarks.drawn`. That is the worst case: each look at a neighbour is one
far away, and what fits a processor's cache at half a million links does not at five.

How time grows is measured twice. By turns in this process, which keeps the memory that it frees:
from arrays in memory to results in memory, at every size alike. And as the first scan of a process
of its own, in memory that the system has yet to give: what that costs is the machine's.
"""

import argparse
import filecmp
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import SimpleNamespace
from typing import Any, cast

import igraph
import numpy as np
from numpy.typing import NDArray

from app.scans import latest_scan, scan_kept
from app.workspace import Workspace
from benchmarks.drawn import Table, delivered, drawn, touched, weaker_policy
from benchmarks.measure import Figure, keep_memory, median, report, seconds
from graph.analysis.kernels.chains import strongest
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.scan import exposures
from graph.analysis.scan_files import ARRAYS
from graph.analysis.view import Arrays, View, open_view
from graph.analysis.whole_graph import LEVELS, pairs_on, radius_on, scan
from graph.snapshot import form

AS_OF = date(2026, 11, 23)
RUNS = 3
# Scans by turns, to see how time grows: a tenth is what two minutes of one machine may differ by.
TURNS = 9
DAMPING = 0.85
# Graphs so much smaller are scanned too, to see how time grows.
PARTS = (0.1, 0.2, 0.4)


def _view(arrays: Mapping[str, NDArray[Any]], name: str = "drawn") -> View:
    # Of a snapshot the scan asks for its arrays and its id alone.
    drawn = cast("Arrays", SimpleNamespace(id=name, arrays=arrays))
    return open_view(drawn, weaker_policy(), AS_OF)


def _peer(pairs: Pairs) -> tuple[float, int]:
    """Return the median time of personalised PageRank (PRPACK), and how many edges it went."""
    parties = pairs.own.size
    target = np.repeat(np.arange(parties), np.diff(pairs.start))
    led = np.flatnonzero(pairs.p > 0)
    edges = np.column_stack((pairs.source[led], target[led]))
    graph = igraph.Graph(n=parties, edges=edges, directed=True)
    graph.es["weight"] = (pairs.p[led] / form.WHOLE_PPM).tolist()
    reset = pairs.own.astype(float).tolist()
    del edges, target
    times = [
        seconds(
            graph.personalized_pagerank,
            damping=DAMPING,
            reset=reset,
            weights="weight",
            implementation="prpack",
        )
        for _ in range(RUNS)
    ]
    return median(times), int(led.size)


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that some work took, and those of the processor alone."""
    wall, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - used


def _written(arrays: Table, parties: int) -> list[Figure]:
    """Measure from arrays to results on the disk: everything, then on after either load."""
    changed = touched(arrays, parties)
    return [
        *_after("a load of 1 % more, of new enterprises", arrays, delivered(arrays, parties)),
        *_after("1 %, drawn anywhere, became others", arrays, changed),
        *_reached(_view(arrays), _view(changed)),
    ]


def _after(load: str, arrays: Table, changed: Table) -> list[Figure]:
    """Measure a scan reckoned on after a load, beside one of everything."""
    with tempfile.TemporaryDirectory() as folder:
        on, anew = Workspace(Path(folder) / "on"), Workspace(Path(folder) / "anew")
        scan_kept(on, _view(arrays), 3)
        again = _spent(lambda: scan_kept(on, _view(changed, "after"), 3))
        whole = _spent(lambda: scan_kept(anew, _view(changed, "after"), 3))
        one, other = latest_scan(on, "after"), latest_scan(anew, "after")
        assert one is not None
        assert other is not None
        same = all(
            filecmp.cmp(one.folder / f"{name}.npy", other.folder / f"{name}.npy", shallow=False)
            for name in ARRAYS
        )
        opened = seconds(lambda: latest_scan(on, "after"))
    return [
        Figure(f"links, {load}: everything, arrays to results", whole[0], "s", "≤ 30 s"),
        Figure("  reckoned on, arrays to results", again[0], "s"),
        Figure("  reckoned on / everything, processor", again[1] / whole[1], "", "≤ 0.2"),
        Figure("  same bytes (1: yes)", float(same), "", "1"),
        Figure("  opening the latest scan", opened * 1000, "ms", "≤ 1,000 ms"),
    ]


def _reached(before: View, after: View) -> list[Figure]:
    """Return of how many parties the last load changes anything, by how far away it is."""
    layers: tuple[list[Any], list[Any]] = ([], [])
    for view, found in zip((before, after), layers, strict=True):
        pairs = pairs_on(view)
        found.append(exposures(pairs, 3, found))
    count = before.web.blocked.size
    return [
        Figure(f"  parties whose exposure within {hops} it changes", (one != two).sum() / count, "")
        for hops, one, two in zip(("1 link", "2 links", "3 links"), *layers, strict=True)
    ]


def _by_turns(views: Mapping[int, View]) -> dict[int, float]:
    """Return the median seconds of a scan of each view, by its links.

    They take turns: a slow minute of the machine is one of all.
    """
    times: dict[int, list[float]] = {links: [] for links in views}
    for _ in range(TURNS):
        for links, view in views.items():
            times[links].append(seconds(scan, view))
    return {links: median(found) for links, found in times.items()}


def _first(parties: int, links: int) -> float:
    """Return the seconds of the first scan of a new process, kernels compiled before."""
    graph = ["--first", "--parties", str(parties), "--links", str(links)]
    line = [sys.executable, "-m", "benchmarks.scan", *graph]
    return float(subprocess.run(line, capture_output=True, check=True).stdout)


def _firsts(parties: int, links: int) -> float:
    """Return the seconds a link of first scans by those of the smallest part, medians of turns."""
    sizes = {part: (int(parties * part), int(links * part)) for part in (min(PARTS), 1)}
    times: dict[float, list[float]] = {part: [] for part in sizes}
    for _ in range(RUNS):
        for part, graph in sizes.items():
            times[part].append(_first(*graph) / graph[1])
    return median(times[1]) / median(times[min(PARTS)])


def main() -> None:
    """Draw the graph and scan it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=2_000_000)
    parser.add_argument("--links", type=int, default=5_000_000)
    parser.add_argument("--first", action="store_true", help="print the seconds of one scan alone")
    given = parser.parse_args()
    # Kernels are compiled on a small graph first.
    scan(_view(drawn(2_000, 5_000)))
    if given.first:
        print(seconds(scan, _view(drawn(given.parties, given.links))))
        return
    keep_memory()
    _written(drawn(2_000, 5_000), 2_000)
    arrays = drawn(given.parties, given.links)
    written = _written(arrays, given.parties)
    view = _view(arrays)
    found = scan(view)
    # In kilobytes; the drawn arrays are in it.
    held = getrusage(RUSAGE_SELF).ru_maxrss
    views = {
        int(given.links * part): _view(drawn(int(given.parties * part), int(given.links * part)))
        for part in PARTS
    }
    took = _by_turns(views | {given.links: view})
    whole, least = took[given.links], min(took)
    pairs = pairs_on(view)
    steps = {
        "factors of all pairs from their rows": [seconds(pairs_on, view) for _ in range(RUNS)],
        "spectral radius of the policy": [seconds(radius_on, pairs) for _ in range(RUNS)],
        "X of every party": [seconds(exposures, pairs, 3) for _ in range(RUNS)],
        "floor and widest chain of every party": [
            seconds(strongest, pairs, 3) for _ in range(RUNS)
        ],
    }
    peer, edges = _peer(pairs)
    passes = sum(median(steps[name]) for name in list(steps)[2:])
    exposed = int((found.exposure > 0).sum())
    report(
        "scan",
        f"Scan of {given.parties:,} parties and {given.links:,} links",
        [
            Figure("directed pairs with a factor", edges, ""),
            Figure(f"scan, arrays to arrays, median of {TURNS}", whole, "s"),
            *(Figure(f"  {name}", median(times), "s") for name, times in steps.items()),
            *(Figure(f"  of {size / 1e6:g} million links", took[size], "s") for size in views),
            Figure(
                f"seconds a link / those of {least / 1e6:g} million links",
                whole / given.links / (took[least] / least),
                "×",
                "≤ 1 ×",
            ),
            Figure(
                "  of the first scan of a process, in memory that the system gives",
                _firsts(given.parties, given.links),
                "×",
            ),
            *written,
            Figure(f"igraph personalised PageRank, median of {RUNS}", peer, "s"),
            Figure("scan / igraph, links as rows", whole / peer, "×", "≤ 1.5 ×"),
            Figure("scan / igraph, both given pairs with factors", passes / peer, "×", "≤ 1.5 ×"),
            Figure("memory of the process, peak so far", held / 2**20, "GB", "≤ 4 GB"),
            Figure("spectral radius", found.radius, ""),
            Figure("exposed parties", exposed, ""),
            *(
                Figure(f"level {name}", int((found.level == code).sum()), "")
                for code, name in enumerate(LEVELS)
            ),
            Figure("levels that need a cut of their own", found.unsettled.size, ""),
        ],
    )


if __name__ == "__main__":
    main()
