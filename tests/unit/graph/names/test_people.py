"""Names of persons as they are looked for: what is written around a name changes nothing."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.names.people import person_key

HAN = st.text("萧肖傅付钟阎张伟芳某先生女士小姐", min_size=1, max_size=5)


def key(text: str) -> str | None:
    found: str | None = person_key(pl.Series([text])).item()
    return found


@given(name=HAN.filter(lambda name: not name.endswith(("先生", "女士", "小姐"))))
def test_signs_around_a_name_change_nothing(name: str) -> None:
    # A name of Han characters alone stays as it is; one with a sign is folded first.
    assert key(f"{name[:1]} {name[1:]}·") == key(name)


@given(name=HAN)
def test_each_name_is_read_as_if_it_were_alone(name: str) -> None:
    names = [name, "John Smith", "张某", name, None]

    found = person_key(pl.Series("name", names))

    assert found.name == "name"
    assert found.to_list() == [key(name), "JOHN SMITH", None, key(name), None]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("萧伟先生", "肖伟"), ("萧先生", None), ("萧", None), ("先生", None), ("萧生", "肖生")],
)
def test_what_is_added_to_a_name_is_none_of_it(text: str, wanted: str | None) -> None:
    assert key(text) == wanted
