"""The report's picture: one party's network by Graphviz dot, names whole inside their boxes."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from app.presenters.chain import link_words
from app.presenters.drawing import (
    FAMILY_COLOURS,
    GRAPHVIZ_LINES,
    GRAPHVIZ_SHAPES,
    LIGHT,
    OTHER_COLOUR,
    RECORD_RING,
    TEXT_COLOUR,
    evened,
    family_of,
    sign_of,
)
from app.texts.read import spoken
from graph.errors import ReportError
from graph.model import Link, Node, Subgraph
from graph.schema.words import Shape

# A picture that takes longer than this is no picture for a page.
SECONDS = 60
_DOUBLE = frozenset({Shape.SQUARE_BAR, Shape.CIRCLE_BAR})
FONT = "Noto Sans CJK SC"
# Wide characters of one line of a name, and lines: a name of 60 characters is drawn whole.
_LINE, _LINES = 8, 8
FONT_POINTS = 10
# Smaller names cannot be read on paper (screens.md 5).
LEAST_POINTS = 7
PRINT_DPI = 200
# What A4 upright leaves between the margins of report.css, less the caption, in points.
PAGE_WIDTH, PAGE_HEIGHT = 493.0, 609.0
_SIZE = re.compile(r'<svg width="(\d+)pt" height="(\d+)pt"')


def source(part: Subgraph, marks: Mapping[str, str]) -> str:
    """Return the Graphviz text of part of the graph; `marks` are words below a name, as 失 1.

    Drawn from top to bottom; where that is too small on a page, whichever of this and from left to
    right leaves the letters larger.

    Raises:
        ReportError: Graphviz is not there or does not finish.
    """
    upright = "\n".join(_dot(part, marks, "TB"))
    if letters(svg(upright)) >= LEAST_POINTS:
        return upright
    return max((upright, "\n".join(_dot(part, marks, "LR"))), key=lambda text: letters(svg(text)))


@lru_cache(maxsize=256)
def svg(dot: str) -> str:
    """Return a picture as SVG."""
    text = _draw(dot, "-Tsvg").decode()
    return text[text.index("<svg") :]


def png(dot: str) -> bytes:
    """Return a picture as PNG of so many points an inch as print needs."""
    return _draw(dot, "-Tpng", f"-Gdpi={PRINT_DPI}")


def letters(picture: str) -> float:
    """Return the size of a picture's names on a page, in points."""
    size = _SIZE.search(picture)
    if size is None:
        return 0.0
    width, height = float(size[1]), float(size[2])
    return FONT_POINTS * min(1.0, PAGE_WIDTH / width, PAGE_HEIGHT / height)


def _draw(dot: str, *options: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own text to a program of the system
            ["dot", *options],  # noqa: S607 - where the system has it
            input=dot.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except FileNotFoundError as error:
        raise ReportError("Graphviz", "dot", "is not installed; see xinmai doctor") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise ReportError("Graphviz", "dot", f"could not draw: {error}") from error
    return done.stdout


def _dot(part: Subgraph, marks: Mapping[str, str], way: str) -> Iterator[str]:
    yield "digraph g {"
    yield f'graph [rankdir={way}, nodesep=0.15, ranksep=0.35, fontname="{FONT}", bgcolor=white]'
    yield (
        f'node [fontname="{FONT}", fontsize={FONT_POINTS}, fontcolor=white, style=filled,'
        ' penwidth=0, margin="0.06,0.04", height=0.3]'
    )
    yield (
        # No smaller than names: what is read of a link is read at the same size.
        f'edge [fontname="{FONT}", fontsize={FONT_POINTS}, arrowsize=0.6, fontcolor="#57606a"]'
    )
    for node in sorted(part.nodes, key=lambda one: one.uid):
        yield _node(node, marks.get(node.uid, ""))
    together: dict[tuple[object, ...], list[Link]] = {}
    for link in sorted(part.links, key=lambda one: one.key):
        together.setdefault(
            (link.source, link.target, family_of(link.type), link.kind, link.valid_to), []
        ).append(link)
    for links in together.values():
        yield _edge(links)
    yield "}"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _node(node: Node, mark: str) -> str:
    sign = sign_of(node)
    label = evened(node.name, _LINE, _LINES) + (f"\n{mark}" if mark else "")
    light = sign.shape in LIGHT
    values = {
        "label": label.replace("\n", "\\n"),
        "shape": GRAPHVIZ_SHAPES[sign.shape],
        "fillcolor": sign.fill,
        "fontcolor": TEXT_COLOUR if light else "white",
        # A second line round who serves others: on grey paper colours say nothing.
        "peripheries": "2" if sign.shape in _DOUBLE else "1",
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


def _edge(links: Sequence[Link]) -> str:
    """Return one arrow for links of one family between the same two, all of them named."""
    link = links[0]
    words = dict.fromkeys(link_words(one, spoken()) for one in links)
    values = {
        # Room at both ends: words of two arrows beside one another stay apart.
        "label": "\\n".join(f" {one} " for one in words),
        "color": FAMILY_COLOURS.get(family_of(link.type), OTHER_COLOUR),
        "style": GRAPHVIZ_LINES[link.kind],
        "arrowhead": "empty" if link.valid_to is not None else "normal",
    }
    told = ", ".join(f"{key}={_label(key, value)}" for key, value in values.items())
    return f"{_quote(link.source)} -> {_quote(link.target)} [{told}]"
