"""world: the demonstration world."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, answer, settings_of, speak_as_site, tell, telling
from app.texts.read import text

commands = typer.Typer()


@commands.command()
def world(
    context: typer.Context,
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

    speak_as_site(context)
    made = write_world(enterprises, seed, out, telling(settings_of(context)))
    if as_json:
        answer({"out": str(out), "rows": dict(made.rows)})
    else:
        counts = {"rows": sum(made.rows.values()), "files": len(made.rows)}
        tell(text("loading.world", **counts, folder=out))
