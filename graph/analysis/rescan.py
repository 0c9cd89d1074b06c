"""A scan reckoned on from the one before: only what changed, and what that reaches, is looked at.

The bytes are those of a scan of everything: the same sums over the same lists in the same order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.again import (
    beside,
    carried,
    differing,
    fed_by,
    move_chains,
    move_values,
    spliced,
)
from graph.analysis.kernels.among import among, merged
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.lone import factors_at
from graph.analysis.kernels.pairs import Pairs, lists_of, own_strengths
from graph.analysis.kernels.scan import (
    MOST_HOPS,
    Chains,
    correct,
    exposures,
    fill_chain,
    fill_found,
    fill_longer,
    fill_once,
    fill_twice,
    most_by,
    seeded,
    singles_of,
    strongest,
)
from graph.analysis.kernels.spectral import bound_of, growth_of, raised
from graph.analysis.kernels.traces import Rows, aligned, other_rows, touched, traces_of
from graph.analysis.spectral import refuse
from graph.analysis.view import View
from graph.analysis.whole_graph import Scan, Weights, pairs_on, radius_with, scan_of

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
# So near the limit the radius is computed from the beginning.
_NEAR = 0.01


class Radius(NamedTuple):
    """A spectral radius as it was found; the weights then showed that it is at most `bound`.

    `growth` is the factor by which one round made the sum of the weights larger.
    """

    found: float
    bound: float
    growth: float


@dataclass(frozen=True, slots=True)
class Working:
    """What a scan over three links worked out on the way, by place in its snapshot.

    `uids` as bytes; `rows` and `broad` as `traces_of`, `source` and `target` the ends of `rows`;
    `once` and `twice` what is left within
    one link and two; `weights` (entries,) what the radius ended with; `floors` and `wides` the
    chains behind the floor and behind `widest`, the widest chain, with `longer` and `over` alone.
    `anew` says how many lists of pairs were made anew; it is not kept.
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
    radius: Radius
    floors: Chains
    wides: Chains
    widest: Floats
    exposure: Floats
    floor: Floats
    anew: int = 0


def _letters(uids: NDArray[np.bytes_]) -> NDArray[np.uint8]:
    plain = np.ascontiguousarray(uids)
    return plain.view(np.uint8).reshape(plain.size, plain.dtype.itemsize).copy()


def _traces(view: View) -> tuple[NDArray[np.bytes_], Rows, tuple[NDArray[Any], NDArray[Any]]]:
    """Return the uids, what each link row says, and `broad` and `unsure` of `traces_of`."""
    uids = np.asarray(view.snapshot.arrays["uids"])
    known, web = view.strengths, view.web
    records = (known.start, known.strength, known.act, known.cites)
    rows, broad, unsure = traces_of(web, view.rules, view.day, _letters(uids), *records)
    # Kernels are compiled for arrays that may be written.
    return uids, Rows(rows, np.array(web.source), np.array(web.target)), (broad, unsure)


def scan_whole(view: View) -> tuple[Scan, Working]:
    """Return the exposure of every party within three links, and what was worked out on the way.

    Raises:
        PolicyError: the policy amplifies on this graph: everything would light up.
    """
    uids, rows, (broad, _) = _traces(view)
    pairs = pairs_on(view)
    weights, there, radius = _radius_of(pairs)
    refuse(view.policy, radius.found, view.snapshot.id)
    layers: list[Floats] = []
    exposure = exposures(pairs, MOST_HOPS, layers)
    chains: list[Chains] = []
    floor = strongest(pairs, MOST_HOPS, 0, chains)
    widest = strongest(pairs, MOST_HOPS, 1, chains)
    working = Working(
        uids=uids,
        rows=rows.trace,
        source=rows.source,
        target=rows.target,
        broad=broad,
        pairs=pairs,
        exposure=exposure,
        once=layers[0],
        twice=layers[1],
        weights=weights,
        there=there,
        radius=radius,
        floor=floor,
        floors=chains[0],
        widest=widest,
        wides=chains[1],
    )
    return _said(view, working), working


def _said(view: View, working: Working) -> Scan:
    parts = (working.exposure, working.floor, working.widest)
    return scan_of(view, MOST_HOPS, working.pairs, working.radius.found, parts)


def _radius_of(pairs: Pairs) -> tuple[Weights, Weights, Radius]:
    """Return the weights with which the search for the radius ended, both ways, and the radius."""
    found, weights, there = radius_with(pairs)
    lists = (pairs.start, pairs.source, pairs.p, pairs.p_back)
    return weights, there, Radius(found, *bound_of(*lists, weights, there))


def rescan(view: View, before: Working) -> tuple[Scan, Working]:
    """Return what `scan_whole` would, reckoned on from a scan under the same policy.

    Snapshot and day may be others.

    Raises:
        PolicyError: the policy amplifies on this graph: everything would light up.
    """
    uids, rows, (broad, unsure) = _traces(view)
    back, forth = aligned(_letters(before.uids), _letters(uids))
    mask = np.zeros(back.size, np.uint8)
    other_rows(rows, Rows(before.rows, before.source, before.target), forth, mask)
    touched(view.web, back, broad, unsure, before.broad, mask)
    parties = _listed(mask)
    pairs = _pairs_after(view, before, (back, forth), parties, mask)
    changed = differing(before.pairs, pairs, forth, back, parties)
    weights, there, radius = _radius_after(view, before, pairs, (back, forth), (parties, changed))
    refuse(view.policy, radius.found, view.snapshot.id)
    move = _Move(pairs, before, back, forth, changed)
    once, twice, exposure = move.exposures()
    floors, floor = move.chains(before.floors, before.floor, 0)
    wides, widest = move.chains(before.wides, before.widest, 1)
    working = Working(
        uids=uids,
        rows=rows.trace,
        source=rows.source,
        target=rows.target,
        broad=broad,
        pairs=pairs,
        once=once,
        twice=twice,
        exposure=exposure,
        anew=parties.size,
        weights=weights,
        there=there,
        radius=radius,
        floors=floors,
        floor=floor,
        wides=wides,
        widest=widest,
    )
    return _said(view, working), working


def _pairs_after(
    view: View, before: Working, places: tuple[Ints, Ints], parties: Ints, mask: NDArray[np.uint8]
) -> Pairs:
    """Return all pairs: of the touched parties those among them anew, the others as they were."""
    back, forth = places
    known = view.strengths
    cap = round(view.policy.strength_cap * WHOLE)
    own = own_strengths(known.start, known.strength, cap)
    web = among(view.web, parties, mask)
    alone = factors_at(web, view.rules, view.day, parties)
    records = (known.start, known.strength, known.act, known.cites)
    lists = lists_of(web, view.rules, cap, view.day, parties, alone, own, *records)
    whole = merged(before.pairs, forth, back, parties, mask, lists)
    return spliced(before.pairs, forth, back, parties, whole, own)


def _radius_after(
    view: View, before: Working, pairs: Pairs, places: tuple[Ints, Ints], lists: tuple[Ints, Ints]
) -> tuple[Weights, Weights, Radius]:
    """Return weights, those of reverses, and the radius; `lists`: made anew, and that differ.

    The weights with which the last search ended show that the radius was below the limit. Where
    they do so still, raised beside what changed, it is followed from there. Else it is looked for
    from the beginning: a few links may amplify, or close a ring of which only two lists changed.
    """
    back, forth = places
    parties, changed = lists
    olds = (before.weights, before.there)
    weights, there = carried(before.pairs, pairs, forth, back, parties, olds)
    bound, was = view.policy.spectral_limit - _NEAR, before.radius
    arrays = (pairs.start, pairs.source, pairs.p, pairs.p_back, weights, there)
    if was.bound > bound or was.growth == 0.0 or not raised(*arrays, changed, bound):
        return _radius_of(pairs)
    growth: float = growth_of(pairs.start, pairs.p, weights)
    found = min(was.found * growth / was.growth, bound)
    return weights, there, Radius(found, bound, growth)


@dataclass(frozen=True)
class _Move:
    """Values of a scan before, moved to the new places and put right where they may differ."""

    pairs: Pairs
    before: Working
    back: Ints
    forth: Ints
    changed: Ints

    @cached_property
    def _stayed(self) -> bool:
        """Return whether everybody has the place that it had, as after most loads of links."""
        same = self.back.size == self.forth.size
        return same and bool((self.back == np.arange(self.back.size)).all())

    @cached_property
    def _seeded(self) -> Ints:
        found: Ints = seeded(self.pairs)
        return found

    def _moved(self, old: Floats) -> Floats:
        """Return values by their new places; of new parties what differs from anything."""
        if self._stayed:
            return old.copy()
        found: Floats = np.empty(self.back.size)
        move_values(old, self.back, found)
        return found

    def _chains(self, old: Chains, widest: int) -> Chains:
        """Return the chains of one link, and those of two as they were, by their new places."""
        singles = singles_of(self.pairs, self._seeded, widest)
        if self._stayed:
            return Chains(*singles, old.longer.copy(), old.over.copy())
        size = self.back.size
        room = np.empty((size, 2), np.float64), np.empty((size, 2), np.int32)
        move_chains(old.longer, old.over, self.back, self.forth, *room)
        return Chains(*singles, *room)

    def _marked(self) -> NDArray[np.uint8]:
        mask = np.zeros(self.back.size, np.uint8)
        mask[self.changed] = 1
        return mask

    def _with_records(self, near: Ints) -> Ints:
        """Return the parties with records of their own beside some."""
        mask = np.zeros(self.back.size, np.uint8)
        beside(self.pairs, near, mask)
        return _listed(mask & (self.pairs.own > 0))

    def exposures(self) -> tuple[Floats, Floats, Floats]:
        """Return what is left within one link and two, and X."""
        once = self._moved(self.before.once)
        first = _refilled(once, self.changed, lambda: fill_once(self.pairs, self.changed, once))
        mask = self._marked()
        fed_by(self.pairs, first, mask)
        todo = _listed(mask)
        twice = self._moved(self.before.twice)
        second = _refilled(twice, todo, lambda: fill_twice(self.pairs, todo, once, twice))
        mask = self._marked()
        mask[first] = 1
        fed_by(self.pairs, second, mask)
        mask[self._with_records(np.concatenate((self.changed, first)))] = 1
        todo = _listed(mask)
        found = self._moved(self.before.exposure)
        fill_found(self.pairs, todo, once, twice, found)
        correct(self.pairs, todo[self.pairs.own[todo] > 0], once, twice, found)
        return once, twice, found

    def chains(self, old: Chains, values: Floats, widest: int) -> tuple[Chains, Floats]:
        """Return the chains, and the value of the best one of at most three links."""
        chains = self._chains(old, widest)
        mask = self._marked()
        fed_by(self.pairs, self._other_singles(chains, widest), mask)
        todo = _listed(mask)
        was = chains.longer[todo].copy(), chains.over[todo].copy()
        fill_longer(self.pairs, todo, widest, chains)
        other = (was[0] != chains.longer[todo]) | (was[1] != chains.over[todo])
        mask = self._marked()
        fed_by(self.pairs, todo[other.any(axis=1)], mask)
        mask[self._with_records(todo)] = 1
        todo = _listed(mask)
        found = self._moved(values)
        fill_chain(self.pairs, todo, widest, chains, most_by(chains), found)
        return chains, found

    def _other_singles(self, chains: Chains, widest: int) -> Ints:
        """Return who has other best chains of one link than before."""
        there = self.changed[self.back[self.changed] >= 0]
        _, value, source = singles_of(self.before.pairs, self.back[there], widest)
        at = chains.place[there]
        other = value[:-1] != chains.value[at]
        # Who stands at no place any more is nobody's.
        other |= np.append(self.forth, np.int32(-1))[source[:-1]] != chains.source[at]
        new = self.changed[self.back[self.changed] < 0]
        return np.concatenate((there[other.any(axis=1)], new))


def _refilled(values: Floats, todo: Ints, fill: Callable[[], None]) -> Ints:
    """Let `fill` put values right; return who of `todo` has another than before."""
    before = values[todo].copy()
    fill()
    other: Ints = todo[values[todo] != before]
    return other


def _listed(mask: NDArray[np.uint8]) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)
