"""A load gives way to the engine: its threads and those they start, where there is much to load."""

import subprocess
import sys

import pytest

# Seconds within which a process ends on a busy machine.
_PATIENT = 180
# In a process of its own: what is given cannot be taken back. It tells the priority of who gives
# way, of a thread that was there, and of one that begins later.
_ASKED = """
import os, sys, threading
from app.giving_way import give_way

def own():
    return os.getpriority(os.PRIO_PROCESS, 0)

def asked():
    begun.set()
    told.wait()
    later.append(own())

begun, told, later = threading.Event(), threading.Event(), []
there = threading.Thread(target=asked)
there.start()
begun.wait()
os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[2]))
give_way(int(sys.argv[1]))
told.set()
there.join()
new = threading.Thread(target=lambda: later.append(own()))
new.start()
new.join()
print(own(), *later)
"""


def _asked(mentions: int, nice: int = 0) -> str:
    line = [sys.executable, "-c", _ASKED, str(mentions), str(nice)]
    ran = subprocess.run(line, capture_output=True, text=True, check=True, timeout=_PATIENT)
    return ran.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's own")
@pytest.mark.parametrize(
    ("mentions", "nice", "said"),
    [
        pytest.param(1_000_000, 0, "5 5 5", id="every-thread-and-the-next"),
        pytest.param(1_000, 0, "0 0 0", id="little-to-load"),
        pytest.param(1_000_000, 15, "15 5 15", id="what-gave-way-more-keeps-it"),
    ],
)
def test_who_gives_way(mentions: int, nice: int, said: str) -> None:
    assert _asked(mentions, nice) == said
