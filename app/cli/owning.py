"""owners, holdings, control, controller: who stands behind a company, and behind what."""

from typing import Annotated

import typer

from app.cli.options import AsJson, AsOf, answer, day, services
from app.presenters.ownership import (
    control_lines,
    control_to_json,
    controller_lines,
    controller_to_json,
    holdings_lines,
    holdings_to_json,
)
from graph.analysis.concert import controls_together
from graph.analysis.control import controls
from graph.analysis.controller import controller as find_controller
from graph.analysis.ownership import holdings as find_holdings
from graph.analysis.ownership import owners as find_owners

commands = typer.Typer()

Company = Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")]


@commands.command()
def owners(
    context: typer.Context, company: Company, *, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Name the owners of a company, direct and through others."""
    house = services(context)
    found = find_owners(house.view(day(as_of)), house.party(company).uid)
    if as_json:
        answer(holdings_to_json(found))
    else:
        for line in holdings_lines(found, house.loaded_snapshot(), upward=True):
            typer.echo(line)


@commands.command()
def holdings(
    context: typer.Context, party: Company, *, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Name the companies that a party holds, directly and through others."""
    house = services(context)
    found = find_holdings(house.view(day(as_of)), house.party(party).uid)
    if as_json:
        answer(holdings_to_json(found))
    else:
        for line in holdings_lines(found, house.loaded_snapshot(), upward=False):
            typer.echo(line)


@commands.command()
def control(
    context: typer.Context, party: Company, *, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Name the companies that a party controls, each with the votes that add up."""
    house = services(context)
    view, node = house.view(day(as_of)), house.party(party)
    found = [*controls(view, node.uid), *controls_together(view, node.uid)]
    if as_json:
        answer(control_to_json(found))
    else:
        snapshot = house.loaded_snapshot()
        for line in control_lines(node.name, found, snapshot, view.as_of, snapshot.id):
            typer.echo(line)


@commands.command()
def controller(
    context: typer.Context, company: Company, *, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Name who ultimately controls a company, or say why nobody does."""
    house = services(context)
    found = find_controller(house.view(day(as_of)), house.party(company).uid)
    if as_json:
        answer(controller_to_json(found))
    else:
        for line in controller_lines(found, house.loaded_snapshot()):
            typer.echo(line)
