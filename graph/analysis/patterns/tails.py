"""How likely a count is by chance alone: binomial and hypergeometric tails, Wilson's interval."""

import math

# Two-sided 95 percent, as Wilson's interval is commonly given.
Z = 1.959963984540054


def binomial_tail(count: int, trials: int, rate: float) -> float:
    """Return P(X >= count) for `trials` with `rate` 0..1 each.

    >>> f"{binomial_tail(150, 5000, .03):.3f}", f"{binomial_tail(5, 16, .03):.2e}"
    ('0.511', '8.04e-05')
    """
    from scipy import stats  # noqa: PLC0415 - a third of a second at the start of every command

    return float(stats.binom.sf(count - 1, trials, rate))


def hypergeometric_tail(together: int, population: int, one: int, two: int) -> float:
    """Return P(X >= together): `one` and `two` drawn apart from `population` meet so often.

    >>> f"{hypergeometric_tail(12, 1000, 20, 15):.3e}"
    '2.868e-20'
    >>> f"{hypergeometric_tail(1, 1000, 20, 15):.3f}"
    '0.263'
    """
    from scipy import stats  # noqa: PLC0415 - a third of a second at the start of every command

    return float(stats.hypergeom.sf(together - 1, population, one, two))


def wilson(count: int, trials: int) -> tuple[float, float]:
    """Return Wilson's 95 percent interval for a rate, 0..1; the whole range without trials.

    >>> [round(bound, 4) for bound in wilson(12, 40)]
    [0.1807, 0.4543]
    """
    if trials == 0:
        return 0.0, 1.0
    rate = count / trials
    spread = Z * math.sqrt(rate * (1 - rate) / trials + Z * Z / (4 * trials * trials))
    middle, whole = rate + Z * Z / (2 * trials), 1 + Z * Z / trials
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def chance_of_event(rate_by_day: float, days: int) -> float:
    """Return the chance of at least one event in so many days at a constant rate.

    >>> round(chance_of_event(1 / 3650, 90), 4)
    0.0244
    """
    return -math.expm1(-rate_by_day * days)
