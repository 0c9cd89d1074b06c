"""All walks into a party as a tree, and what is read off it: floor, shares, cut."""

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.absence import absences
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.flow import SCALE, cut_between
from graph.analysis.kernels.order import falling, in_order
from graph.analysis.kernels.parts import parts
from graph.analysis.kernels.tree import Ends, Problem, Tree, ends_of, grow, strongest
from graph.analysis.local import Local
from graph.analysis.records import Seeds
from graph.snapshot import form

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Chains this close, in relation to the best, are compared again in whole numbers.
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Walks:
    """The walks of at most `hops` links; `steps` is how many links were gone over.

    A walk is an entry of the `tree` and the edge that it begins with: -1, its entry's own.
    """

    local: Local
    hops: int
    steps: int
    ends: Ends
    tree: Tree

    @property
    def problem(self) -> Problem:
        """Return the kernels' problem."""
        return self.local.problem

    @property
    def exposure(self) -> float:
        """Return X of the party, 0..1."""
        return float(self.tree.value[0])

    def begun(self, entry: int) -> Ints:
        """Return the edges with records that lead into an entry as last links, least p·S first."""
        if not self.tree.last[entry]:
            return np.zeros(0, np.int64)
        met = self.chain(entry)
        nodes = [self.problem.goal, *self.problem.source[met].tolist()]
        node = nodes[1] if met else nodes[0]
        edges: Ints = self.ends.edge[self.ends.first[node] : self.ends.first[node + 1]]
        return edges[~np.isin(self.problem.source[edges], nodes)]

    def chain(self, entry: int, last: int = -1) -> list[int]:
        """Return the edges from a walk's first party down to the party that is asked about."""
        edges = [last] if last >= 0 else []
        while entry > 0:
            edges.append(int(self.tree.edge[entry]))
            entry = int(self.tree.parent[entry])
        return edges


def walk(local: Local, hops: int, most: int) -> Walks:
    """Return the walks of at most `hops` links; of fewer where there are more than `most` steps."""
    ends = ends_of(local.problem)
    for bound in range(hops, 0, -1):
        steps, tree = grow(local.problem, ends, bound, most)
        if steps <= most:
            return Walks(local, bound, steps, ends, tree)
    root, nothing = np.full(1, -1, np.int32), np.zeros(1)
    return Walks(
        local, 0, 0, ends, Tree(root, root, nothing, nothing, nothing + 1, np.zeros(1, np.int32))
    )


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of X: one a record and walk, the largest of `count`, and the sums of all.

    Arrays (parts,), largest first: walks by `entry` and `last`; `by_record` and `by_type` are sums
    by uid and type of link, largest first. `place` (records,) are the places in `seeds` of all
    records with a part, largest first.
    """

    entry: Ints
    last: Ints
    record: Ints
    share: Floats
    count: int
    by_record: dict[str, float]
    by_type: dict[str, float]
    place: Ints

    @property
    def walks(self) -> list[tuple[int, int]]:
        """Return (entry, last) of each part's walk."""
        return list(zip(self.entry.tolist(), self.last.tolist(), strict=True))


def shares_of(walks: Walks, kinds: NDArray[np.uint8], most: int) -> Shares:
    """Return how X splits, the `most` largest parts one by one.

    `kinds` are link types by row of the snapshot.
    """
    local = walks.local
    entry, last, record, share, count, by_record, by_kind = parts(
        walks.problem,
        walks.ends,
        walks.tree,
        local.first,
        local.record,
        local.seeds.strength,
        kinds[local.row],
        len(form.TYPES),
        most,
    )
    by_type = {form.TYPES[kind]: float(by_kind[kind]) for kind in np.flatnonzero(by_kind > 0)}
    # Equal sums in the order of their uids, which is that of rows.
    place = in_order(local.seeds.row, np.flatnonzero(by_record))
    place = in_order(falling(by_record), place)
    sums = _by_uid(local.seeds, place, by_record[place].tolist())
    return Shares(entry, last, record, share, int(count), sums, _largest_first(by_type), place)


def _largest_first(values: dict[str, float]) -> dict[str, float]:
    # In two steps: a key of its own for each of thousands would be slower than the sorting.
    return {name: values[name] for name in sorted(sorted(values), key=values.get, reverse=True)}  # type: ignore[arg-type]


def _by_uid(seeds: Seeds, place: Ints, values: list[float]) -> dict[str, float]:
    uids = seeds.named(place)
    sums = dict(zip(uids, values, strict=True))
    if len(sums) == len(uids) and not seeds.added:
        return sums
    # A record of several parties stands at each of them.
    sums = dict.fromkeys(sums, 0.0)
    for _, uid, value in sorted(zip(place.tolist(), uids, values, strict=True)):
        sums[uid] += value
    return _largest_first(sums)


def _exact(walks: Walks, chain: list[int]) -> int:
    product = int(walks.problem.seed[chain[0]])
    for edge in chain:
        product *= int(walks.problem.p[edge])
    return product


def floor_of(walks: Walks) -> tuple[float, list[int]]:
    """Return (L, edges of the strongest chain); ties: fewer links, then nodes in order."""
    close = strongest(walks.problem, walks.ends, walks.tree, 1 - _CLOSE)
    best: tuple[float, int, list[int], list[int]] | None = None
    for entry, last in zip(*(part.tolist() for part in close), strict=True):
        chain = walks.chain(entry, last)
        length = len(chain)
        value = _exact(walks, chain) / WHOLE ** (length + 1)
        order = walks.problem.source[chain].tolist()
        if best is None or (-value, length, order) < (-best[0], best[1], best[2]):
            best = (value, length, order, chain)
    return (best[0], best[3]) if best else (0.0, [])


def _capacity(ppm: Ints) -> Ints:
    scaled: Ints = np.rint(np.log1p(ppm / -WHOLE) * -SCALE).astype(np.int64)
    return scaled


def cut_of(local: Local) -> tuple[float, list[int]]:
    """Return (1 - exp(-minimum cut), edges that are cut)."""
    return cut_in(local.problem)


def cut_in(problem: Problem) -> tuple[float, list[int]]:
    """Return what `cut_of` does, of a problem whatever its numbers mean."""
    value, crossing = cut_between(
        problem.start,
        problem.source,
        problem.target,
        problem.leaf,
        _capacity(problem.p),
        _capacity(problem.seed),
        problem.goal,
    )
    return abs(math.expm1(-value / SCALE)), np.flatnonzero(crossing).tolist()


def without(walks: Walks, shares: Shares, most: int, cap: int) -> dict[str, float]:
    """Return X of the same walks without each of the `most` largest records; `cap` of S in ppm."""
    local = walks.local
    uids = list(islice(shares.by_record, most))
    group = np.full(local.seeds.row.size, -1)
    if shares.place.size == len(shares.by_record) and not local.seeds.added:
        group[shares.place[: len(uids)]] = np.arange(len(uids))
    else:
        number = {uid: place for place, uid in enumerate(uids)}
        group[shares.place] = [number.get(uid, -1) for uid in local.seeds.named(shares.place)]
    found = absences(
        walks.problem,
        walks.ends,
        walks.tree,
        group,
        len(uids),
        local.first,
        local.record,
        local.seeds.strength,
        cap,
    )
    return dict(zip(uids, found.tolist(), strict=True))
