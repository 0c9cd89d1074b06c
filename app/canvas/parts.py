"""穿透比例: below names on the canvas, who holds which part of the first party, and it of whom."""

from collections.abc import Mapping
from typing import Any

from app.presenters.ownership_tree import share_range
from app.texts.read import text
from graph.analysis.ownership import holdings, owners
from graph.analysis.view import View
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot


def parts_around(view: View, snapshot: Snapshot, uid: str) -> dict[str, str]:
    """Return the second line of each party that holds a part of `uid`, or of which it holds one.

    In a ring of holdings both are true; who holds comes first.
    """
    place = snapshot.find(uid)
    if place is None or not SCHEMA.is_a(snapshot.label_at(place), "Party"):
        return {}
    found = {
        one.uid: text("network.held_part", share=share_range(one))
        for one in holdings(view, uid).holdings
    }
    if SCHEMA.is_a(snapshot.label_at(place), "Organisation"):
        found |= {
            one.uid: text("network.part", share=share_range(one))
            for one in owners(view, uid).holdings
        }
    return found


def with_parts(drawn: Mapping[str, Any], parts: Mapping[str, str]) -> dict[str, Any]:
    """Return a picture whose nodes have their second line."""
    nodes = [
        {**node, "sub": parts[node["id"]]} if node["id"] in parts else node
        for node in drawn["nodes"]
    ]
    return {**drawn, "nodes": nodes}
