"""How strong every record is on a day under a policy, computed once for all parties (method 2)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.policy.read import Policy, Publication
from graph.snapshot import form
from graph.snapshot.numeric import to_ppm
from graph.snapshot.status import status_on

Ints = NDArray[np.int64]
Table = NDArray[np.int64]
_ACTIVE = form.STATUS_CODES.index("active")
# Apart from each other by more days than any two dates are.
_SEVERITY = 1 << 40


class Strengths(NamedTuple):
    """Records by party: those of party i stand at `start[i]:start[i + 1]`, one element each.

    `row` is the record's row in the snapshot, `strength` ppm, 0 where it does not count; `act` its
    day or form.NO_DAY; `cites` the place of an engagement or -1; `over` 1 where a given strength
    was above the cap.
    """

    start: Ints
    row: NDArray[np.int32]
    strength: NDArray[np.int32]
    act: NDArray[np.int32]
    cites: NDArray[np.int32]
    over: NDArray[np.uint8]


def _weights(
    publication: Publication, severity: NDArray[Any], decided: Ints, day: int
) -> NDArray[np.float64]:
    """Return tau of records; each pair of a severity and a day of decision is reckoned once."""
    pairs, places = np.unique(severity * _SEVERITY + decided, return_inverse=True)
    found = np.ones(pairs.size)
    for place, pair in enumerate(pairs.tolist()):
        code = (pair - form.NO_DAY) // _SEVERITY
        decided_on = pair - code * _SEVERITY
        if decided_on != form.NO_DAY:
            found[place] = publication.weight(form.SEVERITY_CODES[code], day - decided_on)
    weights: NDArray[np.float64] = found[places]
    return weights


def strengths_on(
    arrays: Mapping[str, NDArray[Any]], policy: Policy, day: int, table: Table
) -> Strengths:
    """Return the strengths of all records; `table` (classes, severities) ppm is the policy's.

    Only what is active on the day counts; positive records never do.
    """
    rows = np.asarray(arrays["rec_row"]).astype(np.int64)
    given = arrays["record_strength"][rows].astype(np.int64)
    severity = arrays["record_severity"][rows].astype(np.int64)
    said = table[arrays["record_class"][rows], severity]
    if policy.publication.rule == "fade":
        decided = arrays["record_decided"][rows].astype(np.int64)
        weight = _weights(policy.publication, severity, decided, day)
        said = to_ppm(said * weight / form.WHOLE_PPM)
    cap = round(policy.strength_cap * form.WHOLE_PPM)
    strength = np.where(given != form.UNKNOWN, np.minimum(given, cap), said)
    counts = (status_on(arrays, rows, day) == _ACTIVE) & (arrays["record_positive"][rows] == 0)
    return Strengths(
        start=np.asarray(arrays["rec_start"]).astype(np.int64, copy=False),
        row=rows.astype(np.int32),
        strength=np.where(counts, strength, 0).astype(np.int32),
        act=arrays["record_act"][rows].astype(np.int32),
        cites=arrays["record_cites"][rows].astype(np.int32),
        over=(given > cap).astype(np.uint8),
    )
