"""known: the snapshot of what was known on an earlier day, made before anybody asks."""

from typing import Annotated

import typer

from app.cli.options import AsJson, answer, services_at

commands = typer.Typer()


@commands.command()
def known(
    context: typer.Context,
    on: Annotated[str, typer.Argument(help="The day, as 2026-03-01; its end counts, UTC.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make the snapshot of what was known on a day; questions with --known-at answer at once."""
    then = services_at(context, on, "ON")
    snapshot, batches = then.loaded_snapshot().id, len(then.ledger.batches())
    if as_json:
        answer({"known_at": on, "snapshot": snapshot, "batches": batches})
    else:
        typer.echo(snapshot)
