"""The tree of owners and holdings: layers, what is open, what is left out, rings."""

from graph.analysis.control_sums import most_votes, sums_behind
from graph.analysis.controller import controller
from graph.analysis.ownership_tree import MOST_BESIDE, Stake, ownership_tree
from tests.agreement.sketch import Sketch


def chain() -> Sketch:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES", share=0.51, key="pa")
    sketch.link("a", "b", "HOLDS_SHARES", share=0.3, key="ab1")
    sketch.link("a", "b", "HOLDS_SHARES", share=0.21, key="ab2")
    return sketch


def test_rows_of_one_holder_are_one_stake_and_the_rest_is_open() -> None:
    tree = ownership_tree(chain().view(), "b", 3, upward=True)

    assert tree.layers == {"b": 0, "a": 1, "p": 2}
    assert tree.stakes == (
        Stake("a", "b", 0.51, ("ab1", "ab2")),
        Stake("p", "a", 0.51, ("pa",)),
    )
    assert tree.undisclosed == {"b": 0.49, "a": 0.49}


def test_downward_nothing_is_open_and_depth_says_where_more_is() -> None:
    tree = ownership_tree(chain().view(), "p", 1, upward=False)

    assert (tree.layers, tree.undisclosed, tree.deeper) == ({"p": 0, "a": 1}, {}, {"a"})


def test_the_largest_holders_are_drawn_and_the_rest_is_counted() -> None:
    sketch = Sketch()
    for number in range(MOST_BESIDE + 3):
        sketch.link(f"h{number:02}", "c", "HOLDS_SHARES", share=0.01 + number / 1_000)
    tree = ownership_tree(sketch.view(), "c", 2, upward=True)

    assert tree.left_out == {"c": 3}
    assert set(tree.layers) == {"c", *(f"h{number:02}" for number in range(3, 15))}


def test_a_ring_is_drawn_once_and_named() -> None:
    sketch = Sketch()
    sketch.link("a", "b", "HOLDS_SHARES", share=0.3)
    sketch.link("b", "a", "HOLDS_SHARES", share=0.2)
    tree = ownership_tree(sketch.view(), "a", 6, upward=True)

    assert tree.rings == (("a", "b"),)
    assert len(tree.stakes) == 2


def test_a_share_without_a_figure_is_none_and_not_nothing() -> None:
    sketch = Sketch()
    sketch.link("p", "a", "HOLDS_SHARES")

    assert ownership_tree(sketch.view(), "a", 1, upward=True).stakes[0].share is None


def test_the_additions_behind_a_controller_stand_in_order_and_end_in_the_company() -> None:
    view = chain().view()
    (sums,) = sums_behind(view, controller(view, "b"))

    assert (sums.holders, [one.uid for one in sums.companies]) == (("p",), ["a", "b"])
    assert [line.votes for line in sums.companies[1].certificate] == [300_000, 210_000]


def test_who_acts_in_concert_has_one_addition_together() -> None:
    sketch = Sketch()
    sketch.link("p", "c", "HOLDS_SHARES", share=0.3, group="g")
    sketch.link("q", "c", "HOLDS_SHARES", share=0.25, group="g")
    view = sketch.view()
    (sums,) = sums_behind(view, controller(view, "c"))

    assert sums.holders == ("p", "q")
    assert sums.companies[0].gathered == 550_000


def test_of_equal_halves_both_have_the_most_and_nobody_controls() -> None:
    sketch = Sketch()
    sketch.link("p", "t", "HOLDS_SHARES", share=0.5)
    sketch.link("q", "t", "HOLDS_SHARES", share=0.5)
    view = sketch.view()

    assert most_votes(view, "t") == (("p", "q"), 0.5)
    assert sums_behind(view, controller(view, "t")) == ()
    assert most_votes(view, "p") == ((), 0.0)
