"""What became of one file of a load, and the message that says so."""

from dataclasses import dataclass
from pathlib import Path

from graph.errors import LoadError
from loaders.messages import Message, message


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


def told_of(number: int, count: int, outcome: FileOutcome) -> Message:
    """Return what is told of one of `count` files when it is done."""
    which: dict[str, object] = {
        "number": number, "total": count, "file": Path(outcome.file).name,
    }  # fmt: skip
    if outcome.refused:
        return message("file_refused", **which, why=outcome.refused)
    if outcome.again:
        return message("file_again", **which)
    counts = {
        name: getattr(outcome, name)
        for name in ("resource", "read", "loaded", "merged", "rejected")
    }
    if outcome.unread:
        return message("file_with_sheets", **which, **counts, sheets=", ".join(outcome.unread))
    return message("file", **which, **counts)
