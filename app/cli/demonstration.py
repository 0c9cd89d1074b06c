"""world: the demonstration world."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, answer, say_progress, tell

commands = typer.Typer()


@commands.command()
def world(
    *,
    enterprises: Annotated[
        int, typer.Option(help="How many enterprises, 500 to 1,000,000.")
    ] = 2_000,
    seed: Annotated[int, typer.Option(help="The same seed writes the same files.")] = 2014,
    out: Annotated[Path, typer.Option(help="Folder for files/ and truth/.", metavar="DIR")],
    as_json: AsJson = False,
) -> None:
    """Write the demonstration world: departments' files, and their truth in a folder apart."""
    from loaders.world.write import write_world  # noqa: PLC0415 - numpy is not needed for --help

    made = write_world(enterprises, seed, out, say_progress)
    if as_json:
        answer({"out": str(out), "rows": dict(made.rows)})
    else:
        tell(f"{sum(made.rows.values())} rows in {len(made.rows)} files under {out}/files")
