"""Columns of texts as they lie in memory: of a long one a few texts are written over.

A text is a view of 16 bytes: its length, and itself or where it lies in a buffer (Arrow, variable
size binary views). To write some over, no other text is looked at.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

# Numbers of 32 bits a view has, and which of them is that of the buffer.
_WIDTH, _BUFFER = 4, 2
# Bytes up to which a text lies in the view itself.
_SHORT = 12
_NEWEST = pl.CompatLevel.newest()

Views = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Room:
    """A copy of a column, and room for more behind it; it is written once.

    `views` are (rows, 4), `there` tells which rows have a text.
    """

    views: Views
    there: NDArray[np.bool_]
    buffers: tuple[pa.Buffer, ...]

    def written(self, places: NDArray[np.integer], texts: pl.Series) -> pl.Series:
        """Return the column with `texts` in these places: what is behind it is among them.

        >>> names = room(pl.Series("name", ["甲", None]), 1).written(
        ...     np.array([1, 2]), pl.Series("name", [None, "一个较长的名称"])
        ... )
        >>> names.to_list()
        ['甲', None, '一个较长的名称']
        """
        views, buffers = _lying(texts)
        views = views.copy()
        views[views[:, 0] > _SHORT, _BUFFER] += len(self.buffers)
        self.views[places], self.there[places] = views, texts.is_not_null().to_numpy()
        mask = (
            None if self.there.all() else pa.py_buffer(np.packbits(self.there, bitorder="little"))
        )
        parts = [mask, pa.py_buffer(self.views), *self.buffers, *buffers]
        array = pa.Array.from_buffers(pa.string_view(), self.there.size, parts)
        return pl.Series(texts.name, array)


def room(column: pl.Series, more: int) -> Room:
    """Return a column of texts to be written over, with room for `more` behind it."""
    lying, buffers = _lying(column)
    views = np.empty((lying.shape[0] + more, _WIDTH), np.uint32)
    views[: lying.shape[0]] = lying
    there = np.zeros(views.shape[0], np.bool_)
    there[: lying.shape[0]] = column.is_not_null().to_numpy()
    return Room(views, there, buffers)


def _lying(texts: pl.Series) -> tuple[Views, tuple[pa.Buffer, ...]]:
    array = texts.rechunk().to_arrow(compat_level=_NEWEST)
    _, views, *buffers = array.buffers()
    told = np.frombuffer(views, np.uint32) if views else np.zeros(0, np.uint32)
    rows = slice(array.offset, array.offset + len(array))
    return told.reshape(-1, _WIDTH)[rows], tuple(buffers)
