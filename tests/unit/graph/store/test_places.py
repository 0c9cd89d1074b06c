"""Places of texts: as a dictionary has them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.store.places import Places, Texts


def texts_of(words: list[str]) -> Texts:
    told = [word.encode() for word in words]
    begins = np.cumsum([0, *map(len, told)])
    return np.frombuffer(b"".join(told), np.uint8), begins[:-1], begins[1:]


@given(
    st.lists(st.lists(st.text(max_size=4), max_size=30), max_size=6), st.lists(st.text(max_size=4))
)
def test_places_are_those_of_a_dictionary(batches: list[list[str]], asked: list[str]) -> None:
    known: dict[str, int] = {}
    places = Places()
    for batch in batches:
        first = len(known)
        told = np.arange(first, first + len(batch)) * 7
        again = next(
            (row for row, word in enumerate(batch) if word in known or word in batch[:row]), -1
        )
        assert places.add(texts_of(batch), told) == again
        if again >= 0:
            return
        known |= dict(zip(batch, told.tolist(), strict=True))

    found, missing = places.find(texts_of(asked))

    assert missing == next((row for row, word in enumerate(asked) if word not in known), -1)
    if missing < 0:
        assert found.tolist() == [known[word] for word in asked]


def test_many_are_found_after_the_table_has_grown() -> None:
    places, size = Places(), 5_000
    for first in range(0, 4 * size, size):
        words = [f"节点{number}" for number in range(first, first + size)]
        assert places.add(texts_of(words), np.arange(first, first + size)) == -1

    found, missing = places.find(texts_of([f"节点{number}" for number in range(0, 4 * size, 3)]))

    assert missing == -1
    assert found.tolist() == list(range(0, 4 * size, 3))
    assert places.add(texts_of(["新", "节点7"]), np.zeros(2, np.int64)) == 1
