"""What changed between two snapshots, value by value, and which conclusions changed because of it.

Rows that only more or other files say are counted as restated: their values are the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from graph.analysis.concert import controls_together
from graph.analysis.control import controls
from graph.analysis.controller import Controller, controller
from graph.analysis.exposure import expose
from graph.analysis.neighbours import PATH_TYPES, neighbours
from graph.analysis.view import View
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot
from graph.snapshot.tables import TABLES

# What says where a value stands and not what it is; the keyed hash of a number is shown nowhere.
PROVENANCE: Final = frozenset(
    {
        "records", "record_id", "resource", "sources", "mentions", "first_seen", "last_seen",
        "id_hash",
    }
)  # fmt: skip
# The columns that tell rows apart, and those that are told beside the values.
_KEYS: Final = {"nodes": ["uid"], "links": ["key"], "records": ["uid", "subject"]}
_WHAT: Final = {"nodes": "node", "links": "link", "records": "record"}
# Changes of one kind that are named one by one; all are counted.
MOST_NAMED = 10_000
# Parties near changes whose conclusions are computed on both sides, and how near.
MOST_LOOKED = 300
REACH = 2
# From one party at most so many counterparties are near.
_BESIDE = 50


@dataclass(frozen=True, slots=True)
class Value:
    """One property before and after; None where it was or is not given."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Change:
    """One node, link or record that is added, removed or changed.

    `kind` is its label, type or class, `ends` a link's source and target or a record's subject.
    `into` is the party that a removed one was merged into, or that an added one was split from.
    `said_before` and `said_after` are ledger records.
    """

    what: str
    state: str
    uid: str
    kind: str
    ends: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    into: str | None = None
    said_before: tuple[str, ...] = ()
    said_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A party whose exposure level or controller is another: before, after, and why.

    `controller` are the answers of `controller` on either side: one, several, a pact, a ring,
    nobody. `because` are uids and keys of changes that stand in the chains or votes of either side.
    """

    uid: str
    name: str
    level: tuple[str, str]
    controller: tuple[Controller, Controller]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that changed from one snapshot to another.

    `counts` by table: added, removed, changed, restated. `unnamed` changes are counted only.
    `looked` parties near changes were compared, `left_out` near ones were not, and none farther.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    counts: dict[str, dict[str, int]]
    unnamed: int
    conclusions: tuple[Conclusion, ...] = ()
    looked: int = 0
    left_out: int = 0


def differences(old: Snapshot, new: Snapshot) -> Differences:
    """Return what changed in nodes, links and records, values before and after."""
    changes: list[Change] = []
    counts: dict[str, dict[str, int]] = {}
    unnamed = 0
    for table in _KEYS:
        found = _compared(old, new, table)
        counts[table] = {state: frame.height for state, frame in found.items()}
        for state in ("added", "removed", "changed"):
            unnamed += max(0, found[state].height - MOST_NAMED)
            rows = found[state].head(MOST_NAMED).iter_rows(named=True)
            changes += [_change(table, state, row, old, new) for row in rows]
    return Differences(old.id, new.id, tuple(changes), counts, unnamed)


def _compared(old: Snapshot, new: Snapshot, table: str) -> dict[str, pl.DataFrame]:
    keys = _KEYS[table]
    values = [name for name in TABLES[table] if name not in {*PROVENANCE, *keys}]
    before, after = (one.table(table).collect() for one in (old, new))
    was, now = (
        frame.select(
            *keys,
            frame.select(values).hash_rows().alias("values"),
            frame.hash_rows().alias("whole"),
        )
        for frame in (before, after)
    )
    joined = now.join(was, on=keys, how="inner", suffix="_was", maintain_order="left")
    other = joined.filter(pl.col("values") != pl.col("values_was")).select(keys)
    restated = joined.filter(
        (pl.col("values") == pl.col("values_was")) & (pl.col("whole") != pl.col("whole_was"))
    )
    changed = after.join(other, on=keys, how="semi", maintain_order="left").join(
        before, on=keys, how="left", suffix=_WAS, maintain_order="left"
    )
    return {
        "added": after.join(was, on=keys, how="anti", maintain_order="left"),
        "removed": before.join(now, on=keys, how="anti", maintain_order="left"),
        "changed": changed,
        "restated": restated,
    }


_WAS: Final = " before"


def _change(table: str, state: str, row: dict[str, Any], old: Snapshot, new: Snapshot) -> Change:
    keys = _KEYS[table]
    kind = {"nodes": "label", "links": "type", "records": "class"}[table]
    ends = {"nodes": (), "links": ("source", "target"), "records": ("subject",)}[table]
    uid = str(row[keys[0]])
    into = None
    if table == "nodes" and state != "changed":
        other = new if state == "removed" else old
        place = other.find(uid)
        into = None if place is None else other.uid_at(place)
    said = _said(row, ""), _said(row, _WAS)
    return Change(
        what=_WHAT[table],
        state=state,
        uid=uid,
        kind=str(row[kind]),
        ends=tuple(str(row[end]) for end in ends),
        values=tuple(_values(table, state, row)),
        into=into,
        said_before=said[0] if state == "removed" else said[1],
        said_after=() if state == "removed" else said[0],
    )


def _values(table: str, state: str, row: dict[str, Any]) -> Iterator[Value]:
    for name in TABLES[table]:
        if name in PROVENANCE or name in _KEYS[table]:
            continue
        before, after = row.get(name + _WAS), row.get(name)
        if state != "changed":
            before, after = (after, None) if state == "removed" else (None, after)
        if before != after:
            yield Value(name, before, after)


def _said(row: dict[str, Any], suffix: str) -> tuple[str, ...]:
    listed = row.get("records" + suffix) or [row.get("record_id" + suffix)]
    return tuple(str(one) for one in listed if one)


def with_conclusions(found: Differences, old: View, new: View) -> Differences:
    """Return the differences with the parties near them whose level or controller is another.

    Both views are of the same day and policy. Only parties within two links of a change are looked
    at, and of these the nearest 300.
    """
    near, left_out = _near(found.changes, old, new)
    ids = {change.uid for change in found.changes}
    told = [one for uid in near if (one := _told(uid, old, new, ids)) is not None]
    return Differences(
        found.old, found.new, found.changes, found.counts, found.unnamed,
        tuple(told), len(near), left_out,
    )  # fmt: skip


def _near(changes: Iterable[Change], old: View, new: View) -> tuple[list[str], int]:
    """Return uids of parties near changes that both sides know, nearest first, and how many not."""
    touched = dict.fromkeys(uid for change in changes for uid in (*change.ends, change.uid))
    found: dict[str, None] = {}
    for view in (new, old):
        beside = neighbours(view.snapshot.arrays, PATH_TYPES, view.as_of)
        ring = [place for uid in touched if (place := view.snapshot.find(uid)) is not None]
        seen = set(ring)
        for _ in range(REACH + 1):
            found |= dict.fromkeys(view.snapshot.uid_at(place) for place in ring)
            if len(found) > 2 * MOST_LOOKED:
                break
            following = [
                other for place in ring for other in _others(beside.rows(place), place, view)
            ]
            ring = [place for place in dict.fromkeys(following) if place not in seen]
            seen.update(ring)
    parties = [uid for uid in found if _both(uid, old, new)]
    return parties[:MOST_LOOKED], max(0, len(parties) - MOST_LOOKED)


def _others(rows: Any, place: int, view: View) -> list[int]:  # noqa: ANN401 - an array of rows
    source, target = view.web.source[rows], view.web.target[rows]
    others: list[int] = np.unique(np.where(source == place, target, source)).tolist()
    return others[:_BESIDE]


def _both(uid: str, old: View, new: View) -> bool:
    places = old.snapshot.find(uid), new.snapshot.find(uid)
    if places[0] is None or places[1] is None:
        return False
    label = _label(new, places[1])
    return SCHEMA.is_a(label, "Party")


def _label(view: View, place: int) -> str:
    code = int(view.snapshot.arrays["node_label"][place])
    return SCHEMA.nodes[code].label


def _told(uid: str, old: View, new: View, ids: set[str]) -> Conclusion | None:
    sides = expose(old, uid), expose(new, uid)
    levels = sides[0].level, sides[1].level
    tops = controller(old, uid), controller(new, uid)
    same = tops[0].outcome == tops[1].outcome
    if levels[0] == levels[1] and same:
        return None
    used: set[str] = set()
    if levels[0] != levels[1]:
        for side in sides:
            for part in side.contributions:
                used |= {part.record, *part.links}
    if not same:
        for view, top in zip((old, new), tops, strict=True):
            for one in top.named:
                used |= _votes(view, one, uid)
    because = tuple(sorted(used & ids))
    return Conclusion(uid, new.snapshot.name_at(new.place(uid)), levels, tops, because)


def _votes(view: View, top: str, uid: str) -> set[str]:
    """Return the keys of the holdings by which a party controls another, alone or in a pact."""
    held = [*controls(view, top), *controls_together(view, top)]
    mine = view.snapshot.uid_at(view.place(uid))
    chain: Sequence[Any] = [one for one in held if one.uid == mine] or ()
    wanted = {line.holder for one in chain for line in one.certificate}
    return {line.key for one in held if one.uid in {mine, *wanted} for line in one.certificate}
