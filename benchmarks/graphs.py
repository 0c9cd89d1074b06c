"""The graph that a benchmark looks at: borrowed, found again in a folder, or made for it."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.large import write_graph
from benchmarks.measure import command
from graph.store.running import stop_engine


def ask_for_graph(words: str | None) -> argparse.Namespace:
    """Read the command line of a benchmark that is described by these words."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=3_000_000)
    parser.add_argument("--keep", type=Path, help="a folder to work in and to find again")
    parser.add_argument("--workspace", type=Path, help="a filled one; nothing is written there")
    return parser.parse_args()


@contextmanager
def graph_for(given: argparse.Namespace) -> Iterator[Path]:
    """Yield a filled workspace: the one that was given, else one that is found or made."""
    if given.workspace is not None:
        yield given.workspace
        return
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        workspace = folder / "workspace"
        if not (workspace / "current").is_file():
            write_graph(folder, given.parties, given.links)
            parts = [(f"--{one}", folder / f"{one}.csv") for one in ("nodes", "edges", "records")]
            command("--workspace", workspace, "import", *(word for part in parts for word in part))
        yield workspace
        stop_engine(workspace / "graph")
