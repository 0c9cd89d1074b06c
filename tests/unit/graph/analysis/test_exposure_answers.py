"""Bounds, warnings and refusals of an exposure answer."""

import math

import pytest

from graph.analysis.answers import Contribution
from graph.analysis.edits import AddRecord, DropLink, DropRecord
from graph.analysis.explain import caption, sentence
from graph.analysis.exposure import MOST_PARTS, expose
from graph.analysis.spectral import refuse
from graph.errors import AnalysisError, PolicyError, XinmaiError
from graph.policy.read import load_policy
from graph.schema.catalog import SCHEMA
from tests.agreement.sketch import Sketch


def crowd(size: int, p: float = 0.1) -> Sketch:
    """Every party joined to every other."""
    sketch = Sketch()
    names = [f"n{number:02}" for number in range(size)]
    for source in names:
        sketch.record(f"r-{source}", source, strength=0.1)
        for target in names:
            if source != target:
                sketch.link(source, target, p=p)
    return sketch


def test_too_many_walks_are_answered_within_fewer_links() -> None:
    policy = load_policy().model_copy(update={"max_walks": 2_000})
    view = crowd(12).view(policy)
    found = expose(view, "n00")
    assert (found.capped, found.hops) == (True, 3)
    assert found.exposure == expose(view, "n00", 3).exposure
    assert "answered within 3" in found.warnings[0].en


def test_even_one_link_may_be_too_much() -> None:
    policy = load_policy().model_copy(update={"max_walks": 5})
    found = expose(crowd(12).view(policy), "n00")
    assert (found.capped, found.hops, found.exposure) == (True, 0, 0.0)


def test_many_parts_are_the_largest_and_one_rest() -> None:
    found = expose(crowd(12).view(), "n00")
    assert found.walked > MOST_PARTS
    assert len(found.contributions) == MOST_PARTS + 1
    rest = found.contributions[-1]
    assert (rest.record, rest.path) == ("", ())
    assert abs(math.fsum(part.share for part in found.contributions) - found.exposure) < 1e-12
    assert len(found.counterfactual) == 11


def test_an_amplifying_policy_is_named() -> None:
    view = crowd(12, 0.5).view()
    assert view.radius == pytest.approx(0.5 * 10, abs=1e-3)
    assert "spectral radius 5.000" in expose(view, "n00", 2).warnings[-1].en
    with pytest.raises(PolicyError, match="light up"):
        refuse(view.policy, view.radius, "sketch")
    refuse(view.policy, 0.7, "sketch")


def test_the_radius_of_a_ring_is_its_factor_and_of_a_chain_nothing() -> None:
    ring, chain = Sketch(), Sketch()
    for source, target in ("ab", "bc", "ca"):
        ring.link(source, target, p=0.4)
    chain.link("a", "b", p=0.9)
    chain.link("b", "a", p=0.9)
    assert ring.view().radius == pytest.approx(0.4, abs=1e-4)
    assert chain.view().radius == pytest.approx(0, abs=1e-3)
    assert Sketch(flags={"a": 0}).view().radius == 0


def test_the_cut_names_its_links_where_it_binds() -> None:
    sketch = Sketch()
    for number in range(9):
        sketch.record(f"r{number}", f"s{number}", strength=0.9)
        sketch.link(f"s{number}", "x", p=0.9)
        sketch.link(f"s{number}", "y", p=0.9)
    for middle in "xy":
        sketch.link(middle, "z", p=0.9)
    sketch.link("z", "u", p=0.4)
    sketch.link("u", "a", p=0.9)
    sketch.link("u", "b", p=0.9)
    sketch.link("a", "v", p=0.9)
    sketch.link("b", "v", p=0.9)
    found = expose(sketch.view(), "v", 6)
    assert found.cut == pytest.approx(0.4)
    assert found.exposure > found.cut == found.cap
    assert found.cut_links == ("z-RELATED-u-20",)


@pytest.mark.parametrize(
    ("uid", "hops", "edits", "word"),
    [
        ("nobody", None, (), "nobody"),
        ("n00", 0, (), "hops"),
        ("n00", 9, (), "hops"),
        ("n00", None, (DropRecord("none"),), "none"),
        ("n00", None, (DropLink("none"),), "none"),
        ("n00", None, (AddRecord("nobody", "penalty"),), "nobody"),
        ("n00", None, (AddRecord("n00", "honour"),), "honour"),
        ("n00", None, (AddRecord("n00", "penalty", "terrible"),), "terrible"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    uid: str, hops: int | None, edits: tuple[DropRecord, ...], word: str
) -> None:
    with pytest.raises(AnalysisError, match=word) as caught:
        expose(crowd(3).view(), uid, hops, edits)
    assert isinstance(caught.value, XinmaiError)


def test_a_supposed_record_far_from_all_others_is_found() -> None:
    sketch = Sketch()
    sketch.link("a", "b", p=0.5)
    sketch.link("b", "c", p=0.5)
    found = expose(sketch.view(), "c", edits=[AddRecord("a", "court_defaulter")])
    assert found.exposure == pytest.approx(0.225)
    assert found.contributions[0].record == "added-1"


@pytest.mark.parametrize("strength", [0.8, 0.1])
def test_beside_a_supposed_record_each_is_looked_at_without(strength: float) -> None:
    sketch = Sketch()
    sketch.record("first", "a", strength=strength)
    sketch.link("a", "c", p=0.5)
    sketch.link("b", "c", p=0.5)
    edits = [AddRecord("b", "penalty", "serious")]

    found = expose(sketch.view(), "c", edits=edits)

    alone = expose(sketch.view(), "c").exposure
    assert found.counterfactual == {
        "first": pytest.approx(found.exposure - 0.5 * 0.7),
        "added-1": pytest.approx(found.exposure - alone),
    }


def test_a_record_of_two_parties_is_one_sum_and_is_looked_at_without_at_both() -> None:
    sketch = Sketch()
    sketch.record("both", "a", strength=0.8)
    sketch.record("both", "b", strength=0.8)
    sketch.record("one", "b", strength=0.5)
    sketch.link("a", "c", p=0.5)
    sketch.link("b", "c", p=0.4)

    found = expose(sketch.view(), "c")

    assert sum(found.by_record.values()) == pytest.approx(found.exposure)
    assert list(found.by_record) == ["both", "one"]
    # 0.36 over b by both records, 0.2 by the one that is left.
    assert found.exposure == pytest.approx(1 - 0.6 * 0.64)
    assert found.counterfactual == {
        "both": pytest.approx(found.exposure - 0.2),
        "one": pytest.approx(found.exposure - (1 - 0.6 * (1 - 0.4 * 0.8))),
    }


PART = Contribution(
    record="r",
    path=("d", "r", "c"),
    links=("1", "2"),
    types=("REPRESENTS", "SIGNS_FOR"),
    factors=(0.8, 0.3),
    strength=0.9,
    share=0.3874561,
)
REST = Contribution("", (), (), (), (), 0.0, 0.01)


def test_a_path_reads_as_a_sentence_that_says_what_it_is_not() -> None:
    text = sentence(PART, str.upper, "zh")
    assert text == (
        "D 的记录（强度 0.9），经“法定代表人”（系数 0.8）传至 R，经“签字服务”（系数 0.3）传至 C，"
        "贡献 0.387456。关联提示，不是失信记录，不得据此采取措施。"
    )
    english = sentence(PART, str.upper, "en")
    assert english.startswith('The record of D (strength 0.9), passes by "Legal representative of"')
    assert "not a record of dishonesty" in english
    assert "其余" in sentence(REST, str.upper)
    assert "All other" in sentence(REST, str.upper, "en")


def test_every_link_type_has_a_caption() -> None:
    for link in SCHEMA.links:
        assert caption(link.name) == link.title
