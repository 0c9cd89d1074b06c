"""Threads of one interpreter beside each other: how long one that works in Python keeps it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Whoever works on tables comes back to Python thousands of times a load, each time for a moment.
# Where another thread works in Python all along, as the cutting of names does, each such moment is
# waited for as long as that one may go on, which is 5 ms where nobody says otherwise.
TURN_SECONDS = 0.0005


@contextmanager
def short_turns() -> Iterator[None]:
    """Let threads of this process take turns so often that none waits long for a moment's work."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
