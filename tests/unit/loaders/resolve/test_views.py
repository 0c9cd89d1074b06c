"""A column written over is the column in which each place has its new text."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.resolve.views import room

# Texts that lie in the view itself, in 12 bytes, and longer ones that lie in a buffer.
texts = st.none() | st.sampled_from(["", "甲", "twelve bytes", "thirteen byte", "一个较长的名称"])
columns = st.lists(texts, max_size=8)


@given(before=columns, behind=columns, data=st.data())
def test_a_column_written_over_has_each_text_in_its_place(
    before: list[str | None], behind: list[str | None], data: st.DataObject
) -> None:
    inside = st.lists(st.sampled_from(range(len(before))), unique=True) if before else st.just([])
    asked = sorted(data.draw(inside))
    new = [*data.draw(st.lists(texts, min_size=len(asked), max_size=len(asked))), *behind]
    places = np.array([*asked, *range(len(before), len(before) + len(behind))], np.uint32)
    expected = [*before, *behind]
    for place, text in zip(places.tolist(), new, strict=True):
        expected[place] = text

    found = room(pl.Series("name", before, pl.String), len(behind)).written(
        places, pl.Series("name", new, pl.String)
    )

    assert found.equals(pl.Series("name", expected, pl.String), check_names=True)
    assert found.null_count() == expected.count(None)


def test_what_is_written_over_twice_and_lies_in_pieces_stays_whole() -> None:
    pieces = [
        pl.Series("name", ["a longer text of one", None]),
        pl.Series("name", ["two", "three"]),
    ]
    column = pl.concat(pieces, rechunk=False)[1:]

    once = room(column, 0).written(np.array([0]), pl.Series("name", ["a longer text of nobody"]))
    twice = room(once, 1).written(
        np.array([1, 3]), pl.Series("name", [None, "a longer text behind"])
    )

    assert twice.to_list() == ["a longer text of nobody", None, "three", "a longer text behind"]
    assert column.to_list() == [None, "two", "three"]
    assert twice.str.len_chars().to_list() == [23, None, 5, 20]
