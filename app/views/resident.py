"""What the server holds in memory: pages of mapped files, and free ones, go back to the system."""

import ctypes
import resource
from pathlib import Path
from time import sleep

from graph.snapshot.mapping import let_go

# The libraries' own code is a quarter of it; the rest is room for rows that are looked at again.
MOST_MAPPED = 600 * 2**20
# What is derived from a snapshot and as large as this lies in files as well: of a million parties
# .13 GB, which the system then has where it needs it.
LEAST_ASIDE = 2**20
# What sessions leave free between what they keep is a third of what they took: it is given back
# once so much was taken anew.
GROWN = 4 * 2**20
# A look takes some millionths of a second.
_SECONDS = 2.0
_PAGES = Path("/proc/self/statm")


def mapped() -> int:
    """Return how many bytes of files are in this process's memory, 0 where the system is silent."""
    return _pages()[1]


def own() -> int:
    """Return how many bytes of memory are this process's own, 0 where the system is silent."""
    resident, shared = _pages()
    return resident - shared


def _pages() -> tuple[int, int]:
    """Return bytes that are resident, and those of them that files hold."""
    try:
        words = _PAGES.read_text(encoding="ascii").split()
    except OSError:
        return 0, 0
    size = resource.getpagesize()
    return int(words[1]) * size, int(words[2]) * size


def keep_small(most: int = MOST_MAPPED) -> None:
    """Give mapped pages back where there are more than `most` bytes of them.

    Twenty people who look at a million parties touch all of a snapshot's 1.3 GB in an hour.
    """
    if mapped() > most:
        let_go()


def give_back() -> None:
    """Give back what the allocator holds free between what is in use; only glibc's is asked."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def watch() -> None:
    """Do so as long as the server runs."""
    held = own()
    while True:
        sleep(_SECONDS)
        keep_small()
        if own() > held + GROWN:
            give_back()
            held = own()
