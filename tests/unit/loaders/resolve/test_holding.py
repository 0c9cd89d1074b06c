"""Who holds one of some keys, and who is reached through keys in common: as looking at each."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from loaders.resolve.forms import Places
from loaders.resolve.keys import KEYED, Index, Keys, Reached

keys = st.sampled_from([1, 2, 3, 17, 33, 65, 2**63, 2**64 - 1])
held = st.lists(st.tuples(keys, st.integers(0, 12)), max_size=20)


def index_of(said: list[tuple[int, int]], cut: int) -> Index:
    index = Index()
    for part in (said[:cut], said[cut:]):
        index = index.with_part(pl.DataFrame(part, KEYED, orient="row"))
    return index


def sorted_keys(values: set[int]) -> Keys:
    return np.array(sorted(values), np.uint64)


@given(said=held, cut=st.integers(0, 20), asked=st.sets(keys))
def test_who_holds_one_of_the_keys_is_found(
    said: list[tuple[int, int]], cut: int, asked: set[int]
) -> None:
    index = index_of(said, cut)

    found = index.holders(sorted_keys(asked))

    assert set(found.tolist()) == {place for key, place in said if key in asked}
    assert found.dtype == np.uint32
    one = Index((index.as_one(),)).holders(sorted_keys(asked))
    assert set(one.tolist()) == set(found.tolist())


places = st.sets(st.integers(0, 12))


@given(said=held, steps=st.lists(st.tuples(st.sets(keys), places), min_size=1, max_size=3))
def test_whoever_is_reached_through_keys_in_common_is_found(
    said: list[tuple[int, int]], steps: list[tuple[set[int], set[int]]]
) -> None:
    def keys_of(places: Places) -> Keys:
        return sorted_keys({key for key, place in said if place in places})

    found = Reached(index_of(said, 3), keys_of, 13)
    for asked, named in steps:
        found.follow(sorted_keys(asked), np.array(sorted(named), np.uint32))

    through: set[int] = set().union(*(asked for asked, _ in steps))
    reached: set[int] = set().union(*(named for _, named in steps))
    for _ in range(len(said) + 1):
        through |= {key for key, place in said if place in reached}
        reached |= {place for key, place in said if key in through}
    assert found.places().tolist() == sorted(reached)
