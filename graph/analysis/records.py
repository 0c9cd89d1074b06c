"""How strong records are on the day: class, severity, status, publication (method 2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Changes
from graph.analysis.view import View
from graph.snapshot import form
from graph.snapshot.status import status_on

Ints = NDArray[np.int64]
_ACTIVE = form.STATUS_CODES.index("active")


@dataclass(frozen=True, slots=True)
class Seeds:
    """Records with a strength above 0, by node: `first[i]:first[i + 1]` are those of node i."""

    first: Ints
    uids: tuple[str, ...]
    strength: Ints
    act: Ints
    cites: Ints
    clamped: int


def _given_or_table(view: View, rows: Ints) -> tuple[Ints, int]:
    arrays = view.snapshot.arrays
    given = arrays["record_strength"][rows].astype(np.int64)
    table = view.strength_table[arrays["record_class"][rows], arrays["record_severity"][rows]]
    if view.policy.publication.rule == "fade":
        decided = arrays["record_decided"][rows].astype(np.int64)
        severity = arrays["record_severity"][rows]
        weight = [
            1.0
            if day == form.NO_DAY
            else view.policy.publication.weight(form.SEVERITY_CODES[code], view.day - int(day))
            for day, code in zip(decided.tolist(), severity.tolist(), strict=True)
        ]
        table = form.to_ppm(table * np.array(weight, np.float64) / form.WHOLE_PPM)
    cap = round(view.policy.strength_cap * form.WHOLE_PPM)
    strength = np.where(given != form.UNKNOWN, np.minimum(given, cap), table)
    return strength.astype(np.int64), int((given > cap).sum())


def seeds_at(view: View, nodes: Ints, changes: Changes) -> Seeds:
    """Return the records that count at each of `nodes` (places, n) on the view's day.

    Only what is active counts; positive records never do. Dropped records are left out, added
    ones come last.
    """
    arrays = view.snapshot.arrays
    starts = np.asarray(arrays["rec_start"])[nodes].astype(np.int64)
    ends = np.asarray(arrays["rec_start"])[nodes + 1].astype(np.int64)
    counts = ends - starts
    owner = np.repeat(np.arange(nodes.size), counts)
    offset = np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.asarray(arrays["rec_row"])[np.repeat(starts, counts) + offset].astype(np.int64)
    counted = (status_on(arrays, rows, view.day) == _ACTIVE) & (
        arrays["record_positive"][rows] == 0
    )
    strength, clamped = _given_or_table(view, rows)
    uids = view.snapshot.record_uids(rows[counted & (strength > 0)])
    keep = np.flatnonzero(counted & (strength > 0))
    dropped = np.array([uid in changes.records for uid in uids], np.bool_)
    keep = keep[~dropped]
    names = [uid for uid in uids if uid not in changes.records]
    places = (
        {int(place): node for node, place in enumerate(nodes.tolist())} if changes.added else {}
    )
    fresh = [item for item in changes.added if item.subject in places and item.strength > 0]
    owner = np.concatenate([owner[keep], [places[item.subject] for item in fresh]]).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    none = np.full(len(fresh), form.NO_DAY)
    uncited = np.full(len(fresh), -1)
    added = np.array([item.strength for item in fresh], np.int64)
    act = np.concatenate([arrays["record_act"][rows[keep]], none]).astype(np.int64)
    cites = np.concatenate([arrays["record_cites"][rows[keep]], uncited]).astype(np.int64)
    names = [*names, *(item.uid for item in fresh)]
    first = np.zeros(nodes.size + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=nodes.size), out=first[1:])
    return Seeds(
        first=first,
        uids=tuple(names[place] for place in order.tolist()),
        strength=np.concatenate([strength[keep], added])[order],
        act=act[order],
        cites=cites[order],
        clamped=clamped,
    )
