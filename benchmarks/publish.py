"""Publishing to Neo4j beside a bare UNWIND … MERGE of the same nodes and links, in turn.

The bare driver has its rows ready in memory and keeps no indexes but the two it needs; ours reads
the snapshot, checks every row, keeps all indexes and marks what the store holds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from neo4j import Driver, GraphDatabase

from benchmarks.measure import Figure, command, median, report, seconds
from graph.protocol import LinkBatch, NodeBatch, Row
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.store.bulk import key_owner
from graph.store.open import open_store
from graph.store.target import StoreTarget
from loaders.publish import link_batches, node_batches, publish, record_batches

SERVER = Path(__file__).resolve().parents[1] / "tools" / "neo4j" / "server.py"
ROUNDS = 3
# What the driver's manual takes for a batch.
BATCH = 10_000
EMPTY = "MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"


@contextmanager
def _server(home: Path) -> Iterator[StoreTarget]:
    """NEO4J_URI, else a server from Maven artefacts."""
    if os.environ.get("NEO4J_URI"):
        name, password = (os.environ.get(f"NEO4J_{one}", "") for one in ("USERNAME", "PASSWORD"))
        yield StoreTarget("neo4j", uri=os.environ["NEO4J_URI"], username=name, password=password)
        return
    line = [sys.executable, str(SERVER)]
    try:
        started = subprocess.run(
            [*line, "start", "--home", str(home)], capture_output=True, text=True, check=True
        )
        said = json.loads(started.stdout.splitlines()[-1])
        yield StoreTarget(
            "neo4j", uri=said["uri"], username=said["username"], password=said["password"]
        )
    finally:
        subprocess.run([*line, "stop", "--home", str(home)], check=False)


def _batches(snapshot: Snapshot) -> tuple[list[NodeBatch], list[LinkBatch]]:
    nodes = list(node_batches(snapshot.table("nodes").collect()))
    links = list(link_batches(snapshot.table("links").collect()))
    for batch in record_batches(snapshot.table("records").collect()):
        (nodes if isinstance(batch, NodeBatch) else links).append(batch)  # type: ignore[arg-type]
    return nodes, links


def _bare(driver: Driver, nodes: list[NodeBatch], links: list[LinkBatch]) -> None:
    owners = {label.label for label in SCHEMA.nodes if label.key}
    for label in sorted(owners):
        driver.execute_query(
            f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE n.uid IS UNIQUE"
        )
    for batch in nodes:
        owner = key_owner(batch.labels)
        others = "".join(f":{label}" for label in batch.labels if label != owner)
        add = f" SET n{others}" if others else ""
        text = f"UNWIND $rows AS row MERGE (n:{owner} {{uid: row.uid}}) SET n += row{add}"
        for rows in _slices(batch.rows):
            driver.execute_query(text, rows=rows)
    for link in links:
        source, target = (key_owner(SCHEMA.labels_of(end)) for end in (link.source, link.target))
        text = (
            f"UNWIND $rows AS row MATCH (a:{source} {{uid: row.source}}) "
            f"MATCH (b:{target} {{uid: row.target}}) "
            f"MERGE (a)-[r:{link.type} {{key: row.key}}]->(b) SET r += row.values"
        )
        ends = ("source", "target", "key")
        for rows in _slices(link.rows):
            ready = [
                {
                    **{name: row[name] for name in ends},
                    "values": {name: said for name, said in row.items() if name not in ends},
                }
                for row in rows
            ]
            driver.execute_query(text, rows=ready)


def _slices(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def _publish(target: StoreTarget, snapshot: Snapshot) -> None:
    store = open_store(target)
    publish(store, snapshot, None, lambda _: None)
    store.close()


def _empty(driver: Driver) -> None:
    with driver.session() as session:
        session.run(EMPTY).consume()
        for name in [row["name"] for row in session.run("SHOW CONSTRAINTS")]:
            session.run(f"DROP CONSTRAINT `{name}`").consume()
        kept = "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"
        for name in [row["name"] for row in session.run(kept)]:
            session.run(f"DROP INDEX `{name}`").consume()


def main() -> None:
    """Load a world once without a store, then publish it both ways, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=10_000)
    count = parser.parse_args().enterprises
    with tempfile.TemporaryDirectory() as name, _server(Path(name) / "server") as target:
        folder = Path(name)
        command("world", "--out", folder / "world", "--enterprises", count, "--seed", 7)
        files = folder / "world" / "files"
        command("--workspace", folder / "w", "load", files, "--no-publish", allowed=(0, 1))
        current = (folder / "w" / "current").read_text("utf-8").strip()
        snapshot = open_snapshot(folder / "w" / "snapshots" / current)
        nodes, links = _batches(snapshot)
        access = (target.username, target.password)
        ours, bare = [], []
        with GraphDatabase.driver(target.uri, auth=access) as driver:
            for _ in range(ROUNDS):
                _empty(driver)
                bare.append(seconds(_bare, driver, nodes, links))
                _empty(driver)
                ours.append(seconds(_publish, target, snapshot))
    items = sum(len(batch.rows) for batch in nodes) + sum(len(batch.rows) for batch in links)
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    report(
        "publish",
        f"Publishing to Neo4j, {count:,} enterprises",
        [
            Figure("nodes and links", items, ""),
            Figure(f"Xinmai, median of {ROUNDS}", median(ours), "s"),
            Figure(f"bare UNWIND … MERGE, median of {ROUNDS}", median(bare), "s"),
            Figure("Xinmai / bare", median(ratios), "×", "≤ 2 ×"),
            Figure("nodes and links a second", items / median(ours), "1/s"),
        ],
    )


if __name__ == "__main__":
    main()
