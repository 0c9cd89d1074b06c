"""Beside Splink 5: the same records, each side in a process of its own, its best threshold chosen.

Splink (DuckDB) is trained on the records without labels: chances of agreement and rarity on one
record a firm, the rest by expectation maximisation over two blockings; chances of equal numbers are
set by hand, as random pairs show none. Its functions compare bytes, so names come a second time
with one byte a character. It runs with the columns as they are (`raw`) and with the segments of our
names (`segments`). Of all match weights the one is taken that gives the highest F1 at a precision
of .9999, found on the truth outside its time, and of three trainings the best. It gets
representative, region and segments at no cost in time; Xinmai's time holds the keys of names and
the resolving of the persons on the same rows. Of either the quickest and leanest run counts.

Two sets: the demonstration world, in which nearly every row has a code (easy for both), and records
with more homonyms and fewer codes (benchmarks.homonyms).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from app.bootstrap import open_services
from app.settings import read_settings, spare_memory
from benchmarks.homonyms import homonyms
from benchmarks.measure import Figure, command, report
from benchmarks.splink_records import for_peer, with_rows
from benchmarks.splink_sides import RAW, SEGMENTS, XINMAI
from benchmarks.splink_weights import LEAST_PRECISION, LOOSE_PRECISION
from benchmarks.truth import Agreement, agreement, judged
from loaders.resolve.clusters import Clusters
from loaders.resolve.mentions import COLUMNS, mentions

# About 200,000 records of organisations each.
ENTERPRISES, FIRMS = 34_000, 80_000
SIDES = (XINMAI, RAW, SEGMENTS)
# Splink's training draws samples, and others each time: the best of so many counts.
RUNS = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One side on one set: how right, F1 at LOOSE_PRECISION, seconds, peak memory in GB."""

    agreement: Agreement
    loose: float
    seconds: float
    memory: float


def _child(folder: Path, side: str) -> Run:
    """Run one side in a process of its own and compare its clusters with the truth."""
    line = [sys.executable, "-m", "benchmarks.splink_sides", side, str(folder)]
    # As the command line sets it; Splink's engine has a memory of its own.
    environment = dict(os.environ)
    spare_memory(environment)
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    took, memory, loose = json.loads(done.stdout.splitlines()[-1])
    truth = pl.read_parquet(folder / "truth.parquet")
    uids = pl.read_parquet(folder / "uids.parquet")
    right = agreement(truth.join(uids, on="mention", how="inner"))
    return Run(right, loose or right.f1, took, memory)


def run(folder: Path, side: str) -> Run:
    """Return the best of a side's runs on the records in `folder`: rightness, time and memory."""
    runs = [_child(folder, side) for _ in range(RUNS)]
    precise = [one for one in runs if one.agreement.precision >= LEAST_PRECISION]
    best = max(precise or runs, key=lambda one: one.agreement.f1)
    return Run(
        best.agreement,
        max(one.loose for one in runs),
        min(one.seconds for one in runs),
        min(one.memory for one in runs),
    )


def _keep(frame: pl.DataFrame, truth: pl.DataFrame, folder: Path) -> int:
    """Write what each side gets, and apart the truth; return the number of records."""
    frame = frame.with_row_index("mention")
    frame.select("mention", *COLUMNS).write_parquet(folder / "mentions.parquet")
    peer = for_peer(frame)
    peer.write_parquet(folder / "peer.parquet")
    keys = ["resource", "at", "role"]
    told = peer.select("mention", *keys).join(truth.select(*keys, "entity"), on=keys)
    told.select("mention", "entity").sort("mention").write_parquet(folder / "truth.parquet")
    return peer.height


def demonstration(enterprises: int, folder: Path) -> int:
    """Write the records of a demonstration world to `folder`."""
    command("world", "--out", folder / "world", "--enterprises", enterprises, "--seed", 7)
    files = folder / "world" / "files"
    command("--workspace", folder / "w", "load", files, "--no-publish", allowed=(0, 1))
    house = open_services(read_settings({}, folder / "w"))
    found = mentions(house.ledger, house.catalogue)
    nobody = pl.DataFrame({"uid": found.frame["own_uid"], "rule": found.frame["role"]})
    truth = judged(found, Clusters(nobody, {}), folder / "world" / "truth" / "rows.parquet")
    return _keep(with_rows(found), truth.filter(~pl.col("person")), folder)


def with_homonyms(firms: int, folder: Path) -> int:
    """Write records with homonyms to `folder`."""
    frame = homonyms(firms)
    truth = frame.filter(~pl.col("person")).select("resource", "at", "role", "entity")
    return _keep(frame.drop("entity"), truth, folder)


def _figures(side: str, records: int, one: Run) -> list[Figure]:
    right = one.agreement
    who = "Xinmai" if side == XINMAI else f"Splink, {side}"
    return [
        Figure(f"{who}: F1 at a precision of {LEAST_PRECISION}", right.f1, ""),
        Figure(f"{who}: F1 at a precision of {LOOSE_PRECISION}", one.loose, ""),
        Figure(f"{who}: pairwise precision", right.precision, "", f"≥ {LEAST_PRECISION}"),
        Figure(f"{who}: pairwise recall", right.recall, ""),
        Figure(f"{who}: B-cubed F1", right.b_cubed_f1, ""),
        Figure(f"{who}: clusters that fuse different firms", right.mixed, ""),
        Figure(f"{who}: records a second", records / one.seconds, "rows/s"),
        Figure(f"{who}: peak memory", one.memory, "GB"),
    ]


def _beside(side: str, mine: Run, other: Run) -> list[Figure]:
    ahead = mine.agreement.f1 - other.agreement.f1
    return [
        Figure(f"F1 above Splink's, {side}", ahead, "", "≥ .01"),
        Figure(f"speed, times Splink's, {side}", other.seconds / mine.seconds, "×", "≥ 1 ×"),
        Figure(f"memory, of Splink's, {side}", mine.memory / other.memory, "×", "≤ .5 ×"),
    ]


def compared(folder: Path, records: int) -> list[Figure]:
    """Return the figures of all sides on the records in `folder`."""
    runs = {side: run(folder, side) for side in SIDES}
    own = [one for side in SIDES for one in _figures(side, records, runs[side])]
    beside = [_beside(side, runs[XINMAI], runs[side]) for side in SIDES[1:]]
    return [Figure("records", records, ""), *own, *(one for each in beside for one in each)]


def main() -> None:
    """Compare on both sets."""
    parser = argparse.ArgumentParser(description="Xinmai beside Splink on the same records.")
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES)
    parser.add_argument("--firms", type=int, default=FIRMS)
    asked = parser.parse_args()
    figures = []
    for name, size, make in (
        ("demonstration world", asked.enterprises, demonstration),
        ("homonyms", asked.firms, with_homonyms),
    ):
        with tempfile.TemporaryDirectory() as folder:
            found = compared(Path(folder), make(size, Path(folder)))
        figures += [Figure(f"{name}: {one.what}", one.value, one.unit, one.target) for one in found]
    report("splink_peer", "Beside Splink 5 on the same records of organisations", figures)


if __name__ == "__main__":
    main()
