"""Arrays that are carried from one scan to the next."""

import numpy as np

from graph.analysis.working import alike


def test_alike_is_of_the_same_form_and_bytes() -> None:
    long = np.zeros(200_000)
    other = long.copy()
    other[-1] = 1.0

    assert alike(long, long.copy())
    assert not alike(long, other)
    assert not alike(long, long[:-1])
    assert not alike(np.zeros(4), np.zeros(4, np.int64))
    # They are equal, but not the same bytes.
    assert not alike(np.zeros(1), -np.zeros(1))
    assert alike(np.zeros(0), np.zeros(0))
