"""search, show, path: questions about parties."""

from typing import Annotated

import typer

from app.cli.options import AsJson, AsOf, KnownAt, answer, day, services_at, tell
from app.presenters.party import party_lines, party_to_json
from app.presenters.paths import path_lines, path_to_json
from app.presenters.search import search_to_json, searched, wrong_code
from graph.analysis.party import describe
from graph.analysis.search import ambiguous

commands = typer.Typer()


@commands.command()
def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Name, former name, short name, pinyin or code.")],
    *,
    limit: Annotated[int, typer.Option(help="As many candidates at most.", min=1, max=200)] = 20,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Find parties by name, former name, short name, pinyin or code; a typing error is forgiven."""
    house = services_at(context, known_at)
    found = house.search(text, limit)
    if as_json:
        answer(search_to_json(text, found, house.loaded_snapshot().id))
        return
    if not found:
        tell(f"none found for {text!r}: {searched(house.loaded_snapshot().id)}")
    elif ambiguous(found):
        tell(f"{text!r} is ambiguous: several parties answer to it equally well")
    if wrong := wrong_code(text):
        tell(wrong)
    for place, one in enumerate(found, start=1):
        named = "\t".join(
            (str(place), one.name, one.label, one.uid, f"{one.reason}: {one.matched}")
        )
        typer.echo(f"{named}\t{one.score:.2f}")


@commands.command()
def show(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Show one party: identifiers, records, links, sources."""
    house = services_at(context, known_at)
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
    exclude_type: Annotated[
        list[str] | None, typer.Option(help="A link type not to follow; may be repeated.")
    ] = None,
    order: Annotated[
        str, typer.Option(help="shortest, strongest or verifiable (most recorded links) first.")
    ] = "shortest",
    without_node: Annotated[
        list[str] | None, typer.Option(help="A party to leave out; may be repeated.")
    ] = None,
    without_link: Annotated[
        list[str] | None, typer.Option(help="A link to leave out, by key.", metavar="KEY")
    ] = None,
    hops: Annotated[int, typer.Option(help="Links to follow.", min=1, max=6)] = 4,
    limit: Annotated[int, typer.Option(help="As many paths at most.", min=1, max=1000)] = 10,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds after which the search stops.", min=0)
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Find the shortest, strongest or most verifiable paths between two parties."""
    from graph.analysis.paths import path_types  # noqa: PLC0415

    house = services_at(context, known_at)
    found = house.paths(
        house.party(first).uid,
        house.party(second).uid,
        day(as_of),
        types=path_types(types.split(",") if types else None, exclude_type or ()),
        order=order,
        without_nodes=tuple(house.party(one).uid for one in without_node or ()),
        without_links=tuple(without_link or ()),
        hops=hops,
        limit=limit,
        timeout=timeout,
    )
    if as_json:
        answer(path_to_json(found))
    else:
        for line in path_lines(found, house.loaded_snapshot()):
            typer.echo(line)
