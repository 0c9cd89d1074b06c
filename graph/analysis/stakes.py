"""The holdings upstream of some companies on a day, one entry a holder and company, in ppm."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import upstream
from graph.analysis.view import View

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Holdings that one answer looks at; beyond, the answer says that it was cut off.
MOST_ROWS = 2_000_000
# Rounded percentages may add up to a little more than the whole (method 5).
TOLERANCE_PPM = 50


@dataclass(frozen=True, slots=True)
class Stakes:
    """Holdings between `nodes` (n,), places in the snapshot, by company.

    Company i is held by holder[starts[i]:starts[i + 1]] (e,) with `share` ppm, ranges at their
    lower end; `silent` where no figure is given. `base` (n,) is the whole less the company's own
    shares, `undisclosed` what is missing to it; `over` marks columns above the whole, where `most`
    is a range's upper end: elsewhere it is `share`, and what a range leaves open is undisclosed.
    The first `looked` nodes were looked up. `rows` are the link rows and `entry` the entry of
    each; own shares have entry -1.
    """

    nodes: Ints
    looked: int
    starts: Ints
    holder: Ints
    share: Ints
    most: Ints
    silent: Bools
    base: Ints
    undisclosed: Ints
    over: Bools
    rows: Ints
    entry: Ints

    @property
    def capped(self) -> bool:
        """Return whether some holders were not looked at."""
        return self.looked < self.nodes.size

    @property
    def company(self) -> Ints:
        """Return the company of each entry, (e,)."""
        return np.repeat(np.arange(self.nodes.size), np.diff(self.starts))

    def local(self, place: int) -> int | None:
        """Return the node at a place of the snapshot, or None."""
        found = np.flatnonzero(self.nodes == place)
        return int(found[0]) if found.size else None

    def entries(self, company: int) -> range:
        """Return the entries of a company."""
        return range(int(self.starts[company]), int(self.starts[company + 1]))


def numbered(nodes: Ints, places: NDArray[np.integer[Any]]) -> Ints:
    """Return the number among `nodes` of each place, all of which are there."""
    order = np.argsort(nodes)
    found: Ints = order[np.searchsorted(nodes[order], places)]
    return found


def _sums(owner: Ints, values: Ints, size: int) -> Ints:
    # Whole numbers below 2**53 are exact as weights.
    return np.bincount(owner, values, size).astype(np.int64)


def stakes_of(view: View, begin: Ints, *, without: int | None = None) -> Stakes:
    """Return all holdings upstream of `begin`; nobody holds the party at the place `without`."""
    web, arrays = view.web, view.snapshot.arrays
    nodes, rows, looked = upstream(web, begin, view.day, MOST_ROWS)
    if without is not None:
        rows = rows[web.target[rows] != without]
    holder, company = numbered(nodes, web.source[rows]), numbered(nodes, web.target[rows])
    size = nodes.size
    share = np.asarray(web.share[rows], np.int64)
    highest = np.maximum(share, np.asarray(arrays["link_share_max"][rows], np.int64))
    own = holder == company
    base = WHOLE - _sums(company[own], np.maximum(share[own], 0), size)
    pair = company[~own] * size + holder[~own]
    pairs, inverse = np.unique(pair, return_inverse=True)
    entry = np.full(rows.size, -1, np.int64)
    entry[~own] = inverse
    held = _sums(inverse, np.maximum(share[~own], 0), pairs.size)
    most = _sums(inverse, np.maximum(highest[~own], 0), pairs.size)
    said = _sums(inverse, (highest[~own] >= 0).astype(np.int64), pairs.size)
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(pairs // size, minlength=size), out=starts[1:])
    listed = _sums(pairs // size, held, size)
    disclosed = np.diff(starts) > 0
    over = listed > base + TOLERANCE_PPM
    return Stakes(
        nodes=nodes,
        looked=looked,
        starts=starts,
        holder=pairs % size,
        share=held,
        most=np.where(over[pairs // size], most, held),
        silent=said == 0,
        base=np.maximum(base, 0),
        undisclosed=np.where(disclosed, np.maximum(base - listed, 0), 0),
        over=over,
        rows=rows,
        entry=entry,
    )
