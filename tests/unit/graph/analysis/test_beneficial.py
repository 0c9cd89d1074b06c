"""Who is named as owner, by which rule, and what keeps the answer open."""

from datetime import date
from pathlib import Path

import pytest

from graph.analysis.beneficial import Beneficial, beneficial
from graph.errors import PolicyError
from graph.policy.owner_rules import chosen, read_owner_rules
from graph.snapshot import form
from graph.snapshot.arrays import STATE
from tests.agreement.sketch import TODAY, Sketch


def held(text: str, people: str = "pqr") -> Sketch:
    sketch = Sketch()
    for uid in people:
        sketch.party(uid, label="Person")
    for row in text.split(","):
        pair, share = row.split()
        sketch.link(pair[0], pair[1], "HOLDS_SHARES", share=float(share), key=pair)
    return sketch


def found(
    sketch: Sketch, company: str, name: str = "beneficial_2024"
) -> dict[str, tuple[str, str]]:
    (only,) = beneficial(sketch.view(), company, chosen(name)).sets
    return {one.uid: (one.rule, one.status) for one in only.found}


def test_a_quarter_in_the_end_is_enough() -> None:
    sketch = held("pa .5,ab .5,qb .249999,rb .250001")
    assert found(sketch, "b") == {"p": ("i", "identified"), "r": ("i", "identified")}


def test_a_quarter_of_the_votes_is_another_rule() -> None:
    sketch = held("qa .8")
    sketch.link("p", "a", "HOLDS_SHARES", share=0.1, votes=0.25)
    assert found(sketch, "a")["p"] == ("ii", "identified")


def test_votes_count_with_those_of_companies_that_are_controlled() -> None:
    sketch = held("px .51,xa .2,pa .1,qa .7")
    (one,) = [
        line
        for line in beneficial(sketch.view(), "a", chosen("beneficial_2024")).sets[0].found
        if line.uid == "p"
    ]
    assert (one.rule, one.votes, one.integrated) == ("ii", 0.3, pytest.approx(0.202))


def test_control_by_a_chain_of_small_parts_is_the_third_rule() -> None:
    sketch = held("pa .51,ab .51,bc .51")
    (line,) = beneficial(sketch.view(), "c", chosen("beneficial_2024")).sets[0].found
    # The votes of what it controls are its own: the second test holds too, and is named first.
    assert (line.rule, line.tests) == ("ii", ("ii", "iii"))


def test_who_controls_together_is_named_by_the_third_rule() -> None:
    sketch = held("xa .2,ya .2")
    for uid in "pqr":
        sketch.link(uid, "a", "HOLDS_SHARES", share=0.2, group="g")
    assert found(sketch, "a") == dict.fromkeys("pqr", ("iii", "identified"))


def test_who_acts_in_concert_with_one_who_controls_alone_controls_nothing_with_them() -> None:
    sketch = held("xa .2")
    sketch.link("p", "a", "HOLDS_SHARES", share=0.6, group="g")
    sketch.link("q", "a", "HOLDS_SHARES", share=0.2, group="g")
    assert found(sketch, "a") == {"p": ("i", "identified")}


def test_the_manager_is_named_where_nobody_meets_a_test() -> None:
    sketch = held("pa .2,qa .2,xa .2,ya .2,za .2")
    sketch.link("r", "a", "HOLDS_POST", post="general_manager")
    sketch.link("q", "a", "REPRESENTS")
    assert found(sketch, "a") == {"r": ("manager", "manager")}


def test_without_a_manager_the_legal_representative_stands_in() -> None:
    sketch = held("pa .2")
    sketch.link("q", "a", "REPRESENTS")
    sketch.link("r", "a", "HOLDS_POST", post="general_manager", until=date(2020, 1, 1))
    assert found(sketch, "a") == {"q": ("manager", "manager")}


def test_a_state_company_files_its_legal_representative() -> None:
    sketch = held("sa .6,pa .4")
    sketch.party("s", STATE)
    sketch.link("q", "a", "REPRESENTS")
    assert found(sketch, "a") == {
        "s": ("i", "state_organ"),
        "p": ("i", "identified"),
        "q": ("state", "representative"),
    }


@pytest.mark.parametrize(
    ("stop", "status"),
    [
        (form.FOREIGN, "foreign"),
        (form.TRUST, "trust"),
        (form.UNKNOWN_HOLDER, "unknown_holder"),
        (form.PASSES, "no_upstream_data"),
    ],
)
def test_where_the_search_stops_is_in_the_result(stop: int, status: str) -> None:
    sketch = held("xa .3,pa .7")
    sketch.party("x", stop=stop)
    assert found(sketch, "a")["x"] == ("i", status)


def test_companies_in_between_are_no_beneficial_owners() -> None:
    assert found(held("pa 1,ab 1"), "b") == {"p": ("i", "identified")}


def test_the_sets_stand_side_by_side() -> None:
    sketch = held("pa .6,qa .2,ra .05,xa .15")
    answer = beneficial(sketch.view(), "a", chosen("all"))
    sets = {one.rules.name: {line.uid: line.rule for line in one.found} for one in answer.sets}
    assert sets == {
        "beneficial_2024": {"p": "i"},
        "majority_2024": {"p": "share"},
        "related_20": {"p": "votes", "q": "votes"},
        "related_5": {"p": "share", "q": "share", "x": "share", "r": "share"},
    }


def test_exactly_half_is_no_majority_and_the_same_holder_is_a_related_party() -> None:
    sketch = held("pa .5,qa .5")
    assert found(sketch, "a", "majority_2024") == {}
    assert set(found(sketch, "a", "related_20")) == {"p", "q"}


def test_rules_that_were_not_yet_in_force_say_so() -> None:
    view = held("pa 1").view(as_of=date(2024, 10, 31))
    assert not beneficial(view, "a", chosen("beneficial_2024")).sets[0].in_force
    assert beneficial(held("pa 1").view(as_of=TODAY), "a", chosen("related_5")).sets[0].in_force


def test_what_is_undisclosed_is_in_the_answer() -> None:
    answer = beneficial(held("pa .2").view(), "a", chosen("beneficial_2024"))
    assert (answer.undisclosed, answer.sets[0].found) == (0.8, ())


def test_a_line_holds_what_was_measured() -> None:
    (one,) = beneficial(held("pa .6").view(), "a", chosen("beneficial_2024")).sets[0].found
    assert one == Beneficial("p", "P", "i", 0.6, 0.6, "identified", ("i", "ii", "iii"))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("name: x", "title"),
        ("- 1", "document"),
        ("name: [", "cannot be read"),
        (
            "{name: x, title: {zh: a, en: b}, source: s, effective_from: 2024-01-01, who: party, "
            "tests: [{code: a, title: {zh: a, en: b}, measure: votes}]}",
            "one of at_least and over",
        ),
    ],
)
def test_a_set_that_breaks_its_form_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "own.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=rule):
        read_owner_rules(path)


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(PolicyError, match="must be one of beneficial_2024"):
        chosen("nothing")
