"""What a search looks into: codes, names and former names of all parties of a snapshot."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary, ref

import numpy as np
import polars as pl

from graph.analysis.finder_files import Arrays, Kept
from graph.errors import SnapshotError
from graph.names.index import NameIndex, letters_of, postings
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
    """Names as they are shown, by their places; they stay in the snapshot, which has them."""

    def __init__(self, parts: Arrays, seen: "ref[Snapshot]") -> None:
        self._now, self._old, self._turn = parts["now"], parts["old"], parts["turn"]
        self._seen = seen

    def __getitem__(self, place: int) -> tuple[int, str, str]:
        """Return (party, column, value) of a name: present ones come first."""
        snapshot = _still_open(self._seen)
        if place < self._now.size:
            row = int(self._now[place])
            return row, NAME, snapshot.name_at(row)
        row, turn = (int(part[place - self._now.size]) for part in (self._old, self._turn))
        names = snapshot.mapped("nodes").column(FORMER_NAME)
        return row, FORMER_NAME, str(names[row].as_py()[turn])

    def value_at(self, place: int) -> str:
        """Return a name."""
        return self[place][2]


class Names:
    """Names of some parties, by their places in the snapshot, and what finds them."""

    def __init__(self, parts: Arrays, seen: "ref[Snapshot]") -> None:
        """Take what `_spelt` makes of some parties of a snapshot."""
        self._shown = _Shown(parts, seen)
        self._letters = Letters(parts["first"], parts["chars"], parts["codes"])
        self._postings = parts["start"], parts["owner"]

    def __getitem__(self, place: int) -> tuple[int, str, str]:
        """Return (party, column, value) of a name by its place in the indexes."""
        return self._shown[place]

    @cached_property
    def index(self) -> NameIndex:
        """The names by their characters."""
        # Not a method of this one: in a ring both would outlive the snapshot.
        return NameIndex(self._letters, self._shown.value_at, self._postings)

    @cached_property
    def read(self) -> PinyinIndex:
        """The names by their readings."""
        return PinyinIndex(self._letters)


class Finder:
    """What finds the parties of a snapshot; each part is made when it is first needed.

    A party is its place in the snapshot, which knows its name and codes: here only what finds them.
    """

    def __init__(self, snapshot: Snapshot, root: Path | None = None) -> None:
        """Look into the parties of a snapshot; what is made is kept under `root`, if one is given.

        See graph/analysis/finder_files.py.
        """
        # Weakly: what is kept as long as a snapshot is open may not itself keep it open.
        self._seen = ref(snapshot)
        self._kept = None if root is None else Kept(root, snapshot.id)

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

    def _part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        return make() if self._kept is None else self._kept.part(name, make)

    @cached_property
    def _by_key(self) -> Arrays:
        """Hashes of all codes and names in order, whose they are and in which column they stand."""
        return self._part("keys", self._keys)

    def _keys(self) -> Arrays:
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
        return {"hashes": hashes[order], "rows": rows[order], "kinds": kinds[order]}

    def equal(self, text: str) -> list[tuple[int, str, str]]:
        """Return (party, column, value) of every code, name and former name that equals a text."""
        wanted = keys(pl.Series([text]))
        hashes, rows, kinds = (self._by_key[name] for name in ("hashes", "rows", "kinds"))
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
        return self._names("organisations", pl.col("label") != "Person")

    @cached_property
    def persons(self) -> Names:
        """Names of persons."""
        return self._names("persons", pl.col("label") == "Person")

    def _names(self, part: str, whose: pl.Expr) -> Names:
        return Names(self._part(part, lambda: self._spelt(whose)), self._seen)

    def _spelt(self, whose: pl.Expr) -> Arrays:
        """Return whose names these are, former ones with their `turn` in a row; and `Letters`."""
        rows = self._parties("label", NAME, FORMER_NAME).filter(whose)
        now = rows.select("row", pl.col(NAME).alias("value")).drop_nulls("value").collect()
        turn = pl.int_ranges(pl.col(FORMER_NAME).list.len(), dtype=pl.Int32).alias("turn")
        old = rows.select("row", pl.col(FORMER_NAME).alias("value"), turn)
        old = old.explode("value", "turn").drop_nulls("value")
        former = old.collect()
        letters = letters_of(pl.concat([now["value"], former["value"]]))
        start, owner = postings(letters)
        return {
            "now": now["row"].to_numpy(),
            "old": former["row"].to_numpy(),
            "turn": former["turn"].to_numpy(),
            "first": letters.first,
            "chars": letters.chars,
            "codes": letters.codes,
            "start": start,
            "owner": owner,
        }


def _still_open(seen: ref[Snapshot]) -> Snapshot:
    snapshot = seen()
    if snapshot is None:
        raise SnapshotError("snapshot", "", "was let go while it was searched")
    return snapshot


# One a snapshot, kept as long as the snapshot is open.
_FINDERS: WeakKeyDictionary[Snapshot, Finder] = WeakKeyDictionary()


def keep_found(snapshot: Snapshot, root: Path) -> None:
    """Let what finds the parties of a snapshot be kept under `root`, for processes to come."""
    if snapshot not in _FINDERS:
        _FINDERS[snapshot] = Finder(snapshot, root)


def finder(snapshot: Snapshot) -> Finder:
    """Return the finder of a snapshot, the same one as long as the snapshot is open."""
    if snapshot not in _FINDERS:
        _FINDERS[snapshot] = Finder(snapshot)
    return _FINDERS[snapshot]
