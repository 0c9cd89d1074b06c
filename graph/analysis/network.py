"""What surrounds some parties: the part of the graph that is drawn, and what was left out."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.analysis.neighbours import ALL_TYPES, Neighbours, neighbours
from graph.errors import AnalysisError
from graph.model import Bounds, Node, Subgraph
from graph.snapshot import form
from graph.snapshot.reader import Snapshot

# From one node at most so many neighbours at once; the rest is counted (screens.md 3.2).
MOST_AT_ONCE = 50


def network(
    snapshot: Snapshot,
    uids: Sequence[str],
    *,
    hops: int,
    types: Sequence[str] | None,
    as_of: date | None,
    limit: int,
) -> Subgraph:
    """Return the nodes within `hops` links of some parties and every link among them.

    At most `limit` nodes, nearest first; `more` counts what is not shown by node and link type.

    Raises:
        AnalysisError: an unknown party or link type.
    """
    asked = tuple(types) if types else ALL_TYPES
    near = neighbours(snapshot.arrays, asked, as_of)
    places = []
    for uid in uids:
        place = snapshot.find(uid)
        if place is None:
            raise AnalysisError("party", uid, f"is not in snapshot {snapshot.id}")
        places.append(place)
    kept = dict.fromkeys(places)
    ring = list(kept)
    capped = False
    for _ in range(hops):
        following: list[int] = []
        for node in ring:
            for count, (other, _rows) in enumerate(near.others(node)):
                if other in kept:
                    continue
                if len(kept) >= limit or count >= MOST_AT_ONCE:
                    capped = True
                    break
                kept[other] = None
                following.append(other)
        ring = following
    return _subgraph(snapshot, near, list(kept), hops, asked, as_of, capped=capped)


def _subgraph(  # noqa: PLR0913
    snapshot: Snapshot,
    near: Neighbours,
    kept: list[int],
    hops: int,
    asked: tuple[str, ...],
    as_of: date | None,
    *,
    capped: bool,
) -> Subgraph:
    arrays = snapshot.arrays
    inside = np.zeros(arrays["node_flags"].size, np.bool_)
    inside[kept] = True
    shown: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    more: dict[str, dict[str, int]] = {}
    for node in kept:
        # A hub has thousands of links that are not shown: they are counted, not looked at singly.
        rows = near.rows(node)
        source, target = arrays["link_source"][rows], arrays["link_target"][rows]
        among = inside[source] & inside[target]
        shown.append(rows[among & (source != target)])
        hidden = np.bincount(arrays["link_type"][rows[~among]], minlength=len(form.TYPES))
        if hidden.any():
            counts = {form.TYPES[code]: int(hidden[code]) for code in np.flatnonzero(hidden)}
            more[snapshot.uid_at(node)] = dict(sorted(counts.items()))
    rows = np.unique(np.concatenate(shown))
    links = snapshot.links_at(rows)
    nodes: list[Node] = snapshot.nodes([snapshot.uid_at(node) for node in kept])
    left_out = sum(sum(counts.values()) for counts in more.values())
    on = as_of or date.max
    bounds = Bounds(hops, asked, on, snapshot.id, capped=capped, left_out=left_out)
    return Subgraph(nodes, links, bounds, more)
