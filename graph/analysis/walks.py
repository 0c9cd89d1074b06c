"""All walks into a party as a tree, and what is read off it: floor, shares, cut."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.absence import absences
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.flow import SCALE, minimum_cut
from graph.analysis.kernels.parts import parts
from graph.analysis.kernels.steps import steps_of
from graph.analysis.kernels.tree import (
    Problem,
    Room,
    chains,
    grow,
    grow_into,
)
from graph.analysis.local import Local
from graph.analysis.records import Seeds
from graph.snapshot import form

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Chains this close, in relation to the best, are compared again in whole numbers.
_CLOSE = 1e-9
# From so many steps on it matters how the memory for them is got.
_MANY = 1 << 17


@dataclass(frozen=True, slots=True)
class Walks:
    """The tree of walks of at most `hops` links; `exposure` is X, `steps` how many were gone.

    By entry, as `grow` writes them: `value`, `weights` and `kept` only where something leads in.
    """

    local: Local
    hops: int
    exposure: float
    weight: float
    steps: int
    edge: NDArray[np.int32]
    parent: NDArray[np.int32]
    value: Floats
    weights: Floats
    kept: Floats

    @property
    def problem(self) -> Problem:
        """Return the kernels' problem."""
        return self.local.problem

    def chain(self, entry: int) -> list[int]:
        """Return the edges from an entry's source down to the party."""
        edges = []
        while entry >= 0:
            edges.append(int(self.edge[entry]))
            entry = int(self.parent[entry])
        return edges


def _grown(problem: Problem, hops: int, steps: int) -> tuple[Any, ...]:
    if steps < _MANY:
        return tuple(grow(problem, hops, steps))
    # Arrays of numpy lie in large pages: half the time that writing them first takes is saved.
    ints, floats = (np.empty((2, steps), np.int32), np.empty((3, steps), np.float64))
    return tuple(grow_into(problem, hops, Room(*ints, *floats)))


def walk(local: Local, hops: int, most: int) -> Walks:
    """Return the walks of at most `hops` links; of fewer where there are more than `most`."""
    for bound in range(hops, 0, -1):
        expected = steps_of(local.problem, bound, most)
        if expected <= most:
            grown = _grown(local.problem, bound, expected)
            exposure, weight, _, steps, *tree = grown
            return Walks(local, bound, exposure, weight, steps, *tree)
    empty = np.zeros(0)
    none = np.zeros(0, np.int32)
    return Walks(local, 0, 0.0, 0.0, 0, none, none, empty, empty, empty)


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of X: one a record and entry, the largest of `count`, and the sums of all.

    Arrays (parts,), largest first; `by_record` and `by_type` are sums by uid and type of link,
    largest first.
    """

    entry: Ints
    record: Ints
    share: Floats
    count: int
    by_record: dict[str, float]
    by_type: dict[str, float]


def shares_of(walks: Walks, kinds: NDArray[np.uint8], most: int) -> Shares:
    """Return how X splits, the `most` largest parts one by one.

    `kinds` are link types by row of the snapshot.
    """
    local = walks.local
    entry, record, share, count, by_record, by_kind = parts(
        walks.problem,
        walks.edge,
        walks.parent,
        walks.value,
        walks.weights,
        walks.exposure,
        walks.weight,
        local.first,
        local.record,
        local.seeds.strength,
        kinds[local.row],
        len(form.TYPES),
        most,
    )
    by_type = {form.TYPES[kind]: float(by_kind[kind]) for kind in np.flatnonzero(by_kind > 0)}
    sums = _by_uid(local.seeds, by_record)
    return Shares(entry, record, share, int(count), sums, _largest_first(by_type))


def _largest_first(values: dict[str, float]) -> dict[str, float]:
    # In two steps: a key of its own for each of thousands would be slower than the sorting.
    return {name: values[name] for name in sorted(sorted(values), key=values.get, reverse=True)}  # type: ignore[arg-type]


def _by_uid(seeds: Seeds, by_record: Floats) -> dict[str, float]:
    places = np.flatnonzero(by_record)
    places = places[np.argsort(-by_record[places])]
    if (np.diff(by_record[places]) == 0).any():
        # Rows of records are in the order of their uids.
        places = places[np.lexsort((seeds.row[places], -by_record[places]))]
    uids = seeds.named(places)
    values = by_record[places].tolist()
    sums = dict(zip(uids, values, strict=True))
    if len(sums) == len(uids) and not seeds.added:
        return sums
    # A record of several parties stands at each of them.
    sums = dict.fromkeys(sums, 0.0)
    listed = sorted(zip(places.tolist(), uids, values, strict=True))
    for _, uid, value in listed:
        sums[uid] += value
    return _largest_first(sums)


def _exact(walks: Walks, entry: int) -> tuple[int, int, list[int]]:
    chain = walks.chain(entry)
    product = int(walks.problem.seed[chain[0]])
    for edge in chain:
        product *= int(walks.problem.p[edge])
    return product, len(chain), chain


def floor_of(walks: Walks) -> tuple[float, list[int]]:
    """Return (L, edges of the strongest chain); ties: fewer links, then nodes in order."""
    strength = chains(walks.problem, walks.edge, walks.parent)
    largest = strength.max(initial=0.0)
    if largest <= 0:
        return 0.0, []
    close = np.flatnonzero(strength >= largest * (1 - _CLOSE))
    best: tuple[float, int, list[int], list[int]] | None = None
    for entry in close.tolist():
        product, length, chain = _exact(walks, entry)
        value = product / WHOLE ** (length + 1)
        order = [int(walks.problem.source[edge]) for edge in chain]
        if best is None or (-value, length, order) < (-best[0], best[1], best[2]):
            best = (value, length, order, chain)
    return (best[0], best[3]) if best else (0.0, [])


def _capacity(ppm: Ints) -> Ints:
    scaled: Ints = np.rint(-np.log1p(-ppm / WHOLE) * SCALE).astype(np.int64)
    return scaled


def cut_of(local: Local) -> tuple[float, list[int]]:
    """Return (1 - exp(-minimum cut), edges that are cut)."""
    return cut_in(local.problem)


def cut_in(problem: Problem) -> tuple[float, list[int]]:
    """Return what `cut_of` does, of a problem whatever its numbers mean."""
    size = problem.reach.size
    start = size
    strongest = np.zeros(size, np.int64)
    plain = (problem.leaf == 0) & (problem.seed > 0)
    np.maximum.at(strongest, problem.source[plain], problem.seed[plain])
    seeded = np.flatnonzero(strongest)
    leaves = np.flatnonzero(problem.leaf == 1)
    # A leaf's records pass a node of their own, so that both their strength and its factor bind.
    extra = size + 1 + np.arange(leaves.size)
    tail = np.concatenate([np.full(seeded.size, start), np.full(leaves.size, start)])
    head = np.concatenate([seeded, extra])
    room = _capacity(np.concatenate([strongest[seeded], problem.seed[leaves]]))
    edge_tail = problem.source.copy()
    edge_tail[leaves] = extra
    tail = np.concatenate([tail, edge_tail]).astype(np.int64)
    head = np.concatenate([head, problem.target]).astype(np.int64)
    room = np.concatenate([room, _capacity(problem.p)])
    value, side = minimum_cut(size + 1 + leaves.size, start, problem.goal, tail, head, room)
    crossing = np.flatnonzero((side[edge_tail] == 1) & (side[problem.target] == 0))
    return abs(math.expm1(-value / SCALE)), [int(edge) for edge in crossing]


def without(walks: Walks, uids: Sequence[str], cap: int) -> dict[str, float]:
    """Return X of the same walks without the records of each of these uids; `cap` of S in ppm."""
    local = walks.local
    order = {uid: number for number, uid in enumerate(uids)}
    group = np.array([order.get(uid, -1) for uid in local.seeds.uids], np.int64)
    found = absences(
        walks.problem,
        group,
        len(uids),
        local.first,
        local.record,
        local.seeds.strength,
        cap,
        walks.edge,
        walks.parent,
        walks.kept,
        1.0 - walks.exposure,
    )
    return dict(zip(uids, found.tolist(), strict=True))
