"""The laws of the method, tried on random graphs against the oracles."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.answers import Exposure
from graph.analysis.edits import AddRecord, DropLink, DropRecord
from graph.analysis.exposure import expose
from tests.agreement.oracles import cascade, naive, strongest
from tests.agreement.sketch import Sketch

HOPS = 4
NODES = "abcde"
TINY = 1e-12

few = settings(max_examples=60, deadline=None)
percents = st.integers(1, 95).map(lambda whole: whole / 100)
pairs = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda p: p[0] != p[1])
graphs = st.dictionaries(pairs, percents, max_size=8)
strengths = st.dictionaries(st.sampled_from(NODES), percents, max_size=3)


def drawn(links: Mapping[tuple[str, str], float], strength: Mapping[str, float]) -> Sketch:
    sketch = Sketch()
    for uid in NODES:
        sketch.party(uid)
    for (source, target), p in links.items():
        sketch.link(source, target, p=p, key=f"{source}{target}")
    for uid, value in strength.items():
        sketch.record(f"r{uid}", uid, strength=value)
    return sketch


def numbers(found: Exposure) -> tuple[Any, ...]:
    return (found.exposure, found.floor, found.cut, found.own, found.level)


@few
@given(graphs, strengths)
def test_x_is_what_the_definition_says_and_lies_between_its_bounds(
    links: dict[tuple[str, str], float], strength: dict[str, float]
) -> None:
    found = expose(drawn(links, strength).view(), "a")
    assert math.isclose(found.exposure, naive(links, strength, "a", HOPS), abs_tol=TINY)
    assert math.isclose(found.floor, strongest(links, strength, "a", HOPS), abs_tol=TINY)
    exact = cascade(links, strength, "a")
    assert 0 <= found.floor <= exact + TINY
    assert exact <= min(found.exposure, found.cut) + 1e-9
    assert found.exposure <= 1


@few
@given(graphs, strengths, st.integers(1, 3))
def test_one_more_hop_never_lowers_x(
    links: dict[tuple[str, str], float], strength: dict[str, float], hops: int
) -> None:
    view = drawn(links, strength).view()
    assert expose(view, "a", hops + 1).exposure >= expose(view, "a", hops).exposure - TINY


@few
@given(graphs, strengths)
def test_contributions_sum_to_x_and_the_floor_is_a_simple_path(
    links: dict[tuple[str, str], float], strength: dict[str, float]
) -> None:
    found = expose(drawn(links, strength).view(), "a")
    assert abs(math.fsum(part.share for part in found.contributions) - found.exposure) < TINY
    assert abs(math.fsum(found.by_record.values()) - found.exposure) < TINY
    path = found.floor_path
    assert len(set(path)) == len(path)
    if path:
        product = strength[path[0]]
        for step in pairwise(path):
            product *= links[step]
        assert math.isclose(product, found.floor, abs_tol=TINY)
    else:
        assert found.exposure == 0


@few
@given(graphs, strengths, st.permutations(NODES))
def test_row_order_and_relabelling_change_nothing(
    links: dict[tuple[str, str], float], strength: dict[str, float], order: list[str]
) -> None:
    names = dict(zip(NODES, order, strict=True))
    turned = {(names[source], names[target]): p for (source, target), p in reversed(links.items())}
    renamed = {names[uid]: value for uid, value in strength.items()}
    before = expose(drawn(links, strength).view(), "a")
    after = expose(drawn(turned, renamed).view(), names["a"])
    assert numbers(before) == numbers(after)
    shares = sorted(part.share for part in before.contributions)
    assert shares == sorted(part.share for part in after.contributions)


@few
@given(graphs, strengths, st.data())
def test_deleting_never_raises_x(
    links: dict[tuple[str, str], float], strength: dict[str, float], data: st.DataObject
) -> None:
    view = drawn(links, strength).view()
    before = expose(view, "a").exposure
    edits = [DropLink(source + target) for source, target in links]
    edits += [DropRecord(f"r{uid}") for uid in strength]
    if edits:
        edit = data.draw(st.sampled_from(edits))
        assert expose(view, "a", edits=[edit]).exposure <= before + TINY


@few
@given(graphs, strengths, st.sampled_from(NODES))
def test_own_records_do_not_change_x_and_a_dropped_record_is_an_absent_one(
    links: dict[tuple[str, str], float], strength: dict[str, float], uid: str
) -> None:
    view = drawn(links, strength).view()
    own = expose(view, "a", edits=[AddRecord("a", "penalty", "serious")])
    assert own.exposure == expose(view, "a").exposure
    if uid in strength:
        rest = {other: value for other, value in strength.items() if other != uid}
        dropped = expose(view, "a", edits=[DropRecord(f"r{uid}")])
        assert numbers(dropped) == numbers(expose(drawn(links, rest).view(), "a"))


@few
@given(graphs, strengths)
def test_what_a_record_makes_up_is_what_dropping_it_takes_away(
    links: dict[tuple[str, str], float], strength: dict[str, float]
) -> None:
    view = drawn(links, strength).view()
    found = expose(view, "a")
    for record, difference in found.counterfactual.items():
        without = expose(view, "a", edits=[DropRecord(record)]).exposure
        assert abs(found.exposure - difference - without) < TINY


@few
@given(graphs, strengths)
def test_a_duplicate_link_and_a_repaired_record_change_nothing(
    links: dict[tuple[str, str], float], strength: dict[str, float]
) -> None:
    sketch = drawn(links, strength)
    before = expose(sketch.view(), "a")
    for (source, target), p in links.items():
        sketch.link(source, target, p=p, key=f"{source}{target}-again")
    for status in ("repaired", "revoked", "expired", "disputed", "not_yet_effective"):
        sketch.record(f"old-{status}", "b", status=status)
    assert expose(sketch.view(), "a") == before


@few
@given(st.dictionaries(pairs, st.integers(1, 60), max_size=6), strengths)
def test_one_holding_is_as_good_as_two_halves(
    shares: dict[tuple[str, str], int], strength: dict[str, float]
) -> None:
    whole, halves = drawn({}, strength), drawn({}, strength)
    for (source, target), share in shares.items():
        whole.link(source, target, "HOLDS_SHARES", share=share / 100)
        halves.link(source, target, "HOLDS_SHARES", share=share / 200)
        halves.link(source, target, "HOLDS_SHARES", share=share / 200)
    assert numbers(expose(whole.view(), "a")) == numbers(expose(halves.view(), "a"))


@few
@given(st.integers(1, 200), st.integers(1, 50))
def test_one_more_clean_client_never_raises_anyone(degree: int, more: int) -> None:
    found = []
    for clients in (degree, degree + more):
        sketch = Sketch()
        sketch.record("r", "client")
        sketch.link("hub", "client", "SERVES")
        sketch.link("hub", "other", "SERVES")
        sketch.party("hub", degree=clients)
        found.append([expose(sketch.view(), uid).exposure for uid in ("hub", "other")])
    assert all(after <= before for before, after in zip(*found, strict=True))
