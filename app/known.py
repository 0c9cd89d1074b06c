"""当时已知: the graph as it was known on a day, from the batches that had been loaded by then."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.bootstrap import Services
from app.desk.verdicts import effective
from app.workspace import Workspace
from graph.errors import WorkspaceError
from graph.snapshot.write import is_whole, snapshot_id
from loaders.ledger import Ledger
from loaders.pipeline import Progress


@dataclass(frozen=True, slots=True)
class _Then(Workspace):
    """A workspace whose current snapshot is another, which stands in a folder of its own."""

    name: str
    root: Path

    @property
    def snapshots(self) -> Path:
        """Return where the snapshot of what was known stands."""
        return self.root

    def current(self) -> str | None:
        """Return the id of the snapshot of what was known."""
        return self.name


def house_known_at(house: Services, on: date, progress: Progress) -> Services:
    """Return services that know what was loaded on or before a day, and no more.

    A batch counts by its time of loading, a judgement by the time it was made and taken back, all
    UTC. The snapshot is made from them as any load makes one and stands beside the current one,
    which stays as it is; the store is not touched. It is made once: its id says what it holds.

    Raises:
        WorkspaceError: nothing had been loaded by then.
    """
    ledger = Ledger(house.workspace.ledger, known_at=on)
    if not ledger.batches():
        first = min((batch.loaded_at[:10] for batch in house.ledger.batches()), default="never")
        rule = f"is before anything was loaded (the first load: {first})"
        raise WorkspaceError("--known-at", on.isoformat(), rule)
    standing = [
        entry
        for entry in house.judgements.listed()
        if entry.made_at[:10] <= on.isoformat()
        and (entry.undone_at is None or entry.undone_at[:10] > on.isoformat())
    ]
    judged = effective(standing, house.settings.review_persons)
    pipeline = replace(
        house.pipeline(),
        ledger=ledger,
        judgements=tuple(entry.judgement for entry in judged),
        working=None,
    )
    name = snapshot_id(pipeline.inputs().model_dump())
    root = house.workspace.snapshots
    if not is_whole(root / name):
        root = house.workspace.folder / "known"
        with house.workspace.writing():
            pipeline.build(progress, root)
    then = _Then(house.workspace.folder, name, root)
    return Services(house.settings, then)
