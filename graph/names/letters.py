"""Names as rows of numbered characters: what indexes of names look into, and keep in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.names.key import NOISE, simplified
from graph.names.segments import LONGEST_NAME

Numbers = NDArray[np.uint16] | NDArray[np.int32]
# Characters beyond the planes of Han share one number: none is looked for.
CODES = 0x30000
# Names that are spelt out at a time: all of a million at once would take a hundred megabytes.
_PIECE = 1 << 16


@dataclass(frozen=True, eq=False)
class Letters:
    """Names without signs, in capitals, simplified and half-width, as numbers of characters.

    Name i is `chars[first[i]:first[i + 1]]`; `codes` (characters,) are what the numbers stand for,
    ascending. A million names hold ten million characters: two bytes each suffice for all that are
    in use.
    """

    first: NDArray[np.int64]
    chars: Numbers
    codes: NDArray[np.int64]

    @cached_property
    def number(self) -> NDArray[np.int32]:
        """The number of each character by its code, -1 where it has none."""
        found = np.full(CODES, -1, np.int32)
        found[self.codes] = np.arange(self.codes.size, dtype=np.int32)
        return found

    def __len__(self) -> int:
        """Return how many names there are."""
        return int(self.first.size) - 1

    def lengths(self) -> NDArray[np.int32]:
        """Return how many characters each name has."""
        return np.diff(self.first).astype(np.int32)


def spelt_out(names: pl.Series, also: Sequence[str] = ()) -> Letters:
    """Return the letters of names as they are shown, nulls as empty ones.

    `also` are characters that are to have a number whether a name has them or not.
    """
    lengths, pieces = [np.zeros(1, np.int64)], []
    seen = np.zeros(CODES, np.bool_)
    seen[[ord(char) for char in also]] = True
    for text in _spelt(names.fill_null("")):
        lengths.append(text.str.len_chars().to_numpy().astype(np.int64))
        codes = np.frombuffer(text.str.join().item().encode("utf-32-le"), np.uint32)
        pieces.append(np.minimum(codes, CODES - 1))
        seen[pieces[-1]] = True
    first: NDArray[np.int64] = np.cumsum(np.concatenate(lengths))
    known = np.flatnonzero(seen)
    few = known.size <= np.iinfo(np.uint16).max
    size = int(first[-1])
    chars: Numbers = np.empty(size, np.uint16) if few else np.empty(size, np.int32)
    found = Letters(first, chars, known)
    at = 0
    for piece in pieces:
        chars[at : at + piece.size] = found.number[piece]
        at += piece.size
    # As what is kept in files: a kernel is compiled for one kind.
    for array in (first, chars):
        array.setflags(write=False)
    return found


def _spelt(names: pl.Series) -> Iterator[pl.Series]:
    """Yield the names piece by piece as they are compared."""
    for start in range(0, len(names), _PIECE):
        text = simplified(names.slice(start, _PIECE)).str.normalize("NFKC").str.to_uppercase()
        text = text.str.replace_all(NOISE, "").str.replace_all(r"[()]", "")
        yield text.str.slice(0, LONGEST_NAME)
