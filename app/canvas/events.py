"""What the canvas says is checked before it is believed: known words, known ids, sane values."""

import json
import logging
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from app.presenters.layout import ENGINES
from graph.analysis.expansion import ORDERS, WAYS

_LOG = logging.getLogger(__name__)
# Each act with how many nodes and links it is about, at least and at most.
ACTS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "expand": ((1, 1), (0, 0)),
    "paths": ((2, 2), (0, 0)),
    "common": ((2, 10), (0, 0)),
    "layout": ((0, 0), (0, 0)),
    "open": ((1, 1), (0, 0)),
    "exposure": ((1, 1), (0, 0)),
    "ownership": ((1, 1), (0, 0)),
    "report": ((0, 1_000), (0, 1_000)),
    "note": ((0, 1), (0, 1)),
    "statement": ((0, 1), (0, 1)),
    "whatif": ((0, 0), (1, 1)),
    "export": ((0, 0), (0, 0)),
    "panel": ((0, 0), (0, 0)),
    "levels": ((0, 0), (0, 0)),
    "families": ((0, 0), (0, 0)),
}
FORMS = ("csv", "xlsx", "graphml", "gexf", "json", "html", "svg", "png")
# How many come at once, as the chooser offers it (screens.md 3.2).
LIMITS = (10, 25, 50)
MOST_NOTE = 500
# The last acts travel again with each message: one that was overtaken is not lost.
MOST_ACTS = 20
# Further away than any layout reaches.
_FARTHEST = 1_000_000.0
_MOST_ZOOM = 100.0
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?\Z")
_KEY = re.compile(r"(node|link|kind|level|mark):[A-Za-z_]{1,60}\Z")
_MOST_WORDS, _MOST_LETTERS = 200, 200
# Groups by a value of their members; others are leaves of a party.
_GROUPINGS = ("by:region", "by:industry", "by:family")

Place = Mapping[str, float]
Argument = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """The ids that were sent to the canvas, and the link types that it may name."""

    nodes: Collection[str]
    edges: Collection[str]
    types: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person asked for; acted upon once."""

    seq: int
    name: str
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    args: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """How a person sees the canvas: all that another visit, a file or a saved view needs.

    `nodes` and `edges` are those that are visible, `hidden` ids put away, `off` kinds that the
    legend switched off, `groups` folded leaves as (party, type) or what shares a value as
    (by:what, value), `filters` by name.
    """

    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    positions: Mapping[str, Place] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    filters: Mapping[str, object] = field(default_factory=dict)
    chosen_nodes: tuple[str, ...] = ()
    chosen_edges: tuple[str, ...] = ()
    zoom: float | None = None
    centre: Place | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What the canvas said last: how it is seen, and what was asked for since."""

    seq: int
    seen: Seen
    acts: tuple[Act, ...]


def read_message(said: object, sent: Sent, last: int) -> Message | None:
    """Return what the canvas said; None for what is old or no message.

    It is JSON as text: a session keeps what was said last, and as text a seventh of its objects.
    `last` is the number of the last message that was acted upon. Ids that were never sent, acts of
    unknown name and values outside their bounds are dropped and logged.
    """
    said = _opened(said)
    if not isinstance(said, Mapping):
        return None
    seq = said.get("seq")
    if not _whole(seq) or seq <= last:
        return None
    acts = said.get("acts")
    listed = acts[-MOST_ACTS:] if isinstance(acts, list) else []
    read = (_act(one, sent, last) for one in listed)
    found = {act.seq: act for act in read if act is not None}
    return Message(
        seq, _seen(said.get("view"), sent), tuple(found[number] for number in sorted(found))
    )


def _opened(said: object) -> object:
    try:
        return json.loads(said) if isinstance(said, str) else None
    except (ValueError, RecursionError):
        return None


def read_seen(said: object, sent: Sent) -> Seen:
    """Return how a view was kept, as far as its ids are still there."""
    return _seen(said, sent)


def _act(said: object, sent: Sent, last: int) -> Act | None:
    if not isinstance(said, Mapping):
        return None
    seq, name = said.get("seq"), said.get("name")
    if not _whole(seq) or seq <= last:
        return None
    if not isinstance(name, str) or name not in ACTS:
        _LOG.warning("the canvas said an unknown word; dropped")
        return None
    nodes, edges = _known(said.get("nodes"), sent.nodes), _known(said.get("edges"), sent.edges)
    for ids, given, (least, most) in zip(
        (nodes, edges), (said.get("nodes"), said.get("edges")), ACTS[name], strict=True
    ):
        asked = len(given) if isinstance(given, list) else 0
        if not least <= len(ids) <= most or len(ids) != asked:
            _LOG.warning("the canvas said %s of ids that were not sent; dropped", name)
            return None
    args = _arguments(name, said.get("args"), sent)
    if args is None:
        _LOG.warning("the canvas said %s with values outside their bounds; dropped", name)
        return None
    return Act(seq, name, nodes, edges, args)


def _arguments(name: str, said: object, sent: Sent) -> dict[str, Argument] | None:
    """Return the arguments of an act, None where one is missing or outside its bounds."""
    given = said if isinstance(said, Mapping) else {}
    readers = {"expand": _expand, "layout": _layout, "export": _export, "note": _note}
    return readers[name](given, sent) if name in readers else {}


def _expand(given: Mapping[str, object], sent: Sent) -> dict[str, Argument] | None:
    types = given.get("types")
    order, way = given.get("order", ORDERS[0]), given.get("way", WAYS[0])
    limit = given.get("limit", LIMITS[-1])
    if order not in ORDERS or way not in WAYS or not _whole(limit) or limit not in LIMITS:
        return None
    known = _known(types, sent.types)
    if types is not None and (not isinstance(types, list) or not known or len(known) != len(types)):
        return None
    return {
        "order": str(order),
        "way": str(way),
        "limit": limit,
        "with_record": given.get("with_record") is True,
        "types": known,
    }


def _layout(given: Mapping[str, object], _sent: Sent) -> dict[str, Argument] | None:
    engine = given.get("engine")
    return {"engine": str(engine)} if engine in ENGINES else None


def _export(given: Mapping[str, object], _sent: Sent) -> dict[str, Argument] | None:
    form = given.get("form")
    return {"form": str(form)} if form in FORMS else None


def _note(given: Mapping[str, object], _sent: Sent) -> dict[str, Argument] | None:
    words = given.get("text")
    if not isinstance(words, str) or not 0 < len(words.strip()) <= MOST_NOTE:
        return None
    return {"text": words.strip()}


def _seen(said: object, sent: Sent) -> Seen:
    given = said if isinstance(said, Mapping) else {}
    either = {*sent.nodes, *sent.edges}
    zoom = given.get("zoom")
    return Seen(
        nodes=_known(given.get("nodes"), sent.nodes),
        edges=_known(given.get("edges"), sent.edges),
        positions=_places(given.get("positions"), sent.nodes),
        pinned=_known(given.get("pinned"), sent.nodes),
        hidden=_known(given.get("hidden"), either),
        off=tuple(one for one in _words(given.get("off")) if _KEY.match(one)),
        groups=_groups(given.get("groups"), sent.nodes),
        filters=_filters(given.get("filters")),
        chosen_nodes=_known(given.get("chosen_nodes"), sent.nodes),
        chosen_edges=_known(given.get("chosen_edges"), sent.edges),
        zoom=float(zoom) if _number(zoom, _MOST_ZOOM) and zoom > 0 else None,
        centre=_place(given.get("centre")),
    )


def _filters(said: object) -> dict[str, object]:
    """Return the filters: has a record, regions, files, least share 0..1, days."""
    given = said if isinstance(said, Mapping) else {}
    found: dict[str, object] = {}
    if given.get("record") is True:
        found["record"] = True
    for name in ("regions", "files"):
        if words := _words(given.get(name)):
            found[name] = list(words)
    share = given.get("share")
    if _number(share, 1.0) and share >= 0:
        found["share"] = float(share)
    for name in ("since", "until"):
        day = given.get(name)
        if isinstance(day, str) and _DAY.match(day):
            found[name] = day
    return found


def _groups(said: object, known: Collection[str]) -> tuple[tuple[str, str], ...]:
    if not isinstance(said, list):
        return ()
    pairs = [one for one in said if isinstance(one, list) and [type(x) for x in one] == [str, str]]
    kept = ((one, key) for one, key in pairs if one in known or one in _GROUPINGS)
    return tuple((one, key) for one, key in kept if len(key) <= _MOST_LETTERS)


def _words(said: object) -> tuple[str, ...]:
    if not isinstance(said, list):
        return ()
    words = (one for one in said if isinstance(one, str) and len(one) <= _MOST_LETTERS)
    return tuple(words)[:_MOST_WORDS]


def _known(ids: object, known: Collection[str]) -> tuple[str, ...]:
    if not isinstance(ids, list):
        return ()
    return tuple(dict.fromkeys(one for one in ids if isinstance(one, str) and one in known))


def _places(said: object, known: Collection[str]) -> dict[str, Place]:
    given = said if isinstance(said, Mapping) else {}
    read = {uid: _place(at) for uid, at in given.items() if uid in known}
    return {uid: at for uid, at in read.items() if at is not None}


def _place(at: object) -> Place | None:
    if not isinstance(at, Mapping):
        return None
    x, y = at.get("x"), at.get("y")
    if not _number(x, _FARTHEST) or not _number(y, _FARTHEST):
        return None
    return {"x": float(x), "y": float(y)}


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object, most: float) -> TypeGuard[float]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and abs(value) <= most
