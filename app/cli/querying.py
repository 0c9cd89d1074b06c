"""query list, show, run, batch: the library of named queries."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from app.acting import require
from app.asked import asked_about, nothing_found
from app.cli.library import say_broken
from app.cli.options import FINDINGS, AsJson, answer, day, say_progress, services, tell
from app.cli.packing import packs
from app.presenters.refusals import refusal
from app.rights import Right
from app.texts.read import spoken, text
from graph.errors import QueryError
from graph.snapshot.reader import Snapshot
from queries.batch import Batch, for_subjects, read_batch, without_broken
from queries.batch_run import Terms, run_batch
from queries.card import Query
from queries.output import SUFFIXES, ending_of, plain, write_answer

commands = typer.Typer()
query = typer.Typer(help="List, show and run the named queries, one or in batch.")
query.add_typer(packs)
commands.add_typer(query, name="query")
# A query that is too slow takes the embedded engine down, and every other with it: one at a time.
# A server ends such a query by itself; four sessions keep it busy (benchmarks/batch.py).
WORKERS = {"embedded": 1, "neo4j": 4, "py2neo": 1, "memory": 1}
_BREAKS = re.compile(r"[\t\r\n]+")


def given(pairs: list[str]) -> dict[str, object]:
    """Return the parameters given as name=value."""
    found: dict[str, object] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark:
            raise QueryError("-p", pair, "must be given as name=value")
        if name in found:
            raise QueryError("-p", pair, f"gives {name} a second time")
        found[name] = value
    return found


@query.command(name="list")
def list_queries(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the named queries; exit 1 where one of the site's own is broken."""
    library = services(context, create=True).library()
    if as_json:
        answer([one.to_json() for one in library.queries])
    else:
        for one in library.queries:
            typer.echo(f"{one.id}\t{one.title.zh}\t{one.title.en}")
    say_broken(library)


@query.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As `query list` names it.", metavar="ID")],
) -> None:
    """Show one query: its card and its Cypher."""
    typer.echo(services(context, create=True).library().one(name).text)


@query.command()
def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As `query list` names it.", metavar="ID")],
    *,
    param: Annotated[
        list[str] | None, typer.Option("-p", help="A parameter as name=value; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A file: .csv, .json, .xlsx or .parquet.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run one query; `as_of` is today where it is not given.

    An answer without rows says what was searched; a party that nobody knows is named.
    """
    house = services(context)
    one = house.library().one(name)
    asked = one.values(_with_today(one, given(param or [])))
    snapshot = house.loaded_snapshot()
    params, unknown = asked_about(snapshot, asked)
    for error in unknown:
        tell(refusal(error, spoken()))
    if out is not None:
        ending_of(out)
    found = house.run_query(one, params)
    more = text("line.query.more") if found.more else ""
    said = {"count": len(found.rows), "seconds": found.seconds, "snapshot": found.snapshot}
    tell(text("line.query.rows", **said, more=more))
    if not found.rows and not found.more:
        tell(nothing_found(snapshot, one, found))
    if out is not None:
        write_answer(found, out)
        tell(text("line.written", path=out))
    elif as_json:
        # What is no number stands as nothing: JSON has no word for it.
        rows = [[plain(cell) for cell in row] for row in found.rows]
        answer([dict(zip(found.columns, row, strict=True)) for row in rows])
    else:
        typer.echo("\t".join(found.columns))
        for row in found.rows:
            typer.echo("\t".join("" if cell is None else _in_line(cell) for cell in row))


def _in_line(cell: object) -> str:
    """Return a cell in which no tab or end of line breaks the table."""
    return _BREAKS.sub(" ", str(cell))


def _formats(text: str) -> tuple[str, ...]:
    """Return the formats asked for, each once.

    Raises:
        QueryError: one is not known: said before anything is asked.
    """
    found = tuple(dict.fromkeys(one.strip().lower() for one in text.split(",")))
    for one in found:
        if f".{one}" not in SUFFIXES:
            known = ", ".join(suffix.removeprefix(".") for suffix in SUFFIXES)
            raise QueryError("--format", one, f"must be of {known}")
    return found


def _dated(batch: Batch, queries: tuple[Query, ...]) -> Batch:
    """Return the batch with today as `as_of` where a query asks for one and none is given."""
    known = {one.id: one for one in queries}
    items = (
        replace(item, params=_with_today(known[item.query], item.params))
        if item.query in known
        else item
        for item in batch.items
    )
    return replace(batch, items=tuple(items))


def _with_today(one: Query, params: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters with today as `as_of` where the query asks for one."""
    asks = any(item.name == "as_of" for item in one.params)
    return {**({"as_of": day(None).isoformat()} if asks else {}), **params}


def _about(batch: Batch, snapshot: Snapshot) -> Batch:
    """Return the batch with every party by its uid of today; who is nobody known is noted."""
    items = []
    for item in batch.items:
        params, unknown = asked_about(snapshot, item.params)
        note = "; ".join(str(error) for error in unknown)
        items.append(replace(item, params=params, note=note))
    return replace(batch, items=tuple(items))


@query.command()
def batch(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A batch as YAML (docs/queries.md).")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the results.", metavar="DIR")],
    formats: Annotated[str, typer.Option("--format", help="Of csv, json, xlsx, parquet.")] = "csv",
    list_file: Annotated[
        Path | None,
        typer.Option("--list", help="Subjects, csv or xlsx: queries on a party ask for each."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on; what is done stays.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Go on; ask again what failed.")] = False,
    since: Annotated[
        Path | None, typer.Option(help="Results of an earlier run to compare with.", metavar="DIR")
    ] = None,
    timeout: Annotated[
        int | None,
        typer.Option(help="Seconds for each item; else as the settings say.", min=1, max=3600),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run many queries; one that fails or is slow never stops the others.

    `as_of` is today where it is not given.
    """
    chosen = _formats(formats)
    house = services(context)
    asked = _dated(read_batch(file), house.queries())
    own = any(item.cypher is not None for item in asked.items)
    require(house, Right.CYPHER if own else Right.REPORT, asked.title)
    if list_file is not None:
        # Only a list is looked up: every other query does without a third of a second of imports.
        from app.checked import subjects_of  # noqa: PLC0415 - as said
        from app.listing import read_list  # noqa: PLC0415

        found, left_out = subjects_of(house, read_list(list_file), day(None))
        said = {"path": list_file, "count": len(found), "left": len(left_out)}
        tell(text("line.query.subjects", **said))
        asked = for_subjects(asked, house.queries(), found, left_out)
    asked = without_broken(_about(asked, house.loaded_snapshot()), house.library().broken)
    terms = Terms(
        limit=house.settings.query_limit,
        timeout=timedelta(seconds=timeout or house.settings.query_timeout),
        formats=chosen,
        workers=WORKERS[house.target().kind],
        resume=resume or retry,
        retry=retry,
        since=since,
        versions={"xinmai": version("xinmai"), "store": house.target().kind},
    )
    manifest = run_batch(house.reader(), asked, house.queries(), out, terms, say_progress)
    if as_json:
        answer(manifest.to_json())
    else:
        place = out / "manifest.json"
        said = {"done": manifest.done, "failed": manifest.failed}
        tell(text("line.query.batch", **said, path=place))
    if manifest.failed or manifest.left_out:
        raise typer.Exit(FINDINGS)
