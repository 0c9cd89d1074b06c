"""Records and chains byte by byte; that the engine reads them is in test_bulk."""

import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from graph.store import chains, pages
from graph.store.columns import values_of

NUMBERS = [0, -1, 1, 63, 64, -65, 2**31 - 1, -(2**31), 2**31, 2**62, -(2**63), 2**63 - 1]


def read(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 128:
            return value, at


def read_folded(data: bytes, at: int) -> tuple[int, int]:
    value, at = read(data, at)
    return value >> 1 ^ -(value & 1), at


@pytest.mark.parametrize("value", NUMBERS)
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    one: Any = np.int64(value)
    out = np.zeros(12, np.uint8)
    for put, size_of, folded in (
        (pages.put, pages.size_of, pages.folded),
        (pages.put.py_func, pages.size_of.py_func, pages.folded.py_func),
    ):
        end = put(out, 0, folded(one))
        assert end == size_of(folded(one))
        assert read_folded(out.tobytes(), 0) == (value, end)


def test_whole_numbers_are_of_32_bits_where_that_is_enough() -> None:
    data, starts = pages.numbers(np.array(NUMBERS), 0)
    kinds = [int(data[start]) for start in starts[:-1]]
    assert kinds == [pages.INTEGER if -(2**31) <= one < 2**31 else pages.LONG for one in NUMBERS]
    assert [read_folded(data.tobytes(), int(one) + 1)[0] for one in starts[:-1]] == NUMBERS


def test_records_follow_each_other_and_a_page_says_where_they_are() -> None:
    sizes = np.array([10, pages.LONGEST, pages.LONGEST + 1, *[3] * (pages.SLOTS + 1)])
    places, spots, used = pages.layout(sizes)

    assert places[:4].tolist() == [0, pages.SLOTS, -1, 2 * pages.SLOTS]
    assert places[-1] == 3 * pages.SLOTS
    assert used.size == 4
    assert used.max() <= pages.CONTENT
    out = np.zeros(used.size * pages.CONTENT, np.uint8)
    pages.frame(out, places[-2], spots[-2], 3)
    content = out[2 * pages.CONTENT :].tobytes()
    assert struct.unpack_from(">h", content)[0] == pages.SLOTS
    begins = struct.unpack_from(">I", content, pages.TABLE + 4 * (pages.SLOTS - 1))[0]
    assert read_folded(content, begins) == (3, spots[-2] - 2 * pages.CONTENT)


def test_values_that_are_none_are_left_out() -> None:
    told = values_of(
        [
            pa.array(["甲", None, ""], pa.large_string()),
            pa.array([1.5, float("nan"), None]),
            pa.array([True, None, False]),
            pa.array([["a"], None, []], pa.list_(pa.large_string())),
            pa.array([None, None, None], pa.null()),
        ]
    )

    assert told.given.tolist() == [
        [True, False, True],
        [True, False, False],
        [True, False, True],
        [True, False, True],
        [False, False, False],
    ]
    assert told.text.tolist() == [True, False, False, False, False]
    body = told.data[told.starts[3, 0] : told.starts[3, 1]].tobytes()
    assert body == bytes([pages.LIST, 1, pages.TEXT, 1]) + b"a"


def test_a_chain_is_split_where_it_is_long_and_names_the_record_before() -> None:
    bucket = 7 << pages.PLACE_BITS
    node = np.sort(np.array([bucket + 1] + [bucket + 2] * 9_000))
    link = (9 << pages.PLACE_BITS) + np.arange(node.size)
    begins, sizes = chains.split(node, link, node)
    places, spots, used = pages.layout(sizes)
    out = np.zeros(used.size * pages.CONTENT, np.uint8)
    found = chains.write_chains(out, places, spots, sizes, begins, node, link, node, bucket)

    assert begins.tolist()[:2] == [0, 1]
    assert begins.size - 1 == sizes.size == found.size > 2
    assert int(sizes.max()) < pages.LONGEST
    before = [struct.unpack_from(">iq", out.tobytes(), int(spot) + 5) for spot in spots]
    assert before[:2] == [(-1, -1), (-1, -1)]
    assert before[2:] == [(7, int(one)) for one in places[1:-1]]
    kind, size = struct.unpack_from(">BI", out.tobytes(), int(spots[0]))
    assert (kind, size) == (chains.CHAIN, sizes[0])
