"""What-if edits: the questions an inspector asks, and what they mean for the arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.view import View
from graph.errors import AnalysisError, SnapshotError
from graph.schema.codes import POSITIVE_CLASSES, RECORD_CLASSES, SEVERITIES
from graph.snapshot import form


@dataclass(frozen=True, slots=True)
class DropLink:
    """As if this link were not there."""

    key: str


@dataclass(frozen=True, slots=True)
class DropRecord:
    """As if this record were repaired or had never been, for every subject it names."""

    uid: str


@dataclass(frozen=True, slots=True)
class AddRecord:
    """As if the party had one more active record of this class and severity."""

    subject: str
    record_class: str
    severity: str | None = None


Edit = DropLink | DropRecord | AddRecord


@dataclass(frozen=True, slots=True)
class Added:
    """A supposed record: its uid in answers, its subject's place, its strength in ppm."""

    uid: str
    subject: int
    strength: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Edits as arrays: dropped link rows (sorted), dropped record uids, added records."""

    rows: NDArray[np.int64]
    records: frozenset[str]
    added: tuple[Added, ...]


def rows_of_link(view: View, key: str) -> list[int]:
    """Return the rows of a link; AnalysisError for one that is not in the snapshot."""
    try:
        link = view.snapshot.link(key)
    except SnapshotError as error:
        raise AnalysisError("link", key, f"is not in snapshot {view.snapshot.id}") from error
    source = view.place(link.source)
    web = view.web
    listed = web.out_row[web.out_start[source] : web.out_start[source + 1]]
    return [int(row) for row in listed if view.key_at(int(row)) == key]


def _added(view: View, edit: AddRecord, number: int) -> Added:
    if edit.record_class not in RECORD_CLASSES or edit.record_class in POSITIVE_CLASSES:
        raise AnalysisError("record class", edit.record_class, "is no class of negative records")
    if edit.severity is not None and edit.severity not in SEVERITIES:
        raise AnalysisError("severity", edit.severity, "is not a code of the schema")
    strength = view.strength_table[
        form.CLASS_CODES.index(edit.record_class),
        form.SEVERITY_CODES.index(edit.severity or ""),
    ]
    return Added(f"added-{number}", view.place(edit.subject), int(strength))


def changes_of(view: View, edits: Sequence[Edit]) -> Changes:
    """Return edits as arrays; AnalysisError for a party, link or record that is not there."""
    rows: set[int] = set()
    records: set[str] = set()
    added: list[Added] = []
    for edit in edits:
        match edit:
            case DropLink(key):
                rows.update(rows_of_link(view, key))
            case DropRecord(uid):
                if not view.snapshot.has_record(uid):
                    raise AnalysisError("record", uid, f"is not in snapshot {view.snapshot.id}")
                records.add(uid)
            case AddRecord():
                added.append(_added(view, edit, len(added) + 1))
    return Changes(np.array(sorted(rows), np.int64), frozenset(records), tuple(added))
