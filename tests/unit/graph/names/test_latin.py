"""Names in alphabets: word by word, in any order, not worse than the library's best ratio."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.alphabets import CASES, figures, rapid
from graph.names.latin import alike

names = st.text(alphabet="ABcd éÖ'-.ж", max_size=24)


@given(one=names, other=names)
def test_alikeness_is_symmetric_and_between_nothing_and_all(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 1
    assert alike(one, other) == pytest.approx(alike(other, one))


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (("Olaf Scholze", "Olaf Scholz"), ("Octavian Scholz", "Olaf Scholz")),
        (("J Smith", "John Smith"), ("K Smith", "John Smith")),
        (("Sergey Viktorovich Lavrov", "Sergey Lavrov"), ("Sergey Ivanov", "Sergey Lavrov")),
        (
            ("Goldman Sachs & Co. L.L.C.", "Goldman Sachs & Co. LLC"),
            ("LXC Aviation", "LAU Aviation"),
        ),
    ],
)
def test_a_slip_or_a_word_left_out_is_nearer_than_another_name(
    nearer: tuple[str, str], farther: tuple[str, str]
) -> None:
    assert alike(*nearer) > alike(*farther)


def test_international_pairs_are_told_apart_no_worse_than_by_rapidfuzz() -> None:
    if not CASES.exists():
        pytest.skip(f"public data is absent: {CASES.name}")
    ours, peer = figures(alike), figures(rapid)
    assert all(mine >= its for mine, its in zip(ours, peer, strict=True))
    assert ours == pytest.approx((0.828, 0.78, 0.782), abs=0.005)
