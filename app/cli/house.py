"""init, doctor, status: the workspace itself."""

import typer

from app.cli.options import FINDINGS, AsJson, answer, services, tell
from app.presenters.status import status_lines, status_to_json
from app.texts.read import text
from graph.errors import StoreError

commands = typer.Typer()


@commands.command()
def init(context: typer.Context) -> None:
    """Make a workspace: folders, identity key, nothing else."""
    house = services(context, create=True)
    tell(text("line.workspace", folder=house.workspace.folder))


@commands.command()
def doctor(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Say of each part whether it works, and what to do where not."""
    from app.doctor import examine  # noqa: PLC0415 - what it tries is heavy

    findings = examine(services(context, create=True))
    if as_json:
        answer([finding.to_json() for finding in findings])
    else:
        for finding in findings:
            typer.echo(finding.line())
    if any(not finding.works and finding.needed for finding in findings):
        raise typer.Exit(FINDINGS)


@commands.command()
def status(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Say what is loaded, how fresh it is and which snapshot is published."""
    house = services(context)
    refused: StoreError | None = None
    try:
        found = house.status()
    except StoreError as error:
        # What is loaded is known without it.
        found, refused = house.status(ask_store=False), error
    people = house.user.users
    if as_json:
        answer({**status_to_json(found), "users": None if people is None else len(people.user)})
    else:
        for line in status_lines(found, asked=refused is None):
            typer.echo(line)
        if people is not None:
            typer.echo(text("line.status.users", count=len(people.user)))
    if refused is not None:
        raise refused
