"""Which links a node has, as the embedded engine stores it: chains of records beside the nodes.

Each record holds links of one node and one direction, with the other end of each; it names the
record before it. The node names the last.
"""

# A kernel takes arrays one by one.
# ruff: noqa: PLR0913, PLR0917

import numpy as np

from graph.loops import loop
from graph.store.pages import PLACE, PLACE_BITS, Bytes, Ints, folded, frame, put, put_whole, size_of

CHAIN = 3
# Kind, bytes in use, and the record before: bucket and place.
_BEFORE = 17
# What is longer goes into another record: half a page.
_LONGEST = 32_000


@loop()
def split(node: Ints, link: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return where each record's links begin (records + 1,), and how many bytes it takes.

    Links are ordered by `node` (n,); `link` is where each is stored, `other` its other end, all
    with their buckets.
    """
    begins = np.empty(node.size + 1, np.int64)
    sizes = np.empty(node.size, np.int64)
    count, last, size = 0, -1, 0
    for row in range(node.size):
        need = 0
        for one in (link[row], other[row]):
            need += size_of(folded(one >> PLACE_BITS)) + size_of(folded(one & PLACE))
        if node[row] != last or size + need > _LONGEST:
            begins[count], size, last = row, _BEFORE, node[row]
            count += 1
        size += need
        sizes[count - 1] = size
    begins[count] = node.size
    return begins[: count + 1], sizes[:count]


@loop()
def write_chains(
    out: Bytes,
    places: Ints,
    spots: Ints,
    sizes: Ints,
    begins: Ints,
    node: Ints,
    link: Ints,
    other: Ints,
    first: int,
) -> Ints:
    """Write the records into the contents of pages; return each one's place with its bucket.

    `first` is where the first page begins, with the bucket; all else is as `split` and
    graph.store.pages.layout say.
    """
    found = np.empty(sizes.size, np.int64)
    for record in range(sizes.size):
        found[record] = first + places[record]
        begin, stop = begins[record], begins[record + 1]
        before = -1
        if record > 0 and node[begins[record - 1]] == node[begin]:
            before = found[record - 1]
        frame(out, places[record], spots[record], sizes[record])
        out[spots[record]] = CHAIN
        at = put_whole(out, spots[record] + 1, sizes[record], 4)
        at = put_whole(out, at, before >> PLACE_BITS, 4)
        at = put_whole(out, at, before if before < 0 else before & PLACE, 8)
        for row in range(begin, stop):
            for one in (link[row], other[row]):
                at = put(out, at, folded(one >> PLACE_BITS))
                at = put(out, at, folded(one & PLACE))
    return found
