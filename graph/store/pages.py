"""Records as the embedded engine stores them, put into the pages of its files.

Row by row through its own calls the engine serializes a record in some ten microseconds, and a
vertex twice; here it takes a fraction of one. The tests hold what is written to what the engine
itself writes. A number is stored in groups of seven bits, the lowest first, each but the last with
the eighth bit set; one that may be negative is folded first: 0, -1, 1, -2 become 0, 1, 2, 3.
"""

# A kernel takes arrays one by one.
# ruff: noqa: PLR0913, PLR0917

import numpy as np
from numpy.typing import NDArray

from graph.loops import loop

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A page in bytes. Its first are the engine's own: version and how far it is used.
PAGE, OWN = 65_536, 8
CONTENT = PAGE - OWN
# Where the content of a page has the place of each record (four bytes), and the first record; the
# number of records stands before these.
SLOTS, TABLE = 2_048, 2
FIRST = TABLE + 4 * SLOTS
# Bytes that the length of a record takes at most, and the longest record that a page holds beside
# it; what is longer the engine itself splits.
LENGTH = 5
LONGEST = CONTENT - FIRST - LENGTH
TEXT, INTEGER, LONG, DOUBLE, BOOLEAN, LIST = 1, 4, 5, 7, 11, 16
VERTEX, EDGE = 1, 2
# A vertex begins with its kind and where its links out and in begin: bucket and place, -1 for none.
HEADS = (1, 13)
NEW_VERTEX = np.array([VERTEX] + [255] * 24, np.uint8)
# Bits of a place within its bucket; the bucket is above them.
PLACE_BITS = 40
PLACE = (1 << PLACE_BITS) - 1
_LEAST, _MOST = -(1 << 31), (1 << 31) - 1


@loop()
def folded(value: int) -> int:
    """Return a number that may be negative as one that is not, of 64 bits."""
    return (value << 1) ^ (value >> 63)


@loop()
def size_of(value: int) -> int:
    """Return how many bytes a number of 64 bits takes; its sign is the highest of them."""
    size = 1
    value = (value >> 7) & ((1 << 57) - 1)
    while value != 0:
        size += 1
        value >>= 7
    return size


@loop()
def put(out: Bytes, at: int, value: int) -> int:
    """Write a number of 64 bits; return where it ends."""
    left = (value >> 7) & ((1 << 57) - 1)
    low = value & 127
    while left != 0:
        out[at] = low | 128
        at += 1
        low = left & 127
        left >>= 7
    out[at] = low
    return at + 1


@loop()
def put_whole(out: Bytes, at: int, value: int, size: int) -> int:
    """Write a number in `size` bytes, the highest first; return where it ends."""
    for byte in range(size):
        out[at + byte] = (value >> (8 * (size - 1 - byte))) & 255
    return at + size


@loop()
def numbers(values: Ints, kind: int) -> tuple[Bytes, Ints]:
    """Return numbers as values of records, one after the other, and where each begins.

    `values` (n,) are whole numbers, or the 64 bits of others. `kind` 0 is an integer, of 32 bits
    where that is enough.
    """
    data = np.empty(11 * values.size, np.uint8)
    starts = np.empty(values.size + 1, np.int64)
    at = 0
    for row in range(values.size):
        starts[row] = at
        value = values[row]
        own = kind
        if kind == 0:
            own = INTEGER if _LEAST <= value <= _MOST else LONG
        data[at] = own
        at = put(data, at + 1, folded(value))
    starts[values.size] = at
    return data[:at], starts


@loop()
def ends(source: Ints, target: Ints) -> tuple[Bytes, Ints]:
    """Return how edges begin: their kind and both ends (n,), one after the other; where each does.

    An end is its bucket, shifted by PLACE_BITS, and its place.
    """
    data = np.empty(33 * source.size, np.uint8)
    starts = np.empty(source.size + 1, np.int64)
    at = 0
    for row in range(source.size):
        starts[row] = at
        data[at] = EDGE
        at += 1
        for end in (source[row], target[row]):
            at = put(data, at, folded(end >> PLACE_BITS))
            at = put(data, at, folded(end & PLACE))
    starts[source.size] = at
    return data[:at], starts


@loop()
def lengths(heads: Ints, starts: Ints, given: Flags, text: Flags, names: Ints) -> Ints:
    """Return how many bytes each record takes (n,).

    `heads` (n + 1,) is where each record's beginning begins; `starts` (columns, n + 1) where each
    value does; `given` (columns, n) whether there is one, `text` (columns,) whether it is text,
    that is without its kind and length; `names` (columns,) the numbers of the columns' names.
    """
    rows = heads.size - 1
    found = np.empty(rows, np.int64)
    for row in range(rows):
        total, offset, count = heads[row + 1] - heads[row] + 4, 0, 0
        for column in range(names.size):
            if given[column, row]:
                count += 1
                total += size_of(names[column]) + size_of(offset)
                size = starts[column, row + 1] - starts[column, row]
                offset += size + 1 + size_of(size) if text[column] else size
        found[row] = total + offset + size_of(count)
    return found


@loop()
def layout(sizes: Ints) -> tuple[Ints, Ints, Ints]:
    """Return each record's place, the byte it begins with, and how far each page is used.

    Records follow each other; one that is longer than LONGEST has no place: -1. The place is that
    within the bucket if the first page were its first, and bytes are those of the pages' contents
    together.
    """
    places = np.empty(sizes.size, np.int64)
    spots = np.empty(sizes.size, np.int64)
    used = np.empty(sizes.size + 1, np.int64)
    page, slot, at = 0, 0, FIRST
    for row in range(sizes.size):
        places[row], spots[row] = -1, -1
        if sizes[row] > LONGEST:
            continue
        before = size_of(folded(sizes[row]))
        if slot == SLOTS or at + before + sizes[row] > CONTENT:
            used[page] = at
            page, slot, at = page + 1, 0, FIRST
        places[row] = page * SLOTS + slot
        spots[row] = page * CONTENT + at + before
        at += before + sizes[row]
        slot += 1
    used[page] = at
    return places, spots, used[: page + 1]


@loop()
def frame(out: Bytes, place: int, spot: int, size: int) -> None:
    """Write what a page says of a record: that it is there, where, and how long it is."""
    content = place // SLOTS * CONTENT
    slot = place % SLOTS
    begins = spot - size_of(folded(size))
    put_whole(out, content, slot + 1, 2)
    put_whole(out, content + TABLE + 4 * slot, begins - content, 4)
    put(out, begins, folded(size))


@loop()
def put_names(
    out: Bytes, at: int, row: int, starts: Ints, given: Flags, text: Flags, names: Ints
) -> int:
    """Write how many values a record has, and of each its name and where it is; return the end."""
    count, offset = 0, 0
    for column in range(names.size):
        count += given[column, row]
    at = put(out, at, count)
    for column in range(names.size):
        if given[column, row]:
            at = put(out, put(out, at, names[column]), offset)
            size = starts[column, row + 1] - starts[column, row]
            offset += size + 1 + size_of(size) if text[column] else size
    return at


@loop()
def put_values(
    out: Bytes, at: int, row: int, data: Bytes, starts: Ints, given: Flags, text: Flags
) -> None:
    """Write the values of a record."""
    for column in range(text.size):
        if given[column, row]:
            start, stop = starts[column, row], starts[column, row + 1]
            if text[column]:
                out[at] = TEXT
                at = put(out, at + 1, stop - start)
            # Byte by byte: most values are short.
            for byte in range(start, stop):
                out[at] = data[byte]
                at += 1


@loop()
def write_records(
    out: Bytes,
    places: Ints,
    spots: Ints,
    sizes: Ints,
    beginnings: Bytes,
    heads: Ints,
    data: Bytes,
    starts: Ints,
    given: Flags,
    text: Flags,
    names: Ints,
) -> None:
    """Write records that have a place into pages, as `layout` says; all else is as in `lengths`.

    `beginnings` and `data` are the bytes that `heads` and `starts` are places in.
    """
    for row in range(sizes.size):
        if places[row] >= 0:
            spot = spots[row]
            frame(out, places[row], spot, sizes[row])
            over = spot + heads[row + 1] - heads[row]
            out[spot:over] = beginnings[heads[row] : heads[row + 1]]
            at = put_names(out, over + 4, row, starts, given, text, names)
            put_whole(out, over, at - spot, 4)
            put_values(out, at, row, data, starts, given, text)


@loop()
def set_heads(file: Bytes, places: Ints, heads: Ints, offset: int) -> None:
    """Write into the pages of a bucket where links of its vertices begin: `heads` (n,) with bucket.

    `file` is all of the bucket's file, `places` (n,) the vertices, `offset` one of HEADS.
    """
    for row in range(places.size):
        content = places[row] // SLOTS * PAGE + OWN
        slot = content + TABLE + 4 * (places[row] % SLOTS)
        at = 0
        for byte in range(4):
            at = at << 8 | file[slot + byte]
        at += content
        while file[at] & 128:
            at += 1
        at = put_whole(file, at + 1 + offset, heads[row] >> PLACE_BITS, 4)
        put_whole(file, at, heads[row] & PLACE, 8)
