"""Files mapped into memory are read as they lie, before and after their pages were given back."""

from collections.abc import Iterator
from mmap import mmap
from pathlib import Path

import numpy as np
import pytest

from graph.snapshot.mapping import aside, let_go, map_array, set_aside_from, zeros


@pytest.mark.parametrize(
    "array",
    [
        np.arange(5),
        np.zeros(0, "S3"),
        np.array([b"ab", b"c"]),
        np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
    ],
)
def test_an_array_is_what_was_saved_and_cannot_be_written(
    array: np.ndarray[tuple[int, ...], np.dtype[np.generic]], tmp_path: Path
) -> None:
    np.save(tmp_path / "a.npy", array)

    found = map_array(tmp_path / "a.npy")

    assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())
    assert type(found) is np.ndarray
    assert not found.flags.writeable


def test_what_was_given_back_is_read_again(tmp_path: Path) -> None:
    array = np.arange(100_000)
    np.save(tmp_path / "a.npy", array)
    found = map_array(tmp_path / "a.npy")
    total = found.sum()

    let_go()

    assert found.sum() == total == array.sum()


def test_a_file_that_is_cut_short_or_holds_objects_is_no_array(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.array([{}, {}]), allow_pickle=True)
    with pytest.raises(ValueError, match="no array of numbers"):
        map_array(path)
    np.save(path, np.arange(5))
    whole = path.read_bytes()
    for content in (whole[:-8], whole[:20], whole[:3], b"", whole[:6] + b"\x02" + whole[7:]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"EOF|empty|not all of it|another form"):
            map_array(path)


@pytest.fixture
def from_a_kilobyte() -> Iterator[None]:
    """Arrays of a kilobyte or more are set aside."""
    set_aside_from(1_000)
    yield
    set_aside_from(None)


def _own(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bool:
    return not isinstance(array.base, mmap)


@pytest.mark.usefixtures("from_a_kilobyte")
def test_what_is_set_aside_is_as_it_was_and_can_be_written_when_its_pages_were_given_back() -> None:
    array = np.arange(2_000, dtype=np.int32).reshape(2, 1_000)

    found, fresh, small = aside(array), zeros(1_000, np.int32), aside(array[0, :5])
    found[0, 0], fresh[3] = 7, 9
    let_go()

    assert [_own(one) for one in (array, found, fresh, small)] == [True, False, False, True]
    assert (found.dtype, found.flags.c_contiguous, found.flags.aligned) == (np.int32, True, True)
    assert found.sum() == array.sum() + 7
    assert (fresh.sum(), fresh[3]) == (9, 9)


def test_nothing_is_set_aside_where_nobody_asked_for_it() -> None:
    array = np.arange(2_000)

    assert aside(array) is array
    assert _own(zeros(2_000, np.int32))
