"""Who is who of a loaded workspace, alone in a process: what it takes of memory.

Run by quality.py, which holds the truth and a second resolution beside it.
"""

import json
import resource
import sys
from pathlib import Path

from app.bootstrap import open_services
from app.settings import read_settings
from benchmarks.measure import as_a_load
from loaders.resolve.clusters import clusters
from loaders.resolve.leads import leads
from loaders.resolve.mentions import mentions
from loaders.resolve.pairs import stated

_KILOBYTES = 2**20


def peak() -> float:
    """Return the most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES


def memory_of(workspace: Path) -> tuple[float, float]:
    """Return the peak in GB of a process that resolves, and of the same once it has the leads."""
    alone, both = as_a_load("benchmarks.resolution", workspace)
    return float(alone), float(both)


def main() -> None:
    """Resolve, look for leads, and print both peaks as JSON."""
    house = open_services(read_settings({}, Path(sys.argv[1])))
    found = mentions(house.ledger, house.catalogue)
    grouped = clusters(found)
    alone = peak()
    leads(stated(found, grouped.frame["uid"], house.catalogue))
    print(json.dumps([alone, peak()]))


if __name__ == "__main__":
    main()
