"""The figures of the method's section on patterns, to the printed digits."""

from fractions import Fraction
from itertools import permutations
from math import comb

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.patterns.clusters import judge
from graph.analysis.patterns.rings import simple_cycles
from graph.analysis.patterns.suits import Null
from graph.analysis.patterns.tails import (
    binomial_tail,
    chance_of_event,
    hypergeometric_tail,
    wilson,
)


@pytest.mark.parametrize(
    ("count", "clients", "p", "lift", "alert"),
    [
        (150, 5000, "5.11e-01", 1.0, False),
        (5, 16, "8.04e-05", 10.417, True),
        (12, 40, "1.36e-09", 10.0, True),
        # One fewer than the least count raises nothing, however unlikely it is.
        (4, 6, "1.16e-05", 22.222, False),
        # Twice the base among very many is certain, yet below three times the base.
        (600, 10_000, None, 2.0, False),
    ],
)
def test_a_cluster_against_a_base_of_three_percent(
    count: int, clients: int, p: str | None, lift: float, alert: bool
) -> None:
    found = judge(count, clients, 0.03, times=3, least=5)

    assert p is None or f"{found.p:.2e}" == p
    assert found.lift == pytest.approx(lift, abs=1e-3)
    assert found.alert is alert


def test_a_lift_of_one_has_the_printed_tail() -> None:
    assert f"{binomial_tail(150, 5000, 0.03):.3f}" == "0.511"


def test_bidding_together_has_the_printed_tails() -> None:
    assert f"{hypergeometric_tail(12, 1000, 20, 15):.3e}" == "2.868e-20"
    assert f"{hypergeometric_tail(1, 1000, 20, 15):.3f}" == "0.263"


def test_six_companies_that_all_hold_one_another_have_409_cycles() -> None:
    whole = nx.complete_graph(6, nx.DiGraph)

    cycles = simple_cycles(whole, 6, 10_000)

    assert len(cycles.found) == 409
    assert sum(len(one) <= 3 for one in cycles.found) == 55
    assert not cycles.more
    assert simple_cycles(whole, 3, 10_000).found == cycles.found[:55]


def test_the_cap_on_cycles_is_said() -> None:
    capped = simple_cycles(nx.complete_graph(6, nx.DiGraph), 6, 100)

    assert (len(capped.found), capped.more) == (100, True)


@given(
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda one: one[0] != one[1]))
)
def test_cycles_are_those_of_brute_force(edges: set[tuple[int, int]]) -> None:
    brute = {
        order
        for size in range(2, 5)
        for order in permutations(range(5), size)
        if order[0] == min(order)
        and all((one, two) in edges for one, two in zip(order, (*order[1:], order[0]), strict=True))
    }

    found = simple_cycles(nx.DiGraph(sorted(edges)), 4, 10_000).found

    assert set(found) == brute
    assert list(found) == sorted(found, key=lambda one: (len(one), one))


@given(st.integers(0, 20), st.integers(1, 20), st.integers(0, 100))
def test_the_binomial_tail_is_that_of_exact_fractions(count: int, trials: int, part: int) -> None:
    rate = Fraction(part, 100)
    exact = sum(
        comb(trials, one) * rate**one * (1 - rate) ** (trials - one)
        for one in range(count, trials + 1)
    )

    assert binomial_tail(count, trials, part / 100) == pytest.approx(float(exact), rel=1e-9)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_the_hypergeometric_tail_is_that_of_counting(together: int, one: int, two: int) -> None:
    ways = sum(comb(one, met) * comb(12 - one, two - met) for met in range(together, two + 1))

    found = hypergeometric_tail(together, 12, one, two)

    assert found == pytest.approx(ways / comb(12, two), rel=1e-9)


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_rate_and_stays_within_bounds(trials: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, trials))

    low, high = wilson(count, trials)

    assert 0 <= low <= count / trials + 1e-12
    assert count / trials - 1e-12 <= high <= 1


def test_no_trials_say_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert judge(0, 0, 0.03, times=3, least=5).lift is None


def test_where_nobody_else_holds_a_record_there_is_no_chance_to_tell() -> None:
    found = judge(5, 5, 0.0, times=3, least=5)
    assert (found.p, found.lift, found.alert) == (None, None, True)


def test_no_events_have_no_chance() -> None:
    assert chance_of_event(0.0, 90) == 0.0


PARTIES = st.integers(0, 3)


@given(
    st.lists(st.tuples(PARTIES, PARTIES), min_size=1, max_size=5),
    st.sets(st.tuples(PARTIES, PARTIES).filter(lambda tie: tie[0] < tie[1]), min_size=1),
)
def test_linked_opponents_are_those_expected_when_every_dealing_of_places_is_tried(
    pairs: list[tuple[int, int]], ties: set[tuple[int, int]]
) -> None:
    plaintiffs, defendants = zip(*pairs, strict=True)
    dealings = list(permutations(defendants))
    belong = ties | {(two, one) for one, two in ties}
    met = [
        sum(pair in belong for pair in zip(plaintiffs, dealt, strict=True)) for dealt in dealings
    ]
    first = [(plaintiffs[0], dealt[0]) in belong for dealt in dealings]
    opposed = pl.DataFrame(
        {"suit": range(len(pairs)), "plaintiff": plaintiffs, "defendant": defendants}
    )
    known = pl.DataFrame(sorted(ties), schema=["one", "two"], orient="row")

    null = Null(opposed, known, opposed.head(0))

    assert null.expected == pytest.approx(sum(met) / len(dealings))
    assert null.of([plaintiffs[0]]) == pytest.approx(sum(first) / len(dealings))
    assert null.linked == 0
