"""Reading a snapshot: one party in milliseconds, whole tables lazily, arrays memory-mapped."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from graph.errors import SnapshotError
from graph.model import Link, Node, Record, Source
from graph.schema.catalog import SCHEMA
from graph.snapshot import form
from graph.snapshot.manifest import read_manifest
from graph.snapshot.mapped import numbers, open_mapped, scan_mapped
from graph.snapshot.mapping import map_array
from graph.snapshot.status import status_on

Row = dict[str, Any]
_LINK_OWN = {"key", "type", "source", "target", "kind", "valid_from", "valid_to"}
_RECORD_OWN = {
    "uid", "subject", "class", "severity", "status", "positive", "decided_on", "published_until",
    "ended_on",
}  # fmt: skip
DERIVED_KEY = "derived:"
_SIDES: Sequence[Literal["left", "right"]] = ("left", "right")


class Arrays(Mapping[str, NDArray[Any]]):
    """Arrays by name, each mapped into memory when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return an array; SnapshotError where its file is not there."""
        if name not in self._open:
            path = self._folder / f"{name}.npy"
            try:
                self._open[name] = map_array(path)
            except (OSError, ValueError) as error:
                raise SnapshotError("snapshot", str(path), f"cannot be read: {error}") from error
        return self._open[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all arrays in order."""
        return iter(sorted(path.stem for path in self._folder.glob("*.npy")))

    def __len__(self) -> int:
        """Return how many arrays there are."""
        return sum(1 for _ in self)


class Snapshot:
    """One snapshot on disk; nothing large is read before it is asked for."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.id = str(manifest["id"])
        self.arrays = Arrays(folder / form.ARRAYS)
        self._mapped: dict[str, pa.Table] = {}

    def table(self, name: str) -> pl.LazyFrame:
        """Return a whole table lazily: nodes, links, records, mentions, conflicts."""
        return scan_mapped(name, self.folder / form.ARRAYS / f"{name}.arrow")

    def mapped(self, name: str) -> pa.Table:
        """Return a whole table as it lies in its file, mapped into memory."""
        if name not in self._mapped:
            self._mapped[name] = open_mapped(self.folder / form.ARRAYS / f"{name}.arrow")
        return self._mapped[name]

    def _rows(self, name: str, rows: Sequence[int] | NDArray[Any]) -> list[Row]:
        """Return single rows of a table, each as a dict of its values that are not null."""
        taken = self.mapped(name).take(numbers(np.asarray(rows, np.int64)))
        return [
            {key: value for key, value in row.items() if value is not None}
            for row in taken.to_pylist()
        ]

    def find(self, uid: str) -> int | None:
        """Return a node's place by uid, or by one that was merged into it; None if unknown."""
        wanted = uid.encode()
        place = _lookup(self.arrays["uids"], wanted)
        if place is not None:
            return place
        alias = _lookup(self.arrays["alias_uid"], wanted)
        return None if alias is None else int(self.arrays["alias_node"][alias])

    def uid_at(self, place: int) -> str:
        """Return the uid of the node at a place."""
        return bytes(self.arrays["uids"][place]).decode()

    def uids_at(self, places: NDArray[np.int64]) -> list[str]:
        """Return the uids of nodes."""
        return [uid.decode() for uid in self.arrays["uids"][places].tolist()]

    @cached_property
    def _names(self) -> pa.ChunkedArray:
        return self.mapped("nodes").column("name")

    def name_at(self, place: int) -> str:
        """Return the name of the node at a place; its uid where it has none."""
        name = self._names[place].as_py()
        return self.uid_at(place) if name is None else str(name)

    def label_at(self, place: int) -> str:
        """Return the own label of the node at a place."""
        return form.LABELS[int(self.arrays["node_label"][place])]

    def _place(self, uid: str) -> int:
        place = self.find(uid)
        if place is None:
            raise SnapshotError("uid", uid, f"is not in snapshot {self.id}")
        return place

    def node(self, uid: str) -> Node:
        """Return a node; SnapshotError for an unknown uid."""
        return self.nodes([uid])[0]

    def nodes(self, uids: Sequence[str]) -> list[Node]:
        """Return nodes in the order of their uids; SnapshotError for an unknown one."""
        rows = self._rows("nodes", [self._place(uid) for uid in uids])
        return [_node(row) for row in rows]

    def links_of(self, uid: str) -> list[Link]:
        """Return every link of a node in both directions, derived ones included, by row."""
        place = self._place(uid)
        parts = [
            self.arrays[f"{side}_link"][
                int(self.arrays[f"{side}_start"][place]) : int(
                    self.arrays[f"{side}_start"][place + 1]
                )
            ]
            for side in ("out", "in")
        ]
        rows = np.unique(np.concatenate(parts)).astype(np.int64)
        both = form.DERIVED | form.COMPUTED
        # A pair that may control is shown by the analysis of a day, not as a link of all times.
        shown = (rows < self._recorded) | (self.arrays["link_flags"][rows] & both != both)
        return self.links_at(rows[shown])

    @cached_property
    def _recorded(self) -> int:
        return int(self.manifest["counts"]["links"])

    def link(self, key: str) -> Link:
        """Return a link by its key; SnapshotError for an unknown one."""
        if key.startswith(DERIVED_KEY):
            return self._derived_by_key(key)
        keys = self._link_keys
        row = int(np.searchsorted(keys, key.encode()))
        if row >= keys.size or keys[row] != key.encode():
            raise SnapshotError("link", key, f"is not in snapshot {self.id}")
        return _link(self._rows("links", [row])[0])

    @property
    def _link_keys(self) -> NDArray[Any]:
        return self.arrays["link_keys"]

    def links_at(self, rows: NDArray[np.int64]) -> list[Link]:
        """Return the links of array rows: many are read at once."""
        recorded = iter(self._rows("links", rows[rows < self._recorded]))
        return [
            _link(next(recorded)) if row < self._recorded else self.link_at(row)
            for row in rows.tolist()
        ]

    def link_at(self, row: int) -> Link:
        """Return the link of an array row; derived ones name their engagements as `via`."""
        if row < self._recorded:
            return _link(self._rows("links", [row])[0])
        kind = form.TYPES[int(self.arrays["link_type"][row])]
        source = self.uid_at(int(self.arrays["link_source"][row]))
        target = self.uid_at(int(self.arrays["link_target"][row]))
        computed = bool(int(self.arrays["link_flags"][row]) & form.COMPUTED)
        first, last = np.searchsorted(self.arrays["via_link"], [row, row + 1])
        works = self.arrays["via_engagement"][first:last]
        via = tuple(self.uid_at(int(place)) for place in np.unique(works))
        return Link(
            key=self.link_key(row),
            type=kind,
            source=source,
            target=target,
            kind="computed" if computed else "recorded",
            valid_from=_date(int(self.arrays["link_from"][row])),
            valid_to=_date(int(self.arrays["link_to"][row])),
            properties={"via": via, "engagements": len(via)} if via else {},
        )

    def link_key(self, row: int) -> str:
        """Return the key of the link of an array row."""
        return self.link_keys(np.array([row]))[0]

    def link_keys(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the keys of the links of array rows."""
        recorded = rows < self._recorded
        if recorded.all():
            return [key.decode() for key in self.arrays["link_keys"][rows].tolist()]
        derived = rows[~recorded]
        ends = (self.uids_at(self.arrays[f"link_{end}"][derived]) for end in ("source", "target"))
        said = iter(self.arrays["link_keys"][rows[recorded]].tolist())
        made = zip(self.arrays["link_type"][derived].tolist(), *ends, strict=True)
        return [
            next(said).decode() if known else _derived_key(*next(made))
            for known in recorded.tolist()
        ]

    def _derived_by_key(self, key: str) -> Link:
        parts = key.removeprefix(DERIVED_KEY).split(":", 1)
        for place in [self.find(part) for part in _sources(parts[-1])]:
            if place is None:
                continue
            start = self.arrays["out_start"]
            for row in self.arrays["out_link"][int(start[place]) : int(start[place + 1])]:
                if row >= self._recorded and (link := self.link_at(int(row))).key == key:
                    return link
        raise SnapshotError("link", key, f"is not in snapshot {self.id}")

    def has_record(self, uid: str) -> bool:
        """Return whether a credit record of this uid is there."""
        return _lookup(self.arrays["record_uid"], uid.encode()) is not None

    def record_uids(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the uids of record rows."""
        return [bytes(uid).decode() for uid in self.arrays["record_uid"][rows]]

    def records_of(self, uid: str, on: date | None = None) -> list[Record]:
        """Return the records of a party, by row; `on` gives the status of a day, else as said."""
        place = self._place(uid)
        start = self.arrays["rec_start"]
        rows = self.arrays["rec_row"][int(start[place]) : int(start[place + 1])].astype(np.int64)
        found = self._rows("records", rows)
        if on is None:
            return [_record(row, str(row["status"])) for row in found]
        codes = status_on(self.arrays, rows, form.day_number(on))
        return [
            _record(row, form.STATUS_CODES[int(code)])
            for row, code in zip(found, codes, strict=True)
        ]

    def sources(self, record_ids: Sequence[str]) -> dict[str, list[Source]]:
        """Return where ledger records were said: file and row, by record id."""
        ids, rows = self.arrays["said_id"], self.arrays["said_row"]
        wanted = dict.fromkeys(record_ids)
        places = [
            rows[slice(*(int(np.searchsorted(ids, one.encode(), side)) for side in _SIDES))]
            for one in wanted
        ]
        # All at once: a party of thousands of links has as many records behind them.
        said = iter(self._rows("mentions", np.concatenate(places)) if places else ())
        found: dict[str, list[Source]] = {}
        for record_id, place in zip(wanted, places, strict=True):
            listed = {
                (row["batch"], row["row"]): Source(
                    record_id, row["resource"], row["batch"], row["file"], int(row["row"])
                )
                for row in islice(said, len(place))
            }
            found[record_id] = [listed[key] for key in sorted(listed)]
        return {record_id: sources for record_id, sources in found.items() if sources}

    def mentions_of(self, uid: str) -> list[Row]:
        """Return every mention of a party, by row."""
        place = self._place(uid)
        start = self.arrays["men_start"]
        return self._rows(
            "mentions", self.arrays["men_row"][int(start[place]) : int(start[place + 1])]
        )

    def conflicts_of(self, uid: str) -> list[Row]:
        """Return the values that do not hold, as CONFLICTS says."""
        owner = self.uid_at(self._place(uid)).encode()
        uids = self.arrays["conflict_uid"]
        first, last = (int(np.searchsorted(uids, owner, side)) for side in _SIDES)
        return self._rows("conflicts", np.arange(first, last))

    def verify(self) -> None:
        """Compare every file with the manifest; SnapshotError naming the first that differs."""
        for name, said in self.manifest["files"].items():
            path = self.folder / name
            try:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise SnapshotError("snapshot", str(path), f"cannot be read: {error}") from error
            if digest != said["sha256"]:
                raise SnapshotError("snapshot", name, "has other content than was written")


def open_snapshot(folder: Path) -> Snapshot:
    """Return the snapshot in a folder.

    Raises:
        SnapshotError: it is not there, of another form, or a file is missing or cut short.
    """
    return Snapshot(folder, read_manifest(folder))


def _lookup(values: NDArray[Any], wanted: bytes) -> int | None:
    place = int(np.searchsorted(values, wanted))
    return place if place < values.size and values[place] == wanted else None


def _sources(rest: str) -> list[str]:
    """Return what may be the first uid in "source:target": uids may hold colons themselves."""
    parts = rest.split(":")
    return [":".join(parts[:count]) for count in range(1, len(parts))]


def _date(day: int) -> date | None:
    return None if day == form.NO_DAY else date.fromordinal(day + date(1970, 1, 1).toordinal())


def _values(row: Row, without: set[str]) -> Row:
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
        if key not in without
    }


def _node(row: Row) -> Node:
    own = [str(label) for label in row["labels"]]
    bases = SCHEMA.labels_of(str(row["label"]))[1:]
    return Node(
        uid=str(row["uid"]),
        label=str(row["label"]),
        labels=tuple(dict.fromkeys([*own, *bases])),
        name=str(row.get("name", row["uid"])),
        properties=_values(row, {"uid", "label", "labels", "name", "sources"}),
        sources=_said_by(row.get("sources") or ()),
    )


def _said_by(said: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in said:
        name, _, record = one.partition(":")
        found[name] = (*found.get(name, ()), record)
    return found


def _derived_key(kind: int, source: str, target: str) -> str:
    return f"{DERIVED_KEY}{form.TYPES[kind]}:{source}:{target}"


def _link(row: Row) -> Link:
    return Link(
        key=str(row["key"]),
        type=str(row["type"]),
        source=str(row["source"]),
        target=str(row["target"]),
        kind=str(row.get("kind", "recorded")),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        properties=_values(row, _LINK_OWN),
    )


def _record(row: Row, status: str) -> Record:
    return Record(
        uid=str(row["uid"]),
        subject=str(row["subject"]),
        record_class=str(row["class"]),
        severity=row.get("severity"),
        status=status,
        positive=bool(row.get("positive", False)),
        decided_on=row.get("decided_on"),
        published_until=row.get("published_until"),
        ended_on=row.get("ended_on"),
        properties=_values(row, _RECORD_OWN),
    )
