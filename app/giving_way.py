"""A load and the engine that it fills share the processors: which of them goes first."""

import os
from contextlib import suppress
from pathlib import Path

# A thread asks for a third of what one of the engine's gets (Linux: 335 to 1,024 at a nice of 5). A
# ninth, at 10, gains no more where nobody else works, and where many do a load took a quarter more.
_NICE = 5
_THREADS = Path("/proc/self/task")
# Mentions from which on the engine is what a load waits for at the end.
_MANY = 250_000


def give_way(mentions: int) -> None:
    """Let the threads of this process, and those they start, wait for the engine's.

    Called where the engine has work enough: what is left here is done beside it, and both end at
    about the same time (34 to 30 s with a million mentions). It cannot be taken back without
    rights: for a process that ends with its load. A system without such threads knows no
    priorities for them.
    """
    if mentions < _MANY:
        return
    with suppress(FileNotFoundError):
        for thread in [int(one.name) for one in _THREADS.iterdir()]:
            # One may have ended since.
            with suppress(ProcessLookupError):
                own = os.getpriority(os.PRIO_PROCESS, thread)
                os.setpriority(os.PRIO_PROCESS, thread, max(own, _NICE))
