"""Where compiled loops are kept: a folder for each state of the sources they are made from.

Numba keeps what it compiled and asks only whether the file of a loop is as it was, not whether
loops of other files that were compiled into it are. After an upgrade an answer could come from a
loop of yesterday. So every state of this package's sources has a folder of its own.
"""

import os
from collections.abc import MutableMapping
from hashlib import blake2b
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"
_ROOT = Path(__file__).parent
_DIGITS = 8


def state_of(root: Path) -> str:
    """Return a short digest of the sources below a folder: their names, sizes and times."""
    found = blake2b(digest_size=_DIGITS)
    for path in sorted(root.rglob("*.py")):
        known = path.stat()
        found.update(f"{path.relative_to(root)} {known.st_size} {known.st_mtime_ns}\n".encode())
    return found.hexdigest()


def keep_apart(environment: MutableMapping[str, str], root: Path = _ROOT) -> Path:
    """Name the folder for numba in an environment, below the one that a person has named."""
    state = state_of(root)
    base = Path(environment.get(VARIABLE) or root / "__pycache__")
    chosen = base if base.name == state else base / state
    environment[VARIABLE] = str(chosen)
    return chosen


# Numba reads its variable when it is imported, which this package does later.
keep_apart(os.environ)  # noqa: TID251 - the variable is numba's, no setting of ours
