"""Links by party in the order of a walk, and the factors that are known beforehand."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.kernels import lone, reach
from graph.analysis.kernels.factors import CONTROLS, DERIVED, HOLDS_SHARES, row_factor
from graph.analysis.kernels.threads import ALONE
from graph.analysis.view import View
from graph.analysis.whole_graph import pairs_on
from graph.snapshot import form
from tests.agreement.sketch import Sketch

NONE = np.zeros(0, np.int64)
parties = st.sampled_from("abcdef")
links = st.lists(
    st.tuples(
        parties,
        parties,
        st.sampled_from(["HOLDS_SHARES", "REPRESENTS", "SERVES", "CONTROLS"]),
        st.sampled_from([None, 0.03, 0.6]),
        st.sampled_from([None, 0.4]),
    ),
    max_size=14,
)


def drawn(listed: list[tuple[str, str, str, float | None, float | None]], state: set[str]) -> View:
    sketch = Sketch()
    for uid in "abcdef":
        sketch.party(uid, int(uid in state), degree=40)
    sketch.record("court", "b")
    for source, target, kind, share, p in listed:
        flags = form.DERIVED if kind == "CONTROLS" and share else 0
        sketch.link(source, target, kind, share=share, p=p, flags=flags)
    return sketch.view()


@given(links, st.sets(parties, max_size=2), st.sampled_from([0, 2, form.FAR]))
def test_each_link_stands_at_both_its_ends_in_the_order_of_a_walk(
    listed: list[tuple[str, str, str, float | None, float | None]], state: set[str], farthest: int
) -> None:
    web = drawn(listed, state).web
    start, row, pair, near = reach.listed(web, farthest)
    expected: list[list[tuple[int, int]]] = [[] for _ in web.blocked]
    for place, (source, target) in enumerate(zip(web.source, web.target, strict=True)):
        if source == target or web.blocked[source] or web.blocked[target]:
            continue
        for party, other, against in ((target, source, 0), (source, target, 1)):
            if web.near[other] <= farthest:
                expected[party].append((2 * int(other) + against, place))

    found = [
        list(zip(pair[begin:end].tolist(), row[begin:end].tolist(), strict=True))
        for begin, end in pairwise(start.tolist())
    ]

    assert found == [sorted(one) for one in expected]
    assert near.tolist() == web.near[pair // 2].tolist()
    plain = reach.listed.py_func(web, farthest)
    assert [one.tolist() for one in plain] == [one.tolist() for one in (start, row, pair, near)]


@given(links)
def test_a_factor_known_beforehand_is_that_of_the_row(
    listed: list[tuple[str, str, str, float | None, float | None]],
) -> None:
    view = drawn(listed, set())
    web = view.web
    known = view.lone_factors
    for row in range(web.source.size):
        same = (web.source == web.source[row]) & (web.target == web.target[row])
        rows = np.flatnonzero(same)
        place = int(np.flatnonzero(rows == row)[0])
        for way in (0, 1):
            if web.kind[row] == CONTROLS and web.flags[row] & DERIVED:
                assert known[row, way] == lone.UNKNOWN
            elif web.kind[row] == HOLDS_SHARES:
                alone = np.array([row])
                p = row_factor(web, alone, 1, 0, way, view.day, view.rules, NONE)
                assert known[row, way] == lone.HOLDING - p
            else:
                p = row_factor(web, rows, rows.size, place, way, view.day, view.rules, NONE)
                assert known[row, way] == p


def test_known_factors_in_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    view = drawn([("a", "b", "SERVES", None, None), ("c", "b", "HOLDS_SHARES", 0.6, None)], set())
    compiled = lone.lone_factors(view.web, view.rules, view.day, view.rules.cap, ALONE).tolist()
    uncapped = view.lone_factors.tolist()
    for name, value in list(vars(lone).items()):
        if hasattr(value, "py_func"):
            monkeypatch.setattr(lone, name, value.py_func)

    known = view.web, view.rules, view.day
    assert lone.lone_factors(*known, view.rules.cap, ALONE).tolist() == compiled
    assert lone.lone_factors(*known, lone.UNCAPPED, ALONE).tolist() == uncapped
    assert uncapped[0][0] > 0
    assert uncapped[1][0] < lone.HOLDING


def test_views_of_one_snapshot_share_its_lists_and_no_factor() -> None:
    view = drawn([("a", "b", "REPRESENTS", None, None)], set())
    other = View(view.snapshot, view.policy, view.as_of, view.web, view.rules)

    mine, its = view.lists(kept=True)[0], other.lists(kept=True)[0]

    assert mine.row is its.row
    mine.known[:] = 7
    assert not its.known.any()
    assert view.lists(kept=True)[0].known.all()
    assert not view.lists(kept=False)[0].known.any()


@pytest.mark.parametrize("count", [2, 47, 48, 49, 100])
def test_pairs_stand_in_the_order_of_parties_however_their_rows_lie(count: int) -> None:
    names = [f"c{number:03}" for number in range(count)]
    sketch = Sketch()
    for name in np.random.default_rng(count).permutation(names):
        sketch.link("person", str(name), "REPRESENTS")
        sketch.link("person", str(name), "HOLDS_SHARES", share=0.4)

    pairs = pairs_on(sketch.view())

    assert pairs.source[pairs.start[count] :].tolist() == list(range(count))
