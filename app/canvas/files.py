"""What is visible on the canvas as a file; each says snapshot, day, policy and bounds."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import networkx as nx
import xlsxwriter

from app.canvas.offline import offline_page
from app.canvas.whole import whole_picture
from app.presenters.elements import Row, edge_rows, node_rows
from queries.output import fitting

# A cell that a spreadsheet would run (screens.md 8.9).
_FORMULA = re.compile(r"^[=+\-@\t\r]")
# What XML 1.0 cannot hold at all.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MIMES = {
    "csv": ("zip", "application/zip"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "graphml": ("graphml", "application/xml"),
    "gexf": ("gexf", "application/xml"),
    "json": ("json", "application/json"),
    "html": ("html", "text/html"),
    "svg": ("svg", "image/svg+xml"),
    "png": ("png", "image/png"),
}


@dataclass(frozen=True, slots=True)
class View:
    """What is handed over: the visible part of a picture, and lines that say what it is.

    `day` dates what a format insists on dating: nothing here reads a clock.
    """

    drawn: Mapping[str, Any]
    title: str
    about: Sequence[str]
    day: date
    language: str = "zh"

    @property
    def nodes(self) -> list[Row]:
        """Return the nodes as rows."""
        ids = [node["id"] for node in self.drawn["nodes"]]
        return node_rows(self.drawn, self.language, ids)

    @property
    def edges(self) -> list[Row]:
        """Return the links as rows."""
        ids = [edge["id"] for edge in self.drawn["edges"]]
        return edge_rows(self.drawn, self.language, ids)


def visible_part(
    drawn: Mapping[str, Any],
    nodes: Sequence[str],
    edges: Sequence[str],
    places: Mapping[str, Mapping[str, float]],
) -> dict[str, Any]:
    """Return a picture with what is visible alone, where a person has put it."""
    kept, links = set(nodes), set(edges)
    shown = [
        {**node, **places.get(node["id"], {})} for node in drawn["nodes"] if node["id"] in kept
    ]
    return {
        **drawn,
        "nodes": shown,
        "edges": [edge for edge in drawn["edges"] if edge["id"] in links],
    }


def write(view: View, form: str) -> tuple[str, str, bytes]:
    """Return a file's ending, kind and content.

    Raises:
        ReportError: Graphviz is not there or does not finish.
    """
    writers: Mapping[str, Callable[[View], bytes]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "graphml": _graphml,
        "gexf": _gexf,
        "json": _json,
        "html": lambda one: offline_page(
            one.drawn, one.title, one.about, one.day, one.language
        ).encode(),
        "svg": lambda one: _picture(one, "svg"),
        "png": lambda one: _picture(one, "png"),
    }
    ending, mime = _MIMES[form]
    return ending, mime, writers[form](view)


def _csv(view: View) -> bytes:
    made = io.BytesIO()
    stamp = (view.day.year, view.day.month, view.day.day, 0, 0, 0)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in (("nodes", view.nodes), ("links", view.edges), ("about", _about(view))):
            held = io.StringIO()
            writer = csv.writer(held)
            if rows:
                writer.writerow(rows[0])
            for row in rows:
                writer.writerow([_text(cell) for cell in row.values()])
            entry = zipfile.ZipInfo(f"{name}.csv", stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, held.getvalue().encode("utf-8-sig"))
    return made.getvalue()


def _text(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _about(view: View) -> list[Row]:
    head = "about" if view.language == "en" else "说明"
    return [{head: line} for line in (view.title, *view.about)]


def _xlsx(view: View) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    # The same view, the same bytes: a workbook would hold the time it was made.
    book.set_properties({"created": datetime.combine(view.day, time.min, UTC)})
    bold = book.add_format({"bold": True})
    names = ("Nodes", "Links", "About") if view.language == "en" else ("节点", "关系", "说明")
    for name, rows in zip(names, (view.nodes, view.edges, _about(view)), strict=True):
        sheet = book.add_worksheet(name)
        heads = list(rows[0]) if rows else []
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row.values()):
                sheet.write_string(number, place, fitting(cell))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(heads) - 1), 22)
    book.close()
    return made.getvalue()


def _graph(view: View) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph(title=view.title, about="\n".join(view.about))
    for node, row in zip(view.drawn["nodes"], view.nodes, strict=True):
        style = view.drawn["styles"][node["style"]]
        graph.add_node(
            node["id"],
            **_attributes(row),
            label=_plain(node["name"]),
            fill=style["fill"],
            x=float(node["x"]),
            y=float(node["y"]),
        )
    for edge, row in zip(view.drawn["edges"], view.edges, strict=True):
        said = {**_attributes(row), "nature": edge.get("kind", "recorded")}
        graph.add_edge(edge["from"], edge["to"], key=edge["id"], **said)
    return graph


def _plain(words: str) -> str:
    return _CONTROLS.sub("", words)


def _attributes(row: Row) -> dict[str, str]:
    return {_plain(head): _plain(cell) for head, cell in row.items() if cell}


def _graphml(view: View) -> bytes:
    return "\n".join(nx.generate_graphml(_graph(view), named_key_ids=False)).encode()


def _gexf(view: View) -> bytes:
    graph = _graph(view)
    for _, values in graph.nodes(data=True):
        spot = {"x": values.pop("x"), "y": -values.pop("y"), "z": 0.0}
        values["viz"] = {"position": spot}
    text = "\n".join(nx.generate_gexf(graph))
    # The library writes today's date; a view is of its own day.
    text = re.sub(r'lastmodifieddate="[^"]*"', f'lastmodifieddate="{view.day}"', text)
    return text.encode()


def _json(view: View) -> bytes:
    said = {
        "title": view.title,
        "about": list(view.about),
        "nodes": view.drawn["nodes"],
        "links": view.drawn["edges"],
        "files": view.drawn["files"],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _picture(view: View, form: str) -> bytes:
    about = (view.title, *view.about)
    return whole_picture(view.drawn, about, view.day, view.language, form)
