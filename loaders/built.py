"""What a load makes of the snapshot before and what changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.snapshot.difference import Difference, difference_after
from graph.snapshot.mapped import Edit
from graph.snapshot.reader import Snapshot
from graph.snapshot.write import write_after
from loaders.resolve.known import Known
from loaders.resolve.leads import Leads
from loaders.working import Step


class Telling:
    """Tells what is other than in the snapshot `before`: nodes and records, and then all of it.

    Links wait for leads; whoever `hears` of the others has them ready by then.
    """

    def __init__(self, before: Snapshot, hears: Callable[[Difference], None]) -> None:
        self._before = before
        self._hears = hears
        self._first: Difference | None = None

    def first(self, edits: Mapping[str, Edit]) -> None:
        """Tell of tables that are there before the links."""
        self._first = difference_after(self._before, edits)
        self._hears(self._first)

    def links(self, edit: Edit) -> Difference:
        """Tell of the links with what was told before, and return it."""
        whole = difference_after(self._before, {"links": edit})
        whole = whole if self._first is None else self._first.with_links(whole)
        self._hears(whole)
        return whole


@dataclass(frozen=True, slots=True)
class Edited:
    """The snapshot before, what makes the next of its tables, and what resolution knows then."""

    before: Snapshot
    edits: Mapping[str, Edit]
    known: Known
    leads: Leads
    step: Step
    # What a store that holds the snapshot before is to be told.
    change: Difference

    def write(self, root: Path, inputs: Mapping[str, object]) -> None:
        """Write the snapshot under `root`; errors as write_after."""
        write_after(self.before, self.edits, root, inputs)
