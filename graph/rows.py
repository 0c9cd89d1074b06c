"""Rows of a table, made into mappings only where somebody asks for one."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import polars as pl

from graph.protocol import Row


class TableRows(Sequence[Row]):
    """The rows of `frame` as mappings without nulls; the frame itself for who works by column.

    >>> TableRows(pl.DataFrame({"uid": ["a", "b"], "name": ["甲", None]}))[1]
    {'uid': 'b'}
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[Row]:
        for row in self.frame.iter_rows(named=True):
            yield _said(row)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "TableRows": ...
    def __getitem__(self, place: int | slice) -> "Row | TableRows":
        if isinstance(place, slice):
            return TableRows(self.frame[place])
        return _said(self.frame.row(place, named=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of every sequence that may be long


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows as a table: the one they were made of, else one of all their names."""
    if isinstance(rows, TableRows):
        return rows.frame
    return pl.DataFrame(list(rows), infer_schema_length=None)


def _said(row: dict[str, Any]) -> Row:
    return {name: value for name, value in row.items() if value is not None}
