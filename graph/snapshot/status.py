"""The status of a record on a day: what sources say, and what dates decide."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import form

_CODE = {name: place for place, name in enumerate(form.STATUS_CODES)}
# A change of status that has a day: before it the record stood as if it had not been changed.
_CHANGED = [_CODE["repaired"], _CODE["revoked"], _CODE["disputed"]]


def status_on(
    arrays: Mapping[str, NDArray[Any]], rows: NDArray[np.int64], day: int
) -> NDArray[np.uint8]:
    """Return the status code (form.STATUS_CODES) of records `rows` (m,) on a day.

    In order: not yet effective before its day of effect, else of decision, and always where it is
    said to be so without a day of effect (a decision takes effect later); repaired, revoked or
    disputed from the day of that change on (always, where the change has no day); expired once it
    was removed from its list or its publication ended; else active. The last day of publication
    counts.
    """
    said = arrays["record_status"][rows].astype(np.int64)
    decided = arrays["record_decided"][rows].astype(np.int64)
    effective = arrays["record_effective"][rows].astype(np.int64)
    until = arrays["record_until"][rows].astype(np.int64)
    ended = arrays["record_ended"][rows].astype(np.int64)
    waiting = said == _CODE["not_yet_effective"]
    begins = np.where((effective != form.NO_DAY) | waiting, effective, decided)
    early = np.where(begins != form.NO_DAY, begins > day, waiting)
    changed = np.isin(said, _CHANGED) & ((ended == form.NO_DAY) | (ended <= day))
    removed = (ended != form.NO_DAY) & (ended <= day) & ~np.isin(said, _CHANGED)
    over = (until != form.NO_DAY) & (until < day)
    found = np.select(
        [early, changed, removed | over | (said == _CODE["expired"])],
        [_CODE["not_yet_effective"], said, _CODE["expired"]],
        _CODE["active"],
    )
    return found.astype(np.uint8)


def active_records(
    arrays: Mapping[str, NDArray[Any]], parties: Sequence[int], day: int
) -> dict[int, int]:
    """Return how many negative records of each party are active on a day; parties without: none."""
    found: dict[int, int] = {}
    starts, listed = arrays["rec_start"], arrays["rec_row"]
    active = _CODE["active"]
    for party in parties:
        rows = listed[int(starts[party]) : int(starts[party + 1])].astype(np.int64)
        if rows.size:
            rows = rows[arrays["record_positive"][rows] == 0]
            count = int((status_on(arrays, rows, day) == active).sum())
            if count:
                found[party] = count
    return found
