"""What stands beside a party's name on a day: records by status, and possible doubles."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.analysis.neighbours import neighbours
from graph.snapshot import form
from graph.snapshot.reader import Snapshot
from graph.snapshot.status import status_on

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Marks:
    """Own records of a party by what they came to on a day, and when they were decided.

    `active`, `repaired` and `disputed` are negative ones; `honours` are active honours; `doubles`
    are parties possibly the same.
    """

    active: int = 0
    repaired: int = 0
    disputed: int = 0
    honours: int = 0
    doubles: int = 0
    decided: tuple[date, ...] = ()


def marks(snapshot: Snapshot, uids: Sequence[str], as_of: date) -> dict[str, Marks]:
    """Return the marks of parties that have any; uids that are not there have none."""
    doubles = neighbours(snapshot.arrays, ("POSSIBLY_SAME",), as_of)
    found = {}
    for uid in uids:
        place = snapshot.find(uid)
        if place is None:
            continue
        said = _records(snapshot, place, as_of, int(doubles.rows(place).size))
        if said != Marks():
            found[uid] = said
    return found


def _records(snapshot: Snapshot, place: int, as_of: date, doubles: int) -> Marks:
    arrays = snapshot.arrays
    first, last = (int(one) for one in arrays["rec_start"][place : place + 2])
    rows: NDArray[np.int64] = arrays["rec_row"][first:last].astype(np.int64)
    if not rows.size:
        return Marks(doubles=doubles)
    words = [form.STATUS_CODES[code] for code in status_on(arrays, rows, form.day_number(as_of))]
    positive = arrays["record_positive"][rows] != 0
    kinds = [form.CLASS_CODES[code] for code in arrays["record_class"][rows]]
    negative = Counter(word for word, good in zip(words, positive, strict=True) if not good)
    honours = sum(
        kind == "honour" and word == "active" for kind, word in zip(kinds, words, strict=True)
    )
    days = arrays["record_decided"][rows]
    decided = tuple(
        date.fromordinal(int(day) + _EPOCH) for day in np.unique(days[days != form.NO_DAY])
    )
    return Marks(
        negative["active"], negative["repaired"], negative["disputed"], honours, doubles, decided
    )
