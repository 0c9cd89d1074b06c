"""Work inside the threads of polars: results, errors, and never one that waits for another."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from loaders.pool import at_once, in_pool

ASKING = f"import runpy; print(runpy.run_path({__file__!r})['nested'](3))"


def nested(depth: int) -> int:
    """Return how many rows questions inside of questions find together."""
    frame = pl.DataFrame({"key": [f"{row % 7}" for row in range(5_000)]})

    def rows() -> int:
        return int(frame.join(frame.unique(), on="key").height)

    if not depth:
        return in_pool(rows)
    one, other = at_once(lambda: nested(depth - 1), lambda: nested(depth - 1))
    return one + other


def test_both_results_come_back_as_they_are() -> None:
    marker = object()
    assert in_pool(lambda: marker) is marker
    assert at_once(lambda: 1, lambda: "two") == (1, "two")


@pytest.mark.parametrize("error", [ValueError("三"), KeyboardInterrupt()])
def test_an_error_is_the_one_that_was_raised(error: BaseException) -> None:
    def fails() -> int:
        raise error

    with pytest.raises(type(error)) as raised:
        in_pool(fails)
    assert raised.value is error
    with pytest.raises(type(error)):
        at_once(lambda: 1, fails)


def test_several_threads_ask_at_once_and_inside_of_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(nested, [2, 3, 2, 3])) == [20_000, 40_000, 20_000, 40_000]


def test_one_thread_of_polars_is_enough() -> None:
    environment = dict(os.environ, POLARS_MAX_THREADS="1")
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        capture_output=True, text=True, check=False, env=environment, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == ["40000"], done.stderr
