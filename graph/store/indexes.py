"""The indexes of a database that is being filled, made of sorted keys page by page.

The engine declares an index while its type has no records; what stands in its files is made by
graph.store.keys. The engine's own way reads every record once more, makes an object of each key,
sorts these and writes them one by one. Its filters that tell where a key cannot be are not made:
they spare reading where a key is looked for in vain, which costs an edit nothing that one can see.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import jpype
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import StoreError
from graph.store.buckets import java_bytes
from graph.store.columns import given_in, numbers_in, texts_of
from graph.store.engine import Database
from graph.store.keys import (
    FIRST_HEAD,
    HEAD,
    INDEX_CONTENT,
    NUMBER,
    ascending,
    planned,
    write_keys,
)
from graph.store.pages import PLACE, PLACE_BITS, Bytes, Ints

_DEFINITION = re.compile(
    r"CREATE (?P<what>CONSTRAINT|INDEX) (?P<name>\w+) .*[nr]:(?P<type>\w+)\W.*[nr]\."
    r"(?P<property>\w+)\W.*"
)
_LSM = "com.arcadedb.index.lsm.LSMTreeIndex"
# Keys of a bucket from which on they are put into pages: below, those would be mostly empty.
_MANY = 1_000
# Pages that are in Java's memory at a time: 16 MB.
_AT_ONCE = 64
_WORDS = ("Schema$INDEX_TYPE", "Type")
_PLAIN = (",", ":")
_UNIQUE, _NEW, _LATER, _SAVE = True, True, False, False


@dataclass(slots=True)
class _Pending:
    """Keys that are in no page yet, and the places of what bears them, as they came."""

    keys: list[pa.Array] = field(default_factory=list)
    places: list[Ints] = field(default_factory=list)


class Indexes:
    """Indexes by the type and property of their definition; no other writes to them meanwhile."""

    def __init__(self, database: Database, definitions: Iterable[str]) -> None:
        # The binding has no calls for this: the Java objects are the only way.
        self._java: Any = database._java_db  # noqa: SLF001
        self._schema = self._java.getSchema()
        self._definitions: dict[str, dict[str, re.Match[str]]] = {}
        for text in definitions:
            found = _DEFINITION.fullmatch(text)
            if found is None:
                raise StoreError("definition of an index", text, "is not as the others")
            self._definitions.setdefault(found["type"], {})[found["property"]] = found
        self._pending: dict[tuple[str, str, int], _Pending] = {}
        self._compacted: dict[tuple[str, str, int], Any] = {}
        self._calls = _Calls()
        for type_name in self._definitions:
            self._declare(type_name)

    def _declare(self, type_name: str) -> None:
        """Declare the indexes of a type as Cypher does where records are there (tests compare)."""
        kind, value = (jpype.JClass(f"com.arcadedb.schema.{name}") for name in _WORDS)
        own = self._schema.getType(type_name)
        for name, found in self._definitions[type_name].items():
            own.createProperty(name, value.STRING)
            builder = self._schema.buildTypeIndex(type_name, [name]).withType(kind.LSM_TREE)
            if found["what"] == "INDEX":
                builder.withIndexName(found["name"]).create()
            else:
                index = builder.withUnique(_UNIQUE).create()
                said = {"kind": "UNIQUE", "properties": [name], "index": str(index.getName())}
                said |= {"mandatory": [], "declared": [name]}
                own.setCustomValue(
                    f"cypher.constraint.{found['name']}", json.dumps(said, separators=_PLAIN)
                )

    def add(self, type_name: str, bucket: int, table: pa.Table, places: Ints) -> None:
        """Remember what records of a bucket, stored at `places` (n,), say of the type's indexes."""
        for name in self._definitions.get(type_name, {}):
            if name in table.column_names:
                column = table[name].combine_chunks()
                given = given_in(column)
                pending = self._pending.setdefault((type_name, name, bucket), _Pending())
                pending.keys.append(column.drop_null())
                pending.places.append(places[given])

    def write(self) -> None:
        """Write what is remembered into pages, where it is many."""
        for which, pending in list(self._pending.items()):
            count = sum(map(len, pending.keys))
            if count >= _MANY or (count and which in self._compacted):
                self._write(which, pending)
                del self._pending[which]

    def finish(self) -> None:
        """Write all that is left, and make what was written part of the indexes."""
        self.write()
        self._put()
        for which, compacted in self._compacted.items():
            self._calls.attach(self._index(*which), compacted)
        self._schema.saveConfiguration()

    def _put(self) -> None:
        """Let the engine put in the keys of what are few."""
        values, rids = (
            jpype.JArray(jpype.JClass(name))
            for name in ("java.lang.Object", "com.arcadedb.database.RID")
        )
        rid = jpype.JClass("com.arcadedb.database.RID")
        self._java.begin()
        for which, pending in self._pending.items():
            index = self._index(*which)
            keys = (key for some in pending.keys for key in some.to_pylist())
            for key, place in zip(keys, np.concatenate(pending.places).tolist(), strict=True):
                index.put(values([key]), rids([rid(place >> PLACE_BITS, place & PLACE)]))
        self._java.commit()

    def _index(self, type_name: str, name: str, bucket: int) -> Any:  # noqa: ANN401 - of Java
        """Return the part of an index that is of one bucket."""
        whole = self._schema.getType(type_name).getPolymorphicIndexByProperties(name)
        for index in whole.getIndexesOnBuckets():
            if int(index.getAssociatedBucketId()) == bucket:
                return index
        raise StoreError(f"index {type_name}.{name}", bucket, "has no part for this bucket")

    def _write(self, which: tuple[str, str, int], pending: _Pending) -> None:
        type_name, name, _ = which
        if which not in self._compacted:
            self._compacted[which] = self._calls.compacted(self._index(*which), self._schema)
        compacted = self._compacted[which]
        data, begins, ends, places = _sorted(pending)
        first = int(compacted.getTotalPages())
        plan = planned(data, begins, ends, places, first)
        if not plan.page.size:
            longest = f"{(ends - begins).max():,} bytes"
            raise StoreError(f"{type_name}.{name}", longest, f"must fit {INDEX_CONTENT:,} bytes")
        contents = np.zeros(plan.number.size * INDEX_CONTENT, np.uint8)
        write_keys(contents, plan, data, begins, ends, places, first)
        self._hand_over(compacted, contents, plan.number, first)

    def _hand_over(self, compacted: Any, contents: Bytes, numbers: Ints, first: int) -> None:  # noqa: ANN401 - of Java
        """Make pages of contents, the first of them the `first` of the file."""
        manager = self._java.getPageManager()
        for begin in range(0, numbers.size, _AT_ONCE):
            some = numbers[begin : begin + _AT_ONCE]
            at = begin * INDEX_CONTENT
            whole = java_bytes(contents[at : at + some.size * INDEX_CONTENT])
            pages = jpype.JClass("java.util.ArrayList")()
            for page, number in enumerate(some.tolist()):
                made = self._calls.new_page(compacted, number)
                head = FIRST_HEAD if first + begin + page == 0 else HEAD
                at = page * INDEX_CONTENT
                # What else the first page begins with the engine has written.
                made.writeByteArray(0, whole, at, NUMBER - 1)
                made.writeByteArray(head, whole, at + head, INDEX_CONTENT - head)
                pages.add(manager.updatePageVersion(made, _NEW))
            manager.writePages(pages, _LATER)


class _Calls:
    """The engine's own steps of making an index, which it keeps to its package."""

    def __init__(self) -> None:
        kinds = {name: jpype.JClass(f"{_LSM}{name}").class_ for name in ("", "Compacted")}
        whole, truth = jpype.JInt.class_, jpype.JBoolean.class_
        self._page = kinds["Compacted"].getDeclaredMethod("createNewPage", [whole])
        self._split = kinds[""].getDeclaredMethod("splitIndex", [whole, kinds["Compacted"], truth])
        for one in (self._page, self._split):
            one.setAccessible(True)

    def compacted(self, index: Any, schema: Any) -> Any:  # noqa: ANN401 - of Java
        """Return a new file for the pages of an index."""
        made = index.getMutableIndex().createNewForCompaction()
        schema.getEmbedded().registerFile(made)
        return made

    def new_page(self, compacted: Any, number: int) -> Any:  # noqa: ANN401 - of Java
        """Return a new page, the `number`th of its series."""
        return self._page.invoke(compacted, [jpype.JInt(number)])

    def attach(self, index: Any, compacted: Any) -> None:  # noqa: ANN401 - of Java
        """Make a file part of its index, which has no other entry."""
        pages = index.getMutableIndex().getTotalPages()
        self._split.invoke(index, [jpype.JInt(pages), compacted, jpype.JBoolean(_SAVE)])


def _sorted(pending: _Pending) -> tuple[Bytes, Ints, Ints, Ints]:
    """Return keys as bytes, where each begins and ends, and places; in the order of both."""
    keys, places = pa.chunked_array(pending.keys).combine_chunks(), np.concatenate(pending.places)
    if not np.all(places[1:] > places[:-1]):
        order = np.argsort(places)
        held = pa.Array.from_buffers(pa.int64(), order.size, [None, pa.py_buffer(order)])
        keys, places = keys.take(held), places[order]
    data, begins, ends = texts_of(keys)
    if not ascending(data, begins, ends):
        # In the order of rows where they are equal.
        order = numbers_in(pc.sort_indices(keys), np.uint64)
        begins, ends, places = begins[order], ends[order], places[order]
    return data, begins, ends, places
