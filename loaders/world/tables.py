"""What the world hands over: one table a file, with the truth of each row kept apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

# A column whose name begins so tells who a row is really about; no department ever sees it.
TRUE = "true:"
# A clerk sends so many rows as a workbook; more come from a system as text.
BOOK_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One department's file: cells as text by header, and `true:<role>` columns of entity ids."""

    name: str
    frame: pl.DataFrame
    suffix: str = ".csv"
    encoding: str = "utf-8-sig"


@dataclass
class Sheets:
    """The files of a world, in the order in which they were made."""

    listed: list[Sheet] = field(default_factory=list)

    def add(
        self,
        name: str,
        columns: Mapping[str, pl.Series | Sequence[object]],
        suffix: str = ".csv",
        encoding: str = "utf-8-sig",
    ) -> None:
        """Add a file; every cell becomes text as a department would write it."""
        frame = pl.DataFrame(dict(columns), strict=False)
        cells = [
            pl.col(header).cast(pl.String)
            for header, kind in frame.schema.items()
            if kind != pl.String
        ]
        self.listed.append(Sheet(name, frame.with_columns(cells), suffix, encoding))

    def frame(self, name: str) -> pl.DataFrame:
        """Return the file of this name as it stands."""
        return next(sheet.frame for sheet in self.listed if sheet.name == name)

    def extend(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows to the file of this name; headers that they lack stay empty."""
        for place, sheet in enumerate(self.listed):
            if sheet.name == name:
                whole = pl.concat([sheet.frame, frame.cast(pl.String)], how="diagonal")
                self.listed[place] = Sheet(name, whole, sheet.suffix, sheet.encoding)
                return
        raise KeyError(name)


def book_or_text(rows: int) -> str:
    """Return the suffix of a file that a clerk keeps."""
    return ".xlsx" if rows <= BOOK_ROWS else ".csv"
