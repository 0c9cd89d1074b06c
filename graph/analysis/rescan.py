"""A scan reckoned on from the one before: only what changed, and what that reaches, is looked at.

The bytes are those of a scan of everything: the same sums over the same lists in the same order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.again import Differing, appended, differing, grown_by, joined
from graph.analysis.kernels.among import among
from graph.analysis.kernels.chains import Chains, strongest
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.lone import factors_at
from graph.analysis.kernels.pairs import Pairs, lists_of, own_strengths
from graph.analysis.kernels.scan import MOST_HOPS, exposures
from graph.analysis.kernels.spectral import bound_of, raised
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
from graph.analysis.whole_graph import Scan, Weights, pairs_on, radius_with, scan_of
from graph.analysis.working import Radius, Working, with_room

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
    """Return (back, forth) of `aligned`, which compares as many bytes at once as uids fill."""
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


def _touched(view: View, before: Working, back: Ints, forth: Ints) -> Mask:
    """Return whose pairs may differ, by place now (parties,), 1: they may."""
    web, mask = view.bare, np.zeros(back.size, np.uint8)
    itself, unsure = np.zeros(back.size, np.uint64), np.zeros(back.size, np.uint8)
    olds = Rows(_fixed(before.rows), _fixed(before.source), _fixed(before.target))
    other_rows(web, view.rules, view.day, olds, forth, itself, unsure, mask)
    records = (_letters(_uids(view)), *_records(view))
    # numpy asks for large pages, a kernel does not.
    broad = np.empty(back.size, np.uint64)
    touched(web, view.rules, *records, itself, unsure, back, before.broad, broad, mask)
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
    weights, there, radius = _radius_of(pairs)
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
        weights=weights,
        there=there,
        radius=radius,
        chains=chains[0],
        floor=floor,
        widest=widest,
    )
    parts = (exposure, floor, widest)
    return scan_of(view, MOST_HOPS, pairs.own, radius.found, parts), working


def _radius_of(pairs: Pairs) -> tuple[Weights, Weights, Radius]:
    """Return the weights with which the search for the radius ended, both ways, and the radius."""
    found, weights, there = radius_with(pairs)
    lists = (pairs.start, pairs.source, pairs.p, pairs.p_back)
    held = float(weights.sum(dtype=np.float64))
    return weights, there, Radius(found, *bound_of(*lists, weights, there), held)


def rescan(view: View, before: Working) -> tuple[Scan, Onward]:
    """Return what `scan_whole` would, reckoned on from a scan under the same policy.

    Snapshot and day may be others. What was kept is written over where it changed: there is one
    going on from the same `before`.

    Raises:
        PolicyError: the policy amplifies on this graph: everything would light up.
    """
    back, forth = _aligned(before.uids, _uids(view))
    mask = _touched(view, before, back, forth)
    known, places = view.strengths, places_of(back, forth)
    own: Ints = own_strengths(known.start, known.strength, round(view.policy.strength_cap * WHOLE))
    entries, changed, sums = _entries_after(view, before, places, mask, own)
    entries, radius = _radius_after(view, before, entries, places, changed.number, sums)
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
    found = scan_of(view, MOST_HOPS, own, radius.found, (exposure, floor, widest))
    return found, onward


def _entries_after(
    view: View, before: Working, places: Places, mask: Mask, own: Ints
) -> tuple[Entries, Differing, Sums]:
    """Return all pairs, with weights: of touched parties those among them anew; and who differs.

    `mask` and `own` (parties,) are who is touched and S in ppm, by place. The sums are how much
    more `grown_by` gives than before.
    """
    parties = listed(mask)
    web = among(view.bare, parties, mask)
    alone = factors_at(web, view.rules, view.day, parties)
    cap = round(view.policy.strength_cap * WHOLE)
    lists = lists_of(web, view.rules, cap, view.day, parties, alone, own, *_records(view))
    numbers = places.number[parties]
    entries = before.entries
    more = lists[1].size, lists[4].size
    left = _of_gone(before, places)
    pairs, weights = _room_for(before, places, numbers, entries, more)
    order = (places.place, places.number, parties, mask)
    began, ended, filled = appended(pairs, weights, *order, lists, entries)
    joined(pairs, weights, places.place, numbers, mask, began, ended)
    was = pairs.own[numbers]
    pairs.own[numbers] = own[parties]
    lists_now = pairs.start[numbers], pairs.end[numbers]
    ways = [grown_by(pairs.p, weights[0], *one) for one in (lists_now, (began, ended), left)]
    changed = Differing(*differing(pairs, places.place, numbers, began, ended, was))
    held, passed = (now - then - lost for now, then, lost in zip(*ways, strict=True))
    return Entries(pairs, *weights).first(filled), changed, (held, passed)


def _of_gone(before: Working, places: Places) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where the lists of parties that are there no more begin and end."""
    gone = listed(places.place[: before.parties] < 0)
    return before.pairs.start[gone], before.pairs.end[gone]


def _room_for(
    before: Working, places: Places, numbers: Ints, entries: int, more: tuple[int, int]
) -> tuple[Pairs, tuple[Weights, Weights]]:
    """Return pairs and weights of a scan before with room for the lists of `numbers` made anew.

    `entries`: how many there were; `more`: how many come, and for how many of them there are odd
    records.
    """
    pairs, known, size = before.pairs, before.parties, places.place.size
    by_party = (pairs.start, pairs.end, pairs.own)
    begins, ends, own = (with_room(array, known, size) for array in by_party)
    for array in (begins, ends, own):
        array[known:] = 0
    gone = listed(places.place[:known] < 0)
    begins[gone] = ends[gone] = 0
    needed = entries + more[0] + int((ends[numbers] - begins[numbers]).sum())

    def grown(array: NDArray[Any]) -> NDArray[Any]:
        return with_room(array, entries, needed)

    odd = {"rest": 1.0, "rest_back": 1.0, "leaf": 0.0}
    if pairs.leaf.size:
        pairs = pairs._replace(**{name: grown(getattr(pairs, name)) for name in odd})
    elif more[1]:
        pairs = pairs._replace(**{name: np.full(needed, value) for name, value in odd.items()})
    plain = ("source", "p", "seed", "p_back", "seed_back")
    pairs = pairs._replace(**{name: grown(getattr(pairs, name)) for name in plain})
    weights = grown(before.weights), grown(before.there)
    return pairs._replace(start=begins, end=ends, own=own), weights


def _radius_after(
    view: View, before: Working, entries: Entries, places: Places, changed: Ints, sums: Sums
) -> tuple[Entries, Radius]:
    """Return entries with their weights, and the radius.

    The weights with which the last search ended show that the radius was below the limit. Where
    they do so still, raised beside what changed, it is followed from there. Else it is looked for
    from the beginning: a few links may amplify, or close a ring of which only two lists changed.
    """
    pairs, weights, there, _ = entries
    bound, was = view.policy.spectral_limit - _NEAR, before.radius
    lists = (pairs.start, pairs.end, pairs.source, pairs.p, pairs.p_back)
    shown = was.bound <= bound and was.growth > 0.0
    if not shown or not raised(*lists, places.place, weights, there, changed, bound):
        compact = compacted(entries, places)
        weights, there, radius = _radius_of(compact.pairs)
        return entries._replace(compact=Compact(compact.pairs, weights, there)), radius
    held = was.held + sums[0]
    growth = (was.growth * was.held + sums[1]) / held if held > 0.0 else 0.0
    found = min(was.found * growth / was.growth, bound)
    return entries, Radius(found, bound, growth, held)
