"""review: parties that may be one, and what people judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.acting import require, system_login
from app.bootstrap import Services
from app.cli.options import FINDINGS, AsJson, AsOf, answer, day, services, tell, telling
from app.deciding import undo_judgement
from app.desk.agreement import Figures, figures
from app.desk.detaching import mention_at
from app.desk.exchange import entry_to_json, read_judgements, write_judgements
from app.desk.preview import Effect
from app.desk.review import KINDS, Asked, Wanted, pair_to_json, review_pairs, states
from app.desk.verdicts import Entry
from app.presenters.evidence import evidence_in
from app.presenters.identity import (
    SUSPECT_REASONS,
    comparison_lines,
    comparison_to_json,
)
from app.presenters.joining import joined_by
from app.presenters.pairs import DECISIONS, STATES, Side, affected_text, worth_text
from app.rights import Right
from app.texts.read import spoken
from app.texts.read import text as say
from app.workspace import MOMENT
from graph.analysis.explain import NOTICE
from graph.analysis.identity import compare
from graph.errors import DeskError, XinmaiError
from loaders.resolve.judgements import DIFFERENT, SAME
from queries.output import ending_of

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
    kind: Annotated[str | None, typer.Option(help="organisation or person.")] = None,
    least: Annotated[float, typer.Option(help="Least score, 0..1.", min=0.0, max=1.0)] = 0.0,
    text: Annotated[str, typer.Option(help="Part of either name.")] = "",
    blind: Annotated[
        bool, typer.Option("--blind", help="Without score and reasons, in an order free of both.")
    ] = False,
    author: Annotated[str, typer.Option(help="Leave out what this person judged.")] = "",
    limit: Annotated[int, typer.Option(help="As many pairs at most.", min=1, max=10_000)] = 50,
    offset: Annotated[int, typer.Option(help="Pairs to pass over.", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """List the pairs to decide, those on which most depends first; or what was judged."""
    house = services(context)
    if judged:
        _list_judged(house, as_json=as_json)
        return
    if kind not in (None, *KINDS):
        raise DeskError("--kind", kind, f"must be one of {', '.join(KINDS)}")
    wanted = Wanted(kind, least, text, limit, offset, author, blind)
    found = review_pairs(house, day(None), wanted)
    if as_json:
        pairs = [pair_to_json(pair, worth_text(pair, "zh"), blind=blind) for pair in found.pairs]
        counts = {"fitting": found.fitting, "open": found.open, "decided": found.decided}
        answer({"pairs": pairs, "all": found.every, **counts})
        return
    counts = {"fitting": found.fitting, "open": found.open, "decided": found.decided}
    snapshot = house.loaded_snapshot().id
    tell(say("line.review.pairs", shown=len(found.pairs), **counts, snapshot=snapshot))
    for pair in found.pairs:
        hidden = ("", "")
        if not blind:
            hidden = (f"{pair.score:.2f}", evidence_in(pair.evidence, spoken()))
        state, worth = STATES[pair.state].to(spoken()), worth_text(pair, spoken())
        typer.echo(
            f"{pair.one}\t{pair.one_name}\t{pair.other}\t{pair.other_name}\t{hidden[0]}"
            f"\t{sum(pair.records)}\t{state}\t{worth}\t{hidden[1]}"
        )


def _list_judged(house: Services, *, as_json: bool) -> None:
    entries = house.judgements.listed()
    state = states(house, entries)
    if as_json:
        answer([{**entry_to_json(entry), "state": state[entry.id]} for entry in entries])
        return
    for entry in entries:
        _say(entry, STATES[state[entry.id]].to(spoken()))


@review.command()
def decide(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    second: Annotated[str, typer.Argument(help="The other party.")],
    decision: Annotated[str, typer.Argument(help="same, different or unsure.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the judgement.")],
    author: Author = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="The judge saw neither score nor reasons.")
    ] = False,
    apply: Apply = False,
) -> None:
    """Judge two parties. It wins over names, never over valid codes that differ."""
    house = services(context)
    pair = (house.party(first).uid, house.party(second).uid)
    asked = Asked(*pair, decision, author or system_login(), reason, blind)
    made = house.decide(asked, _now())
    _say(made, STATES[states(house, house.judgements.listed())[made.id]].to(spoken()))
    _apply(house, apply=apply)


@review.command()
def detach(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="The party: uid, identifier or exact unique name.")],
    place: Annotated[str, typer.Argument(help="The row as FILE:ROW, as how names it.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the judgement.")],
    role: Annotated[str | None, typer.Option(help="Where a row names the party twice.")] = None,
    author: Author = None,
    apply: Apply = False,
) -> None:
    """Judge that a row is not of the party that a name put it into; a code cannot be judged."""
    house = services(context)
    party = house.party(entity)
    row = mention_at(house.loaded_snapshot(), party, place, role)
    asked = Asked(party.uid, str(row["own_uid"]), DIFFERENT, author or system_login(), reason)
    made = house.detach(asked, _now())
    _say(made, STATES[states(house, house.judgements.listed())[made.id]].to(spoken()))
    _apply(house, apply=apply)


@review.command()
def show(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="uid, identifier or exact unique name.")],
    second: Annotated[str, typer.Argument(help="The other party.")],
    *,
    whole: Annotated[
        bool, typer.Option("--whole", help="Try it on the whole graph; takes as long as a load.")
    ] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show two parties side by side, and what would change if they were judged the same."""
    house = services(context)
    pair = (house.party(first).uid, house.party(second).uid)
    found = compare(house.loaded_snapshot(), *pair)
    change = None if found.verdict in ("same", "different") else house.effect(pair, day(as_of))
    trial = house.preview(pair, SAME, day(as_of)) if whole else None
    if as_json:
        said = comparison_to_json(found)
        supposed = {"if_same": None if change is None else _effect_to_json(change)}
        answer(said | supposed | ({"whole": asdict(trial)} if trial else {}))
        return
    for line in comparison_lines(found):
        typer.echo(line)
    if change is not None:
        _say_sides("now", change.before)
        _say_sides("if_same", [change.after])
        counts = (change.links, len(change.changed), change.looked_at, change.left_out)
        typer.echo(affected_text(*counts, spoken()))
        for one in change.changed:
            values = {"before": one.before, "after": one.after}
            typer.echo(say("line.review.moved", name=one.name, uid=one.uid, **values))
    if trial is not None:
        _say_sides("whole", trial.after)
    typer.echo(NOTICE.to(spoken()))


def _effect_to_json(change: Effect) -> dict[str, object]:
    return {**asdict(change), "after": [asdict(change.after)]}


def _say_sides(title: str, sides: Sequence[Side]) -> None:
    typer.echo(say(f"line.review.{title}"))
    for side in sides:
        names = say("frame.comma").join(side.controls)
        controls = names and say("line.review.controls", names=names)
        counts = {"rows": side.rows, "links": side.links, "records": side.records}
        said = {"name": side.name, "uid": side.uid, "own": side.own, "exposure": side.exposure}
        typer.echo(say("line.review.side", **said, **counts, controls=controls))


@review.command(name="suspects")
def list_suspects(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List parties that look like several: too many names or regions, a bridge, two codes."""
    house = services(context)
    snapshot = house.loaded_snapshot()
    found = [
        row | {"name": snapshot.node(row["uid"]).name}
        for row in house.pipeline().suspects().iter_rows(named=True)
    ]
    if as_json:
        answer(found)
        return
    tell(say("line.review.suspects", count=len(found), snapshot=snapshot.id))
    for row in found:
        words = {
            "reason": SUSPECT_REASONS[row["reason"]].to(spoken()),
            "rule": joined_by(row["rule"], spoken()),
            "rows": len(row["leaves"] or []),
        }
        typer.echo(say("line.review.suspect", **{**row, **words}))


@review.command()
def agreement(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Say how far people agree: on pairs that two judged, and blind with the score."""
    house = services(context)
    require(house, Right.JUDGE)
    found = figures(house.judgements.standing())
    if as_json:
        answer(asdict(found))
        return
    for line in _agreement_lines(found):
        typer.echo(line)


def _agreement_lines(found: Figures) -> Iterator[str]:
    decided = found.by_decision.items()
    counts = say("line.and").join(
        f"{DECISIONS[name].to(spoken())} {count}" for name, count in decided
    )
    said = {"count": found.judgements, "counts": counts, "blind": found.blind}
    yield say("line.review.judgements", **said)
    if not found.agreements:
        yield say("line.review.no_pairs")
    for one in found.agreements:
        kappa = say("line.review.no_kappa") if one.kappa is None else f"{one.kappa:.3f}"
        yield say("line.review.agreement", **{**asdict(one), "kappa": kappa})
    for tier in found.tiers:
        yield say("line.review.tier", **asdict(tier))


@review.command()
def undo(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(help="A judgement's number, as `list --judged` gives it.", metavar="ID")
    ],
    *,
    author: Author = None,
    apply: Apply = False,
) -> None:
    """Take a judgement back; it stays listed."""
    house = services(context)
    with house.workspace.writing(MOMENT):
        entry = undo_judgement(house, number, author or system_login(), _now())
    _say(entry, STATES["taken_back"].to(spoken()))
    _apply(house, apply=apply)


@review.command(name="export")
def export_judgements(
    context: typer.Context, out: Annotated[Path, typer.Option(help="A .csv file.")]
) -> None:
    """Write all judgements as CSV, those taken back too."""
    ending_of(out, (".csv",))
    house = services(context)
    require(house, Right.JUDGE, out.name)
    entries = house.judgements.listed()
    write_judgements(entries, out)
    tell(say("line.review.exported", count=len(entries), path=out))


@review.command(name="import")
def import_judgements(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="one, other, decision, author, reason as CSV.")],
    *,
    apply: Apply = False,
) -> None:
    """Take judgements from a CSV file; a row that is refused is said, the others are taken."""
    house = services(context)
    refused = taken = known = 0
    for number, row in read_judgements(file):
        try:
            new = _take(house, row)
            taken, known = taken + new, known + (not new)
        except XinmaiError as error:
            refused += 1
            tell(f"{say('line.file_row', file=file.name, row=number)}: {error}")
    before = say("line.review.known", count=known) if known else ""
    tell(say("line.review.imported", taken=taken, known=before, refused=refused))
    if taken:
        _apply(house, apply=apply)
    if refused:
        raise typer.Exit(FINDINGS)


def _take(house: Services, row: Mapping[str, str] | str) -> bool:
    """Take a judgement; return False where its author's last word on the pair is the same."""
    if isinstance(row, str):
        raise DeskError("judgement", row, "is no row of the table")
    pair = (house.party(row["one"]).uid, house.party(row["other"]).uid)
    blind = row.get("blind") == "true"
    asked = Asked(*pair, row["decision"], row["author"], row["reason"], blind)
    # A row that was judged not to belong, which has not left yet.
    leaving = pair[0] == pair[1] and row["decision"] == DIFFERENT
    if leaving:
        asked = replace(asked, other=row["other"])
    if _said_before(house, asked):
        return False
    (house.detach if leaving else house.decide)(asked, _now())
    return True


def _said_before(house: Services, asked: Asked) -> bool:
    author = house.user.signs(asked.author.strip())
    said = [
        (one.decision, one.reason)
        for one in house.standing()
        if one.author == author and {one.one, one.other} == {asked.one, asked.other}
    ]
    return said[-1:] == [(asked.decision, asked.reason.strip())]


def _now() -> datetime:
    return datetime.now().astimezone()


def _say(entry: Entry, state: str) -> None:
    undone = {"at": entry.undone_at, "by": entry.undone_by}
    decision = DECISIONS[entry.decision].to(spoken())
    back = say("line.review.taken_back", **undone) if entry.undone_at else ""
    typer.echo(
        f"{entry.id}\t{entry.one_name} {entry.one}\t{entry.other_name} {entry.other}"
        f"\t{decision}\t{entry.author} {entry.made_at}{back}\t{entry.reason}\t{state}"
    )


def _apply(house: Services, *, apply: bool) -> None:
    if not apply:
        tell(say("line.review.with_next"))
        return
    done = house.load([], None, to_store=True, progress=telling(house.settings))
    tell(say("line.snapshot", snapshot=done.snapshot))
