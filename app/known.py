"""当时已知: the graph as it was known on a day, from the batches that had been loaded by then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from app.acting import require
from app.bootstrap import Services
from app.desk.leads import LeadDecision, LeadDecisions
from app.desk.review import Asked
from app.desk.verdicts import Entry, effective
from app.loads import Loaded
from app.opened import opened
from app.rights import Right
from app.workspace import Workspace
from graph.errors import DeskError, WorkspaceError
from graph.snapshot.manifest import is_whole, snapshot_id
from loaders.ledger import Ledger
from loaders.messages import Progress
from loaders.pipeline import Pipeline

_DAY = 10
# What gives the day, where a command does not say it by another option.
OPTION = "--known-at"


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

    def set_current(self, snapshot: str) -> None:  # noqa: ARG002 - the workspace's own signature
        """Refuse: what is current is not changed from an earlier day."""
        _refuse(self.name)


class _DecisionsThen(LeadDecisions):
    """The decisions on leads as they stood at the end of a day; none can be made for that day."""

    def __init__(self, url: str, on: date) -> None:
        super().__init__(url)
        self._on = on.isoformat()

    def listed(self) -> tuple[LeadDecision, ...]:
        """Return every decision that had been made, with what had been taken back by then."""
        return tuple(
            replace(one, undone_at=None, undone_by=None)
            if one.undone_at is not None and one.undone_at[:_DAY] > self._on
            else one
            for one in super().listed()
            if one.made_at[:_DAY] <= self._on
        )

    def decide(
        self,
        new: LeadDecision,
        seen: int | None = None,  # noqa: ARG002
        today: Callable[[str], str] | None = None,  # noqa: ARG002
    ) -> LeadDecision:
        """Refuse: a decision is made on what is known today."""
        raise DeskError("decision", new.lead, _rule(self._on))

    def undo(self, number: int, *, author: str, now: datetime) -> LeadDecision:  # noqa: ARG002
        """Refuse: a decision is taken back on what is known today."""
        raise DeskError("decision", number, _rule(self._on))


@dataclass
class KnownHouse(Services):
    """Services that know what had been loaded and judged by the end of a day; they never write."""

    known_on: date = field(default=date.max)

    @opened
    def ledger(self) -> Ledger:
        """Return the ledger as it was."""
        return Ledger(self.workspace.ledger, known_at=self.known_on)

    @opened
    def lead_decisions(self) -> LeadDecisions:
        """Return what people had decided about leads."""
        return _DecisionsThen(f"sqlite:///{self.workspace.desk}", self.known_on)

    def effective(self) -> tuple[Entry, ...]:
        """Return the judgements that took effect then, those taken back since among them."""
        on = self.known_on.isoformat()
        standing = [
            entry
            for entry in self.judgements.listed()
            if entry.made_at[:_DAY] <= on
            and (entry.undone_at is None or entry.undone_at[:_DAY] > on)
        ]
        return effective(standing, self.settings.review_persons)

    def load(
        self,
        paths: Sequence[Path],
        resource: str | None,
        *,
        to_store: bool,
        progress: Progress,
        **_: object,
    ) -> Loaded:
        """Refuse: files are loaded into what is known today."""
        del resource, to_store, progress
        _refuse(", ".join(map(str, paths)))

    def take_graph(
        self, nodes: Path, edges: Path, records: Path | None, *, to_store: bool, progress: Progress
    ) -> Loaded:
        """Refuse: files are loaded into what is known today."""
        del edges, records, to_store, progress
        _refuse(str(nodes))

    def take_exchange(self, path: Path, form: str, *, to_store: bool, progress: Progress) -> Loaded:
        """Refuse: files are loaded into what is known today."""
        del form, to_store, progress
        _refuse(str(path))

    def decide(self, asked: Asked, now: datetime) -> Entry:
        """Refuse: parties are judged on what is known today."""
        del now
        raise DeskError("judgement", asked.one, _rule(self.known_on.isoformat()))

    def detach(self, asked: Asked, now: datetime) -> Entry:
        """Refuse: rows are judged on what is known today."""
        del now
        raise DeskError("judgement", asked.one, _rule(self.known_on.isoformat()))


def _rule(on: str) -> str:
    return f"cannot be made on what was known on {on}: people decide on what is known today"


def _refuse(value: str) -> NoReturn:
    rule = "cannot be written on what was known on an earlier day: it is only looked at"
    raise WorkspaceError(OPTION, value, rule)


def first_day(house: Services) -> date | None:
    """Return the day of the first load, or None where nothing was loaded."""
    days = [batch.loaded_at[:_DAY] for batch in house.ledger.batches()]
    return date.fromisoformat(min(days)) if days else None


# Rows of a ledger whose snapshot a screen makes while somebody waits: more take above ten seconds.
WAITED_FOR = 100_000


def house_found(house: Services, on: date) -> KnownHouse | None:
    """Return services of what was known on a day if its snapshot stands, or is soon made.

    None where it is still to be made from more than WAITED_FOR rows (`house_known_at`).

    Raises:
        WorkspaceError: nothing had been loaded by then.
    """
    then, _, name = _then(house, on)
    root = _root(house.workspace, name)
    if root is None and sum(batch.read for batch in then.ledger.batches()) > WAITED_FOR:
        return None
    return house_known_at(house, on, lambda _line: None)


def house_known_at(
    house: Services, on: date, progress: Progress, option: str = OPTION
) -> KnownHouse:
    """Return services that know what was loaded on or before a day, and no more.

    A batch counts by its time of loading, a judgement by the time it was made and taken back, all
    UTC. The snapshot is made from them as any load makes one and stands beside the current one,
    which stays as it is; the store is not touched. It is made once: its id says what it holds.

    Raises:
        WorkspaceError: nothing had been loaded by then, naming the option that gave the day.
    """
    then, pipeline, name = _then(house, on, option)
    root = _root(house.workspace, name)
    if root is None:
        root = house.workspace.known
        with house.workspace.writing():
            pipeline.build(progress, root)
    return replace(then, workspace=_Then(house.workspace.folder, name, root))


def month_before(house: Services, on: date, progress: Progress) -> str:
    """Return the id of the snapshot of what was known when the month of a day began.

    Empty where nothing had been loaded by then.
    """
    end = on.replace(day=1) - timedelta(days=1)
    first = first_day(house)
    if first is None or first > end:
        return ""
    return str(house_known_at(house, end, progress).workspace.current())


def _root(workspace: Workspace, name: str) -> Path | None:
    """Return the folder in which a snapshot stands, None where it stands nowhere."""
    folders = (workspace.snapshots, workspace.known)
    return next((root for root in folders if is_whole(root / name)), None)


def _then(house: Services, on: date, option: str = OPTION) -> tuple[KnownHouse, Pipeline, str]:
    """Return services of a day without a snapshot, what makes it, and its id."""
    require(house, Right.LOOK, f"known at {on}")
    then = KnownHouse(house.settings, house.workspace, house.user, known_on=on)
    if not then.ledger.batches():
        first = first_day(house)
        rule = f"is before anything was loaded (the first load: {first or 'never'})"
        raise WorkspaceError(option, on.isoformat(), rule)
    pipeline = replace(then.pipeline(), working=None)
    then.close()
    return then, pipeline, snapshot_id(pipeline.inputs().model_dump())
