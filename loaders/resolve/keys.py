"""What can make two mentions one party, as numbers: only who shares one depends on the other."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from loaders.resolve.judgements import Judgement
from loaders.resolve.organisations import loose_name

# One column of keys each; a mention holds at most this many. Equal numbers may share what they
# stand for; by chance (64 bits) they only make more be looked at again.
KEYS = tuple(f"k{number}" for number in range(9))
_JUDGED = KEYS[-1]
# Values that stand for themselves, and in which namespace: a former credit code is a credit code.
_CODES: Mapping[str, str] = {
    "uscc": "uscc",
    "old_uscc": "uscc",
    "org_code": "org_code",
    "registration_number": "registration_number",
    "certificate_number": "certificate_number",
    "licence_number": "licence_number",
}
# The largest part of the slots of the table of keys that is ever filled.
_FILLED = 0.5


def organisation_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns KEYS of organisations: codes, numbers, names without region and form."""
    keys = [_hash(space, pl.col(column)) for column, space in _CODES.items()]
    keys += [_hash("name", loose_name(pl.col(column))) for column in ("name_key", "former_key")]
    return _as_keys(frame, keys)


def person_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns KEYS of persons: identity number, certificate and name, name and firm."""
    by_name = [
        pl.concat_str(pl.col(column), pl.lit("|"), pl.col("name_key"))
        for column in ("licence_number", "organisation")
    ]
    spaces = ("id_hash", "licence", "anchor")
    return _as_keys(
        frame,
        [
            _hash(space, value)
            for space, value in zip(spaces, [pl.col("id_hash"), *by_name], strict=True)
        ],
    )


def _hash(space: str, value: pl.Expr) -> pl.Expr:
    # hash() gives missing values a number too.
    return pl.when(value.is_not_null()).then(pl.concat_str(pl.lit(f"{space}:"), value).hash())


def _as_keys(frame: pl.DataFrame, keys: Sequence[pl.Expr]) -> pl.DataFrame:
    missing = pl.lit(None, dtype=pl.UInt64)
    return frame.select(
        (keys[place] if place < len(keys) else missing).alias(name)
        for place, name in enumerate(KEYS)
    )


def judged_keys(frame: pl.DataFrame, judgements: Sequence[Judgement]) -> pl.DataFrame:
    """Return the keys with one more for the mentions that judgements connect."""
    root: dict[str, str] = {}

    def first(uid: str) -> str:
        while root.setdefault(uid, uid) != uid:
            uid = root[uid]
        return uid

    for judged in judgements:
        low, high = sorted((first(judged.one), first(judged.other)))
        root[high] = low
    if not root:
        return frame
    ends = {uid: first(uid) for uid in root}
    judged_by = pl.col("own_uid").replace_strict(ends, default=None, return_dtype=pl.String)
    return frame.with_columns(_hash("judged", judged_by).alias(_JUDGED))


def holding(keys: pl.DataFrame, asked: pl.Series, among: pl.Series) -> pl.Series:
    """Return the rows (UInt32) of `keys` with one of the `asked`, of those that `among` marks.

    All columns are UInt64, `among` Boolean; missing keys are null or 0.
    """
    table = np.zeros(_slots(asked.to_numpy()), np.uint64)
    _filled(table, asked.to_numpy())
    left = among.to_numpy().copy()
    for column in keys.iter_columns():
        if column.null_count() < column.len():
            _strike(table, column.fill_null(0).to_numpy(), left)
    found = np.flatnonzero(among.to_numpy() & ~left)
    return pl.Series("place", found.astype(np.uint32))


def components(keys: pl.DataFrame) -> pl.Series:
    """Return the component of each mention (UInt64): its smallest key, 0 where it has none.

    `keys` has the columns KEYS. Mentions that are connected through shared keys, directly or by
    others, are of one component, whatever their order.
    """
    table = keys.select(pl.col(KEYS).fill_null(0)).to_numpy(order="c").astype(np.uint64, copy=False)
    least = _least(table, _slots(table))
    return pl.Series("component", least)


def _slots(table: NDArray[np.uint64]) -> int:
    held = max(1, int(np.count_nonzero(table)))
    return int(2 ** np.ceil(np.log2(held / _FILLED)))


@njit(cache=True)
def _filled(table: NDArray[np.uint64], keys: NDArray[np.uint64]) -> None:
    """Put keys into an empty hash table of a power of two slots."""
    mask = np.uint64(table.size - 1)
    for key in keys:
        slot = key & mask
        while table[slot] != 0 and table[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = key


@njit(cache=True)
def _strike(table: NDArray[np.uint64], keys: NDArray[np.uint64], left: NDArray[np.bool_]) -> None:
    """Take away from `left` the rows whose key is in the table."""
    mask = np.uint64(table.size - 1)
    for row in range(keys.size):
        key = keys[row]
        if key == 0 or not left[row]:
            continue
        slot = key & mask
        while table[slot] != 0 and table[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        left[row] = table[slot] == 0


@njit(cache=True)
def _root(parent: NDArray[np.int64], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


@njit(cache=True)
def _joined(table: NDArray[np.uint64], slots: int) -> NDArray[np.int64]:
    """Return the parents of a forest: rows that share a key are in one tree."""
    rows, columns = table.shape
    parent = np.arange(rows)
    key_of = np.zeros(slots, np.uint64)
    row_of = np.zeros(slots, np.int64)
    mask = np.uint64(slots - 1)
    for row in range(rows):
        for column in range(columns):
            key = table[row, column]
            if key == 0:
                continue
            slot = key & mask
            while key_of[slot] != 0 and key_of[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            if key_of[slot] == 0:
                key_of[slot] = key
                row_of[slot] = row
            else:
                parent[_root(parent, row)] = _root(parent, row_of[slot])
    return parent


@njit(cache=True)
def _least(table: NDArray[np.uint64], slots: int) -> NDArray[np.uint64]:
    """Return the smallest key of each row's component; `slots` is a power of two."""
    rows, columns = table.shape
    parent = _joined(table, slots)
    least = np.zeros(rows, np.uint64)
    for row in range(rows):
        top = _root(parent, row)
        for column in range(columns):
            key = table[row, column]
            if key != 0 and (least[top] == 0 or key < least[top]):
                least[top] = key
    for row in range(rows):
        least[row] = least[_root(parent, row)]
    return least
