"""The Cypher and the command behind what is on the canvas: the whole view, a node or a link."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.canvas.board import Board
from graph.snapshot.form import SIGNS_FOR

# As many rows as the canvas usually draws nodes (screens.md 3.5).
_ROWS = 300


@dataclass(frozen=True, slots=True)
class Statement:
    """What was asked, as a command line, as Cypher and with the values of its parameters."""

    command: str
    cypher: str
    params: Mapping[str, object]


def statement_of(board: Board) -> Statement:
    """Return the statement of what a person asked about last, of the whole view at first."""
    kind, about = board.about or ("view", "")
    if kind == "node":
        return _node(board, about)
    edge = next((one for one in board.drawn["edges"] if one["id"] == about), None)
    return _whole(board) if edge is None else _edge(board, edge)


def _show(board: Board, uid: str) -> str:
    return f"xinmai show {uid} --as-of {board.asked.as_of} --json"


def _node(board: Board, uid: str) -> Statement:
    cypher = (
        "MATCH (node {uid: $uid})\n"
        "MATCH (node)-[link]-(other)\n"
        "RETURN node.uid AS uid, type(link) AS link, link.key AS key, other.uid AS other_uid,\n"
        "  other.name AS other_name\n"
        f"ORDER BY key LIMIT {_ROWS}"
    )
    return Statement(_show(board, uid), cypher, {"uid": uid})


def _edge(board: Board, edge: Mapping[str, str]) -> Statement:
    source, target, kind = edge["from"], edge["to"], edge["type"]
    if kind == SIGNS_FOR:
        # Derived, and so not in the store: it stands on the engagements that were signed.
        path = "-[:SIGNED]->(work:Engagement)-[:ENGAGED_FOR]->"
        returned, order = "work.uid AS uid, work.name AS name", "uid"
    else:
        path, returned = f"-[link:{kind}]->", "link.key AS key, properties(link) AS values"
        order = "key"
    cypher = (
        "MATCH (source {uid: $source})\n"
        f"MATCH (source){path}(target {{uid: $target}})\n"
        f"RETURN {returned}\n"
        f"ORDER BY {order} LIMIT {_ROWS}"
    )
    return Statement(_show(board, source), cypher, {"source": source, "target": target})


def _whole(board: Board) -> Statement:
    asked = board.asked
    kinds = ":" + "|".join(asked.types) if asked.types else ""
    one = len(asked.seeds) == 1
    standing = (
        "WHERE all(link IN relationships(path) WHERE\n"
        "  (link.valid_from IS NULL OR link.valid_from <= $as_of)\n"
        "  AND (link.valid_to IS NULL OR link.valid_to > $as_of))\n"
    )
    start = "(party:Party {uid: $uid})" if one else "(party:Party) WHERE party.uid IN $uids"
    cypher = (
        f"MATCH {start}\n"
        f"MATCH path = (party)-[{kinds}*1..{max(1, asked.hops)}]-(other)\n"
        f"{'' if asked.ended else standing}"
        "RETURN DISTINCT other.uid AS uid, other.name AS name, length(path) AS hops\n"
        f"ORDER BY hops, uid LIMIT {_ROWS}"
    )
    params: dict[str, object] = {"uid": asked.seeds[0]} if one else {"uids": list(asked.seeds)}
    if not asked.ended:
        params["as_of"] = asked.as_of.isoformat()
    return Statement(_show(board, asked.seeds[0]), cypher, params)
