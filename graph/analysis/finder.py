"""What a search looks into: codes, names and former names of all parties of a snapshot."""

from collections.abc import Callable
from functools import cached_property
from weakref import WeakKeyDictionary, ref

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.errors import SnapshotError
from graph.names.index import NameIndex, letters_of
from graph.names.key import NOISE, simplified
from graph.names.letters import Letters
from graph.names.pinyin import PinyinIndex
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot

CODES = ("uscc", "old_uscc", "org_code", "registration_number", "tax_number", "stock_code")
NAME, FORMER_NAME = "name", "former_names"


def keys(names: pl.Series) -> pl.Series:
    """Return names and codes as a search compares them: simplified, capital, without signs."""
    text = simplified(names).str.normalize("NFKC").str.to_uppercase()
    return text.str.replace_all(NOISE, "").str.replace_all(r"[()]", "")


class _Shown:
    """Names as they are shown, by their places; present ones stay in the snapshot, which has them.

    `now` (row, value) are present names, `former` those of former days, which stand behind them.
    """

    def __init__(
        self, now: pl.DataFrame, former: pl.DataFrame, name_at: Callable[[int], str]
    ) -> None:
        self._now = now["row"].to_numpy().copy()
        self._former = former
        self._name_at = name_at

    def __getitem__(self, place: int) -> tuple[int, str, str]:
        """Return (party, column, value) of a name."""
        if place < self._now.size:
            row = int(self._now[place])
            return row, NAME, self._name_at(row)
        row, value = self._former.row(place - self._now.size)
        return row, FORMER_NAME, value

    def value_at(self, place: int) -> str:
        """Return a name."""
        return self[place][2]


class Names:
    """Names of some parties, by their places in the snapshot, and what finds them."""

    def __init__(self, shown: _Shown, letters: Letters) -> None:
        """Take names as they are shown and what they are made of."""
        self._shown = shown
        self._letters = letters

    def __getitem__(self, place: int) -> tuple[int, str, str]:
        """Return (party, column, value) of a name by its place in the indexes."""
        return self._shown[place]

    @cached_property
    def index(self) -> NameIndex:
        """The names by their characters."""
        return NameIndex(self._letters, self._shown.value_at)

    @cached_property
    def read(self) -> PinyinIndex:
        """The names by their readings."""
        return PinyinIndex(self._letters)


class Finder:
    """What finds the parties of a snapshot; each part is made when it is first needed.

    A party is its place in the snapshot, which knows its name and codes: here only what finds them.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Look into the parties of a snapshot."""
        # Weakly: what is kept as long as a snapshot is open may not itself keep it open.
        self._seen = ref(snapshot)

    @property
    def _snapshot(self) -> Snapshot:
        return _still_open(self._seen)

    def party(self, row: int) -> tuple[str, str, str]:
        """Return uid, label and name of a party by its place."""
        snapshot = self._snapshot
        return snapshot.uid_at(row), snapshot.label_at(row), snapshot.name_at(row)

    def _parties(self, *columns: str) -> pl.LazyFrame:
        """Return the parties with these columns, and `row`, their place."""
        labels = [node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Party")]
        nodes = self._snapshot.table("nodes").with_row_index("row")
        kept = nodes.filter(pl.col("label").is_in(labels))
        return kept.select(pl.col("row").cast(pl.Int32), *columns)

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int8]]:
        """Hashes of all codes and names in order, whose they are and in which column they stand."""
        parts = []
        for kind, column in enumerate((*CODES, NAME, FORMER_NAME)):
            wanted = self._parties(column).rename({column: "value"})
            wanted = wanted.explode("value") if column == FORMER_NAME else wanted
            part = wanted.drop_nulls("value").collect()
            hashes = keys(part["value"]).hash().to_numpy()
            rows = part["row"].to_numpy()
            parts.append((hashes, rows, np.full(len(rows), kind, np.int8)))
        hashes, rows, kinds = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(hashes, kind="stable")
        return hashes[order], rows[order], kinds[order]

    def equal(self, text: str) -> list[tuple[int, str, str]]:
        """Return (party, column, value) of every code, name and former name that equals a text."""
        wanted = keys(pl.Series([text]))
        hashes, rows, kinds = self._by_key
        value = wanted.hash().to_numpy()[0]
        start, stop = (np.searchsorted(hashes, value, side=side) for side in ("left", "right"))
        said = [
            (row, column, value)
            for row, kind in zip(rows[start:stop].tolist(), kinds[start:stop].tolist(), strict=True)
            for column in [(*CODES, NAME, FORMER_NAME)[kind]]
            for value in self._values(row, column)
        ]
        if not said:
            return []
        # Of two values with one hash only the equal one counts; asked of all of them at once.
        same = keys(pl.Series([value for *_, value in said], dtype=pl.String)) == wanted.item()
        return [one for one, equal in zip(said, same, strict=True) if equal]

    def _values(self, row: int, column: str) -> list[str]:
        if column == NAME:
            return [self._snapshot.name_at(row)]
        said = self._snapshot.node(self._snapshot.uid_at(row)).properties.get(column, ())
        return [str(one) for one in said] if isinstance(said, tuple) else [str(said)]

    @cached_property
    def organisations(self) -> Names:
        """Names and former names of whoever is no person."""
        return self._names(pl.col("label") != "Person")

    @cached_property
    def persons(self) -> Names:
        """Names of persons."""
        return self._names(pl.col("label") == "Person")

    def _names(self, whose: pl.Expr) -> Names:
        rows = self._parties("label", NAME, FORMER_NAME).filter(whose)
        now = _named(rows.select("row", pl.col(NAME).alias("value")))
        old = rows.select("row", pl.col(FORMER_NAME).alias("value")).explode("value")
        former = _named(old)
        seen = self._seen
        # Not of this finder: a ring of the two would outlive the snapshot.
        shown = _Shown(now, former, lambda row: _still_open(seen).name_at(row))
        return Names(shown, letters_of(pl.concat([now["value"], former["value"]])))


def _named(rows: pl.LazyFrame) -> pl.DataFrame:
    return rows.drop_nulls("value").collect()


def _still_open(seen: ref[Snapshot]) -> Snapshot:
    snapshot = seen()
    if snapshot is None:
        raise SnapshotError("snapshot", "", "was let go while it was searched")
    return snapshot


# One a snapshot, kept as long as the snapshot is open.
_FINDERS: WeakKeyDictionary[Snapshot, Finder] = WeakKeyDictionary()


def finder(snapshot: Snapshot) -> Finder:
    """Return the finder of a snapshot, the same one as long as the snapshot is open."""
    if snapshot not in _FINDERS:
        _FINDERS[snapshot] = Finder(snapshot)
    return _FINDERS[snapshot]
