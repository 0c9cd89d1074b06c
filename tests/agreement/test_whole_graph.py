"""The batch over the whole graph says of every party what the definition says of one."""

import math
from datetime import date
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.exposure import expose
from graph.analysis.whole_graph import LEVELS, pairs_on, scan, settle
from graph.errors import PolicyError
from graph.policy.read import Policy, load_policy
from graph.snapshot import form
from tests.agreement.oracles import naive, strongest
from tests.agreement.sketch import TODAY, Sketch

NODES = "abcdef"
TINY = 1e-12

few = settings(max_examples=60, deadline=None)
percents = st.integers(1, 95).map(lambda whole: whole / 100)
graphs = st.dictionaries(st.sampled_from(list(permutations(NODES, 2))), percents, max_size=14)
strengths = st.dictionaries(st.sampled_from(NODES), percents, max_size=4)
hops = st.integers(1, 3)


def open_policy() -> Policy:
    """Return the default policy, which random graphs may amplify as they like."""
    return load_policy().model_copy(update={"spectral_limit": math.inf})


def drawn(links: dict[tuple[str, str], float], strength: dict[str, float]) -> Sketch:
    sketch = Sketch()
    for uid in NODES:
        sketch.party(uid)
    for (source, target), p in links.items():
        sketch.link(source, target, p=p)
    for uid, value in strength.items():
        sketch.record(f"r{uid}", uid, strength=value)
    return sketch


@few
@given(graphs, strengths, hops)
def test_the_batch_is_the_definition_with_and_without_own_records(
    links: dict[tuple[str, str], float], strength: dict[str, float], asked: int
) -> None:
    view = drawn(links, strength).view(open_policy())
    found = scan(view, asked)
    for uid in NODES:
        place = view.place(uid)
        assert math.isclose(found.exposure[place], naive(links, strength, uid, asked), abs_tol=TINY)
        assert math.isclose(
            found.floor[place], strongest(links, strength, uid, asked), abs_tol=TINY
        )


@few
@given(graphs, strengths, hops)
def test_bounds_hold_the_cap_and_settling_gives_the_level_of_one_party(
    links: dict[tuple[str, str], float], strength: dict[str, float], asked: int
) -> None:
    view = drawn(links, strength).view(open_policy())
    found = scan(view, asked)
    settled = settle(view, found, found.unsettled)
    assert settled.unsettled.size == 0
    everybody = np.arange(found.exposure.size)
    by_pairs = settle(view, found, everybody, pairs_on(view))
    assert by_pairs.cap.tobytes() == settle(view, found, everybody).cap.tobytes()
    for uid in NODES:
        place, one = view.place(uid), expose(view, uid, asked)
        assert found.cap_least[place] - TINY <= one.cap <= found.cap[place] + TINY
        assert LEVELS[settled.level[place]] == one.level


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_the_batch_is_what_one_party_is_told_on_links_and_records_of_every_kind(
    asked: int,
) -> None:
    sketch = Sketch()
    sketch.record("court", "D")
    sketch.record("cited", "D", "penalty", severity="general", cites="e")
    sketch.record("dated", "D", "penalty", severity="serious", act=date(2024, 1, 1))
    sketch.record("old", "C", "penalty", severity="serious", status="repaired")
    sketch.record("own", "C", "penalty", severity="heavier", act=date(2025, 1, 1))
    for company in ("C", "D"):
        sketch.link("R", company, "REPRESENTS")
        sketch.link("H", company, "HOLDS_SHARES", share=0.2)
        sketch.link("H", company, "HOLDS_SHARES", share=0.2)
    sketch.link("H", "S", "HOLDS_SHARES", share=0.7)
    sketch.link("S", "D", "HOLDS_SHARES", share=0.2)
    sketch.link("D", "D", "HOLDS_SHARES", share=0.1)
    sketch.link("R", "D", "HOLDS_POST", post="director", until=date(2023, 12, 1))
    sketch.link("M", "D", "HOLDS_POST", post="chairman", until=date(2025, 6, 1))
    sketch.link("N", "D", "REPRESENTS", since=date(2024, 6, 1), flags=form.SUCCESSION)
    sketch.link("N", "C", "REPRESENTS")
    sketch.link("Z", "C", p=0.99)
    sketch.record("z", "Z")
    first = sketch.link("A", "e", "PERFORMED", key="p1")
    second = sketch.link("e", "D", "ENGAGED_FOR", key="p2")
    row = sketch.link("A", "D", "SERVES", flags=form.DERIVED, key="AD")
    sketch.link("A", "C", "SERVES")
    sketch.via.append((row, "e", first, second))
    sketch.party("A", degree=40)
    sketch.party("G", 1)
    sketch.link("G", "C", "HOLDS_SHARES", share=0.3)
    sketch.link("G", "D", "HOLDS_SHARES", share=0.3)
    view = sketch.view(open_policy())
    found = scan(view, asked)
    for uid in sketch.flags:
        place, one = view.place(uid), expose(view, uid, asked)
        assert found.exposure[place] == pytest.approx(one.exposure, abs=TINY)
        assert found.floor[place] == pytest.approx(one.floor, abs=TINY)
        assert found.own[place] == one.own


@few
@given(graphs, strengths, st.permutations(NODES))
def test_relabelling_moves_values_with_their_parties(
    links: dict[tuple[str, str], float], strength: dict[str, float], order: list[str]
) -> None:
    names = dict(zip(NODES, order, strict=True))
    turned = {(names[source], names[target]): p for (source, target), p in links.items()}
    before = scan(drawn(links, strength).view(open_policy()))
    renamed = {names[uid]: value for uid, value in strength.items()}
    after = scan(drawn(turned, renamed).view(open_policy()))
    places = [sorted(NODES).index(names[uid]) for uid in sorted(NODES)]
    assert np.allclose(before.exposure, after.exposure[places], rtol=0, atol=TINY)
    assert np.allclose(before.floor, after.floor[places], rtol=0, atol=TINY)


def test_a_policy_that_lights_everything_is_refused() -> None:
    sketch = Sketch()
    for source, target in permutations("abcd", 2):
        sketch.link(source, target, p=0.6)
    with pytest.raises(PolicyError, match="has a spectral radius above"):
        scan(sketch.view(load_policy(), TODAY))
