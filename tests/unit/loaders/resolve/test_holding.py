"""Rows that hold one of some keys, found by a hash table: the same as looking at each of them."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.resolve.keys import holding

# Keys that fall into the same slots of small tables, and the largest one.
keys = st.sampled_from([1, 2, 3, 17, 33, 65, 2**63, 2**64 - 1])
rows = st.lists(st.tuples(st.none() | keys, st.none() | keys, st.booleans()), max_size=20)


@given(rows, st.sets(keys))
def test_rows_with_one_of_the_keys_are_found(
    said: list[tuple[int | None, int | None, bool]], asked: set[int]
) -> None:
    schema = {"k0": pl.UInt64, "k1": pl.UInt64, "mine": pl.Boolean}
    frame = pl.DataFrame(said, schema, orient="row")

    found = holding(
        frame.select("k0", "k1"), pl.Series(sorted(asked), dtype=pl.UInt64), frame["mine"]
    )

    expected = [at for at, (one, other, mine) in enumerate(said) if mine and asked & {one, other}]
    assert found.to_list() == expected
    assert found.dtype == pl.UInt32
