"""What a load makes: a snapshot from whole tables, or from the one before and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.snapshot.difference import Difference, difference_after
from graph.snapshot.mapped import Edit
from graph.snapshot.reader import Snapshot
from graph.snapshot.write import write_after, write_snapshot
from loaders.resolve.known import Known
from loaders.resolve.leads import Leads
from loaders.working import Step


@dataclass(frozen=True, slots=True)
class Built:
    """The id of a snapshot; `change` turned the one `after` into it, where that is known."""

    snapshot: str
    after: str | None = None
    change: Difference | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """The tables of a snapshot, and what resolution knows after it."""

    tables: Mapping[str, pl.DataFrame]
    known: Known
    leads: Leads
    step: None = None

    def write(self, root: Path, inputs: Mapping[str, object]) -> None:
        """Write the snapshot under `root`; errors as write_snapshot."""
        write_snapshot(self.tables, root, inputs)


@dataclass(frozen=True, slots=True)
class Edited:
    """The snapshot before, what makes the next of its tables, and what resolution knows then."""

    before: Snapshot
    edits: Mapping[str, Edit]
    known: Known
    leads: Leads
    step: Step

    def change(self) -> Difference:
        """Return what a store that holds the snapshot before is to be told."""
        return difference_after(self.before, self.edits)

    def write(self, root: Path, inputs: Mapping[str, object]) -> None:
        """Write the snapshot under `root`; errors as write_after."""
        write_after(self.before, self.edits, root, inputs)
