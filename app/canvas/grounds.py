"""The grounds of guarantee rings (担保圈) in a picture that Graphviz draws."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
from scipy.spatial import ConvexHull

GUARANTEE = "GUARANTEES"
# As on the canvas: how much of the link's colour is left of 255, on the ground and its edge.
GROUND, _EDGE = "14", "8c"
# Points from the middle of a sign to the hull: a sign with its words, and room around it.
_WIDE, _HIGH = 74.0, 30.0
_LETTERS = 10


def rings_of(drawn: Mapping[str, Any], day: date) -> list[list[str]]:
    """Return the rings: two or more who stand surety, directly or through others, for each other.

    Recorded guarantees alone, which hold on the day and are in the newest snapshot.
    """
    graph = nx.DiGraph(
        (edge["from"], edge["to"])
        for edge in drawn["edges"]
        if edge["type"] == GUARANTEE
        and edge.get("kind") != "lead"
        and "gone" not in edge
        and edge.get("until", "9999") > day.isoformat()
    )
    found = (sorted(ring) for ring in nx.strongly_connected_components(graph) if len(ring) > 1)
    return sorted(found)


def grounds(drawn: Mapping[str, Any], day: date, words: str, scale: float) -> str:
    """Return the grounds as Graphviz's `_background` takes them, "" where there is no ring.

    `scale` is that of the picture: points a pixel of the canvas.
    """
    places = {node["id"]: (node["x"] * scale, -node["y"] * scale) for node in drawn["nodes"]}
    operations: list[str] = []
    for ring in rings_of(drawn, day):
        colour = drawn["types"][GUARANTEE]["colour"]
        operations += _ground([places[one] for one in ring], colour, words)
    return " ".join(operations)


def _ground(middles: list[tuple[float, float]], colour: str, words: str) -> Iterator[str]:
    """Yield the operations of one hull: its ground, its edge, and the words above it (xdot)."""
    around = [(x * _WIDE, y * _HIGH) for x in (-1, 1) for y in (-1, 1)]
    corners = np.array([np.add(middle, one) for middle in middles for one in around])
    line = corners[ConvexHull(corners).vertices]
    points = f"{len(line)} " + " ".join(f"{x:.2f} {y:.2f}" for x, y in line)
    yield f"C 9 -{colour}{GROUND} c 9 -{colour}{_EDGE} P {points} p {points}"
    top = line[:, 1].max()
    above = line[line[:, 1] == top, 0]
    yield f"F {_LETTERS} 16 -Noto Sans CJK SC c 7 -{colour}"
    spot = f"{(above.min() + above.max()) / 2:.2f} {top + 4:.2f}"
    yield f"T {spot} 0 60 {len(words.encode())} -{words}"
