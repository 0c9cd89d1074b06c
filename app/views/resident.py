"""What the server holds in memory: pages of files that it has mapped go back to the system."""

import resource
from pathlib import Path
from time import sleep

from graph.snapshot.mapping import let_go

# The libraries' own code is a quarter of it; the rest is room for rows that are looked at again.
MOST_MAPPED = 600 * 2**20
# What is derived from a snapshot and as large as this lies in files as well: of a million parties
# .13 GB, which the system then has where it needs it.
LEAST_ASIDE = 2**20
# A look takes some millionths of a second.
_SECONDS = 2.0
_PAGES = Path("/proc/self/statm")


def mapped() -> int:
    """Return how many bytes of files are in this process's memory, 0 where the system is silent."""
    try:
        pages = int(_PAGES.read_text(encoding="ascii").split()[2])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def keep_small(most: int = MOST_MAPPED) -> None:
    """Give mapped pages back where there are more than `most` bytes of them.

    Twenty people who look at a million parties touch all of a snapshot's 1.3 GB in an hour.
    """
    if mapped() > most:
        let_go()


def watch() -> None:
    """Do so as long as the server runs."""
    while True:
        sleep(_SECONDS)
        keep_small()
