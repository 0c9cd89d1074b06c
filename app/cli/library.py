"""What the commands say of the library of queries, besides the queries."""

import typer

from app.cli.options import FINDINGS, tell
from queries.catalog import Library


def say_broken(library: Library) -> None:
    """Name every query of the site that is broken; exit 1 where one is."""
    for error in library.broken.values():
        tell(f"xinmai: {error}")
    if library.broken:
        raise typer.Exit(FINDINGS)
