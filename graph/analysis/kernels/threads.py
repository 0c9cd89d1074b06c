"""Work over a whole graph shared out between threads, in parts that the graph alone determines.

What a part writes or sums is the same whichever thread takes it: results never depend on how many
threads there are. Kernels let go of Python's lock. Threads live as long as one piece of work does.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Event
from types import TracebackType
from typing import Self

import numpy as np

from graph.analysis.kernels.factors import Numbers

# A graph of fewer links is done in some 50 ms: a second thread takes as much as it saves there.
_FEW_LINKS = 250_000
# A part is large beside what it costs to begin one; many parts end at nearly the same time.
_LEAST_PART, _MOST_PARTS = 8_192, 64
# Seconds after which a thread that waits for its turn looks whether another one has failed.
_LOOK = 0.1

Work = Callable[[int, int, int], object]


class _StoppedError(Exception):
    """Another thread failed: its error is the one that is raised."""


def threads_for(links: int) -> int:
    """Return how many threads a graph of so many links is worth: one, or one a processor.

    Of the processors that this process may use, where the system tells.
    """
    if links < _FEW_LINKS:
        return 1
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def part_of(size: int) -> int:
    """Return how many of `size` parties or rows a part has."""
    return max(_LEAST_PART, -(-size // _MOST_PARTS))


def numbers(first: int, end: int) -> Numbers:
    """Return the numbers (int32) of the parties of a part."""
    found: Numbers = np.arange(first, end, dtype=np.int32)
    return found


class Threads:
    """So many threads, which take parts of a piece of work one after another, the lowest first."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(count - 1) if count > 1 else None
        self._stopped = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool:
            self._pool.shutdown()

    def over(self, size: int, work: Work, each: int = 0) -> None:
        """Call `work` with (first, end, thread) of the parts of range(size).

        `each`: what a part has, 0: `part_of(size)`. One thread is given everything at once.
        """
        each = each or part_of(size)
        if self._pool is None or size <= each:
            work(0, size, 0)
            return
        parts = iter(range(0, size, each))

        def take(thread: int) -> None:
            try:
                for first in parts:
                    if self._stopped.is_set():
                        return
                    work(first, min(first + each, size), thread)
            except _StoppedError:
                return
            except BaseException:
                self._stopped.set()
                raise

        helping = range(1, min(self.count, -(-size // each)))
        others = [self._pool.submit(take, thread) for thread in helping]
        take(0)
        for other in others:
            other.result()

    def wait_until(self, ready: Condition, reached: Callable[[], bool]) -> None:
        """Wait, holding `ready`, until another part has come so far; not if its thread failed."""
        while not ready.wait_for(reached, _LOOK):
            if self._stopped.is_set():
                raise _StoppedError


# Without another thread; there is nothing to end.
ALONE = Threads(1)


class InOrder:
    """Where what each part fills in begins: behind all parts before it, whichever is ready first.

    Parts are taken in order, so that the lowest one that is not ready is being worked on.
    """

    def __init__(self, threads: Threads) -> None:
        self.filled = 0
        self._threads, self._next, self._ready = threads, 0, Condition()

    def begin(self, first: int, end: int, count: int) -> int:
        """Return where the `count` of the part first:end begin, once it is known."""
        with self._ready:
            self._threads.wait_until(self._ready, lambda: self._next == first)
            begins = self.filled
            self._next, self.filled = end, begins + count
            self._ready.notify_all()
        return begins
