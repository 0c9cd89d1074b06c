"""Many queries in one go: each in its own right, failures named, nothing stopped by one."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from graph.errors import QueryError, StoreError, StoreTimeoutError, XinmaiError
from graph.protocol import GraphStore
from queries.card import Query
from queries.output import write_answer
from queries.run import Answer, run_query, run_text

_KEYS = {"name", "query", "cypher", "params", "for_each"}


@dataclass(frozen=True, slots=True)
class Item:
    """One query of a batch: a named one, or Cypher of one's own."""

    name: str
    query: str | None
    cypher: str | None
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Batch:
    """A list of queries with their parameters."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one item: ok, empty, capped, failed, refused or timed_out."""

    name: str
    query: str
    state: str
    params: Mapping[str, object]
    rows: int = 0
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ran, on which snapshot, how long, how many rows, and what failed."""

    title: str
    snapshot: str | None
    items: tuple[Done, ...]

    @property
    def failed(self) -> int:
        """How many items have no result."""
        return sum(1 for one in self.items if one.state in ("failed", "refused", "timed_out"))

    @property
    def done(self) -> int:
        """How many items have a result, be it empty."""
        return len(self.items) - self.failed

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as it is written."""
        return {
            "title": self.title,
            "snapshot": self.snapshot,
            "done": self.done,
            "failed": self.failed,
            "items": [asdict(one) for one in self.items],
        }


def read_batch(path: Path) -> Batch:
    """Return the batch in a YAML file; `for_each` names a CSV whose rows are parameters.

    Raises:
        QueryError: it cannot be read or breaks its form.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise QueryError("batch", str(path), f"cannot be read: {reason}") from error
    if not isinstance(content, dict) or not isinstance(content.get("items"), list):
        raise QueryError("batch", str(path), "must have title and items")
    items = [item for entry in content["items"] for item in _items(path, entry)]
    return Batch(str(content.get("title", path.stem)), tuple(items))


def _items(path: Path, entry: object) -> Iterator[Item]:
    if not isinstance(entry, dict) or not set(entry) <= _KEYS:
        raise QueryError("batch item", entry, f"may only have {', '.join(sorted(_KEYS))}")
    if (entry.get("query") is None) == (entry.get("cypher") is None):
        raise QueryError("batch item", entry.get("name"), "must have either query or cypher")
    name = str(entry.get("name") or entry.get("query") or "own")
    params = entry.get("params") or {}
    if not isinstance(params, dict):
        raise QueryError(f"batch item {name}", params, "must give its params as name: value")
    base = Item(name, entry.get("query"), entry.get("cypher"), params)
    if "for_each" not in entry:
        yield base
        return
    rows = _rows(path.parent / str(entry["for_each"]))
    for place, row in enumerate(rows, start=1):
        yield replace(base, name=f"{name}-{place}", params={**base.params, **row})


def _rows(path: Path) -> list[dict[str, object]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QueryError("for_each", str(path), f"cannot be read: {error}") from error


def run_batch(  # noqa: PLR0913 - what a batch runs on and within
    store: GraphStore,
    batch: Batch,
    catalog: Sequence[Query],
    out: Path,
    *,
    formats: Sequence[str],
    limit: int,
    timeout: timedelta,
    progress: Callable[[str], None],
) -> Manifest:
    """Run every item; one that fails, is refused or too slow is named and the others go on.

    Results are written as `out/<place>-<name>.<format>`, then `out/manifest.json`.
    """
    known = {one.id: one for one in catalog}
    done: list[Done] = []
    for place, item in enumerate(batch.items, start=1):
        stem = out / f"{place:02d}-{_file_name(item.name)}"
        one = _one(store, item, known, stem, formats, limit, timeout)
        progress(f"[{place}/{len(batch.items)}] {item.name}: {one.state} {one.message or one.rows}")
        done.append(one)
    manifest = Manifest(batch.title, _held(store), tuple(done))
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(manifest.to_json(), ensure_ascii=False, indent=1, default=str)
        (out / "manifest.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise QueryError("--out", str(out), f"cannot be written: {error.strerror}") from error
    return manifest


def _held(store: GraphStore) -> str | None:
    try:
        return store.holds()
    except StoreError:
        # A store that died under the batch: every item says so itself.
        return None


def _file_name(name: str) -> str:
    """Return a name that stays inside its folder whatever a batch file says."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name)[:80]


def _one(  # noqa: PLR0913, PLR0917 - one item with all that bounds it
    store: GraphStore,
    item: Item,
    known: Mapping[str, Query],
    stem: Path,
    formats: Sequence[str],
    limit: int,
    timeout: timedelta,
) -> Done:
    label = item.query or "own"
    try:
        answer = _answer(store, item, known, limit, timeout)
        paths = [stem.with_name(f"{stem.name}.{one}") for one in formats]
        for path in paths:
            write_answer(answer, path)
    except StoreTimeoutError as error:
        return Done(item.name, label, "timed_out", item.params, message=str(error))
    except QueryError as error:
        return Done(item.name, label, "refused", item.params, message=str(error))
    except XinmaiError as error:
        return Done(item.name, label, "failed", item.params, message=str(error))
    state = "capped" if answer.more else "ok" if answer.rows else "empty"
    return Done(
        item.name,
        label,
        state,
        answer.params,
        len(answer.rows),
        round(answer.seconds, 3),
        tuple(path.name for path in paths),
        tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths),
    )


def _answer(
    store: GraphStore,
    item: Item,
    known: Mapping[str, Query],
    limit: int,
    timeout: timedelta,
) -> Answer:
    if item.cypher is not None:
        return run_text(store, item.cypher, item.params, limit=limit, timeout=timeout)
    if item.query is None or item.query not in known:
        raise QueryError("query", item.query, "is not in the library")
    return run_query(store, known[item.query], item.params, limit=limit, timeout=timeout)
