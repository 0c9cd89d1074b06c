"""Exposure of every party from a snapshot on the disk to results on the disk, by a new process.

The snapshot is written beforehand, by the writer of all snapshots, with links drawn as in
`benchmarks.drawn`; control is computed from its holdings as after any load.
"""

import argparse
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import polars as pl

from app.scans import scan_kept
from app.workspace import Workspace
from benchmarks.drawn import RECORDS, SEED, SHARES, drawn_links, weaker_policy
from benchmarks.measure import Figure, report, seconds
from benchmarks.scan import AS_OF
from graph.analysis.view import open_view
from graph.snapshot import form
from graph.snapshot.reader import open_snapshot
from graph.snapshot.tables import TABLES, PolarsType
from graph.snapshot.write import write_snapshot

# Of the weaker factors: computed control makes the graph denser, and a scan of it is refused.
SCALE = 0.4


def written(root: Path, parties: int, links: int) -> Path:
    """Write the snapshot and return its folder."""
    rng = np.random.default_rng(SEED)
    drawn = drawn_links(rng, parties, links)
    counts = [int(parties * share) for share in SHARES]
    counts[-1] = parties - sum(counts[:-1])
    labels = np.repeat(["Enterprise", "Person", "Intermediary"], counts)
    uids = pl.Series(np.char.zfill(np.arange(parties).astype("U12"), 12))
    nodes = pl.DataFrame({"uid": uids, "label": labels})
    nodes = nodes.with_columns(labels=pl.concat_list("label"), name=pl.lit("某某"))
    types, posts = np.array(form.TYPES), np.array(form.POST_CODES)
    share = np.where(drawn["link_share"] < 0, np.nan, drawn["link_share"] / form.WHOLE_PPM)
    table = pl.DataFrame(
        {
            "key": np.char.zfill(np.arange(links).astype("U12"), 12),
            "type": types[drawn["link_type"]],
            "source": uids.gather(drawn["link_source"]),
            "target": uids.gather(drawn["link_target"]),
            "post": posts[drawn["link_post"]],
            "share": share,
        }
    ).with_columns(pl.col("share").fill_nan(None), pl.col("post").replace("", None))
    subjects = np.sort(rng.choice(counts[0], int(parties * RECORDS), replace=False))
    records = pl.DataFrame(
        {
            "uid": pl.Series(np.char.zfill(np.arange(subjects.size).astype("U12"), 12)),
            "subject": uids.gather(subjects),
        }
    ).with_columns(
        pl.lit("penalty").alias("class"), severity=pl.lit("general"), status=pl.lit("active")
    )
    given = {"nodes": nodes, "links": table, "records": records}
    tables = {name: _whole(given.get(name), columns) for name, columns in TABLES.items()}
    return root / write_snapshot(tables, root, {"parties": parties, "links": links})


def _whole(given: pl.DataFrame | None, columns: Mapping[str, PolarsType]) -> pl.DataFrame:
    """Return a table with all of its columns, those that are not given without values."""
    if given is None:
        return pl.DataFrame(schema=dict(columns))
    return given.select(
        pl.col(name).cast(kind) if name in given.columns else pl.lit(None, kind).alias(name)
        for name, kind in columns.items()
    )


def scanned(snapshot: Path, workspace: Path) -> tuple[float, float]:
    """Return the seconds from opening a snapshot to results written, and the process's peak GB."""

    def work() -> None:
        view = open_view(open_snapshot(snapshot), weaker_policy(SCALE), AS_OF)
        scan_kept(Workspace(workspace), view, 3)

    # In kilobytes.
    return seconds(work), getrusage(RUSAGE_SELF).ru_maxrss / 2**20


def _alone(snapshot: Path, workspace: Path) -> tuple[float, float]:
    """Return what `scanned` does in a process that did nothing before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(scanned, snapshot, workspace).result()


def main() -> None:
    """Write a snapshot, then scan it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=2_000_000)
    parser.add_argument("--links", type=int, default=5_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Kernels are compiled on a small graph first.
        _alone(written(folder / "small", 2_000, 5_000), folder / "first")
        large = written(folder / "large", given.parties, given.links)
        took, held = _alone(large, folder / "second")
        rows = int(open_snapshot(large).arrays["link_source"].size)
    report(
        "scan_disk",
        f"Scan of a snapshot on disk: {given.parties:,} parties, {given.links:,} links",
        [
            Figure("links with those of computed control", rows, ""),
            Figure("from opening the snapshot to results written", took, "s", "≤ 30 s"),
            Figure("memory of the process, peak", held, "GB", "≤ 4 GB"),
        ],
    )


if __name__ == "__main__":
    main()
