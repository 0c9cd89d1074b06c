"""All walks into a party as a tree, and what is read off it: floor, shares, cut."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.flow import SCALE, minimum_cut
from graph.analysis.kernels.parts import parts
from graph.analysis.kernels.seeds import combined
from graph.analysis.kernels.tree import (
    Problem,
    chains,
    entries_of,
    grow,
    revalue,
)
from graph.analysis.local import Local
from graph.snapshot import form

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Chains this close, in relation to the best, are compared again in whole numbers.
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Walks:
    """The tree of walks of at most `hops` links; `exposure` is X, `steps` how many were gone."""

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


def walk(local: Local, hops: int, most: int) -> Walks:
    """Return the walks of at most `hops` links; of fewer where there are more than `most`."""
    for bound in range(hops, 0, -1):
        exposure, weight, _, steps, *tree = grow(local.problem, bound, most)
        if exposure >= 0:
            return Walks(local, bound, exposure, weight, steps, *tree)
    empty = np.zeros(0)
    none = np.zeros(0, np.int32)
    return Walks(local, 0, 0.0, 0.0, 0, none, none, empty, empty, empty)


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of X: one a record and entry, the largest of `count`, and the sums of all.

    Arrays (parts,), largest first; `by_record` and `by_type` are sums by uid and type of link.
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
    places = np.flatnonzero(by_record)
    uids = [local.seeds.uids[place] for place in places.tolist()]
    values = by_record[places].tolist()
    sums = dict(zip(uids, values, strict=True))
    if len(sums) < len(uids):
        # A record of several parties stands at each of them.
        sums = dict.fromkeys(sums, 0.0)
        for uid, value in zip(uids, values, strict=True):
            sums[uid] += value
    by_type = {form.TYPES[kind]: float(by_kind[kind]) for kind in np.flatnonzero(by_kind > 0)}
    return Shares(entry, record, share, int(count), sums, by_type)


def _exact(walks: Walks, entry: int) -> tuple[int, int, list[int]]:
    chain = walks.chain(entry)
    product = int(walks.problem.seed[chain[0]])
    for edge in chain:
        product *= int(walks.problem.p[edge])
    return product, len(chain), chain


def floor_of(walks: Walks) -> tuple[float, list[int]]:
    """Return (L, edges of the strongest chain); ties: fewer links, then nodes in order."""
    strength = chains(walks.problem, walks.edge, walks.parent)
    if strength.size == 0 or strength.max() <= 0:
        return 0.0, []
    close = np.flatnonzero(strength >= strength.max() * (1 - _CLOSE))
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
    problem = local.problem
    size = local.nodes.size
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
    edge_of = np.repeat(np.arange(walks.problem.seed.size), np.diff(local.first))
    places: dict[str, list[int]] = {uid: [] for uid in uids}
    for place, name in enumerate(local.seeds.uids):
        if name in places:
            places[name].append(place)
    concerned = np.isin(local.record, [place for listed in places.values() for place in listed])
    wanted = np.zeros(walks.problem.seed.size, np.uint8)
    wanted[edge_of[concerned]] = 1
    first, entry = entries_of(walks.edge, wanted)
    root = 1.0 - walks.exposure
    found = {}
    for uid in uids:
        gone = np.zeros(local.record.size, np.bool_)
        for place in places[uid]:
            gone |= local.record == place
        seed = walks.problem.seed.copy()
        changed = np.unique(edge_of[gone])
        for edge in changed.tolist():
            inside = slice(local.first[edge], local.first[edge + 1])
            left = local.seeds.strength[local.record[inside][~gone[inside]]]
            seed[edge] = combined(left, cap) if left.size else 0
        found[uid] = float(
            revalue(
                walks.problem,
                changed,
                seed,
                walks.edge,
                walks.parent,
                walks.kept,
                root,
                first,
                entry,
            )
        )
    return found
