"""What the arrays after an edit take over from those before: only new rows are looked up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.snapshot.mapped import Edit, order_after
from graph.snapshot.numeric import IntArray

Places = NDArray[np.int32]
Arrays = Mapping[str, NDArray[Any]]
_GONE = -1


@dataclass(frozen=True, slots=True)
class Carried:
    """Nodes as places in the table after the edit, and what stands at a node because of its row.

    `source`, `target` (links,), `subject` (records,), `holder` (mentions,): -1 where there is none.
    `flags`, `stop` (nodes,) are those of kept rows; `made` are the places of the others.
    """

    source: Places
    target: Places
    subject: Places
    holder: Places
    flags: NDArray[np.uint8]
    stop: NDArray[np.uint8]
    made: IntArray


def carried(
    arrays: Arrays,
    heights: Mapping[str, int],
    edits: Mapping[str, Edit],
    uids: pl.Series,
) -> Carried | None:
    """Return what is taken over from `arrays`; `heights` are the rows of the tables before.

    None where a link or record names no node of `uids`: whoever looks at all rows says which.
    """
    orders = {name: order_after(heights[name], edits[name]) for name in heights}
    nodes, lost = orders["nodes"], edits["nodes"].gone
    # Where each node before now stands; the last is for "nowhere".
    now = np.full(heights["nodes"] + edits["nodes"].made.height + 1, _GONE, np.int32)
    now[nodes] = np.arange(nodes.size, dtype=np.int32)
    # A row that was replaced is there under its uid.
    replaced = [uid.decode() for uid in arrays["uids"][lost].tolist()]
    now[lost] = _places(pl.Series(replaced, dtype=pl.String), uids)

    def ends(table: str, column: str, before: IntArray) -> Places:
        made = _places(edits[table].made[column], uids)
        return np.concatenate([now[before], made])[orders[table]]

    source, target = (
        ends("links", end, np.asarray(arrays[f"link_{end}"][: heights["links"]], np.int64))
        for end in ("source", "target")
    )
    subject = ends("records", "subject", np.asarray(arrays["record_subject"], np.int64))
    if any(one.size and one.min() < 0 for one in (source, target, subject)):
        return None
    return Carried(
        source=source,
        target=target,
        subject=subject,
        holder=ends("mentions", "uid", _holders(arrays, heights["mentions"])),
        flags=_kept(arrays["node_flags"], nodes),
        stop=_kept(arrays["node_stop"], nodes),
        made=np.flatnonzero(nodes >= heights["nodes"]),
    )


def _places(wanted: pl.Series, uids: pl.Series) -> Places:
    """Return where each of some uids stands in `uids`, which are in order; -1 where it does not."""
    if not len(wanted) or not len(uids):
        return np.full(len(wanted), _GONE, np.int32)
    found = uids.search_sorted(wanted.fill_null("")).to_numpy()
    found = np.minimum(found, len(uids) - 1)
    there = (uids[found] == wanted).fill_null(value=False).to_numpy()
    return np.where(there, found, _GONE).astype(np.int32)


def _holders(arrays: Arrays, rows: int) -> IntArray:
    """Return the node of each mention before, the last place of all for none."""
    starts: IntArray = np.asarray(arrays["men_start"], np.int64)
    counts = starts[1:] - starts[:-1]
    held = np.full(rows, _GONE, np.int64)
    held[np.asarray(arrays["men_row"], np.int64)] = np.repeat(np.arange(counts.size), counts)
    return held


def _kept(values: NDArray[Any], order: IntArray) -> NDArray[np.uint8]:
    found = np.zeros(order.size, np.uint8)
    kept = order < values.size
    found[kept] = values[order[kept]]
    return found
