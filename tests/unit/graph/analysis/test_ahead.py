"""What is asked for ahead changes nothing but when it is there."""

import numpy as np
from numba import njit

from graph.analysis.kernels.ahead import fetch
from graph.analysis.kernels.factors import Number, Numbers


@njit
def total(values: Numbers, order: Numbers) -> Number:
    found = 0.0
    for place in range(order.size):
        fetch(values, order[place] + 3)
        found += values[order[place], 0]
    return found


def test_a_kernel_asks_for_a_row_and_reads_none_of_it() -> None:
    values = np.arange(8.0).reshape(4, 2)
    # One may not be written to: another kind of array, for which it is compiled again.
    fixed = values.view()
    fixed.flags.writeable = False
    order = np.array([3, 1, 2], np.int32)

    # Three rows on are beyond the end.
    assert total(values, order) == total(fixed, order) == total.py_func(values, order) == 12.0
    assert all("llvm.prefetch" in code for code in total.inspect_llvm().values())
