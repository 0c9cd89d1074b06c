"""export: the graph for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, answer, services, tell

commands = typer.Typer()


@commands.command()
def export(
    context: typer.Context,
    *,
    form: Annotated[str, typer.Option("--format", help="csv or graphml")] = "csv",
    out: Annotated[Path, typer.Option(help="Folder for the files.", metavar="DIR")],
    as_json: AsJson = False,
) -> None:
    """Hand the graph over as csv (readable by `import`) or graphml."""
    from app.handover import hand_over  # noqa: PLC0415 - tables are not needed for --help

    files = hand_over(services(context).loaded_snapshot(), form, out)
    if as_json:
        answer([str(path) for path in files])
    else:
        for path in files:
            tell(str(path))
