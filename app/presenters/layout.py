"""Where things stand: positions by Graphviz, by networkx where it is missing."""

from collections.abc import Iterable, Sequence
from typing import Literal

import graphviz
import networkx as nx

Engine = Literal["sfdp", "dot", "twopi", "neato"]
# Graphviz gives points, y upwards; vis draws y downwards and its boxes are wider.
_STRETCH = 1.2
_SPRING_SIZE = 420
_BOX = {"shape": "box", "width": "2.1", "height": "0.7", "fixedsize": "true"}

Places = dict[str, tuple[float, float]]


def places(
    nodes: Sequence[str],
    ends: Iterable[tuple[str, str]],
    engine: Engine = "sfdp",
    root: str | None = None,
) -> Places:
    """Return (x, y) of every node; the same input gives the same places.

    `root` is what a twopi picture is drawn around.
    """
    names = {uid: f"n{place}" for place, uid in enumerate(nodes)}
    pairs = sorted({(one, two) for one, two in ends if one in names and two in names})
    picture = graphviz.Digraph(engine=engine, graph_attr=_graph(names.get(root or "")))
    picture.attr("node", **_BOX)
    for name in names.values():
        picture.node(name, label="")
    for one, two in pairs:
        picture.edge(names[one], names[two])
    try:
        drawn = picture.pipe(format="plain", encoding="utf-8", quiet=True)
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError):
        return _springs(nodes, pairs)
    return _read(drawn, {name: uid for uid, name in names.items()})


def _graph(root: str | None) -> dict[str, str]:
    # With a fixed start every run ends alike.
    attributes = {"overlap": "prism", "start": "7", "ranksep": "1.6", "nodesep": "0.6", "K": "2.2"}
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


def _springs(nodes: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Places:
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(pairs)
    size = _SPRING_SIZE * max(1.0, len(nodes) ** 0.5 / 2)
    spread = nx.spring_layout(graph, seed=7, scale=size)
    return {uid: (round(float(x), 1), round(float(y), 1)) for uid, (x, y) in spread.items()}
