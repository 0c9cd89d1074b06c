"""A snapshot as if two of its parties were one: arrays re-pointed in memory, nothing is written."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.view import Arrays
from graph.errors import AnalysisError
from graph.model import Link
from graph.snapshot import form
from graph.snapshot.arrays import HUB_TYPES, spread

Array = NDArray[Any]


class _Overlay(Mapping[str, Array]):
    """Arrays by name, some of them replaced."""

    def __init__(self, under: Mapping[str, Array], over: Mapping[str, Array]) -> None:
        self._under, self._over = under, over

    def __getitem__(self, name: str) -> Array:
        return self._over[name] if name in self._over else self._under[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._under)

    def __len__(self) -> int:
        return len(self._under)


class Joined:
    """What the analysis asks of a snapshot, the second party's links and records at the first.

    Links that the arrays derive stay those of the two: control over a third that only both
    together have is found by reckoning votes (graph.analysis.control), not as a link.
    """

    def __init__(self, snapshot: Arrays, one: str, other: str) -> None:
        """Join `other` into `one`.

        Raises:
            AnalysisError: one of them is not there, or both are one already.
        """
        places = [snapshot.find(uid) for uid in (one, other)]
        for uid, place in zip((one, other), places, strict=True):
            if place is None:
                raise AnalysisError("party", uid, f"is not in snapshot {snapshot.id}")
        if places[0] == places[1]:
            raise AnalysisError("party", other, "is one with the first already")
        self._snapshot = snapshot
        self.one, self.other = int(places[0] or 0), int(places[1] or 0)
        self.arrays: Mapping[str, Array] = _Overlay(snapshot.arrays, self._over())

    @property
    def id(self) -> str:
        """Return the id of the snapshot that this supposes about."""
        return self._snapshot.id

    def find(self, uid: str) -> int | None:
        """Return a party's place; the second party stands at the first."""
        place = self._snapshot.find(uid)
        return self.one if place == self.other else place

    def uid_at(self, place: int) -> str:
        """Return the uid of the node at a place."""
        return self._snapshot.uid_at(place)

    def uids_at(self, places: NDArray[np.int64]) -> list[str]:
        """Return the uids of nodes."""
        return self._snapshot.uids_at(places)

    def name_at(self, place: int) -> str:
        """Return the name of the node at a place."""
        return self._snapshot.name_at(place)

    def link_at(self, row: int) -> Link:
        """Return the link of an array row, as it is without joining."""
        return self._snapshot.link_at(row)

    def link_key(self, row: int) -> str:
        """Return the key of a link row."""
        return self._snapshot.link_key(row)

    def link_keys(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the keys of link rows."""
        return self._snapshot.link_keys(rows)

    def link(self, key: str) -> Link:
        """Return the link of this key, as it is without joining."""
        return self._snapshot.link(key)

    def has_record(self, uid: str) -> bool:
        """Return whether a credit record has this uid."""
        return self._snapshot.has_record(uid)

    def record_uids(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the uids of rows of the records' arrays."""
        return self._snapshot.record_uids(rows)

    def _over(self) -> dict[str, Array]:
        under = self._snapshot.arrays
        found: dict[str, Array] = {}
        for end in ("link_source", "link_target"):
            found[end] = np.where(under[end] == self.other, self.one, under[end])
            found[end] = found[end].astype(under[end].dtype)
        # A link between the two would be one of a party with itself; its own shares remain.
        own = np.flatnonzero(found["link_source"] == found["link_target"])
        own = own[under["link_source"][own] != under["link_target"][own]]
        for way in ("out", "in"):
            start, rows = under[f"{way}_start"], under[f"{way}_link"]
            found[f"{way}_start"], found[f"{way}_link"] = self._moved(start, rows, own)
        twice = self._said_twice(under)
        found["rec_start"], found["rec_row"] = self._moved(
            under["rec_start"], under["rec_row"], twice
        )
        flags = under["node_flags"].copy()
        flags[self.one] |= flags[self.other]
        found["node_flags"] = flags
        found["near"] = self._near(found)
        found["hub_degree"] = self._degrees(found)
        return found

    def _moved(self, start: Array, rows: Array, without: Array) -> tuple[Array, Array]:
        """Return CSR lists with the second party's at the first; rows `without` are in none."""

        def listed(place: int) -> Array:
            return rows[int(start[place]) : int(start[place + 1])]

        both = np.concatenate([listed(self.one), listed(self.other)])
        both = np.sort(both[~np.isin(both, without)])
        counts = np.diff(start)
        counts[self.one], counts[self.other] = both.size, 0
        empty = both[:0]
        low, high = sorted((self.one, self.other))
        pieces = [
            rows[: int(start[low])],
            both if low == self.one else empty,
            rows[int(start[low + 1]) : int(start[high])],
            both if high == self.one else empty,
            rows[int(start[high + 1]) :],
        ]
        return np.concatenate([[0], np.cumsum(counts)]).astype(start.dtype), np.concatenate(pieces)

    def _said_twice(self, under: Mapping[str, Array]) -> Array:
        """Return the second party's rows of records that name both: the party has them once."""
        start, rows = under["rec_start"], under["rec_row"]
        mine, its = (
            rows[int(start[place]) : int(start[place + 1])].astype(np.int64)
            for place in (self.one, self.other)
        )
        known = set(self._snapshot.record_uids(mine))
        named = [uid in known for uid in self._snapshot.record_uids(its)]
        return its[np.array(named, np.bool_)]

    def _near(self, found: Mapping[str, Array]) -> Array:
        """Return how far each node is from a negative record, by the new ways as well."""
        under = self._snapshot.arrays
        old = under["near"]
        first = min(int(old[self.one]), int(old[self.other]))
        conducting = np.array([name in form.CONDUCTING for name in form.TYPES])
        conducts = conducting[under["link_type"]] | (under["link_p"] != form.UNKNOWN)
        away = np.full(old.size, form.FAR, np.uint8)
        away[self.one] = 0
        spread(
            away,
            np.array([self.one], np.int64),
            found["out_start"].astype(np.int64),
            found["out_link"].astype(np.int32),
            found["in_start"].astype(np.int64),
            found["in_link"].astype(np.int32),
            found["link_source"].astype(np.int32),
            found["link_target"].astype(np.int32),
            conducts,
        )
        return np.minimum(old, np.minimum(away + first, form.FAR)).astype(old.dtype)

    def _degrees(self, found: Mapping[str, Array]) -> Array:
        """Return the sizes of hubs; whoever had both parties beside it has one fewer now."""
        under = self._snapshot.arrays
        codes = [form.TYPES.index(name) for name in HUB_TYPES]
        beside: list[Array] = []
        for place in (self.one, self.other):
            rows = np.concatenate(
                [
                    under[f"{way}_link"][
                        int(under[f"{way}_start"][place]) : int(under[f"{way}_start"][place + 1])
                    ]
                    for way in ("out", "in")
                ]
            )
            rows = rows[np.isin(under["link_type"][rows], codes)]
            ends = np.concatenate([found["link_source"][rows], found["link_target"][rows]])
            beside.append(np.setdiff1d(ends, [self.one]))
        degrees = under["hub_degree"].copy()
        mine, its = beside
        common = np.intersect1d(mine, its).astype(np.intp)
        degrees[common] = degrees[common] - 1
        degrees[self.one] = np.union1d(mine, its).size
        degrees[self.other] = 0
        return degrees


def joined(snapshot: Arrays, one: str, other: str) -> Joined:
    """Return the snapshot as if `other` were `one`; AnalysisError where that cannot be."""
    return Joined(snapshot, one, other)
