"""search, show, path: questions about parties."""

from typing import Annotated

import typer

from app.cli.options import AsJson, AsOf, answer, day, services, tell
from app.presenters.party import party_lines, party_to_json
from app.presenters.paths import path_lines, path_to_json
from graph.analysis.party import describe

commands = typer.Typer()


@commands.command()
def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Name, former name, short name or code.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """Find parties by name, former name, short name or code."""
    house = services(context)
    found = house.search(text, limit)
    if as_json:
        answer([one.to_json() for one in found])
        return
    if not found:
        tell(
            f"none found for {text!r}: names, former names and codes of all parties in snapshot"
            f" {house.loaded_snapshot().id} were searched"
        )
    for place, one in enumerate(found, start=1):
        typer.echo(f"{place}\t{one.name}\t{one.label}\t{one.uid}\t{one.reason}: {one.matched}")


@commands.command()
def show(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show one party: identifiers, records, links, sources."""
    house = services(context)
    described = describe(house.loaded_snapshot(), house.party(entity).uid, day(as_of))
    if as_json:
        answer(party_to_json(described))
    else:
        for line in party_lines(described):
            typer.echo(line)


@commands.command()
def path(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    second: Annotated[str, typer.Argument(help="The other party.")],
    *,
    types: Annotated[
        str | None, typer.Option(help="Link types to follow, separated by commas.")
    ] = None,
    hops: Annotated[int, typer.Option(help="Links to follow.", min=1, max=6)] = 4,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Find the shortest and strongest paths between two parties."""
    house = services(context)
    found = house.paths(
        house.party(first).uid,
        house.party(second).uid,
        day(as_of),
        types=tuple(types.split(",")) if types else None,
        hops=hops,
    )
    if as_json:
        answer(path_to_json(found))
    else:
        for line in path_lines(found, house.loaded_snapshot()):
            typer.echo(line)
