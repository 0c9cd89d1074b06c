"""The files that the embedded engine keeps records in, filled page by page by its own calls.

The engine makes the types and numbers the pages, counts the records and writes the files; what
stands in a page is made by graph.store.pages.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jpype
import jpype.nio
import numpy as np

from graph.store.chains import split, write_chains
from graph.store.columns import Values
from graph.store.engine import Database
from graph.store.pages import (
    CONTENT,
    FIRST,
    HEADS,
    LENGTH,
    PAGE,
    PLACE,
    PLACE_BITS,
    SLOTS,
    VERTEX,
    Bytes,
    Flags,
    Ints,
    layout,
    lengths,
    set_heads,
    write_records,
)

# Places of nodes within their bucket, and where the chain of each begins, with its bucket.
Heads = tuple[Ints, Ints]
Said = tuple[Bytes, Ints, Bytes, Ints, Flags, Flags, Ints]
_GRAPH = "com.arcadedb.graph."
_MAKE, _LOG = True, False
_OWN_BUCKETS = False


def java_bytes(contents: Bytes) -> Any:  # noqa: ANN401 - of Java
    """Return bytes as Java's own, in a fourth of the time that an array made of an array takes."""
    made = jpype.JArray(jpype.JByte)(contents.size)
    jpype.nio.convertToDirectBuffer(contents).get(made)
    return made


class Buckets:
    """Where the records of a database go that is being filled; no other writes to it meanwhile."""

    def __init__(self, database: Database) -> None:
        # The binding has no calls for most of this: the Java objects are the only way.
        self._java: Any = database._java_db  # noqa: SLF001
        self._schema = self._java.getSchema()
        self._page = jpype.JClass("com.arcadedb.engine.PageId")
        # Nodes that are longer than a page.
        self._long: set[int] = set()

    def bucket_of(self, type_name: str) -> int:
        """Return the number of the one bucket that records of exactly this type are in."""
        return int(self._schema.getType(type_name).getBuckets(_OWN_BUCKETS)[0].getFileId())

    def add(
        self, bucket: int, heads: tuple[Bytes, Ints], values: Values, names: Sequence[str]
    ) -> Ints:
        """Store records and return where, with the bucket above PLACE_BITS.

        `heads` are the bytes before the properties and where each record's begin; `names` are
        those of the columns of `values`.
        """
        dictionary = self._schema.getDictionary()
        known = np.array([dictionary.getIdByName(name, _MAKE) for name in names], np.int64)
        own = (values.starts, values.given, values.text, known)
        sizes = lengths(heads[1], *own)
        said = (*heads, values.data, *own)
        places, spots, used = layout(sizes)
        contents = np.zeros(used.size * CONTENT, np.uint8)
        write_records(contents, places, spots, sizes, *said)
        found = self._write(bucket, contents, used, int((places >= 0).sum())) + places
        for row in np.flatnonzero(places < 0).tolist():
            found[row] = self._add_long(bucket, _alone(row, sizes, said))
        return found

    def _add_long(self, bucket: int, record: Bytes) -> int:
        """Store a record that is longer than a page; return where."""
        kind = _GRAPH + ("MutableVertex" if record[0] == VERTEX else "MutableEdge")
        held = jpype.JClass("com.arcadedb.database.Binary")(java_bytes(record))
        own = self._schema.getTypeByBucketId(bucket)
        self._java.begin()
        transaction = self._java.getTransaction()
        transaction.setUseWALForThisTransaction(_LOG)
        made = jpype.JClass(kind)(self._java, own, None, held)
        place = self._schema.getBucketById(bucket).createRecord(made, _LOG).getPosition()
        transaction.updateBucketRecordDelta(bucket, 1)
        self._java.commit()
        self._long.add((bucket << PLACE_BITS) + int(place))
        return (bucket << PLACE_BITS) + int(place)

    def first(self, bucket: int) -> int:
        """Return the place that begins the next page, with the bucket."""
        pages = self._schema.getBucketById(bucket).getTotalPages()
        return (bucket << PLACE_BITS) + int(pages) * SLOTS

    def _write(self, bucket: int, contents: Bytes, used: Ints, records: int) -> int:
        """Write pages behind those that are there; return the first record's place."""
        first = self.first(bucket)
        number = (first & PLACE) // SLOTS
        whole = java_bytes(contents)
        self._java.begin()
        transaction = self._java.getTransaction()
        # The database counts once it is whole: no log of what is written.
        transaction.setUseWALForThisTransaction(_LOG)
        for page, end in enumerate(used.tolist()):
            made = transaction.addPage(self._page(self._java, bucket, number + page), PAGE)
            made.writeByteArray(0, whole, page * CONTENT, end)
        transaction.updateBucketRecordDelta(bucket, records)
        self._java.commit()
        return first

    def chains(self, links: Ints, ends: Ints, others: Ints, *, out: bool) -> dict[int, Heads]:
        """Store which links nodes have; return by bucket what write_heads is to write.

        `links`, `ends` and `others` (n,) say where each link, the node that has it and its other
        end are stored; links of one node stay in this order.
        """
        order = np.argsort(ends, kind="stable")
        links, ends, others = links[order], ends[order], others[order]
        buckets = ends >> PLACE_BITS
        made = {}
        for bucket in np.unique(buckets).tolist():
            here = slice(*np.searchsorted(buckets, (bucket, bucket + 1)))
            beside = self._beside(bucket, out=out)
            nodes, heads = self._chained(beside, links[here], ends[here], others[here])
            long = np.isin(nodes, [*self._long])
            self._name(nodes[long].tolist(), heads[long].tolist(), out=out)
            made[bucket] = nodes[~long] & PLACE, heads[~long]
        return made

    def _name(self, nodes: list[int], heads: list[int], *, out: bool) -> None:
        """Say of nodes that are longer than a page where the chain of each begins."""
        place = jpype.JClass("com.arcadedb.database.RID")
        for node, head in zip(nodes, heads, strict=True):
            self._java.begin()
            where = place(node >> PLACE_BITS, node & PLACE)
            made = self._java.lookupByRID(where, _MAKE).asVertex().modify()
            name = made.setOutEdgesHeadChunk if out else made.setInEdgesHeadChunk
            name(place(head >> PLACE_BITS, head & PLACE))
            made.save()
            self._java.commit()

    def _chained(self, bucket: int, links: Ints, ends: Ints, others: Ints) -> "Heads":
        begins, sizes = split(ends, links, others)
        places, spots, used = layout(sizes)
        contents = np.zeros(used.size * CONTENT, np.uint8)
        own = (begins, ends, links, others, self.first(bucket))
        found = write_chains(contents, places, spots, sizes, *own)
        self._write(bucket, contents, used, sizes.size)
        nodes = ends[begins[:-1]]
        # The last record of a node is the one that the node names.
        last = np.append(nodes[1:] != nodes[:-1], True)
        return nodes[last], found[last]

    def _beside(self, bucket: int, *, out: bool) -> int:
        ways = jpype.JClass("com.arcadedb.graph.Vertex$DIRECTION")
        way = ways.OUT if out else ways.IN
        name = self._java.getGraphEngine().getEdgesBucketName(bucket, way)
        return int(self._schema.getBucketByName(name).getFileId())

    def files(self, buckets: Iterable[int]) -> dict[int, Path]:
        """Return the file of each bucket."""
        return {
            bucket: Path(str(self._schema.getBucketById(bucket).getComponentFile().getFilePath()))
            for bucket in sorted(set(buckets))
        }


def _alone(row: int, sizes: Ints, said: Said) -> Bytes:
    """Return the bytes of one record."""
    places, spots = np.full(sizes.size, -1), np.zeros(sizes.size, np.int64)
    places[row], spots[row] = 0, FIRST + LENGTH
    contents = np.zeros(spots[row] + sizes[row], np.uint8)
    write_records(contents, places, spots, sizes, *said)
    return contents[spots[row] :]


def write_heads(path: Path, leaving: Heads | None, coming: Heads | None) -> None:
    """Write into the file of a bucket, whose database is closed, where its nodes' chains begin."""
    file = np.memmap(path, np.uint8, "r+")
    for heads, offset in zip((leaving, coming), HEADS, strict=True):
        if heads is not None:
            set_heads(file, *heads, offset)
    file.flush()
