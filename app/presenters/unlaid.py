"""Where things stand when Graphviz is missing: the same four layouts, by networkx.

Lines cross more often than Graphviz would have them; no two nodes cover one another.
"""

import math
from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

# What a node with its name takes, in pixels: no two of a fan, a grid or a layer overlap.
WIDE, HIGH = 172.0, 74.0
# From layer to layer: room for the figures on the links, more where layers are side by side.
_DOWN, _ACROSS = 150.0, 260.0
# Sweeps over the layers; further ones hardly save a crossing.
_SWEEPS = 4
# Steps in which nodes that overlap are pushed apart: a thousand nodes lie free after fewer.
_PUSHES = 400

Places = dict[str, tuple[float, float]]
FloatArray = NDArray[np.float64]


def without_graphviz(
    nodes: Sequence[str], pairs: Sequence[tuple[str, str]], engine: str, root: str | None
) -> Places:
    """Return (x, y) of every node; the same input gives the same places.

    `pairs` are links from, to, among `nodes`; `root` is what a radial picture is drawn around.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(pair for pair in pairs if pair[0] != pair[1])
    if engine == "twopi":
        found = _rings(graph, root if root is not None and root in graph else nodes[0])
    elif engine in ("dot", "left"):
        found = _layers(graph, down=engine == "dot")
    else:
        found = _apart(_springs(graph))
    return {uid: (round(float(x), 1), round(float(y), 1)) for uid, (x, y) in found.items()}


def _springs(graph: nx.DiGraph) -> Mapping[str, Sequence[float]]:
    size = WIDE * max(1.0, len(graph) ** 0.5)
    found: Mapping[str, Sequence[float]] = nx.spring_layout(graph, seed=7, scale=size)
    return found


def _apart(found: Mapping[str, Sequence[float]]) -> Mapping[str, Sequence[float]]:
    """Push nodes that overlap away from each other, along the way that is shorter."""
    spots = np.array([list(at) for at in found.values()], dtype=np.float64)
    box = np.array([WIDE, HIGH])
    for _ in range(_PUSHES):
        by = spots[:, None, :] - spots[None, :, :]
        over = box - np.abs(by)
        np.fill_diagonal(over[:, :, 0], 0.0)
        both = (over[:, :, 0] > 0) & (over[:, :, 1] > 0)
        if not both.any():
            break
        # A pair goes apart along one axis alone: the one that needs less.
        first = over[:, :, 0] <= over[:, :, 1]
        push = np.where(np.stack([first, ~first], axis=2) & both[:, :, None], over, 0.0)
        way = np.where(by == 0, np.tri(len(spots), k=-1)[:, :, None] * 2 - 1, np.sign(by))
        # Each of the two goes half of the way, and a little more so that it ends.
        spots += (push * way).sum(axis=1) * 0.5 + np.sign((push * way).sum(axis=1)) * 0.5
    return dict(zip(found, spots.tolist(), strict=True))


def _rings(graph: nx.DiGraph, root: str) -> Mapping[str, Sequence[float]]:
    """Stand everything in rings by its distance from the root; what no link reaches is outermost.

    A ring is as wide as its members need, and neighbours of one node stand side by side.
    """
    away = nx.single_source_shortest_path_length(graph.to_undirected(as_view=True), root)
    outside = max(away.values()) + 1
    rings: dict[int, list[str]] = {}
    for uid in [*away, *(node for node in graph if node not in away)]:
        rings.setdefault(away.get(uid, outside), []).append(uid)
    shells = [rings[place] for place in sorted(rings)]
    # Rings are evenly apart: the fullest decides how far.
    needed = [
        len(shell) * WIDE / (2 * math.pi * place) for place, shell in enumerate(shells) if place
    ]
    apart = max([WIDE, *needed])
    found: Mapping[str, Sequence[float]] = nx.shell_layout(
        graph, nlist=shells, rotate=0, scale=apart * max(1, len(shells) - 1)
    )
    return found


def _layers(graph: nx.DiGraph, *, down: bool) -> Mapping[str, Sequence[float]]:
    """Stand everything in layers, what points to others before them; rings share a layer."""
    rest = nx.condensation(graph)
    layers = [
        [uid for part in parts for uid in sorted(rest.nodes[part]["members"])]
        for parts in nx.topological_generations(rest)
    ]
    for sweep in range(_SWEEPS):
        _sort_by_neighbours(graph, layers if sweep % 2 == 0 else layers[::-1])
    gap = (WIDE if down else HIGH) + 20
    step = _DOWN if down else _ACROSS
    found = {}
    for number, layer in enumerate(layers):
        for place, uid in enumerate(layer):
            along, onward = (place - (len(layer) - 1) / 2) * gap, number * step
            found[uid] = (along, onward) if down else (onward, along)
    return found


def _sort_by_neighbours(graph: nx.DiGraph, layers: Sequence[list[str]]) -> None:
    """Sort each layer by the middle of its neighbours in those before it."""
    place: dict[str, float] = {}
    for layer in layers:
        middles = {uid: _middle(graph, uid, place, (len(layer) - 1) / 2) for uid in layer}
        layer.sort(key=middles.__getitem__)
        place.update((uid, number - (len(layer) - 1) / 2) for number, uid in enumerate(layer))


def _middle(graph: nx.DiGraph, uid: str, place: Mapping[str, float], alone: float) -> float:
    near = [place[one] for one in nx.all_neighbors(graph, uid) if one in place]
    return sum(near) / len(near) if near else alone
