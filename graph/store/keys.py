"""Sorted keys as the embedded engine keeps them in the pages of an index.

An index is series of pages: the first names the others, each with the key it begins with, and at
last the greatest key of all; the others hold entries, a key and the places of what bears it. In a
page entries stand from its end downward, and where each begins from its head upward. The engine
writes the same when it compacts an index; the tests hold one to the other.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0915, PLR0917

from typing import NamedTuple

import numpy as np

from graph.loops import loop
from graph.store.pages import OWN, PLACE, PLACE_BITS, Bytes, Ints, folded, put, put_whole, size_of

# A page in bytes, and what of it is not the engine's own.
INDEX_PAGE = 262_144
INDEX_CONTENT = INDEX_PAGE - OWN
# Where a page says which of its series it is; what stands before: how far down entries reach, how
# many there are, and whether more may come.
NUMBER = 9
# Where the places of entries begin, and in the first page of a file.
HEAD, FIRST_HEAD = 13, 19
# So many places stand in one entry at most, and so many pages in a series.
_TOGETHER, _PAGES = 256, 1_024
# Before each key: that there is one.
_THERE = 1
_SEED = 1_542_580_629
_MIX = np.uint64(0xC6A4A7935BD1E995)


class Plan(NamedTuple):
    """Where entries go (entries,): page, turn within it, first byte; what they say (entries,).

    `row` is the first of the rows whose places it holds, `many` how many; 0: it is of the first
    page of a series, and names `value`. By page: its number in its series, how many entries, and
    the byte of the lowest (pages,).
    """

    page: Ints
    turn: Ints
    spot: Ints
    row: Ints
    many: Ints
    value: Ints
    number: Ints
    filled: Ints
    lowest: Ints


@loop()
def ascending(data: Bytes, begins: Ints, ends: Ints) -> bool:
    """Return whether keys (n,), from `begins` to `ends` in `data`, are in the order of bytes."""
    for row in range(1, begins.size):
        one, other = begins[row - 1], begins[row]
        while one < ends[row - 1] and other < ends[row] and data[one] == data[other]:
            one += 1
            other += 1
        if one < ends[row - 1] and (other == ends[row] or data[one] > data[other]):
            return False
    return True


@loop()
def _same(data: Bytes, begins: Ints, ends: Ints, one: int, other: int) -> bool:
    size, byte = ends[one] - begins[one], 0
    if size != ends[other] - begins[other]:
        return False
    while byte < size and data[begins[one] + byte] == data[begins[other] + byte]:
        byte += 1
    return bool(byte == size)


@loop()
def _key_size(begins: Ints, ends: Ints, row: int) -> int:
    size = ends[row] - begins[row]
    return int(1 + size_of(size) + size)


@loop()
def _place_size(place: int) -> int:
    return size_of(folded(place >> PLACE_BITS)) + size_of(folded(place & PLACE))


@loop()
def planned(data: Bytes, begins: Ints, ends: Ints, places: Ints, first: int) -> Plan:
    """Return where keys (n,), in order, and the `places` (n,) of what bears them go.

    `first` is the number of the first page. Places of one key are in their order. A key that no
    page holds makes a plan without entries.
    """
    rows = begins.size
    room = 3 * rows + 3
    page, turn, spot = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    at_row, many, value = (
        np.empty(room, np.int64),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
    )
    number, count, lowest = (
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.full(room, INDEX_CONTENT),
    )
    filled, pages = 0, 0
    root, leaf = -1, -1
    row, last = 0, -1
    while row < rows:
        key = _key_size(begins, ends, row)
        stop, places_size = row, 0
        while stop < rows and stop - row < _TOGETHER:
            if stop > row and not _same(data, begins, ends, row, stop):
                break
            more = _place_size(places[stop])
            if key + size_of(folded(stop + 1 - row)) + places_size + more > (
                INDEX_CONTENT - HEAD - 4
            ):
                break
            places_size += more
            stop += 1
        size = key + size_of(folded(stop - row)) + places_size
        # What names a page: key, that it is one, bucket 0 and the number; the last names page 0.
        end_size, name_size = key + 3 + 4, key + 2 + size_of(folded(first + pages)) + 4
        fresh = leaf < 0 or size + 4 > lowest[leaf] - HEAD - 4 * count[leaf]
        need = end_size + (name_size if fresh else 0)
        if root >= 0:
            head = FIRST_HEAD if first + root == 0 else HEAD
            full = need > lowest[root] - head - 4 * count[root]
            if full or (fresh and leaf - root >= _PAGES):
                lowest[root] -= _key_size(begins, ends, last) + 3
                page[filled], turn[filled], spot[filled] = root, count[root], lowest[root]
                at_row[filled] = last
                filled += 1
                count[root] += 1
                root, leaf, fresh = -1, -1, True
        if root < 0:
            root, leaf = pages, -1
            pages += 1
            name_size = key + 2 + size_of(folded(first + pages)) + 4
            head = FIRST_HEAD if first + root == 0 else HEAD
            if stop == row or end_size + name_size > INDEX_CONTENT - head:
                filled = 0
                break
        if fresh:
            leaf = pages
            number[leaf] = leaf - root
            pages += 1
            lowest[root] -= key + 2 + size_of(folded(first + leaf))
            page[filled], turn[filled], spot[filled] = root, count[root], lowest[root]
            at_row[filled], value[filled] = row, first + leaf
            filled += 1
            count[root] += 1
        lowest[leaf] -= size
        page[filled], turn[filled], spot[filled] = leaf, count[leaf], lowest[leaf]
        at_row[filled], many[filled] = row, stop - row
        filled += 1
        count[leaf] += 1
        last, row = row, stop
    if filled:
        lowest[root] -= _key_size(begins, ends, last) + 3
        page[filled], turn[filled], spot[filled] = root, count[root], lowest[root]
        at_row[filled] = last
        filled += 1
        count[root] += 1
    return Plan(
        page[:filled],
        turn[:filled],
        spot[:filled],
        at_row[:filled],
        many[:filled],
        value[:filled],
        number[:pages],
        count[:pages],
        lowest[:pages],
    )


@loop()
def write_keys(
    out: Bytes, plan: Plan, data: Bytes, begins: Ints, ends: Ints, places: Ints, first: int
) -> None:
    """Write the entries of a plan into the contents of its pages, which hold zeros."""
    for page in range(plan.number.size):
        content = page * INDEX_CONTENT
        put_whole(out, content, plan.lowest[page], 4)
        put_whole(out, content + 4, plan.filled[page], 4)
        put_whole(out, content + NUMBER, plan.number[page], 4)
    for entry in range(plan.page.size):
        content = plan.page[entry] * INDEX_CONTENT
        head = FIRST_HEAD if first + plan.page[entry] == 0 else HEAD
        put_whole(out, content + head + 4 * plan.turn[entry], plan.spot[entry], 4)
        at, row, many = content + plan.spot[entry], plan.row[entry], plan.many[entry]
        at = _put_key(out, at, data, begins[row], ends[row])
        if many == 0:
            at = put(out, put(out, put(out, at, folded(1)), 0), folded(plan.value[entry]))
            continue
        at = put(out, at, folded(many))
        for place in places[row : row + many]:
            at = put(out, at, folded(place >> PLACE_BITS))
            at = put(out, at, folded(place & PLACE))


@loop()
def _put_key(out: Bytes, at: int, data: Bytes, begin: int, end: int) -> int:
    out[at] = _THERE
    at = put(out, at + 1, end - begin)
    for byte in range(begin, end):
        out[at] = data[byte]
        at += 1
    return at
