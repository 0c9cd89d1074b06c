"""Part of the graph as the canvas and the offline page draw it; one builder for both."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.presenters import figures
from app.presenters.drawing import (
    DASHES,
    FAMILY_COLOURS,
    LIGHT,
    OTHER_COLOUR,
    RECORD_RING,
    TEXT_COLOUR,
    family_of,
    sign_of,
    wrapped,
)
from app.presenters.layout import Engine, places
from graph.analysis.explain import caption
from graph.model import Link, Node, Subgraph
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, POSTS
from graph.schema.words import Shape

# So many nodes are drawn at most; beyond that a table says more (screens.md 3.5).
MOST_NODES = 1_000
LINE_WIDTH, LINES = 10, 2
_SHAPES = {
    Shape.SQUARE: "box",
    Shape.SQUARE_BAR: "box",
    Shape.CIRCLE: "ellipse",
    Shape.CIRCLE_BAR: "ellipse",
    Shape.SHIELD: "box",
    Shape.HEXAGON: "hexagon",
    Shape.DIAMOND: "diamond",
    Shape.SHEET: "box",
    Shape.TRIANGLE: "triangle",
    Shape.DASHED: "ellipse",
}
_BARRED = frozenset({Shape.SQUARE_BAR, Shape.CIRCLE_BAR})
_ROUND = frozenset({Shape.CIRCLE, Shape.CIRCLE_BAR, Shape.DASHED})
_LABEL_BELOW = frozenset({Shape.HEXAGON, Shape.DIAMOND, Shape.TRIANGLE})


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is asked for: language, layout, centre, active records by uid."""

    language: str = "zh"
    engine: Engine = "sfdp"
    root: str | None = None
    records: Mapping[str, int] | None = None


def picture(part: Subgraph, look: Look, known: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return {nodes, edges, legend} of a part of the graph; empty lists beyond MOST_NODES.

    `known` are positions that a person already sees; they are kept.
    """
    if len(part.nodes) > MOST_NODES:
        return {"nodes": [], "edges": [], "legend": []}
    uids = [node.uid for node in part.nodes]
    ends = [(link.source, link.target) for link in part.links]
    fresh = [uid for uid in uids if uid not in known]
    where = places(uids, ends, look.engine, look.root) if fresh else {}
    names = {node.uid: node.name for node in part.nodes}
    nodes = [_node(node, part, look) for node in part.nodes]
    for node in nodes:
        x, y = where.get(node["id"], (0.0, 0.0))
        at = known.get(node["id"], {"x": x, "y": y})
        node["x"], node["y"] = at["x"], at["y"]
    seen: Counter[tuple[str, str]] = Counter()
    edges = [_edge(link, names, look, seen) for link in part.links]
    return {"nodes": nodes, "edges": edges, "legend": _legend(part, look.language)}


def _node(node: Node, part: Subgraph, look: Look) -> dict[str, Any]:
    sign = sign_of(node)
    records = (look.records or {}).get(node.uid, 0)
    more = dict(part.more.get(node.uid, {}))
    hidden = sum(more.values())
    name = wrapped(node.name, LINE_WIDTH, LINES)
    marks = [f"失 {records}" if look.language == "zh" else f"D {records}"] if records else []
    marks += [f"+{hidden}"] if hidden else []
    title = SCHEMA.node(node.label).title.to(look.language)
    inside = sign.shape not in _LABEL_BELOW and sign.shape not in LIGHT
    ring = RECORD_RING if records else OTHER_COLOUR
    code = node.properties.get("uscc") or node.properties.get("id_mask") or ""
    return {
        "id": node.uid,
        "name": node.name,
        "kind": node.label,
        "party": any(label == "Party" for label in SCHEMA.labels_of(node.label)),
        "more": more,
        "card": [node.name, title, str(code), _counted(more, look.language)],
        "vis": {
            "label": "\n".join([name, " ".join(marks)] if marks else [name]),
            "shape": _SHAPES[sign.shape],
            "color": {
                "background": sign.fill,
                "border": ring,
                "highlight": {"background": sign.fill, "border": "#1F4E8C"},
                "hover": {"background": sign.fill, "border": "#1F4E8C"},
            },
            "font": {"color": "#FFFFFF" if inside else TEXT_COLOUR, "size": 13},
            "borderWidth": 4 if records else 3 if sign.shape in _BARRED else 1,
            "shapeProperties": {"borderDashes": [4, 4] if sign.shape is Shape.DASHED else False},
            "size": 14,
        },
    }


def _counted(more: Mapping[str, int], language: str) -> str:
    if not more:
        return ""
    words = "、".join(f"{caption(kind).to(language)} {count}" for kind, count in more.items())
    return f"未显示：{words}" if language == "zh" else f"Not shown: {words}"


def figure_of(link: Link, language: str = "zh") -> str:
    """Return the figure that stands on a link: its share or amount, nothing for others."""
    share, amount = link.properties.get("share"), link.properties.get("amount")
    if share is not None:
        return figures.percent(float(str(share)))
    if amount is None:
        return ""
    currency = str(link.properties.get("currency") or "")
    return figures.amount(float(str(amount)), currency, language)


def _edge(
    link: Link, names: Mapping[str, str], look: Look, seen: Counter[tuple[str, str]]
) -> dict[str, Any]:
    colour = FAMILY_COLOURS.get(family_of(link.type), OTHER_COLOUR)
    one, two = sorted((link.source, link.target))
    parallel = seen[one, two]
    seen[one, two] += 1
    dashes = DASHES[link.kind]
    ended = link.valid_to is not None
    post = POSTS.get(str(link.properties.get("post")))
    vis: dict[str, Any] = {
        "color": {"color": colour, "highlight": colour, "hover": colour},
        "width": 1 if ended else 2,
        "dashes": list(dashes) if dashes else False,
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.5 if ended else 0.7}},
    }
    figure = figure_of(link, look.language)
    if figure:
        vis["label"] = figure
    if parallel:
        way = "curvedCW" if link.source == one else "curvedCCW"
        vis["smooth"] = {"enabled": True, "type": way, "roundness": 0.15 * parallel}
    return {
        "id": link.key,
        "from": link.source,
        "to": link.target,
        "kind": link.type,
        "card": [
            f"{names.get(link.source, link.source)} → {names.get(link.target, link.target)}",
            caption(link.type).to(look.language) + (f" {post.to(look.language)}" if post else ""),
            figure,
            figures.period(link.valid_from, link.valid_to, look.language),
            KINDS[link.kind].to(look.language),
        ],
        "vis": vis,
    }


def _legend(part: Subgraph, language: str) -> list[dict[str, object]]:
    signs = {node.label: sign_of(node) for node in reversed(part.nodes)}
    rows: list[dict[str, object]] = [
        {
            "kind": label,
            "title": SCHEMA.node(label).title.to(language),
            "colour": sign.fill,
            "form": "round" if sign.shape in _ROUND else "",
            "line": False,
        }
        for label, sign in sorted(signs.items())
    ]
    kinds = {link.type: link.kind for link in part.links}
    for link_type, kind in sorted(kinds.items()):
        colour = FAMILY_COLOURS.get(family_of(link_type), OTHER_COLOUR)
        title = caption(link_type).to(language)
        entry = {"kind": link_type, "title": title, "colour": colour, "form": f"line {kind}"}
        rows.append({**entry, "line": True})
    return rows
