"""A table as one Arrow file that is read where it lies, laid out alike whatever it was made from.

A column of which no row has a value is left out (but `name`, which is asked for alone), texts of
CODED columns stand once and rows hold their numbers, offsets are short, and nothing is left of
what once stood where a value is missing.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import SnapshotError
from graph.snapshot.mapping import map_file
from graph.snapshot.numeric import IntArray
from graph.snapshot.tables import CODED, TABLES, PolarsType

_ALWAYS = "name"
# Columns are laid out side by side: two cores.
_WORKERS = 2
# Below it every offset fits 31 bits.
_SHORT = 2**31 - 1
# Columns are large and short-lived: Arrow's own pool gives each back and fetches it anew, which
# takes four times as long as to fill it.
_POOL = pa.system_memory_pool()

Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Edit:
    """What turns a former table into the present one.

    `gone` are the places of rows that are there no more, ascending; `made` the rows that are new
    or in their stead, in the order of the table; before the former row `at` each of them stands.
    """

    gone: IntArray
    made: pl.DataFrame
    at: IntArray


def laid_out(table: str, frame: pl.DataFrame) -> pa.Table:
    """Return a frame, in the columns of its table, as the file holds it."""
    found = {}
    for name, kind in TABLES[table].items():
        if frame[name].null_count() == frame.height and name != _ALWAYS:
            continue
        # One by one: what is made of a column on the way is gone before the next.
        column = _arrow(frame.select(name)).column(name)
        if name in CODED:
            found[name] = _encoded(column)
            continue
        narrow = _narrow_type(kind)
        one = column if _wide(column) else pc.cast(column, narrow, memory_pool=_POOL)
        taken = one.null_count or pa.types.is_boolean(one.type)
        found[name] = _taken(one, numbers(np.arange(len(one)))) if taken else one
    return pa.table(found)


def spliced(table: str, before: pa.Table, edit: Edit) -> pa.Table:
    """Return what `laid_out` makes of the table after an edit, most of it copied as it lies.

    ValueError where that cannot be copied: texts of two gigabytes and more in a column.
    """
    order = order_after(before.num_rows, edit)
    places = numbers(order)
    made = _arrow(edit.made)

    def column(name: str) -> pa.Array | pa.ChunkedArray | None:
        kind = _narrow_type(TABLES[table][name])
        new = made.column(name).cast(kind)
        old = before.column(name) if name in before.column_names else None
        if old is None and new.null_count == len(new) and name != _ALWAYS:
            return None
        if name in CODED:
            return _coded_after(old, new, order, before.num_rows)
        old = pa.chunked_array([pa.nulls(before.num_rows, kind)]) if old is None else old.cast(kind)
        # In two pieces as they are: together they would be copied once more.
        return _one(_taken(pa.chunked_array([*old.chunks, *new.chunks], kind), places))

    try:
        with ThreadPoolExecutor(_WORKERS) as pool:
            columns = list(zip(TABLES[table], pool.map(column, TABLES[table]), strict=True))
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
    said = {name: one for name, one in columns if one is not None}
    return pa.table(
        {name: one for name, one in said.items() if name == _ALWAYS or one.null_count < len(one)}
    )


class _Digested:
    """What Arrow writes to a file, digested as it goes by: nothing is read again for it."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self.closed = True


def write_mapped(table: pa.Table, path: Path) -> str:
    """Write a table as one batch; return the SHA-256 of the file, hex."""
    with path.open("wb") as file:
        told = _Digested(file)
        with pa.PythonFile(told, "w") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks(), max_chunksize=max(table.num_rows, 1))
    return told.digest.hexdigest()


def open_mapped(path: Path) -> pa.Table:
    """Return the table in a file, mapped into memory; SnapshotError where it cannot be read."""
    try:
        return pa.ipc.open_file(pa.py_buffer(map_file(path))).read_all()
    except (OSError, ValueError) as error:
        raise SnapshotError("snapshot", str(path), f"cannot be read: {error}") from error


def frame_of(table: str, held: pa.Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Return what a file holds in the columns of its table, of these alone where they are given."""
    wanted = list(TABLES[table]) if columns is None else list(columns)
    there = [name for name in wanted if name in held.column_names]
    if not there:
        return pl.DataFrame(schema={name: TABLES[table][name] for name in wanted})
    frame = pl.DataFrame(pl.from_arrow(held.select(there)))
    return frame.select(_as_declared(table, wanted, there))


def scan_mapped(table: str, path: Path) -> pl.LazyFrame:
    """Return the table in a file lazily, in all its columns."""
    frame = pl.scan_ipc(path, glob=False)
    there = frame.collect_schema().names()
    if not there:
        return pl.LazyFrame(schema=TABLES[table])
    return frame.select(_as_declared(table, list(TABLES[table]), there))


def texts_of(table: pa.Table, name: str) -> NDArray[np.bytes_] | None:
    """Return a column as bytes (n,) where it lies; None unless all texts are equally long.

    >>> texts_of(pa.table({"uid": ["ab", "cd"]}), "uid")
    array([b'ab', b'cd'], dtype='|S2')
    """
    column = table.column(name) if name in table.column_names else pa.chunked_array([], pa.string())
    if column.num_chunks != 1 or column.null_count or not len(column):
        return None
    held = column.chunk(0)
    _, offsets, data = held.buffers()
    starts = np.frombuffer(offsets, np.int32, len(held) + 1, held.offset * 4)
    width = int(starts[1] - starts[0])
    if not width or (np.diff(starts) != width).any():
        return None
    return np.frombuffer(data, f"S{width}", len(held), int(starts[0]))


def _as_declared(table: str, wanted: Sequence[str], there: Sequence[str]) -> list[pl.Expr]:
    return [
        (pl.col(name) if name in there else pl.lit(None).alias(name)).cast(TABLES[table][name])
        for name in wanted
    ]


def numbers(values: IntArray) -> pa.Array:
    """Return numbers as Arrow holds them, where they lie.

    Whatever pa.array makes and to_numpy reads imports pandas first, for a third of a second.
    """
    return _numbers(values, pa.int64())


def _numbers(
    values: NDArray[np.integer], kind: pa.DataType, missing: NDArray[np.bool_] | None = None
) -> pa.Array:
    valid = None
    if missing is not None and missing.any():
        valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    held = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, values.size, [valid, held])


def _taken(column: pa.Array | pa.ChunkedArray, places: pa.Array) -> pa.Array | pa.ChunkedArray:
    return pc.take(column, places, memory_pool=_POOL)


def _one(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece; ValueError where its texts do not fit one."""
    if column.num_chunks > 1:
        raise ValueError("texts of two gigabytes and more in a column")
    return column.chunk(0) if column.num_chunks else pa.nulls(0, column.type)


def _arrow(frame: pl.DataFrame) -> pa.Table:
    # In one piece before texts are written out one behind the other: after it they are copied.
    return frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()


def _narrow_type(kind: PolarsType) -> pa.DataType:
    return _NARROW[pl.Series([], dtype=kind).dtype]


_NARROW: dict[pl.DataType, pa.DataType] = {
    pl.String(): pa.string(),
    pl.Int64(): pa.int64(),
    pl.Float64(): pa.float64(),
    pl.Date(): pa.date32(),
    pl.Boolean(): pa.bool_(),
    pl.List(pl.String): pa.list_(pa.string()),
    pl.List(pl.Int64): pa.list_(pa.int64()),
}


def _wide(column: pa.ChunkedArray) -> bool:
    """Return whether the offsets of texts or lists do not fit 31 bits."""
    texts = column
    if pa.types.is_large_list(column.type):
        texts = pc.list_flatten(column)
        if len(texts) > _SHORT:
            return True
    if not pa.types.is_large_string(texts.type):
        return False
    return (pc.sum(pc.binary_length(texts)).as_py() or 0) > _SHORT


def order_after(rows: int, edit: Edit) -> IntArray:
    """Return the places of the rows after an edit; made rows are counted on from the former."""
    kept = np.ones(rows, np.bool_)
    kept[edit.gone] = False
    running = np.zeros(rows + 1, np.int64)
    np.cumsum(kept, out=running[1:])
    made = np.arange(rows, rows + edit.made.height)
    return np.insert(np.flatnonzero(kept), running[edit.at], made)


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return texts as numbers; the texts stand in the order of their first rows."""
    if not column.num_chunks:
        return _coded(np.zeros(0, np.int32), pa.nulls(0, pa.string()))
    one = column.combine_chunks().dictionary_encode()
    return _coded(_codes(one.indices), one.dictionary.cast(pa.string()))


def _coded(codes: Codes, words: pa.Array) -> pa.Array:
    missing = codes < 0
    held = _numbers(np.where(missing, 0, codes).astype(np.int32), pa.int32(), missing)
    return pa.DictionaryArray.from_arrays(held, words)


def _codes(held: pa.Array) -> Codes:
    """Return numbers of texts, -1 where there is none."""
    codes: Codes = pl.Series(pl.from_arrow(held), dtype=pl.Int32).fill_null(-1).to_numpy()
    return codes


def _coded_after(
    old: pa.ChunkedArray | None, new: pa.ChunkedArray, order: IntArray, rows: int
) -> pa.Array:
    """Return a CODED column of `rows` after an edit, as `_encoded` makes it of all its rows."""
    new = new.combine_chunks()
    words, codes = pa.nulls(0, pa.string()), np.full(rows, -1, np.int32)
    if old is not None and old.num_chunks:
        one = old.combine_chunks()
        one = one if pa.types.is_dictionary(one.type) else one.dictionary_encode()
        words, codes = one.dictionary.cast(pa.string()), _codes(one.indices)
    strange = pc.unique(new.filter(pc.invert(pc.is_in(new, value_set=words)))).drop_null()
    words = pa.concat_arrays([words, strange])
    said = _codes(pc.index_in(new, value_set=words, skip_nulls=True))
    codes = np.concatenate([codes, said])[order]
    first = pl.Series(codes[codes >= 0]).unique(maintain_order=True).to_numpy()
    again = np.full(len(words) + 1, -1, np.int32)
    again[first] = np.arange(first.size, dtype=np.int32)
    return _coded(again[codes], words.take(numbers(first.astype(np.int64))))
