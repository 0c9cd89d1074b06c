"""The scale under which a refused policy is accepted: the largest, tried on the graph itself."""

from itertools import permutations

import pytest

from graph.analysis.exposure import expose
from graph.analysis.scaling import largest_scale, scaled
from graph.analysis.view import View
from graph.analysis.whole_graph import pairs_on, radius_on, scan
from graph.policy.read import load_policy
from tests.agreement.sketch import Sketch


def dense() -> Sketch:
    """Return four companies that represent each other's debtor and hold each other."""
    sketch = Sketch()
    sketch.record("court", "a")
    for source, target in permutations("abcd", 2):
        sketch.link(source, target, p=0.6)
        sketch.link(source, target, "REPRESENTS")
    sketch.link("d", "e", p=0.95)
    sketch.link("e", "d", p=0.99)
    return sketch


def radius(view: View) -> float:
    return radius_on(pairs_on(view))


def test_it_is_the_largest_in_thousandths() -> None:
    view = dense().view()
    limit = view.policy.spectral_limit

    scale = largest_scale(view, radius(view))

    assert radius(dense().view(scaled(view.policy, scale))) <= limit
    assert radius(dense().view(scaled(view.policy, scale + 0.001))) > limit
    assert scale == pytest.approx(limit / radius(view), abs=0.01)
    # From whatever the search begins with it ends with the same.
    assert {largest_scale(view, guess) for guess in (0.71, 1.5, 9.0)} == {scale}


def test_a_small_group_that_amplifies_among_thousands_that_hardly_do_is_found() -> None:
    sketch = Sketch()
    around = [f"c{number:04}" for number in range(4_000)]
    for source, target in zip(around, [*around[1:], around[0]], strict=True):
        sketch.link(source, target, p=0.6)
        sketch.link(target, source, p=0.6)
    calm = radius(sketch.view())
    for source, target in permutations("wxyz", 2):
        sketch.link(source, target, p=0.4)

    # In a circle what is passed on goes one way; in the group each has two others to pass it to.
    assert calm == pytest.approx(0.6, abs=0.01)
    assert radius(sketch.view()) == pytest.approx(0.8, abs=0.001)


def test_scan_and_expose_agree_under_it_given_factors_included() -> None:
    policy = scaled(load_policy(), 0.31)
    view = dense().view(policy)

    found = scan(view)

    assert found.policy.endswith(" × 0.31")
    for uid in "abcde":
        one = expose(view, uid, 3)
        assert found.exposure[view.place(uid)] == pytest.approx(one.exposure, abs=1e-12)
    one = expose(view, "e", 1)
    assert one.exposure == 0
    assert expose(dense().view(scaled(load_policy(), 0.5)), "b", 1).exposure == pytest.approx(
        0.9 * max(0.8 * 0.5, 0.6 * 0.5)
    )
