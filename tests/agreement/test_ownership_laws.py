"""Ownership and control against their definitions on random graphs with rings, and their laws."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.analysis.control import controls
from graph.analysis.control_pairs import all_pairs
from graph.analysis.controller import controller
from graph.analysis.ownership import Holding, holdings, owners
from graph.analysis.view import View
from tests.agreement import exact
from tests.agreement.sketch import Sketch

NEAR = 1e-9
Shares = dict[tuple[str, str], int]


def view_of(shares: Shares, order: int = 0) -> View:
    sketch = Sketch()
    rows = list(shares.items())
    random.Random(order).shuffle(rows)  # noqa: S311 - an order, no secret
    for (holder, company), share in rows:
        key = f"{holder}>{company}"
        sketch.link(holder, company, "HOLDS_SHARES", share=share / exact.WHOLE, key=key)
    return sketch.view()


@st.composite
def columns(draw: st.DrawFn, most: int = 6) -> Shares:
    """Companies whose holders add up to at most the whole, rings and own shares included."""
    size = draw(st.integers(2, most))
    names = "abcdefgh"[:size]
    shares: Shares = {}
    for company in names:
        holders = draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
        left = exact.WHOLE
        for holder in holders:
            share = draw(st.integers(0, left))
            # Own shares below the whole: a company that owns itself wholly has a test of its own.
            share = min(share, 900_000) if holder == company else share
            if share:
                shares[holder, company] = share
            left -= share
    return shares


def endless(shares: Shares) -> bool:
    """Whether some company's holders lead nowhere but into a ring of whole hundreds."""
    return any(one.rings for one in (owners(view_of(shares), uid) for uid in exact.parties(shares)))


def by_uid(found: tuple[Holding, ...]) -> dict[str, Holding]:
    return {one.uid: one for one in found}


@given(columns())
@example({("a", "b"): 300_000, ("b", "a"): 700_000, ("a", "a"): 100_000, ("c", "a"): 200_000})
def test_owners_are_those_of_exact_fractions(shares: Shares) -> None:
    if not shares or endless(shares):
        return
    view = view_of(shares)
    for company in exact.parties(shares):
        found = by_uid(owners(view, company).holdings)
        for holder in exact.parties(shares):
            if holder == company:
                continue
            expected = exact.held(shares, holder)[company]
            one = found.get(holder)
            assert (float(one.integrated or 0) if one else 0) == pytest.approx(expected, abs=NEAR)
            if one:
                most = exact.possible(shares, holder)[company]
                assert one.possible == pytest.approx(min(Fraction(1), most), abs=NEAR)


@given(columns())
def test_holdings_are_owners_read_from_the_other_side(shares: Shares) -> None:
    view = view_of(shares)
    for company in exact.parties(shares):
        for one in owners(view, company).holdings:
            other = by_uid(holdings(view, one.uid).holdings)[company]
            assert (other.direct, other.status) == (one.direct, one.status)
            assert other.integrated == pytest.approx(one.integrated, abs=NEAR)
            assert other.possible == pytest.approx(one.possible, abs=NEAR)


def test_a_dense_inverse_says_the_same() -> None:
    rng = np.random.default_rng(5)
    for size in (3, 12, 60):
        matrix = rng.random((size, size)) * (rng.random((size, size)) < 0.4)
        np.fill_diagonal(matrix, 0)
        matrix *= 0.9 / np.maximum(matrix.sum(axis=0), 0.9)
        whole = np.round(matrix * exact.WHOLE).astype(int)
        shares = {
            (f"n{i:02}", f"n{j:02}"): int(whole[i, j])
            for i, j in zip(*np.nonzero(whole), strict=True)
        }
        inverse = np.linalg.inv(np.eye(size) - whole / exact.WHOLE)
        corrected = (inverse - np.eye(size)) / np.diag(inverse)[:, None]
        view = view_of(shares)
        for company in range(0, size, 7):
            for one in owners(view, f"n{company:02}").holdings:
                expected = corrected[int(one.uid[1:]), company]
                assert one.integrated == pytest.approx(expected, abs=NEAR)


@given(columns())
def test_the_outside_owners_of_a_company_hold_no_more_than_the_whole(shares: Shares) -> None:
    view = view_of(shares)
    held_by_somebody = {company for _, company in shares}
    for company in exact.parties(shares):
        found = owners(view, company)
        outside = [one for one in found.holdings if one.uid not in held_by_somebody]
        assert sum(one.integrated or 0 for one in outside) <= 1 + NEAR
        for one in found.holdings:
            assert 0 <= (one.integrated or 0) <= (one.possible or 0) + NEAR <= 1 + 2 * NEAR


@given(columns(), st.integers(1, 9))
def test_the_order_of_rows_and_the_names_of_parties_change_nothing(
    shares: Shares, order: int
) -> None:
    renamed = {
        (f"x{9 - ord(one) % 9}{one}", f"x{9 - ord(of) % 9}{of}"): v
        for (one, of), v in shares.items()
    }
    one, other, third = view_of(shares), view_of(shares, order), view_of(renamed)
    for uid in exact.parties(shares):
        first = owners(one, uid)
        assert owners(other, uid) == first
        again = owners(third, f"x{9 - ord(uid) % 9}{uid}")
        assert {(h.uid[2:], h.status) for h in again.holdings} == {
            (h.uid, h.status) for h in first.holdings
        }
        for holding in again.holdings:
            same = by_uid(first.holdings)[holding.uid[2:]]
            assert holding.integrated == pytest.approx(same.integrated, abs=NEAR)


@given(columns(5))
def test_control_is_the_least_set_that_nothing_can_be_added_to(shares: Shares) -> None:
    view = view_of(shares)
    for uid in exact.parties(shares):
        found = {one.uid for one in controls(view, uid)}
        assert found == exact.controlled(shares, uid) == exact.least_by_all_sets(shares, uid)


@given(columns(8))
def test_the_pairs_of_the_whole_graph_are_those_of_each_party(shares: Shares) -> None:
    view = view_of(shares)
    pairs = all_pairs(view)
    found = {
        (view.snapshot.uid_at(int(one)), view.snapshot.uid_at(int(other)), int(votes))
        for one, other, votes in zip(pairs.holder, pairs.company, pairs.votes, strict=True)
    }
    assert found == {
        (uid, one.uid, one.gathered) for uid in exact.parties(shares) for one in controls(view, uid)
    }


@given(columns(), st.data())
def test_one_more_holding_never_takes_control_away(shares: Shares, data: st.DataObject) -> None:
    names = exact.parties(shares)
    if not names:
        return
    holder = data.draw(st.sampled_from(names))
    company = data.draw(st.sampled_from(names))
    if holder == company:
        return
    more = shares | {
        (holder, company): shares.get((holder, company), 0) + 1 + data.draw(st.integers(0, 10**6))
    }
    before, after = view_of(shares), view_of(more)
    for uid in names:
        lost = {one.uid for one in controls(before, uid)} - {
            one.uid for one in controls(after, uid)
        }
        assert not lost


@given(columns())
def test_the_ultimate_controller_controls_and_is_controlled_by_nobody_outside_its_ring(
    shares: Shares,
) -> None:
    view = view_of(shares)
    names = exact.parties(shares)
    reach = {uid: exact.controlled(shares, uid) for uid in names}
    for uid in names:
        found = controller(view, uid)
        above = {one for one in names if uid in reach[one]}
        top = {one for one in above if all(two in reach[one] for two in names if one in reach[two])}
        assert (found.status == "none") == (not above)
        if found.status == "found":
            assert top == {found.controller}
        elif found.status == "closed_ring":
            assert top <= set(found.ring)
            assert all(two in reach[one] for one in found.ring for two in found.ring if one != two)


@given(columns())
def test_one_holding_in_two_rows_is_the_same_as_in_one(shares: Shares) -> None:
    if not shares:
        return
    (holder, company), share = min(shares.items())
    sketch = Sketch()
    for (one, other), value in shares.items():
        if (one, other) != (holder, company):
            sketch.link(one, other, "HOLDS_SHARES", share=value / exact.WHOLE)
    for number, part in enumerate((share // 3, share - share // 3)):
        if part:
            sketch.link(holder, company, "HOLDS_SHARES", share=part / exact.WHOLE, key=f"k{number}")
    assert owners(sketch.view(), company).holdings == owners(view_of(shares), company).holdings
