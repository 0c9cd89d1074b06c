"""What a scan reckoned on from another holds: values by number, put right where they may differ.

The number of a party is its place in the snapshot before; new parties have the next ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.again import Differing, Weighed, between, fed_by, fill_placed
from graph.analysis.kernels.chains import (
    Chains,
    fill_chain,
    fill_longer,
    over_of,
    singles_of,
)
from graph.analysis.kernels.chains_after import (
    mark_chain,
    mark_longer,
    mark_with_records,
    renewed_singles,
)
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.scan import correct, fill_found, fill_once, fill_twice, seeded
from graph.analysis.kernels.stirred import (
    mark_chain_over,
    mark_longer_over,
    mark_own,
    mark_products,
)
from graph.analysis.kernels.traces import Rows
from graph.analysis.working import Radius, Working, with_room

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]


class Places(NamedTuple):
    """Where parties stand: `number` (places,) of each place, `place` (numbers,), -1: no more.

    `stayed`: every number is its place, as after most loads of links.
    """

    number: Ints
    place: Ints
    stayed: bool

    @property
    def order(self) -> Ints:
        """Return `place`, empty where every number is its place: then no kernel looks it up."""
        return self.place[:0] if self.stayed else self.place

    def placed(self, values: Floats) -> Floats:
        """Return values by number (numbers,) by place."""
        if self.stayed:
            return values
        found = np.empty(self.number.size)
        fill_placed(values, self.number, found)
        return found


def places_of(back: Ints, forth: Ints) -> Places:
    """Return where parties stand, from the place then of each one now, and the other way.

    One array for both: nobody came or went.
    """
    if back is forth:
        return Places(back, back, stayed=True)
    new = listed(back < 0)
    number = back.copy()
    number[new] = np.arange(forth.size, forth.size + new.size)
    stayed = not new.size and bool((forth >= 0).all())
    return Places(number, np.concatenate((forth, new)), stayed)


class Compact(NamedTuple):
    """Pairs and weights by place, one list behind another."""

    pairs: Pairs
    weights: Weighed


class Entries(NamedTuple):
    """Pairs and weights by number.

    `compact` stands for them where the radius had to be searched for anew.
    """

    pairs: Pairs
    weights: Weighed
    compact: Compact | None = None

    def first(self, count: int) -> "Entries":
        """Return the first entries alone: there was room for more."""
        pairs, weights = self.pairs, self.weights
        cut = {name: getattr(pairs, name)[:count] for name in _BY_ENTRY}
        value, there = weights.value[:count], weights.there[:count]
        return Entries(pairs._replace(**cut), weights._replace(value=value, there=there))


_BY_ENTRY = ("source", "p", "seed", "p_back", "seed_back", "rest", "rest_back", "leaf")


def compacted(entries: Entries, places: Places) -> Compact:
    """Return pairs and weights by place, as a scan of everything has them."""
    pairs, number = entries.pairs, places.number
    begins = pairs.start[number]
    lengths = pairs.end[number] - begins
    start = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    taken = np.repeat(begins - start[:-1], lengths) + np.arange(start[-1])
    columns = {name: getattr(pairs, name) for name in _BY_ENTRY}
    columns = {name: array[taken] if array.size else array for name, array in columns.items()}
    columns["source"] = places.place[columns["source"]]
    if not columns["leaf"].any():
        # Where no record has a first factor of its own the three are empty.
        columns |= {name: np.zeros(0, np.float64) for name in ("rest", "rest_back", "leaf")}
    whole = Pairs(start=start, end=start[1:].copy(), own=pairs.own[number], **columns)
    value, there, into, allowed = entries.weights
    weights = Weighed(value[taken], there[taken], into[number], allowed[number])
    return Compact(whole, weights)


class Values(NamedTuple):
    """What was reckoned (numbers,): what is left within one link and two, X, and chains."""

    once: Floats
    twice: Floats
    exposure: Floats
    floor: Floats
    widest: Floats
    chains: Chains


@dataclass(frozen=True)
class Onward:
    """A scan reckoned on; `anew` says how many lists of pairs were made anew.

    `traces` returns what each link row says, and `broad` of `traces_of`.
    """

    uids: NDArray[np.bytes_]
    traces: Callable[[], tuple[Rows, NDArray[np.uint64]]]
    places: Places
    entries: Entries
    radius: Radius
    values: Values
    anew: int

    def working(self) -> Working:
        """Return what a scan of everything would have worked out, by place."""
        places, values, (rows, broad) = self.places, self.values, self.traces()
        pairs, weights = self.entries.compact or compacted(self.entries, places)
        best = values.chains.best[places.number]
        over = over_of(best)
        over[:] = np.append(places.place, np.int32(-1))[over]
        singles = singles_of(pairs, seeded(pairs))
        names = ("once", "twice", "exposure", "floor", "widest")
        return Working(
            uids=self.uids,
            rows=rows.trace,
            source=rows.source,
            target=rows.target,
            broad=broad,
            pairs=pairs,
            weights=weights.value,
            there=weights.there,
            into=weights.into,
            allowed=weights.allowed,
            radius=self.radius,
            chains=Chains(*singles, best, values.chains.most[places.number]),
            **{name: getattr(values, name)[places.number] for name in names},
        )


def reckoned(pairs: Pairs, places: Places, before: Working, changed: Differing) -> Values:
    """Return all values, those put right that `changed` parties reach; `pairs` are by number."""
    reach = _Reach(pairs, places, before, changed)
    return Values(*reach.exposures(), *reach.chains())


@dataclass(frozen=True)
class _Reach:
    """Where values before may differ, and the values put right there."""

    pairs: Pairs
    places: Places
    before: Working
    changed: Differing

    def _grown(self, old: NDArray[Any]) -> NDArray[Any]:
        """Return values with room for new parties, of whom all around will be looked at."""
        found = with_room(old, self.before.parties, self.places.place.size)
        found[self.before.parties :] = 0
        return found

    def _marked(self) -> Mask:
        """Return a mask of the parties that are new: of them everything is looked at."""
        mask = np.zeros(self.places.place.size, np.uint8)
        mask[self.before.parties :] = 1
        return mask

    def _with_records(self, first: Ints, mask: Mask) -> Ints:
        """Mark those with records whose own may come back to them in another way than before.

        That is over the two other sides of a triangle: of one a pair came or went, so that both
        its ends differ, or to one end of it another value comes, as to `first`. Returned is who
        has records.
        """
        with_records = np.flatnonzero(self.pairs.own).astype(np.int32)
        others = np.zeros(self.places.place.size, np.uint8)
        others[self.changed.number] = 1
        others[first] = 2
        mask[with_records] |= others[with_records] > 0
        between(self.pairs, with_records, others, mask)
        return with_records

    def exposures(self) -> tuple[Floats, Floats, Floats]:
        """Return what is left within one link and two, and X."""
        pairs, before, changed = self.pairs, self.before, self.changed
        came = (pairs, changed.number, changed.came_start, changed.came)
        gone = (pairs, changed.number, changed.gone_start, changed.gone)
        once, twice = self._grown(before.once), self._grown(before.twice)
        one, two, three = self._marked(), self._marked(), self._marked()
        # What went left the values that it had then.
        for mask, left in ((one, once[:0]), (two, once), (three, twice)):
            mark_products(*gone, left, mask)
        mark_products(*came, once[:0], one)
        todo = listed(one)
        first = _refilled(once, todo, lambda: fill_once(pairs, todo, once))
        mark_products(*came, once, two)
        fed_by(pairs, first, two)
        more = listed(two)
        second = _refilled(twice, more, lambda: fill_twice(pairs, more, once, twice))
        mark_products(*came, twice, three)
        three[first] = 1
        fed_by(pairs, second, three)
        with_records = self._with_records(first, three)
        most = listed(three)
        found = self._grown(before.exposure)
        fill_found(pairs, most, once, twice, found)
        again = with_records[three[with_records] > 0]
        correct(pairs, self.places.order, again, once, twice, found)
        return once, twice, found

    def chains(self) -> tuple[Floats, Floats, Chains]:
        """Return the values of the best chains of at most three links, and the chains."""
        pairs, before, old, changed = self.pairs, self.before, self.before.chains, self.changed
        came = (pairs, changed.number, changed.came_start, changed.came)
        gone = (pairs, changed.number, changed.gone_start, changed.gone)
        used = before.singles
        needed = used + changed.number.size
        lines = with_room(old.value, used, needed), with_room(old.source, used, needed)
        for line, nothing in zip(lines, (0, -1), strict=True):
            line[used:] = nothing
        place = self._grown(old.place)
        best, most = self._grown(old.best), self._grown(old.most)
        values = self._grown(before.floor), self._grown(before.widest)
        near, two, three = (self._marked() for _ in range(3))
        # What went promised what it did then.
        mark_longer_over(*gone, place, lines[0], best, near, two)
        mark_chain_over(*gone, most, *values, three)
        other, top, used = renewed_singles(pairs, changed.number, place, *lines, used)
        rows = lines[0][:used], lines[1][:used]
        mark_longer(pairs, other, top, best, near, two)
        mark_longer_over(*came, place, rows[0], best, near, two)
        todo = listed(two)
        was = most[todo]
        chains = Chains(place, *rows, best, most)
        differs = fill_longer(pairs, todo, chains) > 0
        mark_chain(pairs, todo[differs], was[differs], most, *values, three)
        mark_chain_over(*came, most, *values, three)
        mark_with_records(pairs, listed(near), most, *values, three)
        mark_own(pairs.own, changed.number, three)
        fill_chain(pairs, listed(three), chains, *values)
        return *values, chains


def _refilled(values: Floats, todo: Ints, fill: Callable[[], None]) -> Ints:
    """Let `fill` put values right; return who of `todo` has another than before."""
    before = values[todo]
    fill()
    other: Ints = todo[values[todo] != before]
    return other


def listed(mask: NDArray[Any]) -> Ints:
    """Return the places (int32) at which a mask of one byte each says yes."""
    return np.flatnonzero(mask.view(np.bool_)).astype(np.int32)
