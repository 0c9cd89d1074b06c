"""Where nodes are stored, found by their uids: a table of hashed texts in compiled loops.

A dictionary of Python takes seven times as long for the ends of a million links, most of it to make
a text of each of them.
"""

# A kernel takes arrays one by one.
# ruff: noqa: PLR0913, PLR0917

from typing import Any

import numpy as np

from graph.loops import loop
from graph.store.pages import Bytes, Ints

# Texts as they lie in memory: bytes, where each begins, and where it ends.
Texts = tuple[Bytes, Ints, Ints]

# FNV-1a, 64 bits (draft-eastlake-fnv).
_BASIS = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
# Slots for each text at least: with fewer a search goes on for long.
_ROOM = 2
_LEAST = 1_024
_NONE = -1


class Places:
    """Places of texts, each of them there once."""

    def __init__(self) -> None:
        self._slots = np.full(_LEAST, _NONE, np.int64)
        self._data = np.empty(0, np.uint8)
        self._begins = self._ends = self._places = np.empty(0, np.int64)

    def add(self, texts: Texts, places: Ints) -> int:
        """Remember the `places` (n,) of texts; return the first row that is there already, or -1.

        With such a row nothing is remembered of it and those behind it.
        """
        data, begins, ends = texts
        known, before = self._begins.size, self._data.size
        self._data = np.concatenate((self._data, data))
        self._begins = np.concatenate((self._begins, begins + before))
        self._ends = np.concatenate((self._ends, ends + before))
        self._places = np.concatenate((self._places, places))
        if self._slots.size < _ROOM * self._begins.size:
            size = 1 << int(_ROOM * self._begins.size - 1).bit_length()
            self._slots = np.full(size, _NONE, np.int64)
            known = 0
        again = int(_fill(self._slots, self._data, self._begins, self._ends, known))
        return again if again < 0 else again - (self._begins.size - begins.size)

    def find(self, texts: Texts) -> tuple[Ints, int]:
        """Return the places (n,) of texts, and the first row that is not there, or -1."""
        rows = np.empty(texts[1].size, np.int64)
        missing = _find(self._slots, self._data, self._begins, self._ends, *texts, rows)
        return self._places[rows] if missing < 0 else rows, int(missing)


@loop()
def _hash(data: Bytes, begin: int, end: int) -> Any:  # noqa: ANN401 - of 64 bits, without a sign
    found = _BASIS
    for at in range(begin, end):
        found = (found ^ np.uint64(data[at])) * _PRIME
    # The low bits, which choose a slot, depend on all of them.
    return found ^ (found >> np.uint64(32))


@loop()
def _slot(
    slots: Ints, data: Bytes, begins: Ints, ends: Ints, other: Bytes, begin: int, end: int
) -> Any:  # noqa: ANN401 - as above
    """Return the slot that has a text, or the free one where it would be."""
    last = np.uint64(slots.size - 1)
    slot = _hash(other, begin, end) & last
    while slots[slot] >= 0:
        known = slots[slot]
        first, size = begins[known], end - begin
        if ends[known] - first == size:
            at = 0
            while at < size and data[first + at] == other[begin + at]:
                at += 1
            if at == size:
                break
        slot = (slot + np.uint64(1)) & last
    return slot


@loop()
def _fill(slots: Ints, data: Bytes, begins: Ints, ends: Ints, known: int) -> int:
    """Put texts from `known` on into slots; return the first that is there already, or -1."""
    for row in range(known, begins.size):
        slot = _slot(slots, data, begins, ends, data, begins[row], ends[row])
        if slots[slot] >= 0:
            return row
        slots[slot] = row
    return -1


@loop()
def _find(
    slots: Ints,
    data: Bytes,
    begins: Ints,
    ends: Ints,
    other: Bytes,
    first: Ints,
    stop: Ints,
    rows: Ints,
) -> int:
    """Fill in which text each other one is; return the first that is none, or -1."""
    for row in range(first.size):
        slot = _slot(slots, data, begins, ends, other, first[row], stop[row])
        rows[row] = slots[slot]
        if rows[row] < 0:
            return row
    return -1
