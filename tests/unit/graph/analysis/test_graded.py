"""Levels and counts of all parties at once are those of each by itself."""

import numpy as np

from graph.analysis.kernels.graded import below, levels_of, tallied


def test_a_level_is_the_highest_whose_bounds_are_both_reached() -> None:
    cap = np.array([0.04, 0.05, 0.3, 0.6, 0.6])
    floor = np.array([0.0, 0.0, 0.1, 0.1, 0.2])

    found = levels_of(cap, floor, np.array([0.05, 0.2, 0.5]), np.array([0.0, 0.0, 0.2]))

    assert found.tolist() == [0, 1, 2, 2, 3]
    assert found.dtype == np.uint8


def test_who_is_no_party_is_not_counted_and_weak_is_who_has_no_strong_chain() -> None:
    level = np.array([0, 1, 1, 3], np.uint8)
    exposure, floor = np.array([0.0, 0.1, 0.1, 0.9]), np.array([0.0, 0.01, 0.08, 0.9])
    some = np.array([True, True, True, False])

    by_level, exposed, weak = tallied(level, exposure, floor, some, 0.05, 4)

    assert (by_level.tolist(), exposed, weak) == ([1, 2, 0, 0], 2, 1)


def test_below_is_only_what_would_be_so_if_it_were_not_below_zero() -> None:
    value, most = np.array([0.0, 0.2, 0.5, 0.3]), np.array([0.0, 0.2, 0.4, 0.9])

    assert below(value, 0.1, most).tolist() == [1, 3]
