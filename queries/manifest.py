"""What came of a batch: each item's state, what was left out, the files and their hashes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from queries.batch import LeftOut
from queries.journal import FINISHED, STATES, Done


@dataclass(frozen=True, slots=True)
class File:
    """A file of the result: its rows, and the SHA-256 of its bytes."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ran, on which snapshot, within which bounds, how many rows, and what failed."""

    title: str
    snapshot: str | None
    versions: Mapping[str, str]
    limit: int
    timeout: float
    items: tuple[Done, ...]
    left_out: tuple[LeftOut, ...]
    files: tuple[File, ...] = ()

    @property
    def failed(self) -> int:
        """How many items have no result."""
        return len(self.items) - self.done

    @property
    def done(self) -> int:
        """How many items have a result, be it empty."""
        return sum(1 for one in self.items if one.state in FINISHED)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many items came to what."""
        return {state: sum(one.state == state for one in self.items) for state in STATES}

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as it is written."""
        return {
            "title": self.title,
            "snapshot": self.snapshot,
            "versions": dict(self.versions),
            "limit": self.limit,
            "timeout_seconds": self.timeout,
            "done": self.done,
            "failed": self.failed,
            "counts": self.counts,
            "items": [asdict(one) for one in self.items],
            "left_out": [asdict(one) for one in self.left_out],
            "files": [asdict(one) for one in self.files],
        }
