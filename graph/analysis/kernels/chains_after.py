"""Whose best chains may differ after a change, by what a changed one promises at most."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.chains import FLOOR, WIDEST, fill_singles
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs
from graph.loops import loop

# Where in a row of `best` of Chains the second values stand: who has them loses them to a better.
_SECOND, _SECOND_WIDEST = 1, 3
# So many parties before, the list of one is asked for.
_SOON = 8


@loop(inline="always")
def _product(p: Number, value: Number) -> Number:
    return p / WHOLE * value


@loop(inline="always")
def _least(p: Number, value: Number) -> Number:
    return min(p / WHOLE, value)


@loop()
def renewed_singles(
    pairs: Pairs,
    parties: Numbers,
    place: Numbers,
    value: Numbers,
    source: Numbers,
    used: Number,
) -> tuple[Numbers, Numbers, Number]:
    """Fill in the best chains of one link of some parties anew: (who has others, top, used).

    `top` (others, 2) is the larger of what the best of each was and is, by floor and widest.
    So many rows are in use; who has none gets the next one. Room for all of them is there.
    """
    odd, half = pairs.leaf.size, value.shape[1] // 2
    start, end, seed, last = pairs.start, pairs.end, pairs.seed, parties.size - 1
    other = np.zeros(parties.size, np.bool_)
    top = np.zeros((parties.size, 2), np.float64)
    one, row = np.empty(1, np.int32), np.empty(1, np.int32)
    was, was_from = np.empty(2 * half, np.float64), np.empty(2 * half, np.int32)
    for turn in range(parties.size):
        ahead = parties[min(turn + 2 * AHEAD, last)]
        fetch(start, ahead)
        fetch(end, ahead)
        fetch(place, ahead)
        fetch(seed, start[parties[min(turn + AHEAD, last)]])
        party = parties[turn]
        one[0], row[0] = party, place[party]
        if row[0] == 0:
            reached = odd > 0
            for e in range(start[party], end[party]):
                reached |= seed[e] > 0
            if not reached:
                continue
            row[0] = used
            used += 1
            other[turn] = True
        for column in range(2 * half):
            was[column], was_from[column] = value[row[0], column], source[row[0], column]
        fill_singles(pairs, one, row, place, value, source)
        for column in range(2 * half):
            other[turn] |= was[column] != value[row[0], column]
            other[turn] |= was_from[column] != source[row[0], column]
        top[turn, FLOOR] = max(was[0], value[row[0], 0])
        top[turn, WIDEST] = max(was[half], value[row[0], half])
    return parties[other], top[other], used


@loop(inline="always")
def _ask_ahead(
    start: Numbers, end: Numbers, ends: Numbers, back: Numbers, parties: Numbers, turn: Number
) -> None:
    """Ask for where lists of next parties are, and for what they say."""
    last = parties.size - 1
    ahead = parties[min(turn + AHEAD, last)]
    fetch(start, ahead)
    fetch(end, ahead)
    e = start[parties[min(turn + _SOON, last)]]
    fetch(ends, e)
    fetch(back, e)


@loop()
def mark_longer(
    pairs: Pairs, parties: Numbers, top: Numbers, best: Numbers, near: Numbers, mask: Numbers
) -> None:
    """Mark in `near` whom `parties` pass something to, in `mask` whose `best` that may change.

    `top` (parties, 2) is the most that their chains of one link promise, before or after. Who has
    two better ones, which come from others, keeps both.
    """
    start, end, ends, back = pairs.start, pairs.end, pairs.source, pairs.p_back
    for turn in range(parties.size):
        party = parties[turn]
        _ask_ahead(start, end, ends, back, parties, turn)
        for e in range(start[party], end[party]):
            if back[e] == 0:
                continue
            other = ends[e]
            near[other] = 1
            floor = _product(back[e], top[turn, FLOOR])
            width = _least(back[e], top[turn, WIDEST])
            if (floor > 0.0 and floor >= best[other, _SECOND]) or (
                width > 0.0 and width >= best[other, _SECOND_WIDEST]
            ):
                mask[other] = 1


@loop()
def mark_chain(
    pairs: Pairs,
    parties: Numbers,
    before: Numbers,
    most: Numbers,
    floor: Numbers,
    widest: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` whose `floor` or `widest` chain may be another, as it may go through one.

    `before` (parties, 2) is what `most` of Chains was of `parties`. Where that promised less than
    the best chain of a neighbour, it went through another one; it does so still, where what they
    promise now is no more.
    """
    start, end, ends, back = pairs.start, pairs.end, pairs.source, pairs.p_back
    for turn in range(parties.size):
        party = parties[turn]
        _ask_ahead(start, end, ends, back, parties, turn)
        high, wide = most[party, FLOOR], most[party, WIDEST]
        was_high, was_wide = before[turn, FLOOR], before[turn, WIDEST]
        for e in range(start[party], end[party]):
            if back[e] == 0:
                continue
            other = ends[e]
            best, width = floor[other], widest[other]
            if (
                _product(back[e], high) > best
                or _least(back[e], wide) > width
                or (best > 0.0 and _product(back[e], was_high) >= best)
                or (width > 0.0 and _least(back[e], was_wide) >= width)
            ):
                mask[other] = 1


@loop()
def mark_with_records(
    pairs: Pairs, parties: Numbers, most: Numbers, floor: Numbers, widest: Numbers, mask: Numbers
) -> None:
    """Mark in `mask` those with records of their own whose best chain may go through `parties`.

    Into them chains are looked for that do not begin with themselves, so that others count than
    the best ones of a neighbour alone.
    """
    start, end, ends, back, own = pairs.start, pairs.end, pairs.source, pairs.p_back, pairs.own
    for turn in range(parties.size):
        party = parties[turn]
        _ask_ahead(start, end, ends, back, parties, turn)
        high, wide = most[party, FLOOR], most[party, WIDEST]
        for e in range(start[party], end[party]):
            other = ends[e]
            if own[other] == 0 or back[e] == 0:
                continue
            if _product(back[e], high) >= floor[other] or _least(back[e], wide) >= widest[other]:
                mask[other] = 1
