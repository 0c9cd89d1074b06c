"""Files that were all loaded before: seen from the ledger's list alone, no row of them is read."""

from collections.abc import Sequence
from pathlib import Path

from graph.errors import UnreadableError
from loaders.batches import Batches
from loaders.catalogue.resource import Resource
from loaders.files import file_digest, find_files, read_ahead, shown
from loaders.messages import Message, Progress
from loaders.outcome import FileOutcome, told_of


def all_known(
    paths: Sequence[Path],
    candidates: Sequence[Resource],
    ledger: Batches,
    progress: Progress,
) -> tuple[FileOutcome, ...] | None:
    """Return what becomes of files that were all loaded as one of these resources: nothing.

    None where one was not, or cannot be read: then all of them are to be loaded, and nothing is
    said yet.

    Raises:
        LoadError: nothing is at a path, or a folder holds no file that can be read.
        LedgerError: the list of batches cannot be read.
    """
    said: list[Message] = []
    files = list(find_files(paths, said.append))
    outcomes: list[FileOutcome] = []
    for path, digest in read_ahead(files, file_digest):
        try:
            batch = ledger.find(digest(), *candidates)
        except UnreadableError:
            return None
        if batch is None:
            return None
        outcomes.append(FileOutcome(shown(path), batch.resource, batch.batch, again=True))
        said.append(told_of(len(outcomes), len(files), outcomes[-1]))
    for told in said:
        progress(told)
    return tuple(outcomes)
