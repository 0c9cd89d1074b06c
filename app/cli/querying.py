"""query list, show, run, batch: the library of named queries."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import FINDINGS, AsJson, answer, day, say_progress, services, tell
from graph.errors import QueryError
from queries.batch import Batch, read_batch, run_batch
from queries.card import Query
from queries.output import write_answer

commands = typer.Typer()
query = typer.Typer(help="List, show and run the named queries, one or in batch.")
commands.add_typer(query, name="query")


def _one(queries: tuple[Query, ...], name: str) -> Query:
    for one in queries:
        if one.id == name:
            return one
    raise QueryError("query", name, "is not in the library; `xinmai query list` names them")


def given(pairs: list[str]) -> dict[str, object]:
    """Return the parameters given as name=value."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark:
            raise QueryError("-p", pair, "must be given as name=value")
        found[name] = value
    return found


@query.command(name="list")
def list_queries(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the named queries."""
    queries = services(context, create=True).queries()
    if as_json:
        answer([one.to_json() for one in queries])
    else:
        for one in queries:
            typer.echo(f"{one.id}\t{one.title.zh}\t{one.title.en}")


@query.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As `query list` names it.", metavar="ID")],
) -> None:
    """Show one query: its card and its Cypher."""
    typer.echo(_one(services(context, create=True).queries(), name).text)


@query.command()
def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As `query list` names it.", metavar="ID")],
    *,
    param: Annotated[
        list[str] | None, typer.Option("-p", help="A parameter as name=value.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A file: .csv, .json, .xlsx or .parquet.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run one query; `as_of` is today where it is not given."""
    house = services(context)
    one = _one(house.queries(), name)
    params = given(param or [])
    if any(item.name == "as_of" for item in one.params):
        params.setdefault("as_of", day(None).isoformat())
    found = house.run_query(one, params)
    tell(
        f"{len(found.rows)} rows{' (more beyond the limit)' if found.more else ''},"
        f" {found.seconds:.2f} s, snapshot {found.snapshot}"
    )
    if out is not None:
        write_answer(found, out)
        tell(f"written to {out}")
    elif as_json:
        answer([dict(zip(found.columns, row, strict=True)) for row in found.rows])
    else:
        typer.echo("\t".join(found.columns))
        for row in found.rows:
            typer.echo("\t".join("" if cell is None else str(cell) for cell in row))


def _dated(batch: Batch, queries: tuple[Query, ...]) -> Batch:
    """Return the batch with today as `as_of` where a query asks for one and none is given."""
    asking = {one.id for one in queries if any(item.name == "as_of" for item in one.params)}
    today = {"as_of": day(None).isoformat()}
    items = (
        replace(item, params={**today, **item.params}) if item.query in asking else item
        for item in batch.items
    )
    return replace(batch, items=tuple(items))


@query.command()
def batch(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A batch as YAML.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the results.", metavar="DIR")],
    formats: Annotated[str, typer.Option("--format", help="csv,json,xlsx,parquet")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Run many queries; one that fails or is slow never stops the others.

    `as_of` is today where it is not given.
    """
    house = services(context)
    manifest = run_batch(
        house.reader(),
        _dated(read_batch(file), house.queries()),
        house.queries(),
        out,
        formats=tuple(formats.split(",")),
        limit=house.settings.query_limit,
        timeout=timedelta(seconds=house.settings.query_timeout),
        progress=say_progress,
    )
    if as_json:
        answer(manifest.to_json())
    else:
        tell(f"{manifest.done} done, {manifest.failed} failed; {out / 'manifest.json'}")
    if manifest.failed:
        raise typer.Exit(FINDINGS)
