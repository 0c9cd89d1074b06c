"""The current snapshot as files for other tools: tables, graphs, and exchanged ownership."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import SubElement

import polars as pl

from graph.errors import ReportError
from graph.snapshot.reader import Snapshot
from loaders.exchange.write_bods import bods_statements
from loaders.exchange.write_ftm import ftm_entities
from loaders.flat.read import ROLE_LABELS

if TYPE_CHECKING:
    import networkx as nx

FORMS = ("csv", "parquet", "graphml", "gexf", "bods", "ftm")
# Cells that a spreadsheet would run: a leading quote keeps them text, which an import takes away
# again; where there are quotes already one more is put before them.
_FORMULA = r"^('*[ \n]*[=+\-@\t\r])"
# What XML has no way to write (XML 1.0, 2.2), and what stands instead.
_NO_XML = r"[^\t\n\r\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]"
_REPLACED = "\ufffd"
# Columns that an import asks for: they stand there where no row has them, or there is no row.
_ASKED = {
    "nodes": ("uid", "label", "name"),
    "edges": ("key", "source", "target", "type"),
    "records": ("record_id", "subject", "class"),
}
# The keyed hash joins nobody outside this workspace and stays here; the mask goes along.
_KEPT_BACK = ("id_hash",)


def hand_over(snapshot: Snapshot, form: str, out: Path, on: date) -> list[Path]:
    """Write the graph into a folder and return the files; `on` is the day of publication.

    Raises:
        ReportError: the form is not known or the folder cannot be written.
    """
    if form not in FORMS:
        raise ReportError("--format", form, f"must be one of {', '.join(FORMS)}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        match form:
            case "csv":
                return _csv(snapshot, out)
            case "parquet":
                return _parquet(snapshot, out)
            case "graphml":
                return [_graphml(snapshot, out)]
            case "gexf":
                return [_gexf(snapshot, out, on)]
            case "bods":
                return [_bods(snapshot, out, on)]
            case _:
                return [_ftm(snapshot, out)]
    except OSError as error:
        raise ReportError(
            "export", str(out), f"cannot be written: {error.strerror or error}"
        ) from error


def _everything(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    nodes = snapshot.table("nodes").drop(*_KEPT_BACK, "record_id", "resource", "mentions")
    links = snapshot.table("links").drop("records", "record_id", "resource", "kind")
    links = links.drop("first_seen", "last_seen")
    records = snapshot.table("records").drop("records", "record_id", "resource", "name")
    return {
        "nodes": nodes.collect(),
        "edges": links.collect(),
        "records": records.rename({"uid": "record_id"}).collect(),
    }


def _tables(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    """Return what an import reads again, by the names of files."""
    tables = _everything(snapshot)
    tables["nodes"] = tables["nodes"].with_columns(_with_role()).drop("labels")
    return {name: _flat(frame, _ASKED[name]) for name, frame in tables.items()}


def _flat(frame: pl.DataFrame, asked: Sequence[str] = ()) -> pl.DataFrame:
    """Return the table with lists joined by |, without empty columns that nobody asked for."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    frame = frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("|") for name in lists
    )
    filled = [
        name for name in frame.columns if name in asked or frame[name].null_count() < frame.height
    ]
    return frame.select(filled)


def _csv(snapshot: Snapshot, out: Path) -> list[Path]:
    files = []
    for name, frame in _tables(snapshot).items():
        path = out / f"{name}.csv"
        guarded = frame.with_columns(pl.col(pl.String).str.replace(_FORMULA, "'${1}"))
        guarded.write_csv(path, include_bom=True)
        files.append(path)
    return files


def _parquet(snapshot: Snapshot, out: Path) -> list[Path]:
    """Write the same tables with dates and numbers as such, and every text as it is."""
    files = []
    for name, frame in _tables(snapshot).items():
        path = out / f"{name}.parquet"
        frame.write_parquet(path)
        files.append(path)
    return files


def _with_role() -> pl.Expr:
    """Return the label of a node, the role where it alone says both when it is read again."""
    roles = [
        pl.when((pl.col("label") == label) & pl.col("labels").list.contains(role)).then(
            pl.lit(role)
        )
        for role, label in ROLE_LABELS.items()
    ]
    return pl.coalesce(*roles, "label").alias("label")


def _bods(snapshot: Snapshot, out: Path, on: date) -> Path:
    """Write the statements one by one: a list of millions never stands in memory."""
    path = out / "bods.json"
    with path.open("w", encoding="utf-8") as file:
        separator = "[\n"
        for statement in bods_statements(snapshot, on):
            file.write(separator + json.dumps(statement, ensure_ascii=False))
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")
    return path


def _ftm(snapshot: Snapshot, out: Path) -> Path:
    path = out / "entities.ftm.json"
    with path.open("w", encoding="utf-8") as file:
        for entity in ftm_entities(snapshot):
            file.write(json.dumps(entity, ensure_ascii=False) + "\n")
    return path


def _graph(snapshot: Snapshot) -> "nx.MultiDiGraph[str]":
    import networkx as nx  # noqa: PLC0415 - only two forms need it

    tables = {
        name: _flat(frame).with_columns(pl.col(pl.String).str.replace_all(_NO_XML, _REPLACED))
        for name, frame in _everything(snapshot).items()
    }
    graph = nx.MultiDiGraph(snapshot=snapshot.id)
    for row in tables["nodes"].iter_rows(named=True):
        graph.add_node(row["uid"], **_plain(row, "uid"))
    uids = frozenset(graph)
    for row in tables["edges"].iter_rows(named=True):
        ends = row["source"], row["target"]
        graph.add_edge(*ends, row["key"], **_plain(row, "source", "target", "key"))
    for row in tables["records"].iter_rows(named=True):
        # The number of a record may be that of a party, too: in this form all are nodes.
        record = row["record_id"] if row["record_id"] not in uids else f"record:{row['record_id']}"
        graph.add_node(record, label="CreditRecord", **_plain(row, "record_id", "label"))
        graph.add_edge(row["subject"], record, type="SUBJECT_OF")
    return graph


def _graphml(snapshot: Snapshot, out: Path) -> Path:
    import networkx as nx  # noqa: PLC0415 - as above

    path = out / "graph.graphml"
    nx.write_graphml(_graph(snapshot), path)
    return path


def _gexf(snapshot: Snapshot, out: Path, on: date) -> Path:
    """Write the graph as Gephi reads it: what it calls label is shown, and type is directed."""
    from networkx.readwrite.gexf import GEXFWriter  # noqa: PLC0415 - only this form needs it

    graph = _graph(snapshot)
    for node, values in graph.nodes(data=True):
        values["node_type"] = values.pop("label")
        values["label"] = values.get("name", node)
    for *_, values in graph.edges(data=True):
        values["link_type"] = values.pop("type")
    writer = GEXFWriter()
    writer.add_graph(graph)
    for meta in writer.xml.iter("meta"):
        # The library writes today's date, and nothing of a graph's own.
        meta.set("lastmodifieddate", on.isoformat())
        SubElement(meta, "description").text = f"snapshot {snapshot.id}"
    path = out / "graph.gexf"
    with path.open("wb") as file:
        writer.write(file)
    return path


def _plain(row: dict[str, object], *without: str) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | float | bool) else str(value)
        for name, value in row.items()
        if value is not None and name not in without
    }
