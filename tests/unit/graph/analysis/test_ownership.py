"""Integrated ownership: the cases of the method, ranges, rings, conflicts, days, stops."""

from datetime import date

import pytest

from graph.analysis.ownership import Holding, holdings, owners
from graph.errors import AnalysisError
from graph.snapshot import form
from graph.snapshot.arrays import NOMINEE, STATE
from tests.agreement.sketch import Sketch

# What the method prints, six decimals: (holder, company) -> integrated.
CASES = {
    "O1": ("ab .8,ac .1,bc .7", {"ac": 0.66}),
    "O2": (
        "pa .7,pb .6,ab .3,ba .2,xa .1,zb .1",
        {
            "pa": 0.872340,
            "pb": 0.861702,
            "xa": 0.106383,
            "xb": 0.031915,
            "za": 0.021277,
            "zb": 0.106383,
        },
    ),
    "O6": ("ab .99,ba .99,pa .01,qb .01", {"pa": 0.502513, "pb": 0.497487}),
    "O8": ("aa .1,pa .9", {"pa": 1.0}),
    "O9": ("pa .51,ab .51,bc .51", {"pc": 0.132651}),
    "O10": ("ab .1,ax .6,xb .3", {"ab": 0.28}),
}


def held(text: str) -> Sketch:
    sketch = Sketch()
    for row in text.split(","):
        pair, share = row.split()
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=float(share), key=pair)
    return sketch


def of(sketch: Sketch, company: str, holder: str, **seen: date) -> Holding:
    (one,) = [one for one in owners(sketch.view(**seen), company).holdings if one.uid == holder]
    return one


@pytest.mark.parametrize("case", CASES)
def test_the_cases_of_the_method(case: str) -> None:
    text, expected = CASES[case]
    for pair, integrated in expected.items():
        one = of(held(text), pair[1], pair[0])
        assert round(one.integrated or 0, 6) == integrated
        (other,) = [
            line for line in holdings(held(text).view(), pair[0]).holdings if line.uid == pair[1]
        ]
        assert (other.integrated, other.direct) == (one.integrated, one.direct)


@pytest.mark.parametrize("company", ["a", "b"])
def test_the_columns_of_a_ring_add_up_to_the_whole_over_outside_owners(company: str) -> None:
    found = owners(held(CASES["O2"][0]).view(), company)
    assert sum(one.integrated or 0 for one in found.holdings if one.uid in "pxz") == pytest.approx(
        1
    )
    assert {one.status for one in found.holdings} == {"complete"}


def test_a_closed_ring_has_no_ultimate_owner_and_is_named() -> None:
    found = owners(held("ab 1,ba 1,bc 1").view(), "c")
    assert found.rings == (("a", "b"),)
    assert [(one.uid, one.direct, one.integrated, one.status) for one in found.holdings] == [
        ("a", 0.0, 1.0, "closed_ring"),
        ("b", 1.0, 1.0, "closed_ring"),
    ]
    (only,) = owners(held("ab 1,ba 1").view(), "a").holdings
    assert (only.uid, only.integrated, only.status) == ("b", 1.0, "closed_ring")


def test_a_company_that_holds_itself_wholly_is_a_closed_ring_of_one() -> None:
    found = owners(held("aa 1,ab .6").view(), "b")
    assert found.rings == (("a",),)
    assert [(one.uid, one.status) for one in found.holdings] == [("a", "closed_ring")]
    assert owners(held("aa 1").view(), "a").holdings == ()


def test_own_shares_leave_the_recorded_share_as_it_is() -> None:
    one = of(held(CASES["O8"][0]), "a", "p")
    assert (one.direct, one.integrated) == (0.9, 1.0)


def test_what_is_undisclosed_makes_a_range_and_is_never_shared_out() -> None:
    found = owners(held("pa .6,ab .5,qb .1").view(), "b")
    lines = {one.uid: one for one in found.holdings}
    assert found.undisclosed == pytest.approx(0.4)
    assert (lines["q"].certain, lines["q"].status) == (0.1, "undisclosed")
    # .1 and what b and a leave open: .4 + .5 * .4
    assert lines["q"].possible == pytest.approx(0.7)
    # .3 and .4 + .5 * .4
    assert (lines["p"].certain, lines["p"].possible) == (0.3, pytest.approx(0.9))


def test_a_share_that_is_a_range_is_certain_at_its_lower_end() -> None:
    sketch = held("zc .6")
    sketch.link("x", "c", "HOLDS_SHARES", share=0.2, share_max=0.4)
    sketch.link("p", "x", "HOLDS_SHARES", share=1.0)
    one, top = of(sketch, "c", "x"), of(sketch, "c", "p")
    assert (one.direct, one.certain, one.possible, one.status) == (0.2, 0.2, 0.4, "undisclosed")
    assert (top.certain, top.possible) == (0.2, 0.4)


def test_what_somebody_elses_range_leaves_open_may_be_anybodys() -> None:
    sketch = held("pa 1,qb .3,ac .4,yc .8")
    sketch.link("a", "b", "HOLDS_SHARES", share=0.25, share_max=0.5)
    sketch.link("x", "c", "HOLDS_SHARES", share=0.2, share_max=0.4)
    # Beside q's .3 and the .25 that a has at least, .45 are open, whoever has them.
    assert of(sketch, "b", "q").possible == pytest.approx(0.3 + 0.45)
    assert of(sketch, "b", "p").possible == pytest.approx(0.25 + 0.45)
    # In a column above the whole nothing is open: there a range counts at its upper end.
    assert [of(sketch, "c", one).possible for one in "axy"] == [0.4, 0.4, 0.8]


def test_a_holder_of_an_unknown_share_is_named_without_a_figure() -> None:
    sketch = held("qa .7")
    sketch.link("p", "a", "HOLDS_SHARES")
    one = of(sketch, "a", "p")
    assert (one.direct, one.certain, one.possible) == (None, 0.0, pytest.approx(0.3))


def test_nobody_can_have_more_than_the_whole_however_wide_the_ranges_are() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.5, share_max=1.0)
    sketch.link("p", "c", "HOLDS_SHARES", share=0.2, share_max=0.8)
    sketch.link("a", "c", "HOLDS_SHARES", share=0.2, share_max=0.8)
    assert (of(sketch, "c", "p").certain, of(sketch, "c", "p").possible) == (0.3, 1.0)
    (_, c) = holdings(sketch.view(), "p").holdings
    assert (c.uid, c.certain, c.possible) == ("c", 0.3, 1.0)


@pytest.mark.parametrize("share", [None, 0.0])
def test_a_holding_of_no_known_share_closes_no_ring(share: float | None) -> None:
    sketch = held("ab 1,ba 1,bc .5,pc .5")
    sketch.link("c", "a", "HOLDS_SHARES", share=share)
    found = owners(sketch.view(), "c")
    assert found.rings == (("a", "b"),)
    assert (of(sketch, "c", "p").integrated, of(sketch, "c", "p").status) == (0.5, "complete")
    (c,) = holdings(sketch.view(), "p").holdings
    assert (c.integrated, c.status) == (0.5, "complete")


def test_shares_above_the_whole_are_computed_as_recorded_and_said_to_conflict() -> None:
    found = owners(held("pa 1,qa 1,ra 1,ab .5,sb .5").view(), "b")
    lines = {one.uid: (one.integrated, one.status) for one in found.holdings}
    assert lines["p"] == (0.5, "conflict")
    assert lines["s"] == (0.5, "complete")
    assert found.conflicts == ("a",)


def test_rounded_percentages_are_no_conflict() -> None:
    found = owners(held("pa .333350,qa .333350,ra .333350").view(), "a")
    assert found.conflicts == ()
    assert owners(held("pa .333351,qa .333350,ra .333350").view(), "a").conflicts == ("a",)


def test_a_ring_that_grows_without_end_has_no_number_but_the_recorded_share() -> None:
    found = owners(held("ab 1,ba 1,pa .5").view(), "b")
    lines = {one.uid: one for one in found.holdings}
    assert (lines["p"].direct, lines["p"].integrated, lines["p"].status) == (0.0, None, "conflict")
    assert lines["a"].direct == 1.0


@pytest.mark.parametrize("members", [50, 500])
def test_a_long_ring_is_one_system(members: int) -> None:
    sketch = Sketch()
    names = [f"r{number:03}" for number in range(members)]
    for one, other in zip(names, [*names[1:], names[0]], strict=True):
        sketch.link(one, other, "HOLDS_SHARES", share=0.9)
        sketch.link(f"p{one}", other, "HOLDS_SHARES", share=0.1)
    found = owners(sketch.view(), names[0])
    outside = [one.integrated or 0 for one in found.holdings if one.uid.startswith("p")]
    assert len(outside) == members
    assert sum(outside) == pytest.approx(1, abs=1e-9)
    assert outside[0] == pytest.approx(0.1 / (1 - 0.9**members))
    assert of(sketch, names[0], names[-1]).integrated == pytest.approx(0.9)


def test_only_holdings_of_the_day_count() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.6, until=date(2020, 1, 1))
    sketch.link("q", "a", "HOLDS_SHARES", share=0.6, since=date(2020, 1, 1))
    sketch.link("r", "a", "HOLDS_SHARES", share=0.4, flags=form.LEAD)
    assert [one.uid for one in owners(sketch.view(as_of=date(2019, 12, 31)), "a").holdings] == ["p"]
    assert [one.uid for one in owners(sketch.view(as_of=date(2020, 1, 1)), "a").holdings] == ["q"]


def test_where_the_search_ends_is_said() -> None:
    sketch = held("sa .1,na .1,ta .1,fa .1,ua .1,ea .1,pa .1,ma .1,xm .5")
    sketch.party("s", STATE)
    sketch.party("n", NOMINEE)
    sketch.party("t", stop=form.TRUST)
    sketch.party("f", stop=form.FOREIGN)
    sketch.party("u", stop=form.UNKNOWN_HOLDER)
    sketch.party("p", label="Person")
    stops = {one.uid: one.stop for one in owners(sketch.view(), "a").holdings}
    assert stops == {
        "s": "state_organ",
        "n": "nominee",
        "t": "trust",
        "f": "foreign",
        "u": "unknown_holder",
        "e": "no_upstream_data",
        "p": "person",
        "m": None,
        "x": "no_upstream_data",
    }


def test_a_party_without_holders_or_holdings_has_none() -> None:
    view = held("ab .5").view()
    assert owners(view, "a").holdings == ()
    assert holdings(view, "b").holdings == ()


def test_an_unknown_party_is_refused() -> None:
    with pytest.raises(AnalysisError, match="nobody"):
        owners(held("ab .5").view(), "nobody")


@pytest.mark.parametrize(("share", "settles"), [(0.9, True), (0.999999, False)])
def test_a_ring_too_large_to_factor_is_iterated_or_said_not_to_be_computed(
    share: float, *, settles: bool
) -> None:
    sketch = Sketch()
    names = [f"r{number:04}" for number in range(1_200)]
    for one, other in zip(names, [*names[1:], names[0]], strict=True):
        sketch.link(one, other, "HOLDS_SHARES", share=share)
    sketch.link("p", names[0], "HOLDS_SHARES", share=round(1 - share, 6))
    lines = {one.uid: one for one in owners(sketch.view(), names[1]).holdings}
    assert lines[names[0]].status == "not_computed"
    if settles:
        assert (lines["p"].status, lines["p"].integrated) == (
            "undisclosed",
            pytest.approx(0.09),
        )
    else:
        assert (lines["p"].status, lines["p"].integrated) == ("not_computed", None)
