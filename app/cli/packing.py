"""query export, import: a site's queries as one file for another site."""

from pathlib import Path
from typing import Annotated

import typer

from app.acting import require
from app.cli.options import services, tell
from app.rights import Right
from graph.errors import QueryError
from queries.packs import take_pack, write_pack
from queries.templates import place_of

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
    known = {one.id: one for one in house.queries()}
    own = house.workspace.folder / "queries"
    wanted = names or [name for name in known if place_of(name, own).is_file()]
    for name in wanted:
        if name not in known:
            raise QueryError("query", name, "is not in the library; `xinmai query list` names them")
    write_pack([known[name] for name in wanted], pack)
    tell(f"{len(wanted)} queries in {pack}")


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
    tell(f"{len(found)} queries kept")
