"""Who controls in the end is found again from the votes that the certificate lists."""

import copy
import json
import random
from typing import Any

import pytest

from graph.analysis.checks import check, read
from graph.analysis.controller import controller
from graph.analysis.controller_certificate import controller_certificate
from graph.analysis.remade import compared, remake
from graph.analysis.verify_controller import MOST_VOTES
from graph.errors import AnalysisError
from tests.agreement.sketch import Sketch


def certified(sketch: Sketch, company: str) -> dict[str, Any]:
    document = read(json.dumps(controller_certificate(sketch.view(), company)).encode())
    assert isinstance(document, dict)
    return document


def drawn(chance: random.Random, whole: int) -> Sketch:
    """Up to six companies, each with up to three rows, some under one of two pacts."""
    sketch = Sketch()
    names = "abcdef"[: chance.randint(3, 6)]
    for company in names:
        sketch.party(company)
        left = whole
        for _ in range(chance.randint(0, 3)):
            share = min(left, chance.choice([10, 20, 25, 30, 50, 51, 60]))
            code = chance.choice([None, None, None, "g", "k"])
            if share:
                values = {"share": share / 100, "group": code}
                sketch.link(chance.choice(names), company, "HOLDS_SHARES", **values)
            left -= share
    return sketch


@pytest.mark.parametrize(
    ("whole", "answers"),
    [(100, {"found", "together", "closed_ring", "none"}), (130, {"found", "several", "none"})],
)
def test_whoever_is_named_is_found_by_adding_up_the_listed_votes(
    whole: int, answers: set[str]
) -> None:
    chance = random.Random(whole)  # noqa: S311 - a fixed sample
    seen = set()
    for _ in range(60):
        sketch = drawn(chance, whole)
        for company in sketch.flags:
            document = certified(sketch, company)
            verdict = check(document)
            assert verdict.ok, (sketch.links, company, verdict.fault)
            found = controller(sketch.view(), company)
            assert document["status"] == found.status
            seen.add(found.status)
            other = document | {"named": [] if document["named"] else [{"uid": "x", "name": "X"}]}
            assert not check(other).ok
    assert answers <= seen


def test_nobody_else_can_be_named_and_no_vote_left_out_of_its_sum() -> None:
    sketch = Sketch()
    for holder, company, share in (("p", "r", 0.6), ("q", "r", 0.4), ("r", "t", 0.7)):
        sketch.link(holder, company, "HOLDS_SHARES", share=share, key=f"{holder}{company}")
    document = certified(sketch, "t")
    assert [(one["uid"], one["name"]) for one in document["named"]] == [("p", "P")]
    assert [one["company"] for one in document["control"]["sections"][0]["companies"]] == ["r", "t"]
    assert check(document).ok

    other = copy.deepcopy(document) | {"named": [{"uid": "q", "name": "Q"}]}
    assert "who is named" in str(check(other).fault)
    (row,) = [part for part in document["companies"] if part["company"] == "r"]
    row["votes"][0]["votes"] -= 1
    assert "votes recorded" in str(check(document).fault)


def test_what_was_made_up_consistently_is_named_when_it_is_made_again() -> None:
    sketch = Sketch()
    sketch.link("p", "t", "HOLDS_SHARES", share=0.6, key="pt")
    document = certified(sketch, "t")
    assert compared(document, remake(document, sketch.view())) == []
    for part in (document["companies"][0], document["control"]["sections"][0]["companies"][0]):
        part["votes"][0]["votes"] += 1
    document["companies"][0]["recorded"] += 1
    document["control"]["sections"][0]["companies"][0]["before"] += 1
    document["control"]["sections"][0]["companies"][0]["gathered"] += 1
    assert check(document).ok
    differences = compared(document, remake(document, sketch.view()))
    assert [(one.where, one.shown, one.made) for one in differences] == [
        ("control.sections[0].companies[t].votes[p/pt].votes", 600_001, 600_000),
        ("control.sections[0].companies[t].before", 600_001, 600_000),
        ("control.sections[0].companies[t].gathered", 600_001, 600_000),
        ("companies[t].votes[p/pt].votes", 600_001, 600_000),
        ("companies[t].recorded", 600_001, 600_000),
    ]


def test_a_row_that_stands_on_one_side_alone_and_another_order_are_named() -> None:
    sketch = Sketch()
    for holder in "pqr":
        sketch.link(holder, "t", "HOLDS_SHARES", share=0.3, key=f"{holder}t")
    document = certified(sketch, "t")
    votes = document["companies"][0]["votes"]
    votes[:] = [votes[2], votes[0]]
    found = compared(document, remake(document, sketch.view()))
    assert [(one.where, one.shown is None) for one in found] == [
        ("companies[t].votes[q/qt]", True),
        ("companies[t].votes: order", False),
    ]


def test_more_votes_than_anybody_adds_up_have_no_certificate() -> None:
    sketch = Sketch()
    for number in range(MOST_VOTES + 1):
        sketch.link(f"h{number:04}", "t", "HOLDS_SHARES", share=0.0001)
    with pytest.raises(AnalysisError, match="nobody adds them up by hand"):
        controller_certificate(sketch.view(), "t")
