"""Whether a policy amplifies on a graph: the radius of its non-backtracking operator."""

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.factors import WHOLE, Rules, Web
from graph.analysis.kernels.spectral import non_backtracking_radius
from graph.analysis.kernels.whole import pair_factors
from graph.errors import PolicyError
from graph.policy.read import Policy

Ints = NDArray[np.int64]
_ROUNDS = 400
_CLOSE = 1e-7


def reverse_of(source: Ints, target: Ints, size: int) -> Ints:
    """Return the place of each edge's reverse (edges,), or -1; edges are unique pairs."""
    forward = source.astype(np.int64) * size + target
    backward = target.astype(np.int64) * size + source
    if forward.size == 0:
        return forward
    order = np.argsort(forward)
    place = np.searchsorted(forward, backward, sorter=order)
    found = order[np.minimum(place, forward.size - 1)]
    return np.where(forward[found] == backward, found, -1).astype(np.int64)


def radius_of(web: Web, rules: Rules, day: int) -> float:
    """Return the spectral radius of the weighted non-backtracking operator; links x 400 steps."""
    source, target, p = pair_factors(web, rules, day)
    size = web.blocked.size
    back = reverse_of(source, target, size)
    radius: float = non_backtracking_radius(size, source, target, p / WHOLE, back, _ROUNDS, _CLOSE)
    return radius


def refuse(policy: Policy, radius: float, snapshot: str) -> None:
    """Do nothing, or PolicyError where the radius is above the policy's limit."""
    if radius > policy.spectral_limit:
        raise PolicyError(
            f"policy {policy.version}",
            round(radius, 3),
            f"has a spectral radius above {policy.spectral_limit} on snapshot {snapshot}: "
            "everything would light up",
        )
