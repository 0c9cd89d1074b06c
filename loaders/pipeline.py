"""The order of the steps: files to ledger, ledger to snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from graph.errors import LoadError, UnreadableError, XinmaiError
from graph.identifiers.identity import IdentityKey
from graph.snapshot.manifest import is_whole, snapshot_id
from loaders.batches import Batch
from loaders.catalogue.catalog import Catalogue
from loaders.catalogue.resource import Resource
from loaders.files import file_digest, find_files, read_ahead, shown
from loaders.flat import forms
from loaders.inputs import Beside, Built, Changed, Inputs, inputs_of
from loaders.ledger import Ledger
from loaders.messages import Progress
from loaders.outcome import FileOutcome, told_of
from loaders.readers import RawTable, read_table, unguarded
from loaders.resolve.judgements import Judgement

if TYPE_CHECKING:
    from loaders.intake import Intake
    from loaders.making import Making

# Ownership as other tools exchange it.
EXCHANGES = ("bods", "ftm")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything between a department's file and a snapshot."""

    ledger: Ledger
    snapshots: Path
    catalogue: Catalogue
    key: IdentityKey
    judgements: tuple[Judgement, ...] = ()
    # Where what a load works out is kept for the next; None: every load looks at everything.
    working: Path | None = None

    def take_files(
        self, paths: Sequence[Path], resource: str | None, progress: Progress
    ) -> list[FileOutcome]:
        """Append each file to the ledger in name order; a refused file does not stop the others."""
        fixed = self.catalogue.resource(resource) if resource else None
        outcomes: list[FileOutcome] = []
        files = list(find_files(paths, progress))
        for path, prepared in read_ahead(files, partial(self._prepare, fixed=fixed)):
            outcome = self._append(path, prepared)
            outcomes.append(outcome)
            progress(told_of(len(outcomes), len(files), outcome))
        return outcomes

    def take_graph(self, nodes: Path, edges: Path, records: Path | None) -> list[FileOutcome]:
        """Append an already resolved graph: nodes first, then what refers to them."""
        outcomes = [
            self._append(nodes, lambda: self._flat(nodes, forms.NODES)),
            self._append(edges, lambda: self._flat(edges, forms.EDGES)),
        ]
        if records is not None:
            outcomes.append(self._append(records, lambda: self._flat(records, forms.RECORDS)))
        return outcomes

    def take_exchange(self, path: Path, form: str) -> list[FileOutcome]:
        """Append a file of exchanged ownership (one of EXCHANGES): its parties, then its links.

        Raises:
            LoadError: the form is none of these.
        """
        if form not in EXCHANGES:
            raise LoadError("form", form, f"must be one of {', '.join(EXCHANGES)}")
        # What only an import needs no load waits for; so in all of this class.
        from loaders.exchange.read_bods import read_bods  # noqa: PLC0415 - as said
        from loaders.exchange.read_ftm import read_ftm  # noqa: PLC0415

        reader = read_bods if form == "bods" else read_ftm
        parties = self._append(path, lambda: self._checked(reader(path).nodes, forms.NODES))
        if parties.refused:
            # Links name parties: there is nothing to say a second time.
            return [parties]
        return [
            parties,
            self._append(path, lambda: self._checked(reader(path).edges, forms.EDGES)),
        ]

    def build(
        self, progress: Progress, into: Path | None = None, beside: Beside | None = None
    ) -> str:
        """Return the id of the ledger's snapshot, computing it where it is not there yet.

        It goes on from the snapshot before where that is there and what it was worked out from;
        the bytes are the same either way. A trial is written `into` another folder, and nothing
        goes on from it. `beside` is told of the tables before they are there.
        """
        return self.make(progress, into, beside).snapshot

    def make(
        self,
        progress: Progress,
        into: Path | None = None,
        beside: Beside | None = None,
        begun: Callable[[], None] | None = None,
        changed: Changed | None = None,
    ) -> Built:
        """Return what `build` does, and what changed where the snapshot goes on from another.

        `begun` is called where there is a snapshot to make, before anything else. Before it is
        written `beside` is told of tables that are made as a whole, `changed` twice of what is
        other: of nodes and records while leads are looked for, and of all.
        """
        inputs = self.inputs()
        name, root = snapshot_id(inputs.model_dump()), into or self.snapshots
        if is_whole(root / name):
            return Built(name)
        if begun is not None:
            begun()
        return self._making().make(inputs, root, progress, beside, changed)

    def suspects(self) -> pl.DataFrame:
        """Return the parties that look like several (loaders/resolve/suspects.py)."""
        return self._making().suspects(self.inputs())

    def _making(self) -> "Making":
        # A load of what is known already needs none of what makes a snapshot.
        from loaders.making import Making  # noqa: PLC0415 - as said

        return Making(self.ledger, self.catalogue, self.judgements, self.snapshots, self.working)

    def inputs(self) -> Inputs:
        """Return all that a snapshot is a function of: batches, catalogue, key, rules."""
        return inputs_of(self.ledger, self.catalogue, self.key, self.judgements)

    def _prepare(self, path: Path, fixed: Resource | None) -> "Prepared | Batch":
        # Before it is read: what was loaded as any resource of today need not be read again.
        candidates = [fixed] if fixed else self.catalogue.resources()
        if known := self.ledger.find(file_digest(path), *candidates):
            return known
        # Where nothing is new this is not needed.
        from loaders.intake import take_in  # noqa: PLC0415 - as said

        raw = read_table(path)
        resource = fixed or self.catalogue.recognise(raw.headers, path.stem)
        return Prepared(raw, resource, take_in(raw, resource, self.key))

    def _flat(self, path: Path, form: Resource) -> "Prepared | Batch":
        before = self.ledger.all_of(file_digest(path), form)
        if before and not before[-1].rejected:
            return before[-1]
        return self._checked(unguarded(read_table(path)), form)

    def _checked(self, raw: RawTable, form: Resource) -> "Prepared | Batch":
        before = self.ledger.all_of(raw.digest, form)
        if not before:
            return Prepared(raw, form, self._read_flat(raw, form))
        last = before[-1]
        if not last.rejected:
            return last
        intake = self._read_flat(raw, form)
        # Rows that were refused for a node that was not there may be accepted by now.
        if intake.rejected.height >= last.rejected:
            return last
        from loaders.flat.same import as_taken  # noqa: PLC0415 - as said

        rows = self.ledger.read(form.code, {one.batch for one in before})
        taken = replace(intake, accepted=as_taken(intake.accepted, rows))
        return Prepared(raw, form, taken, last)

    def _read_flat(self, raw: RawTable, form: Resource) -> "Intake":
        from loaders.flat import read, same  # noqa: PLC0415 - as said

        held = {
            code: self.ledger.read(code) for code in self.ledger.resources() if code in forms.FORMS
        }
        nodes = same.known_nodes(held)
        if form is forms.NODES:
            return read.read_nodes(raw, self.key, nodes)
        if form is forms.RECORDS:
            return read.read_records(raw, nodes, same.known_records(held))
        return read.read_edges(raw, nodes, same.known_links(held))

    def _append(self, path: Path, prepare: "Callable[[], Prepared | Batch]") -> FileOutcome:
        file = shown(path)
        try:
            ready = prepare()
            if isinstance(ready, Batch):
                return FileOutcome(file, ready.resource, ready.batch, again=True)
            # Its like may lie beside it, not written yet when this one was read.
            twice = self.ledger.find(ready.raw.digest, ready.resource)
            if twice is not None and ready.before is None:
                return FileOutcome(file, twice.resource, twice.batch, again=True)
            batch = self.ledger.append(ready.intake, ready.resource, ready.raw, ready.before)
        except UnreadableError as error:
            return FileOutcome(file, None, None, refused=str(error).replace(str(path), file))
        except XinmaiError as error:
            return FileOutcome(file, None, None, refused=f"{Path(file).name}: {error}")
        return FileOutcome(
            file=file,
            resource=batch.resource,
            batch=batch.batch,
            read=batch.read,
            loaded=batch.loaded,
            merged=batch.merged,
            rejected=batch.rejected,
            unread=ready.raw.unread,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table that is read and checked, ready for the ledger.

    `before` is the batch that the same file made when more of its rows were refused.
    """

    raw: RawTable
    resource: Resource
    intake: "Intake"
    before: Batch | None = None
