"""Who is who in the demonstration world: how right, how fast, in how much memory.

The truth lies in a folder that no loader reads; the noise is that of the departments. What cannot
be known at all (no value that both mentions hold and nobody else) is told apart.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from app.bootstrap import open_services
from app.settings import read_settings
from benchmarks.measure import Figure, command, report
from benchmarks.truth import Score, judged, lead_scores, scores
from loaders.resolve.clusters import clusters
from loaders.resolve.leads import leads
from loaders.resolve.mentions import mentions
from loaders.resolve.pairs import stated

# About 200,000 and 1,000,000 rows.
SIZES = (34_000, 172_000)
_KILOBYTES = 2**20


def measured(files: Path, truth: Path, workspace: Path) -> tuple[tuple[Score, Score], list[Figure]]:
    """Return how right the resolution of a loaded workspace is, and how fast it was."""
    command("--workspace", workspace, "load", files, "--no-publish", allowed=(0, 1))
    house = open_services(read_settings({}, workspace))
    started = time.perf_counter()
    found = mentions(house.ledger, house.catalogue)
    grouped = clusters(found)
    took = time.perf_counter() - started
    suspected = leads(stated(found, grouped.frame["uid"], house.catalogue))
    looked = time.perf_counter() - started
    rows = sum(frame.height for frame in found.rows.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES
    speed = [
        Figure("records", rows, "rows"),
        Figure("mentions", found.frame.height, ""),
        Figure("from the ledger to clusters", took, "s"),
        Figure("records a second", rows / took, "rows/s", "≥ 20,000 rows/s"),
        Figure("from the ledger to clusters and leads", looked, "s"),
        Figure("leads / mentions", suspected.frame.height / found.frame.height, "", "≤ .02"),
        Figure("memory of the process, peak so far", peak, "GB", "≤ 3 GB"),
    ]
    told = judged(found, grouped, truth)
    right, caught = lead_scores(told, suspected.frame)
    speed += [
        Figure("leads that are true", right, ""),
        Figure("mentions of organisations apart from their own, with a lead", caught, ""),
    ]
    return scores(told), speed


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


def main() -> None:
    """Load worlds of both sizes and compare their clusters with the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, nargs="*", default=SIZES)
    figures = []
    for count in parser.parse_args().enterprises:
        with tempfile.TemporaryDirectory() as name:
            world = Path(name) / "world"
            command("world", "--out", world, "--enterprises", count, "--seed", 7)
            truth = world / "truth" / "rows.parquet"
            (firms, people), speed = measured(world / "files", truth, Path(name) / "w")
        every = [
            *speed,
            *_figures("organisations", firms, "≥ .97"),
            *_figures("persons", people, "≥ .9"),
        ]
        figures += [
            Figure(f"{count:,} enterprises: {one.what}", one.value, one.unit, one.target)
            for one in every
        ]
    report("quality", "Who is who, beside the truth", figures)


if __name__ == "__main__":
    main()
