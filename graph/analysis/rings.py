"""What flows along holdings: acyclic parts by a sweep, rings by a small system each (method 5)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetrs
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from graph.analysis.kernels.upstream import components, pull_down, push_up
from graph.analysis.stakes import Ints, Stakes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A ring of up to so many members is solved as a dense system, a larger one as a sparse one.
DENSE = 400
# A still larger one by iteration, as factors may fill up (3,000 members: 20 s); there the members'
# own corrections are not computed, as each would be a system.
MOST_FACTORED = 1_000
# Iterations, and the relative step at which they end; a slower ring has no number.
_ITERATIONS = 2_000
_STEP = 1e-14
# A ring that multiplies by this or more has no end: spectral radius 1 - 1e-12 or above (method 5).
ENDLESS = 1e12
_NEARLY_ONE = 1 - 1e-9


@dataclass(frozen=True)
class Ring:
    """A strongly connected component: order[begin:end], its members, and holdings inside it.

    `inside` (s, s) sparse: [k, j] is the part 0..1 of member j that member k holds. `exact` says
    that the members hold each other wholly, in whole ppm.
    """

    begin: int
    end: int
    members: Ints
    inside: csc_array
    exact: bool

    @cached_property
    def _dense(self) -> tuple[Floats, Ints]:
        matrix = np.eye(self.members.size) - self.inside.toarray()
        factors, pivots, fault = dgetrf(matrix)
        if fault:
            raise np.linalg.LinAlgError("singular")
        return factors, pivots

    @cached_property
    def _sparse(self) -> object:
        eye = csc_array((np.ones(self.members.size), (range(self.members.size),) * 2))
        return splu((eye - self.inside).tocsc())

    def solve(self, right: Floats, *, transposed: bool) -> Floats:
        """Return x with (I - inside) x = right, or with the transposed of it."""
        if self.members.size <= DENSE:
            solved: Floats = dgetrs(*self._dense, right, trans=int(transposed))[0]
            return solved
        if self.members.size > MOST_FACTORED:
            return self._iterated(right, transposed=transposed)
        found: Floats = self._sparse.solve(right, "T" if transposed else "N")  # type: ignore[attr-defined]
        return found

    def _iterated(self, right: Floats, *, transposed: bool) -> Floats:
        """Return x = right + inside x by iteration; not a number where it does not settle."""
        step = (self.inside.T if transposed else self.inside).tocsr()
        found = right.copy()
        for _ in range(_ITERATIONS):
            following = right + step @ found
            if np.abs(following - found).max() <= _STEP * max(np.abs(following).max(), 1.0):
                settled: Floats = following
                return settled
            found = following
        return np.full(right.size, np.nan)

    @cached_property
    def growth(self) -> Floats | None:
        """Return z = 1 + inside^T z (s,), how often each multiplies; None for a ring without end.

        By Collatz and Wielandt a positive z proves that the spectral radius is below
        1 - 1 / max z. Not a number in a ring too large for factors that does not settle.
        """
        if self.exact:
            return None
        try:
            with np.errstate(all="ignore"):
                found = self.solve(np.ones(self.members.size), transposed=True)
        except (np.linalg.LinAlgError, RuntimeError, ValueError):
            # Each solver says in its own way that the system is singular.
            return None
        if self.members.size > MOST_FACTORED:
            return found
        whole = np.isfinite(found).all() and found.min() >= _NEARLY_ONE and found.max() < ENDLESS
        return found if whole else None

    @property
    def closed(self) -> bool:
        """Return whether what enters the ring never leaves it."""
        return self.growth is None

    @cached_property
    def diagonal(self) -> Floats:
        """Return the diagonal of (I - inside)^-1, (s,); not a number for too large a ring."""
        size = self.members.size
        if size <= DENSE:
            return np.diag(self.solve(np.eye(size), transposed=False)).copy()
        values = np.full(size, np.nan)
        if size <= MOST_FACTORED:
            for place in range(size):
                unit = np.zeros(size)
                unit[place] = 1
                values[place] = self.solve(unit, transposed=False)[place]
        return values


class Flow:
    """The system Y = A^T Y of some stakes, solved by components in order.

    `label` (n,) numbers components, owners first; `order` (n,) are nodes by label. A holding of
    nothing, or of no known figure, carries nothing and so closes no ring.
    """

    def __init__(self, stakes: Stakes, share: Ints) -> None:
        self.stakes, self.share = stakes, share
        base = stakes.base[stakes.company]
        self.weight = np.where(base > 0, share / np.maximum(base, 1), 0.0)
        self.label = self._components()
        self.order = np.argsort(self.label, kind="stable")
        ordered = self.label[self.order]
        sizes = np.bincount(ordered) if ordered.size else np.zeros(0, np.int64)
        ends = np.cumsum(sizes)
        self.rings = [
            self._ring(int(ends[part] - sizes[part]), int(ends[part]))
            for part in np.flatnonzero(sizes > 1)
        ]

    def _components(self) -> Ints:
        carries = self.weight > 0
        starts = np.zeros(self.stakes.nodes.size + 1, np.int64)
        counts = np.bincount(self.stakes.company[carries], minlength=self.stakes.nodes.size)
        np.cumsum(counts, out=starts[1:])
        label: Ints = components(starts, self.stakes.holder[carries])
        return label

    def _ring(self, begin: int, end: int) -> Ring:
        stakes = self.stakes
        members = self.order[begin:end]
        place = {int(node): number for number, node in enumerate(members)}
        rows, columns, entries = [], [], []
        exact = True
        for node in members.tolist():
            inner = 0
            for entry in stakes.entries(node):
                other = place.get(int(stakes.holder[entry]))
                if other is not None:
                    rows.append(other)
                    columns.append(place[node])
                    entries.append(entry)
                    inner += int(self.share[entry])
            exact = exact and inner == int(stakes.base[node])
        size = members.size
        inside = csc_array((self.weight[entries], (rows, columns)), shape=(size, size))
        return Ring(begin, end, members, inside, exact)

    def up(self, goal: int) -> tuple[Floats, Bools, Floats]:
        """Return (N - I)[k, goal] over N[k, k] for each k (n,): what k holds of `goal` in all.

        The second marks values that rest on a column above the whole. The third is N[k, goal].
        Not a number: no share can be told, for a ring without end with more than the whole.
        """
        stakes = self.stakes
        size = stakes.nodes.size
        value, conflict = np.zeros(size), np.zeros(size, np.bool_)
        value[goal] = 1
        diagonal, through = np.ones(size), np.full(size, np.nan)
        done = size
        for ring in reversed(self.rings):
            self._push(ring.end, done, value, conflict)
            self._mark_ring(ring, conflict)
            members = ring.members
            if ring.exact:
                through[members] = value[members].sum()
                value[members] = np.nan
            elif ring.closed:
                value[members] = np.nan
            else:
                value[members] = ring.solve(value[members], transposed=False)
                diagonal[members] = ring.diagonal
            self._push(ring.begin, ring.end, value, conflict)
            done = ring.begin
        self._push(0, done, value, conflict)
        held = value.copy()
        held[goal] -= 1
        held /= diagonal
        return np.where(np.isnan(through), held, through), conflict, value

    def _push(self, begin: int, end: int, value: Floats, conflict: Bools) -> None:
        stakes = self.stakes
        push_up(
            self.order,
            begin,
            end,
            self.label,
            stakes.starts,
            stakes.holder,
            self.weight,
            stakes.over,
            value,
            conflict,
        )

    def _mark_ring(self, ring: Ring, conflict: Bools) -> None:
        members = ring.members
        conflict[members] |= bool(self.stakes.over[members].any() or conflict[members].any())

    def down(self, given: Floats) -> Floats:
        """Return Y = given + A^T Y (n,): `given` is what each node has of its own, 0..1.

        A ring without end gives nothing of its own: its members keep 0 where nothing enters, else
        they have no number.
        """
        value = given.astype(np.float64).copy()
        done = 0
        for ring in self.rings:
            self._pull(done, ring.begin, value)
            members = ring.members
            self._pull(ring.begin, ring.end, value)
            right = value[members]
            if ring.closed:
                value[members] = np.nan if right.any() else 0.0
            else:
                value[members] = ring.solve(right, transposed=True)
            done = ring.end
        self._pull(done, self.order.size, value)
        return value

    def _pull(self, begin: int, end: int, value: Floats) -> None:
        stakes = self.stakes
        pull_down(
            self.order,
            begin,
            end,
            self.label,
            stakes.starts,
            stakes.holder,
            self.weight,
            value,
        )
