"""Tables of a snapshot in the making: who needs one waits for it, not for all of them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import polars as pl

from graph.snapshot.tables import TABLES


class Coming(Mapping[str, pl.DataFrame]):
    """The tables by name; to ask for one waits until it is put, or raises why it never will be."""

    def __init__(self) -> None:
        self._tables: dict[str, Future[pl.DataFrame]] = {name: Future() for name in TABLES}
        # Of each table the parts that came, and the one that is waited for; None is the end.
        self._parts: dict[str, list[Future[pl.DataFrame | None]]] = {
            name: [Future()] for name in TABLES
        }

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._tables[name].result()

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def parts(self, name: str) -> Iterator[pl.DataFrame]:
        """Yield all rows of a table as they come, each once; raises where they never will.

        Whoever asks again gets a part without rows for one that was given.
        """
        place = 0
        while (part := self._parts[name][place].result()) is not None:
            # Kept no longer: the whole table may hold its rows in another order.
            self._parts[name][place] = Future()
            self._parts[name][place].set_result(part.clear())
            yield part
            place += 1

    def add(self, name: str, part: pl.DataFrame) -> None:
        """Hand some rows of a table over before all of it is there."""
        waited = self._parts[name][-1]
        self._parts[name].append(Future())
        waited.set_result(part)

    def put(self, name: str, table: pl.DataFrame) -> None:
        """Hand a table over to all who wait for it; parts of it that were added are all of it."""
        if len(self._parts[name]) == 1:
            self.add(name, table)
        self._parts[name][-1].set_result(None)
        self._tables[name].set_result(table)

    def fail(self, error: BaseException) -> None:
        """Say to all who wait for what is not there why it does not come."""
        for table in self._tables.values():
            if not table.done():
                table.set_exception(error)
        for parts in self._parts.values():
            if not parts[-1].done():
                parts[-1].set_exception(error)
