"""Exposure of every party of a snapshot at once: a lead each, by level, counted by group."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Changes
from graph.analysis.kernels.chains import strongest
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.graded import below, levels_of
from graph.analysis.kernels.pairs import Pairs, pairs_of
from graph.analysis.kernels.radius import (
    Lists,
    among_few,
    heaviest,
    radius_of_pairs,
    sent_by,
    weighted,
)
from graph.analysis.kernels.scan import MOST_HOPS, exposures
from graph.analysis.kernels.spectral import WARM
from graph.analysis.kernels.threads import Threads, threads_for
from graph.analysis.local import local_problem
from graph.analysis.scan_cuts import cut_at
from graph.analysis.spectral import refuse
from graph.analysis.view import View
from graph.analysis.walks import cut_of
from graph.errors import AnalysisError
from graph.policy.read import Levels

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Weights = NDArray[np.float32]
# Some 20 ms each on a graph of a million parties and three million links.
MOST_SETTLED = 1_000
# Codes of levels are places in this tuple.
LEVELS = ("none", "low", "medium", "high")
_NOTHING = Changes(np.zeros(0, np.int64), frozenset(), ())
# The radius is compared with a limit of two decimals.
_ROUNDS = 200
# Cuts are reckoned in whole numbers: so much, and less, rounding may take off one.
_GRAIN = 1e-9
_CLOSE = 1e-4
# Knots are looked for among an eighth of the parties, an eighth of those, to so few and so closely.
_HEAVIEST, _FEW, _CLOSEST = 8, 200, 1e-7


@dataclass(frozen=True)
class Scan:
    """What a scan found, by party (n,), 0..1: leads for inspection priority, no records.

    X within `hops` links (`exposure`), the strongest single chain (`floor`) and S (`own`, here in
    ppm) are exact. The cap lies between `cap_least` and `cap`. The first is X but at the places of
    `gaps`, where it is `least` (gaps,); the second is X but at those of `settled`, where a cut of
    their own gave both. `radius` is that of the policy on this graph.
    """

    exposure: Floats
    floor: Floats
    own_ppm: NDArray[np.int32]
    gaps: Ints
    least: Floats
    settled: Ints
    hops: int
    radius: float
    policy: str
    snapshot: str
    bounds: Levels

    @cached_property
    def own(self) -> Floats:
        """Return S, 0..1."""
        return self.own_ppm / WHOLE

    @cached_property
    def cap_least(self) -> Floats:
        """Return what the cap is not below."""
        return _with(self.exposure, self.gaps, self.least)

    @cached_property
    def cap(self) -> Floats:
        """Return what the cap is not above."""
        by_cut = np.isin(self.gaps, self.settled)
        return _with(self.exposure, self.gaps[by_cut], self.least[by_cut])

    @cached_property
    def level(self) -> NDArray[np.uint8]:
        """Return the codes of levels, places in LEVELS; exact but at the `unsettled`."""
        return level_codes(self.bounds, self.cap, self.floor)

    @cached_property
    def unsettled(self) -> Ints:
        """Return the places of those whose level would fall if a cut were found to bind."""
        least = level_codes(self.bounds, self.least, self.floor[self.gaps])
        found: Ints = self.gaps[least != self.level[self.gaps]]
        return found


@dataclass(frozen=True, slots=True)
class Count:
    """A group of parties: how many, how many by level, how many exposed (X above 0).

    `weak`: exposed over weak chains only, each of them below the lowest level's bound.
    """

    parties: int
    levels: Mapping[str, int]
    exposed: int
    weak: int

    @property
    def weak_share(self) -> float:
        """Return which part of the exposed is so over weak chains only, 0 where nobody is."""
        return self.weak / self.exposed if self.exposed else 0.0


def _with(values: Floats, places: Ints, others: Floats) -> Floats:
    """Return values of which some are others."""
    if not places.size:
        return values
    found = np.array(values)
    found[places] = others
    return found


def level_codes(levels: Levels, cap: Floats, floor: Floats) -> NDArray[np.uint8]:
    """Return the codes of levels of caps and floors, as `Levels.of` names them."""
    bounds = [getattr(levels, name) for name in LEVELS[1:]]
    caps, floors = ([getattr(bound, name) for bound in bounds] for name in ("cap", "floor"))
    found: NDArray[np.uint8] = levels_of(cap, floor, np.array(caps), np.array(floors))
    return found


def pairs_on(view: View, workers: int | None = None) -> Pairs:
    """Return all pairs of parties with their factors and strengths on the view's day.

    `workers`: so many threads, by themselves as many as `threads_for` says; so of all functions.
    """
    known = view.strengths
    cap = round(view.policy.strength_cap * WHOLE)
    records = known.start, known.strength, known.act, known.cites
    with Threads(workers or threads_for(view.web.source.size)) as threads:
        return pairs_of(view.web, view.rules, cap, view.day, records, threads)


def radius_on(pairs: Pairs, workers: int | None = None) -> float:
    """Return the spectral radius of the weighted non-backtracking operator of the pairs."""
    return radius_with(pairs, workers)[0]


def radius_with(pairs: Pairs, workers: int | None = None) -> tuple[float, Weights, Weights]:
    """Return the radius and the weights that its search, begun with 1, ended with.

    They are (entries,), of each entry and of its reverse.
    """
    with Threads(workers or threads_for(pairs.source.size // 2)) as threads:
        lists = weighted(pairs.start, pairs.source, pairs.p, pairs.p_back, threads)
        radius = radius_of_pairs(lists, _ROUNDS, _CLOSE, WARM, threads)
        return max(radius, _radius_of_knots(lists, threads)), lists.value, lists.there


def _radius_of_knots(lists: Lists, threads: Threads) -> float:
    """Return the radius among the parties that weigh most, then among the heaviest of those.

    A tight group that amplifies weighs next to nothing among millions, and a search that begins
    with all alike may end before it tells. Among fewer it does. Part of a graph has no larger
    radius than the whole, so that this is never too large.
    """
    radius = 0.0
    while lists.start.size - 1 > _FEW:
        into = sent_by(lists, threads)
        count = max(_FEW, into.size // _HEAVIEST)
        lists = among_few(lists, heaviest(into, count), threads)
        close = _CLOSE if count > _FEW else _CLOSEST
        radius = max(radius, radius_of_pairs(lists, _ROUNDS, close, WARM, threads))
    return radius


def scan(view: View, hops: int | None = None, workers: int | None = None) -> Scan:
    """Return the exposure of every party within `hops` links (policy: 3).

    Raises:
        AnalysisError: hops outside 1..3, over which alone the batch is exact.
        PolicyError: the policy amplifies on this graph: everything would light up.
    """
    asked = view.policy.hops.scan if hops is None else hops
    if not 1 <= asked <= MOST_HOPS:
        raise AnalysisError("hops of a scan", asked, f"must be 1 to {MOST_HOPS}")
    pairs = pairs_on(view, workers)
    radius = radius_on(pairs, workers)
    refuse(view.policy, radius, view.snapshot.id)
    floors = strongest(pairs, asked, workers=workers)
    parts = (exposures(pairs, asked, workers=workers), *floors)
    return scan_of(view, asked, pairs.own, radius, parts)


def scan_of(
    view: View,
    hops: int,
    own: NDArray[np.int32],
    radius: float,
    parts: tuple[Floats, Floats, Floats],
) -> Scan:
    """Return the scan of what was computed: S in ppm, exposures, floors, widest chains."""
    exposure, floor, widest = parts
    # A cut is never below the widest chain.
    gaps = below(widest, _GRAIN, exposure)
    return Scan(
        exposure=exposure,
        floor=floor,
        own_ppm=own,
        gaps=gaps,
        least=np.maximum(widest[gaps] - _GRAIN, 0.0),
        settled=np.zeros(0, np.int64),
        hops=hops,
        radius=radius,
        policy=view.policy.version,
        snapshot=view.snapshot.id,
        bounds=view.policy.levels,
    )


def settle(
    view: View,
    found: Scan,
    places: Ints,
    pairs: Pairs | None = None,
    numbers: NDArray[np.int32] | None = None,
) -> Scan:
    """Return the scan with the exact cap at some parties, each by a minimum cut of its own.

    With the scan's `pairs` at hand, of which none is odd, no list of the whole graph is made;
    `numbers` (parties,) says where in them a party stands, where that is not its place.
    """
    values = found.exposure[places]
    for turn, party in enumerate(places.tolist()):
        if pairs is not None and pairs.leaf.size == 0:
            number = party if numbers is None else int(numbers[party])
            cut = cut_at(pairs, number, found.hops)
        else:
            cut, _ = cut_of(local_problem(view, party, found.hops, _NOTHING))
        values[turn] = min(float(values[turn]), cut)
    gaps, least = _replaced(found, places, values)
    settled = np.union1d(found.settled, places)
    after = replace(found, gaps=gaps, least=least, settled=settled)
    # Of all others nothing is another.
    level = found.level.copy()
    level[places] = level_codes(found.bounds, values, found.floor[places])
    vars(after).update(level=level, unsettled=np.setdiff1d(found.unsettled, places))
    return after


def _replaced(found: Scan, places: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Return `gaps` and `least` of a scan with caps of some parties, each once."""
    others, lower = ~np.isin(found.gaps, places), values < found.exposure[places]
    gaps = np.concatenate((found.gaps[others], places[lower]))
    order = np.argsort(gaps)
    return gaps[order], np.concatenate((found.least[others], values[lower]))[order]


def settle_most(
    view: View,
    found: Scan,
    pairs: Pairs | None = None,
    numbers: NDArray[np.int32] | None = None,
    most: int = MOST_SETTLED,
) -> Scan:
    """Return the scan with the exact cap where the level may differ, highest levels first.

    At most so many: a number and not a time, so that the same question has the same bytes.
    """
    open_ = found.unsettled
    first = np.argsort(-found.level[open_].astype(np.int64), kind="stable")[:most]
    if not open_.size:
        return found
    return settle(view, found, np.sort(open_[first]), pairs, numbers)


def counts_by(found: Scan, groups: NDArray[np.str_] | None = None) -> dict[str, Count]:
    """Return counts by group, in their order; `groups` (n,) names each party's, "" leaves it out.

    Without groups: one, "", of all. A group may be a region, an industry or a size.
    """
    if groups is None:
        names, code = np.array([""]), np.zeros(found.exposure.size, np.int64)
    else:
        names, code = np.unique(groups, return_inverse=True)
    exposed = found.exposure > 0
    weak = exposed & (found.floor < found.bounds.low.cap)
    table = np.zeros((names.size, len(LEVELS)), np.int64)
    np.add.at(table, (code, found.level), 1)
    columns = (
        names.tolist(),
        table.tolist(),
        np.bincount(code[exposed], minlength=names.size).tolist(),
        np.bincount(code[weak], minlength=names.size).tolist(),
    )
    return {
        name: Count(sum(levels), dict(zip(LEVELS, levels, strict=True)), lit, faint)
        for name, levels, lit, faint in zip(*columns, strict=True)
        if name or groups is None
    }
