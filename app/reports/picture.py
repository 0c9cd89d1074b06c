"""The report's picture: one party's network by Graphviz dot, names whole inside their boxes."""

import subprocess
from collections.abc import Iterator, Mapping

from app.presenters import figures
from app.presenters.drawing import (
    FAMILY_COLOURS,
    LIGHT,
    OTHER_COLOUR,
    RECORD_RING,
    TEXT_COLOUR,
    family_of,
    sign_of,
    wrapped,
)
from graph.analysis.explain import caption
from graph.errors import ReportError
from graph.model import Link, Node, Subgraph
from graph.schema.words import Shape

# A picture that takes longer than this is no picture for a page.
SECONDS = 60
_SHAPES = {
    Shape.SQUARE: "box",
    Shape.SQUARE_BAR: "box",
    Shape.CIRCLE: "ellipse",
    Shape.CIRCLE_BAR: "ellipse",
    Shape.SHIELD: "house",
    Shape.HEXAGON: "hexagon",
    Shape.DIAMOND: "diamond",
    Shape.SHEET: "note",
    Shape.TRIANGLE: "triangle",
    Shape.DASHED: "ellipse",
}
_STYLES = {"recorded": "solid", "computed": "dashed", "lead": "dotted"}
_FONT = "Noto Sans CJK SC"
_LINE, _LINES = 12, 5


def svg(part: Subgraph, marks: Mapping[str, str]) -> str:
    """Return an SVG of part of the graph; `marks` are words below a name, as 失 1.

    Raises:
        ReportError: Graphviz is not there or does not finish.
    """
    source = "\n".join(_dot(part, marks))
    try:
        done = subprocess.run(
            ["dot", "-Tsvg"],  # noqa: S607 - where the system has it
            input=source.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except FileNotFoundError as error:
        raise ReportError("Graphviz", "dot", "is not installed; see xinmai doctor") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise ReportError("Graphviz", "dot", f"could not draw: {error}") from error
    text = done.stdout.decode()
    return text[text.index("<svg") :]


def _dot(part: Subgraph, marks: Mapping[str, str]) -> Iterator[str]:
    yield "digraph g {"
    yield f'graph [rankdir=TB, nodesep=0.25, ranksep=0.6, fontname="{_FONT}", bgcolor=white]'
    yield f'node [fontname="{_FONT}", fontsize=10, fontcolor=white, style=filled, penwidth=0]'
    yield f'edge [fontname="{_FONT}", fontsize=8, arrowsize=0.6, fontcolor="#57606a"]'
    for node in sorted(part.nodes, key=lambda one: one.uid):
        yield _node(node, marks.get(node.uid, ""))
    for link in sorted(part.links, key=lambda one: one.key):
        yield _edge(link)
    yield "}"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _node(node: Node, mark: str) -> str:
    sign = sign_of(node)
    label = wrapped(node.name, _LINE, _LINES) + (f"\n{mark}" if mark else "")
    light = sign.shape in LIGHT
    values = {
        "label": label.replace("\n", "\\n"),
        "shape": _SHAPES[sign.shape],
        "fillcolor": sign.fill,
        "fontcolor": TEXT_COLOUR if light else "white",
        "penwidth": "3" if mark else "0.8",
        "color": RECORD_RING if mark else OTHER_COLOUR,
    }
    told = ", ".join(f"{key}={_label(key, value)}" for key, value in values.items())
    return f"{_quote(node.uid)} [{told}]"


def _label(key: str, value: str) -> str:
    # \n in a label is a line break for Graphviz: only its own backslashes may stay.
    if key != "label":
        return _quote(value)
    return "\\n".join(_quote(line)[1:-1] for line in value.split("\\n")).join(('"', '"'))


def _edge(link: Link) -> str:
    share = link.properties.get("share")
    words = caption(link.type).zh
    if share is not None:
        words += f" {figures.percent(float(str(share)))}"
    values = {
        "label": words,
        "color": FAMILY_COLOURS.get(family_of(link.type), OTHER_COLOUR),
        "style": _STYLES[link.kind],
        "arrowhead": "empty" if link.valid_to is not None else "normal",
    }
    told = ", ".join(f"{key}={_quote(value)}" for key, value in values.items())
    return f"{_quote(link.source)} -> {_quote(link.target)} [{told}]"
