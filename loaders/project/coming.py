"""Tables of a snapshot in the making: who needs one waits for it, not for all of them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import polars as pl

from graph.snapshot.tables import TABLES


class Coming(Mapping[str, pl.DataFrame]):
    """The tables by name; to ask for one waits until it is put, or raises why it never will be."""

    def __init__(self) -> None:
        self._tables: dict[str, Future[pl.DataFrame]] = {name: Future() for name in TABLES}

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._tables[name].result()

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def put(self, name: str, table: pl.DataFrame) -> None:
        """Hand a table over to all who wait for it."""
        self._tables[name].set_result(table)

    def fail(self, error: BaseException) -> None:
        """Say to all who wait for what is not there why it does not come."""
        for table in self._tables.values():
            if not table.done():
                table.set_exception(error)
