"""Work of more than a second, with its progress on the screen while it runs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from typing import TypeVar

import streamlit as st

from app.views import frame

# Seconds between looks at what the work has said.
_LOOK = 0.2
T = TypeVar("T")


def run_along(title: str, work: Callable[[Callable[[str], None]], T]) -> T:
    """Return what `work` returns; each line that it tells stands on the screen at once.

    It tells them from threads of its own, and only the thread of the screen may draw.
    """
    lines: Queue[str] = Queue()
    with st.status(title, expanded=True) as status, ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, lines.put)
        while not future.done() or not lines.empty():
            try:
                status.write(frame.plain(lines.get(timeout=_LOOK)))
            except Empty:
                continue
        status.update(state="error" if future.exception() else "complete")
        return future.result()
