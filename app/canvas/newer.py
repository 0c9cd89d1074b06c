"""What a newer snapshot has done to a kept view: new, changed or gone, shown where it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.bootstrap import Services
from app.presenters.picture import MARKS, style_of, type_of
from graph.errors import SnapshotError
from graph.snapshot.reader import Snapshot, open_snapshot

NEW, GONE, CHANGED = MARKS["new"], MARKS["gone"], MARKS["changed"]
# What is said of a link by the words behind its key, in this order (`said_of`).
_SAID = ("label", "post", "since", "until")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a newer snapshot has done to a kept view: links by key, and nodes that are gone."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Return whether anything differs."""
        return bool(self.new or self.gone or self.changed or self.lost)

    def signs(self) -> dict[str, str]:
        """Return the sign of each link and node that differs, by key or uid."""
        return (
            dict.fromkeys(self.new, NEW)
            | dict.fromkeys(self.changed, CHANGED)
            | dict.fromkeys((*self.gone, *self.lost), GONE)
        )


@dataclass(frozen=True, slots=True)
class Ghosts:
    """What is gone, as it was drawn: nodes and links without words of a language."""

    nodes: tuple[Mapping[str, Any], ...] = ()
    edges: tuple[Mapping[str, Any], ...] = ()

    def ids(self) -> set[str]:
        """Return the ids of all of them."""
        return {str(one["id"]) for one in (*self.nodes, *self.edges)}


def said_of(edge: Mapping[str, Any]) -> str:
    """Return what is compared of a link: figure, post and period."""
    return "|".join(str(edge.get(name, "")) for name in _SAID)


def changes(drawn: Mapping[str, Any], content: Mapping[str, Any]) -> Changes:
    """Return what differs between a kept view and what its parties' links are now.

    Links to whom the view did not show are none of its changes: somebody has expanded it since.
    """
    held = {node["id"] for node in drawn["nodes"] if "gone" not in node}
    before = set(content["shown"])
    now = {
        edge["id"]: said_of(edge)
        for edge in drawn["edges"]
        if "gone" not in edge and {edge["from"], edge["to"]} <= before
    }
    then = content["edges"]
    return Changes(
        tuple(sorted(now.keys() - then.keys())),
        tuple(sorted(then.keys() - {edge["id"] for edge in drawn["edges"] if "gone" not in edge})),
        tuple(sorted(key for key in now.keys() & then.keys() if now[key] != then[key])),
        tuple(sorted(before - held)),
    )


def ghosts(services: Services, found: Changes, content: Mapping[str, Any], snapshot: str) -> Ghosts:
    """Return what is gone, as it was drawn; views that were kept without it have none.

    `snapshot` is the id of the one that the view was kept on: there a party that is lost still has
    a name. Where that is gone too, its id stands for it.
    """
    drawn = content.get("drawn") or {"nodes": {}, "edges": {}}
    then = _then(services, snapshot) if found.lost else None
    nodes = []
    for uid in found.lost:
        if uid in drawn["nodes"]:
            place = content["places"].get(uid, {"x": 0.0, "y": 0.0})
            spot = {"x": place["x"], "y": place["y"]}
            style = drawn["nodes"][uid]
            nodes.append({"id": uid, "name": _name(then, uid), "style": style, **spot})
    known = set(content["shown"]) - set(found.lost) | {str(node["id"]) for node in nodes}
    edges = []
    for key in found.gone:
        source, target, kind, nature = drawn["edges"].get(key, ("", "", "", ""))
        if {source, target} <= known:
            said = dict(zip(_SAID, content["edges"][key].split("|"), strict=True))
            values = {name: value for name, value in said.items() if value}
            ends = {"id": key, "from": source, "to": target, "type": kind}
            edges.append(ends | values | ({"kind": nature} if nature else {}))
    return Ghosts(tuple(nodes), tuple(edges))


def _then(services: Services, snapshot: str) -> Snapshot | None:
    try:
        return open_snapshot(services.workspace.snapshots / snapshot)
    except SnapshotError:
        return None


def _name(then: Snapshot | None, uid: str) -> str:
    place = None if then is None else then.find(uid)
    return uid if then is None or place is None else then.name_at(place)


def remembered(drawn: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a kept view must hold to show what is gone one day: signs and ends, no names."""
    return {
        "nodes": {node["id"]: node["style"] for node in drawn.get("nodes", [])},
        "edges": {
            edge["id"]: [edge["from"], edge["to"], edge["type"], edge.get("kind", "")]
            for edge in drawn.get("edges", [])
        },
    }


def show(drawn: dict[str, Any], gone: Ghosts, signs: Mapping[str, str], language: str) -> None:
    """Put signs on what differs and what is gone where it was; take off what was there before."""
    there = {
        name: [dict(one) for one in drawn[name] if "gone" not in one] for name in ("nodes", "edges")
    }
    for name, ghostly in (("nodes", gone.nodes), ("edges", gone.edges)):
        there[name] += [{**one, "gone": True} for one in ghostly]
        for one in there[name]:
            one.pop("mark", None)
            if one["id"] in signs:
                one["mark"] = signs[one["id"]]
    drawn.update(there)
    for node in gone.nodes:
        drawn["styles"].setdefault(node["style"], style_of(node["style"], language))
    for edge in gone.edges:
        drawn["types"].setdefault(edge["type"], type_of(edge["type"], language))
