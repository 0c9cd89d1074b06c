"""check: a list of many subjects, each row answered with its reason."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.acting import require
from app.checked import checked_to_json
from app.checklist import STATES, SUFFIXES, check, result_rows, write_checked
from app.cli.options import (
    FINDINGS,
    AsJson,
    AsOf,
    KnownAt,
    answer,
    day,
    say_progress,
    services_at,
    tell,
)
from app.listing import read_list, read_text
from app.rights import Right
from app.texts.read import spoken, text
from queries.output import ending_of

commands = typer.Typer()
PASTED = "-"


@commands.command(name="check")
def check_list(
    context: typer.Context,
    list_file: Annotated[
        str, typer.Argument(metavar="LIST", help="csv, txt, xlsx; - reads pasted text from stdin.")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="A .csv or .xlsx file; without it on stdout, separated by tabs."),
    ] = None,
    name_column: Annotated[str | None, typer.Option(help="Header of the names.")] = None,
    code_column: Annotated[str | None, typer.Option(help="Header of the codes.")] = None,
    levels: Annotated[
        bool, typer.Option("--levels", help="Also the exposure level of each hit; takes longer.")
    ] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Look up a list of subjects: hit, no hit or for a person to say, with the reason.

    Exit 1 where a row is for a person to say.
    """
    house = services_at(context, known_at)
    require(house, Right.REPORT, list_file)
    if out is not None:
        ending_of(out, SUFFIXES)
    if list_file == PASTED:
        listing = read_text(sys.stdin.read(), "stdin", name_column, code_column)
    else:
        listing = read_list(Path(list_file), name_column, code_column)
    done = check(house, listing, day(as_of), with_levels=levels, progress=say_progress)
    if out is not None:
        write_checked(done, out, house.settings.language)
    if as_json:
        answer(checked_to_json(done))
    elif out is None:
        for row in result_rows(done, spoken()):
            typer.echo("\t".join(" ".join(cell.split()) for cell in row))
    counts = (f"{STATES[state].to(spoken())} {count}" for state, count in done.counts.items())
    tell(
        text(
            "line.check.counts",
            rows=len(listing.rows),
            counts=text("line.and").join(counts),
            seconds=done.seconds,
            snapshot=done.snapshot,
            day=done.as_of,
        )
    )
    if done.counts["ask"]:
        raise typer.Exit(FINDINGS)
