"""The difference of two snapshots as files: csv, a workbook, or the graph of what changed."""

import csv
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Final

import xlsxwriter

from app.presenters.changes import (
    Sides,
    change_rows,
    conclusion_text,
    counts_lines,
    kind_text,
    name_text,
    property_text,
    shown,
)
from app.workspace import write_whole
from graph.analysis.changes import Differences
from graph.errors import ReportError
from graph.schema.words import Text
from queries.output import ending_of, fitting, safe

_PARTY: Final = Text("主体", "Party")
_CHANGED: Final = Text("结论变化", "Conclusion")
SUFFIXES: Final = (".csv", ".xlsx", ".graphml")


def write_changes(
    found: Differences, sides: Sides, as_of: date, out: Path, language: str = "zh"
) -> None:
    """Write a difference in the form that the file's ending names.

    Raises:
        QueryError: another ending.
        ReportError: the file cannot be written.
    """
    suffix = ending_of(out, SUFFIXES)
    try:
        if suffix == ".csv":
            _write_csv(found, sides, out, language)
        elif suffix == ".xlsx":
            write_whole(out, _workbook(found, sides, as_of, language))
        else:
            write_whole(out, _graphml(found, sides, language))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError("--out", str(out), f"cannot be written: {reason}") from error


def _write_csv(found: Differences, sides: Sides, out: Path, language: str) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in change_rows(found, sides, language):
            writer.writerow([safe(cell) for cell in row])


def _workbook(found: Differences, sides: Sides, as_of: date, language: str) -> bytes:
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_urls": False})
    # The same difference, the same bytes: a workbook would hold the time it was made.
    book.set_properties({"created": datetime.combine(as_of, time.min, UTC)})
    bold = book.add_format({"bold": True})
    told = [[_PARTY.to(language), _CHANGED.to(language)]]
    told += [conclusion_text(one, sides, language).split("\t") for one in found.conclusions]
    head = [[f"{found.old} → {found.new}"], *([line] for line in counts_lines(found, language))]
    rows = list(change_rows(found, sides, language))
    for title, listed in (("变化", rows), ("结论", told), ("计数", head)):
        sheet = book.add_worksheet(title)
        for number, row in enumerate(listed):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, fitting(cell), bold if number == 0 else None)
        sheet.set_column(0, len(rows[0]) - 1, 20)
    book.close()
    return content.getvalue()


def _graphml(found: Differences, sides: Sides, language: str) -> bytes:
    import networkx as nx  # noqa: PLC0415 - only this form needs it

    graph = nx.MultiDiGraph(old=found.old, new=found.new)
    for change in found.changes:
        values = "；".join(
            f"{property_text(one.name, language)} "
            f"{shown(one, 'before', language)} → {shown(one, 'after', language)}"
            for one in change.values
            if change.state == "changed"
        )
        said = {"state": change.state, "kind": kind_text(change, language), "values": values}
        if change.what == "node":
            graph.add_node(change.uid, name=name_text(change, sides, language), **said)
            continue
        for uid in change.ends:
            if uid not in graph:
                graph.add_node(uid, name=sides.name(uid), state="kept", kind="", values="")
        if change.what == "link":
            graph.add_edge(*change.ends, change.uid, **said)
        else:
            graph.add_node(change.uid, name=name_text(change, sides, language), **said)
            graph.add_edge(change.ends[0], change.uid, state=change.state, kind="", values="")
    content = BytesIO()
    nx.write_graphml(graph, content)
    return content.getvalue()
