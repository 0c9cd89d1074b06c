"""What a scan worked out, from which the next one goes on."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.chains import Chains
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.whole_graph import Weights

# So many bytes are compared at a time.
_PIECE = 1 << 20

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class Radius(NamedTuple):
    """A spectral radius as it was found; the weights then showed that it is at most `bound`.

    `growth` is the factor by which one round made the sum of the weights, `held`, larger.
    """

    found: float
    bound: float
    growth: float
    held: float


@dataclass(frozen=True, slots=True)
class Working:
    """What a scan over three links worked out on the way, by place in its snapshot.

    `uids` as bytes; `rows` and `broad` as `traces_of`, `source` and `target` the ends of `rows`;
    `once` and `twice` what is left within one link and two; `weights` (entries,) what the radius
    ended with, `there` those of reverses; `into` and `allowed` (parties,) as of `bound_of`;
    `widest` the widest chain.

    Arrays of pairs and chains, weights and values by party may have room behind for what is new:
    of parties there are as many as `uids`, of entries as many as their lists.
    """

    uids: NDArray[np.bytes_]
    rows: NDArray[np.uint64]
    source: Ints
    target: Ints
    broad: NDArray[np.uint64]
    pairs: Pairs
    once: Floats
    twice: Floats
    weights: Weights
    there: Weights
    into: Weights
    allowed: Weights
    radius: Radius
    chains: Chains
    widest: Floats
    exposure: Floats
    floor: Floats

    @property
    def parties(self) -> int:
        """Return how many parties there are."""
        return int(self.uids.size)

    @property
    def entries(self) -> int:
        """Return how many entries all lists have."""
        return int(self.pairs.end[self.parties - 1]) if self.parties else 0

    @property
    def singles(self) -> int:
        """Return how many rows of chains of one link there are, with the one of nobody."""
        return int(self.chains.place[: self.parties].max(initial=0)) + 1


def alike(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether two arrays have the same form and bytes; no more is read than tells."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    left, right = (array.reshape(-1).view(np.uint8) for array in (one, other))
    pieces = (slice(at, at + _PIECE) for at in range(0, left.size, _PIECE))
    return all(np.array_equal(left[piece], right[piece]) for piece in pieces)


def with_room(array: NDArray[Any], used: int, needed: int) -> NDArray[Any]:
    """Return an array of which the first `used` are those of another, `needed` long.

    Where there is room for it they are the same in memory.
    """
    if array.shape[0] >= needed:
        return array[:needed]
    found: NDArray[Any] = np.empty((needed, *array.shape[1:]), array.dtype)
    found[:used] = array[:used]
    return found
