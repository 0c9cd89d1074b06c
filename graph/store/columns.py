"""Rows of a table as the values of records: what graph.store.pages puts together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.store.pages import BOOLEAN, DOUBLE, LIST, TEXT, Bytes, Flags, Ints, numbers, put
from graph.store.places import Texts


@dataclass(frozen=True, slots=True)
class Values:
    """The values of some columns (columns, rows), as `graph.store.pages.lengths` takes them.

    `data` holds all of them; `starts` (columns, rows + 1) is where each begins, `given` whether
    there is one; `text` (columns,) says that kind and length are to be put before it.
    """

    data: Bytes
    starts: Ints
    given: Flags
    text: Flags


def values_of(columns: Sequence[pa.Array]) -> Values:
    """Return columns of texts, numbers, truths or lists as values; a number that is none is none.

    Each is of one length. A date is told as text before.
    """
    parts = [_values(column) for column in columns]
    begins = np.cumsum([0, *(part[0].size for part in parts)])
    return Values(
        np.concatenate([np.empty(0, np.uint8), *(part[0] for part in parts)]),
        np.stack([part[1] + begin for part, begin in zip(parts, begins, strict=False)]),
        np.stack([part[2] for part in parts]),
        np.array([pa.types.is_large_string(column.type) for column in columns]),
    )


def texts_of(column: pa.Array) -> Texts:
    """Return the texts of a column as they lie in memory; what is null is empty."""
    _, begins, data = column.buffers()
    starts = np.frombuffer(begins, np.int64)[column.offset :][: len(column) + 1]
    whole = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    return whole[starts[0] : starts[-1]], starts[:-1] - starts[0], starts[1:] - starts[0]


def given_in(column: pa.Array) -> Flags:
    """Return which values of a column are given."""
    return _truths(column.is_valid())


# Arrow's own to_numpy and fill_null import pandas first, for a third of a second.


def _truths(column: pa.Array) -> Flags:
    bits = np.unpackbits(np.frombuffer(column.buffers()[1], np.uint8), bitorder="little")
    return bits[column.offset :][: len(column)].astype(np.bool_)


def numbers_in(column: pa.Array, kind: type[np.generic]) -> NDArray[Any]:
    """Return the numbers of a column as they lie in memory, which are of this kind."""
    return np.frombuffer(column.buffers()[1], kind)[column.offset :][: len(column)]


def _values(column: pa.Array) -> tuple[Bytes, Ints, Flags]:
    given = given_in(column)
    if pa.types.is_large_string(column.type):
        whole, _, ends = texts_of(column)
        return whole, np.append(0, ends), given
    if pa.types.is_boolean(column.type):
        truths = _truths(column) & given
        pairs = np.column_stack((np.full(truths.size, BOOLEAN), truths)).astype(np.uint8)
        return pairs.ravel(), np.arange(0, pairs.size + 1, 2), given
    if pa.types.is_floating(column.type):
        reals = numbers_in(column.cast(pa.float64()), np.float64)
        given &= np.isfinite(reals)
        return *numbers(np.where(given, reals, 0.0).view(np.int64), DOUBLE), given
    if pa.types.is_integer(column.type):
        return *numbers(np.where(given, numbers_in(column.cast(pa.int64()), np.int64), 0), 0), given
    lists = [_list(one) for one in column.to_pylist()]
    starts = np.cumsum([0, *map(len, lists)])
    return np.frombuffer(b"".join(lists), np.uint8), starts, given


def _list(items: Sequence[object] | None) -> bytes:
    """Return a list of texts or whole numbers as a value: its kind, how many, and each with its."""
    if items is None:
        return b""
    told = bytes([LIST]) + _number(len(items))
    for item in items:
        if isinstance(item, str):
            body = item.encode()
            told += bytes([TEXT]) + _number(len(body)) + body
        elif isinstance(item, int):
            told += numbers(np.array([item]), 0)[0].tobytes()
        else:
            told += bytes([0])
    return told


def _number(value: int) -> bytes:
    out = np.empty(10, np.uint8)
    return out[: put(out, 0, value)].tobytes()
