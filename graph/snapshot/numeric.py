"""Arrays of numbers, and fractions as whole parts per million."""

import numpy as np
from numpy.typing import NDArray

from graph.snapshot.form import WHOLE_PPM

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


def to_ppm(values: FloatArray) -> IntArray:
    """Round fractions to whole parts per million, half to even.

    The product of exact decimals may lie a bit beside its own half in binary (.1 x .015625 is
    1,562.5 ppm and a trace): the trace is folded back before the half is looked at.

    >>> to_ppm(np.array([0.1 * 0.015625, 0.5]))
    array([  1562, 500000])
    """
    folded: FloatArray = np.round(values * WHOLE_PPM, 6)
    rounded: IntArray = np.rint(folded).astype(np.int64)
    return rounded
