"""The ultimate controller, closed rings, and those who act in concert."""

import pytest

from app.presenters.ownership import controller_lines
from graph.analysis.concert import controls_together
from graph.analysis.controller import controller
from graph.snapshot.arrays import STATE
from tests.agreement.sketch import Sketch


def held(text: str) -> Sketch:
    sketch = Sketch()
    for row in text.split(","):
        pair, percent = row.split()
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=int(percent) / 100, key=pair)
    return sketch


@pytest.mark.parametrize(
    ("text", "company", "expected"),
    [
        ("12 80,23 80,31 20", "3", "1"),
        ("ab 60,ac 20,bc 40,cd 51", "d", "a"),
        ("pr 60,ps 60,rt 26,st 26", "t", "p"),
        ("pa 51,ab 51,bc 51", "c", "p"),
    ],
)
def test_the_top_of_a_chain_of_control_is_named(text: str, company: str, expected: str) -> None:
    found = controller(held(text).view(), company)
    assert (found.status, found.controller) == ("found", expected)


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("pt 50,qt 50", "t"),
        ("pa 60,pb 60,pc 60,at 28,bt 17,ct 5,zt 50", "t"),
        ("ab 10,ax 60,xb 30", "b"),
        ("aa 10,pa 45,qa 45", "a"),
    ],
)
def test_exactly_half_is_no_control(text: str, company: str) -> None:
    found = controller(held(text).view(), company)
    assert (found.status, found.controller) == ("none", None)


def test_members_of_a_closed_ring_are_named_and_nobody_else() -> None:
    for company in "bcd":
        found = controller(held("ab 30,ac 30,bc 60,cb 60,cd 80").view(), company)
        assert (found.status, found.controller, found.ring) == ("closed_ring", None, ("b", "c"))


def test_own_shares_do_not_vote() -> None:
    found = controller(held("pa 46,aa 10,qa 44").view(), "a")
    assert (found.controller, found.votes) == ("p", pytest.approx(0.46 / 0.9))


def test_votes_that_nobody_is_known_to_have_are_said() -> None:
    found = controller(held("pa 30").view(), "a")
    assert (found.status, found.undisclosed) == ("none", 0.7)
    assert controller(held("pa 30").view(), "p").stop == "no_upstream_data"


def test_where_a_controller_is_a_state_organ_the_search_stops_there() -> None:
    sketch = held("sa 60,ab 60")
    sketch.party("s", STATE)
    found = controller(sketch.view(), "b")
    assert (found.controller, found.stop) == ("s", "state_organ")


def test_votes_above_the_whole_that_give_several_controllers_are_a_conflict() -> None:
    found = controller(held("pa 60,qa 60").view(), "a")
    assert (found.status, found.several, found.conflict) == ("several", ("p", "q"), True)


def test_who_acts_in_concert_controls_together() -> None:
    sketch = Sketch()
    sketch.link("p", "h", "HOLDS_SHARES", share=0.3, group="g", key="ph")
    sketch.link("q", "h", "HOLDS_SHARES", share=0.25, group="g", key="qh")
    sketch.link("h", "c", "HOLDS_SHARES", share=0.4, key="hc")
    sketch.link("q", "c", "HOLDS_SHARES", share=0.2, group="g", key="qc")
    found = controller(sketch.view(), "c")
    assert (found.status, found.together, found.controller) == ("together", ("p", "q"), None)
    assert found.votes == pytest.approx(0.6)
    one, other = controls_together(sketch.view(), "p")
    assert [one.uid, other.uid, one.group, other.together] == ["h", "c", "g", ("p", "q")]
    assert [(line.key, line.votes) for line in other.certificate] == [
        ("hc", 400_000),
        ("qc", 200_000),
    ]
    assert controls_together(sketch.view(), "h") == []


def test_a_row_of_a_pool_counts_once_although_its_holder_is_controlled_by_the_pool() -> None:
    sketch = Sketch()
    sketch.link("p", "s", "HOLDS_SHARES", share=0.3, group="g", key="ps")
    sketch.link("q", "s", "HOLDS_SHARES", share=0.3, group="g", key="qs")
    sketch.link("p", "t", "HOLDS_SHARES", share=0.2, group="g", key="pt")
    sketch.link("s", "t", "HOLDS_SHARES", share=0.3, group="g", key="st")
    assert [one.uid for one in controls_together(sketch.view(), "p")] == ["s"]


def test_a_member_that_controls_alone_is_the_controller() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.6, group="g")
    sketch.link("q", "a", "HOLDS_SHARES", share=0.1, group="g")
    assert controller(sketch.view(), "a").controller == "p"


def pacts(text: str) -> Sketch:
    """Rows as `ab 30 g`: a votes 30 % of b, under the code g where one stands there."""
    sketch = Sketch()
    for number, row in enumerate(text.split(",")):
        pair, percent, *code = row.split()
        values = {"group": code[0]} if code else {}
        share = int(percent) / 100
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=share, key=f"{pair}{number}", **values)
    return sketch


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A pact of one holder alone, and who controls that holder.
        ("bc 60,ca 60 g", ("found", ("b",))),
        # x controls m and a by 55 %; the pact counts m's votes, which are x's to cast.
        ("xm 60,xs 60,sa 30,ma 25 g,ya 30 g", ("found", ("x",))),
        # Neither m nor n gains m alone: the pact does, and a with it.
        ("nm 30 g,om 30 g,ma 60 g", ("together", ("m", "n", "o"))),
        # One pact controls m, whose votes another pact counts too.
        ("nm 30 g,om 30 g,ma 30 k,ns 30 g,os 30 g,sa 25,za 25 k", ("together", ("n", "o"))),
        # a and c control each other alone: pacts of either change nothing.
        ("ca 51 g,ac 51 k,ac 20 k", ("closed_ring", ("a", "c"))),
        ("ca 60 g,bc 30 k,ac 60 k,bb 10 g", ("closed_ring", ("a", "c"))),
    ],
)
def test_pacts_are_named_only_where_nobody_in_or_behind_them_controls_alone(
    text: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    found = controller(pacts(text).view(), "a")
    named = found.ring or found.together or found.several or (found.controller,)
    assert (found.status, named) == expected
    assert not found.conflict


def test_pacts_that_count_votes_of_each_other_are_several_and_all_are_named() -> None:
    text = "nm 30 g,om 30 g,mq 30 k,vq 30 k,ma 30 k,qa 30 g"
    found = controller(pacts(text).view(), "a")
    assert (found.status, found.several) == ("several", ("m", "n", "o", "q", "v"))


def test_votes_apart_from_shares_decide() -> None:
    sketch = Sketch()
    sketch.link("l", "f", "HOLDS_SHARES", share=0.99, votes=0.0)
    sketch.link("g", "f", "HOLDS_SHARES", share=0.01, votes=1.0)
    assert controller(sketch.view(), "f").controller == "g"


@pytest.mark.parametrize(
    ("text", "of_itself", "stop"),
    [
        ("aa 100", 1.0, None),
        ("aa 60", 0.6, None),
        # Nobody is recorded, itself neither.
        ("ab 60", 0.0, "no_upstream_data"),
        # An outside holder is recorded: what it holds itself does not vote.
        ("aa 60,pa 10", 0.0, None),
    ],
)
def test_a_company_that_only_itself_is_recorded_to_hold_is_said_to_hold_itself(
    text: str, of_itself: float, stop: str | None
) -> None:
    found = controller(held(text).view(), "a")
    assert (found.status, found.controller) == ("none", None)
    assert (found.of_itself, found.stop) == (pytest.approx(of_itself), stop)
    said = [line for line in controller_lines(found, {}) if "自己持有" in line]
    assert len(said) == (of_itself > 0)
    assert all(f"{of_itself:.2%}" in line and "没有登记外部持有人" in line for line in said)
