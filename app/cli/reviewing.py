"""review: parties that may be one, and what people judged."""

import getpass
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.options import FINDINGS, AsJson, AsOf, answer, day, say_progress, services, tell
from app.desk.judgements import Entry
from app.desk.review import (
    entry_to_json,
    pair_to_json,
    read_judgements,
    review_pairs,
    write_judgements,
)
from app.presenters.identity import comparison_lines, comparison_to_json
from graph.analysis.explain import NOTICE
from graph.analysis.identity import compare
from graph.errors import XinmaiError
from loaders.resolve.judgements import SAME

commands = typer.Typer()
review = typer.Typer(help="Parties that may be one: list them, judge, take back, hand over.")
commands.add_typer(review, name="review")

Author = Annotated[str | None, typer.Option(help="Who judges; without it the name of the account.")]
Apply = Annotated[
    bool, typer.Option("--apply", help="Build the graph again at once, with the judgement in it.")
]


@review.command(name="list")
def list_pairs(
    context: typer.Context,
    *,
    judged: Annotated[
        bool, typer.Option("--judged", help="What was judged, oldest first.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List the pairs to decide, those with active negative records first; or what was judged."""
    house = services(context)
    if judged:
        entries = house.judgements.listed()
        if as_json:
            answer([entry_to_json(entry) for entry in entries])
        for entry in () if as_json else entries:
            _say(entry)
        return
    pairs, every = review_pairs(house, day(None), limit)
    if as_json:
        answer({"pairs": [pair_to_json(pair) for pair in pairs], "all": every})
        return
    tell(f"{len(pairs)} of {every} pairs, snapshot {house.loaded_snapshot().id}")
    for pair in pairs:
        typer.echo(
            f"{pair.one}\t{pair.one_name}\t{pair.other}\t{pair.other_name}\t{pair.score:.2f}"
            f"\t{pair.records}\t{pair.judged}\t{pair.evidence}"
        )


@review.command()
def decide(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    second: Annotated[str, typer.Argument(help="The other party.")],
    decision: Annotated[str, typer.Argument(help="same, different or unsure.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the judgement.")],
    author: Author = None,
    apply: Apply = False,
) -> None:
    """Judge two parties. It wins over names, never over valid codes that differ."""
    house = services(context)
    pair = (house.party(first).uid, house.party(second).uid)
    _say(house.decide(pair, decision, author or getpass.getuser(), reason, _now()))
    _apply(house, apply=apply)


@review.command()
def show(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    second: Annotated[str, typer.Argument(help="The other party.")],
    *,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show two parties side by side, and what would change if they were judged the same."""
    house = services(context)
    pair = (house.party(first).uid, house.party(second).uid)
    found = compare(house.loaded_snapshot(), *pair)
    change = house.preview(pair, SAME, day(as_of))
    if as_json:
        answer({**comparison_to_json(found), "if_same": asdict(change)})
        return
    for line in comparison_lines(found):
        typer.echo(line)
    for title, sides in (("# 现在", change.before), ("# 若判定同一", change.after)):
        typer.echo(title)
        for side in sides:
            typer.echo(
                f"{side.name} {side.uid}：来源 {side.rows} 行，关系 {side.links} 条，有效失信记录"
                f" {side.records} 条，自身 {side.own:.3f}，传导值 {side.exposure:.3f}"
            )
    typer.echo(NOTICE.zh)


@review.command()
def undo(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID")],
    *,
    author: Author = None,
    apply: Apply = False,
) -> None:
    """Take a judgement back; it stays listed."""
    house = services(context)
    with house.workspace.writing():
        entry = house.judgements.undo(number, author=author or getpass.getuser(), now=_now())
    _say(entry)
    _apply(house, apply=apply)


@review.command(name="export")
def export_judgements(
    context: typer.Context, out: Annotated[Path, typer.Option(help="A .csv file.")]
) -> None:
    """Write all judgements as CSV, those taken back too."""
    entries = services(context).judgements.listed()
    write_judgements(entries, out)
    tell(f"{len(entries)} judgements in {out}")


@review.command(name="import")
def import_judgements(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="one, other, decision, author, reason as CSV.")],
    *,
    apply: Apply = False,
) -> None:
    """Take judgements from a CSV file; a row that is refused is said, the others are taken."""
    house = services(context)
    refused = taken = 0
    for number, row in read_judgements(file):
        try:
            pair = (house.party(row["one"]).uid, house.party(row["other"]).uid)
            house.decide(pair, row["decision"], row["author"], row["reason"], _now())
            taken += 1
        except XinmaiError as error:
            refused += 1
            tell(f"{file.name} row {number}: {error}")
    tell(f"{taken} judgements taken, {refused} refused")
    if taken:
        _apply(house, apply=apply)
    if refused:
        raise typer.Exit(FINDINGS)


def _now() -> datetime:
    return datetime.now().astimezone()


def _say(entry: Entry) -> None:
    back = f"; taken back {entry.undone_at} by {entry.undone_by}" if entry.undone_at else ""
    typer.echo(
        f"{entry.id}\t{entry.one_name} {entry.one}\t{entry.other_name} {entry.other}"
        f"\t{entry.decision}\t{entry.author} {entry.made_at}{back}\t{entry.reason}"
    )


def _apply(house: Services, *, apply: bool) -> None:
    if not apply:
        tell("it takes effect with the next load, or now with `xinmai load --rebuild`")
        return
    done = house.load([], None, to_store=True, progress=say_progress)
    tell(f"snapshot {done.snapshot}")
