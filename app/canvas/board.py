"""One session on the canvas: what is shown, how it is seen, and the picture that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Any

from app.bootstrap import Services
from app.canvas.component import packed
from app.canvas.events import LIMITS, MOST_NOTE, Act, Message, Seen, Sent
from app.canvas.newer import Ghosts, show
from app.presenters.layout import Engine, fan, places
from app.presenters.paths import listed_paths
from app.presenters.picture import MOST_NODES, Look, kinds, level_said, picture
from graph.analysis.expansion import ORDERS, Order, Wanted, expansion, in_common
from graph.analysis.families import families
from graph.analysis.levels import level_of
from graph.analysis.marks import marks
from graph.analysis.network import MOST_AT_ONCE, network
from graph.analysis.party import link_sources
from graph.model import Bounds, Path, Subgraph
from graph.schema.catalog import SCHEMA

# Paths that are listed beside the canvas; more would be lit one after another without an end.
MOST_PATHS = 20
PATH_HOPS = 4
# Levels are computed for so long before the first picture; what a click brings is drawn before any:
# one beside a hub takes .1 s on a million parties, half of what a click may take (screens.md 7).
# The canvas asks for the rest, piece by piece; a click meanwhile waits for a piece at most.
FIRST_SECONDS, PIECE_SECONDS = 0.02, 0.15


@dataclass(frozen=True, slots=True)
class Asked:
    """What a canvas starts from; `ended` shows links that have ended too."""

    seeds: tuple[str, ...]
    types: tuple[str, ...]
    hops: int
    as_of: date
    snapshot: str
    ended: bool = False

    @property
    def day(self) -> date | None:
        """Return the day on which links must stand, None for links of all times."""
        return None if self.ended else self.as_of


@dataclass
class Board:
    """What one session has on its canvas; ids and places, and the picture drawn last.

    `revision` grows with what is drawn, `arranged` with each layout: then the canvas takes every
    place anew. `told` is a text's key and its values, to be said once.
    `waiting` are parties whose level is not computed yet. What a newer snapshot has done to a view
    that was kept on `then`: `marked` are signs by link key or uid, `gone` is shown where it was.
    `kin` is whose family each party belongs to, once somebody has asked. `drafted` is false while
    the draft is behind. `links` counts those of what is shown, within `bounds`. Between two runs it
    is packed (resting.py): `rested` is what it then holds, `runs` how many work with it.
    """

    asked: Asked
    shown: dict[str, None] = field(default_factory=dict)
    capped: bool = False
    engine: Engine = "sfdp"
    places: dict[str, Mapping[str, float]] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    seq: int = 0
    revision: int = 0
    arranged: int = 0
    paths: tuple[Path, ...] = field(default_factory=tuple)
    ends: tuple[str, str] | None = None
    token: str = ""
    panel: bool = True
    about: tuple[str, str] | None = None
    told: tuple[str, Mapping[str, object]] | None = None
    levels: dict[str, tuple[str, float]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    marked: dict[str, str] = field(default_factory=dict)
    gone: Ghosts = field(default_factory=Ghosts)
    then: str = ""
    kin: dict[str, str] | None = None
    drawn: dict[str, Any] = field(default_factory=dict)
    drawn_for: tuple[str, tuple[str, ...]] | None = None
    heard: bool = False
    drafted: bool = True
    language: str = "zh"
    bounds: Bounds | None = None
    links: int = 0
    rested: bytes = b""
    runs: int = 0

    def sent(self) -> Sent:
        """Return the ids that the canvas may speak of."""
        drawn = self.drawn
        if not drawn:
            return Sent((), ())
        return Sent(
            {node["id"] for node in drawn["nodes"]},
            {edge["id"] for edge in drawn["edges"]},
            drawn["types"].keys(),
        )

    def visible(self) -> tuple[Sequence[str], Sequence[str]]:
        """Return the ids of visible nodes and links: what list, count and files hold.

        Until the canvas has spoken everything is visible.
        """
        if not self.heard:
            return (
                [node["id"] for node in self.drawn["nodes"]],
                [edge["id"] for edge in self.drawn["edges"]],
            )
        return self.seen.nodes, self.seen.edges

    def take(self, message: Message) -> None:
        """Remember how the canvas is seen."""
        self.seq, self.seen, self.heard = message.seq, message.seen, True
        self.drafted = False
        self.places.update(message.seen.positions)


def begin(services: Services, board: Board) -> None:
    """Put the surroundings of the seeds on the canvas."""
    asked = board.asked
    seeds = list(asked.seeds)
    if len(seeds) > MOST_NODES:
        board.shown = dict.fromkeys(seeds)
        return
    # A pasted list is shown whole, however small the site's limit for surroundings is.
    limit = max(services.settings.canvas_limit, len(seeds))
    first = network(
        services.loaded_snapshot(),
        seeds,
        hops=asked.hops,
        types=asked.types or None,
        as_of=asked.day,
        limit=limit,
    )
    board.shown = dict.fromkeys(node.uid for node in first.nodes)
    board.capped = first.bounds.capped


def part_of(services: Services, board: Board) -> Subgraph:
    """Return what is on the canvas with every link among it."""
    asked = board.asked
    types = asked.types
    if types:
        types = tuple(dict.fromkeys([*types, *(k.type for p in board.paths for k in p.links)]))
    found = network(
        services.loaded_snapshot(),
        list(board.shown),
        hops=0,
        types=types or None,
        as_of=asked.day,
        limit=max(MOST_NODES, len(board.shown)),
    )
    policy = services.policy().version
    bounds = replace(
        found.bounds, hops=asked.hops, as_of=asked.as_of, capped=board.capped, policy=policy
    )
    return replace(found, bounds=bounds)


def redraw(services: Services, board: Board, language: str) -> None:
    """Make the picture of what is shown now."""
    part = part_of(services, board)
    board.bounds, board.links = part.bounds, len(part.links)
    uids = [node.uid for node in part.nodes]
    drawable = len(uids) <= MOST_NODES
    snapshot = services.loaded_snapshot()
    parties = [node.uid for node in part.nodes if "Party" in node.labels]
    board.waiting = tuple(uid for uid in parties if uid not in board.levels) if drawable else ()
    if not board.drawn:
        board.waiting = _reckon(services, board, board.waiting, FIRST_SECONDS)
    look = Look(
        language,
        board.engine,
        board.asked.seeds[0],
        marks(snapshot, uids, board.asked.as_of) if drawable else {},
        board.levels,
        link_sources(snapshot, part.links) if drawable else {},
        frozenset(board.waiting),
    )
    board.drawn = picture(part, look, board.places)
    for node in board.drawn["nodes"]:
        board.places[node["id"]] = {"x": node["x"], "y": node["y"]}
    if board.kin is not None:
        join_families(services, board)
    compare(board, language)
    board.drawn_for = (language, tuple(board.shown))


def compare(board: Board, language: str) -> None:
    """Put what a newer snapshot has changed onto the picture that is there."""
    show(board.drawn, board.gone, board.marked, language)
    board.revision += 1


def join_families(services: Services, board: Board) -> None:
    """Say of each party on the picture whose family it belongs to."""
    snapshot = services.loaded_snapshot()
    organisations = [
        node["id"]
        for node in board.drawn["nodes"]
        if SCHEMA.is_a(node["style"], "Organisation") and "gone" not in node
    ]
    board.kin = families(services.view(board.asked.as_of), organisations)
    for node in board.drawn["nodes"]:
        if node["id"] in board.kin:
            node["family"] = board.kin[node["id"]]
    heads = sorted(set(board.kin.values()))
    board.drawn["families"] = {uid: snapshot.node(uid).name for uid in heads}


def _reckon(
    services: Services, board: Board, parties: Sequence[str], seconds: float
) -> tuple[str, ...]:
    """Compute levels until so many seconds are over; return whose are still waited for.

    Each is computed once a session, at least one a piece.
    """
    view = services.view(board.asked.as_of)
    until = perf_counter() + seconds
    for place, uid in enumerate(parties):
        if uid in board.levels:
            continue
        board.levels[uid] = level_of(view, uid)
        if perf_counter() > until:
            return tuple(one for one in parties[place:] if one not in board.levels)
    return ()


def go_on(services: Services, board: Board) -> None:
    """Compute the next piece of the levels that are waited for and put them onto the picture."""
    waited = board.waiting
    board.waiting = _reckon(services, board, waited, PIECE_SECONDS)
    known = set(waited) - set(board.waiting)
    for node in board.drawn["nodes"]:
        if node["id"] in known:
            node.pop("wait", None)
            node.update(level_said(*board.levels[node["id"]]))
    board.revision += 1


def expand(services: Services, board: Board, act: Act) -> None:
    """Add neighbours of one node around it; nothing else moves."""
    room = MOST_NODES - len(board.shown)
    uid = act.nodes[0]
    limit = min(room, int(str(act.args.get("limit", LIMITS[-1]))))
    wanted = Wanted(
        max(0, limit),
        tuple(act.args["types"]) or board.asked.types or None,  # type: ignore[arg-type]  # checked
        _order(board, act, limit),
        act.args["way"],  # type: ignore[arg-type]  # checked by read_message
        bool(act.args["with_record"]),
    )
    found = expansion(
        services.loaded_snapshot(),
        uid,
        board.shown,
        wanted,
        board.asked.day,
        lambda other: _worth(services, board, other),
    )
    _add(board, uid, found.uids)
    known: dict[str, object] = {"count": len(found.uids), "left": found.left}
    if room <= len(found.uids) and found.left:
        board.told = ("network.full", {"most": MOST_NODES, **known})
    elif not found.uids:
        board.told = ("network.none_added", known)
    else:
        board.told = ("network.added", known)


def expand_common(services: Services, board: Board, act: Act) -> None:
    """Add who is a neighbour of each of the nodes that are selected."""
    asked = board.asked
    snapshot = services.loaded_snapshot()
    found = in_common(snapshot, act.nodes, board.shown, asked.types or None, asked.day)
    taken = found[: max(0, min(LIMITS[-1], MOST_NODES - len(board.shown)))]
    _add(board, act.nodes[0], taken)
    known = {"count": len(taken), "left": len(found) - len(taken), "nodes": len(act.nodes)}
    key = "common_added" if taken else "full" if found else "common_none"
    board.told = (f"network.{key}", {**known, "most": MOST_NODES})


def _order(board: Board, act: Act, limit: int) -> Order:
    """Return the order that was asked for; where all of them come, none that must be computed."""
    asked = next(one for one in ORDERS if one == act.args["order"])
    known = (one for one in board.drawn["nodes"] if one["id"] == act.nodes[0])
    found: Mapping[str, Any] = next(known, {})
    more: Mapping[str, int] = found.get("more", {})
    return "degree" if asked == "exposure" and sum(more.values()) <= limit else asked


def _worth(services: Services, board: Board, uid: str) -> float:
    """Return the exposure of a party, nothing for what is no party."""
    snapshot = services.loaded_snapshot()
    place = snapshot.find(uid)
    if place is None or not SCHEMA.is_a(snapshot.label_at(place), "Party"):
        return 0.0
    if uid not in board.levels:
        board.levels[uid] = level_of(services.view(board.asked.as_of), uid)
    return board.levels[uid][1]


def _add(board: Board, beside: str, uids: Sequence[str]) -> None:
    fresh = [uid for uid in uids if uid not in board.shown]
    known = {uid: at for uid, at in board.places.items() if uid in board.shown}
    for uid, (x, y) in fan(beside, fresh, known).items():
        board.places[uid] = {"x": x, "y": y}
    board.shown |= dict.fromkeys(fresh)


def join(services: Services, board: Board, act: Act) -> None:
    """Look for the paths between two nodes and put what lies on them onto the canvas."""
    first, second = act.nodes
    found = services.paths(first, second, board.asked.as_of, hops=PATH_HOPS)
    board.ends, board.paths = (first, second), tuple(found.paths[:MOST_PATHS])
    for path in board.paths:
        _add(board, first, path.nodes)
    known: dict[str, object] = {"count": len(board.paths), "hops": PATH_HOPS}
    if found.bounds.timed_out:
        key = "network.paths_late"
    elif found.paths:
        key = "network.paths_found"
    else:
        key = "network.paths_capped" if found.bounds.capped else "network.paths_none"
    board.told = (key, known)


def arrange(board: Board, engine: Engine) -> None:
    """Lay everything out anew; what a person pinned stays."""
    board.engine = engine
    nodes, edges = (
        [one for one in board.drawn[name] if "gone" not in one] for name in ("nodes", "edges")
    )
    uids = [node["id"] for node in nodes]
    ends = [(edge["from"], edge["to"]) for edge in edges]
    for uid, (x, y) in places(uids, ends, engine, board.asked.seeds[0]).items():
        if uid not in board.seen.pinned:
            board.places[uid] = {"x": x, "y": y}
    board.arranged += 1


def payload(services: Services, board: Board, extra: Mapping[str, Any], language: str) -> bytes:
    """Return the picture with all that the canvas needs to know, packed."""
    return packed(
        {
            **board.drawn,
            "then": board.then,
            "kin": board.kin is not None,
            "revision": board.revision,
            "arranged": board.arranged,
            "engine": board.engine,
            "lang": language,
            "kinds": kinds(language),
            "anchor": board.asked.seeds[0],
            "hops": board.asked.hops,
            "ends": list(board.ends or ()),
            "paths": listed_paths(board.paths, services.loaded_snapshot(), language),
            "limits": {
                "usual": services.settings.canvas_limit,
                "most": MOST_NODES,
                "once": MOST_AT_ONCE,
                "choose": list(LIMITS),
                "note": MOST_NOTE,
            },
            "waiting": len(board.waiting),
            "restore": {"token": board.token, "view": kept(board)},
            **extra,
        }
    )


def kept(board: Board) -> dict[str, Any]:
    """Return how the canvas is seen, as it is sent back and saved."""
    seen = board.seen
    return {
        "pinned": list(seen.pinned),
        "hidden": list(seen.hidden),
        "off": list(seen.off),
        "groups": [list(group) for group in seen.groups],
        "filters": dict(seen.filters),
        "chosen_nodes": list(seen.chosen_nodes),
        "chosen_edges": list(seen.chosen_edges),
        "zoom": seen.zoom,
        "centre": None if seen.centre is None else dict(seen.centre),
    }
