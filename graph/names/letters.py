"""Names as rows of numbered characters: what indexes of names look into, and keep in memory."""

from collections.abc import Iterator, Sequence

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


class Letters:
    """Names without signs, in capitals, simplified and half-width, as numbers of characters.

    Name i is `chars[first[i]:first[i + 1]]`. A million names hold ten million characters: two
    bytes each suffice for all that are in use.
    """

    def __init__(self, names: pl.Series, also: Sequence[str] = ()) -> None:
        """Take names as they are shown, nulls as empty ones; `also` are characters to number."""
        lengths, pieces = [np.zeros(1, np.int64)], []
        seen = np.zeros(CODES, np.bool_)
        seen[[ord(char) for char in also]] = True
        for text in _spelt(names.fill_null("")):
            lengths.append(text.str.len_chars().to_numpy().astype(np.int64))
            codes = np.frombuffer(text.str.join().item().encode("utf-32-le"), np.uint32)
            pieces.append(np.minimum(codes, CODES - 1))
            seen[pieces[-1]] = True
        self.first: NDArray[np.int64] = np.cumsum(np.concatenate(lengths))
        self.codes: NDArray[np.int64] = np.flatnonzero(seen)
        self.number = np.full(CODES, -1, np.int32)
        self.number[self.codes] = np.arange(self.codes.size, dtype=np.int32)
        size, few = int(self.first[-1]), self.codes.size <= np.iinfo(np.uint16).max
        self.chars: Numbers = np.empty(size, np.uint16) if few else np.empty(size, np.int32)
        at = 0
        for piece in pieces:
            self.chars[at : at + piece.size] = self.number[piece]
            at += piece.size

    def __len__(self) -> int:
        """Return how many names there are."""
        return int(self.first.size) - 1

    def lengths(self) -> NDArray[np.int32]:
        """Return how many characters each name has."""
        return np.diff(self.first).astype(np.int32)


def _spelt(names: pl.Series) -> Iterator[pl.Series]:
    """Yield the names piece by piece as they are compared."""
    for start in range(0, len(names), _PIECE):
        text = simplified(names.slice(start, _PIECE)).str.normalize("NFKC").str.to_uppercase()
        text = text.str.replace_all(NOISE, "").str.replace_all(r"[()]", "")
        yield text.str.slice(0, LONGEST_NAME)
