"""query export, import: a site's queries as one file for another site."""

from pathlib import Path
from typing import Annotated

import typer

from app.acting import require
from app.cli.library import say_broken
from app.cli.options import services, tell
from app.rights import Right
from app.texts.read import text
from queries.catalog import place_of
from queries.packs import take_pack, write_pack

packs = typer.Typer()


@packs.command(name="export")
def export_pack(
    context: typer.Context,
    pack: Annotated[Path, typer.Argument(help="The file to write.", metavar="PACK.zip")],
    names: Annotated[
        list[str] | None, typer.Argument(help="Queries; without any the site's own.", metavar="ID")
    ] = None,
) -> None:
    """Write queries as one file that another site imports."""
    house = services(context, create=True)
    library, own = house.library(), house.workspace.folder / "queries"
    if names:
        wanted = [library.one(name) for name in dict.fromkeys(names)]
    else:
        wanted = [one for one in library.queries if place_of(one.id, own).is_file()]
    write_pack(wanted, pack)
    tell(text("line.pack.packed", count=len(wanted), path=pack))
    if not names:
        say_broken(library)


@packs.command(name="import")
def import_pack(
    context: typer.Context,
    pack: Annotated[Path, typer.Argument(help="As `query export` wrote it.", metavar="PACK.zip")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take those of the pack where ids are the same.")
    ] = False,
) -> None:
    """Keep the queries of another site; one that breaks a rule refuses the whole pack."""
    house = services(context, create=True)
    require(house, Right.CYPHER, pack.name)
    found = take_pack(pack, house.workspace.folder / "queries", replace=replace)
    for one in found:
        typer.echo(f"{one.id}\t{one.title.zh}\t{one.title.en}")
    tell(text("line.pack.kept", count=len(found)))
