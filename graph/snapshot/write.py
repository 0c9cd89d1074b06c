"""Writing a snapshot: tables and arrays in one folder, whole or not at all."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import SnapshotError
from graph.schema.catalog import SCHEMA
from graph.snapshot import form
from graph.snapshot.arrays import build_arrays
from graph.snapshot.folder import ASIDE, digest_of, write_folder
from graph.snapshot.reader import open_snapshot
from graph.snapshot.tables import TABLES

_ID_DIGITS = 16
# Rows that are read together; a fixed number, so that the bytes do not depend on threads.
_ROW_GROUP = 131_072
# Texts of which each stands so many times on average become a dictionary.
_REPEATED = 4
# The arrays are made beside the tables: they take half of the time.
_WRITERS = 2
# Below it every offset fits 31 bits.
_SHORT_BYTES = 2**31 - 1
# A reader looks rows up by these columns: they are in order, and a node or link is there once.
_ORDER = {
    "nodes": "uid",
    "links": "key",
    "records": "uid",
    "mentions": "record_id",
    "conflicts": "uid",
}
_ONCE = ("nodes", "links")
# Tables of which single rows are shown on a screen: also kept in a form that is memory-mapped.
MAPPED = ("nodes", "links", "records", "mentions", "conflicts")


def snapshot_id(inputs: Mapping[str, object]) -> str:
    """Return the id of the snapshot that is a function of `inputs`: 16 hex digits."""
    content = {"format": form.FORMAT, "inputs": inputs}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def write_snapshot(
    tables: Mapping[str, pl.DataFrame], root: Path, inputs: Mapping[str, object]
) -> str:
    """Write the five tables and their arrays under `root` and return the snapshot's id.

    A snapshot that is there already is left as it is, a damaged one is replaced. What an
    interrupted run left is removed.

    Raises:
        SnapshotError: a table has other columns than declared or is not in its order, or the
            folder cannot be written.
    """
    _check(tables)
    name = snapshot_id(inputs)
    folder = root / name
    with _writing(root):
        root.mkdir(parents=True, exist_ok=True)
        if is_whole(folder):
            for left in root.glob(f"{ASIDE}*"):
                shutil.rmtree(left)
            return name

        def fill(aside: Path) -> None:
            (aside / form.ARRAYS).mkdir()
            with ThreadPoolExecutor(_WRITERS) as pool:
                arrays = pool.submit(_write_arrays, tables, aside / form.ARRAYS)
                for done in [pool.submit(_write_table, *one, aside) for one in tables.items()]:
                    done.result()
                arrays.result()
            _write_manifest(aside, name, inputs, tables)

        write_folder(root, name, fill)
    return name


def _check(tables: Mapping[str, pl.DataFrame]) -> None:
    for table, columns in TABLES.items():
        if table not in tables:
            raise SnapshotError("table", table, "is missing")
        has, declared = list(tables[table].schema.items()), list(pl.Schema(columns).items())
        if has != declared:
            different = sorted({name for name, _ in set(has) ^ set(declared)})
            raise SnapshotError(f"table {table}", different[:4], "differs from its declaration")
    for table, column in _ORDER.items():
        values = tables[table][column]
        if not values.is_sorted():
            raise SnapshotError(f"table {table}", column, "is not in order")
        if table in _ONCE and values.n_unique() < len(values):
            twice = values.filter(values.is_duplicated())[0]
            raise SnapshotError(f"table {table}", twice, f"is there twice as {column}")


def is_whole(folder: Path) -> bool:
    """Return whether a snapshot stands here with every file as its manifest says."""
    try:
        open_snapshot(folder)
    except SnapshotError:
        return False
    return True


def _write_table(table: str, frame: pl.DataFrame, folder: Path) -> None:
    frame.write_parquet(
        folder / f"{table}.parquet",
        compression="lz4",
        statistics=False,
        row_group_size=_ROW_GROUP,
    )
    if table in MAPPED:
        _write_mapped(frame, folder / form.ARRAYS / f"{table}.arrow")


def _write_arrays(tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
    for array, values in build_arrays(tables).items():
        np.save(folder / f"{array}.npy", values, allow_pickle=False)


def _write_mapped(frame: pl.DataFrame, path: Path) -> None:
    """Write a table that is read row by row from where it lies; a row there leaves out nulls."""
    # `name` alone is asked for as a column, not as part of a row.
    kept = [one.name for one in frame if one.name == "name" or one.null_count() < len(one)]
    table = frame.select(kept).to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
    # Taken one by one: nothing stays of what once stood where a value is missing.
    places = pa.array(np.arange(table.num_rows))
    columns = {name: table.column(name) for name in table.column_names}
    columns = {name: one.take(places) if one.null_count else one for name, one in columns.items()}
    table = pa.table({name: _narrow(one) for name, one in columns.items()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=max(table.num_rows, 1))


def _narrow(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts with short offsets, and those that repeat as a dictionary: half the file."""
    if pa.types.is_large_string(column.type):
        if len(pc.unique(column)) * _REPEATED < len(column):
            return column.cast(pa.string()).dictionary_encode()
        return column.cast(pa.string()) if column.nbytes < _SHORT_BYTES else column
    if pa.types.is_large_list(column.type) and column.nbytes < _SHORT_BYTES:
        inner = column.type.value_type
        return column.cast(pa.list_(pa.string() if pa.types.is_large_string(inner) else inner))
    return column


def _write_manifest(
    folder: Path, name: str, inputs: Mapping[str, object], tables: Mapping[str, pl.DataFrame]
) -> None:
    labels = {node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Party")}
    parties = tables["nodes"].filter(pl.col("label").is_in(sorted(labels))).height
    leads = tables["links"].filter(pl.col("type") == "POSSIBLY_SAME").height
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": digest_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {
        "id": name,
        "format": form.FORMAT,
        "inputs": inputs,
        "counts": {"parties": parties, "leads": leads}
        | {table: frame.height for table, frame in sorted(tables.items())},
        "codes": form.CODES,
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / form.MANIFEST).write_text(text + "\n", encoding="utf-8")


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise SnapshotError("snapshot", str(root), f"cannot be written: {reason}") from error
