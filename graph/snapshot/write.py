"""Writing a snapshot: tables and arrays in one folder, whole or not at all."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from graph.errors import SnapshotError, StatementsError
from graph.schema.catalog import SCHEMA
from graph.snapshot import form
from graph.snapshot.arrays import NEEDED, build_arrays
from graph.snapshot.carried import carried
from graph.snapshot.encode import AnyArray
from graph.snapshot.folder import ASIDE, digest_of, sync, write_folder
from graph.snapshot.manifest import is_whole, snapshot_id
from graph.snapshot.mapped import Edit, frame_of, laid_out, spliced, texts_of, write_mapped
from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import TABLES

# The arrays are made beside the tables; whoever waits for the disk waits beside both.
_WRITERS = 3
# A reader looks rows up by these columns: they are in order, and a node or link is there once.
_ORDER = {
    "nodes": "uid",
    "links": "key",
    "records": "uid",
    "mentions": "record_id",
    "conflicts": "uid",
}
_ONCE = ("nodes", "links")
# Lays a table out as its file holds it.
Layer = Callable[[str], pa.Table]
Frames = Mapping[str, pl.DataFrame]
# Makes the arrays, and returns with them what is counted of the tables.
Maker = Callable[[], tuple[Frames, Mapping[str, AnyArray]]]


def write_snapshot(
    tables: Mapping[str, pl.DataFrame], root: Path, inputs: Mapping[str, object]
) -> str:
    """Write the five tables and their arrays under `root` and return the snapshot's id.

    A table is asked for when it is to be written, links last: they may come later than the others.
    A snapshot that is there already is left as it is, a damaged one is replaced. What an
    interrupted run left is removed.

    Raises:
        SnapshotError: a table has other columns than declared or is not in its order, or the
            folder cannot be written.
    """
    if missing := TABLES.keys() - set(tables):
        raise SnapshotError("table", min(missing), "is missing")

    def lay(table: str) -> pa.Table:
        _check(table, tables[table])
        return laid_out(table, tables[table])

    return _write(root, inputs, lay, lambda: (tables, build_arrays(tables)))


def write_after(
    before: Snapshot, edits: Mapping[str, Edit], root: Path, inputs: Mapping[str, object]
) -> str:
    """Write the snapshot that differs from `before` by these edits, one a table; return its id.

    The bytes are those that `write_snapshot` makes of the whole tables.

    Raises:
        SnapshotError: the former one cannot be read, or the folder cannot be written.
    """
    laid: dict[str, Future[pa.Table]] = {name: Future() for name in TABLES}

    def lay(name: str) -> pa.Table:
        # While one table is written the next is spliced.
        try:
            laid[name].set_result(spliced(name, before.mapped(name), edits[name]))
        except BaseException as error:
            laid[name].set_exception(error)
            raise
        return laid[name].result()

    def arrays() -> tuple[Frames, Mapping[str, AnyArray]]:
        frames = _Laid(laid)
        heights = {name: before.mapped(name).num_rows for name in TABLES}
        # What arrays of another form say is not what these would.
        same = before.manifest["format"] == form.FORMAT
        known = carried(before.arrays, heights, edits, frames["nodes"]["uid"]) if same else None

        def first(table: str, column: str) -> AnyArray | None:
            return texts_of(laid[table].result(), column)

        return frames, build_arrays(frames, known, first)

    try:
        return _write(root, inputs, lay, arrays)
    except ValueError:
        return write_snapshot(edited(before, edits), root, inputs)


class _Laid(Mapping[str, pl.DataFrame]):
    """The columns of tables that arrays are made of; who asks for a table waits until it is laid.

    So arrays of links are made while mentions, the most rows of all, are spliced and written.
    """

    def __init__(self, laid: Mapping[str, Future[pa.Table]]) -> None:
        self._laid = laid
        self._frames: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._frames:
            self._frames[name] = frame_of(name, self._laid[name].result(), NEEDED[name])
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._laid)

    def __len__(self) -> int:
        return len(self._laid)


def edited(before: Snapshot, edits: Mapping[str, Edit]) -> dict[str, pl.DataFrame]:
    """Return the whole tables that edits of a snapshot make."""
    found = {}
    for name, edit in edits.items():
        former = before.table(name).collect()
        kept = former.with_row_index("place").with_columns(made=pl.lit(value=False))
        kept = kept.filter(~pl.col("place").is_in(edit.gone))
        made = edit.made.with_columns(place=pl.Series(edit.at, dtype=pl.UInt32), made=pl.lit(True))  # noqa: FBT003 - a value
        both = pl.concat([made.select(kept.columns), kept])
        found[name] = both.sort("place", maintain_order=True).select(former.columns)
    return found


def _write(
    root: Path,
    inputs: Mapping[str, object],
    lay: Layer,
    make: Maker,
) -> str:
    name = snapshot_id(inputs)
    with _writing(root):
        root.mkdir(parents=True, exist_ok=True)
        if is_whole(root / name):
            for left in root.glob(f"{ASIDE}*"):
                shutil.rmtree(left)
            return name

        def fill(aside: Path) -> None:
            folder = aside / form.ARRAYS
            folder.mkdir()
            with ThreadPoolExecutor(_WRITERS) as pool:
                arrays = pool.submit(_write_arrays, make, folder, pool)
                said = [pool.submit(_write_table, table, lay, folder) for table in TABLES]
                # A table that cannot be laid out says why itself.
                tables = [one.result() for one in said]
                frames, saved = arrays.result()
                files = dict([*tables, *(one.result() for one in saved)])
            _write_manifest(aside, name, inputs, frames, files)

        write_folder(root, name, fill)
    return name


def _check(table: str, frame: pl.DataFrame) -> None:
    has, declared = list(frame.schema.items()), list(pl.Schema(TABLES[table]).items())
    if has != declared:
        different = sorted({name for name, _ in set(has) ^ set(declared)})
        raise SnapshotError(f"table {table}", different[:4], "differs from its declaration")
    column = _ORDER[table]
    values = frame[column]
    if not values.is_sorted():
        raise SnapshotError(f"table {table}", column, "is not in order")
    # Equals stand side by side.
    again = values == values.shift()
    if table in _ONCE and again.any():
        rule = f"is there twice as {column}: two files call different things by it"
        raise StatementsError(f"table {table}", values.filter(again)[0], rule)


def _write_table(table: str, lay: Layer, folder: Path) -> tuple[str, dict[str, Any]]:
    path = folder / f"{table}.arrow"
    return _finished(path, write_mapped(lay(table), path))


def _write_arrays(
    make: Maker, folder: Path, pool: ThreadPoolExecutor
) -> tuple[Frames, list[Future[tuple[str, dict[str, Any]]]]]:
    def save(array: str, values: NDArray[Any]) -> tuple[str, dict[str, Any]]:
        path = folder / f"{array}.npy"
        np.save(path, values, allow_pickle=False)
        return _finished(path, digest_of(path))

    frames, arrays = make()
    return frames, [pool.submit(save, *one) for one in arrays.items()]


def _finished(path: Path, digest: str) -> tuple[str, dict[str, Any]]:
    """Return a file's name and what the manifest says of it, once it is on the disk."""
    said = {"bytes": path.stat().st_size, "sha256": digest}
    sync(path)
    return f"{form.ARRAYS}/{path.name}", said


def _write_manifest(
    folder: Path,
    name: str,
    inputs: Mapping[str, object],
    tables: Mapping[str, pl.DataFrame],
    files: Mapping[str, object],
) -> None:
    labels = {node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Party")}
    parties = tables["nodes"].filter(pl.col("label").is_in(sorted(labels))).height
    leads = tables["links"].filter(pl.col("type") == "POSSIBLY_SAME").height
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
