"""scan: the exposure of every party at once, kept, published, and compared with one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer

from app.acting import require
from app.bootstrap import Services
from app.cli.options import AsJson, AsOf, KnownAt, answer, day, services_at, tell, telling
from app.presenters.groups import KINDS, groups_by
from app.presenters.scan import annotations, scan_lines, scan_table, scan_to_json
from app.presenters.scan_difference import (
    Words,
    difference_lines,
    difference_table,
    difference_to_json,
)
from app.rights import Right
from app.scans import PREVIOUS, scan_before, scan_kept, with_scale
from app.texts.read import text
from graph.analysis.scan_difference import Reason, Shifts, Side, reason, shifts
from graph.analysis.scan_files import KeptScan
from graph.analysis.view import View, open_view
from graph.analysis.whole_graph import LEVELS, Count, counts_by
from graph.errors import AnalysisError
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.store.open import held, open_store
from loaders.annotate import annotate
from queries.output import ending_of, write_answer
from queries.run import Answer

commands = typer.Typer()


@commands.command(name="scan")
def scan_all(
    context: typer.Context,
    *,
    hops: Annotated[
        int | None, typer.Option(help="Links, 1 to 3; without it the policy's.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="Another policy file.")] = None,
    scaled: Annotated[
        bool,
        typer.Option(
            "--scaled",
            help="Where the policy is refused: multiply every factor by the largest number under"
            " which it is accepted; the policy's name says so.",
        ),
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="Count by province, region (city), industry or size; may be repeated. Not beside"
            " --against.",
            metavar="KIND",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="Say what changed since another scan: its key, or `previous`.", metavar="SCAN"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write every exposed party, or with --against every changed one: .csv, .xlsx,"
            " .parquet, .json."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="Parties to name here.", min=0, max=1000)] = 20,
    no_publish: Annotated[
        bool, typer.Option("--no-publish", help="Leave the graph store alone.")
    ] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Compute the exposure of every party within three links; a lead each, no record."""
    _check_groups(by or (), against)
    if out is not None:
        ending_of(out)
    house = services_at(context, known_at)
    require(house, Right.REPORT, "scan")
    if policy is not None:
        house = replace(house, settings=replace(house.settings, policy=policy.absolute()))
    view = house.view(day(as_of))
    if scaled:
        view = with_scale(view)
    with house.workspace.writing():
        kept = scan_kept(house.workspace, view, hops or view.policy.hops.scan, known_at)
    # What stands in the store is of today and of the site's own policy, or of one that says so.
    if not no_publish and as_of is None and known_at is None:
        _publish(house, kept)
    if against is not None:
        before = scan_before(house.workspace, kept, None if against == PREVIOUS else against)
        _tell_difference(_compared(house, before, kept, view), limit, out, as_json=as_json)
    else:
        _tell(kept, house.loaded_snapshot(), by or ["region"], limit, out, as_json=as_json)


def _check_groups(kinds: Sequence[str], against: str | None) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise AnalysisError("--by", kind, f"must be one of {', '.join(KINDS)}")
    if kinds and against is not None:
        rule = "counts the parties of one scan: leave it out, or --against"
        raise AnalysisError("--by", ", ".join(kinds), rule)


def _tell(
    kept: KeptScan,
    snapshot: Snapshot,
    kinds: list[str],
    limit: int,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    found = kept.scan
    table = scan_table(found, snapshot)
    if out is not None:
        _write(table, snapshot.id, out)
        tell(text("line.scan.out", count=table.height, path=out))
    party = np.asarray(snapshot.arrays["node_party"], np.bool_)
    every = counts_by(found, np.where(party, "all", ""))
    # Without any party there is no group of them.
    whole = every.get("all", Count(0, dict.fromkeys(LEVELS, 0), 0, 0))
    groups = {kind: counts_by(found, groups_by(snapshot, kind)) for kind in kinds}
    if as_json:
        answer(scan_to_json(kept, whole, groups))
        return
    for line in scan_lines(kept, whole, groups, table.head(limit)):
        typer.echo(line)


def _write(table: pl.DataFrame, snapshot: str, out: Path) -> None:
    said = Answer(
        "scan", tuple(table.columns), table.rows(), more=False, limit=table.height,
        seconds=0.0, params={}, snapshot=snapshot,
    )  # fmt: skip
    write_answer(said, out)


def _publish(house: Services, kept: KeptScan) -> None:
    """Write the exposures to the store where it holds the snapshot that they are of."""
    holds = held(house.target())
    if holds != kept.question.snapshot:
        tell(text("line.scan.kept", snapshot=holds))
        return
    store = open_store(house.target())
    try:
        table = annotations(kept.scan, house.loaded_snapshot())
        done = annotate(store, kept.key, table, telling(house.settings))
    finally:
        store.close()
    tell(text("line.scan.published", changed=done.changed, cleared=done.cleared))


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two scans with their snapshots, what changed, and why for the largest changes."""

    kept: tuple[KeptScan, KeptScan]
    found: Shifts
    reasons: list[Reason]
    words: Words


# Parties whose causes are looked for: each takes some dozens of exposures, a few milliseconds each.
MOST_REASONS = 50


def _compared(house: Services, before: KeptScan, kept: KeptScan, view: View) -> _Compared:
    question = before.question
    now = house.loaded_snapshot()
    if question.snapshot == now.id:
        then = now
    else:
        folders = (house.workspace.folder / "snapshots", house.workspace.known)
        there = [one / question.snapshot for one in folders if (one / question.snapshot).is_dir()]
        if not there:
            rule = f"is of snapshot {question.snapshot}, which is no longer there"
            raise AnalysisError("scan", before.key, rule)
        then = open_snapshot(there[0])
    old = open_view(then, view.policy, day(question.as_of))
    found = shifts(before.scan, kept.scan, (then, now))
    hops = kept.question.hops
    sides = Side(old), Side(view)
    reasons = [reason(*sides, one, hops) for one in found.listed[:MOST_REASONS]]
    return _Compared((before, kept), found, reasons, Words((then, now)))


def _tell_difference(compared: _Compared, limit: int, out: Path | None, *, as_json: bool) -> None:
    kept, found, reasons = compared.kept, compared.found, compared.reasons
    if out is not None:
        table = difference_table(found, reasons, compared.words)
        _write(table, kept[1].question.snapshot, out)
        tell(text("line.shift.out", count=table.height, path=out))
    if as_json:
        answer(difference_to_json(kept, found, reasons, compared.words, limit))
        return
    for line in difference_lines(kept, found, reasons, compared.words, limit):
        typer.echo(line)
