"""users: the people of users.toml, whether the file is right, and what they may."""

import typer

from app.cli.options import AsJson, answer, services, tell
from app.presenters.people import people_lines, people_to_json
from app.users import FILE, read_users

commands = typer.Typer()
users = typer.Typer(help="Who may work here and what: check the file, list the people.")
commands.add_typer(users, name="users")


@users.command()
def check(context: typer.Context) -> None:
    """Say what is wrong with users.toml; exit 2 where something is."""
    house = services(context)
    found = read_users(house.workspace.folder)
    if found is None:
        tell(f"there is no {FILE} in {house.workspace.folder}: everybody may do everything")
        return
    tell(f"{FILE}: {len(found.user)} people, nothing wrong")
    settings = house.settings
    if settings.user_header is None and settings.user_claim is None:
        tell("the app lets nobody in: set user_header or user_claim (docs/operations.md)")


@users.command(name="list")
def list_users(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the people with their roles and rights, and who this command acts for."""
    house = services(context)
    found = read_users(house.workspace.folder)
    if as_json:
        answer(people_to_json(found, house.user))
        return
    for line in people_lines(found):
        typer.echo(line)
    tell(f"acting for {house.user.shown}" if house.user.named else "everybody may do everything")
