"""Rows of two snapshots side by side: whose pairs may differ, and who is who by uid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.analysis.kernels.factors import Web
from graph.analysis.kernels.traces import Rows, aligned, other_rows, traces_of
from graph.analysis.view import View
from tests.agreement.sketch import Sketch

PARTIES = 500
# More than are looked at in one go.
ROWS = 40_000


def fixed(array: NDArray[np.generic]) -> NDArray[np.generic]:
    array.flags.writeable = False
    return array


@pytest.fixture(name="view", scope="module")
def of_nobody_in_particular() -> View:
    sketch = Sketch()
    for number in range(PARTIES):
        sketch.party(f"p{number:03}")
    sketch.link("p000", "p001")
    return sketch.view()


def with_rows(view: View, kept: NDArray[np.bool_]) -> Web:
    """Return a web of drawn links, of which each has another share, without some."""
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, PARTIES, (2, ROWS)).astype(np.int32)[:, kept]
    names = ("kind", "post", "flags", "votes", "given", "since", "until")
    same = {name: getattr(view.bare, name)[np.zeros(drawn.shape[1], int)] for name in names}
    share = np.arange(ROWS, dtype=np.int32)[kept]
    columns = same | {"source": drawn[0], "target": drawn[1], "share": share}
    return view.bare._replace(**{name: fixed(array) for name, array in columns.items()})


def marked(view: View, before: Web, after: Web, back: NDArray[np.int32]) -> list[int]:
    letters = fixed(np.zeros((PARTIES, 1), np.uint8))
    known = view.strengths
    records = (known.start, known.strength, known.act, known.cites)
    trace, _ = traces_of(before, view.rules, view.day, letters, *records)
    mask, unsure = np.zeros(PARTIES, np.uint8), np.zeros(PARTIES, np.uint8)
    olds = Rows(fixed(trace), before.source, before.target)
    forth, itself = np.arange(PARTIES, dtype=np.int32), np.zeros(PARTIES, np.uint64)
    other_rows(after, view.rules, view.day, olds, back, forth, itself, unsure, mask)
    expected = np.zeros(PARTIES, np.uint64)
    own = after.source == after.target
    values, _ = traces_of(after, view.rules, view.day, letters, *records)
    np.add.at(expected, after.source[own], values[own])
    assert itself.tolist() == expected.tolist()
    return np.flatnonzero(mask).tolist()


@pytest.mark.parametrize("away", [(), (0,), (16_383,), (16_384, 16_385), (7, 20_000, ROWS - 1)])
def test_ends_of_rows_that_came_or_went_are_marked_wherever_they_stand(
    view: View, away: tuple[int, ...]
) -> None:
    kept = np.ones(ROWS, np.bool_)
    kept[list(away)] = False
    everything, fewer = with_rows(view, np.ones(ROWS, np.bool_)), with_rows(view, kept)

    ends = {int(array[row]) for row in away for array in (everything.source, everything.target)}

    # Said of nobody or of everybody: all have the places that they had.
    for back in (np.zeros(0, np.int32), np.arange(PARTIES, dtype=np.int32)):
        assert marked(view, everything, fewer, back) == sorted(ends)
        assert marked(view, fewer, everything, back) == sorted(ends)


uids = st.sets(st.text("abc", min_size=1, max_size=16), max_size=12)


@settings(deadline=None)
@given(uids, uids, st.sampled_from([16, 17]))
def test_places_of_uids_in_order_are_found_by_bytes_and_by_words(
    old: set[str], new: set[str], width: int
) -> None:
    word = np.uint64 if width == 16 else np.uint8
    sides = [np.array(sorted(names), f"S{width}") for names in (old, new)]

    views = (side.view(np.uint8).reshape(side.size, width).view(word) for side in sides)
    back, forth = aligned(*(fixed(array) for array in views))

    names = [side.tolist() for side in sides]
    assert back.tolist() == [names[0].index(n) if n in names[0] else -1 for n in names[1]]
    assert forth.tolist() == [names[1].index(n) if n in names[1] else -1 for n in names[0]]
