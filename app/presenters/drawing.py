"""Signs of things on the canvas, in offline pictures and in reports (screens.md 2)."""

import re
from unicodedata import east_asian_width

from graph.model import Node
from graph.schema.catalog import SCHEMA
from graph.schema.words import Family, Shape, Sign

FAMILY_COLOURS = {
    Family.OWNERSHIP: "#337CD5",
    Family.POSTS: "#26614B",
    Family.SERVICE: "#802B87",
    Family.GUARANTEE: "#8A5A00",
    Family.SHARED: "#80858A",
    Family.BRANCH: "#000000",
}
OTHER_COLOUR = "#57606a"
TEXT_COLOUR = "#1F2328"
RECORD_RING = "#8F1D00"
# Line kinds as dashes on, off; None is solid.
DASHES = {"recorded": None, "computed": (8, 4), "lead": (2, 4)}
# What a newer snapshot no longer has: how much of its colour is left, and its dashes.
GHOST, GHOST_DASH = 0.5, (3, 5)
LIGHT = frozenset({Shape.SHEET, Shape.DASHED})
# What a line is not broken within: words of letters below Chinese ones, with the space after.
_PIECES = re.compile(r"[^\s\u2e80-\U0010ffff]+\s*|\s+|.", re.DOTALL)


NO_SIGN = Sign("#80858A", Shape.SQUARE)
# Levels as rings: colour, width in pixels, colour of the word on it (screens.md 2).
LEVEL_RINGS = {
    "high": ("#8F1D00", 4, "#FFFFFF"),
    "medium": ("#D55E00", 3, "#000000"),
    "low": ("#E69F00", 2, "#000000"),
}
# The signs of types and kinds as Graphviz names them.
GRAPHVIZ_SHAPES = {
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
GRAPHVIZ_LINES = {"recorded": "solid", "computed": "dashed", "lead": "dotted"}


def sign_label(node: Node) -> str:
    """Return the label whose sign a node has: that of its role first, then its own."""
    for label in (*node.labels[1:], *node.labels[:1]):
        if SCHEMA.node(label).sign is not None:
            return label
    return node.label


def sign_of(node: Node) -> Sign:
    """Return the sign of a node: that of its role first, then that of its own label."""
    return SCHEMA.node(sign_label(node)).sign or NO_SIGN


def family_of(link_type: str) -> Family:
    """Return the family of a link type; links derived by signing belong to services."""
    return Family.SERVICE if link_type == "SIGNS_FOR" else SCHEMA.link(link_type).family


def wrapped(name: str, width: int, lines: int) -> str:
    r"""Return a name in at most so many lines of so many wide characters; … stands for the rest.

    A word of Latin letters is broken only where it is longer than a line.

    >>> wrapped("深圳恒岭新材料有限公司", 6, 2)
    '深圳恒岭新材\n料有限公司'
    >>> wrapped("Lingnan Holdings", 6, 2)
    'Lingnan\nHoldings'
    """
    parts = _lines(name, 2 * width)
    if len(parts) > lines:
        last = parts[lines - 1]
        # The sign is as wide as a Chinese character.
        kept = last if columns(last) + 2 <= 2 * width else last[:-1]
        parts = [*parts[: lines - 1], kept + "…"]
    return "\n".join(parts)


def evened(name: str, width: int, lines: int) -> str:
    r"""Return a name in lines of nearly the same length: no lone character on a line of its own.

    >>> evened("深圳恒岭新材料有限公司", 10, 2)
    '深圳恒岭新材料\n有限公司'
    """
    wide = -(-columns(name) // 2)
    # Half of an odd width more: a Latin letter before a wide one leaves a column unused.
    even = min(width, -(-wide // max(1, -(-wide // width))) + 1)
    whole = even if len(_lines(name, 2 * even)) <= lines else width
    return wrapped(name, whole, lines)


def columns(words: str) -> int:
    """Return the columns that words take: a Latin letter or digit one, a Chinese character two."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in words)


def _lines(name: str, width: int) -> list[str]:
    """Return a name in lines of so many columns, Latin words whole where they fit a line."""
    parts, room = [""], width
    for piece in _PIECES.findall(name):
        needed = columns(piece.rstrip())
        whole = needed <= width
        if whole and needed > room:
            parts.append("")
            room = width
        for char in piece:
            taken = columns(char)
            if not whole and taken > room:
                parts.append("")
                room = width
            parts[-1] += char
            room -= taken
    return [part.rstrip() for part in parts]
