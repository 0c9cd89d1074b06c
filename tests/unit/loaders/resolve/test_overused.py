"""Overused values: names are counted of those alone that stand in rows enough."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.resolve.overused import often, overused

rows = st.lists(
    st.tuples(st.sampled_from([None, "c1", "c2", "c3"]), st.sampled_from([None, "甲", "乙", "丙"])),
    max_size=14,
)


@given(rows=rows, names=st.integers(1, 3))
def test_a_value_is_overused_that_more_names_hold_than_allowed(
    rows: list[tuple[str | None, str | None]], names: int
) -> None:
    frame = pl.DataFrame(rows, schema={"uscc": pl.String, "name_key": pl.String}, orient="row")

    found = overused(frame, "uscc", names)

    # Rows without a name count as one name more.
    held = {code: {name for one, name in rows if one == code} for code, _ in rows if code}
    assert found.to_list() == sorted(code for code, by in held.items() if len(by) > names)
    assert found.name == "uscc"
    assert found.dtype == pl.String


@given(rows=rows, most=st.integers(1, 4))
def test_a_value_stands_often_that_has_more_rows_than_allowed(
    rows: list[tuple[str | None, str | None]], most: int
) -> None:
    codes = [code for code, _ in rows]

    found = often(pl.Series("uscc", codes, pl.String), most)

    assert found == any(codes.count(code) > most for code in set(codes) - {None})
