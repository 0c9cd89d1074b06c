"""Loading, and what it needs: a command that loads does not wait for what screens can ask for."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.acting import require
from app.desk.glance import nobody_judged
from app.opened import forget, opened
from app.rights import Right
from app.settings import Settings
from app.users import User, read_users, user_of
from app.workspace import Workspace, identity_key, keep_check, open_workspace
from graph.errors import SnapshotError, WorkspaceError
from graph.snapshot.manifest import read_manifest, snapshot_id
from graph.store.open import held
from graph.store.target import StoreTarget
from loaders.again import all_known
from loaders.batches import Batches
from loaders.catalogue.catalog import Catalogue, load_catalogue
from loaders.inputs import inputs_of
from loaders.messages import Progress
from loaders.outcome import FileOutcome

if TYPE_CHECKING:
    from app.desk.judgements import Judgements
    from app.desk.verdicts import Entry
    from app.publishing import Take
    from graph.analysis.view import View
    from graph.snapshot.reader import Snapshot
    from loaders.ledger import Ledger
    from loaders.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load did: each file, the snapshot it ended in, if any, what it counts."""

    files: tuple[FileOutcome, ...]
    snapshot: str | None
    counts: Mapping[str, int]


@dataclass
class Loads:
    """A workspace into which somebody loads; what is behind it is opened when first needed."""

    settings: Settings
    workspace: Workspace
    user: User
    _views: "dict[tuple[str, date], View]" = field(default_factory=dict)
    _snapshots: "dict[str, Snapshot]" = field(default_factory=dict)
    held_open: dict[str, Any] = field(default_factory=dict, init=False)

    @opened
    def catalogue(self) -> Catalogue:
        """Return the shipped resources and the site's own."""
        return load_catalogue(self.workspace.catalogue)

    @opened
    def ledger(self) -> "Ledger":
        """Return the workspace's ledger."""
        from loaders.ledger import Ledger  # noqa: PLC0415 - a load of what is known reads no table

        return Ledger(self.workspace.ledger)

    def snapshot(self) -> "Snapshot | None":
        """Return the current snapshot, or None while nothing is loaded."""
        name = self.workspace.current()
        if name is None:
            return None
        if name not in self._snapshots:
            self._snapshots.clear()
            self._views.clear()
            from graph.snapshot.reader import open_snapshot  # noqa: PLC0415 - as in `ledger`

            self._snapshots[name] = open_snapshot(self.workspace.snapshots / name)
        return self._snapshots[name]

    def loaded_snapshot(self) -> "Snapshot":
        """Return the current snapshot to who may look; WorkspaceError while nothing is loaded."""
        require(self, Right.LOOK)
        snapshot = self.snapshot()
        if snapshot is None:
            folder = str(self.workspace.folder)
            raise WorkspaceError("workspace", folder, "holds nothing yet; `xinmai load` fills it")
        return snapshot

    def target(self) -> StoreTarget:
        """Return where the graph is published."""
        neo4j = self.settings.neo4j
        if self.settings.store == "embedded" or neo4j is None:
            return StoreTarget(
                kind="embedded", folder=self.workspace.graph, heap=self.settings.engine_heap
            )
        return StoreTarget(
            kind="py2neo" if self.settings.store == "py2neo" else "neo4j",
            uri=neo4j.uri,
            username=neo4j.username,
            password=neo4j.password,
            database=neo4j.database,
        )

    def close(self) -> None:
        """Let go of the store and the desk."""
        for name in ("_reader", "judgements", "lead_decisions"):
            if found := forget(self, name):
                found.close()

    def pipeline(self) -> "Pipeline":
        """Return the steps from files to a snapshot."""
        from loaders.pipeline import Pipeline  # noqa: PLC0415 - as in `ledger`

        return Pipeline(
            ledger=self.ledger,
            snapshots=self.workspace.snapshots,
            catalogue=self.catalogue,
            key=identity_key(self.workspace, self.settings.identity_key),
            judgements=tuple(entry.judgement for entry in self.effective()),
            working=self.workspace.working,
        )

    @opened
    def judgements(self) -> "Judgements":
        """Return what people decided about who is who."""
        from app.desk.judgements import Judgements  # noqa: PLC0415 - a fifth of a second

        return Judgements(f"sqlite:///{self.workspace.desk}")

    def effective(self) -> "tuple[Entry, ...]":
        """Return the judgements that take effect: so many persons said so as the site asks for."""
        if nobody_judged(self.workspace.desk):
            return ()
        from app.desk.verdicts import effective  # noqa: PLC0415 - as in `ledger`

        return effective(self.judgements.standing(), self.settings.review_persons)

    def load(
        self,
        paths: Sequence[Path],
        resource: str | None,
        *,
        to_store: bool,
        progress: Progress,
        meanwhile: AbstractContextManager[None] | None = None,
    ) -> Loaded:
        """Load files and publish; without any, build again. One writer at a time.

        `meanwhile` is entered where there is something to do: not where every file was loaded
        before, and snapshot and store are what the ledger makes.
        """
        return self._take(
            lambda pipeline: pipeline.take_files(paths, resource, progress),
            paths,
            to_store=to_store,
            progress=progress,
            again=lambda: self._again(paths, resource, to_store=to_store, progress=progress),
            meanwhile=meanwhile,
        )

    def take_graph(
        self, nodes: Path, edges: Path, records: Path | None, *, to_store: bool, progress: Progress
    ) -> Loaded:
        """Load an already resolved graph and publish; one writer at a time."""
        return self._take(
            lambda pipeline: pipeline.take_graph(nodes, edges, records),
            (nodes, edges),
            to_store=to_store,
            progress=progress,
        )

    def take_exchange(self, path: Path, form: str, *, to_store: bool, progress: Progress) -> Loaded:
        """Load exchanged ownership (bods, ftm) and publish; one writer at a time."""
        return self._take(
            lambda pipeline: pipeline.take_exchange(path, form),
            (path,),
            to_store=to_store,
            progress=progress,
        )

    def _take(
        self,
        take: "Take",
        paths: Sequence[Path],
        *,
        to_store: bool,
        progress: Progress,
        again: Callable[[], Loaded | None] = lambda: None,
        meanwhile: AbstractContextManager[None] | None = None,
    ) -> Loaded:
        require(self, Right.LOAD if paths else Right.REBUILD, ", ".join(p.name for p in paths))
        with self.workspace.writing():
            if done := again():
                return done
            with meanwhile or nullcontext():
                from app.publishing import take_and_publish  # noqa: PLC0415 - as in `ledger`

                target = self.target() if to_store else None
                old = self._old_snapshot()
                before = None if old is None else old.manifest["inputs"].get("key")
                fresh = not self.ledger.batches()
                keep_check(self.workspace, self.settings.identity_key, before, fresh=fresh)
                way = (self.pipeline(), target, old, self._settle)
                files, new = take_and_publish(take, *way, progress)
            counts = dict(new.manifest["counts"]) if new else {}
            return Loaded(files, new.id if new else None, counts)

    def _again(
        self, paths: Sequence[Path], resource: str | None, *, to_store: bool, progress: Progress
    ) -> Loaded | None:
        """Return what a load does of files that were all loaded before: nothing.

        None where there is something to do. What would do it is not imported to find out.
        """
        name, target = self.workspace.current(), self.target()
        # A server is asked by what publishes there.
        if not paths or name is None or (to_store and target.kind != "embedded"):
            return None
        ledger, catalogue = Batches(self.workspace.ledger), self.catalogue
        candidates = [catalogue.resource(resource)] if resource else catalogue.resources()
        judged = [entry.judgement for entry in self.effective()]
        key = identity_key(self.workspace, self.settings.identity_key)
        made = snapshot_id(inputs_of(ledger, catalogue, key, judged).model_dump())
        if made != name or (to_store and held(target) != name):
            return None
        try:
            counts = read_manifest(self.workspace.snapshots / name)["counts"]
        except SnapshotError:
            return None
        files = all_known(paths, candidates, ledger, progress)
        if files is None:
            return None
        return Loaded(files, name, dict(counts))

    def _settle(self, name: str) -> "Snapshot":
        self.workspace.set_current(name)
        return self.loaded_snapshot()

    def _old_snapshot(self) -> "Snapshot | None":
        """Return the snapshot before this load; one that is damaged cannot be built upon."""
        try:
            return self.snapshot()
        except SnapshotError:
            return None


H = TypeVar("H", bound=Loads)


def open_house(kind: type[H], settings: Settings, *, create: bool = False) -> H:
    """Return services of this kind of a workspace, making it where `create`.

    They act for nobody where it says who may work there (app/acting.py: acting_for).

    Raises:
        WorkspaceError: there is none and none may be made, or it cannot be written.
        SettingsError: its file of users is wrong.
    """
    workspace = open_workspace(settings.workspace, create=create)
    return kind(settings, workspace, user_of(read_users(workspace.folder), ""))
