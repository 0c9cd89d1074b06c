"""How many links each party is from the nearest negative record, leads not counted as links."""

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import form
from graph.snapshot.arrays import spread
from graph.snapshot.reader import Snapshot

# One a snapshot, kept as long as the snapshot is open.
_STEPS: WeakKeyDictionary[Snapshot, NDArray[np.uint8]] = WeakKeyDictionary()


def conducts(kinds: NDArray[Any], given: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which links may pass exposure on: by type or by a factor of their own, no leads.

    `kinds` (m,) are codes of types, `given` (m,) factors in ppm or UNKNOWN.
    """
    types = np.array(
        [name in form.CONDUCTING and name != "POSSIBLY_SAME" for name in form.TYPES], np.bool_
    )
    found: NDArray[np.bool_] = types[kinds] | (given != form.UNKNOWN)
    return found


def steps_to_records(snapshot: Snapshot) -> NDArray[np.uint8]:
    """Return (n,) links to the nearest negative record, direction and day ignored; FAR for more.

    The array `near` of a snapshot follows leads as well: of two that may be one, each would be one
    link from the other's records before anybody decided.
    """
    if snapshot not in _STEPS:
        arrays = snapshot.arrays
        steps = np.full(arrays["near"].size, form.FAR, np.uint8)
        begin = np.flatnonzero(arrays["near"] == 0).astype(np.int64)
        steps[begin] = 0
        spread(
            steps,
            begin,
            np.asarray(arrays["out_start"], np.int64),
            np.asarray(arrays["out_link"], np.int32),
            np.asarray(arrays["in_start"], np.int64),
            np.asarray(arrays["in_link"], np.int32),
            np.asarray(arrays["link_source"], np.int32),
            np.asarray(arrays["link_target"], np.int32),
            conducts(arrays["link_type"], arrays["link_p"]),
        )
        _STEPS[snapshot] = steps
    return _STEPS[snapshot]
