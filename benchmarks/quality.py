"""Who is who in the demonstration world: how right, how fast, in how much memory.

The truth lies in a folder that no loader reads; the noise is that of the departments. What cannot
be known at all (no value that both mentions hold and nobody else) is told apart.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from app.bootstrap import open_services
from app.settings import read_settings
from benchmarks.measure import Figure, command, report, seconds
from benchmarks.on_top import ROWS_APART, OnTop, on_top
from benchmarks.resolution import memory_of
from benchmarks.truth import Found, Score, judged, pairs_found, scores
from loaders.resolve.clusters import clusters
from loaders.resolve.leads import Leads, leads, leads_after, pairs_of
from loaders.resolve.mentions import mentions
from loaders.resolve.pairs import Statements, stated

# About 200,000 and 1,000,000 rows.
SIZES = (34_000, 172_000)


def measured(files: Path, truth: Path, workspace: Path) -> tuple[tuple[Score, Score], list[Figure]]:
    """Return how right the resolution of a loaded workspace is, and how fast it was."""
    command("--workspace", workspace, "load", files, "--no-publish", allowed=(0, 1))
    house = open_services(read_settings({}, workspace))
    started = time.perf_counter()
    found = mentions(house.ledger, house.catalogue)
    grouped = clusters(found)
    took = time.perf_counter() - started
    said = stated(found, grouped.frame["uid"], house.catalogue)
    before = time.perf_counter()
    suspected = leads(said)
    looking = time.perf_counter() - before
    rows = sum(frame.height for frame in found.rows.values())
    alone, with_leads = memory_of(workspace)
    told = judged(found, grouped, truth)
    speed = [
        Figure("records", rows, "rows"),
        Figure("mentions", found.frame.height, ""),
        Figure("from the ledger to clusters", took, "s"),
        Figure("records a second", rows / took, "rows/s", "≥ 20,000 rows/s"),
        *_after(on_top(workspace)),
        Figure("leads, all anew", looking, "s"),
        Figure("leads, after one row in a hundred", _on_top(said, suspected), "s"),
        Figure("memory of a process that resolves, peak", alone, "GB", "≤ 3 GB"),
        Figure("memory of the same with the leads, peak", with_leads, "GB"),
        Figure("leads / mentions", suspected.frame.height / found.frame.height, "", "≤ .02"),
        *_found("leads", pairs_found(told, suspected.frame)),
        *_blocking(told, said, suspected),
    ]
    return scores(told), speed


def _after(found: OnTop) -> Iterator[Figure]:
    yield Figure("all anew, from files to what the next load goes on from", found.all_anew, "s")
    yield Figure(f"the same with {found.new:,} records on top of what is kept", found.on_top, "s")
    part = 100 * found.on_top / found.all_anew
    yield Figure("one in a hundred on top / all anew", part, "%", "≤ 5 %")


def _on_top(said: Statements, before: Leads) -> float:
    """Return the seconds that leads take where the parties of one row in a hundred are touched."""
    lines = said.places["line"].unique().sort().gather_every(ROWS_APART)
    touched = said.places.filter(said.places["line"].is_in(lines.implode()))["uid"].unique()
    return seconds(leads_after, said, (), before, touched)


def _found(what: str, found: Sequence[Found]) -> Iterator[Figure]:
    for whose, one in zip(("organisations", "persons"), found, strict=True):
        yield Figure(f"{what}, {whose}: told true or not", one.told, "")
        yield Figure(f"{what}, {whose}: true", one.precision, "")
        yield Figure(f"{what}, {whose}: of the true pairs apart", one.recall, "")


def _blocking(told: pl.DataFrame, said: Statements, found: Leads) -> Iterator[Figure]:
    """Yield how many true pairs are compared at all, and how many pairs a record that takes."""
    everybody = found.profiles["uid"].unique()
    compared = pairs_of(said, found.profiles, everybody)[0]
    ends = [pairs.select(source="uid", target="uid_other").unique() for pairs in compared.values()]
    met = pl.concat(ends)
    for whose, one in zip(compared, pairs_found(told, met), strict=True):
        yield Figure(f"compared, {whose}: of the true pairs apart", one.recall, "")
    rows = sum(frame.height for frame in said.rows.values())
    yield Figure("pairs compared a record", met.height / rows, "")
    for kind, keys in found.passed_over.items():
        yield Figure(f"keys that too many hold: {kind}", keys, "")


def _figures(whose: str, score: Score, recall: str) -> list[Figure]:
    return [
        Figure(f"{whose}: pairwise precision", score.precision, "", "≥ .9999"),
        Figure(f"{whose}: recall of the knowable", score.recall, "", recall),
        Figure(f"{whose}: knowable, of all true pairs", score.knowable, ""),
        Figure(f"{whose}: recall of all true pairs", score.recall_of_all, ""),
        Figure(f"{whose}: B-cubed precision", score.b_cubed_precision, ""),
        Figure(f"{whose}: B-cubed recall", score.b_cubed_recall, ""),
        Figure(f"{whose}: merges of provably different", score.proven, "", "0"),
        Figure(f"{whose}: clusters of several", score.mixed, ""),
    ]


def growth(measured: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Return how the seconds a record grew from the first world to the last."""
    each = [{one.what: one.value for one in figures} for figures in measured]
    spent = [one["from the ledger to clusters"] / one["records"] for one in each]
    records = f"{each[0]['records']:,.0f} to {each[-1]['records']:,.0f} records"
    return [Figure(f"time / records, from {records}", spent[-1] / spent[0], "×", "≤ 1.2 ×")]


def main() -> None:
    """Load worlds of both sizes and compare their clusters with the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, nargs="*", default=SIZES)
    figures = []
    speeds = []
    for count in parser.parse_args().enterprises:
        with tempfile.TemporaryDirectory() as name:
            world = Path(name) / "world"
            command("world", "--out", world, "--enterprises", count, "--seed", 7)
            truth = world / "truth" / "rows.parquet"
            (firms, people), speed = measured(world / "files", truth, Path(name) / "w")
        speeds.append(speed)
        every = [
            *speed,
            *_figures("organisations", firms, "≥ .97"),
            *_figures("persons", people, "≥ .9"),
        ]
        figures += [
            Figure(f"{count:,} enterprises: {one.what}", one.value, one.unit, one.target)
            for one in every
        ]
    figures += growth(speeds) if len(speeds) > 1 else []
    report("quality", "Who is who, beside the truth", figures)


if __name__ == "__main__":
    main()
