"""From departments' files to the published embedded graph: all, 1 % more, and the same again.

The peer reads the same files with pandas (workbooks with polars) and does nothing else: what any
loader must do at least.
"""

import argparse
import json
import tempfile
from pathlib import Path

import pandas as pd
import polars as pl

from benchmarks.measure import Figure, command, report, seconds
from graph.store.running import stop_engine

# A load that rejected rows says so with 1; the world holds dirty rows.
LOADED = (0, 1)
MORE = 100


def _read_all(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".xlsx":
            pl.read_excel(path, infer_schema_length=0)
        elif path.suffix == ".csv":
            try:
                pd.read_csv(path, dtype=str, encoding="utf-8-sig")
            except UnicodeDecodeError:
                pd.read_csv(path, dtype=str, encoding="gb18030")
        else:
            pd.DataFrame(json.loads(path.read_text("utf-8")))


def _rows(workspace: Path) -> int:
    lines = (workspace / "ledger" / "batches.jsonl").read_text("utf-8").splitlines()
    return sum(int(json.loads(line)["read"]) for line in lines)


def main() -> None:
    """Make a world, load it, load it again, load 1 % more of another world on top."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=100_000)
    count = parser.parse_args().enterprises
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world, more, workspace = folder / "world", folder / "more", folder / "workspace"
        made = command("world", "--out", world, "--enterprises", count, "--seed", 7)
        command("world", "--out", more, "--enterprises", max(500, count // MORE), "--seed", 8)
        first = ("--workspace", workspace)
        # Once before it is timed, so that every file is in the system's cache for both.
        _read_all(world / "files")
        peer = seconds(_read_all, world / "files")
        whole = command(*first, "load", world / "files", allowed=LOADED)
        rows = _rows(workspace)
        again = command(*first, "load", world / "files", allowed=LOADED)
        added = command(*first, "load", more / "files", allowed=LOADED)
        added_rows = _rows(workspace) - rows
        stop_engine(workspace / "graph")
    report(
        "load",
        f"Load, {count:,} enterprises",
        [
            Figure("world written", made, "s", "≤ 90 s for 100,000"),
            Figure("rows in the files", rows, "rows"),
            Figure("load to the published embedded graph", whole, "s"),
            Figure("rows a second", rows / whole, "rows/s", "≥ 30,000 rows/s"),
            Figure("load / pandas reading the files alone", whole / peer, "×"),
            Figure("the same files again / full load", 100 * again / whole, "%", "≤ 3 %"),
            Figure("new rows on top", 100 * added_rows / rows, "%"),
            Figure("new rows on top / full load", 100 * added / whole, "%", "≤ 10 %"),
        ],
    )


if __name__ == "__main__":
    main()
