"""Rejected rows as files that the department puts right and hands in again."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from app.presenters.rejects import told
from graph.errors import ReportError
from loaders.batches import Batch
from loaders.ledger import Ledger
from queries.output import safe

# What a spreadsheet opens as UTF-8.
_MARK = "\ufeff"
# Bytes that a file system gives a name (NAME_MAX).
_LONGEST_NAME = 255


def hand_back(ledger: Ledger, batches: Collection[str], folder: Path) -> list[Path]:
    """Write the rejected rows of some batches as CSV, a file each; return the files.

    They stand in their own columns, then the row's number, the column, its value and the rule.

    Raises:
        ReportError: the folder cannot be written.
    """
    wanted = [one for one in ledger.batches() if one.batch in batches and one.rejected]
    try:
        return [_write(ledger, batch, folder) for batch in wanted]
    except OSError as error:
        raise _unwritten(folder, error) from error


def make_room(folder: Path) -> None:
    """Make the folder: before a load, which would else be done and seem refused.

    Raises:
        ReportError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritten(folder, error) from error


def _unwritten(folder: Path, error: OSError) -> ReportError:
    return ReportError("--rejected", str(folder), f"cannot be written: {error.strerror or error}")


def _write(ledger: Ledger, batch: Batch, folder: Path) -> Path:
    rejected = told(ledger.rejected(batch.batch), "zh")
    # By place: a header may look like a pattern of names.
    columns = [one.cast(pl.String) for one in rejected.get_columns()]
    cells = [
        pl.Series(name, [safe(cell) for cell in one], dtype=pl.String)
        for name, one in zip(rejected.columns, columns, strict=True)
    ]
    # Two departments name their files alike: the batch tells them apart.
    ending = f"_退回_{batch.batch[:8]}.csv"
    room = _LONGEST_NAME - len(ending.encode())
    path = folder / f"{Path(batch.file).stem.encode()[:room].decode(errors='ignore')}{ending}"
    path.write_text(_MARK + pl.DataFrame(cells).write_csv(), "utf-8")
    return path
