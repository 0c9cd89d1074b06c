"""A graph of a million parties and three million links: import, exposure, network, memory.

Peers: for exposure over two and over three links the sum over networkx's simple paths of the same
neighbourhood, cut out for it beforehand and with one factor for every link; for the network the
engine's own Cypher answer.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import psutil
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

from app.bootstrap import Services, open_services
from app.settings import read_settings
from benchmarks.measure import Figure, browser_path, command, median, percentile, report, seconds
from graph.analysis.batch import Asked, look_up
from graph.protocol import GraphStore, Row
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.store.running import stop_engine
from loaders.world.people import person_names
from loaders.world.words import words

AS_OF = date(2026, 11, 23)
SEED = 1
# Of the nodes: enterprises, people, and intermediaries that serve others.
SHARES = (0.68, 0.30, 0.02)
LINKS = {"HOLDS_SHARES": 0.3, "REPRESENTS": 0.3, "HOLDS_POST": 0.28, "SERVES": 0.12}
RECORDS = 0.02
ASKED = 500
# Links, and how many parties networkx is asked about: it takes a moment at two links, some ten
# seconds a party at three; at four, minutes beside a hub.
PEERED = {2: 30, 3: 5}
HOPS = 2
SEARCHED = 100
APP = Path(__file__).resolve().parents[1] / "app" / "main.py"
WAIT_SECONDS = 60


def write_graph(folder: Path, parties: int, links: int) -> None:
    """Write nodes.csv, edges.csv and records.csv: few hold much, most hold little."""
    rng = np.random.default_rng(SEED)
    first = np.cumsum([0, *(int(parties * share) for share in SHARES)])
    first[-1] = parties
    labels = np.repeat(["Enterprise", "Person", "Intermediary"], np.diff(first))
    names = _names(rng, first)
    uids = np.char.add("u", np.arange(parties).astype(str))
    pl.DataFrame({"uid": uids, "label": labels, "name": names}).write_csv(folder / "nodes.csv")
    types = rng.choice(list(LINKS), links, p=list(LINKS.values()))
    source = rng.integers(first[1], first[2], links)
    shares = types == "HOLDS_SHARES"
    # A fifth of holdings is of a firm, the others of people; a few holders hold very much.
    firm = shares & (rng.random(links) < 0.2)
    source[firm] = (rng.pareto(1.2, firm.sum()) * 50).astype(np.int64) % first[1]
    served = types == "SERVES"
    bodies = first[3] - first[2]
    source[served] = first[2] + (rng.pareto(1.0, served.sum()) * 20).astype(np.int64) % bodies
    target = rng.integers(0, first[1], links)
    table = pl.DataFrame(
        {
            "source": uids[source],
            "target": uids[target],
            "type": types,
            "share": np.where(shares, rng.integers(1, 101, links) / 100, np.nan),
            "post": np.where(types == "HOLDS_POST", "supervisor", ""),
        }
    ).with_columns(pl.col("share").fill_nan(None), pl.col("post").replace("", None))
    table.unique(("source", "target", "type"), keep="first", maintain_order=True).filter(
        pl.col("source") != pl.col("target")
    ).write_csv(folder / "edges.csv")
    count = int(parties * RECORDS)
    pl.DataFrame(
        {
            "record_id": [f"r{number}" for number in range(count)],
            "subject": uids[rng.choice(first[1], count, replace=False)],
            "class": "penalty",
            "severity": "general",
            "status": "active",
            "decided_on": "2026-03-01",
        }
    ).write_csv(folder / "records.csv")


def _names(rng: np.random.Generator, first: NDArray[np.int64]) -> list[str]:
    """Return invented names: region, brand of two or three characters, trade, form; people's."""
    brands = list(words()["brands"])
    counts = np.diff(first)
    firms = int(counts[0] + counts[2])
    parts = [
        rng.choice(["深圳市", "广州市", "佛山市", "东莞市", "惠州市", "珠海市"], firms),
        rng.choice(brands, firms),
        rng.choice(brands, firms),
        np.where(rng.random(firms) < 0.7, rng.choice(brands, firms), ""),
        rng.choice(["科技", "贸易", "建筑工程", "餐饮管理", "物流", "装饰", "食品", "咨询"], firms),
    ]
    named = ["".join(one) + "有限公司" for one in zip(*parts, strict=True)]
    people = person_names(rng, rng.random(int(counts[1])) < 0.5)
    return [*named[: counts[0]], *people, *named[counts[0] :]]


def _searches(house: Services, uids: list[str]) -> tuple[float, list[float], float]:
    """Return seconds of the first search, of each by a misspelt name, and of a list looked up."""
    snapshot = house.loaded_snapshot()
    names = [snapshot.node(uid).name for uid in uids]
    firms = [name for name in names if name.endswith("有限公司")]
    first = seconds(house.search, firms[0][:-4])
    # 深圳市恒裕华贸易有限公司 is asked for as 深圳恒裕岭贸易.
    wrong = [name[:2] + name[3:5] + "岭" + name[6:-4] for name in firms[:SEARCHED]]
    return (
        first,
        [seconds(house.search, text) for text in wrong],
        seconds(lambda: list(look_up(snapshot, [Asked(name) for name in names]))),
    )


def _exposures(house: Services, uids: list[str]) -> list[float]:
    house.expose(uids[0], AS_OF)
    return [seconds(house.expose, uid, AS_OF) * 1e3 for uid in uids]


def _ball(snapshot: Snapshot, place: int, hops: int) -> nx.MultiGraph:
    """Return the neighbourhood as a networkx graph."""
    arrays = snapshot.arrays
    found = nx.MultiGraph()
    seen, ring = {place}, [place]
    for _ in range(hops):
        following = []
        for node in ring:
            for way, far in (("out", "link_target"), ("in", "link_source")):
                start, end = arrays[f"{way}_start"][node : node + 2]
                for row in arrays[f"{way}_link"][start:end].tolist():
                    other = int(arrays[far][row])
                    found.add_edge(node, other, key=row, factor=0.1)
                    if other not in seen:
                        seen.add(other)
                        following.append(other)
        ring = following
    return found


def _sum_of_paths(ball: nx.MultiGraph, place: int, sources: list[int], hops: int) -> float:
    total = 0.0
    for source in sources:
        for path in nx.all_simple_edge_paths(ball, source, place, cutoff=hops):
            part = 1.0
            for step in path:
                part *= ball.edges[step]["factor"]
            total += part
    return total


def _against_networkx(house: Services, uids: list[str], hops: int) -> float:
    """Return the median of our time over that of networkx."""
    snapshot = house.loaded_snapshot()
    subjects = set(snapshot.arrays["record_subject"].tolist())
    pairs = []
    for uid in uids:
        place = snapshot.find(uid)
        assert place is not None
        ball = _ball(snapshot, place, hops)
        sources = [node for node in ball if node in subjects and node != place]
        peer = seconds(_sum_of_paths, ball, place, sources, hops)
        pairs.append((seconds(house.expose, uid, AS_OF, hops), peer))
    return median([ours / peer for ours, peer in pairs])


def _networks(house: Services, uids: list[str]) -> tuple[list[float], list[float]]:
    text = (
        f"MATCH (a:Party {{uid: $uid}}) MATCH (a)-[*1..{HOPS}]-(b:Party) "
        "RETURN DISTINCT b.uid AS uid LIMIT 300"
    )
    store = house.reader()
    ours, engine = [], []
    for uid in uids:
        ours.append(seconds(house.network, [uid], hops=HOPS, as_of=AS_OF))
        engine.append(seconds(_all, store, text, uid))
    return [one * 1e3 for one in ours], [one * 1e3 for one in engine]


def _all(store: GraphStore, text: str, uid: str) -> list[Row]:
    return list(store.stream(text, {"uid": uid}))


def _app_memory(workspace: Path, uids: list[str]) -> float:
    """Open the app in a browser, look at parties on every screen; return its resident GB."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.address=127.0.0.1"]
    line += [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    served = subprocess.Popen(line, env={**os.environ, "XINMAI_WORKSPACE": str(workspace)})
    try:
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=2).close()
                break
            except OSError:
                assert time.monotonic() < until, "the app did not start"
                time.sleep(0.3)
        with sync_playwright() as play:
            page = play.chromium.launch(
                executable_path=browser_path(), args=["--no-sandbox"]
            ).new_page()
            for place in _addresses(uids):
                page.goto(f"http://127.0.0.1:{port}/{place}")
                page.wait_for_selector("h1", timeout=WAIT_SECONDS * 1e3)
                page.wait_for_selector("[data-test-script-state=notRunning]")
        return float(psutil.Process(served.pid).memory_info().rss) / 2**30
    finally:
        served.terminate()
        served.wait()


def _addresses(uids: list[str]) -> Iterator[str]:
    yield ""
    for uid in uids:
        for screen in ("party", "network", "exposure"):
            yield f"{screen}?party={uid}"


def main() -> None:
    """Make the files, import them, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=3_000_000)
    parser.add_argument("--keep", type=Path, help="a folder to work in and to find again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        workspace = folder / "workspace"
        took = 0.0
        if not (workspace / "current").is_file():
            write_graph(folder, given.parties, given.links)
            files = [
                said
                for one in ("nodes", "edges", "records")
                for said in (f"--{one}", folder / f"{one}.csv")
            ]
            took = command("--workspace", workspace, "import", *files)
        house = open_services(read_settings({}, workspace))
        current = (workspace / "current").read_text("utf-8").strip()
        opened = seconds(open_snapshot, workspace / "snapshots" / current)
        snapshot = house.loaded_snapshot()
        rng = np.random.default_rng(SEED)
        uids = [f"u{number}" for number in rng.integers(0, given.parties, ASKED)]
        times = _exposures(house, uids)
        against = {
            hops: _against_networkx(house, uids[:count], hops) for hops, count in PEERED.items()
        }
        first, searches, batch = _searches(house, uids)
        ours, engine = _networks(house, uids[:100])
        counts = snapshot.manifest["counts"]
        house.close()
        memory = _app_memory(workspace, uids[:5])
        stop_engine(workspace / "graph")
    ratios = [a / b for a, b in zip(ours, engine, strict=True)]
    report(
        "large",
        f"A graph of {given.parties:,} parties and {counts['links']:,} links",
        [
            *([Figure("import to the published embedded graph", took, "s")] if took else []),
            Figure("snapshot opened", opened, "s", "≤ 1 s"),
            Figure(f"expose, median of {ASKED}", median(times), "ms", "≤ 5 ms"),
            Figure(f"expose, 99th percentile of {ASKED}", percentile(times, 99), "ms", "≤ 100 ms"),
            *(
                Figure(
                    f"expose / networkx paths, {hops} links, median of {PEERED[hops]}", ratio, "×"
                )
                for hops, ratio in against.items()
            ),
            Figure(f"{HOPS}-hop network, median of 100", median(ours), "ms", "≤ 300 ms"),
            Figure(f"{HOPS}-hop network, 99th percentile", percentile(ours, 99), "ms"),
            Figure("network / the engine's Cypher, median", median(ratios), "×"),
            Figure("the first search", first, "s"),
            Figure(
                f"a search by a misspelt name, median of {SEARCHED}",
                median(searches),
                "s",
                "≤ .03 s",
            ),
            Figure(f"a list of {ASKED} names looked up", batch, "s", "≤ 3 s"),
            Figure("memory of the app after 16 screens", memory, "GB", "≤ 2.5 GB"),
        ],
    )


if __name__ == "__main__":
    main()
