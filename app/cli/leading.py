"""patterns: leads with their null model, and what people decided about them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.acting import require, system_login
from app.bootstrap import Services
from app.cli.options import AsJson, AsOf, KnownAt, answer, day, services, services_at, tell
from app.deciding import decide_lead, uid_of_today, undo_lead
from app.desk.leads import LeadDecision, decided_to_json, new_decision, precisions, standing
from app.presenters.patterns import QUERY, leads_lines, leads_to_json, precision_text, why
from app.rights import Right
from app.texts.read import text
from app.workspace import MOMENT
from graph.analysis.patterns.catalog import CODES
from graph.analysis.patterns.finding import Leads
from graph.errors import DeskError, SettingsError

# What `patterns` does where no other of its commands is named.
_USUAL = "find"


class _Patterns(TyperGroup):
    """A group whose usual command needs no name: `patterns NAME` finds the leads of NAME."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own class
        """Put the usual command in front of what names no command."""
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else [_USUAL, *args])


commands = typer.Typer()
patterns = typer.Typer(
    cls=_Patterns, help="Leads with their null model: find them, confirm or dismiss, take back."
)
commands.add_typer(patterns, name="patterns")

Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param", help="A parameter of the pattern, as links=4; may be repeated.", metavar="K=V"
    ),
]
Author = Annotated[str | None, typer.Option(help="Who decides; without it the account's name.")]


@patterns.command(name=_USUAL)
def find(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A pattern's code; without it all.")] = None,
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    param: Params = None,
    as_json: AsJson = False,
) -> None:
    """Find the leads of one pattern, or of all; `patterns NAME` is short for it."""
    house = services_at(context, known_at)
    on = day(as_of)
    asked = _asked(name, param)
    found = house.leads(name, asked, on)
    # A dismissal ends by the calendar, also where an earlier day is looked at.
    today = max(on, day(known_at, "--known-at"))
    if as_json:
        answer(_to_json(house, found, today, single=name is not None))
        return
    _say(house, found, today)


def _to_json(
    house: Services, found: Sequence[Leads], today: date, *, single: bool
) -> Mapping[str, object] | Sequence[Mapping[str, object]]:
    query = next(one for one in house.queries() if one.id == QUERY)
    listed = house.lead_decisions.listed()
    last, share = standing(listed, uid_of_today(house)), precisions(CODES, listed)
    told = []
    for leads in found:
        decided = {one.id: decided_to_json(one, last.get(one.id), today) for one in leads.findings}
        one = share[leads.rule.code]
        precision = {**asdict(one), "share": one.share, "interval": one.interval}
        told.append(leads_to_json(leads, house.loaded_snapshot(), query, decided, precision))
    return told[0] if single else told


def _say(house: Services, found: Sequence[Leads], today: date) -> None:
    listed = house.lead_decisions.listed()
    last, share = standing(listed, uid_of_today(house)), precisions(CODES, listed)
    for leads in found:
        decided = {one.id: decided_to_json(one, last.get(one.id), today) for one in leads.findings}
        one = share[leads.rule.code]
        words = precision_text(one.share, one.interval, one.confirmed, one.dismissed)
        for line in leads_lines(leads, house.loaded_snapshot(), decided, words):
            typer.echo(line)
        typer.echo()
    typer.echo(text("patterns.notice"))


@patterns.command()
def decide(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID", help="A lead's id, as `find` gives it.")],
    decision: Annotated[str, typer.Argument(help="confirm or dismiss.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")],
    until: Annotated[
        str | None, typer.Option(help="Last day of a dismissal; then the lead is back.")
    ] = None,
    against: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help="Somebody else's decision that was seen and is not shared."
        ),
    ] = None,
    author: Author = None,
    as_of: AsOf = None,
    param: Params = None,
) -> None:
    """Confirm or dismiss a lead, with a reason."""
    house = services(context)
    code = lead.rsplit("-", 1)[0]
    if code not in CODES:
        raise DeskError("lead", lead, "is no lead's id; `xinmai patterns` lists them")
    found = house.leads(code, _asked(code, param), day(as_of))
    finding = next((one for leads in found for one in leads.findings if one.id == lead), None)
    new = new_decision(
        found,
        lead,
        decision,
        title="" if finding is None else why(finding)[:400],
        author=author or system_login(),
        reason=reason,
        until=None if until is None else _day("--until", until),
        now=datetime.now().astimezone(),
    )
    with house.workspace.writing(MOMENT):
        _tell(decide_lead(house, new, against))


@patterns.command()
def decided(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List every decision on leads, oldest first, those taken back too."""
    house = services(context)
    require(house, Right.LOOK)
    listed = house.lead_decisions.listed()
    if as_json:
        answer([asdict(one) for one in listed])
        return
    for one in listed:
        _tell(one)
    tell(text("line.leads.decisions", count=len(listed)))


@patterns.command()
def undo(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="A decision's number, as `decided` gives it.")
    ],
    *,
    author: Author = None,
) -> None:
    """Take a decision back; it stays listed."""
    house = services(context)
    with house.workspace.writing(MOMENT):
        now = datetime.now().astimezone()
        _tell(undo_lead(house, number, author or system_login(), now))


def _asked(name: str | None, param: Sequence[str] | None) -> dict[str, str]:
    asked: dict[str, str] = {}
    for one in param or ():
        key, sign, value = one.partition("=")
        if not sign or not key:
            raise SettingsError("--param", one, "must be written as links=4")
        asked[key.strip()] = value.strip()
    if asked and name is None:
        raise SettingsError("--param", ", ".join(asked), "needs the pattern that it is for")
    return asked


def _day(option: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(option, value, "must be a date as 2026-11-23") from error


def _tell(one: LeadDecision) -> None:
    until = text("line.leads.until", day=one.until) if one.until else ""
    undone = {"at": one.undone_at, "by": one.undone_by}
    back = text("line.review.taken_back", **undone) if one.undone_at else ""
    decision = text(f"line.leads.{one.decision}")
    typer.echo(
        f"{one.id}\t{one.lead}\t{one.title}\t{decision}{until}"
        f"\t{one.author} {one.made_at}{back}\t{one.reason}"
    )
