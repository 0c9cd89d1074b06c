"""Part of the graph as the canvas and its files take it: data alone, one builder for all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.presenters import figures
from app.presenters.drawing import (
    FAMILY_COLOURS,
    LEVEL_RINGS,
    LIGHT,
    NO_SIGN,
    OTHER_COLOUR,
    TEXT_COLOUR,
    family_of,
    sign_label,
)
from app.presenters.groups import section_title
from app.presenters.layout import Engine, places
from graph.analysis.explain import caption
from graph.analysis.marks import Marks
from graph.identifiers import region
from graph.model import Link, Node, Source, Subgraph
from graph.schema.catalog import SCHEMA
from graph.schema.codes import KINDS, LEVELS, POSTS
from graph.schema.words import Text

# So many nodes are drawn at most; beyond that a table says more (screens.md 3.5).
MOST_NODES = 1_000
# As the legend counts and filters them.
BADGES = ("active", "repaired", "disputed", "honours", "doubles")
LETTERS = {
    "active": Text("失", "D"),
    "repaired": Text("修", "R"),
    "disputed": Text("异", "O"),
    "honours": Text("荣", "H"),
    "doubles": Text("疑", "?"),
    "pinned": Text("锁", "P"),
}
# What a newer snapshot has done to a view: the signs that stand on its parts.
MARKS = {"new": "+", "gone": "−", "changed": "~"}
_PLACES: Mapping[str, Mapping[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is asked for, and what stands beside the parts of the graph.

    `marks` and `levels` (level, exposure 0..1) are by uid, `sources` by link key; the level of a
    party that is `waiting` is not computed yet.
    """

    language: str = "zh"
    engine: Engine = "sfdp"
    root: str | None = None
    marks: Mapping[str, Marks] = field(default_factory=dict)
    levels: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    sources: Mapping[str, Sequence[Source]] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()


def picture(
    part: Subgraph, look: Look, known: Mapping[str, Mapping[str, float]] = _PLACES
) -> dict[str, Any]:
    """Return {nodes, edges, styles, types, levels, letters, files} of a part of the graph.

    Empty lists beyond MOST_NODES. `known` are positions that a person already sees; they are kept.
    """
    if len(part.nodes) > MOST_NODES:
        return {name: [] for name in ("nodes", "edges", "files")} | {
            name: {} for name in ("styles", "types", "levels", "letters")
        }
    where = _positions(part, look, known)
    nodes = [_node(node, part, look) | where[node.uid] for node in part.nodes]
    seen: Counter[tuple[str, str]] = Counter()
    files: dict[str, int] = {}
    edges = [_edge(link, look, seen, files) for link in part.links]
    return {
        "nodes": nodes,
        "edges": edges,
        "styles": _styles(part, look.language),
        "types": _types(part, look.language),
        "levels": {
            level: {"title": LEVELS[level].to(look.language), "ring": ring, "width": width}
            | {"ink": ink}
            for level, (ring, width, ink) in LEVEL_RINGS.items()
        },
        "letters": {name: letter.to(look.language) for name, letter in LETTERS.items()},
        "files": list(files),
    }


def _positions(
    part: Subgraph, look: Look, known: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    uids = [node.uid for node in part.nodes]
    ends = [(link.source, link.target) for link in part.links]
    fresh = [uid for uid in uids if uid not in known]
    found = places(uids, ends, look.engine, look.root) if fresh else {}
    where = {}
    for uid in uids:
        x, y = found.get(uid, (0.0, 0.0))
        at = known.get(uid, {"x": x, "y": y})
        where[uid] = {"x": round(at["x"], 1), "y": round(at["y"], 1)}
    return where


def _node(node: Node, part: Subgraph, look: Look) -> dict[str, Any]:
    """Return one node; what it does not have is left out, a thousand of them travel at once."""
    values = node.properties
    marks = look.marks.get(node.uid, Marks())
    badges = {name: count for name in BADGES if (count := getattr(marks, name))}
    area = str(values.get("region") or "")
    began = values.get("established_on") or values.get("signed_on") or values.get("opened_on")
    said: dict[str, Any] = {
        "code": values.get("uscc") or values.get("id_mask"),
        **level_said(*look.levels.get(node.uid, ("none", 0.0))),
        "wait": node.uid in look.waiting,
        "badges": badges,
        "region": (region.name_of(region.city_of(area)) or area) if area else None,
        "industry": section_title(str(values.get("industry") or ""), look.language),
        "state": values.get("state"),
        "began": began.isoformat() if isinstance(began, date) else None,
        "decided": [day.isoformat() for day in marks.decided],
        "more": dict(part.more.get(node.uid, {})),
    }
    return {
        "id": node.uid,
        "name": node.name,
        "style": sign_label(node),
        **{name: value for name, value in said.items() if value},
    }


def level_said(level: str, exposure: float) -> dict[str, str]:
    """Return level and exposure of a node as they travel; what there is not is left out."""
    said = {} if level == "none" else {"level": level}
    return said | ({"exposure": figures.exposure(exposure)} if exposure else {})


def figure_of(link: Link, language: str = "zh") -> str:
    """Return the figure that stands on a link: its share or amount, nothing for others."""
    share, amount = link.properties.get("share"), link.properties.get("amount")
    if share is not None:
        return figures.percent(float(str(share)))
    if amount is None:
        return ""
    currency = str(link.properties.get("currency") or "")
    return figures.amount(float(str(amount)), currency, language)


def words_of(link: Link, language: str = "zh") -> str:
    """Return what a link is called: its caption, and the post where it is one."""
    post = POSTS.get(str(link.properties.get("post")))
    return caption(link.type).to(language) + (f" {post.to(language)}" if post else "")


def _edge(
    link: Link, look: Look, seen: Counter[tuple[str, str]], files: dict[str, int]
) -> dict[str, Any]:
    one, two = sorted((link.source, link.target))
    parallel = seen[one, two]
    seen[one, two] += 1
    values = link.properties
    post = POSTS.get(str(values.get("post")))
    share = values.get("share")
    sources = look.sources.get(link.key, ())
    said: dict[str, Any] = {
        "kind": None if link.kind == "recorded" else link.kind,
        "label": figure_of(link, look.language),
        "share": None if share is None else round(float(str(share)), 6),
        "post": post.to(look.language) if post else None,
        "since": link.valid_from.isoformat() if link.valid_from else None,
        "until": link.valid_to.isoformat() if link.valid_to else None,
        # File by its place in the list of files, row, and how many rows there are in all.
        "said": [files.setdefault(sources[0].file, len(files)), sources[0].row, len(sources)]
        if sources
        else None,
        "curve": parallel,
    }
    return {
        "id": link.key,
        "from": link.source,
        "to": link.target,
        "type": link.type,
        **{name: value for name, value in said.items() if value not in (None, "", 0)},
    }


def _styles(part: Subgraph, language: str) -> dict[str, dict[str, Any]]:
    """Return the signs of the types that are there, by label; once a type, not once a node."""
    labels = sorted({sign_label(node) for node in part.nodes})
    return {label: style_of(label, language) for label in labels}


def style_of(label: str, language: str) -> dict[str, Any]:
    """Return the sign of things with a label."""
    sign = SCHEMA.node(label).sign or NO_SIGN
    return {
        "title": SCHEMA.node(label).title.to(language),
        "shape": sign.shape.value,
        "fill": sign.fill,
        "ink": TEXT_COLOUR if sign.shape in LIGHT else "#FFFFFF",
        "party": SCHEMA.is_a(label, "Party"),
        "order": [one.label for one in SCHEMA.nodes].index(label),
    }


def _types(part: Subgraph, language: str) -> dict[str, dict[str, Any]]:
    """Return the link types that are there or that could be shown next, with their colours."""
    named = {link.type for link in part.links}
    named |= {kind for counts in part.more.values() for kind in counts}
    return {kind: type_of(kind, language) for kind in sorted(named)}


def type_of(kind: str, language: str) -> dict[str, Any]:
    """Return how links of a type are called, and their colour."""
    return {
        "title": caption(kind).to(language),
        "colour": FAMILY_COLOURS.get(family_of(kind), OTHER_COLOUR),
    }


def kinds(language: str) -> dict[str, str]:
    """Return the three kinds of statement in words."""
    return {kind: words.to(language) for kind, words in KINDS.items()}
