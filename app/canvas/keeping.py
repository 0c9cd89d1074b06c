"""A canvas as it is kept on the desk and opened again, on the same snapshot or a newer one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.bootstrap import Services
from app.canvas.board import Asked, Board, kept
from app.canvas.events import Sent, read_seen
from app.presenters.layout import ENGINES
from graph.errors import DeskError

# So many links away from where it starts a canvas is drawn at first.
MOST_HOPS = 3
_REASON = 100


class _Kept(BaseModel):
    """What is kept of a board, as `content_of` writes it; a view may come from a desk restored."""

    model_config = ConfigDict(strict=True)

    seeds: list[str] = Field(min_length=1)
    types: list[str]
    hops: int = Field(ge=0, le=MOST_HOPS)
    as_of: date = Field(strict=False)
    ended: bool
    engine: str
    shown: list[str]
    places: dict[str, dict[str, float]]
    edges: dict[str, str]
    seen: dict[str, Any]


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


def marked(found: Changes) -> dict[str, str]:
    """Return the sign of each link that is new or changed, by key; what is gone is only counted."""
    return dict.fromkeys(found.new, "+") | dict.fromkeys(found.changed, "~")


def content_of(board: Board) -> dict[str, Any]:
    """Return what is kept of a board: ids, places and how it is seen, no names."""
    asked = board.asked
    return {
        "seeds": list(asked.seeds),
        "types": list(asked.types),
        "hops": asked.hops,
        "as_of": asked.as_of.isoformat(),
        "ended": asked.ended,
        "engine": board.engine,
        "shown": list(board.shown),
        "places": {uid: dict(board.places[uid]) for uid in board.shown if uid in board.places},
        "edges": {edge["id"]: _said(edge) for edge in board.drawn.get("edges", [])},
        "seen": kept(board),
    }


def _said(edge: Mapping[str, Any]) -> str:
    return "|".join(str(edge.get(name, "")) for name in ("label", "post", "since", "until"))


def open_kept(services: Services, content: Mapping[str, Any], token: str) -> Board:
    """Return the board that was kept; parties that are no longer there are left out.

    Raises:
        DeskError: it is not in the form of a view, or none of what it started from is there.
    """
    held = _checked(content)
    snapshot = services.loaded_snapshot()
    today: dict[str, str] = {}
    for uid in held.shown:
        place = snapshot.find(uid)
        if place is not None:
            # A merge since then may have given a party another uid.
            today[uid] = snapshot.uid_at(place)
    seeds = tuple(dict.fromkeys(today[uid] for uid in held.seeds if uid in today))
    if not seeds:
        seeds_named = "、".join(held.seeds)[:_REASON]
        raise DeskError("view", seeds_named, "starts from nobody that is known")
    asked = Asked(
        seeds,
        tuple(held.types),
        held.hops,
        held.as_of,
        snapshot.id,
        held.ended,
    )
    board = Board(asked, dict.fromkeys(today.values()), token=token)
    board.engine = next((one for one in ENGINES if one == held.engine), "sfdp")
    board.places = {today[uid]: at for uid, at in held.places.items() if uid in today}
    board.seen = read_seen(held.seen, Sent(set(board.shown), set(held.edges)))
    return board


def _checked(content: Mapping[str, Any]) -> _Kept:
    try:
        return _Kept.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(one) for one in first["loc"])
        value = " ".join(str(first["input"]).split())[:_REASON]
        raise DeskError(f"view's {where}", value, first["msg"]) from None


def changes(board: Board, content: Mapping[str, Any]) -> Changes:
    """Return what differs between a kept view and what its parties' links are now."""
    now = {edge["id"]: _said(edge) for edge in board.drawn["edges"]}
    then = content["edges"]
    return Changes(
        tuple(sorted(now.keys() - then.keys())),
        tuple(sorted(then.keys() - now.keys())),
        tuple(sorted(key for key in now.keys() & then.keys() if now[key] != then[key])),
        tuple(sorted(set(content["shown"]) - set(board.shown))),
    )
