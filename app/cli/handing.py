"""export: the graph for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from app.acting import require
from app.cli.options import AsJson, AsOf, KnownAt, answer, day, services_at, tell
from app.rights import Right

commands = typer.Typer()


@commands.command()
def export(
    context: typer.Context,
    *,
    form: Annotated[
        str, typer.Option("--format", help="csv, parquet, graphml, gexf, bods or ftm")
    ] = "csv",
    out: Annotated[Path, typer.Option(help="Folder for the files.", metavar="DIR")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Hand the graph over: as tables, bods or ftm for `import` to read, or a graph for others."""
    from app.handover import hand_over  # noqa: PLC0415 - tables are not needed for --help

    house = services_at(context, known_at)
    require(house, Right.HAND_OVER, f"{form} {out}")
    files = hand_over(house.loaded_snapshot(), form, out, day(as_of))
    if as_json:
        answer([str(path) for path in files])
    else:
        for path in files:
            tell(str(path))
