"""Tables by names of hex digits: in the order of the texts, whatever they are."""

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from loaders.sorting import by_digest

NAMES = st.one_of(
    st.text("0123456789abcdef", min_size=1, max_size=20),
    st.text("0123456789abcdefABCxz张", max_size=18),
    st.none(),
)


@given(rows=st.lists(st.tuples(NAMES, st.sampled_from(["a", "b", "c"])), max_size=30))
@example(rows=[("0000000000000000b", "a"), ("0000000000000000a", "b")])
@example(rows=[("B", "a"), ("a", "a")])
def test_the_order_is_that_of_the_texts(rows: list[tuple[str | None, str]]) -> None:
    frame = pl.DataFrame(rows, {"name": pl.String, "then": pl.String}, orient="row")

    assert by_digest(frame, "name", "then").equals(frame.sort("name", "then"))


@given(digits=st.lists(st.text("0123456789abcdef", min_size=16, max_size=16), unique=True))
def test_a_letter_before_the_digits_is_passed_over(digits: list[str]) -> None:
    frame = pl.DataFrame({"name": [f"l{one}" for one in digits]}, {"name": pl.String})

    assert by_digest(frame, "name", prefix=1).equals(frame.sort("name"))
