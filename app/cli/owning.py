"""owners, holdings, control, controller, beneficial: who stands behind a company."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import Services
from app.cli.options import AsJson, AsOf, KnownAt, answer, day, services_at, write_certificate
from app.presenters.ownership import (
    beneficial_lines,
    beneficial_to_json,
    control_lines,
    control_to_json,
    controller_lines,
    controller_to_json,
    holdings_lines,
    holdings_to_json,
)
from graph.analysis.beneficial import beneficial as find_beneficial
from graph.analysis.beneficial_certificate import beneficial_certificate
from graph.analysis.concert import controls_together
from graph.analysis.control import controls
from graph.analysis.control_certificate import control_certificate
from graph.analysis.controller import controller as find_controller
from graph.analysis.controller_certificate import controller_certificate
from graph.analysis.ownership import holdings as find_holdings
from graph.analysis.ownership import owners as find_owners
from graph.analysis.ownership_certificate import (
    holdings_certificate,
    owners_certificate,
)
from graph.errors import AnalysisError, SettingsError
from graph.policy.owner_rules import DEFAULT, chosen

commands = typer.Typer()

Company = Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")]
CertificateFile = Annotated[
    Path | None, typer.Option(help="Write the certificate as JSON.", metavar="FILE")
]
# Without --holder the certificate covers the largest owners: each is a system of its own.
CERTIFIED = 20


def _company(house: Services, named: str) -> str:
    """Return the uid of a company; of a person there is neither owner nor controller."""
    node = house.party(named)
    if node.label == "Person":
        rule = "is a person, whom nobody owns: ask for `holdings` or `control`"
        raise AnalysisError("company", node.name, rule)
    return node.uid


def _say(listed: Sequence[Mapping[str, Any]], lines: Iterable[str], *, as_json: bool) -> None:
    """Answer with a list or its lines; an empty list does not say what was searched: they do."""
    if as_json:
        answer(listed)
    for line in lines if not (as_json and listed) else ():
        typer.echo(line, err=as_json)


@commands.command()
def owners(
    context: typer.Context,
    company: Company,
    *,
    holder: Annotated[
        str | None, typer.Option(help="Certify this holder; else the largest owners.")
    ] = None,
    certificate: CertificateFile = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Name the owners of a company, direct and through others."""
    house = services_at(context, known_at)
    view, uid = house.view(day(as_of)), house.party(company).uid
    found = find_owners(view, uid)
    if certificate is not None:
        largest = [one.uid for one in found.holdings if one.integrated is not None]
        certified = [house.party(holder).uid] if holder else largest[:CERTIFIED]
        write_certificate(certificate, owners_certificate(view, uid, certified))
    lines = holdings_lines(found, house.loaded_snapshot(), upward=True)
    _say(holdings_to_json(found), lines, as_json=as_json)


@commands.command()
def holdings(
    context: typer.Context,
    party: Company,
    *,
    certificate: CertificateFile = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Name the companies that a party holds, directly and through others."""
    house = services_at(context, known_at)
    view, uid = house.view(day(as_of)), house.party(party).uid
    found = find_holdings(view, uid)
    if certificate is not None:
        write_certificate(certificate, holdings_certificate(view, uid))
    lines = holdings_lines(found, house.loaded_snapshot(), upward=False)
    _say(holdings_to_json(found), lines, as_json=as_json)


@commands.command()
def control(
    context: typer.Context,
    party: Company,
    *,
    certificate: CertificateFile = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Name the companies that a party controls, each with the votes that add up."""
    house = services_at(context, known_at)
    view, node = house.view(day(as_of)), house.party(party)
    if certificate is not None:
        write_certificate(certificate, control_certificate(view, node.uid))
    found = [*controls(view, node.uid), *controls_together(view, node.uid)]
    snapshot = house.loaded_snapshot()
    lines = control_lines(node.name, found, snapshot, view.as_of, snapshot.id)
    _say(control_to_json(found), lines, as_json=as_json)


@commands.command()
def controller(
    context: typer.Context,
    company: Company,
    *,
    certificate: CertificateFile = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Name who ultimately controls a company, or say why nobody does."""
    house = services_at(context, known_at)
    view, uid = house.view(day(as_of)), _company(house, company)
    if certificate is not None:
        write_certificate(certificate, controller_certificate(view, uid))
    found = find_controller(view, uid)
    if as_json:
        answer(controller_to_json(found))
    else:
        for line in controller_lines(found, house.loaded_snapshot()):
            typer.echo(line)


@commands.command()
def beneficial(
    context: typer.Context,
    company: Company,
    *,
    rules: Annotated[
        str, typer.Option(help="A set of rules by name, or all of them.", metavar="NAME")
    ] = DEFAULT,
    certificate: CertificateFile = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Name the beneficial owners of a company, each with the rule that names it."""
    house = services_at(context, known_at)
    sets, view, uid = chosen(rules), house.view(day(as_of)), _company(house, company)
    if certificate is not None:
        if len(sets) > 1:
            raise SettingsError("--certificate", rules, "is of one set of rules: --rules NAME")
        write_certificate(certificate, beneficial_certificate(view, uid, sets[0]))
    found = find_beneficial(view, uid, sets)
    lines = beneficial_lines(found, house.loaded_snapshot())
    _say(beneficial_to_json(found), lines, as_json=as_json)
