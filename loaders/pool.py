"""Many small questions to polars, asked where it works.

Polars answers in threads of its own. Whoever asks from another thread hands each question over
and waits: two changes of thread, which of some hundred questions about a few thousand rows each
are a sixth of the time.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import polars as pl

T = TypeVar("T")
U = TypeVar("U")

_NOTHING = pl.DataFrame({"nothing": [None]})


def in_pool(work: Callable[[], T]) -> T:
    """Return what `work` returns, done in a thread of polars; errors are raised as they are.

    It must not wait for another thread: that one may need the thread it is done in.
    """
    return at_once(work, _nothing)[0]


def at_once(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Return what both return, done in threads of polars: side by side where two are free.

    Of two errors the first one's is raised. Neither may wait for another thread.
    """
    both = _Told(one), _Told(other)
    # With two expressions the threads of the pool are asked; one alone is answered where it is.
    asked = (
        pl.col("nothing").map_batches(told, pl.Null).alias(str(at)) for at, told in enumerate(both)
    )
    _NOTHING.select(*asked)
    return both[0].result(), both[1].result()


def _nothing() -> None: ...


class _Told:
    """What work returned or raised, told beside polars, which would make another error of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._found: Any = None
        self._error: BaseException | None = None

    def __call__(self, nothing: pl.Series, **_told_of_it: object) -> pl.Series:
        try:
            self._found = self._work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is asked for
            self._error = error
        return nothing

    def result(self) -> Any:  # noqa: ANN401 - as the work says
        if self._error is not None:
            raise self._error
        return self._found
