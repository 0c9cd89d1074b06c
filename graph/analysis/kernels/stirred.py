"""Of whose lists changed, those of whom a value may be another: most of what comes says nothing.

A factor of 1 leaves a product as it is, to the last bit, and a chain that is not among the best is
not looked at. So a party with a thousand pairs, of which one came, is mostly as it was.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import WHOLE, Number, Numbers
from graph.analysis.kernels.pairs import Pairs
from graph.loops import loop

# Where the best value and the one behind it stand in rows of Chains, by floor and by width.
_SECOND, _SECOND_WIDEST = 1, 3


@loop()
def mark_products(
    pairs: Pairs,
    parties: Numbers,
    start: Numbers,
    entries: Numbers,
    left: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` those of `parties` of whom `entries` have a factor that may not be 1.

    By turn they are those from `start`. `left` (parties,) is what is left at other ends within
    fewer links: 1 where nothing reaches them, not even from the party. Empty: 1 of all.
    """
    p, seed, source, rest = pairs.p, pairs.seed, pairs.source, pairs.rest
    last = entries.size - 1
    for turn in range(parties.size):
        for place in range(start[turn], start[turn + 1]):
            e = entries[min(place + AHEAD, last)]
            fetch(p, e)
            fetch(seed, e)
            if left.size:
                fetch(source, entries[min(place + 2 * AHEAD, last)])
                fetch(left, source[e])
            e = entries[place]
            reached = seed[e] > 0
            if left.size and not reached:
                reached = left[source[e]] != 1.0
            if (p[e] > 0 and reached) or (rest.size > 0 and rest[e] != 1.0):
                mask[parties[turn]] = 1
                break


@loop(inline="always")
def _promised(p: Number, seed: Number, high: Number, wide: Number) -> tuple[Number, Number]:
    """Return the most that chains over an entry can be, by floor, but for leaves, and by width.

    `high` and `wide` are those of the other end.
    """
    p, seed = p / WHOLE, seed / WHOLE
    return max(p * seed, p * high), max(min(p, seed), min(p, wide))


@loop()
def mark_longer_over(
    pairs: Pairs,
    parties: Numbers,
    start: Numbers,
    entries: Numbers,
    place: Numbers,
    value: Numbers,
    best: Numbers,
    near: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` those of `parties` of whom `entries` may be among the `best` of Chains.

    In `near` those through whom any chain goes over one of `entries`.
    """
    half = value.shape[1] // 2
    # Read out once: each access to a field makes numba count a reference.
    p, seed, source, leaf = pairs.p, pairs.seed, pairs.source, pairs.leaf
    last, last_party = entries.size - 1, parties.size - 1
    for turn in range(parties.size):
        party = parties[turn]
        fetch(best, parties[min(turn + AHEAD, last_party)])
        for at in range(start[turn], start[turn + 1]):
            e = entries[min(at + 2 * AHEAD, last)]
            fetch(p, e)
            fetch(seed, e)
            fetch(place, source[e])
            fetch(value, place[source[entries[min(at + AHEAD, last)]]])
            e = entries[at]
            if p[e] == 0:
                continue
            row = place[source[e]]
            floor, width = _promised(p[e], seed[e], value[row, 0], value[row, half])
            if leaf.size:
                floor = max(floor, leaf[e])
            if floor == 0.0 and width == 0.0:
                continue
            near[party] = 1
            if floor >= best[party, _SECOND] or width >= best[party, _SECOND_WIDEST]:
                mask[party] = 1
                break


@loop()
def mark_chain_over(
    pairs: Pairs,
    parties: Numbers,
    start: Numbers,
    entries: Numbers,
    most: Numbers,
    floor: Numbers,
    widest: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` those of `parties` whose `floor` or `widest` chain may be over `entries`."""
    # Read out once: each access to a field makes numba count a reference.
    p, seed, source, leaf = pairs.p, pairs.seed, pairs.source, pairs.leaf
    last, last_party = entries.size - 1, parties.size - 1
    for turn in range(parties.size):
        party = parties[turn]
        ahead = parties[min(turn + AHEAD, last_party)]
        fetch(floor, ahead)
        fetch(widest, ahead)
        for at in range(start[turn], start[turn + 1]):
            e = entries[min(at + 2 * AHEAD, last)]
            fetch(p, e)
            fetch(seed, e)
            fetch(source, e)
            fetch(most, source[entries[min(at + AHEAD, last)]])
            e = entries[at]
            if p[e] == 0:
                continue
            near = source[e]
            high, wide = _promised(p[e], seed[e], most[near, 0], most[near, 1])
            if leaf.size:
                high = max(high, leaf[e])
            if (high > 0.0 and high >= floor[party]) or (wide > 0.0 and wide >= widest[party]):
                mask[party] = 1
                break


@loop()
def mark_own(own: Numbers, parties: Numbers, mask: Numbers) -> None:
    """Mark in `mask` those of `parties` with records of their own."""
    for turn in range(parties.size):
        if own[parties[turn]] > 0:
            mask[parties[turn]] = 1
