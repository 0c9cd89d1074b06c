"""bidders: the parties of one tender list two by two."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.acting import require
from app.cli.options import FINDINGS, AsJson, AsOf, KnownAt, answer, day, services_at, tell
from app.rights import Right
from app.texts.read import spoken, text
from queries.output import ending_of

if TYPE_CHECKING:
    from app.listing import Listing

commands = typer.Typer()
PASTED = "-"


def _listing(list_file: str, name_column: str | None, code_column: str | None) -> "Listing":
    from app.listing import read_list, read_text  # noqa: PLC0415 - not needed for --help

    if list_file == PASTED:
        return read_text(sys.stdin.read(), "stdin", name_column, code_column)
    return read_list(Path(list_file), name_column, code_column)


def _check_ending(out: Path | None) -> None:
    from app.reports.bidders import SUFFIXES  # noqa: PLC0415 - not needed for --help

    if out is not None:
        ending_of(out, SUFFIXES)


@commands.command()
def bidders(
    context: typer.Context,
    list_file: Annotated[
        str, typer.Argument(metavar="LIST", help="csv, txt, xlsx; - reads pasted text from stdin.")
    ],
    *,
    out: Annotated[Path | None, typer.Option(help="Also write it: .xlsx, .csv or .json.")] = None,
    name_column: Annotated[str | None, typer.Option(help="Header of the names.")] = None,
    code_column: Annotated[str | None, typer.Option(help="Header of the codes.")] = None,
    hops: Annotated[int, typer.Option(help="Links of an indirect path.", min=1, max=6)] = 4,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds after which the search for paths stops.", min=0)
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Compare the parties of one tender list two by two; signs of relation, nothing more.

    Exit 1 where a row of the list is not resolved: it is told, and not compared.
    """
    from app.reports.bidders import (  # noqa: PLC0415 - not needed for --help
        bidder_lines,
        bidders_to_json,
        kinds_found,
        resolve,
        write_bidders,
    )
    from graph.analysis.matrix import matrix  # noqa: PLC0415

    _check_ending(out)
    house = services_at(context, known_at)
    require(house, Right.REPORT, str(list_file))
    snapshot = house.loaded_snapshot()
    listing = _listing(list_file, name_column, code_column)
    listed = resolve(snapshot, listing)
    for row in listed.rows(spoken()):
        if not row[3]:
            tell("\t".join(part for part in row if part))
    found = matrix(house.view(day(as_of)), listed.uids, hops=hops, timeout=timeout)
    if out is not None:
        write_bidders(listed, found, snapshot, out, house.settings.language)
        tell(str(out))
    if as_json:
        answer(bidders_to_json(listed, found, snapshot))
    elif out is None:
        for line in bidder_lines(listed, found, snapshot, spoken()):
            typer.echo(line)
    kinds = (f"{kind} {count}" for kind, count in kinds_found(found, spoken()).items())
    tell(
        text(
            "line.bidders.counts",
            rows=len(listing.rows),
            parties=len(listed.uids),
            pairs=len(found.ties),
            counts=text("line.and").join(kinds) or text("line.bidders.none"),
            left=listed.unresolved,
            snapshot=snapshot.id,
            day=found.bounds.as_of,
        )
    )
    if listed.unresolved:
        raise typer.Exit(FINDINGS)
