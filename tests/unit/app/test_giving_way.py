"""A load gives way to the engine: its threads and those they start, where there is much to load."""

import subprocess
import sys

import pytest

# In a process of its own: what is given cannot be taken back.
_ASKED = """
import os, sys, threading
from app.giving_way import give_way

def of_all():
    return {os.getpriority(os.PRIO_PROCESS, int(one)) for one in os.listdir("/proc/self/task")}

stop = threading.Event()
threading.Thread(target=stop.wait).start()
os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[2]))
give_way(int(sys.argv[1]))
later = []
new = threading.Thread(target=lambda: later.append(os.getpriority(os.PRIO_PROCESS, 0)))
new.start()
new.join()
print(sorted(of_all()), later)
stop.set()
"""


def _asked(mentions: int, nice: int = 0) -> str:
    line = [sys.executable, "-c", _ASKED, str(mentions), str(nice)]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's own")
@pytest.mark.parametrize(
    ("mentions", "nice", "said"),
    [
        pytest.param(1_000_000, 0, "[5] [5]", id="every-thread-and-the-next"),
        pytest.param(1_000, 0, "[0] [0]", id="little-to-load"),
        pytest.param(1_000_000, 15, "[5, 15] [15]", id="what-gave-way-more-keeps-it"),
    ],
)
def test_who_gives_way(mentions: int, nice: int, said: str) -> None:
    assert _asked(mentions, nice) == said
