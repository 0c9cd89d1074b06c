"""Publish a snapshot to a store: the difference where the store holds the one before, else all."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from graph.errors import StoreError
from graph.protocol import GraphStore, LinkBatch, NodeBatch
from graph.rows import TableRows
from graph.schema.catalog import SCHEMA
from graph.schema.cypher import all_keys, all_uids, foreign_node
from graph.snapshot.difference import Difference, difference
from graph.snapshot.reader import Snapshot
from graph.store.target import StoreTarget
from loaders.annotate import clear
from loaders.messages import Progress, message
from loaders.project.coming import Coming

if TYPE_CHECKING:
    from graph.store.bulk import Build
    from graph.store.edit import Editing

Batch = TypeVar("Batch", NodeBatch, LinkBatch)

# Rows a batch: a few statements to the store, and some tens of megabytes of Python here.
ROWS_A_BATCH = 20_000
PROGRESS_SECONDS = 1.0
RECORD = "CreditRecord"
SUBJECT_LINK = "SUBJECT_OF"
# What a table holds for readers of the snapshot and a store does not get.
_UNPUBLISHED = ("label", "labels", "type", "records", "sources")


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication changed in the store; `full` says that everything was sent."""

    nodes: int
    links: int
    deleted: int
    seconds: float
    full: bool


@dataclass(slots=True)
class _Counter:
    """Counts rows and tells of them at most every second."""

    progress: Progress
    code: str
    total: int = 0
    told: float = 0.0

    def add(self, rows: int) -> None:
        self.total += rows
        now = time.monotonic()
        if now - self.told >= PROGRESS_SECONDS:
            self.told = now
            self.progress(message(self.code, count=self.total))

    def say(self, code: str, rows: int) -> None:
        """Tell of a count that somebody else keeps."""
        now = time.monotonic()
        if now - self.told >= PROGRESS_SECONDS:
            self.told = now
            self.progress(message(code, count=rows))


def publish(
    store: GraphStore,
    new: Snapshot,
    old: Snapshot | None,
    progress: Progress,
    change: Difference | None = None,
) -> Published:
    """Make the store hold `new`; safe to repeat after a kill at any point.

    The mark is taken away first and set last: what was interrupted is published in full again.
    `change` is what turns `old` into `new`, where somebody knows it already.

    Raises:
        StoreError: the store refused, or holds what somebody else wrote under labels of ours.
    """
    started = time.monotonic()
    held = store.holds()
    if held == new.id:
        return Published(0, 0, 0, time.monotonic() - started, full=False)
    known = old if old is not None and held == old.id else None
    if known is None:
        _refuse_foreign(store)
        if held is not None:
            progress(message("replaced", snapshot=held))
    store.ensure_schema()
    store.mark(None)
    # What a scan said of the snapshot before is not said of this one.
    clear(store, progress)
    if known is None or change is None:
        change = difference(known, new)
    nodes = _send(
        store.upsert_nodes,
        chain(node_batches(change.nodes), _record_nodes(change.records)),
        _Counter(progress, "nodes"),
    )
    links = _send(
        store.upsert_links,
        chain(link_batches(change.links), _record_links(change.records)),
        _Counter(progress, "links"),
    )
    counter = _Counter(progress, "deleted")
    if known is None:
        deleted = _delete_strangers(store, new, counter)
    else:
        subjects = [(SUBJECT_LINK, subject_key(uid, who)) for uid, who in change.gone_records]
        deleted = _delete(store.delete_links, [*change.gone_links, *subjects], counter)
        gone = sorted({uid for uid, _ in change.gone_records if not new.has_record(uid)})
        gone_nodes = [*change.gone_nodes, *((RECORD, uid) for uid in gone)]
        deleted += _delete(store.delete_nodes, gone_nodes, counter)
    store.mark(new.id)
    return Published(nodes, links, deleted, time.monotonic() - started, full=known is None)


@contextmanager
def begin_embedded(target: StoreTarget) -> Iterator["Build"]:
    """Start the process that fills a fresh database of the embedded engine, before there are rows.

    Raises:
        StoreError: another builds there, or the folder cannot be written.
    """
    from graph.store.bulk import begun  # noqa: PLC0415 - the only use of the engine's files

    if target.folder is None:
        raise StoreError("store embedded", target.folder, "needs a folder")
    with begun(target.folder, target.heap) as build:
        yield build


def build_embedded(
    target: StoreTarget,
    tables: Mapping[str, pl.DataFrame],
    snapshot: str,
    progress: Progress,
    ready: Callable[[], None],
    build: "Build | None" = None,
) -> Published:
    """Fill a fresh database of the embedded engine with a snapshot's tables and switch to it.

    Each table is asked for when its rows are to be written: it may come later than the others.
    Before the switch it waits until `ready` returns. `build` is what begin_embedded yields, where
    it was begun before.

    Raises:
        StoreError: the engine refused, or the folder cannot be written.
    """
    from graph.store.bulk import Watch  # noqa: PLC0415 - the only use of the engine's files

    started = time.monotonic()
    counter = _Counter(progress, "rows")
    with nullcontext(build) if build else begin_embedded(target) as mine:
        together: Iterator[NodeBatch | LinkBatch]
        together = chain(other_nodes(tables), first_links(tables))
        groups = (first_nodes(tables), together, late_links(tables))
        mine.run(groups, snapshot, Watch(counter.say, ready))
    nodes, links, records = (tables[name] for name in ("nodes", "links", "records"))
    sent = (nodes.height + records["uid"].n_unique(), links.height + records.height)
    return Published(*sent, 0, time.monotonic() - started, full=True)


def first_nodes(tables: Mapping[str, pl.DataFrame]) -> Iterator[NodeBatch]:
    """Yield the first part of the nodes of a snapshot, then its records: both wait for nobody."""
    yield from node_batches(next(_parts(tables, "nodes")))
    yield from _record_nodes(tables["records"])


def other_nodes(tables: Mapping[str, pl.DataFrame]) -> Iterator[NodeBatch]:
    """Yield the nodes that first_nodes does not: parties, of whom one must know who is who."""
    for part in islice(_parts(tables, "nodes"), 1, None):
        yield from node_batches(part)


def first_links(tables: Mapping[str, pl.DataFrame]) -> Iterator[LinkBatch]:
    """Yield the links of records, then the first part of a snapshot's: that is not long after."""
    yield from _record_links(tables["records"])
    yield from link_batches(next(_parts(tables, "links")))


def late_links(tables: Mapping[str, pl.DataFrame]) -> Iterator[LinkBatch]:
    """Yield the links that first_links does not: the last of them wait for leads."""
    for part in islice(_parts(tables, "links"), 1, None):
        yield from link_batches(part)


def _parts(tables: Mapping[str, pl.DataFrame], name: str) -> Iterator[pl.DataFrame]:
    """Return the rows of a table as they come."""
    return tables.parts(name) if isinstance(tables, Coming) else iter((tables[name],))


@contextmanager
def begin_edit(target: StoreTarget) -> Iterator["Editing | None"]:
    """Start the process that edits an embedded graph; None where an engine serves it already."""
    from graph.store.edit import begun  # noqa: PLC0415 - the only use of the engine's files
    from graph.store.turns import serves  # noqa: PLC0415

    if target.folder is None or serves(target.folder):
        yield None
        return
    with begun(target.folder, target.heap) as editing:
        yield editing


def edit_embedded(
    editing: "Editing",
    old: Snapshot,
    told: Callable[[], tuple[str, Difference] | None],
    whole: Callable[[], Difference],
    ready: Callable[[], None],
) -> Published | None:
    """Turn the graph of `old` into that of the snapshot that `told` names with nodes and records.

    These are prepared before `whole` is asked for all of the change; all is written at once when
    `ready` returns. None where `told` returns None, or a serving engine is to be told of it
    instead, as Editing.run says.

    Raises:
        StoreError: the edit cannot be made this way; nothing has changed.
    """
    from graph.store.edit import Change  # noqa: PLC0415 - the only use of the engine's files

    began: list[float] = []

    def parts(after: str, first: Difference) -> Iterator[Change]:
        began.append(time.monotonic())
        nodes = [*node_batches(first.nodes), *_record_nodes(first.records)]
        yield Change(after, nodes, links=(), gone_nodes=(), gone_links=())
        made = whole()
        gone = sorted({(RECORD, uid) for uid in _gone_records(old, made)})
        subjects = [(SUBJECT_LINK, subject_key(uid, who)) for uid, who in made.gone_records]
        yield Change(
            after,
            nodes=(),
            links=[*link_batches(made.links), *_record_links(made.records)],
            gone_nodes=[*made.gone_nodes, *gone],
            gone_links=[*made.gone_links, *subjects],
        )

    def changes() -> Iterator[Change] | None:
        said = told()
        return None if said is None else parts(*said)

    done = editing.run(old.id, changes, ready)
    if done is None:
        return None
    seconds = time.monotonic() - began[0]
    return Published(done.nodes, done.links, done.deleted, seconds, full=False)


def _gone_records(old: Snapshot, change: Difference) -> list[str]:
    """Return the records of which no subject is left."""
    if not change.gone_records:
        return []
    gone = pl.DataFrame(change.gone_records, schema=["uid", "subject"], orient="row")
    there = old.table("records").select("uid", "subject").filter(pl.col("uid").is_in(gone["uid"]))
    left = there.collect().join(gone, on=["uid", "subject"], how="anti")["uid"]
    lost = gone.filter(~gone["uid"].is_in(left) & ~gone["uid"].is_in(change.records["uid"]))
    return sorted(lost["uid"].unique())


def subject_key(uid: str, subject: str) -> str:
    """Return the key of the link between a subject and its credit record."""
    return f"subject:{uid}:{subject}"


def node_batches(frame: pl.DataFrame) -> Iterator[NodeBatch]:
    """Yield the nodes of a table `nodes` in batches of equal labels: own, roles, bases."""
    if frame.is_empty():
        return
    for (label, labels), group in _groups(
        frame.with_columns(pl.col("labels").list.join("\t")), "label", "labels"
    ):
        names = dict.fromkeys([label, *(labels or "").split("\t")])
        own = [name for name in names if name]
        every = tuple(dict.fromkeys(base for name in own for base in SCHEMA.labels_of(name)))
        for rows in _rows(group):
            yield NodeBatch((*own, *(base for base in every if base not in own)), rows)


def link_batches(frame: pl.DataFrame) -> Iterator[LinkBatch]:
    """Yield the links of a table `links` in batches of one type, with the declared ends."""
    for (type_name,), group in _groups(frame, "type"):
        source, target = SCHEMA.link(type_name or "").ends[0]
        for rows in _rows(group):
            yield LinkBatch(type_name or "", source, target, rows)


def record_batches(frame: pl.DataFrame) -> Iterator[NodeBatch | LinkBatch]:
    """Yield the credit records of a table `records`: all nodes, then links to their subjects."""
    yield from _record_nodes(frame)
    yield from _record_links(frame)


def _record_nodes(frame: pl.DataFrame) -> Iterator[NodeBatch]:
    first = frame.unique("uid", keep="first", maintain_order=True).drop("subject")
    for rows in _rows(first):
        yield NodeBatch(SCHEMA.labels_of(RECORD), rows)


def _record_links(frame: pl.DataFrame) -> Iterator[LinkBatch]:
    source, target = SCHEMA.link(SUBJECT_LINK).ends[0]
    key = pl.concat_str(pl.lit("subject:"), "uid", pl.lit(":"), "subject")
    columns = [key.alias("key"), pl.col("subject").alias("source"), pl.col("uid").alias("target")]
    provenance = [name for name in ("resource", "record_id") if name in frame.columns]
    for rows in _rows(frame.select(*columns, *provenance)):
        yield LinkBatch(SUBJECT_LINK, source, target, rows)


def _groups(frame: pl.DataFrame, *by: str) -> Iterator[tuple[tuple[str | None, ...], pl.DataFrame]]:
    parts = frame.partition_by(*by, as_dict=True, maintain_order=True)
    for key in sorted(parts, key=str):
        yield tuple(None if value is None else str(value) for value in key), parts[key]


def _rows(frame: pl.DataFrame) -> Iterator[TableRows]:
    """Yield rows as a store takes them, at most ROWS_A_BATCH at a time."""
    kept = frame.drop([name for name in _UNPUBLISHED if name in frame.columns])
    dates = [name for name, kind in kept.schema.items() if kind == pl.Date]
    kept = kept.with_columns(pl.col(name).dt.to_string("%Y-%m-%d") for name in dates)
    for part in kept.iter_slices(ROWS_A_BATCH):
        # Most columns belong to other labels: without them a row is a quarter as long.
        used = [column.name for column in part if column.null_count() < part.height]
        yield TableRows(part.select(used))


def _send(upsert: Callable[[Batch], int], batches: Iterable[Batch], counter: _Counter) -> int:
    changed = 0
    for batch in batches:
        changed += upsert(batch)
        counter.add(len(batch.rows))
    return changed


def _delete(
    delete: Callable[[str, Sequence[str]], int],
    gone: Iterable[tuple[str, str]],
    counter: _Counter,
) -> int:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(set(gone)):
        groups[kind].append(key)
    deleted = 0
    for kind, keys in groups.items():
        for start in range(0, len(keys), ROWS_A_BATCH):
            deleted += delete(kind, keys[start : start + ROWS_A_BATCH])
            counter.add(len(keys[start : start + ROWS_A_BATCH]))
    return deleted


def _refuse_foreign(store: GraphStore) -> None:
    """Refuse a database in which somebody else's nodes would be taken for ours, or deleted."""
    for row in store.stream(foreign_node(SCHEMA), {}):
        rule = (
            "are labels of nodes there that Xinmai did not publish, and nothing was changed;"
            " give it a database of its own (NEO4J_DATABASE)"
        )
        raise StoreError("graph store", ", ".join(sorted(row["labels"])), rule)


def _delete_strangers(store: GraphStore, new: Snapshot, counter: _Counter) -> int:
    """Delete what the store has under the schema's names and the snapshot has not."""
    records = new.table("records").select("uid", "subject").collect()
    links = new.table("links").select("type", "key").collect()
    link_keys = {(SUBJECT_LINK, subject_key(uid, who)) for uid, who in records.iter_rows()}
    link_keys.update((str(type_name), str(key)) for type_name, key in links.iter_rows())
    strange = (
        (link.name, row["key"])
        for link in SCHEMA.links
        for row in store.stream(all_keys(SCHEMA, link.name), {})
        if (link.name, row["key"]) not in link_keys
    )
    deleted = _delete(store.delete_links, strange, counter)
    uids = set(new.table("nodes").select("uid").collect().get_column("uid"))
    uids.update(records.get_column("uid"))
    lost = (
        (node.label, row["uid"])
        for node in SCHEMA.nodes
        if node.key
        for row in store.stream(all_uids(SCHEMA, node.label), {})
        if row["uid"] not in uids
    )
    return deleted + _delete(store.delete_nodes, lost, counter)
