"""By how much a policy would have to conduct less for a scan of a graph to be accepted."""

from functools import cache

from graph.analysis.view import View, open_view
from graph.analysis.whole_graph import pairs_on, radius_on
from graph.policy.read import Policy

# Scales are looked for in thousandths.
_STEPS = 1_000


def scaled(policy: Policy, scale: float) -> Policy:
    """Return the policy with every factor multiplied, those given with links included."""
    return policy.model_copy(update={"scale": scale})


def largest_scale(view: View, radius: float) -> float:
    """Return the largest scale in thousandths under which the graph of a view is accepted.

    `radius` is that of the view's policy; each candidate is tried on the graph itself, as factors
    are rounded and capped. The radius grows with the scale, about in proportion.
    """
    limit = view.policy.spectral_limit

    @cache
    def accepted(step: int) -> bool:
        if step <= 0:
            return True
        policy = scaled(view.policy, step / _STEPS)
        return radius_on(pairs_on(open_view(view.snapshot, policy, view.as_of))) <= limit

    low = min(_STEPS - 1, int(limit / radius * _STEPS)) if radius > 0 else _STEPS - 1
    high, width = low + 1, 1
    while not accepted(low):
        low, high, width = max(0, low - width), low, 2 * width
    while high < _STEPS and high - low == 1 and accepted(high):
        low, high = high, high + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(middle) else (low, middle)
    return low / _STEPS
