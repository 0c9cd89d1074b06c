"""The order of the steps: files to ledger, ledger to snapshot; what became of each file."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.errors import LoadError, UnreadableError, XinmaiError
from graph.identifiers.identity import IdentityKey
from graph.snapshot.write import is_whole, snapshot_id, write_snapshot
from loaders.catalogue.catalog import Catalogue
from loaders.catalogue.resource import Resource
from loaders.flat import forms
from loaders.flat.read import read_edges, read_nodes, read_records
from loaders.intake import Intake, take_in
from loaders.ledger import Batch, Ledger
from loaders.project.whole import project
from loaders.readers import SUFFIXES, RawTable, file_digest, read_table
from loaders.resolve.clusters import clusters
from loaders.resolve.judgements import Judgement
from loaders.resolve.leads import leads
from loaders.resolve.mentions import mentions
from loaders.resolve.pairs import stated

# Counted up when resolution or projection changes what they make of the same ledger.
RULES = 7
# One file is read and checked while the one before is written: two cores, two tables in memory.
READERS = 2

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: every row that was read is loaded, merged or rejected.

    `batch` is None where the file was refused whole; then `refused` says why. `again` marks a file
    whose every byte was loaded before: nothing was done.
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

    def __post_init__(self) -> None:
        if self.read != self.loaded + self.merged + self.rejected:
            raise LoadError(self.file, self.read, "rows read are not all accounted for")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything between a department's file and a snapshot."""

    ledger: Ledger
    snapshots: Path
    catalogue: Catalogue
    key: IdentityKey
    judgements: tuple[Judgement, ...] = ()

    def take_files(
        self, paths: Sequence[Path], resource: str | None, progress: Progress
    ) -> list[FileOutcome]:
        """Append each file to the ledger in name order; a refused file does not stop the others."""
        fixed = self.catalogue.resource(resource) if resource else None
        outcomes = []
        with ThreadPoolExecutor(READERS) as pool:
            # A window of two: the next table is read while this one is written.
            waiting = list(find_files(paths))
            futures = [pool.submit(self._prepare, path, fixed) for path in waiting[:READERS]]
            for number, path in enumerate(waiting):
                outcome = self._append(path, futures[number].result)
                if number + READERS < len(waiting):
                    futures.append(pool.submit(self._prepare, waiting[number + READERS], fixed))
                progress(_line(number + 1, len(waiting), outcome))
                outcomes.append(outcome)
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

    def build(self, progress: Progress) -> str:
        """Return the id of the ledger's snapshot, computing it where it is not there yet."""
        inputs = self.inputs()
        if is_whole(self.snapshots / snapshot_id(inputs)):
            return snapshot_id(inputs)
        progress("resolving parties / 主体识别")
        found = mentions(self.ledger, self.catalogue)
        grouped = clusters(found, self.judgements)
        for name in ("judgements_vetoed", "judgements_gone"):
            if grouped.skipped[name]:
                progress(f"{name}: {grouped.skipped[name]:,}")
        progress("looking for parties that may be one / 查找疑似同一主体")
        said = stated(found, grouped.frame["uid"], self.catalogue)
        suspected = leads(said, self.judgements)
        if passed := sum(suspected.passed_over.values()):
            progress(f"names, brands and numbers that too many hold to tell them apart: {passed:,}")
        progress("projecting the snapshot / 生成快照")
        tables = project(self.catalogue, found, grouped, suspected.frame)
        progress("writing the snapshot / 写入快照")
        return write_snapshot(tables, self.snapshots, inputs)

    def inputs(self) -> dict[str, object]:
        """Return all that a snapshot is a function of: batches, catalogue, key, rules."""
        catalogue = [item.model_dump(mode="json") for item in self.catalogue.resources()]
        return {
            "batches": sorted(batch.batch for batch in self.ledger.batches()),
            "catalogue": hashlib.sha256(json.dumps(catalogue, sort_keys=True).encode()).hexdigest(),
            "key": self.key.hash("fingerprint"),
            "rules": RULES,
            "judgements": sorted((one.one, one.other, one.decision) for one in self.judgements),
        }

    def _prepare(self, path: Path, fixed: Resource | None) -> "Prepared | Batch":
        # Before it is read: what was loaded as any resource of today need not be read again.
        candidates = [fixed] if fixed else self.catalogue.resources()
        if known := self.ledger.find(file_digest(path), *candidates):
            return known
        raw = read_table(path)
        resource = fixed or self.catalogue.recognise(raw.headers, path.stem)
        return Prepared(raw, resource, take_in(raw, resource, self.key))

    def _flat(self, path: Path, form: Resource) -> "Prepared | Batch":
        if known := self.ledger.find(file_digest(path), form):
            return known
        raw = read_table(path)
        nodes = self._known_nodes()
        if form is forms.NODES:
            return Prepared(raw, form, read_nodes(raw, self.key, nodes))
        take = read_edges if form is forms.EDGES else read_records
        return Prepared(raw, form, take(raw, nodes))

    def _known_nodes(self) -> pl.DataFrame:
        if forms.NODES.code not in self.ledger.resources():
            return pl.DataFrame(schema={"uid": pl.String, "record_id": pl.String})
        rows = self.ledger.read(forms.NODES.code).select(pl.col("v_uid").alias("uid"), "record_id")
        return rows.unique("uid").collect()

    def _append(self, path: Path, prepare: "Callable[[], Prepared | Batch]") -> FileOutcome:
        try:
            ready = prepare()
            if isinstance(ready, Batch):
                return FileOutcome(str(path), ready.resource, ready.batch, again=True)
            batch = self.ledger.append(ready.intake, ready.resource, ready.raw)
        except UnreadableError as error:
            return FileOutcome(str(path), None, None, refused=str(error))
        except XinmaiError as error:
            return FileOutcome(str(path), None, None, refused=f"{path.name}: {error}")
        return FileOutcome(
            file=str(path),
            resource=batch.resource,
            batch=batch.batch,
            read=batch.read,
            loaded=batch.loaded,
            merged=batch.merged,
            rejected=batch.rejected,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table that is read and checked, ready for the ledger."""

    raw: RawTable
    resource: Resource
    intake: Intake


def find_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files as given, and of a folder every readable file below it in name order.

    A folder is searched without following links out of it.

    Raises:
        LoadError: nothing is at a path, or a folder holds no file that can be read.
    """
    for path in paths:
        if path.is_dir():
            inside = sorted(
                found
                for found in path.rglob("*")
                if found.suffix.lower() in SUFFIXES
                and found.is_file()
                and found.resolve().is_relative_to(path.resolve())
            )
            if not inside:
                raise LoadError(
                    "folder", str(path), f"holds no file of {', '.join(sorted(SUFFIXES))}"
                )
            yield from inside
        elif path.is_file():
            yield path
        else:
            raise LoadError("file", str(path), "is not there")


def _line(number: int, count: int, outcome: FileOutcome) -> str:
    head = f"[{number}/{count}] {Path(outcome.file).name}"
    if outcome.refused:
        return f"{head}: refused: {outcome.refused}"
    if outcome.again:
        return f"{head}: loaded before, nothing to do"
    return (
        f"{head}: {outcome.resource}: read {outcome.read} = loaded {outcome.loaded}"
        f" + merged {outcome.merged} + rejected {outcome.rejected}"
    )
