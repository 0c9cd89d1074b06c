"""Keys: who holds which, and the same keys whether or not it is told whose they are."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.resolve.keys import (
    KEYED,
    Index,
    anchor_keys,
    distinct,
    held_by_organisations,
    held_by_persons,
    organisation_keys,
    own_keys,
)

value = st.sampled_from([None, "a", "b"])
said = st.fixed_dictionaries({
    **dict.fromkeys(
        ("uscc", "old_uscc", "org_code", "registration_number", "certificate_number"), value
    ),
    **dict.fromkeys(("licence_number", "former_key", "id_hash", "organisation"), value),
    "name_key": st.sampled_from([None, "深圳市甲有限公司", "深圳甲有限责任公司", "张伟"]),
})  # fmt: skip


@given(rows=st.lists(said, min_size=1, max_size=6))
def test_keys_are_the_same_without_whose_they_are(rows: list[dict[str, str | None]]) -> None:
    schema = dict.fromkeys(rows[0], pl.String)
    table = pl.DataFrame(rows, schema=schema).with_row_index("place")

    persons = pl.concat([own_keys(table), anchor_keys(table)])
    assert held_by_organisations(table).tolist() == distinct(organisation_keys(table)).tolist()
    assert held_by_persons(table).tolist() == distinct(persons).tolist()
    assert own_keys(table).schema == KEYED


def test_a_row_has_a_key_for_each_thing_that_it_says_and_none_for_what_it_does_not() -> None:
    columns = ["uscc", "old_uscc", "org_code", "registration_number", "certificate_number"]
    empty = dict.fromkeys([*columns, "licence_number", "former_key"], None)
    names = {
        "name_key": ["深圳市甲有限公司", "深圳甲有限责任公司", None],
        "org_code": [None, "b", None],
    }
    table = pl.DataFrame(
        {name: [None] * 3 for name in empty} | names,
        schema_overrides=dict.fromkeys([*empty, "name_key"], pl.String),
    ).with_row_index("place")

    found = organisation_keys(table)

    # The code of the second row, and one name of two ways to write it.
    assert sorted(found["place"].to_list()) == [0, 1, 1]
    assert found["key"].n_unique() == 2


def test_an_index_tells_who_holds_which_key_in_all_of_its_parts() -> None:
    first = pl.DataFrame({"key": [5, 1, 5], "place": [0, 1, 2]}, schema=KEYED)
    more = pl.DataFrame({"key": [5, 9], "place": [3, 4]}, schema=KEYED)
    index = Index().with_part(first).with_part(more)

    which, places = index.pairs(np.array([1, 2, 5], np.uint64))

    assert sorted(zip(which.tolist(), places.tolist(), strict=True)) == [
        (0, 1), (2, 0), (2, 2), (2, 3),
    ]  # fmt: skip
    assert sorted(index.holders(np.array([9], np.uint64)).tolist()) == [4]
