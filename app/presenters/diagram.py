"""Small drawings by Graphviz: boxes with their lines of words whole, arrows with their figures."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import graphviz

from app.presenters.drawing import (
    GRAPHVIZ_LINES,
    GRAPHVIZ_SHAPES,
    LIGHT,
    OTHER_COLOUR,
    RECORD_RING,
    TEXT_COLOUR,
    evened,
)
from graph.schema.words import Shape, Sign

Way = Literal["TB", "LR"]
# Whoever is not known is an empty dashed circle (screens.md 2).
UNKNOWN = Sign("#FFFFFF", Shape.DASHED)
_FONT = "Noto Sans CJK SC"
_FONTS = "'Noto Sans CJK SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif"
_POINTS = 10
# Wide characters of one line of a name, and lines: a name of 60 characters is drawn whole.
_WIDTH, _LINES = 10, 6
# A drawing shrinks with the page down to this part of its size; then its own frame scrolls.
_LEAST = 0.8
_PIXELS = 96 / 72
_SIZE = re.compile(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"')
_NOISE = re.compile(r"<!--.*?-->|<title>.*?</title>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Box:
    """One thing drawn: its name and lines below it; `focus` is whom the drawing is about."""

    id: str
    name: str
    sign: Sign
    lines: tuple[str, ...] = ()
    records: bool = False
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """One link drawn from `source` on; `kind` is recorded, computed or lead.

    `back`: the link points to the source, which only stands first in the drawing.
    """

    source: str
    target: str
    label: str
    colour: str = OTHER_COLOUR
    kind: str = "recorded"
    back: bool = False


def diagram(boxes: Sequence[Box], arrows: Sequence[Arrow], way: Way, title: str) -> str | None:
    """Return HTML with the drawing, or None where Graphviz is missing; same input, same text."""
    drawn = graphviz.Digraph(
        graph_attr={
            "rankdir": way,
            "nodesep": "0.18",
            "ranksep": "0.4",
            "bgcolor": "white",
            "margin": "0.02",
        },
        node_attr={
            "fontname": _FONT,
            "fontsize": str(_POINTS),
            "style": "filled",
            "margin": "0.08,0.05",
            "height": "0.3",
        },
        edge_attr={
            "fontname": _FONT,
            "fontsize": str(_POINTS - 1),
            "fontcolor": TEXT_COLOUR,
            "arrowsize": "0.6",
        },
    )
    names = {box.id: f"n{place}" for place, box in enumerate(boxes)}
    for box in boxes:
        drawn.node(names[box.id], **_look(box))
    for arrow in arrows:
        drawn.edge(
            names[arrow.source],
            names[arrow.target],
            label=graphviz.escape(f" {arrow.label} "),
            color=arrow.colour,
            style=GRAPHVIZ_LINES[arrow.kind],
            dir="back" if arrow.back else "forward",
        )
    try:
        text = drawn.pipe(format="svg", encoding="utf-8", quiet=True)
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError):
        return None
    return _framed(text, title)


def _look(box: Box) -> dict[str, str]:
    light = box.sign.shape in LIGHT
    words = "\n".join((evened(box.name, _WIDTH, _LINES), *box.lines))
    edge = RECORD_RING if box.records else TEXT_COLOUR if box.focus else OTHER_COLOUR
    return {
        "label": graphviz.escape(words),
        "shape": GRAPHVIZ_SHAPES[box.sign.shape],
        "fillcolor": box.sign.fill,
        "fontcolor": TEXT_COLOUR if light else "white",
        "color": edge,
        "penwidth": "3" if box.records or box.focus else "0.8",
        "style": "filled,dashed" if box.sign.shape is Shape.DASHED else "filled",
    }


def _framed(text: str, title: str) -> str:
    """Return the drawing as wide as it is, smaller where the page is, in a frame of its own."""
    inner = _NOISE.sub("", text[text.index("<svg") :])
    inner = inner.replace(f'font-family="{_FONT}"', f'font-family="{_FONTS}"')
    size = _SIZE.search(inner)
    width = float(size[1]) * _PIXELS if size else 0.0
    style = f"width:100%;max-width:{width:.0f}px;min-width:{width * _LEAST:.0f}px;height:auto"
    # As an image: what a page draws from HTML is stripped of drawings.
    data = b64encode(inner.encode()).decode()
    image = f'<img alt="{escape(title)}" style="{style}" src="data:image/svg+xml;base64,{data}">'
    return f'<div style="overflow-x:auto;background:#fff">{image}</div>'
