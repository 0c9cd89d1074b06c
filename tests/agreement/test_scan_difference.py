"""What changed between two scans adds up, and the causes that are named explain it."""

from datetime import date

import pytest
from hypothesis import given, settings

from graph.analysis.scan_difference import (
    ADDED,
    CHANGED,
    MOST_CAUSES,
    REMOVED,
    Shift,
    Side,
    reason,
    shifts,
)
from graph.analysis.view import View
from graph.analysis.whole_graph import scan
from graph.errors import AnalysisError
from graph.policy.read import Policy, load_policy
from tests.agreement.sketch import Sketch
from tests.agreement.test_rescan import given_links, open_policy, strengths, with_factors

few = settings(max_examples=40, deadline=None)


def changed(old: View, new: View) -> list[Shift]:
    return list(shifts(scan(old), scan(new), (old.snapshot, new.snapshot)).listed)


@few
@given(given_links, strengths, given_links, strengths)
def test_changes_add_up_and_what_is_named_explains_them(
    links: dict[tuple[str, str], float],
    strength: dict[str, float],
    other: dict[tuple[str, str], float],
    others: dict[str, float],
) -> None:
    before = with_factors(links, strength).view(open_policy())
    more = dict(list(other.items())[:3])
    after = with_factors(links | more, strength | dict(list(others.items())[:1])).view(
        open_policy()
    )
    then, now = scan(before), scan(after)

    found = shifts(then, now, (before.snapshot, after.snapshot))

    assert found.rose + found.fell + found.same == found.parties
    # What is below three decimals is left out of the list.
    left_out = found.parties * 0.0005
    total = now.exposure.sum() - then.exposure.sum()
    assert sum(one.change for one in found.listed) == pytest.approx(total, abs=left_out)
    turned = shifts(now, then, (after.snapshot, before.snapshot))
    assert (turned.rose, turned.fell) == (found.fell, found.rose)
    for shift in found.listed:
        assert reason(Side(before), Side(after), shift, 3).attributed


def firms(*, repaired: bool = False, linked: bool = True, day: date = date(2026, 11, 22)) -> View:
    sketch = Sketch()
    status = "repaired" if repaired else "active"
    sketch.record("court", "D", status=status)
    sketch.record("ends", "E", until=date(2026, 11, 23))
    sketch.link("R", "D", "REPRESENTS", key="RD")
    sketch.link("E", "K", "BRANCH_OF", key="EK")
    if linked:
        sketch.link("R", "C", "REPRESENTS", key="RC")
    else:
        sketch.party("C")
    return sketch.view(load_policy(), day)


def why(old: View, new: View, uid: str) -> list[tuple[str, str, str]]:
    (shift,) = [one for one in changed(old, new) if one.uid == uid]
    found = reason(Side(old), Side(new), shift, 3)
    assert found.attributed
    # One cause alone explains all of it.
    assert found.causes[0].effect == pytest.approx(shift.change)
    return [(cause.kind, cause.name, cause.what) for cause in found.causes]


def test_a_repaired_record_releases_a_party() -> None:
    old, new = firms(), firms(repaired=True)

    assert why(old, new, "C") == [("record", "court", CHANGED)]
    found = shifts(scan(old), scan(new), (old.snapshot, new.snapshot))
    assert (found.fell, found.released) == (2, 2)
    assert found.moves == {("high", "none"): 1, ("medium", "none"): 1}


def test_a_link_that_came_or_went_is_named_and_not_the_record_behind_it() -> None:
    assert why(firms(linked=False), firms(), "C") == [("link", "RC", ADDED)]
    assert why(firms(), firms(linked=False), "C") == [("link", "RC", REMOVED)]


def test_the_end_of_publication_is_a_change_of_the_record() -> None:
    assert why(firms(), firms(day=date(2026, 11, 24)), "K") == [("record", "ends", CHANGED)]


def test_a_party_that_was_not_there_has_no_value_before() -> None:
    sketch = Sketch()
    sketch.record("court", "D")
    old = sketch.view()
    sketch.link("R", "D", "REPRESENTS")

    (shift,) = changed(old, sketch.view())

    assert (shift.uid, shift.before, shift.level_before) == ("R", None, "")
    assert shift.after == pytest.approx(0.72)


def test_scans_under_different_policies_are_not_compared() -> None:
    other: Policy = load_policy().model_copy(update={"scale": 0.5})
    old, new = firms(), firms()
    with pytest.raises(AnalysisError, match="must be under one policy"):
        shifts(scan(old), scan(Sketch().view(other)), (old.snapshot, new.snapshot))


def test_causes_beyond_those_tried_alone_are_told_together() -> None:
    old, new = Sketch(), Sketch()
    for one in range(MOST_CAUSES + 5):
        for sketch in (old, new):
            sketch.record(f"r{one}", f"D{one}")
        new.link("C", f"D{one}", "BRANCH_OF", key=f"b{one}")
    before, after = old.view(), new.view()
    (shift,) = [one for one in changed(before, after) if one.uid == "C"]

    found = reason(Side(before), Side(after), shift, 3)

    assert (len(found.causes), found.further) == (MOST_CAUSES, 5)
    assert found.further_effect > 0
    assert found.attributed
