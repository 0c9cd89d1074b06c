"""What became of one file of a load, and the line that says so."""

from dataclasses import dataclass
from pathlib import Path

from graph.errors import LoadError


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: every row that was read is loaded, merged or rejected.

    `batch` is None where the file was refused whole; then `refused` says why. `again` marks a file
    whose every byte was loaded before: nothing was done. `unread` are sheets of a workbook beside
    the first: they were not looked at.
    """

    file: str
    resource: str | None
    batch: str | None
    read: int = 0
    loaded: int = 0
    merged: int = 0
    rejected: int = 0
    refused: str | None = None
    again: bool = False
    unread: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.read != self.loaded + self.merged + self.rejected:
            raise LoadError(self.file, self.read, "rows read are not all accounted for")


def line(number: int, count: int, outcome: FileOutcome) -> str:
    """Return what is said of one of `count` files when it is done."""
    head = f"[{number}/{count}] {Path(outcome.file).name}"
    if outcome.refused:
        return f"{head}: refused: {outcome.refused}"
    if outcome.again:
        return f"{head}: loaded before, nothing to do"
    unread = f"; sheets not read: {', '.join(outcome.unread)}" if outcome.unread else ""
    return (
        f"{head}: {outcome.resource}: read {outcome.read} = loaded {outcome.loaded}"
        f" + merged {outcome.merged} + rejected {outcome.rejected}{unread}"
    )
