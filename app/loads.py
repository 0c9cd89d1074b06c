"""Loading, and what it needs: a command that loads does not wait for what screens can ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.acting import require
from app.desk.glance import nobody_judged
from app.desk.verdicts import Entry, effective
from app.opened import forget, opened
from app.publishing import Loaded, Take, take_and_publish
from app.rights import Right
from app.settings import Settings
from app.users import User, read_users, user_of
from app.workspace import Workspace, identity_secret, open_workspace
from graph.errors import SnapshotError, WorkspaceError
from graph.identifiers.identity import IdentityKey
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.store.target import StoreTarget
from loaders.catalogue.catalog import Catalogue, load_catalogue
from loaders.inputs import Progress
from loaders.ledger import Ledger
from loaders.pipeline import Pipeline

if TYPE_CHECKING:
    from app.desk.judgements import Judgements
    from graph.analysis.view import View


@dataclass
class Loads:
    """A workspace into which somebody loads; what is behind it is opened when first needed."""

    settings: Settings
    workspace: Workspace
    user: User
    _views: "dict[tuple[str, date], View]" = field(default_factory=dict)
    _snapshots: dict[str, Snapshot] = field(default_factory=dict)
    held_open: dict[str, Any] = field(default_factory=dict, init=False)

    @opened
    def catalogue(self) -> Catalogue:
        """Return the shipped resources and the site's own."""
        return load_catalogue(self.workspace.catalogue)

    @opened
    def ledger(self) -> Ledger:
        """Return the workspace's ledger."""
        return Ledger(self.workspace.ledger)

    def snapshot(self) -> Snapshot | None:
        """Return the current snapshot, or None while nothing is loaded."""
        name = self.workspace.current()
        if name is None:
            return None
        if name not in self._snapshots:
            self._snapshots.clear()
            self._views.clear()
            self._snapshots[name] = open_snapshot(self.workspace.snapshots / name)
        return self._snapshots[name]

    def loaded_snapshot(self) -> Snapshot:
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

    def pipeline(self) -> Pipeline:
        """Return the steps from files to a snapshot."""
        return Pipeline(
            ledger=self.ledger,
            snapshots=self.workspace.snapshots,
            catalogue=self.catalogue,
            key=IdentityKey(identity_secret(self.workspace, self.settings.identity_key)),
            judgements=tuple(entry.judgement for entry in self.effective()),
            working=self.workspace.working,
        )

    @opened
    def judgements(self) -> "Judgements":
        """Return what people decided about who is who."""
        from app.desk.judgements import Judgements  # noqa: PLC0415 - a fifth of a second

        return Judgements(f"sqlite:///{self.workspace.desk}")

    def effective(self) -> tuple[Entry, ...]:
        """Return the judgements that take effect: so many persons said so as the site asks for."""
        if nobody_judged(self.workspace.desk):
            return ()
        return effective(self.judgements.standing(), self.settings.review_persons)

    def load(
        self, paths: Sequence[Path], resource: str | None, *, to_store: bool, progress: Progress
    ) -> Loaded:
        """Load files and publish; without any, build again. One writer at a time."""
        return self._take(
            lambda pipeline: pipeline.take_files(paths, resource, progress),
            paths,
            to_store=to_store,
            progress=progress,
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
        self, take: Take, paths: Sequence[Path], *, to_store: bool, progress: Progress
    ) -> Loaded:
        require(self, Right.LOAD if paths else Right.REBUILD, ", ".join(p.name for p in paths))
        with self.workspace.writing():
            target = self.target() if to_store else None
            way = (self.pipeline(), target, self._old_snapshot(), self._settle)
            files, new, published = take_and_publish(take, *way, progress)
            counts = dict(new.manifest["counts"]) if new else {}
            return Loaded(files, new.id if new else None, published, counts)

    def _settle(self, name: str) -> Snapshot:
        self.workspace.set_current(name)
        return self.loaded_snapshot()

    def _old_snapshot(self) -> Snapshot | None:
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
