"""diff: what changed between two snapshots."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.acting import require
from app.cli.options import AsJson, AsOf, answer, day, services, services_at, tell
from app.rights import Right
from app.texts.read import text
from graph.errors import SettingsError
from queries.output import ending_of

if TYPE_CHECKING:
    from graph.snapshot.reader import Snapshot

commands = typer.Typer()


@commands.command()
def diff(
    context: typer.Context,
    old: Annotated[
        str | None, typer.Argument(help="A snapshot, by the beginning of its id.")
    ] = None,
    new: Annotated[str | None, typer.Argument(help="Another; else the current one.")] = None,
    *,
    old_known_at: Annotated[
        str | None,
        typer.Option(help="Instead of OLD: what had been loaded by this day.", metavar="DATE"),
    ] = None,
    new_known_at: Annotated[
        str | None,
        typer.Option(help="Instead of NEW: what had been loaded by this day.", metavar="DATE"),
    ] = None,
    conclusions: Annotated[
        bool,
        typer.Option(
            "--conclusions/--no-conclusions", help="Also whose level or controller changed."
        ),
    ] = True,
    out: Annotated[
        Path | None, typer.Option(help="Also write it: .csv, .xlsx or .graphml.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Changes to name here.", min=0, max=100_000)] = 50,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two snapshots, value by value, and which conclusions with it.

    Without arguments the current snapshot is compared with the one before it.
    """
    from app.presenters.changes import changes_lines, changes_to_json, sides_of  # noqa: PLC0415
    from graph.analysis.changes import differences, with_conclusions  # noqa: PLC0415
    from graph.analysis.view import open_view  # noqa: PLC0415
    from graph.snapshot.kept import before, kept  # noqa: PLC0415

    if out is not None:
        from app.reports.changes import SUFFIXES  # noqa: PLC0415

        ending_of(out, SUFFIXES)
    house, on = services(context), day(as_of)
    root, current = house.workspace.snapshots, house.loaded_snapshot().id
    later = _side(context, new, new_known_at, "NEW") or _named(context, current)
    earlier = _side(context, old, old_known_at, "OLD")
    if earlier is None:
        earlier = _named(context, before(root, later.id))
    sides = [earlier, later]
    found = differences(*sides)
    if conclusions:
        found = with_conclusions(found, *(open_view(one, house.policy(), on) for one in sides))
    both = sides_of(found, *sides)
    compared = {"earlier": earlier.id, "later": later.id}
    tell(text("line.diff.kept", count=len(kept(root)), **compared))
    if out is not None:
        from app.reports.changes import write_changes  # noqa: PLC0415

        write_changes(found, both, on, out, house.settings.language)
        tell(str(out))
    if as_json:
        answer(changes_to_json(found, both, on))
        return
    for line in changes_lines(found, both, on, limit):
        typer.echo(line)


def _side(
    context: typer.Context, name: str | None, known_at: str | None, which: str
) -> "Snapshot | None":
    """Return the snapshot of one side where it is named, or what was known on a day."""
    if known_at is None:
        return None if name is None else _named(context, name)
    option = f"--{which.lower()}-known-at"
    if name is not None:
        raise SettingsError(option, known_at, f"says what {which} {name} says already; give one")
    return services_at(context, known_at, option).loaded_snapshot()


def _named(context: typer.Context, name: str) -> "Snapshot":
    from graph.snapshot.kept import named  # noqa: PLC0415
    from graph.snapshot.reader import open_snapshot  # noqa: PLC0415

    house = services(context)
    require(house, Right.LOOK)
    root = house.workspace.snapshots
    return open_snapshot(root / named(root, name))
