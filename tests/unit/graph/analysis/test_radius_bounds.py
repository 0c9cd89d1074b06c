"""Weights that show how large the radius of a graph is at most, also after it changed."""

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.analysis.kernels.again import UNKNOWN, grown_by
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.pairs import at_reverse
from graph.analysis.kernels.radius import heaviest
from graph.analysis.kernels.spectral import bound_of, raised, with_new

NODES = 6
# Double width, and what a weight of half the width rounds.
TINY = 1e-5
Lists = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]
factors = st.integers(0, 95).map(lambda percent: percent * WHOLE // 100)
pairs = st.sampled_from([(one, two) for one, two in permutations(range(NODES), 2) if one < two])
graphs = st.dictionaries(pairs, st.tuples(factors, factors), max_size=12)
few = settings(max_examples=200, deadline=None)


def lists_of(graph: dict[tuple[int, int], tuple[int, int]]) -> Lists:
    """Return (start, source, p, p_back) of pairs, each with its factors up and down."""
    entries = sorted(
        entry
        for (one, two), (up, down) in graph.items()
        for entry in ((two, one, up, down), (one, two, down, up))
    )
    table = np.array(entries, np.int32).reshape(-1, 4)
    start = np.searchsorted(table[:, 0], np.arange(NODES + 1))
    return start, *(np.ascontiguousarray(table[:, column]) for column in (1, 2, 3))


def ended(lists: Lists) -> tuple[NDArray[Any], ...]:
    """Return lists with where each one ends, and the order of the nodes."""
    start, *columns = lists
    return start, start[1:], *columns, np.arange(NODES, dtype=np.int32)


def radius(lists: Lists) -> float:
    """Return the radius of the operator as a matrix of edges by edges."""
    start, source, p, _ = lists
    target = np.repeat(np.arange(NODES), np.diff(start))
    follows = (source[:, None] == target[None, :]) & (target[:, None] != source[None, :])
    matrix = follows * (p / WHOLE)[None, :]
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if p.size else 0.0


def weights_of(lists: Lists, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    weights = np.random.default_rng(seed).uniform(0.01, 2.0, lists[1].size).astype(np.float32)
    return weights, at_reverse(lists[0], lists[1], weights)


def bounds_of(
    lists: Lists, weights: NDArray[Any], there: NDArray[Any], limit: float = 1.0
) -> tuple[float, float, NDArray[np.float32], NDArray[np.float32]]:
    """Return (bound, growth, into, allowed) of `bound_of`."""
    start, _, p, p_back = lists
    into, allowed = np.empty(NODES, np.float32), np.empty(NODES, np.float32)
    bound, growth = bound_of(start, p, p_back, weights, there, limit, into, allowed)
    return bound, growth, into, allowed


@few
@given(graphs, st.integers(0, 9))
def test_no_weights_show_a_bound_below_the_radius(
    graph: dict[tuple[int, int], tuple[int, int]], seed: int
) -> None:
    lists = lists_of(graph)
    weights, there = weights_of(lists, seed)

    bound, growth, _, _ = bounds_of(lists, weights, there)

    assert bound >= radius(lists) - TINY
    held, passed = grown_by(lists[2], weights, lists[0][:-1], lists[0][1:])
    assert growth == (passed / held if held else 0.0)
    assert growth >= 0


@few
@given(graphs, st.integers(0, 9), st.floats(0.05, 3.0))
def test_weights_are_raised_until_they_show_the_bound_and_only_where_it_holds(
    graph: dict[tuple[int, int], tuple[int, int]], seed: int, bound: float
) -> None:
    lists = lists_of(graph)
    weights, there = weights_of(lists, seed)
    most, _, into, allowed = bounds_of(lists, weights, there, bound)
    # Somewhere too much comes in where, and only where, some weight grows by more.
    if not math.isclose(most, bound, rel_tol=TINY):
        assert (into > allowed).any() == (most > bound)

    *columns, order = ended(lists)
    everybody = np.arange(NODES, dtype=np.int32)
    shown = raised(*columns, weights, there, into, allowed, order, everybody, bound)

    assert there.tobytes() == at_reverse(lists[0], lists[1], weights).tobytes()
    if shown:
        assert bounds_of(lists, weights, there)[0] <= bound + TINY
        assert bound >= radius(lists) - TINY
    else:
        # A weight is raised by a hundredth more than it must.
        assert bound < 1.02 * radius(lists) + TINY


@few
@given(graphs, st.sets(pairs), st.integers(0, 9), st.floats(0.05, 3.0))
def test_new_entries_weigh_what_comes_to_where_they_begin_and_what_bounds_them_is_put_right(
    graph: dict[tuple[int, int], tuple[int, int]],
    new: set[tuple[int, int]],
    seed: int,
    bound: float,
) -> None:
    lists = lists_of(graph)
    weights, there = weights_of(lists, seed)
    target = np.repeat(np.arange(NODES), np.diff(lists[0]))
    ends = zip(lists[1].tolist(), target.tolist(), strict=True)
    fresh = np.array([(min(pair), max(pair)) in new for pair in ends], np.bool_)
    stayed = lists_of({pair: both for pair, both in graph.items() if pair not in new})
    _, _, into, allowed = bounds_of(stayed, weights[~fresh], there[~fresh], bound)
    before = into.copy()
    weights[fresh] = there[fresh] = UNKNOWN
    came = np.flatnonzero(fresh)
    parties = np.unique(target[came]).astype(np.int32)
    first = np.searchsorted(target[came], np.append(parties, NODES))

    *columns, _ = ended(lists)
    state = (*columns, weights, there, into, allowed)
    held, passed = with_new(*state, parties, first, came, bound)

    assert there.tobytes() == at_reverse(lists[0], lists[1], weights).tobytes()
    assert (weights > 0).all()
    # In a round they grow by no more than the bound, as far as what came before goes.
    assert (bound * weights[fresh] >= before[lists[1][fresh]]).all()
    _, _, comes, most = bounds_of(lists, weights, there, bound)
    assert into == pytest.approx(comes, rel=TINY)
    assert allowed == pytest.approx(most, rel=TINY)
    assert held == pytest.approx(weights[fresh].sum(dtype=np.float64))
    sent = lists[2][fresh] / WHOLE * weights[fresh] * (np.diff(lists[0])[target[fresh]] - 1)
    assert passed == pytest.approx(sent.sum())


def test_a_new_entry_of_whom_nothing_comes_to_weighs_a_thousandth() -> None:
    lists = lists_of({(0, 1): (900_000, 300_000)})
    weights, there = np.full(2, UNKNOWN), np.full(2, UNKNOWN)
    into, allowed = np.zeros(NODES, np.float32), np.full(NODES, np.inf, np.float32)
    parties, came = np.array([0, 1], np.int32), np.array([0, 1])

    *columns, _ = ended(lists)
    first = np.array([0, 1, 2])
    held, passed = with_new(*columns, weights, there, into, allowed, parties, first, came, 0.5)

    assert weights.tolist() == there.tolist() == pytest.approx([0.001, 0.001])
    assert (held, passed) == (pytest.approx(0.002), 0.0)
    assert into[:2].tolist() == pytest.approx([0.0003, 0.0009], rel=TINY)
    assert allowed[:2].tolist() == pytest.approx([0.0008, 0.0014], rel=TINY)


def test_weights_far_from_a_change_stay() -> None:
    graph = {(one, one + 1): (400_000, 400_000) for one in range(NODES - 1)}
    lists = lists_of(graph)
    weights = np.ones(lists[1].size, np.float32)
    there = weights.copy()
    assert bounds_of(lists, weights, there)[0] == pytest.approx(0.4)
    more = lists_of(graph | {(0, 1): (800_000, 400_000)})

    *columns, order = ended(more)
    _, _, into, allowed = bounds_of(more, weights, there, 0.5)
    changed = np.array([0, 1], np.int32)
    shown = raised(*columns, weights, there, into, allowed, order, changed, 0.5)

    # 1 -> 2 takes .8 / .5 and a hundredth more, what follows .4 / .5 of that; the fourth stays.
    target = np.repeat(np.arange(NODES), np.diff(more[0]))
    assert shown
    assert target[weights != 1.0].tolist() == [2, 3, 4]
    assert weights[weights != 1.0].tolist() == pytest.approx([1.616, 1.305728, 1.055028224])


def test_a_weight_of_nothing_shows_nothing() -> None:
    lists = lists_of({(0, 1): (900_000, 900_000), (1, 2): (900_000, 900_000)})
    weights = np.zeros(lists[1].size, np.float32)

    bound, _, _, _ = bounds_of(lists, weights, weights.copy())

    assert bound == math.inf


def test_the_heaviest_are_taken_in_order_and_of_equals_the_first() -> None:
    into = np.array([2, 0, 3, 2, 5, 2], np.float32)

    assert [heaviest(into, count).tolist() for count in (1, 2, 3, 4, 6)] == [
        [4],
        [2, 4],
        [0, 2, 4],
        [0, 2, 3, 4],
        [0, 1, 2, 3, 4, 5],
    ]
