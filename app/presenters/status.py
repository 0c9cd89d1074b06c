"""What is loaded, as JSON and as lines."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from app.texts.read import text


class LoadedStatus(Protocol):
    """What a workspace holds, as it is shown."""

    @property
    def snapshot(self) -> str | None:
        """Return the current snapshot."""

    @property
    def published(self) -> str | None:
        """Return the snapshot that the store holds."""

    @property
    def parties(self) -> int:
        """Return how many parties there are."""

    @property
    def links(self) -> int:
        """Return how many links there are."""

    @property
    def records(self) -> int:
        """Return how many credit records there are."""

    @property
    def batches(self) -> Sequence[Any]:
        """Return the batches of the ledger."""

    @property
    def store(self) -> str:
        """Return the kind of store."""


def status_to_json(status: LoadedStatus) -> dict[str, Any]:
    """Return the status as the command line answers it."""
    return {
        "snapshot": status.snapshot,
        "published": status.published,
        "parties": status.parties,
        "links": status.links,
        "records": status.records,
        "batches": [
            {
                "batch": one.batch,
                "resource": one.resource,
                "file": one.file,
                "read": one.read,
                "loaded": one.loaded,
                "merged": one.merged,
                "rejected": one.rejected,
                "loaded_at": one.loaded_at,
            }
            for one in status.batches
        ],
        "store": status.store,
    }


def status_lines(status: LoadedStatus, *, asked: bool = True) -> Iterator[str]:
    """Yield the status as a person reads it; `asked`: the store said what it holds."""
    if status.snapshot is None:
        yield text("line.status.empty")
        return
    counts = {"parties": status.parties, "links": status.links, "records": status.records}
    yield text("line.status.counts", **counts)
    held = text("line.status.not_asked")
    if asked:
        same = "same" if status.published == status.snapshot else "other"
        held = f"{status.published or text('line.status.nothing')}  {text(f'line.status.{same}')}"
    yield text("line.status.store", snapshot=status.snapshot, store=status.store, held=held)
    for one in status.batches:
        yield text(
            "line.status.batch",
            resource=one.resource,
            file=one.file,
            read=one.read,
            loaded=one.loaded,
            merged=one.merged,
            rejected=one.rejected,
            loaded_at=one.loaded_at,
        )
