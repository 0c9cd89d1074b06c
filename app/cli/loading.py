"""load, import, catalogue: what comes in."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import REFUSED
from app.cli.ahead import graph_ahead
from app.cli.options import (
    FINDINGS,
    AsJson,
    answer,
    loads,
    speak_as_site,
    tell,
    telling,
)
from app.texts.read import spoken, text
from graph.errors import LoadError

if TYPE_CHECKING:
    from app.loads import Loaded, Loads

commands = typer.Typer()
catalogue = typer.Typer(help="List the resources, or explain what is wrong with a new one.")
commands.add_typer(catalogue, name="catalogue")

NoPublish = Annotated[bool, typer.Option("--no-publish", help="Leave the graph store alone.")]
Rejected = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Write rejected rows here, a CSV a file, in their own columns with the rule.",
    ),
]


@commands.command()
def load(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, or folders of files.", metavar="PATH...")
    ] = None,
    *,
    resource: Annotated[
        str | None, typer.Option(help="The resource, where headers do not tell.", metavar="CODE")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read no file: build again from the ledger.")
    ] = False,
    rejected: Rejected = None,
    no_publish: NoPublish = False,
    as_json: AsJson = False,
) -> None:
    """Load departments' files: ledger, resolution, snapshot, store."""
    begun = time.monotonic()
    if rebuild == bool(paths):
        said = ", ".join(map(str, paths or ()))
        raise LoadError("load", said, "must have either files or --rebuild")
    if rebuild and resource is not None:
        raise LoadError("--resource", resource, "names what files hold; --rebuild reads none")
    _room_for(rejected)
    to_store = not no_publish
    house = loads(context, create=not rebuild)
    done = house.load(
        paths or (),
        resource,
        to_store=to_store,
        progress=telling(house.settings),
        meanwhile=graph_ahead(house.settings) if paths and to_store else None,
    )
    _hand_back(house, done, rejected)
    _tell(done, time.monotonic() - begun, as_json=as_json)


@commands.command(name="import")
def import_graph(
    context: typer.Context,
    *,
    nodes: Annotated[
        Path | None, typer.Option(help="uid, label, name and any declared property.")
    ] = None,
    edges: Annotated[
        Path | None, typer.Option(help="source, target, type and any declared property.")
    ] = None,
    records: Annotated[
        Path | None, typer.Option(help="record_id, subject, class, severity, status, dates.")
    ] = None,
    bods: Annotated[
        Path | None, typer.Option(help="Instead: statements of BODS 0.4, JSON.", metavar="FILE")
    ] = None,
    ftm: Annotated[
        Path | None, typer.Option(help="Instead: FollowTheMoney, JSON lines.", metavar="FILE")
    ] = None,
    rejected: Rejected = None,
    no_publish: NoPublish = False,
    as_json: AsJson = False,
) -> None:
    """Load an already resolved graph from nodes, edges and records, or from exchanged ownership."""
    begun = time.monotonic()
    given = {"nodes": nodes, "edges": edges, "records": records, "bods": bods, "ftm": ftm}
    named = {form: path for form, path in given.items() if path is not None}
    if named.keys() - {"records"} != {"nodes", "edges"} and named.keys() not in ({"bods"}, {"ftm"}):
        rule = "must have --nodes and --edges, with or without --records, or --bods alone or --ftm"
        raise LoadError("import", ", ".join(f"--{form}" for form in named), rule)
    _room_for(rejected)
    house = loads(context, create=True)
    publish, progress = not no_publish, telling(house.settings)
    if nodes is not None and edges is not None:
        done = house.take_graph(nodes, edges, records, to_store=publish, progress=progress)
    else:
        ((form, path),) = named.items()
        done = house.take_exchange(path, form, to_store=publish, progress=progress)
    for one in done.files:
        # `load` says it file by file as it goes; here the files are few and named by the person.
        if one.refused:
            tell(text("loading.refused", why=one.refused))
    _hand_back(house, done, rejected)
    _tell(done, time.monotonic() - begun, as_json=as_json)


def _room_for(folder: Path | None) -> None:
    if folder is not None:
        from app.handing_back import make_room  # noqa: PLC0415

        make_room(folder)


def _hand_back(house: "Loads", done: "Loaded", folder: Path | None) -> None:
    """Write the rows that a load rejected into a folder, and say where."""
    if folder is None:
        return
    # Imported for the few who ask: a load of few rows begins sooner without it.
    from app.handing_back import hand_back  # noqa: PLC0415

    for path in hand_back(house.ledger, [one.batch for one in done.files if one.batch], folder):
        tell(text("loading.rejected_rows", path=path))


def _tell(done: "Loaded", seconds: float, *, as_json: bool) -> None:
    """Print what a load did; exit 1 with rejected rows, 2 where every file was refused."""
    totals = {
        name: sum(getattr(one, name) for one in done.files)
        for name in ("read", "loaded", "merged", "rejected")
    }
    refused = [one for one in done.files if one.refused]
    if as_json:
        answer(
            {
                "read": totals["read"],
                "written": totals["loaded"] + totals["merged"],
                "merged": totals["merged"],
                "rejected": totals["rejected"],
                "refused": [one.refused for one in refused],
                "entities": done.counts.get("parties", done.counts.get("nodes", 0)),
                "links": done.counts.get("links", 0),
                "records": done.counts.get("records", 0),
                "review": done.counts.get("leads", 0),
                "snapshot": done.snapshot,
                "seconds": round(seconds, 3),
                "files": [
                    {
                        "file": one.file,
                        "resource": one.resource,
                        "batch": one.batch,
                        "read": one.read,
                        "loaded": one.loaded,
                        "merged": one.merged,
                        "rejected": one.rejected,
                        "again": one.again,
                        "refused": one.refused,
                        "unread": list(one.unread),
                    }
                    for one in done.files
                ],
            }
        )
    else:
        snapshot = done.snapshot or text("loading.no_snapshot")
        leads = done.counts.get("leads", 0)
        tell(text("loading.ended", **totals, leads=leads, snapshot=snapshot, seconds=seconds))
    if refused and len(refused) == len(done.files):
        tell(text("loading.none_taken"))
    _exit(done.files, refused, totals["rejected"])


def _exit(files: Sequence[object], refused: Sequence[object], rejected: int) -> None:
    if refused and len(refused) == len(files):
        raise typer.Exit(REFUSED)
    if refused or rejected:
        raise typer.Exit(FINDINGS)


@catalogue.command(name="list")
def list_resources(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the resources that `load` knows."""
    from loaders.tables.read import department  # noqa: PLC0415 - `load` starts something first

    resources = loads(context, create=True).catalogue.resources()
    if as_json:
        answer([{"code": one.code, "title": one.title.model_dump()} for one in resources])
    else:
        for one in resources:
            title, by = (said.to(spoken()) for said in (one.title, department(one.department)))
            typer.echo(f"{one.code}\t{title}\t{by}\t{len(one.columns)}")


@catalogue.command()
def check(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A resource as YAML.")]
) -> None:
    """Explain what is wrong with a new resource."""
    from loaders.catalogue.catalog import check_entry  # noqa: PLC0415 - as above

    entry = check_entry(file)
    speak_as_site(context)
    tell(text("loading.entry_right", code=entry.code, columns=len(entry.columns)))
