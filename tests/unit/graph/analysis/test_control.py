"""Control by votes: the cases of the method, and days and own shares."""

from datetime import date

import pytest

from graph.analysis.control import controls
from graph.errors import AnalysisError
from tests.agreement.sketch import Sketch

CASES = {
    "C1": ("12 80,23 80,31 20", {"12", "13", "23"}),
    "C2": ("ab 60,ac 20,bc 40,cd 51", {"ab", "ac", "ad", "cd"}),
    "C4": ("ab 30,ac 30,bc 60,cb 60", {"bc", "cb"}),
    "C9": ("pr 60,ps 60,rt 26,st 26", {"pr", "ps", "pt"}),
    "C10": ("pt 50,qt 50", set()),
    "C13": ("pa 60,pb 60,pc 60,at 28,bt 17,ct 5,zt 50", {"pa", "pb", "pc"}),
}


def held(text: str) -> Sketch:
    sketch = Sketch()
    for row in text.split(","):
        pair, percent = row.split()
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=int(percent) / 100, key=pair)
    return sketch


@pytest.mark.parametrize("case", CASES)
def test_the_cases_of_the_method(case: str) -> None:
    text, expected = CASES[case]
    sketch = held(text)
    view = sketch.view()
    found = {uid + item.uid for uid in sketch.flags for item in controls(view, uid)}
    assert found == expected


def test_the_certificate_adds_up_by_addition() -> None:
    last = controls(held(CASES["C9"][0]).view(), "p")[-1]
    assert (last.uid, last.name, last.votes) == ("t", "T", 0.52)
    assert [(line.holder, line.key, line.votes) for line in last.certificate] == [
        ("r", "rt", 260_000),
        ("s", "st", 260_000),
    ]
    assert (last.gathered, last.base) == (520_000, 1_000_000)


def test_own_shares_are_no_votes() -> None:
    (only,) = controls(held("pa 46,aa 10").view(), "p")
    assert (only.uid, only.base) == ("a", 900_000)
    assert only.votes == pytest.approx(0.46 / 0.9)


def test_votes_entrusted_in_small_parts_add_up_and_others_do_not_count() -> None:
    sketch = held("ps 60,pt 28,st 23")
    sketch.link("s", "t", "REPRESENTS")
    sketch.link("s", "t", "HOLDS_SHARES", share=0.4, until=date(2020, 1, 1))
    sketch.link("t", "t", "REPRESENTS")
    last = controls(sketch.view(), "p")[-1]
    assert [line.votes for line in last.certificate] == [280_000, 230_000]
    assert last.votes == 0.51


def test_only_holdings_of_the_day_count() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.6, until=date(2020, 1, 1))
    sketch.link("p", "b", "HOLDS_SHARES", share=0.6, since=date(2020, 1, 1))
    assert [item.uid for item in controls(sketch.view(as_of=date(2020, 1, 1)), "p")] == ["b"]
    assert [item.uid for item in controls(sketch.view(as_of=date(2019, 12, 31)), "p")] == ["a"]


def test_votes_beside_shares_decide() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.1, votes=0.6)
    sketch.link("q", "a", "HOLDS_SHARES", share=0.9, votes=0.4)
    view = sketch.view()
    assert [len(controls(view, uid)) for uid in "pq"] == [1, 0]


def test_an_unknown_party_is_refused() -> None:
    with pytest.raises(AnalysisError, match="nobody"):
        controls(held("ab 60").view(), "nobody")
