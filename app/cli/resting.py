"""rests: what a conclusion rests on, and which conclusions fall without something."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import FINDINGS, AsJson, AsOf, Hops, KnownAt, answer, day, services_at, tell
from app.texts.read import spoken, text

if TYPE_CHECKING:
    from graph.analysis.conclusions import Conclusion
    from graph.analysis.view import View
    from graph.snapshot.reader import Snapshot

commands = typer.Typer()
ON = ("exposure", "control", "share", "beneficial")
# Rules name an owner from a quarter on (令〔2024〕3号).
QUARTER = 0.25
# A person waits so long for one answer.
SECONDS = 10.0


@commands.command()
def rests(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    *,
    on: Annotated[
        str | None,
        typer.Option(help="exposure, control, share or beneficial; without it all that hold."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="The holder, of control, share and beneficial.")
    ] = None,
    at_least: Annotated[
        float | None,
        typer.Option(help="Exposure or share that is reached, 0..1; else its level, or .25."),
    ] = None,
    without_link: Annotated[
        list[str] | None, typer.Option(help="Suppose a link away; may be repeated.", metavar="KEY")
    ] = None,
    without_record: Annotated[
        list[str] | None,
        typer.Option(help="Suppose a record away; may be repeated.", metavar="RECORD"),
    ] = None,
    without_merge: Annotated[
        list[str] | None,
        typer.Option(
            help="Suppose that the row of this uid names another; may be repeated.", metavar="UID"
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="Seconds a conclusion, then at most so many are named.", min=0)
    ] = SECONDS,
    hops: Hops = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Name the fewest facts without which a conclusion falls; nothing is changed or kept.

    Exit 1 where a conclusion falls without what is supposed away, or does not hold at all.
    """
    house = services_at(context, known_at)
    snapshot, view = house.loaded_snapshot(), house.view(day(as_of))
    uid = house.party(entity).uid
    holder = None if by is None else house.party(by).uid
    asked = list(_asked(view, uid, on, holder, (at_least, hops)))
    if not asked:
        tell(text("line.rests.nothing", snapshot=snapshot.id))
    given = {"link": without_link, "record": without_record, "merge": without_merge}
    if any(given.values()):
        stand = _suppose(view, snapshot, asked, given, as_json=as_json)
    else:
        stand = _explain(view, snapshot, asked, timeout, as_json=as_json)
    if not all(stand):
        raise typer.Exit(FINDINGS)


def _suppose(
    view: "View",
    snapshot: "Snapshot",
    asked: "Sequence[Conclusion]",
    given: "Mapping[str, Sequence[str] | None]",
    *,
    as_json: bool,
) -> list[bool]:
    from app.presenters.rests import conclusion_to_json, stands_text  # noqa: PLC0415
    from graph.analysis.rests import Fact, stands_without  # noqa: PLC0415

    facts = [Fact(kind, one) for kind, said in given.items() for one in said or ()]
    stand = [stands_without(view, one, facts, snapshot) for one in asked]
    pairs = list(zip(asked, stand, strict=True))
    if as_json:
        answer([{**conclusion_to_json(one), "stands": said} for one, said in pairs])
    else:
        for one, said in pairs:
            typer.echo(stands_text(one, snapshot, spoken(), stands=said))
    return stand


def _explain(
    view: "View",
    snapshot: "Snapshot",
    asked: "Sequence[Conclusion]",
    timeout: float,
    *,
    as_json: bool,
) -> list[bool]:
    from app.presenters.rests import beside, rests_lines, rests_to_json  # noqa: PLC0415
    from graph.analysis.rests import rests as rest_on  # noqa: PLC0415

    found = [rest_on(view, one, snapshot, timeout=timeout) for one in asked]
    if as_json:
        answer([rests_to_json(one) for one in found])
    else:
        for one in found:
            for line in rests_lines(one, snapshot):
                typer.echo(line)
            tell(beside(one, snapshot, view.as_of, spoken()))
    return [one.stands for one in found]


def _check(on: str | None, at_least: float | None) -> None:
    from graph.errors import AnalysisError  # noqa: PLC0415

    if on not in (None, *ON):
        raise AnalysisError("--on", on, f"must be one of {', '.join(ON)}")
    if at_least is not None and not 0 < at_least <= 1:
        # Said of every conclusion: any share reaches less than nothing, none what is no number.
        raise AnalysisError("--at-least", at_least, "must be above 0 and at most 1")
    if at_least is not None and on not in ("exposure", "share"):
        raise AnalysisError("--at-least", at_least, "needs --on exposure or --on share")


def _check_fit(on: str | None, holder: str | None, hops: int | None) -> None:
    """Refuse what the conclusion asked about has not: it would be passed over silently."""
    from graph.errors import AnalysisError  # noqa: PLC0415

    if on == "exposure" and holder is not None:
        raise AnalysisError("--by", holder, "needs another --on: exposure has no holder")
    if on not in (None, "exposure") and hops is not None:
        raise AnalysisError("--hops", hops, f"needs --on exposure: {on} has no bound of links")


def _asked(
    view: "View",
    uid: str,
    on: str | None,
    holder: str | None,
    numbers: tuple[float | None, int | None],
) -> "Iterator[Conclusion]":
    """Yield the conclusions that are asked about: of one kind, or all that hold."""
    from graph.analysis.conclusions import Share, exposure_level  # noqa: PLC0415
    from graph.errors import AnalysisError  # noqa: PLC0415

    at_least, hops = numbers
    _check(on, at_least)
    _check_fit(on, holder, hops)
    if on in (None, "exposure"):
        level = exposure_level(view, uid, hops, at_least if on else None)
        if on or level.level != "none":
            yield level
    if on == "share":
        if holder is None:
            raise AnalysisError("--by", "", "must name the holder of the share")
        yield Share(view, holder, uid, QUARTER if at_least is None else at_least)
    if on in (None, "control"):
        yield from _control(view, uid, holder)
    if on in (None, "beneficial"):
        yield from _owners(view, uid, holder)


def _control(view: "View", uid: str, holder: str | None) -> "Iterator[Conclusion]":
    from graph.analysis.conclusions import Control  # noqa: PLC0415
    from graph.analysis.controller import controller  # noqa: PLC0415

    top = controller(view, uid).controller if holder is None else holder
    if top is not None:
        yield Control(view, top, uid)


def _owners(view: "View", uid: str, holder: str | None) -> "Iterator[Conclusion]":
    from graph.analysis.beneficial import beneficial  # noqa: PLC0415
    from graph.analysis.conclusions import Owner  # noqa: PLC0415
    from graph.policy.owner_rules import DEFAULT, chosen  # noqa: PLC0415

    if holder is not None:
        yield Owner(view, holder, uid)
        return
    for by in beneficial(view, uid, chosen(DEFAULT)).sets:
        for one in by.found:
            if one.status == "identified":
                yield Owner(view, one.uid, uid)
