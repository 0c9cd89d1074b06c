"""search, show, path: questions about parties."""

from typing import Annotated

import typer

from app.cli.options import AsJson, AsOf, KnownAt, answer, day, services_at, tell
from app.finding import find, read_wanted, wrong_code
from app.presenters.party import party_lines, party_to_json
from app.presenters.paths import path_lines, path_to_json
from app.presenters.search import search_line, search_to_json, wrong_text
from app.texts.read import text as say
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
    """Find parties by name, former name, short name, pinyin or code; a typing error is forgiven.

    As on the screen, a prefix narrows: 代码: 姓名: 案号: 电话: or code: person: case: phone:.
    """
    house = services_at(context, known_at)
    wanted, snapshot = read_wanted(text), house.loaded_snapshot().id
    found = find(house, wanted, limit)
    if as_json:
        answer(search_to_json(wanted.shown, wanted.field, found, snapshot))
        return
    # Marks of direction and other unseen signs would turn the line around.
    shown = "".join(sign for sign in wanted.shown if sign.isprintable())
    if not found:
        looked = say(f"search.looked_{wanted.field}", snapshot=snapshot)
        tell(say("search.none", text=shown, looked=looked))
    elif ambiguous([one.candidate for one in found]):
        tell(say("search.ambiguous", text=shown))
    if wrong := wrong_code(wanted.text):
        tell(wrong_text(wrong))
    for place, one in enumerate(found, start=1):
        typer.echo(search_line(place, one))


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
        str | None,
        typer.Option(help="Link types to follow, separated by commas; else the usual ones."),
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
        list[str] | None,
        typer.Option(help="A link to leave out, by key; may be repeated.", metavar="KEY"),
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
