"""Places in the order of their keys, digit by digit: what a sort by comparisons takes longer for.

Keys that are equal, as shares and factors around one hub are by the hundred, keep their order.
"""

import numpy as np

from graph.analysis.kernels.factors import Numbers
from graph.loops import loop

# Bits of a digit: the counts of all eight fit the first cache.
_BITS = 8
_DIGITS = 64 // _BITS
_VALUES = 1 << _BITS
_LOW = np.uint64(_VALUES - 1)
_SIGN = np.uint64(1 << 63)


@loop()
def in_order(key: Numbers, place: Numbers) -> Numbers:
    """Return places (n,) int64 by their keys, least first, equal ones in the order given.

    `key` int64 is by place. What is counted is each digit of 8 bits, from the last to the first;
    one that all have alike is passed over. H. H. Seward, 1954; Knuth, The Art of Computer
    Programming 3, 5.2.5.
    """
    count = np.zeros((_DIGITS, _VALUES), np.int64)
    for one in place:
        bits = np.uint64(key[one]) ^ _SIGN
        for digit in range(_DIGITS):
            count[digit, (bits >> np.uint64(_BITS * digit)) & _LOW] += 1
    here, there = place.copy(), np.empty(place.size, np.int64)
    for digit in range(_DIGITS):
        begin, shift = np.int64(0), np.uint64(_BITS * digit)
        alike = False
        for value in range(_VALUES):
            many = count[digit, value]
            alike = alike or many == place.size
            count[digit, value] = begin
            begin += many
        if alike:
            continue
        for one in here:
            value_of = ((np.uint64(key[one]) ^ _SIGN) >> shift) & _LOW
            there[count[digit, value_of]] = one
            count[digit, value_of] += 1
        here, there = there, here
    return here


@loop()
def rising(value: Numbers) -> Numbers:
    """Return the key of each value, float64 of 0 or above (n,): bits of such grow as they do."""
    return value.view(np.int64)


@loop()
def falling(value: Numbers) -> Numbers:
    """Return the key of each value, float64 of 0 or above (n,), where the largest comes first."""
    return ~value.view(np.int64)
