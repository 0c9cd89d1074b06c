"""The fewest facts without which a conclusion falls, against every set of facts that there is."""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis import rests as rests_module
from graph.analysis.breaking import Items, Question, break_it
from graph.analysis.conclusions import Conclusion, Control, Owner, Share, exposure_level
from graph.analysis.control import controls
from graph.analysis.exposure import expose
from graph.analysis.rests import rests
from graph.analysis.view import View
from graph.errors import AnalysisError
from tests.agreement.sketch import Sketch

MOST = 9
NAMES = "abcde"


def smallest_of_all(drops: Sequence[Items], holds: Callable[[Items], bool]) -> int | None:
    """How many facts the smallest set has that makes it fall, by trying every one."""
    for count in range(len(drops) + 1):
        for chosen in combinations(drops, count):
            if not holds(frozenset().union(*chosen)):
                return count
    return None


def agrees(view: View, conclusion: Conclusion) -> None:
    rows, records = conclusion.rows(), conclusion.records()
    size = rows.size + len(records)

    def holds(removed: Items) -> bool:
        kept = np.array(sorted(one for one in removed if one < rows.size), np.int64)
        gone = frozenset(records[one - rows.size] for one in removed if one >= rows.size)
        return conclusion.holds(rows[kept], gone)

    found = rests(view, conclusion)

    if not holds(frozenset()):
        assert not found.stands
        return
    single = [frozenset({item}) for item in range(size)]
    assert found.exact
    assert len(found.smallest) == (smallest_of_all(single, holds) or 0)
    keys = [*(view.key_at(row) for row in rows.tolist()), *records]
    assert {fact.uid for fact in found.single} == {
        key for key, item in zip(keys, single, strict=True) if not holds(item)
    }
    by_key = dict(zip(keys, range(size), strict=True))
    assert not found.smallest or not holds(frozenset(by_key[one.uid] for one in found.smallest))


@st.composite
def holdings(draw: st.DrawFn) -> View:
    sketch = Sketch()
    for name in NAMES:
        sketch.party(name, label="Person" if name == "a" else "Enterprise")
    for number in range(draw(st.integers(1, MOST))):
        source, target = draw(st.permutations(NAMES))[:2]
        share = draw(st.sampled_from([0.2, 0.3, 0.51, 0.6]))
        sketch.link(source, target, "HOLDS_SHARES", key=f"{number:02}", share=share)
    return sketch.view()


@given(holdings())
@settings(max_examples=60)
def test_control_rests_on_the_fewest_holdings_that_trying_all_finds(view: View) -> None:
    for company in controls(view, "a"):
        agrees(view, Control(view, "a", company.uid))


@given(holdings(), st.sampled_from([0.1, 0.25, 0.5]))
@settings(max_examples=60)
def test_a_share_and_an_owner_rest_on_the_fewest_holdings(view: View, threshold: float) -> None:
    agrees(view, Share(view, "a", "e", threshold))
    agrees(view, Owner(view, "a", "e"))


@st.composite
def exposed(draw: st.DrawFn) -> View:
    sketch = Sketch()
    for number in range(draw(st.integers(1, 6))):
        source, target = draw(st.permutations("abcd"))[:2]
        kind = draw(st.sampled_from(["REPRESENTS", "HOLDS_SHARES", "GUARANTEES"]))
        sketch.link(source, target, kind, key=f"{number:02}", share=0.6)
    for number in range(draw(st.integers(1, 3))):
        sketch.record(f"r{number}", draw(st.sampled_from("abc")))
    sketch.party("d")
    return sketch.view()


@given(exposed())
@settings(max_examples=60)
def test_a_level_rests_on_the_fewest_links_and_records(view: View) -> None:
    if expose(view, "d").level != "none":
        agrees(view, exposure_level(view, "d", None, None))
    if (value := expose(view, "d").exposure) > 0.1:
        agrees(view, exposure_level(view, "d", None, value * 0.9))


@given(st.data())
@settings(max_examples=100)
def test_facts_that_several_items_fall_with_are_counted_once(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 7))
    items = st.frozensets(st.integers(0, size - 1), min_size=1)
    proofs = data.draw(st.lists(items, min_size=1, max_size=5))
    more = data.draw(st.lists(items, max_size=4))
    drops = [*(frozenset({item}) for item in range(size)), *more]

    def holds(removed: Items) -> bool:
        return any(not proof & removed for proof in proofs)

    def met(proof: Items) -> dict[int, Items]:
        return {size + place: one for place, one in enumerate(more) if one & proof}

    found = break_it(Question(size, holds, None, met), 10_000)
    few = break_it(Question(size, holds, None, met), 3)

    assert found.exact
    assert len(found.facts) == smallest_of_all(drops, holds)
    assert not holds(frozenset().union(*(drops[one] for one in found.facts)))
    assert found.single == tuple(fact for fact, dropped in enumerate(drops) if not holds(dropped))
    late = break_it(Question(size, holds, None, met), 10_000, timeout=0)
    assert (late.facts, late.exact, late.timed_out) == ((), False, True)
    # Within a bound: at least so many, and at most so many that do make it fall.
    assert few.least <= len(found.facts)
    if few.facts:
        assert len(few.facts) >= len(found.facts)
        assert not holds(frozenset().union(*(drops[one] for one in few.facts)))


def test_what_does_not_stand_rests_on_nothing_and_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sketch = Sketch()
    sketch.link("a", "b", "HOLDS_SHARES", share=0.5)
    view = sketch.view()

    found = rests(view, Control(view, "a", "b"))

    assert (found.stands, found.smallest) == (False, ())
    monkeypatch.setattr(rests_module, "MOST_ITEMS", 0)
    with pytest.raises(AnalysisError, match="must be at most 0"):
        rests(view, Control(view, "a", "b"))
