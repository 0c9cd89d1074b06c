"""users: the people of users.toml, whether the file is right, and what they may."""

import typer

from app.cli.options import AsJson, answer, services, tell
from app.presenters.people import people_lines, people_to_json
from app.texts.read import text
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
        tell(text("line.users.no_file", file=FILE, folder=house.workspace.folder))
        return
    tell(text("line.users.right", file=FILE, count=len(found.user)))
    settings = house.settings
    if settings.user_header is None and settings.user_claim is None:
        tell(text("line.users.shut"))


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
    if house.user.named:
        tell(text("line.users.acting", who=house.user.shown))
    else:
        tell(text("line.users.everybody"))
