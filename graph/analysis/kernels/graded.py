"""Levels of all parties, and how many there are of each: every value is read once."""

import numpy as np

from graph.analysis.kernels.factors import Number, Numbers
from graph.loops import loop


def _read_only(array: Numbers) -> Numbers:
    # One kind of array a kernel, whatever it was read from: a second one is compiled by itself.
    plain = np.ascontiguousarray(array).view()
    plain.flags.writeable = False
    return plain


@loop()
def _fill_levels(
    cap: Numbers, floor: Numbers, caps: Numbers, floors: Numbers, found: Numbers
) -> None:
    for party in range(cap.size):
        value, chain = cap[party], floor[party]
        code = 0
        for level in range(caps.size):
            if value >= caps[level] and chain >= floors[level]:
                code = level + 1
        found[party] = code


@loop()
def _tallied(
    level: Numbers, exposure: Numbers, floor: Numbers, counts: Numbers, low: Number, levels: Number
) -> tuple[Numbers, Number, Number]:
    by_level = np.zeros(levels, np.int64)
    exposed, weak = 0, 0
    for party in range(level.size):
        if counts[party]:
            by_level[level[party]] += 1
            lit = exposure[party] > 0.0
            exposed += lit
            weak += lit & (floor[party] < low)
    return by_level, exposed, weak


@loop()
def _below(value: Numbers, less: Number, most: Numbers) -> Numbers:
    # Memory that nothing is written to is not taken.
    found, count = np.empty(value.size, np.int64), 0
    for party in range(value.size):
        if max(value[party] - less, 0.0) < most[party]:
            found[count] = party
            count += 1
    return found[:count].copy()


def below(value: Numbers, less: float, most: Numbers) -> Numbers:
    """Return the places (int64) where a value (parties,), by `less` less but not below 0, is below.

    Below `most` (parties,), that is. They are few.
    """
    found: Numbers = _below(_read_only(value), less, _read_only(most))
    return found


def levels_of(cap: Numbers, floor: Numbers, caps: Numbers, floors: Numbers) -> Numbers:
    """Return the codes of levels (parties,) uint8: of the highest whose bounds both are reached.

    `caps` and `floors` (levels,) are the bounds, from code 1 on; 0: none is.
    """
    found: Numbers = np.empty(cap.size, np.uint8)
    bounds = _read_only(caps), _read_only(floors)
    _fill_levels(_read_only(cap), _read_only(floor), *bounds, found)
    return found


def tallied(
    level: Numbers, exposure: Numbers, floor: Numbers, counts: Numbers, low: float, levels: int
) -> tuple[Numbers, int, int]:
    """Return (by level, exposed, weak) of the parties that `counts` (parties,) bool says are some.

    Exposed: of more than 0; weak: of those, who has no chain of `low` or more.
    """
    values = _read_only(level), _read_only(exposure), _read_only(floor), _read_only(counts)
    by_level, exposed, weak = _tallied(*values, low, levels)
    return by_level, int(exposed), int(weak)
