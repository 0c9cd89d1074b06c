"""What the canvas says is checked before it is believed: known word, known ids, sane places."""

import logging
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

_LOG = logging.getLogger(__name__)
# One uid each: what a person did to a node.
ON_NODE = frozenset({"expand", "open", "exposure"})
NAMES = ON_NODE | {"select", "view"}
# Further away than any layout reaches.
_FARTHEST = 1_000_000.0

Place = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a person did on the canvas."""

    seq: int
    name: str
    id: str | None = None
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    positions: Mapping[str, Place] = field(default_factory=dict)


def read_event(said: object, sent: Collection[str], last: int) -> Event | None:
    """Return what the canvas said, None for what is old, unknown or about ids never sent.

    `sent` are the ids of all nodes and edges on the canvas; `last` the number of the last event
    that was acted upon: each acts once.
    """
    if not isinstance(said, Mapping):
        return None
    seq, name = said.get("seq"), said.get("name")
    if not isinstance(seq, int) or isinstance(seq, bool) or seq <= last:
        return None
    if name not in NAMES:
        _LOG.warning("the canvas said an unknown word; dropped")
        return None
    known = set(sent)
    target = said.get("id")
    if name in ON_NODE and target not in known:
        _LOG.warning("the canvas said %s of an id that was not sent; dropped", name)
        return None
    return Event(
        seq,
        str(name),
        str(target) if name in ON_NODE else None,
        _known(said.get("nodes"), known),
        _known(said.get("edges"), known),
        _places(said.get("positions"), known),
    )


def _known(ids: object, known: set[str]) -> tuple[str, ...]:
    if not isinstance(ids, list):
        return ()
    return tuple(one for one in ids if isinstance(one, str) and one in known)


def _places(said: object, known: set[str]) -> dict[str, Place]:
    if not isinstance(said, Mapping):
        return {}
    found: dict[str, Place] = {}
    for uid, at in said.items():
        if uid in known and isinstance(at, Mapping):
            x, y = at.get("x"), at.get("y")
            if _sane(x) and _sane(y):
                found[uid] = {"x": float(x), "y": float(y)}  # type: ignore[arg-type]  # _sane
    return found


def _sane(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) < _FARTHEST  # type: ignore[arg-type]
