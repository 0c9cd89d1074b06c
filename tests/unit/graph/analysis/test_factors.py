"""The factor of every kind of link, both ways, as the method's table says."""

from datetime import date, timedelta
from typing import Any

import pytest

from graph.analysis.edits import AddRecord, DropLink
from graph.analysis.exposure import expose
from graph.policy.read import load_policy
from graph.snapshot import form
from tests.agreement.sketch import TODAY, Sketch


def factor(sketch: Sketch, source: str, target: str, as_of: date = TODAY) -> float:
    """Read p(source -> target) off the exposure of the target to one strong record."""
    sketch.record(f"of-{source}", source, strength=0.5)
    found = expose(sketch.view(as_of=as_of), target, hops=1)
    return round(found.exposure / 0.5, 6)


def both(kind: str, **values: Any) -> tuple[float, float]:  # noqa: ANN401 - values of a link
    ways = []
    for source, target in ("ab", "ba"):
        sketch = Sketch()
        sketch.link("a", "b", kind, **values)
        ways.append(factor(sketch, source, target))
    return ways[0], ways[1]


@pytest.mark.parametrize(
    ("kind", "values", "along", "against"),
    [
        ("HOLDS_SHARES", {"share": 0.51}, 0.6, 0.5),
        ("HOLDS_SHARES", {"share": 0.5}, 0.6, 0.5),
        ("HOLDS_SHARES", {"share": 0.4}, 0.48, 0.4),
        ("HOLDS_SHARES", {"share": 0.05}, 0.06, 0.05),
        ("HOLDS_SHARES", {"share": 0.049}, 0, 0),
        ("HOLDS_SHARES", {"share": 0.02, "votes": 0.6}, 0.6, 0.5),
        ("HOLDS_SHARES", {}, 0, 0),
        ("REPRESENTS", {}, 0.6, 0.8),
        ("HOLDS_POST", {"post": "chairman"}, 0.5, 0.5),
        ("HOLDS_POST", {"post": "general_manager"}, 0.5, 0.5),
        ("HOLDS_POST", {"post": "director"}, 0.25, 0.3),
        ("HOLDS_POST", {"post": "supervisor"}, 0.25, 0.3),
        ("HOLDS_POST", {"post": "finance"}, 0.25, 0.3),
        ("HOLDS_POST", {"post": "other"}, 0, 0),
        ("CONTROLS", {}, 0.6, 0.7),
        ("BRANCH_OF", {}, 0.8, 0.9),
        ("GUARANTEES", {}, 0.1, 0.3),
        ("SERVES", {}, 0.2, 0.1),
        ("SIGNS_FOR", {}, 0.3, 0),
        ("PRACTISES_AT", {}, 0.2, 0),
        ("MEMBER_OF", {}, 0, 0),
        ("POSSIBLY_SAME", {"flags": form.LEAD}, 0, 0),
        ("RELATED", {"p": 0.33}, 0.33, 0),
        ("HOLDS_SHARES", {"p": 0.11, "share": 0.9}, 0.11, 0),
        ("RELATED", {"p": 0.99}, 0.95, 0),
    ],
)
def test_every_link_has_its_factor(
    kind: str, values: dict[str, Any], along: float, against: float
) -> None:
    assert both(kind, **values) == (along, against)


@pytest.mark.parametrize(
    ("degree", "into", "out_of"),
    [
        (16, 1, 1),
        (40, 0.25, 0.5),
        (100, 0.125, 0.353553),
        (1000, 0.015625, 0.125),
        (5000, 0.001953, 0.044194),
    ],
)
def test_hubs_dampen_service_both_ways(degree: int, into: float, out_of: float) -> None:
    found = []
    for source, target in ("hc", "ch"):
        sketch = Sketch()
        sketch.link("h", "c", "SERVES")
        sketch.party("h", degree=degree)
        found.append(factor(sketch, source, target))
    assert found == [pytest.approx(0.2 * out_of, abs=2e-6), pytest.approx(0.1 * into, abs=2e-6)]


def test_an_ended_link_fades_and_is_gone_after_three_years() -> None:
    found = []
    for days in (0, 365, 731, 1096, 1200):
        sketch = Sketch()
        sketch.link("a", "b", "REPRESENTS", until=TODAY - timedelta(days=days))
        found.append(factor(sketch, "a", "b"))
    expected = [0.6, 0.6 * 2 ** (-365 / 365.25), 0.6 * 2 ** (-731 / 365.25), 0, 0]
    assert found == [pytest.approx(value, abs=2e-6) for value in expected]


def test_a_link_of_the_future_and_an_imported_one_outside_its_days_do_not_exist() -> None:
    later = TODAY + timedelta(days=1)
    assert both("REPRESENTS", since=later) == (0, 0)
    assert both("RELATED", p=0.5, since=later) == (0, 0)
    assert both("RELATED", p=0.5, until=TODAY) == (0, 0)
    assert both("RELATED", p=0.5, until=later) == (0.5, 0)


def test_an_ended_holding_counts_as_it_stood_on_its_last_day() -> None:
    sketch = Sketch()
    ended = TODAY - timedelta(days=365)
    sketch.link("a", "b", "HOLDS_SHARES", share=0.2, until=ended)
    sketch.link("a", "b", "HOLDS_SHARES", share=0.2, until=ended)
    assert factor(sketch, "a", "b") == pytest.approx(0.48 * 2 ** (-365 / 365.25), abs=2e-6)


@pytest.mark.parametrize("flags", [1, 2])
def test_state_holders_and_nominees_pass_nothing_on(flags: int) -> None:
    sketch = Sketch()
    sketch.party("state", flags)
    sketch.link("state", "a", "HOLDS_SHARES", share=0.9)
    sketch.link("state", "b", "HOLDS_SHARES", share=0.9)
    sketch.record("r", "a")
    view = sketch.view()
    assert expose(view, "b").exposure == 0
    assert expose(view, "state").exposure == 0
    assert "state holder" in expose(view, "state").warnings[0].en


def indirect(share: float, derived: dict[str, Any] | None) -> Sketch:
    """p controls s; both hold t: together more than half."""
    sketch = Sketch()
    sketch.link("p", "s", "HOLDS_SHARES", share=0.6)
    sketch.link("s", "t", "HOLDS_SHARES", share=0.45)
    if share:
        sketch.link("p", "t", "HOLDS_SHARES", share=share)
    if derived is not None:
        flags = form.DERIVED | form.COMPUTED
        sketch.link("p", "t", "CONTROLS", flags=flags, **derived)
    return sketch


@pytest.mark.parametrize(
    ("share", "derived", "along"),
    [
        (0.10, None, 0.12),
        (0.10, {}, 0.6),
        (0.10, {"since": date(1970, 1, 1), "until": date(1970, 1, 1)}, 0.6),
        (0.03, {}, 0.6),
        (0.05, {"since": date(1970, 1, 1), "until": date(1970, 1, 1)}, 0.06),
        (0, {}, 0.6),
        (0, {"since": date(1970, 1, 1), "until": date(1970, 1, 1)}, 0),
    ],
)
def test_control_through_others_makes_a_holding_whole(
    share: float, derived: dict[str, Any] | None, along: float
) -> None:
    sketch = indirect(share, derived)
    assert factor(sketch, "p", "t") == along


def test_dropping_a_holding_takes_control_away() -> None:
    sketch = indirect(0.10, {})
    key = sketch.links[0]["key"]
    view = sketch.view()
    add = AddRecord("p", "penalty", "serious")
    assert round(expose(view, "t", 1, [add]).exposure, 6) == 0.42
    assert round(expose(view, "t", 1, [add, DropLink(key)]).exposure, 6) == round(0.12 * 0.7, 6)


def test_a_recorded_controller_counts_too() -> None:
    sketch = Sketch()
    sketch.link("a", "b", "CONTROLS")
    sketch.link("a", "b", "HOLDS_SHARES", share=0.1)
    assert factor(sketch, "a", "b") == 0.6


ACT = date(2024, 1, 1)


def test_a_link_that_ended_before_the_act_carries_nothing_of_that_record() -> None:
    sketch = Sketch()
    until = date(2023, 12, 31)
    sketch.link("a", "b", "REPRESENTS", until=until)
    sketch.link("b", "c", "REPRESENTS", key="bc")
    sketch.record("dated", "a", strength=0.5, act=ACT)
    view = sketch.view(as_of=date(2024, 6, 1))
    assert expose(view, "b").exposure == 0
    sketch.record("undated", "a", strength=0.5)
    found = expose(sketch.view(as_of=date(2024, 6, 1)), "b")
    assert list(found.by_record) == ["undated"]


def test_a_successor_does_not_inherit_the_act() -> None:
    for flags, expected in ((form.SUCCESSION, 0), (0, 0.3)):
        sketch = Sketch()
        sketch.link("a", "b", "REPRESENTS", since=date(2024, 2, 1), flags=flags)
        sketch.record("dated", "a", strength=0.5, act=ACT)
        assert expose(sketch.view(), "b").exposure == pytest.approx(expected)


def test_a_parallel_link_carries_what_the_ended_one_may_not() -> None:
    sketch = Sketch()
    sketch.link("a", "b", "REPRESENTS", until=date(2023, 12, 31))
    sketch.link("a", "b", "HOLDS_POST", post="director")
    sketch.record("dated", "a", strength=0.5, act=ACT)
    sketch.record("undated", "a", strength=0.5)
    found = expose(sketch.view(as_of=date(2024, 1, 1)), "b")
    factors = {part.record: part.factors for part in found.contributions}
    assert factors["dated"] == (0.25,)
    assert factors["undated"][0] > 0.59
    assert found.exposure == pytest.approx(1 - (1 - 0.125) * (1 - 0.5 * factors["undated"][0]))


def cited(*, cites: str) -> Sketch:
    sketch = Sketch()
    sketch.party("e")
    first = sketch.link("firm", "e", "PERFORMED", key="performed")
    second = sketch.link("e", "client", "ENGAGED_FOR", key="engaged")
    row = sketch.link("firm", "client", "SERVES", flags=form.DERIVED, key="serves")
    sketch.via.append((row, "e", first, second))
    sketch.record("r", "client", strength=0.5, cites=cites)
    return sketch


def test_service_that_the_record_cites_has_its_own_factor() -> None:
    assert expose(cited(cites="").view(), "firm").exposure == pytest.approx(0.05)
    found = expose(cited(cites="e").view(), "firm")
    assert found.exposure == pytest.approx(0.3)
    assert found.floor == 0.3
    assert found.cut == pytest.approx(0.5)
    assert found.counterfactual == {"r": pytest.approx(0.3)}


def test_dropping_what_a_service_follows_from_drops_the_service() -> None:
    view = cited(cites="e").view()
    for key in ("performed", "engaged", "serves"):
        assert expose(view, "firm", edits=[DropLink(key)]).exposure == 0


def test_an_inspector_may_turn_possible_identity_on() -> None:
    policy = load_policy()
    links = policy.links | {"POSSIBLY_SAME": policy.links["REPRESENTS"]}
    sketch = Sketch()
    sketch.link("a", "b", "POSSIBLY_SAME", flags=form.LEAD)
    sketch.record("r", "a", strength=0.5)
    found = expose(sketch.view(policy.model_copy(update={"links": links})), "b")
    assert found.exposure == pytest.approx(0.3)
    assert "possible" in found.warnings[0].en
