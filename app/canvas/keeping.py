"""A canvas as it is kept on the desk and opened again, on the same snapshot or a newer one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.bootstrap import Services
from app.canvas.board import Asked, Board, kept
from app.canvas.events import Sent, read_seen
from app.canvas.newer import remembered, said_of
from app.presenters.layout import ENGINES
from graph.errors import DeskError

# So many links away from where it starts a canvas is drawn at first.
MOST_HOPS = 3
_REASON = 100


class _Drawn(BaseModel):
    """Signs by uid; source, target, type and nature by link key: views from before 0.6 lack it."""

    model_config = ConfigDict(strict=True)

    nodes: dict[str, str]
    edges: dict[str, list[str]]


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
    drawn: _Drawn = Field(default_factory=lambda: _Drawn(nodes={}, edges={}))
    seen: dict[str, Any]


def content_of(board: Board) -> dict[str, Any]:
    """Return what is kept of a board: ids, places and how it is seen, no names."""
    asked = board.asked
    # What is gone already is no part of the view from now on.
    there = {
        name: [one for one in board.drawn.get(name, []) if "gone" not in one]
        for name in ("nodes", "edges")
    }
    return {
        "seeds": list(asked.seeds),
        "types": list(asked.types),
        "hops": asked.hops,
        "as_of": asked.as_of.isoformat(),
        "ended": asked.ended,
        "engine": board.engine,
        "shown": list(board.shown),
        "places": {uid: dict(board.places[uid]) for uid in board.shown if uid in board.places},
        "edges": {edge["id"]: said_of(edge) for edge in there.get("edges", [])},
        "drawn": remembered(there),
        "seen": kept(board),
    }


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
    if any(kind == "by:family" for kind, _ in board.seen.groups):
        # Found with the picture: a newer snapshot may have others.
        board.kin = {}
    return board


def _checked(content: Mapping[str, Any]) -> _Kept:
    try:
        return _Kept.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(one) for one in first["loc"])
        value = " ".join(str(first["input"]).split())[:_REASON]
        raise DeskError(f"view's {where}", value, first["msg"]) from None
