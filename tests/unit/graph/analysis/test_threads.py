"""Work shared out between threads: every part once, in order where order counts, errors raised."""

import time

import pytest

from graph.analysis.kernels.threads import ALONE, InOrder, Threads, part_of, threads_for


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_part_is_taken_once(count: int) -> None:
    taken: list[tuple[int, int, int]] = []
    with Threads(count) as threads:
        threads.over(23, lambda first, end, thread: taken.append((first, end, thread)), 5)

    assert [number for first, end, _ in sorted(taken) for number in range(first, end)] == list(
        range(23)
    )
    assert {thread for *_, thread in taken} <= set(range(count))
    # One thread is given everything at once.
    assert len(taken) == (1 if count == 1 else 5)


def test_nothing_to_do_is_one_empty_part() -> None:
    taken: list[tuple[int, int, int]] = []
    with Threads(2) as threads:
        threads.over(0, lambda *part: taken.append(part))
    ALONE.over(0, lambda *part: taken.append(part))

    assert taken == [(0, 0, 0), (0, 0, 0)]


def test_parts_depend_on_the_graph_alone() -> None:
    assert part_of(10) == part_of(8_192) == part_of(500_000) == 8_192
    assert part_of(2_000_000) == 31_250
    assert threads_for(249_999) == 1
    assert threads_for(250_000) >= 1


@pytest.mark.parametrize("failing", [0, 3, 7])
def test_an_error_of_any_thread_is_raised_and_nobody_waits_for_it(failing: int) -> None:
    def work(first: int, end: int, _: int) -> None:
        if first == failing:
            raise ValueError(first)
        order.begin(first, end, 1)

    with Threads(3) as threads:
        order = InOrder(threads)
        with pytest.raises(ValueError, match=str(failing)):
            threads.over(8, work, 1)


def test_parts_stand_in_order_whichever_is_ready_first() -> None:
    begins: dict[int, int] = {}

    def work(first: int, end: int, _: int) -> None:
        # The first ones of each pair are ready last.
        time.sleep(0.002 * (first % 2 == 0))
        begins[first] = order.begin(first, end, first + 1)

    with Threads(2) as threads:
        order = InOrder(threads)
        threads.over(12, work, 1)

    assert begins == {first: first * (first + 1) // 2 for first in range(12)}
    assert order.filled == 78
