"""expose, verify, whatif: exposure of one party, its certificate, and what would change it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import (
    FINDINGS,
    AsJson,
    AsOf,
    Hops,
    KnownAt,
    answer,
    day,
    services_at,
    tell,
)
from app.presenters.exposure import exposure_lines, exposure_to_json, whatif_lines
from app.workspace import write_whole
from graph.errors import CertificateError, SettingsError

commands = typer.Typer()


@commands.command()
def expose(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    hops: Hops = None,
    policy: Annotated[Path | None, typer.Option(help="Another policy file.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Write the certificate as JSON.", metavar="FILE")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Compute the exposure of one party, with floor, cap and contributions."""
    from graph.analysis.certificate import certificate as certify  # noqa: PLC0415

    house = services_at(context, known_at)
    if policy is not None:
        house = replace(house, settings=replace(house.settings, policy=policy.absolute()))
    on = day(as_of)
    uid = house.party(entity).uid
    found = house.expose(uid, on, hops)
    if certificate is not None:
        document = certify(house.view(on), uid, hops)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        try:
            write_whole(certificate, text.encode())
        except OSError as error:
            rule = f"cannot be written: {error.strerror}"
            raise CertificateError("--certificate", str(certificate), rule) from error
        tell(f"certificate {certificate}")
    for warning in found.warnings:
        tell(f"提示：{warning.zh}")
    if as_json:
        answer(exposure_to_json(found))
    else:
        for line in exposure_lines(found, house.loaded_snapshot()):
            typer.echo(line)


@commands.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A certificate as JSON.")], *, as_json: AsJson = False
) -> None:
    """Check a certificate of exposure, ownership, control or owners without any database."""
    # Nothing but arithmetic is needed here: no snapshot, no array library.
    from graph.analysis.checks import check, read  # noqa: PLC0415

    try:
        document = read(file.read_bytes())
    except OSError as error:
        rule = f"cannot be read: {error.strerror}"
        raise CertificateError("certificate", str(file), rule) from error
    except ValueError as error:
        raise CertificateError("certificate", str(file), f"is no JSON: {error}") from error
    verdict = check(document)
    if as_json:
        answer({"ok": verdict.ok, "checked": verdict.checked, "fault": verdict.fault})
    elif verdict.ok:
        typer.echo(f"in order: {verdict.checked} numbers recomputed")
    else:
        typer.echo(f"refused: {verdict.fault}")
    if not verdict.ok:
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
