"""Each step of a contribution is the product that it says it is."""

import math

import pytest

from graph.analysis.exposure import expose
from graph.analysis.steps import Step, steps_of
from graph.analysis.view import View
from graph.policy.read import load_policy, with_leads
from graph.snapshot import form
from tests.agreement.sketch import Sketch


def product(step: Step) -> float:
    return step.beta * step.phi * step.hubs * step.age


@pytest.fixture(scope="module")
def view() -> View:
    """Case G without its last company."""
    sketch = Sketch()
    sketch.record("court", "D")
    for company in ("C", "D"):
        sketch.link("R", company, "REPRESENTS", key=f"R{company}")
        sketch.link("A", company, "SERVES", key=f"A{company}")
    sketch.link("H", "D", "HOLDS_SHARES", share=0.6, key="HD")
    sketch.link("H", "C", "HOLDS_SHARES", share=0.4, key="HC")
    sketch.party("A", degree=40)
    return sketch.view()


def test_every_step_of_case_g_multiplies_to_its_factor(view: View) -> None:
    for part in expose(view, "C").contributions:
        steps = steps_of(view, part)
        assert [step.link.key for step in steps] == list(part.links)
        for step in steps:
            assert math.isclose(product(step), step.factor, abs_tol=1e-6)


def test_the_parts_of_a_share_and_of_a_hub_are_told(view: View) -> None:
    by_links = {part.links: steps_of(view, part) for part in expose(view, "C").contributions}

    up, down = by_links["HD", "HC"]
    assert (up.along, up.beta, up.phi) == (False, 0.5, 1.0)
    assert (down.along, down.beta, down.phi, down.factor) == (True, 0.6, 0.8, 0.48)
    into, _ = by_links["AD", "AC"]
    assert (into.beta, into.hubs) == (0.1, 0.25)


def test_a_given_factor_is_said_to_be_given() -> None:
    sketch = Sketch()
    sketch.record("r", "s", strength=0.9)
    sketch.link("s", "a", p=0.8)
    view = sketch.view()
    ((step,),) = [steps_of(view, part) for part in expose(view, "a").contributions]

    assert (step.given, step.factor) == (True, 0.8)


def test_links_that_are_only_possible_conduct_under_the_policy_with_leads_alone() -> None:
    sketch = Sketch()
    sketch.record("r", "s")
    sketch.link("s", "v", "POSSIBLY_SAME", flags=form.LEAD)
    policy = load_policy()

    assert expose(sketch.view(), "v").exposure == 0
    found = expose(sketch.view(with_leads(policy)), "v")
    assert found.exposure == pytest.approx(0.9 * 0.95)
    assert found.policy != policy.version
    assert "links that are only possible were used" in [one.en for one in found.warnings]
