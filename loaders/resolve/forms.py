"""Forms: what mentions of organisations say, each once; no rule tells apart who says the same."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from loaders.resolve.mentions import IDENTIFIERS

# All that rules and cuts compare of an organisation.
VALUES = (*IDENTIFIERS, "name_key", "former_key", "intermediary")
# Which of several mentions is the oldest; its own uid is that of the party.
ORDER = ("seen_on", "record_id", "role")
FORM: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(VALUES, pl.String),
    "intermediary": pl.Boolean,
    "first": pl.UInt32,
}
# Instead of a form where the mention is of a person: greater than any.
NO_FORM = 2**32 - 1

# Forms of mentions are read so many at once: what is looked up of them stays near the processor.
_BLOCK = 2**16
# Later than any day.
_NEVER = 2**31 - 1

Places = NDArray[np.uint32]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Forms:
    """What some mentions of organisations say: that of `mentions[i]` is row `of[i]` of `table`.

    `table` has the columns FORM: VALUES and the oldest mention of these that says it. Two rows may
    say the same. `mentions` are rows of a table of all mentions.
    """

    table: pl.DataFrame
    mentions: Places
    of: Places

    def form(self, height: int, start: int = 0) -> pl.Series:
        """Return the form of each of `height` mentions from `start` on, NO_FORM of a person."""
        form = np.full(height, NO_FORM, np.uint32)
        form[self.mentions - start] = self.of
        return pl.Series("form", form)


def forms_of(frame: pl.DataFrame, start: int = 0) -> Forms:
    """Return what the organisations among mentions say; row n of `frame` is mention start + n."""
    rows = np.flatnonzero(~frame["person"].to_numpy())
    said = frame.select(VALUES)
    of = numbered(said, rows, said.hash_rows().to_numpy()[rows])
    first = _oldest(frame, rows, of)
    table = said[first].with_columns(first=pl.Series((first + start).astype(np.uint32)))
    return Forms(table, (rows + start).astype(np.uint32), of)


def numbered(said: pl.DataFrame, rows: IntArray, hashes: NDArray[np.uint64]) -> Places:
    """Return for each of some rows the number of what it says, from 0 on; `hashes` are of them.

    Equal hashes stand for equal rows, which is looked at: by them it takes a part of the memory.
    """
    _, at, found = np.unique(hashes, return_index=True, return_inverse=True)
    other = rows[at][found]
    apart = other != rows
    mine, other = rows[apart], other[apart]
    if not all(column.gather(mine).equals(column.gather(other)) for column in said.iter_columns()):
        told = said[rows].with_row_index("row").group_by(VALUES).agg("row")
        each = told["row"].explode(empty_as_null=False).to_numpy()
        found[each] = np.repeat(np.arange(told.height), told["row"].list.len())
    return found.astype(np.uint32)


def _oldest(frame: pl.DataFrame, rows: IntArray, of: Places) -> IntArray:
    """Return by form the oldest of the rows of mentions, by ORDER; who has no day comes last."""
    day = frame["seen_on"].to_physical().fill_null(_NEVER).to_numpy()[rows]
    count = int(of.max()) + 1 if of.size else 0
    least = np.full(count, _NEVER, np.int32)
    np.minimum.at(least, of, day)
    of_day = np.flatnonzero(day == least[of])
    rows, of = rows[of_day], of[of_day]
    first = np.zeros(count, np.int64)
    first[of] = rows
    # Of one day the record decides: few are left of which that is to be read.
    several = np.bincount(of, minlength=count)[of] > 1
    rows, of = rows[several], of[several]
    told = frame.select(ORDER[1:])[rows].with_row_index("at").sort(ORDER[1:], descending=True)
    order = told["at"].to_numpy()
    first[of[order]] = rows[order]
    return first


def saying(form: Places, asked: Places, count: int) -> Places:
    """Return which mentions say one of some forms, of which there are `count`; ascending."""
    # Another is looked up for those of no form, which is greater than any.
    mask = np.zeros(count + 1, np.bool_)
    mask[asked] = True
    found = [np.zeros(0, np.uint32)]
    for start in range(0, form.size, _BLOCK):
        said = np.take(mask, form[start : start + _BLOCK], mode="clip")
        found.append((np.flatnonzero(said) + start).astype(np.uint32))
    return np.concatenate(found)


def taken_apart(forms: Forms, frame: pl.DataFrame, uids: Collection[str]) -> tuple[Forms, int]:
    """Return forms of which those of mentions with these own uids are one a mention; come last.

    The number is of the forms that stand before them. `frame` has all mentions.
    """
    own = frame["own_uid"].gather(forms.mentions) if uids else pl.Series([], dtype=pl.String)
    asked = forms.of[own.is_in(list(uids)).to_numpy()] if uids else forms.of[:0]
    apart = np.zeros(forms.table.height, np.bool_)
    apart[asked] = True
    kept = np.flatnonzero(~apart)
    if kept.size == apart.size:
        return forms, kept.size
    alone = apart[forms.of]
    each = forms.table[forms.of[alone]].with_columns(first=pl.Series(forms.mentions[alone]))
    of = (np.cumsum(~apart) - 1)[forms.of]
    of[alone] = kept.size + np.arange(each.height)
    table = pl.concat([forms.table[kept], each])
    return Forms(table, forms.mentions, of.astype(np.uint32)), kept.size
