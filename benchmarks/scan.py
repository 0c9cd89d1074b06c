"""Exposure of every party of a large graph, beside igraph's personalised PageRank on its links.

The graph is drawn in memory, as a snapshot's arrays: what is timed begins with them and ends with
arrays. The peer is given its graph ready made, with the factors as weights and the parties with
records to come back to.

Ends of links are drawn uniformly: nobody's counterparties are nearer to each other, in the graph or
in memory, than any two parties are. That is the worst case: each look at a neighbour is one far
away, and what fits a processor's cache at half a million links does not at five.

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
from benchmarks.measure import Figure, keep_memory, median, report, seconds
from graph.analysis.kernels.chains import strongest
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.scan import exposures
from graph.analysis.scan_files import ARRAYS
from graph.analysis.view import Arrays, View, open_view
from graph.analysis.whole_graph import LEVELS, pairs_on, radius_on, scan
from graph.policy.read import Policy, load_policy
from graph.snapshot import form

AS_OF = date(2026, 11, 23)
SEED = 1
# Of the parties: enterprises, people, and intermediaries that serve others.
SHARES = (0.68, 0.30, 0.02)
TYPES = {"HOLDS_SHARES": 0.3, "REPRESENTS": 0.3, "HOLDS_POST": 0.28, "SERVES": 0.12}
RECORDS = 0.02
RUNS = 3
# Scans by turns, to see how time grows: a tenth is what two minutes of one machine may differ by.
TURNS = 9
# One enterprise in so many holds shares of others.
HOLDERS = 10
DAMPING = 0.85
# Of the default policy's factors: its spectral radius is above 2 on a graph drawn like this.
WEAKER = 0.25
# Which part of the links a load touches before everything is reckoned on.
TOUCHED = 0.01

# New parties come between those that are there, as uids are hashes.
_APART = 10
# Of people and firms behind a new enterprise so many were unknown before.
UNKNOWN = 0.5

# Graphs so much smaller are scanned too, to see how time grows.
PARTS = (0.1, 0.2, 0.4)

Table = dict[str, NDArray[Any]]


def drawn_links(rng: np.random.Generator, parties: int, links: int) -> Table:
    """Return who is linked with whom: intermediaries serve up to very many, others know a few."""
    first = np.cumsum([0, *(int(parties * share) for share in SHARES)])
    first[-1] = parties
    kind = rng.choice(len(TYPES), links, p=list(TYPES.values()))
    codes = np.array([form.TYPES.index(name) for name in TYPES], np.uint8)[kind]
    source = rng.integers(first[1], first[2], links)
    held = kind == 0
    firm = held & (rng.random(links) < 0.2)
    source[firm] = rng.integers(0, first[1] // HOLDERS, firm.sum())
    served = kind == 3
    bodies = first[3] - first[2]
    source[served] = first[2] + (rng.pareto(1.0, served.sum()) * 20).astype(np.int64) % bodies
    target = rng.integers(0, first[1], links)
    share = np.where(held, rng.integers(1, 101, links) * 10_000, form.UNKNOWN)
    post = np.where(kind == 2, form.POST_CODES.index("supervisor"), 0)
    return {
        "link_source": source.astype(np.int32),
        "link_target": target.astype(np.int32),
        "link_type": codes,
        "link_post": post.astype(np.uint8),
        "link_flags": np.zeros(links, np.uint8),
        "link_share": share.astype(np.int32),
        "link_votes": share.astype(np.int32),
        "link_p": np.full(links, form.UNKNOWN, np.int32),
        "link_from": np.full(links, form.NO_DAY, np.int32),
        "link_to": np.full(links, form.NO_DAY, np.int32),
    }


def _records(rng: np.random.Generator, parties: int) -> Table:
    count = int(parties * RECORDS)
    subject = np.sort(rng.choice(int(parties * SHARES[0]), count, replace=False))
    days = {"act", "decided", "effective", "until", "ended"}
    found: Table = {f"record_{name}": np.full(count, form.NO_DAY, np.int32) for name in days}
    severity = np.full(count, form.SEVERITY_CODES.index("general"), np.uint8)
    return found | {
        "record_subject": subject.astype(np.int32),
        "record_class": np.full(count, form.CLASS_CODES.index("penalty"), np.uint8),
        "record_severity": severity,
        "record_status": np.full(count, form.STATUS_CODES.index("active"), np.uint8),
        "record_positive": np.zeros(count, np.uint8),
        "record_strength": np.full(count, form.UNKNOWN, np.int32),
        "record_cites": np.full(count, -1, np.int32),
        "rec_start": np.searchsorted(subject, np.arange(parties + 1)),
        "rec_row": np.arange(count, dtype=np.int32),
    }


def _drawn(parties: int, links: int) -> Table:
    rng = np.random.default_rng(SEED)
    arrays = drawn_links(rng, parties, links) | _records(rng, parties)
    arrays["node_flags"] = np.zeros(parties, np.uint8)
    arrays["node_party"] = np.ones(parties, np.bool_)
    arrays["near"] = np.zeros(parties, np.uint8)
    arrays["uids"] = _uids(np.arange(parties) * _APART)
    _list(arrays, parties)
    return arrays


def _uids(numbers: NDArray[np.int64]) -> NDArray[np.bytes_]:
    found: NDArray[np.bytes_] = np.char.zfill(numbers.astype("S16"), 16)
    return found


def _list(arrays: Table, parties: int) -> None:
    """List the links by party, and count what is around each."""
    for prefix, ends in (("out", "link_source"), ("in", "link_target")):
        counts = np.bincount(arrays[ends], minlength=parties)
        arrays[f"{prefix}_start"] = np.concatenate(([0], np.cumsum(counts)))
        arrays[f"{prefix}_link"] = np.argsort(arrays[ends], kind="stable").astype(np.int32)
    around = np.diff(arrays["out_start"]) + np.diff(arrays["in_start"])
    arrays["hub_degree"] = np.maximum(around, 1).astype(np.int32)
    for name in ("via_link", "via_engagement", "via_first", "via_second"):
        arrays[name] = np.zeros(0, np.int32)


def _touched(arrays: Table, parties: int) -> Table:
    """Return the graph after a load that put other links in place of every hundredth."""
    links = arrays["link_source"].size
    rng = np.random.default_rng(SEED + 1)
    rows = np.sort(rng.choice(links, int(links * TOUCHED), replace=False))
    fresh = drawn_links(rng, parties, links)
    changed = dict(arrays)
    for name in fresh:
        changed[name] = arrays[name].copy()
        changed[name][rows] = fresh[name][rows]
    _list(changed, parties)
    return changed


def _delivered(arrays: Table, parties: int) -> Table:
    """Return the graph after a load of one link in a hundred more, all of new enterprises.

    Half of the people behind them are new too; the rows stand anywhere among the others.
    """
    rng = np.random.default_rng(SEED + 2)
    links = arrays["link_source"].size
    fresh = drawn_links(rng, parties, int(links * TOUCHED))
    count = fresh["link_source"].size
    firms, people = (max(1, int(parties * TOUCHED * share)) for share in SHARES[:2])
    fresh["link_target"] = parties + rng.integers(0, firms, count)
    known = fresh["link_type"] == form.TYPES.index("SERVES")
    unknown = ~known & (rng.random(count) < UNKNOWN)
    fresh["link_source"] = fresh["link_source"].astype(np.int64)
    fresh["link_source"][unknown] = parties + firms + rng.integers(0, people, unknown.sum())
    between = rng.choice(parties, firms + people, replace=False) * _APART + 1
    numbers = np.concatenate((np.arange(parties) * _APART, between))
    order = np.argsort(numbers)
    place = np.empty(numbers.size, np.int32)
    place[order] = np.arange(numbers.size)
    rows = np.sort(rng.integers(0, links + 1, count))
    changed = dict(arrays)
    for name, added in fresh.items():
        ends = name in {"link_source", "link_target"}
        old, new = (place[arrays[name]], place[added]) if ends else (arrays[name], added)
        changed[name] = np.insert(old, rows, new)
    size = numbers.size
    changed["record_subject"] = place[arrays["record_subject"]]
    changed["rec_start"] = np.searchsorted(changed["record_subject"], np.arange(size + 1))
    changed["node_flags"], changed["near"] = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    changed["node_party"] = np.ones(size, np.bool_)
    changed["uids"] = _uids(numbers[order])
    _list(changed, size)
    return changed


def weaker_policy(scale: float = 1.0) -> Policy:
    """Return the default policy with weaker links: it refuses so dense a graph, as it should."""
    policy = load_policy()
    weaker = {
        name: ways.model_copy(
            update={"along": ways.along * WEAKER, "against": ways.against * WEAKER}
        )
        for name, ways in policy.links.items()
    }
    posts = {
        name: ways.model_copy(
            update={"along": ways.along * WEAKER, "against": ways.against * WEAKER}
        )
        for name, ways in policy.posts.items()
    }
    changed = {"name": "weaker", "links": weaker, "posts": posts, "scale": scale}
    return policy.model_copy(update=changed)


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
    touched = _touched(arrays, parties)
    return [
        *_after("a load of 1 % more, of new enterprises", arrays, _delivered(arrays, parties)),
        *_after("1 %, drawn anywhere, became others", arrays, touched),
        *_reached(_view(arrays), _view(touched)),
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
    scan(_view(_drawn(2_000, 5_000)))
    if given.first:
        print(seconds(scan, _view(_drawn(given.parties, given.links))))
        return
    keep_memory()
    _written(_drawn(2_000, 5_000), 2_000)
    arrays = _drawn(given.parties, given.links)
    written = _written(arrays, given.parties)
    view = _view(arrays)
    found = scan(view)
    # In kilobytes; the drawn arrays are in it.
    held = getrusage(RUSAGE_SELF).ru_maxrss
    views = {
        int(given.links * part): _view(_drawn(int(given.parties * part), int(given.links * part)))
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
