"""The whole view as one picture: Graphviz draws it where things stand, with a legend below it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import graphviz

from app.canvas.grounds import GROUND, GUARANTEE, grounds, rings_of
from app.presenters.drawing import (
    GRAPHVIZ_LINES,
    GRAPHVIZ_SHAPES,
    LIGHT,
    TEXT_COLOUR,
    columns,
    evened,
)
from app.presenters.picture import BADGES, MARKS, kinds
from app.texts.read import texts
from graph.errors import ReportError
from graph.schema.words import Shape

# Routing around boxes costs the square of them: beyond so many links lines are straight.
_CURVED = 200
# A pixel of the canvas in points: its letters of 12.5 pixels become 10 points here.
_POINTS = 0.8
_INCH = 72
_FONT = "Noto Sans CJK SC"
_LINE, _LINES = 10, 2
_EDGE = "#57606a"
# What is gone: its ground, and how much of a line's colour is left (of 255, as Graphviz has it).
_GHOST, _GHOST_LINE = "#F6F7F9", "80"
_BELOW = frozenset({Shape.DIAMOND, Shape.TRIANGLE})
# The legend, in points: below the lowest node, as wide as the drawing and at least so wide.
_GAP, _ROW, _SIGN, _LEAST = 60.0, 20.0, 26.0, 640.0
# A Latin letter of 10 points; a Chinese character takes two.
_LETTER = 5.6


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: what it says, and how its sign is drawn, as a node or as a line."""

    words: str
    node: Mapping[str, str] | None = None
    edge: Mapping[str, str] | None = None


def whole_picture(
    drawn: Mapping[str, Any], about: Sequence[str], day: date, language: str, form: str
) -> bytes:
    """Return the picture as svg or png; `about` are the lines that every file says of itself.

    Raises:
        ReportError: Graphviz is not there or does not finish.
    """
    # \l ends a line that stands at the left.
    caption = "".join(f"{graphviz.escape(line)}\\l" for line in about)
    made = graphviz.Digraph(
        engine="neato",
        graph_attr={
            "fontname": _FONT,
            "fontsize": "12",
            "label": caption,
            "labelloc": "b",
            "labeljust": "l",
            "bgcolor": "white",
            "splines": "true" if len(drawn["edges"]) <= _CURVED else "false",
            # No line crosses a name.
            "outputorder": "edgesfirst",
            "dpi": "96",
            # A ground reaches farther than the signs on it.
            "pad": "0.6" if rings_of(drawn, day) else "0.3",
            # Where places are moved, the grounds would not be.
            "notranslate": "true",
            "_background": grounds(drawn, day, texts()["canvas.ring"][language], _POINTS),
        },
        node_attr={"fontname": _FONT, "fontsize": "10", "style": "filled", "margin": "0.06,0.04"},
        edge_attr={"fontname": _FONT, "fontsize": "9", "arrowsize": "0.6", "fontcolor": _EDGE},
    )
    names = {node["id"]: f"n{place}" for place, node in enumerate(drawn["nodes"])}
    for node in drawn["nodes"]:
        _draw_node(made, names[node["id"]], node, drawn)
    for edge in drawn["edges"]:
        made.edge(names[edge["from"]], names[edge["to"]], **_edge_look(edge, drawn, day))
    _draw_legend(made, drawn, language, day)
    try:
        # -n: places are given, nothing is laid out.
        content: bytes = made.pipe(format=form, neato_no_op=1, quiet=True)
    except graphviz.ExecutableNotFound as error:
        raise ReportError("Graphviz", "neato", "is not installed; see xinmai doctor") from error
    except graphviz.CalledProcessError as error:
        raise ReportError("Graphviz", "neato", f"could not draw: {error}") from error
    return content


def _spot(x: float, y: float) -> str:
    return f"{x:.2f},{y:.2f}"


def _draw_node(
    made: graphviz.Digraph, name: str, node: Mapping[str, Any], drawn: Mapping[str, Any]
) -> None:
    """Draw one node: its words inside it, below it where its shape has no room for words."""
    level = drawn["levels"].get(node.get("level"))
    letters = drawn["letters"]
    marks = [f"{letters[badge]}{count}" for badge, count in node.get("badges", {}).items()]
    marks += [level["title"]] if level else []
    marks += [node["mark"]] if "mark" in node else []
    lines = [evened(node["name"], _LINE, _LINES), node.get("sub", ""), " ".join(marks)]
    words = graphviz.escape("\n".join(line for line in lines if line))
    style = drawn["styles"][node["style"]]
    x, y = node["x"] * _POINTS, -node["y"] * _POINTS
    if Shape(style["shape"]) not in _BELOW:
        made.node(name, label=words, pos=_spot(x, y), **(_sign(style, level) | _faded(node)))
        return
    size = {"width": "0.3", "height": "0.3", "fixedsize": "true", "label": ""}
    made.node(name, pos=_spot(x, y), **(_sign(style, level) | _faded(node)), **size)
    below = y - 14 - 6 * words.count("\n")
    made.node(f"{name}w", label=words, pos=_spot(x, below), shape="plaintext", style="", margin="0")


def _faded(node: Mapping[str, Any]) -> dict[str, str]:
    """Return the look of what a newer snapshot no longer has: pale and dashed."""
    if "gone" not in node:
        return {}
    return {"fillcolor": _GHOST, "fontcolor": TEXT_COLOUR, "style": "filled,dashed"}


def _sign(style: Mapping[str, Any], level: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the sign of a type, with the ring of a level."""
    shape = Shape(style["shape"])
    return {
        "shape": GRAPHVIZ_SHAPES[shape],
        "fillcolor": style["fill"],
        "fontcolor": style["ink"] if shape not in LIGHT else TEXT_COLOUR,
        "color": level["ring"] if level else _EDGE,
        "penwidth": str(level["width"]) if level else "0.8",
        "style": "filled,dashed" if shape is Shape.DASHED else "filled",
    }


def _edge_look(edge: Mapping[str, Any], drawn: Mapping[str, Any], day: date) -> dict[str, str]:
    ended = "until" in edge and edge["until"] <= day.isoformat()
    colour, gone = drawn["types"][edge["type"]]["colour"], "gone" in edge
    words = [edge.get("mark"), edge.get("label")]
    return {
        "label": graphviz.escape(" ".join(word for word in words if word)),
        "color": colour + (_GHOST_LINE if gone else ""),
        "style": "dashed" if gone else GRAPHVIZ_LINES[edge.get("kind", "recorded")],
        "arrowhead": "empty" if ended else "normal",
        "penwidth": "0.7" if ended else "1.4",
    }


def legend(drawn: Mapping[str, Any], language: str, day: date) -> Iterator[tuple[str, list[Entry]]]:
    """Yield the rows of the legend with their titles: the signs that are on the picture, no others.

    Types and links, the three natures of a statement, levels, grounds, badges.
    """
    said = {key: words[language] for key, words in texts().items() if key.startswith("canvas.")}
    styles = sorted({node["style"] for node in drawn["nodes"]})
    types = sorted({edge["type"] for edge in drawn["edges"]})
    natures = {edge.get("kind", "recorded") for edge in drawn["edges"]}
    levels = {node.get("level") for node in drawn["nodes"]}
    badges = {name for node in drawn["nodes"] for name in node.get("badges", {})}
    yield (
        said["canvas.legend_nodes"],
        [
            Entry(drawn["styles"][style]["title"], node=_sign(drawn["styles"][style], None))
            for style in sorted(styles, key=lambda one: drawn["styles"][one]["order"])
        ],
    )
    lines = [{"color": drawn["types"][kind]["colour"], "penwidth": "1.4"} for kind in types]
    yield (
        said["canvas.legend_links"],
        [
            Entry(drawn["types"][kind]["title"], edge=line)
            for kind, line in zip(types, lines, strict=True)
        ],
    )
    yield (
        said["canvas.legend_kinds"],
        [
            Entry(words, edge={"style": GRAPHVIZ_LINES[kind], "color": TEXT_COLOUR})
            for kind, words in kinds(language).items()
            if kind in natures
        ],
    )
    yield (
        said["canvas.legend_levels"],
        [
            Entry(one["title"], node=_ring(one))
            for level, one in drawn["levels"].items()
            if level in levels
        ],
    )
    rings = [Entry(said["canvas.ring"], node=_ground(drawn))] if rings_of(drawn, day) else []
    yield said["canvas.legend_grounds"], rings
    yield (
        said["canvas.legend_badges"],
        [
            Entry(f"{drawn['letters'][name]} {said[f'canvas.badge_{name}']}")
            for name in BADGES
            if name in badges
        ],
    )
    signs = {one["mark"] for one in (*drawn["nodes"], *drawn["edges"]) if "mark" in one}
    yield (
        said["canvas.legend_marks"],
        [
            Entry(f"{sign} {said[f'canvas.mark_{name}']}")
            for name, sign in MARKS.items()
            if sign in signs
        ],
    )


def _ring(level: Mapping[str, Any]) -> dict[str, str]:
    return {"shape": "box", "fillcolor": "white", "color": level["ring"]} | {
        "penwidth": str(level["width"])
    }


def _ground(drawn: Mapping[str, Any]) -> dict[str, str]:
    colour = drawn["types"][GUARANTEE]["colour"]
    return {"shape": "box", "fillcolor": colour + GROUND, "color": colour, "penwidth": "1"}


def _wide(words: str) -> float:
    return columns(words) * _LETTER + 6


def _draw_legend(
    made: graphviz.Digraph, drawn: Mapping[str, Any], language: str, day: date
) -> None:
    """Draw the rows below everything else, each wrapped at the width of the drawing."""
    if not drawn["nodes"]:
        return
    across = [node["x"] * _POINTS for node in drawn["nodes"]]
    left = min(across) - _GAP
    right = max(left + _LEAST, max(across) + _GAP)
    y = -max(node["y"] for node in drawn["nodes"]) * _POINTS - _GAP
    number = 0
    for title, entries in legend(drawn, language, day):
        if not entries:
            continue
        indent = left + _words(made, f"t{number}", title, left, y, "#57606a")
        x = indent
        for entry in entries:
            needed = (_SIGN if entry.node or entry.edge else 0.0) + _wide(entry.words) + 12
            if x > indent and x + needed > right:
                x, y = indent, y - _ROW
            number += 1
            _draw_entry(made, f"e{number}", entry, x, y)
            x += needed
        y -= _ROW
        number += 1


def _draw_entry(made: graphviz.Digraph, name: str, entry: Entry, x: float, y: float) -> None:
    if entry.node:
        size = {"width": "0.25", "height": "0.17", "fixedsize": "true", "label": ""}
        made.node(name, pos=_spot(x + 9, y), **{**entry.node, **size})
    elif entry.edge:
        for end, at in (("a", x), ("b", x + 20)):
            made.node(f"{name}{end}", pos=_spot(at, y), shape="point", style="invis", width="0.01")
        made.edge(f"{name}a", f"{name}b", **entry.edge)
    _words(made, f"{name}w", entry.words, x + (_SIGN if entry.node or entry.edge else 0.0), y)


def _words(
    made: graphviz.Digraph, name: str, words: str, x: float, y: float, ink: str = TEXT_COLOUR
) -> float:
    """Write words that begin at x; return how wide they are with the space after them."""
    wide = _wide(words)
    made.node(
        name,
        label=f"{graphviz.escape(words)}\\l",
        pos=_spot(x + wide / 2, y),
        shape="plaintext",
        style="",
        fontcolor=ink,
        fixedsize="true",
        width=f"{wide / _INCH:.3f}",
        height="0.2",
        margin="0",
    )
    return wide + 10
