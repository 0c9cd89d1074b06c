"""A canvas as it is kept on the desk and opened again, on the same snapshot or a newer one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.bootstrap import Services
from app.canvas.board import Asked, Board, kept
from app.canvas.events import Sent, read_seen
from app.presenters.layout import ENGINES
from graph.errors import DeskError


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
        DeskError: none of what it started from is there any more.
    """
    snapshot = services.loaded_snapshot()
    today: dict[str, str] = {}
    for uid in content["shown"]:
        place = snapshot.find(uid)
        if place is not None:
            # A merge since then may have given a party another uid.
            today[uid] = snapshot.uid_at(place)
    seeds = tuple(dict.fromkeys(today[uid] for uid in content["seeds"] if uid in today))
    if not seeds:
        raise DeskError(
            "view", "、".join(content["seeds"])[:100], "starts from nobody that is known"
        )
    asked = Asked(
        seeds,
        tuple(content["types"]),
        int(content["hops"]),
        date.fromisoformat(content["as_of"]),
        snapshot.id,
        bool(content["ended"]),
    )
    board = Board(asked, dict.fromkeys(today.values()), token=token)
    board.engine = next((one for one in ENGINES if one == content["engine"]), "sfdp")
    board.places = {today[uid]: at for uid, at in content["places"].items() if uid in today}
    board.seen = read_seen(content["seen"], Sent(set(board.shown), set(content["edges"])))
    return board


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
