"""Case G of docs/method.md once more: its paths (section 10) and what C's level rests on (12)."""

import pytest

from graph.analysis.conclusions import exposure_level
from graph.analysis.paths import find_paths
from graph.analysis.rests import rests
from graph.analysis.view import View
from tests.agreement.sketch import Sketch


@pytest.fixture
def g() -> View:
    sketch = Sketch()
    sketch.party("A", degree=40)
    sketch.link("R", "D", "REPRESENTS", key="R-D")
    sketch.link("R", "C", "REPRESENTS", key="R-C")
    sketch.link("H", "D", "HOLDS_SHARES", key="H-D", share=0.6)
    sketch.link("H", "C", "HOLDS_SHARES", key="H-C", share=0.4)
    sketch.link("A", "D", "SERVES", key="A-D")
    sketch.link("A", "C", "SERVES", key="A-C")
    sketch.record("r", "D")
    return sketch.view()


def test_the_paths_between_d_and_c_by_strength(g: View) -> None:
    found = find_paths(g, "D", "C", order="strongest", hops=2)

    assert [path.nodes for path in found.paths] == [
        ("D", "R", "C"), ("D", "H", "C"), ("D", "A", "C"),
    ]  # fmt: skip
    assert [path.strength for path in found.paths] == pytest.approx([0.48, 0.24, 0.0025])


def test_the_high_level_of_c_rests_on_one_record_and_four_links(g: View) -> None:
    found = rests(g, exposure_level(g, "C", None, None))

    assert [fact.uid for fact in found.smallest] == ["r"]
    assert {fact.uid for fact in found.single} == {"r", "R-D", "R-C", "H-D", "H-C"}
