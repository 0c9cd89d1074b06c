"""The making of a snapshot: from the one before and what is new, or from the whole ledger."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from graph.errors import SnapshotError
from graph.snapshot.difference import Difference
from graph.snapshot.manifest import snapshot_id
from graph.snapshot.reader import open_snapshot
from graph.snapshot.write import write_snapshot
from loaders.anew import made_anew, tell_of_judgements
from loaders.built import Edited, Telling
from loaders.catalogue.catalog import Catalogue
from loaders.fresh import new_rows, said_in
from loaders.inputs import Beside, Built, Changed, Inputs
from loaders.ledger import Ledger
from loaders.messages import Progress, message
from loaders.project.coming import Coming
from loaders.project.increment import Change, can_go_on, project_after
from loaders.resolve.clusters import clusters
from loaders.resolve.increment import resolve_after, without_effect
from loaders.resolve.judgements import Judgement
from loaders.resolve.known import Known
from loaders.resolve.leads import Leads, leads_after
from loaders.resolve.mentions import FLAT, Mentions, mentions, mentions_of
from loaders.resolve.pairs import stated
from loaders.resolve.suspects import suspects
from loaders.working import Step, begin_aside, drop_aside, lay_aside, worked, worked_beside

_NO_RECORDS = pl.Series("record_id", [], pl.String)
_NOBODY = pl.Series("uid", [], pl.String)


@dataclass(frozen=True, slots=True)
class Making:
    """What Pipeline makes snapshots with; its fields are those of the pipeline."""

    ledger: Ledger
    catalogue: Catalogue
    judgements: Sequence[Judgement]
    snapshots: Path
    working: Path | None

    def make(
        self,
        inputs: Inputs,
        root: Path,
        progress: Progress,
        beside: Beside | None,
        changed: Changed | None,
    ) -> Built:
        """Make the snapshot of these inputs under `root`, as Pipeline.make says."""
        name = snapshot_id(inputs.model_dump())
        tell = partial(changed, name) if changed is not None else lambda _change: None
        made = self._after(inputs, progress, tell)
        if made is None:
            self._make_anew(root, inputs, progress, beside)
            return Built(name)
        progress(message("writing"))
        self._write(made, root, inputs, name)
        return Built(name, made.before.id, made.change)

    def _write(self, made: Edited, root: Path, inputs: Inputs, name: str) -> None:
        """Write a snapshot, and what the next load goes on from."""
        if self.working is None or root != self.snapshots:
            made.write(root, inputs.model_dump())
            return
        worked_out = (self.working, name, inputs, made.known, made.leads)
        # Both wait for the disk: at once.
        with ThreadPoolExecutor(1) as pool:
            aside = pool.submit(lay_aside, *worked_out, step=made.step)
            made.write(root, inputs.model_dump())
            put = aside.result()
        put()

    def _make_anew(
        self, root: Path, inputs: Inputs, progress: Progress, beside: Beside | None
    ) -> None:
        """Make a snapshot of all that the ledger holds; each table is written when it is there."""
        # A row that is other than it was would be of the same snapshot id.
        self.ledger.check()
        name, tables = snapshot_id(inputs.model_dump()), Coming()
        if beside is not None:
            beside(name, tables)
        working = self.working if root == self.snapshots else None
        keep = partial(begin_aside, working, name) if working else lambda _known: None
        given = (self.ledger, self.catalogue, self.judgements, tables, progress, keep)
        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write_snapshot, tables, root, inputs.model_dump())
            try:
                worked_out = made_anew(*given)
                progress(message("writing"))
                put = lay_aside(working, name, inputs, *worked_out) if working else lambda: None
                writing.result()
            except BaseException as error:
                # What it waits for does not come.
                tables.fail(error)
                if working:
                    drop_aside(working, name)
                raise
        put()

    def _after(
        self, inputs: Inputs, progress: Progress, tell: Callable[[Difference], None]
    ) -> Edited | None:
        """Return what follows from the snapshot before and the new batches; None where it cannot.

        Imported graphs are not resolved, and a statement that now stands first elsewhere changes
        rows that no party shows: both are looked at as a whole. `tell` hears as Telling says.
        """
        codes = self.ledger.resources()
        if self.working is None or any(code.startswith(FLAT) for code in codes):
            return None
        now = set(inputs.batches)
        begun = worked_beside(self.working, inputs, lambda old: said_in(self.ledger, now - old))
        if begun is None:
            return None
        last, said = begun
        rows = new_rows(said, last.known.rows)
        if rows is None or not can_go_on(self.catalogue, codes):
            return None
        try:
            before = open_snapshot(self.snapshots / last.snapshot)
        except SnapshotError:
            return None
        progress(message("resolving_new"))
        more = mentions_of(rows, self.catalogue)
        found = resolve_after(last.known, more, self.judgements)
        tell_of_judgements(*without_effect(found.known), progress)
        judged = self._judged(last.known.judgements, found.known.frame)
        touched = pl.concat([found.changed["uid"], found.was["uid"], judged]).unique()
        progress(message("projecting_changes"))
        records = pl.concat([part["record_id"] for part in rows.values()] or [_NO_RECORDS])
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(self._leads_after, found.known, last.leads, touched)
            telling, lead = Telling(before, tell), lambda: looking.result().frame
            change = Change(before, found, records, lead, telling.first)
            edits = project_after(self.catalogue, change)
        told = telling.links(edits["links"])
        step = Step(last, found, touched)
        return Edited(before, edits, found.known, looking.result(), step, told)

    def _leads_after(self, known: Known, before: Leads, touched: pl.Series) -> Leads:
        said = stated(Mentions(known.frame, known.rows), known.frame["uid"], self.catalogue)
        return leads_after(said, self.judgements, before, touched)

    def _judged(self, before: Sequence[Judgement], frame: pl.DataFrame) -> pl.Series:
        """Return the parties of judgements that are new or gone: a pair may be a lead or not."""
        ends = {end for one in {*before} ^ {*self.judgements} for end in (one.one, one.other)}
        return frame.filter(pl.col("own_uid").is_in(sorted(ends)))["uid"] if ends else _NOBODY

    def suspects(self, inputs: Inputs) -> pl.DataFrame:
        """Return the parties that look like several (loaders/resolve/suspects.py)."""
        last = worked(self.working, inputs) if self.working is not None else None
        if last is not None and last.batches == set(inputs.batches):
            return suspects(last.known.frame)
        found = mentions(self.ledger, self.catalogue)
        grouped = clusters(found, self.judgements)
        return suspects(pl.concat([found.frame, grouped.frame], how="horizontal"))
