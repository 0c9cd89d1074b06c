"""The whole relation of control on a day: every holder with every company it controls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.voting import ballots, control_pairs
from graph.analysis.view import View

# A chain of n companies has n²/2 pairs: beyond this many the answer says that it was cut off.
MOST_PAIRS = 100_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """One entry a pair, by holder: places of holder and company, votes gathered and base in ppm."""

    holder: NDArray[np.int32]
    company: NDArray[np.int32]
    votes: NDArray[np.int64]
    base: NDArray[np.int64]
    capped: bool


def all_pairs(view: View) -> Pairs:
    """Return all pairs of the view's day; pooled holders are left to `controls_together`."""
    starts, company, votes, base = ballots(view.web, view.day)
    holder, controlled, gathered, capped = control_pairs(starts, company, votes, base, MOST_PAIRS)
    return Pairs(holder, controlled, gathered, base[controlled].astype(np.int64), capped)
