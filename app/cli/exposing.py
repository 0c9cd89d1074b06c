"""expose, verify, whatif: exposure of one party, its certificate, and what would change it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import (
    FINDINGS,
    AsJson,
    AsOf,
    Hops,
    KnownAt,
    answer,
    day,
    services,
    services_at,
    tell,
    write_certificate,
)
from app.presenters.exposure import exposure_lines, exposure_to_json, whatif_lines
from app.texts.read import spoken
from app.texts.read import text as say
from graph.errors import CertificateError, SettingsError

if TYPE_CHECKING:
    from app.bootstrap import Services

commands = typer.Typer()

AnotherPolicy = Annotated[Path | None, typer.Option(help="Another policy file.")]


def under(house: "Services", policy: Path | None) -> "Services":
    """Return services under another policy file where one is given."""
    if policy is None:
        return house
    return replace(house, settings=replace(house.settings, policy=policy.absolute()))


@commands.command()
def expose(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    hops: Hops = None,
    policy: AnotherPolicy = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Write the certificate as JSON.", metavar="FILE")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Compute the exposure of one party, with floor, cap and contributions."""
    from graph.analysis.certificate import certificate as certify  # noqa: PLC0415

    house = under(services_at(context, known_at), policy)
    on = day(as_of)
    uid = house.party(entity).uid
    found = house.expose(uid, on, hops)
    if certificate is not None:
        write_certificate(certificate, certify(house.view(on), uid, hops))
    for warning in found.warnings:
        tell(say("line.warning", words=warning.to(spoken())))
    if as_json:
        answer(exposure_to_json(found))
    else:
        for line in exposure_lines(found, house.loaded_snapshot()):
            typer.echo(line)


@commands.command()
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A certificate as JSON.")],
    *,
    remake: Annotated[
        bool, typer.Option("--remake", help="Also make it again on its snapshot and compare.")
    ] = False,
    policy: AnotherPolicy = None,
    as_json: AsJson = False,
) -> None:
    """Check a certificate of exposure, ownership, control or owners without any database.

    Numbers that follow from each other may still have been made up. With --remake the workspace is
    asked the same question again, on the snapshot that the certificate names.
    """
    # Nothing but arithmetic is needed here: no snapshot, no array library.
    from graph.analysis.checks import check, read  # noqa: PLC0415

    if policy is not None and not remake:
        raise SettingsError("--policy", str(policy), "has a meaning beside --remake alone")
    try:
        document = read(file.read_bytes())
    except OSError as error:
        rule = f"cannot be read: {error.strerror}"
        raise CertificateError("certificate", str(file), rule) from error
    except ValueError as error:
        raise CertificateError("certificate", str(file), f"is no JSON: {error}") from error
    verdict = check(document)
    again = None
    if remake and isinstance(document, Mapping):
        from app.cli.remaking import made_again  # noqa: PLC0415

        again = made_again(under(services(context), policy), document)
    if as_json:
        found = {"ok": verdict.ok, "checked": verdict.checked, "fault": verdict.fault}
        answer(found | ({} if again is None else {"remade": again.to_json()}))
    else:
        said = f"in order: {verdict.checked} numbers recomputed"
        typer.echo(said if verdict.ok else f"refused: {verdict.fault}")
        for line in () if again is None else again.lines():
            typer.echo(line)
    if not verdict.ok or (again is not None and not again.same):
        raise typer.Exit(FINDINGS)


@commands.command()
def whatif(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    drop_link: Annotated[
        list[str] | None, typer.Option(help="A link to leave out; may be repeated.", metavar="KEY")
    ] = None,
    repair: Annotated[
        list[str] | None,
        typer.Option(help="A record to suppose repaired; may be repeated.", metavar="RECORD"),
    ] = None,
    add_record: Annotated[
        list[str] | None,
        typer.Option(
            help="A record to suppose, as uid:class or uid:class:severity; may be repeated."
        ),
    ] = None,
    hops: Hops = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Compute exposure before and after a change that is not made."""
    from graph.analysis.edits import AddRecord, DropLink, DropRecord, Edit  # noqa: PLC0415

    house = services_at(context, known_at)
    uid = house.party(entity).uid
    added = []
    for text in add_record or []:
        subject, _, rest = text.partition(":")
        record_class, _, severity = rest.partition(":")
        added.append(AddRecord(subject, record_class, severity or None))
    edits: list[Edit] = [
        *(DropLink(key) for key in drop_link or []),
        *(DropRecord(record) for record in repair or []),
        *added,
    ]
    if not edits:
        rule = "supposes nothing: give --drop-link, --repair or --add-record"
        raise SettingsError("whatif", entity, rule)
    on = day(as_of)
    before, after = house.expose(uid, on, hops), house.expose(uid, on, hops, edits)
    if as_json:
        answer({"before": exposure_to_json(before), "after": exposure_to_json(after)})
    else:
        for line in whatif_lines(before, after):
            typer.echo(line)
