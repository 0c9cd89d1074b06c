"""What the index of names reckons with."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.names.index import kth_largest


@given(st.lists(st.floats(0, 1e6, width=32), min_size=1, max_size=60), st.data())
def test_the_kth_largest_is_what_sorting_finds(values: list[float], data: st.DataObject) -> None:
    some = np.array(values, np.float32)
    count = data.draw(st.integers(1, some.size))

    assert kth_largest(some, count) == np.sort(some)[-count]
