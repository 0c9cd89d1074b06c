"""Files mapped into memory are read as they lie, before and after their pages were given back."""

from pathlib import Path

import numpy as np
import pytest

from graph.snapshot.mapping import let_go, map_array


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
