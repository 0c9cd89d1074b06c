"""What organisations say, once each: exact whatever the digests, and judged ones stand alone."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.resolve.forms import NO_FORM, VALUES, forms_of, numbered, saying, taken_apart
from loaders.resolve.mentions import COLUMNS

said = st.fixed_dictionaries({
    "uscc": st.sampled_from([None, "c1", "c2"]), "name_key": st.sampled_from([None, "甲", "乙"]),
    "intermediary": st.booleans(), "person": st.booleans(),
    "seen_on": st.sampled_from([None, date(2024, 1, 1), date(2024, 1, 2)]),
})  # fmt: skip


def frame_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    told = [
        row | {"record_id": f"r{99 - at}", "role": "self", "own_uid": f"x{at}"}
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(told, schema=COLUMNS)


@given(rows=st.lists(said, max_size=12), start=st.sampled_from([0, 100]))
def test_who_says_the_same_has_one_form_with_the_oldest_of_them(
    rows: list[dict[str, object]], start: int
) -> None:
    frame = frame_of(rows)

    forms = forms_of(frame, start)

    mine = frame.with_row_index("mention", start).filter(~pl.col("person"))
    assert forms.mentions.tolist() == mine["mention"].to_list()
    assert forms.table[forms.of].select(VALUES).equals(mine.select(VALUES))
    assert forms.table.select(VALUES).is_duplicated().sum() == 0
    oldest = mine.sort("seen_on", "record_id", "role", nulls_last=True)
    first = oldest.unique(VALUES, keep="first", maintain_order=True)["mention"]
    assert sorted(forms.table["first"]) == sorted(first)


@given(rows=st.lists(said, max_size=12))
def test_equal_digests_of_what_differs_make_it_no_one(rows: list[dict[str, object]]) -> None:
    values = frame_of(rows).select(VALUES)
    places = np.arange(values.height)

    found = numbered(values, places, np.zeros(places.size, np.uint64))

    pairs = [(one, other) for one in places for other in places]
    assert all(
        (found[one] == found[other]) == (values.row(one) == values.row(other))
        for one, other in pairs
    )


@given(rows=st.lists(said, max_size=12), judged=st.sets(st.integers(0, 11)))
def test_of_a_form_that_a_judged_mention_has_each_mention_stands_alone(
    rows: list[dict[str, object]], judged: set[int]
) -> None:
    frame = frame_of(rows)
    before = forms_of(frame)

    forms, several = taken_apart(before, frame, {f"x{at}" for at in judged})

    assert forms.table[forms.of].select(VALUES).equals(before.table[before.of].select(VALUES))
    alone = forms.of >= several
    assert forms.table["first"].to_numpy()[forms.of[alone]].tolist() == (
        forms.mentions[alone].tolist()
    )
    split = set(before.of[np.isin(before.mentions, list(judged))].tolist())
    assert alone.tolist() == [of in split for of in before.of.tolist()]


def test_who_says_some_forms_is_found_over_all_blocks_and_persons_say_none() -> None:
    form = np.full(150_000, NO_FORM, np.uint32)
    form[[0, 7, 65_535, 65_536, 149_999]] = [2, 0, 1, 2, 2]

    found = saying(form, np.array([2], np.uint32), 3)

    assert found.tolist() == [0, 65_536, 149_999]
    assert found.dtype == np.uint32
