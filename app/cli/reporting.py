"""report: the related-party risk report."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, AsOf, Hops, answer, day, services, tell

commands = typer.Typer()


@commands.command()
def report(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    purpose: Annotated[str, typer.Option(help="What the report is for; without it none is made.")],
    out: Annotated[Path, typer.Option(help="Folder for the report.", metavar="DIR")],
    formats: Annotated[str, typer.Option("--format", help="html,pdf,json")] = "html,pdf",
    hops: Hops = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Write the related-party risk report of one party."""
    from app.reports.issue import issue_report  # noqa: PLC0415 - layout libraries are heavy

    house = services(context)
    issued = issue_report(
        house,
        house.party(entity).uid,
        purpose=purpose,
        as_of=day(as_of),
        hops=hops,
        formats=tuple(formats.split(",")),
        out=out,
        now=datetime.now().astimezone(),
    )
    if as_json:
        answer(
            {
                "number": issued.number,
                "content_hash": issued.content_hash,
                "files": [str(path) for path in issued.files],
            }
        )
    else:
        for path in issued.files:
            tell(f"{issued.number} {path}")
