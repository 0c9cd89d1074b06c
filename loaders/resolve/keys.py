"""What can make two mentions one party, as numbers: only who shares one depends on the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from loaders.resolve.forms import VALUES, IntArray, Places
from loaders.resolve.judgements import Judgement
from loaders.resolve.organisations import loose_name

# A key stands for a value of a kind. Equal ones may share what they stand for; by chance (64 bits)
# they only make more be looked at again.
Keys = NDArray[np.uint64]
Numbers = TypeVar("Numbers", Keys, Places)
KEYED: dict[str, type[pl.DataType]] = {"key": pl.UInt64, "place": pl.UInt32}
# Values that stand for themselves, and of which kind: a former credit code is a credit code.
_CODES: Mapping[str, str] = {
    "uscc": "uscc",
    "old_uscc": "uscc",
    "org_code": "org_code",
    "registration_number": "registration_number",
    "certificate_number": "certificate_number",
    "licence_number": "licence_number",
}
_JUDGED = "judged"
# By these persons are found, and joined by none alone: a licence, and the row with their firm.
BEARER, RECORD = "bearer", "record"
# Each kind has a seed of its own; where it stands here says which.
_KINDS = (
    *dict.fromkeys(_CODES.values()),
    "name",
    "id_hash",
    "licence",
    "anchor",
    _JUDGED,
    BEARER,
    RECORD,
)


@dataclass(frozen=True, slots=True)
class Index:
    """Who holds a key: tables (key, place), each sorted by key; what they say adds up.

    A place may stand under a key that it holds no more.
    """

    parts: tuple[pl.DataFrame, ...] = ()

    def holders(self, asked: Keys) -> Places:
        """Return the places that hold one of some ascending keys, in any order."""
        return self.pairs(asked)[1]

    def pairs(self, asked: Keys, most: int | None = None) -> tuple[IntArray, Places]:
        """Return who holds which of some ascending keys: its place in `asked`, and the holder's.

        Of each table no more than `most` holders of a key.
        """
        which, found = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
        for part in self.parts:
            keys = part["key"].to_numpy()
            # Most of what is asked nobody holds: where it ends is looked up for the others alone.
            held, first = _found(keys, asked)
            lengths = np.searchsorted(keys, asked[held], "right") - first
            lengths = lengths if most is None else np.minimum(lengths, most)
            skipped = np.cumsum(lengths) - lengths
            rows = np.repeat(first - skipped, lengths) + np.arange(lengths.sum())
            which.append(np.repeat(np.flatnonzero(held), lengths))
            found.append(part["place"].to_numpy()[rows])
        return np.concatenate(which), np.concatenate(found)

    def as_one(self) -> pl.DataFrame:
        """Return the index as one table (key, place), sorted by key."""
        if len(self.parts) == 1:
            return self.parts[0]
        return pl.concat(self.parts).sort("key", "place").unique(maintain_order=True)

    def with_part(self, keyed: pl.DataFrame) -> "Index":
        """Return the index with more keys (KEYED, in any order) beside those it has."""
        return Index((*self.parts, keyed.sort("key")))


@dataclass(frozen=True, slots=True)
class Indexes:
    """Which forms of organisations, and which mentions of persons, hold a key."""

    forms: Index
    persons: Index


def organisation_keys(table: pl.DataFrame) -> pl.DataFrame:
    """Return (key, place) of forms with `place`: codes, numbers, names without region and form."""
    return _keyed(table, _of_organisations())


def held_by_organisations(table: pl.DataFrame) -> Keys:
    """Return the keys of `organisation_keys`, ascending and once each."""
    return _held(table, _of_organisations())


def _of_organisations() -> list[pl.Expr]:
    keys = [hashed(kind, pl.col(column)) for column, kind in _CODES.items()]
    names = ("name_key", "former_key")
    return keys + [hashed("name", loose_name(pl.col(column)), column) for column in names]


def own_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return (key, place) of persons by what they hold themselves: number, certificate and name."""
    return _keyed(frame, _of_persons())


def held_by_persons(frame: pl.DataFrame) -> Keys:
    """Return the keys of `own_keys` and of `anchor_keys`, ascending and once each."""
    return _held(frame, [*_of_persons(), _with_name("anchor", "organisation")])


def _of_persons() -> list[pl.Expr]:
    return [hashed("id_hash", pl.col("id_hash")), _with_name("licence", "licence_number")]


def anchor_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return (key, place) of persons by their name and their firm."""
    return _keyed(frame, [_with_name("anchor", "organisation")])


def _with_name(kind: str, column: str) -> pl.Expr:
    value = pl.concat_str(pl.col(column), pl.lit("|"), pl.col("name_key"))
    return hashed(kind, value, column, "name_key")


def found_by(frame: pl.DataFrame) -> pl.DataFrame:
    """Return (key, place) by which persons are found where a licence or a firm is another."""
    with_firm = pl.when(pl.col("anchor").is_not_null()).then("record_id")
    return _keyed(frame, [hashed(BEARER, pl.col("licence_number")), hashed(RECORD, with_firm)])


def hashed(kind: str, value: pl.Expr, *columns: str) -> pl.Expr:
    """Return the key of each value of a kind, null where there is none.

    `columns` are those that all have one where there is a value: it is then not made twice.
    """
    # hash() gives missing values a number too.
    told = [pl.col(column).is_not_null() for column in columns] or [value.is_not_null()]
    return pl.when(*told).then(value.hash(seed=_KINDS.index(kind)))


def distinct(keyed: pl.DataFrame) -> Keys:
    """Return the keys of (key, place), ascending and once each."""
    return _each(np.sort(keyed["key"].to_numpy()))


def _keyed(frame: pl.DataFrame, keys: Sequence[pl.Expr]) -> pl.DataFrame:
    told = frame.select("place", *(key.alias(f"{number}") for number, key in enumerate(keys)))
    parts = [told.select(key=f"{number}", place="place") for number in range(len(keys))]
    return pl.concat([part.drop_nulls("key") for part in parts])


def _held(frame: pl.DataFrame, keys: Sequence[pl.Expr]) -> Keys:
    told = frame.select(key.alias(f"{number}") for number, key in enumerate(keys))
    # In one go: a question of a few thousand keys takes as long as of one.
    held = pl.concat([column.alias("key") for column in told]).drop_nulls()
    return _each(np.sort(held.to_numpy()))


def judged_keys(own_uids: pl.DataFrame, judgements: Sequence[Judgement]) -> pl.DataFrame:
    """Return (key, place) of those of (own_uid, place) that judgements connect, however far."""
    root: dict[str, str] = {}

    def first(uid: str) -> str:
        while root.setdefault(uid, uid) != uid:
            uid = root[uid]
        return uid

    for judged in judgements:
        low, high = sorted((first(judged.one), first(judged.other)))
        root[high] = low
    if not root:
        return pl.DataFrame(schema=KEYED)
    ends = {uid: first(uid) for uid in root}
    judged_by = pl.col("own_uid").replace_strict(ends, default=None, return_dtype=pl.String)
    return _keyed(own_uids, [hashed(_JUDGED, judged_by)])


def form_keys(table: pl.DataFrame) -> pl.DataFrame:
    """Return (key, place) of forms with `place` by all that they say: equal ones have one key."""
    key = table.select(VALUES).hash_rows(seed=len(_KINDS)).alias("key")
    return table.select(key, "place")


class Reached:
    """The places that keys, or places, reach through keys they share, however far they go.

    `keys_of` tells the keys of places, of which there are `count`, each asked once.
    """

    def __init__(self, index: Index, keys_of: Callable[[Places], Keys], count: int) -> None:
        self._index, self._keys_of = index, keys_of
        self._seen = np.zeros(count, np.bool_)
        self._asked = np.zeros(0, np.uint64)

    def follow(self, asked: Keys, named: Places) -> None:
        """Add what these keys and these places reach."""
        front = self._unseen(once(named))
        asked = once(np.concatenate([asked, self._keys_of(front)]))
        while (asked := _without(asked, self._asked)).size:
            self._asked = once(np.concatenate([self._asked, asked]))
            front = self._unseen(once(self._index.holders(asked)))
            if not front.size:
                break
            asked = self._keys_of(front)

    def _unseen(self, places: Places) -> Places:
        front = places[~self._seen[places]]
        self._seen[front] = True
        return front

    def places(self) -> Places:
        """Return the places that were reached, ascending."""
        return np.flatnonzero(self._seen).astype(np.uint32)


# Sets of numbers: those of numpy hash what is in order already, in eighty times the time.


def _found(keys: Keys, asked: Keys) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return which of `asked` are among ascending keys, and where the first of each such stands."""
    if not keys.size:
        return np.zeros(asked.size, np.bool_), np.zeros(0, np.intp)
    first = np.searchsorted(keys, asked)
    held = keys[np.minimum(first, keys.size - 1)] == asked
    return held, first[held]


def once(values: Numbers) -> Numbers:
    """Return numbers ascending, each once; those of ascending runs are merged in one pass.

    >>> once(np.array([3, 4, 1, 3], np.uint64)).tolist()
    [1, 3, 4]
    """
    return _each(np.sort(values, kind="stable"))


def _each(ordered: NDArray[Any]) -> NDArray[Any]:
    first = np.ones(ordered.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _without(keys: Keys, others: Keys) -> Keys:
    return keys[~_found(others, keys)[0]]
