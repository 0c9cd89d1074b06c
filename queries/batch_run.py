"""A batch run: each item in its own right, failures named, nothing stopped by one or done twice."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from graph.errors import QueryError, StoreError, StoreTimeoutError, XinmaiError
from graph.identifiers.identity_card import masked_in
from graph.protocol import GraphStore
from queries.batch import Batch, Item
from queries.bundle import MANIFEST, clear, write_bundle
from queries.card import Query
from queries.difference import difference
from queries.journal import FINISHED, Done, Entry, Journal, key_of, read_journal
from queries.manifest import Manifest
from queries.output import shown
from queries.run import Answer, run_query, run_text
from queries.unknown import unknown_names


@dataclass(frozen=True, slots=True)
class Terms:
    """How a batch is run: rows and time of each item, how many at once, what is kept.

    `resume` goes on from the journal in the folder; `retry` asks again what failed there.
    `since` is the folder of an earlier run to compare with.
    """

    limit: int
    timeout: timedelta
    formats: Sequence[str] = ("csv",)
    workers: int = 1
    resume: bool = False
    retry: bool = False
    since: Path | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def run_batch(
    store: GraphStore,
    batch: Batch,
    catalog: Sequence[Query],
    out: Path,
    terms: Terms,
    progress: Callable[[str], None],
) -> Manifest:
    """Run every item; one that fails, is refused or too slow is named and the others go on.

    Each item is written down as it ends: a run that was killed goes on from there. The results
    are files in `out`, a workbook, `manifest.json` and all of it in `result.zip`.

    Raises:
        QueryError: the folder cannot be written, or that of an earlier run not be read.
    """
    before = _ended(terms.since) if terms.since else None
    known = {one.id: one for one in catalog}
    snapshot = _held(store)
    asked = [(_key(item, known, terms.limit, snapshot), item) for item in batch.items]
    with Journal(out, resume=terms.resume) as journal:
        clear(out)
        entries = dict(_kept(journal.known, terms))
        # The same question twice under one name is asked once, and counted once.
        wanted = dict(asked)
        left = {key: item for key, item in wanted.items() if key not in entries}
        count = len(wanted) - len(left)
        for entry in _run(store, left, known, terms, snapshot):
            count += 1
            said = entry.done
            what = said.message or said.rows
            progress(f"[{count}/{len(wanted)}] {' '.join(said.name.split())}: {said.state} {what}")
            journal.append(entry)
            entries[entry.key] = entry
        found = [(item, entries[key]) for key, item in asked]
        changes = None if before is None else difference(before, [entry for _, entry in found])
        manifest = Manifest(
            batch.title,
            snapshot,
            terms.versions,
            terms.limit,
            terms.timeout.total_seconds(),
            tuple(entry.done for _, entry in found),
            batch.left_out,
        )
        files, items = write_bundle(manifest, found, out, terms.formats, changes)
        return replace(manifest, files=files, items=items)


def _ended(folder: Path) -> Mapping[str, Entry]:
    found = read_journal(folder)
    if not (folder / MANIFEST).is_file():
        rule = "is of a batch that did not end; go on with it first (--resume)"
        raise QueryError("batch result", str(folder), rule)
    return found


def _kept(known: Mapping[str, Entry], terms: Terms) -> Iterator[tuple[str, Entry]]:
    for key, entry in known.items():
        if entry.done.state in FINISHED or not terms.retry:
            yield key, entry


def _run(
    store: GraphStore,
    left: Mapping[str, Item],
    known: Mapping[str, Query],
    terms: Terms,
    snapshot: str | None,
) -> Iterator[Entry]:
    """Yield what became of each item, as it ends."""
    with ThreadPoolExecutor(terms.workers) as pool:
        waiting: list[Future[Entry]] = [
            pool.submit(_one, store, (key, item), known, terms, snapshot)
            for key, item in left.items()
        ]
        try:
            for ended in as_completed(waiting):
                yield ended.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _held(store: GraphStore) -> str | None:
    try:
        return store.holds()
    except StoreError:
        # A store that died under the batch: every item says so itself.
        return None


def _text(item: Item, known: Mapping[str, Query]) -> str:
    card = known.get(item.query or "")
    return item.cypher or (card.text if card else "")


def _key(item: Item, known: Mapping[str, Query], limit: int, snapshot: str | None) -> str:
    asked = {"query": item.query, "text": _text(item, known), "params": dict(item.params)}
    return key_of(name=item.name, limit=limit, snapshot=snapshot, **asked)


def _one(
    store: GraphStore,
    asked: tuple[str, Item],
    known: Mapping[str, Query],
    terms: Terms,
    snapshot: str | None,
) -> Entry:
    key, item = asked
    text = _text(item, known)
    digest = hashlib.sha256(text.encode()).hexdigest() if text else ""
    told = Done(item.name, item.query or "own", digest, "ok", _shown(item.params))
    try:
        answer = _answer(store, item, known, terms)
        if snapshot not in (None, answer.snapshot):
            # Results of two snapshots under one heading would be of neither.
            rule = f"was published while the batch ran on {snapshot}; ask again"
            raise StoreError("snapshot", answer.snapshot, rule)
    except StoreTimeoutError as error:
        return Entry(key, replace(told, state="timed_out", message=masked_in(str(error))))
    except QueryError as error:
        return Entry(key, replace(told, state="refused", message=masked_in(str(error))))
    except XinmaiError as error:
        return Entry(key, replace(told, state="failed", message=masked_in(str(error))))
    state = "capped" if answer.more else "ok" if answer.rows else "empty"
    more = f"{len(answer.rows)} rows are shown, there are more"
    message = more if answer.more else None if answer.rows else _unfound(item) or None
    done = replace(
        told,
        state=state,
        params=_shown(answer.params),
        rows=len(answer.rows),
        seconds=round(answer.seconds, 3),
        message=message,
    )
    return Entry(key, done, answer.columns, tuple(map(tuple, answer.rows)))


def _unfound(item: Item) -> str:
    """Return what may be why nothing was found."""
    unknown = unknown_names(item.cypher) if item.cypher is not None else ()
    return "; ".join([*filter(None, [item.note]), *map(str, unknown)])


def _shown(params: Mapping[str, object]) -> dict[str, object]:
    """Return parameters as a manifest may hold them."""
    return {name: shown(value) for name, value in params.items()}


def _answer(store: GraphStore, item: Item, known: Mapping[str, Query], terms: Terms) -> Answer:
    if item.fault is not None:
        raise item.fault
    if item.cypher is not None:
        return run_text(store, item.cypher, item.params, limit=terms.limit, timeout=terms.timeout)
    if item.query is None or item.query not in known:
        raise QueryError("query", item.query, "is not in the library")
    card = known[item.query]
    return run_query(store, card, item.params, limit=terms.limit, timeout=terms.timeout)
