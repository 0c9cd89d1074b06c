"""Where things stand: positions by Graphviz, by networkx where it is missing (unlaid.py)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

import graphviz

from app.presenters.unlaid import HIGH, WIDE, without_graphviz

Engine = Literal["sfdp", "dot", "twopi", "left", "grid"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
# Graphviz gives points, y upwards; vis draws y downwards and its boxes are wider.
_STRETCH = 1.2
_BOX = {"shape": "box", "width": "1.6", "height": "0.66", "fixedsize": "true"}
# Rings of a fan: the first leaves room for the figure on a link.
_FIRST_RING, _RING = 210.0, 84.0
_MOST_RINGS = 60

Places = dict[str, tuple[float, float]]


def places(
    nodes: Sequence[str],
    ends: Iterable[tuple[str, str]],
    engine: Engine = "sfdp",
    root: str | None = None,
) -> Places:
    """Return (x, y) of every node; the same input gives the same places.

    `root` is what a twopi picture is drawn around; `left` is dot from left to right.
    """
    if engine == "grid":
        return _grid(nodes)
    names = {uid: f"n{place}" for place, uid in enumerate(nodes)}
    pairs = sorted({(one, two) for one, two in ends if one in names and two in names})
    way = {"rankdir": "LR"} if engine == "left" else {}
    drawer = "dot" if engine == "left" else engine
    attributes = _graph(names.get(root or "")) | way
    picture = graphviz.Digraph(engine=drawer, graph_attr=attributes)
    picture.attr("node", **_BOX)
    for name in names.values():
        picture.node(name, label="")
    for one, two in pairs:
        picture.edge(names[one], names[two])
    try:
        drawn = picture.pipe(format="plain", encoding="utf-8", quiet=True)
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError):
        return without_graphviz(nodes, pairs, engine, root)
    return _read(drawn, {name: uid for uid, name in names.items()})


def fan(parent: str, added: Sequence[str], known: Mapping[str, Mapping[str, float]]) -> Places:
    """Return places of new nodes around one, in its widest free sector; what is known stays.

    Each takes the spot nearest to the middle of the sector that no other node covers.
    """
    at = known.get(parent, {"x": 0.0, "y": 0.0})
    x, y = float(at["x"]), float(at["y"])
    taken = [(float(one["x"]), float(one["y"])) for one in known.values()]
    middle, width = _sector(x, y, [spot for spot in taken if spot != (x, y)])
    spots = _spots(x, y, middle, width)
    found: Places = {}
    for uid in added:
        for spot in spots:
            if all(abs(spot[0] - a) >= WIDE or abs(spot[1] - b) >= HIGH for a, b in taken):
                break
        else:
            # Every ring is full: below everything there is always room.
            spot = (x, max(b for _, b in taken) + HIGH)
        found[uid] = (round(spot[0], 1), round(spot[1], 1))
        taken.append(found[uid])
    return found


def _sector(x: float, y: float, others: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the middle and the width of the widest sector without a node nearby, in radians."""
    angles = sorted(
        math.atan2(b - y, a - x) for a, b in others if math.hypot(a - x, b - y) < 3 * _FIRST_RING
    )
    if not angles:
        return 0.0, 2 * math.pi
    gaps = [
        (following - angle, angle)
        for angle, following in zip(angles, [*angles[1:], angles[0] + 2 * math.pi], strict=True)
    ]
    width, begin = max(gaps, key=lambda gap: (round(gap[0], 6), -gap[1]))
    return begin + width / 2, width


def _spots(x: float, y: float, middle: float, width: float) -> list[tuple[float, float]]:
    """Return the spots of a fan, ring by ring, each from the middle of the sector outwards."""
    spots = []
    half = min(width / 2 * 0.86, math.pi)
    for ring in range(_MOST_RINGS):
        radius = _FIRST_RING + ring * _RING
        step = HIGH / radius
        for count in range(int(2 * half / step) + 1):
            turn = (count + 1) // 2 * step * (1 if count % 2 else -1)
            if abs(turn) <= half:
                angle = middle + turn
                spots.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return spots


def _grid(nodes: Sequence[str]) -> Places:
    # Twice as many rows as columns would be needed for a square of wide boxes.
    columns = max(1, math.ceil(math.sqrt(len(nodes) * HIGH / WIDE * 1.6)))
    return {
        uid: (place % columns * (WIDE + 20), place // columns * (HIGH + 20))
        for place, uid in enumerate(nodes)
    }


def _graph(root: str | None) -> dict[str, str]:
    # With a fixed start every run ends alike.
    attributes = {"overlap": "prism", "start": "7", "ranksep": "1.6", "nodesep": "0.6", "K": "0.9"}
    # Links about twice as long as a box: ten nodes are read at their full size in one window.
    attributes |= {"overlap_scaling": "-2.2"}
    return attributes | ({"root": root} if root else {})


def _read(drawn: str, uids: dict[str, str]) -> Places:
    inches = 72
    found: Places = {}
    for line in drawn.splitlines():
        word, *rest = line.split(" ")
        if word == "node":
            x, y = float(rest[1]) * inches, -float(rest[2]) * inches
            found[uids[rest[0]]] = (round(x * _STRETCH, 1), round(y * _STRETCH, 1))
    return found
