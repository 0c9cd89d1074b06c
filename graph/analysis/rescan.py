"""A scan reckoned on from the one before: only what changed, and what that reaches, is looked at.

The bytes are those of a scan of everything: the same sums over the same lists in the same order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.again import Differing, Weighed, grown_by, merged
from graph.analysis.kernels.among import among, records_among
from graph.analysis.kernels.chains import Chains, strongest
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.pairs import Pairs, pairs_of
from graph.analysis.kernels.scan import MOST_HOPS, exposures
from graph.analysis.kernels.spectral import bound_of, raised, with_new
from graph.analysis.kernels.threads import ALONE
from graph.analysis.kernels.traces import Rows, aligned, other_rows, touched, traces_of
from graph.analysis.onward import (
    Compact,
    Entries,
    Onward,
    Places,
    compacted,
    listed,
    places_of,
    reckoned,
)
from graph.analysis.spectral import refuse
from graph.analysis.view import View
from graph.analysis.whole_graph import Scan, pairs_on, radius_with, scan_of
from graph.analysis.working import Radius, Working, alike, with_room

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]
Sums = tuple[float, float]
Array = NDArray[Any]
# So near the limit the radius is computed from the beginning.
_NEAR = 0.01
# Bytes of the widest number.
_WORD = 8


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array that may not be written: one kind a kernel, whatever it was read from."""
    fixed = array.view()
    fixed.flags.writeable = False
    return fixed


def _letters(uids: NDArray[np.bytes_]) -> NDArray[np.uint8]:
    plain = np.ascontiguousarray(uids)
    return _fixed(plain.view(np.uint8).reshape(plain.size, plain.dtype.itemsize))


def _aligned(old: NDArray[np.bytes_], new: NDArray[np.bytes_]) -> tuple[Ints, Ints]:
    """Return (back, forth) of `aligned`, which compares as many bytes at once as uids fill.

    Where nobody came or went they are one array.
    """
    if alike(old, new):
        everybody = np.arange(old.size, dtype=np.int32)
        return everybody, everybody
    width = max(old.dtype.itemsize, new.dtype.itemsize)
    letters = [_letters(uids.astype(f"S{width}", copy=False)) for uids in (old, new)]
    word = np.uint64 if width % _WORD == 0 else np.uint8
    back, forth = aligned(*(_fixed(array.view(word)) for array in letters))
    return back, forth


def _uids(view: View) -> NDArray[np.bytes_]:
    found: NDArray[np.bytes_] = np.asarray(view.snapshot.arrays["uids"])
    return found


def _records(view: View) -> tuple[Array, Array, Array, Array]:
    known = view.strengths
    return known.start, known.strength, known.act, known.cites


def _traces(view: View) -> tuple[Rows, NDArray[np.uint64]]:
    """Return what each link row says, and `broad` of `traces_of`."""
    web = view.bare
    rows, broad = traces_of(web, view.rules, view.day, _letters(_uids(view)), *_records(view))
    return Rows(rows, web.source, web.target), broad


def _touched(view: View, before: Working, places: Places, back: Ints, forth: Ints) -> Mask:
    """Return whose pairs may differ, by place now (parties,), 1: they may."""
    web, mask = view.bare, np.zeros(back.size, np.uint8)
    itself, unsure = np.zeros(back.size, np.uint64), np.zeros(back.size, np.uint8)
    olds = Rows(_fixed(before.rows), _fixed(before.source), _fixed(before.target))
    then = back[:0] if places.stayed else back
    other_rows(web, view.rules, view.day, olds, then, forth, itself, unsure, mask)
    records = (_letters(_uids(view)), *_records(view))
    touched(web, view.rules, *records, itself, unsure, back, before.broad, mask)
    return mask


def scan_whole(view: View) -> tuple[Scan, Working]:
    """Return the exposure of every party within three links, and what was worked out on the way.

    Raises:
        PolicyError: the policy amplifies on this graph: everything would light up.
    """
    rows, broad = _traces(view)
    pairs = pairs_on(view)
    # The next scan puts lists elsewhere: where one ends is then not where another starts.
    pairs = pairs._replace(end=pairs.end.copy())
    weights, radius = _radius_of(view, pairs)
    refuse(view.policy, radius.found, view.snapshot.id)
    layers: list[Floats] = []
    exposure = exposures(pairs, MOST_HOPS, layers)
    chains: list[Chains] = []
    floor, widest = strongest(pairs, MOST_HOPS, chains)
    working = Working(
        uids=_uids(view),
        rows=rows.trace,
        source=rows.source,
        target=rows.target,
        broad=broad,
        pairs=pairs,
        exposure=exposure,
        once=layers[0],
        twice=layers[1],
        weights=weights.value,
        there=weights.there,
        into=weights.into,
        allowed=weights.allowed,
        radius=radius,
        chains=chains[0],
        floor=floor,
        widest=widest,
    )
    parts = (exposure, floor, widest)
    return scan_of(view, MOST_HOPS, pairs.own, radius.found, parts), working


def _radius_of(view: View, pairs: Pairs) -> tuple[Weighed, Radius]:
    """Return the weights with which the search for the radius ended, and the radius."""
    found, weights, there = radius_with(pairs)
    # numpy asks for large pages, a kernel does not.
    into, allowed = np.empty(pairs.own.size, np.float32), np.empty(pairs.own.size, np.float32)
    weighed = Weighed(weights, there, into, allowed)
    bounds = bound_of(
        pairs.start, pairs.p, pairs.p_back, weights, there, _bound(view), *weighed[2:]
    )
    return weighed, Radius(found, *bounds, float(weights.sum(dtype=np.float64)))


def rescan(view: View, before: Working) -> tuple[Scan, Onward]:
    """Return what `scan_whole` would, reckoned on from a scan under the same policy.

    Snapshot and day may be others. What was worked out, the values of the scan before among it, is
    written over where it changed: there is one going on from the same `before`.

    Raises:
        PolicyError: the policy amplifies on this graph: everything would light up.
    """
    back, forth = _aligned(before.uids, _uids(view))
    places = places_of(back, forth)
    mask = _touched(view, before, places, back, forth)
    entries, changed, sums = _entries_after(view, before, places, mask)
    entries, radius = _radius_after(view, before, entries, places, changed, sums)
    refuse(view.policy, radius.found, view.snapshot.id)
    values = reckoned(entries.pairs, places, before, changed)
    onward = Onward(
        uids=_uids(view),
        traces=lambda: _traces(view),
        places=places,
        entries=entries,
        radius=radius,
        values=values,
        anew=int(np.count_nonzero(mask)),
    )
    parts = values.exposure, values.floor, values.widest
    exposure, floor, widest = (places.placed(value) for value in parts)
    own = entries.pairs.own if places.stayed else entries.pairs.own[places.number]
    found = scan_of(view, MOST_HOPS, own, radius.found, (exposure, floor, widest))
    return found, onward


def _entries_after(
    view: View, before: Working, places: Places, mask: Mask
) -> tuple[Entries, Differing, Sums]:
    """Return all pairs, with weights: of touched parties those among them anew; and who differs.

    `mask` (parties,) is who is touched, by place. The sums are how much more the weights are than
    before, and what they pass on in one round, without those of what is new.
    """
    parties = listed(mask)
    anew = _among(view, parties, mask)
    numbers = places.number[parties]
    entries = before.entries
    left = _of_gone(before, places)
    pairs, weights = _room_for(before, places, numbers, entries, anew)
    order = (places.order, numbers, parties, mask)
    held, passed = grown_by(pairs.p, weights.value, *left)
    found = merged(pairs, weights, *order, anew, _bound(view), entries)
    *fields, filled, less, less_passed = found
    sums = -held - less, -passed - less_passed
    return Entries(pairs, weights).first(filled), Differing(*fields), sums


def _among(view: View, parties: Ints, mask: Mask) -> Pairs:
    """Return the pairs among some parties, in order, which `mask` marks: numbered by turn."""
    web = among(view.bare, parties, mask)
    cap = round(view.policy.strength_cap * WHOLE)
    records = records_among(parties, *_records(view))
    return pairs_of(web, view.rules, cap, view.day, records, ALONE)


def _of_gone(before: Working, places: Places) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where the lists of parties that are there no more begin and end."""
    gone = listed(places.place[: before.parties] < 0)
    return before.pairs.start[gone], before.pairs.end[gone]


def _room_for(
    before: Working, places: Places, numbers: Ints, entries: int, anew: Pairs
) -> tuple[Pairs, Weighed]:
    """Return pairs and weights of a scan before with room for the lists of `numbers` made anew.

    `entries`: how many there were; `anew`: what comes.
    """
    pairs, known, size = before.pairs, before.parties, places.place.size
    by_party = (pairs.start, pairs.end, pairs.own)
    begins, ends, own = (with_room(array, known, size) for array in by_party)
    for array in (begins, ends, own):
        array[known:] = 0
    gone = listed(places.place[:known] < 0)
    begins[gone] = ends[gone] = 0
    needed = entries + anew.source.size + int((ends[numbers] - begins[numbers]).sum())

    def grown(array: NDArray[Any]) -> NDArray[Any]:
        return with_room(array, entries, needed)

    odd = {"rest": 1.0, "rest_back": 1.0, "leaf": 0.0}
    if pairs.leaf.size:
        pairs = pairs._replace(**{name: grown(getattr(pairs, name)) for name in odd})
    elif anew.leaf.size:
        pairs = pairs._replace(**{name: np.full(needed, value) for name, value in odd.items()})
    plain = ("source", "p", "seed", "p_back", "seed_back")
    pairs = pairs._replace(**{name: grown(getattr(pairs, name)) for name in plain})
    into, allowed = (with_room(array, known, size) for array in (before.into, before.allowed))
    # Into those that are new nothing comes yet.
    into[known:], allowed[known:] = 0.0, np.inf
    weights = Weighed(grown(before.weights), grown(before.there), into, allowed)
    return pairs._replace(start=begins, end=ends, own=own), weights


def _bound(view: View) -> float:
    """Return how large the radius may be at most while weights are to show it."""
    return view.policy.spectral_limit - _NEAR


def _radius_after(
    view: View, before: Working, entries: Entries, places: Places, changed: Differing, sums: Sums
) -> tuple[Entries, Radius]:
    """Return entries with their weights, and the radius.

    The weights with which the last search ended show that the radius was below the limit. Where
    they do so still, raised beside what changed, it is followed from there. Else it is looked for
    from the beginning: a few links may amplify, or close a ring of which only two lists changed.
    """
    pairs, weights, _ = entries
    bound, was = _bound(view), before.radius
    lists = (pairs.start, pairs.end, pairs.source, pairs.p, pairs.p_back)
    came = changed.number, changed.came_start, changed.came
    shown = was.bound <= bound and was.growth > 0.0
    more, passed = with_new(*lists, *weights, *came, bound) if shown else (0.0, 0.0)
    if not shown or not raised(*lists, *weights, places.order, changed.number, bound):
        compact = compacted(entries, places)
        weights, radius = _radius_of(view, compact.pairs)
        return entries._replace(compact=Compact(compact.pairs, weights)), radius
    held = was.held + sums[0] + more
    growth = (was.growth * was.held + sums[1] + passed) / held if held > 0.0 else 0.0
    found = min(was.found * growth / was.growth, bound)
    return entries, Radius(found, bound, growth, held)
