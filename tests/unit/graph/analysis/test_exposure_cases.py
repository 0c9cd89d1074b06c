"""Every row of the method's case table, and case G to the printed digits."""

import pytest

from graph.analysis.edits import AddRecord, DropLink, DropRecord, Edit
from graph.analysis.exposure import expose
from graph.analysis.view import View
from tests.agreement.sketch import Sketch


def chain() -> Sketch:
    sketch = Sketch()
    sketch.record("r", "s", strength=0.9)
    sketch.link("s", "a", p=0.8)
    sketch.link("a", "b", p=0.5)
    return sketch


def case_g() -> Sketch:
    sketch = Sketch()
    sketch.record("court", "D")
    for company in ("C", "D"):
        sketch.link("R", company, "REPRESENTS", key=f"R{company}")
        sketch.link("A", company, "SERVES", key=f"A{company}")
    sketch.link("H", "D", "HOLDS_SHARES", share=0.6, key="HD")
    sketch.link("H", "C", "HOLDS_SHARES", share=0.4, key="HC")
    sketch.link("C", "T", "HOLDS_SHARES", share=0.08, key="CT")
    sketch.party("A", degree=40)
    return sketch


@pytest.fixture(scope="module")
def g() -> View:
    return case_g().view()


def test_s1_a_chain_multiplies() -> None:
    found = expose(chain().view(), "b")
    assert (found.exposure, found.floor) == (pytest.approx(0.36, abs=1e-15), 0.36)
    assert found.floor_path == ("s", "a", "b")


def test_s2_two_parties_do_not_light_each_other_up() -> None:
    sketch = Sketch()
    sketch.record("r", "A", strength=0.5)
    sketch.link("A", "B", p=0.5)
    sketch.link("B", "A", p=0.5)
    found = expose(sketch.view(), "A")
    assert (found.exposure, found.floor, found.own) == (0.0, 0.0, 0.5)
    assert expose(sketch.view(), "B").exposure == pytest.approx(0.25)


def test_s3_a_triangle_gives_nothing_back() -> None:
    sketch = Sketch()
    sketch.record("r", "A", strength=0.5)
    for source, target in ("AB", "BA", "BC", "CB", "AC", "CA"):
        sketch.link(source, target, p=0.6)
    view = sketch.view()
    assert expose(view, "A").exposure == 0
    found = expose(view, "B")
    assert found.exposure == pytest.approx(0.426, abs=1e-12)
    assert found.floor == 0.3


def test_s4_a_diamond_joins_two_chains() -> None:
    sketch = Sketch()
    sketch.record("r", "s", strength=0.9)
    for source, target, p in (("s", "a", 0.8), ("s", "b", 0.6), ("a", "v", 0.5), ("b", "v", 0.5)):
        sketch.link(source, target, p=p)
    found = expose(sketch.view(), "v")
    assert found.exposure == pytest.approx(0.5328, abs=1e-12)
    assert found.floor == 0.36


def test_s6_many_sources_through_one_narrow_link() -> None:
    sketch = Sketch()
    for number in range(8):
        sketch.record(f"r{number}", f"s{number}", strength=0.9)
        sketch.link(f"s{number}", "x", p=0.6)
    sketch.link("x", "v", p=0.05)
    found = expose(sketch.view(), "v")
    assert found.exposure == pytest.approx(0.0499, abs=5e-5)
    assert found.floor == 0.027
    assert len(found.contributions) == 8


@pytest.mark.parametrize(("extra", "expected"), [(False, 0.761805), (True, 0.799068)])
def test_s7_factors_above_the_caps_are_clamped_and_counted(*, extra: bool, expected: float) -> None:
    sketch = Sketch()
    sketch.record("r", "0", strength=1)
    for source, target, p in (("0", "2", 0.9), ("2", "1", 0.9), ("1", "3", 1)):
        sketch.link(source, target, p=p)
    if extra:
        sketch.link("0", "1", p=0.2)
    found = expose(sketch.view(), "3")
    assert round(found.exposure, 6) == expected
    [warning] = found.warnings
    assert warning.en == "2 given factors or strengths were above the caps"
    assert warning.zh == "2个给定的系数或强度高于上限，按上限计算"


G = {
    "C": (0.555690, 0.432, ("D", "R", "C"), 0.7972, (0.387456, 0.166691, 0.001543)),
    "R": (0.768779, 0.72, ("D", "R"), 0.8986, (0.668288, 0.099569, 0.000922)),
    "H": (0.545321, 0.45, ("D", "H"), 0.70, (0.413636, 0.131163, 0.000522)),
    "T": (0.053346, 0.041472, ("D", "R", "C", "T"), 0.096, (0.037196, 0.016002, 0.000148)),
    "A": (0.036055, 0.0225, ("D", "A"), 0.049375, (0.022344, 0.009587, 0.004124)),
    "D": (0, 0, (), 0, ()),
}


@pytest.mark.parametrize("uid", G)
def test_case_g_to_the_printed_digits(g: View, uid: str) -> None:
    exposure, floor, path, cut, parts = G[uid]
    found = expose(g, uid)
    assert round(found.exposure, 6) == exposure
    assert round(found.floor, 9) == floor
    assert found.floor_path == path
    assert round(found.cut, 9) == cut
    assert tuple(round(part.share, 6) for part in found.contributions) == parts
    assert found.cap == min(found.exposure, found.cut)
    assert found.by_record == ({"court": found.exposure} if parts else {})
    assert found.counterfactual == ({"court": round(found.exposure, 12)} if parts else {})


def test_case_g_names_links_types_and_factors_of_a_path(g: View) -> None:
    first = expose(g, "C").contributions[0]
    assert first.path == ("D", "R", "C")
    assert first.links == ("RD", "RC")
    assert first.types == ("REPRESENTS", "REPRESENTS")
    assert first.factors == (0.8, 0.6)
    assert (first.record, first.strength) == ("court", 0.9)


@pytest.mark.parametrize(
    ("edit", "exposure"),
    [
        (DropLink("RC"), 0.217764),
        (DropLink("HC"), 0.433278),
        (DropRecord("court"), 0),
        (AddRecord("A", "penalty", "serious"), 0.589490),
        (AddRecord("D", "penalty", "general"), 0.573489),
    ],
)
def test_case_g_what_if(g: View, edit: Edit, exposure: float) -> None:
    assert round(expose(g, "C").exposure, 6) == 0.555690
    assert round(expose(g, "C", edits=[edit]).exposure, 6) == exposure


def test_case_g_own_records_are_never_merged_with_exposure(g: View) -> None:
    found = expose(g, "A", edits=[AddRecord("A", "penalty", "serious")])
    assert (round(found.exposure, 6), found.own) == (0.036055, 0.7)
    assert expose(g, "D", edits=[AddRecord("D", "penalty", "general")]).own == 0.935


def test_levels_follow_cap_and_floor(g: View) -> None:
    assert [expose(g, uid).level for uid in "CRTA"] == ["high", "high", "low", "none"]
