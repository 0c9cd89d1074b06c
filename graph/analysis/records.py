"""The records that count upstream of one party on the day (method 2), with their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Added, Changes
from graph.analysis.kernels.seeds import seeds_of
from graph.analysis.view import View
from graph.snapshot import form

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Seeds:
    """Records with a strength above 0, by node: `first[i]:first[i + 1]` are those of node i.

    `row` is a record's row in the snapshot; -1 - k stands for the k-th of the `added`.
    """

    view: View
    first: Ints
    row: Ints
    strength: Ints
    act: Ints
    cites: Ints
    clamped: int
    added: tuple[str, ...] = ()

    @cached_property
    def uids(self) -> list[str]:
        """Return the uid of each record."""
        return self.named(np.arange(self.row.size))

    def named(self, places: Ints) -> list[str]:
        """Return the uids of the records at some places."""
        rows = self.row[places]
        known = iter(self.view.record_names.of(rows[rows >= 0]))
        if not self.added:
            return list(known)
        return [self.added[-1 - row] if row < 0 else next(known) for row in rows.tolist()]


def _without(seeds: Seeds, records: frozenset[str]) -> Seeds:
    kept = np.array([uid not in records for uid in seeds.uids], np.bool_)
    size = seeds.first.size - 1
    return chosen_seeds(seeds, kept, np.repeat(np.arange(size), np.diff(seeds.first))[kept], size)


def chosen_seeds(seeds: Seeds, kept: NDArray[np.bool_], owner: Ints, size: int) -> Seeds:
    """Return the records that are `kept`, at nodes numbered anew: `owner` is that of each of them.

    `owner` is in order, below `size`.
    """
    return Seeds(
        seeds.view,
        _first(owner, size),
        seeds.row[kept],
        seeds.strength[kept],
        seeds.act[kept],
        seeds.cites[kept],
        seeds.clamped,
    )


def _first(owner: Ints, size: int) -> Ints:
    first = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=size), out=first[1:])
    return first


def _with(seeds: Seeds, nodes: Ints, added: Sequence[Added]) -> Seeds:
    places = {int(place): node for node, place in enumerate(nodes.tolist())}
    fresh = [item for item in added if item.subject in places and item.strength > 0]
    count = len(fresh)
    owner = np.repeat(np.arange(nodes.size), np.diff(seeds.first))
    owner = np.concatenate([owner, [places[item.subject] for item in fresh]]).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    strength = np.array([item.strength for item in fresh], np.int64)
    return Seeds(
        seeds.view,
        _first(owner, nodes.size),
        np.concatenate([seeds.row, -1 - np.arange(count)])[order],
        np.concatenate([seeds.strength, strength])[order],
        np.concatenate([seeds.act, np.full(count, form.NO_DAY)])[order],
        np.concatenate([seeds.cites, np.full(count, -1)])[order],
        seeds.clamped,
        tuple(item.uid for item in fresh),
    )


def seeds_at(view: View, nodes: Ints, changes: Changes) -> Seeds:
    """Return the records that count at each of `nodes` (places, n) on the view's day.

    Only what is active counts; positive records never do. Dropped records are left out, added
    ones come last.
    """
    seeds = Seeds(view, *seeds_of(nodes, *view.strengths))
    if changes.records:
        seeds = _without(seeds, changes.records)
    if changes.added:
        seeds = _with(seeds, nodes, changes.added)
    return seeds
