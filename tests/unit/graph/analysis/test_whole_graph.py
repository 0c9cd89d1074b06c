"""The scan's counts and refusals, and its compiled loops run as plain Python."""

from types import ModuleType

import numpy as np
import pytest

from graph.analysis import whole_graph
from graph.analysis.kernels import factors, pairs, scan, seeds
from graph.analysis.whole_graph import LEVELS, counts_by, level_codes, settle, settle_most
from graph.errors import AnalysisError
from graph.policy.read import load_policy
from graph.snapshot import form
from tests.agreement.sketch import Sketch


def small() -> Sketch:
    """Return a debtor, its representative R with a firm F, and C that R touches weakly."""
    sketch = Sketch()
    sketch.record("court", "D")
    sketch.record("dated", "D", "penalty", severity="serious", act=None)
    sketch.link("R", "D", "REPRESENTS")
    sketch.link("R", "F", "REPRESENTS")
    sketch.link("F", "C", "HOLDS_SHARES", share=0.06)
    sketch.link("H", "C", "HOLDS_SHARES", share=0.02)
    sketch.link("D", "W", "RELATED", p=0.01)
    return sketch


def test_every_party_gets_the_level_of_its_cap_and_floor() -> None:
    found = whole_graph.scan(small().view())

    assert dict(zip("CDFHRW", (LEVELS[code] for code in found.level), strict=True)) == {
        "C": "none",
        "D": "none",
        "F": "medium",
        "H": "none",
        "R": "high",
        "W": "none",
    }


def test_levels_are_those_that_the_policy_names() -> None:
    levels = load_policy().levels
    caps = np.array([0.5, 0.5, 0.2, 0.05, 0.0499])
    floors = np.array([0.2, 0.19, 0.0, 0.0, 0.04])

    codes = level_codes(levels, caps, floors)

    said = [levels.of(cap, floor) for cap, floor in zip(caps, floors, strict=True)]
    assert [LEVELS[code] for code in codes] == said


def test_groups_are_counted_by_level_and_by_weak_links_alone() -> None:
    found = whole_graph.scan(small().view())

    counts = counts_by(found, np.array(["", "4401", "4401", "4401", "4403", "4403"]))

    assert list(counts) == ["4401", "4403"]
    # Of D, F and H only F is exposed; of R and W both, W over a chain of .0099.
    assert (counts["4401"].parties, counts["4401"].exposed, counts["4401"].weak) == (3, 1, 0)
    assert counts["4403"].levels == {"none": 1, "low": 0, "medium": 0, "high": 1}
    assert counts["4403"].weak_share == 0.5
    everybody = counts_by(found)[""]
    assert (everybody.parties, everybody.exposed) == (6, 4)


def test_nobody_exposed_is_no_share() -> None:
    sketch = Sketch()
    sketch.link("a", "b", "REPRESENTS")

    counts = counts_by(whole_graph.scan(sketch.view()))[""]

    assert (counts.exposed, counts.weak_share) == (0, 0.0)


def test_a_cut_below_the_lowest_bound_takes_a_level_back() -> None:
    sketch = Sketch()
    sketch.record("r", "s", strength=0.04)
    for middle in ("m1", "m2", "m3"):
        sketch.link("s", middle, p=0.95)
        sketch.link(middle, "v", p=0.95)
    view = sketch.view(load_policy())
    found = whole_graph.scan(view)
    v = view.place("v")

    settled = settle(view, found, found.unsettled)

    assert found.unsettled.tolist() == [v]
    assert (LEVELS[found.level[v]], LEVELS[settled.level[v]]) == ("low", "none")
    assert settled.cap[v] == pytest.approx(0.04)
    assert settled.unsettled.size == 0


def test_of_many_levels_the_highest_are_settled_first_and_no_more_than_asked() -> None:
    sketch = Sketch()
    for source, strength, target in (("s", 0.04, "v"), ("t", 0.19, "w")):
        sketch.record(f"r{source}", source, strength=strength)
        for number in range(3):
            sketch.link(source, f"{source}{number}", p=0.95)
            sketch.link(f"{source}{number}", target, p=0.95)
    view = sketch.view(load_policy())
    found = whole_graph.scan(view)
    v, w = view.place("v"), view.place("w")

    one, both = settle_most(view, found, most=1), settle_most(view, found)

    assert found.unsettled.tolist() == [v, w]
    assert (one.settled.tolist(), one.unsettled.tolist()) == ([w], [v])
    assert (LEVELS[found.level[w]], LEVELS[one.level[w]]) == ("medium", "low")
    assert (both.settled.tolist(), both.unsettled.tolist()) == ([v, w], [])
    assert settle_most(view, both) is both


@pytest.mark.parametrize("hops", [0, 4])
def test_more_links_than_the_batch_is_exact_over_are_refused(hops: int) -> None:
    with pytest.raises(AnalysisError, match="must be 1 to 3"):
        whole_graph.scan(small().view(), hops)


def _bodies(modules: tuple[ModuleType, ...]) -> dict[str, object]:
    return {
        name: value.py_func
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, "py_func")
    }


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_plain_python_agrees(monkeypatch: pytest.MonkeyPatch, hops: int) -> None:
    sketch = small()
    sketch.record("own", "R", "penalty", severity="heavier", cites="e")
    sketch.link("R", "H", "SERVES")
    sketch.link("D", "F", "HOLDS_SHARES", share=0.3)
    sketch.link("D", "F", "HOLDS_SHARES", share=0.1)
    first = sketch.link("R", "e", "PERFORMED")
    second = sketch.link("e", "F", "ENGAGED_FOR")
    row = sketch.link("R", "F", "SERVES", flags=form.DERIVED)
    sketch.via.append((row, "e", first, second))
    for number in range(30):
        sketch.link("H", f"k{number:02}", "REPRESENTS")
    sketch.party("G", 1)
    sketch.link("G", "D", "HOLDS_SHARES", share=0.9)
    view = sketch.view()
    compiled = whole_graph.scan(view, hops)
    modules = (factors, seeds, pairs, scan)

    for name, body in _bodies(modules).items():
        for module in (*modules, whole_graph):
            if hasattr(module, name) and name != "scan":
                monkeypatch.setattr(module, name, body)
    plain = whole_graph.scan(view, hops)

    for name in ("exposure", "floor", "cap_least", "own"):
        assert np.allclose(getattr(plain, name), getattr(compiled, name), rtol=0, atol=1e-12)
