"""report: make a report in several forms, and verify one that somebody shows."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli.options import FINDINGS, AsJson, AsOf, Hops, answer, day, services, tell

# What `report` does where no other of its commands is named.
_USUAL = "make"


class _Reports(TyperGroup):
    """A group whose usual command needs no name: `report ENTITY` makes the report of ENTITY."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own class
        """Put the usual command in front of what names no command."""
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else [_USUAL, *args])


commands = typer.Typer()
report = typer.Typer(cls=_Reports, help="Make a report, or verify one that somebody shows.")
commands.add_typer(report, name="report")


@report.command(name=_USUAL)
def make(
    context: typer.Context,
    entity: Annotated[
        str | None, typer.Argument(help="uid, identifier or exact unique name.")
    ] = None,
    *,
    purpose: Annotated[str, typer.Option(help="What the report is for; without it none is made.")],
    out: Annotated[Path, typer.Option(help="Folder for the report.", metavar="DIR")],
    kind: Annotated[str, typer.Option(help="related, person, group or monthly.")] = "related",
    formats: Annotated[
        str, typer.Option("--format", help="Of pdf, docx, xlsx, html, json.")
    ] = "html,pdf",
    authorisation: Annotated[str, typer.Option(help="The letter that allows the report.")] = "",
    applicant: Annotated[str, typer.Option(help="Who asks for it.")] = "",
    since: Annotated[str, typer.Option(help="The snapshot that a monthly compares with.")] = "",
    hops: Hops = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Write a report; `report ENTITY` is short for it."""
    from app.reports.issue import issue_report  # noqa: PLC0415 - layout libraries are heavy

    house = services(context)
    issued = issue_report(
        house,
        house.party(entity).uid if entity else "",
        purpose=purpose,
        as_of=day(as_of),
        hops=hops,
        formats=tuple(formats.split(",")),
        out=out,
        now=datetime.now().astimezone(),
        kind=kind,
        authorisation=authorisation,
        applicant=applicant,
        since=since,
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


@report.command()
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A report in any of its forms.", metavar="FILE")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make a report again on its snapshot and say whether the file is the same."""
    from app.reports.verify import verify_file  # noqa: PLC0415 - layout libraries are heavy

    found = verify_file(services(context), file)
    if as_json:
        answer(found.to_json())
    else:
        typer.echo(found.words())
    if not found.same:
        raise typer.Exit(FINDINGS)
