"""scan: the exposure of every party at once."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from app.cli.options import AsJson, AsOf, answer, day, services, tell
from app.presenters.scan import cities, scan_lines, scan_table, scan_to_json
from graph.analysis.whole_graph import LEVELS, Count, counts_by, scan
from queries.output import write_answer
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
    out: Annotated[
        Path | None, typer.Option(help="Write every exposed party: .csv, .xlsx, .parquet, .json.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Parties to name here.", min=0, max=1000)] = 20,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Compute the exposure of every party within three links; a lead each, no record."""
    house = services(context)
    if policy is not None:
        house = replace(house, settings=replace(house.settings, policy=policy.absolute()))
    snapshot = house.loaded_snapshot()
    found = scan(house.view(day(as_of)), hops)
    table = scan_table(found, snapshot)
    if out is not None:
        said = Answer(
            "scan", tuple(table.columns), table.rows(), more=False, limit=table.height,
            seconds=0.0, params={}, snapshot=snapshot.id,
        )  # fmt: skip
        write_answer(said, out)
        tell(f"{table.height} exposed parties in {out}")
    by_city = cities(snapshot)
    every = counts_by(found, np.where(by_city == "", "", "all"))
    # Without any party there is no group of them.
    whole = every.get("all", Count(0, dict.fromkeys(LEVELS, 0), 0, 0))
    if as_json:
        answer(scan_to_json(found, whole, counts_by(found, by_city)))
        return
    for line in scan_lines(found, whole, counts_by(found, by_city), table.head(limit)):
        typer.echo(line)
