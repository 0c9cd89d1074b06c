"""What a search looks into: codes, names and former names of all parties of a snapshot."""

from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.names.index import NameIndex
from graph.names.key import NOISE, simplified
from graph.names.pinyin import PinyinIndex
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot

CODES = ("uscc", "old_uscc", "org_code", "registration_number", "tax_number", "stock_code")
NAME, FORMER_NAME = "name", "former_names"


def keys(names: pl.Series) -> pl.Series:
    """Return names and codes as a search compares them: simplified, capital, without signs."""
    text = simplified(names).str.normalize("NFKC").str.to_uppercase()
    return text.str.replace_all(NOISE, "").str.replace_all(r"[()]", "")


class Names:
    """Names of some parties: rows of the finder, and what finds them."""

    def __init__(self, table: pl.DataFrame) -> None:
        """Take (row, value, column), column being the one the value stands in."""
        self._table = table

    def __getitem__(self, place: int) -> tuple[int, str, str]:
        """Return (row, column, value) of a name by its place in the indexes."""
        row, value, column = self._table.row(place)
        return row, column, value

    @cached_property
    def index(self) -> NameIndex:
        """The names by their characters."""
        return NameIndex(self._table["value"])

    @cached_property
    def read(self) -> PinyinIndex:
        """The names by their readings."""
        return PinyinIndex(self._table["value"])


class Finder:
    """Rows of all parties and what finds them; each part is made when it is first needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read the parties of a snapshot."""
        labels = [node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Party")]
        nodes = snapshot.table("nodes").filter(pl.col("label").is_in(labels))
        self.rows = nodes.select("uid", "label", NAME, FORMER_NAME, *CODES).collect()

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int8]]:
        """Hashes of all codes and names in order, whose they are and in which column they stand."""
        number = pl.int_range(pl.len(), dtype=pl.Int32).alias("row")
        parts = []
        for kind, column in enumerate((*CODES, NAME, FORMER_NAME)):
            part = self.rows.select(number, pl.col(column).alias("value"))
            part = part.explode("value") if column == FORMER_NAME else part
            part = part.drop_nulls()
            hashes = keys(part["value"]).hash().to_numpy()
            rows = part["row"].to_numpy()
            parts.append((hashes, rows, np.full(len(rows), kind, np.int8)))
        hashes, rows, kinds = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(hashes, kind="stable")
        return hashes[order], rows[order], kinds[order]

    def equal(self, text: str) -> list[tuple[int, str, str]]:
        """Return (row, column, value) of every code, name and former name that equals a text."""
        wanted = keys(pl.Series([text]))
        hashes, rows, kinds = self._by_key
        value = wanted.hash().to_numpy()[0]
        start, stop = (np.searchsorted(hashes, value, side=side) for side in ("left", "right"))
        found = []
        for place in range(int(start), int(stop)):
            row, column = int(rows[place]), (*CODES, NAME, FORMER_NAME)[kinds[place]]
            said = self.rows[column][row]
            values = said.to_list() if column == FORMER_NAME else [said]
            # Of two values with one hash only the equal one counts.
            found += [
                (row, column, value)
                for value in values
                if keys(pl.Series([value])).item() == wanted.item()
            ]
        return found

    @cached_property
    def organisations(self) -> Names:
        """Names and former names of whoever is no person."""
        return self._names(pl.col("label") != "Person")

    @cached_property
    def persons(self) -> Names:
        """Names of persons."""
        return self._names(pl.col("label") == "Person")

    def _names(self, whose: pl.Expr) -> Names:
        rows = self.rows.with_row_index("row").filter(whose)
        now = rows.select("row", pl.col(NAME).alias("value"), pl.lit(NAME).alias("column"))
        old = rows.select("row", pl.col(FORMER_NAME).alias("value")).explode("value")
        every = pl.concat([now, old.with_columns(pl.lit(FORMER_NAME).alias("column"))])
        return Names(every.drop_nulls("value"))


# One a snapshot, kept as long as the snapshot is open.
_FINDERS: WeakKeyDictionary[Snapshot, Finder] = WeakKeyDictionary()


def finder(snapshot: Snapshot) -> Finder:
    """Return the finder of a snapshot, the same one as long as the snapshot is open."""
    if snapshot not in _FINDERS:
        _FINDERS[snapshot] = Finder(snapshot)
    return _FINDERS[snapshot]
