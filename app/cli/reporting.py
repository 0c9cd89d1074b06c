"""report: make a report in several forms, and verify one that somebody shows."""

from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from app.acting import require
from app.bootstrap import Services
from app.cli.options import (
    FINDINGS,
    AsJson,
    AsOf,
    Hops,
    KnownAt,
    answer,
    day,
    say_progress,
    services,
    services_at,
    tell,
    telling,
)
from app.known import month_before
from app.listing import read_list
from app.rights import Right
from app.texts.read import LANGUAGES, speaking, text
from graph.errors import ReportError

if TYPE_CHECKING:
    from app.reports.ask import Asked

# What `report` does where no other of its commands is named.
_USUAL = "make"
# The kind of report that is about a whole list at once.
BIDDERS = "bidders"
# The kind that names what was put aside beside what it finds itself.
RELATED = "related"
# The kind that tells what changed since the month before.
MONTHLY = "monthly"


class _Reports(TyperGroup):
    """A group whose usual command needs no name: `report ENTITY` makes the report of ENTITY."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own class
        """Put the usual command in front of what names no command."""
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else [_USUAL, *args])


commands = typer.Typer()
report = typer.Typer(cls=_Reports, help="Make a report, or verify one that somebody shows.")
commands.add_typer(report, name="report")


@report.command(name=_USUAL)
def make(
    context: typer.Context,
    entity: Annotated[
        str | None, typer.Argument(help="uid, identifier or exact unique name.")
    ] = None,
    *,
    purpose: Annotated[str, typer.Option(help="What the report is for; without it none is made.")],
    out: Annotated[Path, typer.Option(help="Folder for the report.", metavar="DIR")],
    kind: Annotated[
        str, typer.Option(help="related, person, group, bidders or monthly.")
    ] = RELATED,
    formats: Annotated[
        str, typer.Option("--format", help="Of pdf, docx, xlsx, html, json.")
    ] = "html,pdf",
    authorisation: Annotated[str, typer.Option(help="The letter that allows the report.")] = "",
    applicant: Annotated[str, typer.Option(help="Who asks for it.")] = "",
    listed: Annotated[
        Path | None,
        typer.Option(
            "--list", help="A list: a report of each subject; of kind bidders, one.", metavar="FILE"
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            help="A monthly compares with it, else with what was known when the month began."
        ),
    ] = "",
    put_aside: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="A uid or link key to name in the report; may be repeated.",
            metavar="KEY",
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="Language of the report: zh or en; else the one of the site."),
    ] = None,
    hops: Hops = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Write a report; `report ENTITY` is short for it."""
    # Layout libraries are heavy.
    from app.reports.ask import Asked, ground_of  # noqa: PLC0415
    from app.reports.bidders import resolve  # noqa: PLC0415
    from app.reports.forms import checked_forms  # noqa: PLC0415
    from app.reports.issue import check, hand_out  # noqa: PLC0415

    house = services_at(context, known_at)
    language = language or house.settings.language
    require(house, Right.REPORT, looking=True)
    known_on = "" if known_at is None else day(known_at, "--known-at").isoformat()
    forms = checked_forms(tuple(formats.split(",")))
    asked = Asked(
        uid="",
        purpose=purpose,
        as_of=day(as_of),
        kind=kind,
        hops=hops,
        authorisation=authorisation,
        applicant=applicant,
        since=since or _month_before(house, kind, day(as_of)),
        listed=tuple((key,) for key in put_aside or ()),
        language=language,
        known_on=known_on,
    )
    if put_aside and kind != RELATED:
        raise ReportError("--with", put_aside[0], f"has a place in a report of kind {RELATED}")
    if kind == BIDDERS and listed is not None:
        found = resolve(house.loaded_snapshot(), read_list(listed))
        asked = replace(asked, listed=tuple(found.rows(language)))
    elif listed is not None:
        if entity is not None:
            raise ReportError("ENTITY", entity, "has no place beside --list")
        _batch(house, listed, asked, forms, out, as_json=as_json)
        return
    if entity is not None:
        asked = replace(asked, uid=house.party(entity).uid)
    check(asked)
    with speaking(language):
        say_progress(text("paper.step.begin"))
    now = datetime.now().astimezone()
    ground = ground_of(house, asked.as_of, asked.since)
    issued = hand_out(house, ground, asked, forms, out, now, _along)
    if as_json:
        answer(
            {
                "number": issued.number,
                "content_hash": issued.content_hash,
                "files": [str(path) for path in issued.files],
            }
        )
    else:
        for path in issued.files:
            tell(f"{issued.number} {path}")


def _month_before(house: Services, kind: str, on: date) -> str:
    return month_before(house, on, telling(house.settings)) if kind == MONTHLY else ""


def _along(done: int, total: int, words: str) -> None:
    say_progress(f"[{done}/{total}] {words}")


def _batch(
    house: Services,
    listed: Path,
    asked: "Asked",
    forms: tuple[str, ...],
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Make the report of every subject of a list; exit 1 where one has none."""
    from app.reports.batch import MADE, issue_list  # noqa: PLC0415

    now = datetime.now().astimezone()
    done = issue_list(
        house, read_list(listed), asked, formats=forms, out=out, now=now, progress=say_progress
    )
    if as_json:
        answer([asdict(one) for one in done.items])
    with speaking(asked.language):
        index = out / "index.html"
        said = {"summary": done.summary(), "again": done.again, "index": index}
        tell(text("paper.list.again", **said))
    if done.count(MADE) < len(done.items):
        raise typer.Exit(FINDINGS)


@report.command()
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A report in any of its forms.", metavar="FILE")],
    *,
    language: Annotated[
        str | None,
        typer.Option(help="Language of the outcome: zh or en; else the one of the site."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a report again on its snapshot and say whether the file is the same."""
    from app.reports.verify import verify_file  # noqa: PLC0415 - layout libraries are heavy

    if language not in (None, *LANGUAGES):
        raise ReportError("--language", language, f"must be one of {', '.join(LANGUAGES)}")
    house = services(context)
    with speaking(language or house.settings.language):
        require(house, Right.REPORT, f"verify {file.name}")
        found = verify_file(house, file)
        if as_json:
            answer(found.to_json())
        else:
            typer.echo(found.words())
    if not found.same:
        raise typer.Exit(FINDINGS)
