"""What is wrong in the data is flagged, bounded and explained: never a crash, never a wrong sum."""

import time
from datetime import date

import pytest

from graph.analysis.beneficial import beneficial
from graph.analysis.checks import check
from graph.analysis.concert import controls_together
from graph.analysis.control import controls
from graph.analysis.control_certificate import control_certificate
from graph.analysis.control_pairs import all_pairs
from graph.analysis.controller import controller
from graph.analysis.ownership import holdings, owners
from graph.analysis.ownership_certificate import holdings_certificate, owners_certificate
from graph.policy.owner_rules import chosen
from tests.agreement.sketch import Sketch

CASES = {
    "300 %": "pa 1,qa 1,ra 1,ab .6",
    "a circle of 1.0": "ab 1,bc 1,ca 1,ad 1",
    "a circle of 1.0 with more than the whole": "ab 1,bc 1,ca 1,pa 1,cd .5",
    "a circle above 1.0": "ab 1,ba 1,ab .5,pb .2",
    "a party that holds itself": "aa .4,pa .6",
    "a party that holds itself wholly": "aa 1,pa .5,ab .7",
    "more than itself": "aa 1,aa .5,pa .1,ab .7",
    "two circles through one company": "ab .5,ba .5,bc .5,cb .5,pa .5,qc .5",
    "nothing but zeros": "ab 0,ba 0",
}


def held(text: str) -> Sketch:
    sketch = Sketch()
    for number, row in enumerate(text.split(",")):
        pair, share = row.split()
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=float(share), key=f"{pair}{number}")
    return sketch


@pytest.mark.parametrize("case", CASES)
def test_every_question_is_answered_and_every_certificate_is_in_order(case: str) -> None:
    sketch = held(CASES[case])
    view = sketch.view()
    for uid in sketch.flags:
        answer = owners(view, uid)
        for one in answer.holdings:
            assert one.integrated is None or one.integrated >= 0
            assert one.status in {"complete", "undisclosed", "conflict", "closed_ring"}
        numbered = [one.uid for one in answer.holdings if one.integrated is not None]
        assert check(owners_certificate(view, uid, numbered)).ok
        assert check(holdings_certificate(view, uid)).ok
        assert check(control_certificate(view, uid)).ok
        assert holdings(view, uid).uid == controller(view, uid).uid == uid
        assert len(beneficial(view, uid, chosen("all")).sets) == 4
        assert controls_together(view, uid) == []
        assert uid not in {one.uid for one in controls(view, uid)}
    assert not all_pairs(view).capped


@pytest.mark.parametrize(
    ("case", "company", "conflicts", "rings"),
    [
        ("300 %", "b", ("a",), ()),
        ("a circle of 1.0", "d", (), (("a", "b", "c"),)),
        ("a circle of 1.0 with more than the whole", "d", ("a",), (("a", "b", "c"),)),
        ("a party that holds itself wholly", "b", ("a",), (("a",),)),
        ("a party that holds itself", "a", (), ()),
        ("two circles through one company", "b", (), ()),
    ],
)
def test_what_is_wrong_is_named(
    case: str, company: str, conflicts: tuple[str, ...], rings: tuple[tuple[str, ...], ...]
) -> None:
    found = owners(held(CASES[case]).view(), company)
    assert (found.conflicts, found.rings) == (conflicts, rings)


def test_a_conflict_says_so_on_each_line_that_rests_on_it() -> None:
    found = owners(held(CASES["300 %"]).view(), "b")
    assert {one.uid: (one.integrated, one.status) for one in found.holdings} == {
        "a": (0.6, "undisclosed"),
        "p": (0.6, "conflict"),
        "q": (0.6, "conflict"),
        "r": (0.6, "conflict"),
    }
    assert controller(held("pa 1,qa 1,ra 1").view(), "a").status == "several"


def test_a_hundred_thousand_holders_of_one_company_are_answered() -> None:
    sketch = Sketch()
    for number in range(100_000):
        sketch.link(f"p{number:05}", "a", "HOLDS_SHARES", share=0.00001, key=f"k{number:05}")
    view = sketch.view()
    begun = time.monotonic()
    found = owners(view, "a")
    assert (len(found.holdings), found.conflicts, found.undisclosed) == (100_000, (), 0.0)
    assert controller(view, "a").status == "none"
    assert beneficial(view, "a", chosen("beneficial_2024")).sets[0].found == ()
    # Generous: a slow machine under load; quadratic work would take hours.
    assert time.monotonic() - begun < 60


def test_a_chain_of_a_thousand_and_a_star_of_rings_end() -> None:
    sketch = Sketch()
    for number in range(1_000):
        sketch.link(f"c{number:04}", f"c{number + 1:04}", "HOLDS_SHARES", share=0.999)
        sketch.link(f"c{number + 1:04}", f"r{number:04}", "HOLDS_SHARES", share=0.5)
        sketch.link(f"r{number:04}", f"c{number + 1:04}", "HOLDS_SHARES", share=0.001)
    found = owners(sketch.view(), "c1000")
    assert found.conflicts == ()
    assert len(found.holdings) == 2_000
    assert controller(sketch.view(), "c1000").controller == "c0000"


def test_a_period_that_ends_before_it_begins_is_no_holding_on_any_day() -> None:
    sketch = held("qa .4")
    sketch.link("p", "a", "HOLDS_SHARES", share=0.6, since=date(2021, 1, 1), until=date(2020, 1, 1))
    for day in (date(2019, 1, 1), date(2020, 6, 1), date(2022, 1, 1)):
        assert [one.uid for one in owners(sketch.view(as_of=day), "a").holdings] == ["q"]
