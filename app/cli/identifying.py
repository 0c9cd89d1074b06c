"""how, why, why-not: why a party is one, and why two are two."""

from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.options import AsJson, KnownAt, answer, services_at
from app.desk import provenance
from app.presenters.identity import comparison_lines, comparison_to_json
from app.presenters.steps import how_lines, how_to_json
from graph.analysis.identity import compare

commands = typer.Typer()

One = Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")]
Other = Annotated[str, typer.Argument(help="The other party.")]


@commands.command()
def how(
    context: typer.Context,
    entity: One,
    *,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Say step by step how a party was put together: rule, value, files, rows, dates, versions."""
    house = services_at(context, known_at)
    found = provenance.how(house, house.party(entity).uid)
    if as_json:
        answer(how_to_json(found))
        return
    for line in how_lines(found):
        typer.echo(line)


@commands.command()
def why(
    context: typer.Context,
    first: One,
    second: Other,
    *,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Say why two are one party, or what speaks for it."""
    _compare(services_at(context, known_at), first, second, as_json=as_json, against_first=False)


@commands.command("why-not")
def why_not(
    context: typer.Context,
    first: One,
    second: Other,
    *,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Say why two are not one party: what vetoes it, or what is missing."""
    _compare(services_at(context, known_at), first, second, as_json=as_json, against_first=True)


def _compare(
    house: Services, first: str, second: str, *, as_json: bool, against_first: bool
) -> None:
    uids = (house.party(first).uid, house.party(second).uid)
    found = compare(house.loaded_snapshot(), *uids)
    if as_json:
        answer(comparison_to_json(found))
        return
    for line in comparison_lines(found, against_first=against_first):
        typer.echo(line)
