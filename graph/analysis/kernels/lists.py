"""Lists of who is linked with whom, made party by party: from rows to pairs with their factors."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import (
    NO_DAY,
    WHOLE,
    Number,
    Numbers,
    Rules,
    Web,
    row_factor,
)
from graph.analysis.kernels.lone import HOLDING, UNKNOWN
from graph.analysis.kernels.seeds import edges_with_seeds
from graph.loops import loop

# Up to so many are put in order by hand: a call to sort costs more.
_FEW = 48
# Bits of an entry in a key, and of a strength in a number of two.
_HALF = 32
_LOW = (1 << _HALF) - 1
# Stand for the strength of a party that nobody is paired with, and of one that has records which
# look at the links: what they pass on is reckoned link by link.
NOBODY, LOOKS = -1, -2


@loop()
def _order(keys: Numbers, count: Number, found: Numbers) -> None:
    """Fill in the first keys in order; no two of them are equal."""
    if count > _FEW:
        found[:count] = np.sort(keys[:count])
        return
    # Counted, not compared and moved: which of two comes first nothing foretells.
    for turn in range(count):
        key, before = keys[turn], np.uint64(0)
        for other in range(count):
            before += np.uint64(keys[other] < key)
        found[before] = key


@loop()
def _over_edge(
    web: Web,
    rules: Rules,
    cap: Number,
    day: Number,
    rows: Numbers,
    ways: Numbers,
    factors: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> tuple[Number, Number, Number]:
    """Return (seed, rest, leaf) of one edge whose source has records that look at the links."""
    counts = np.flatnonzero(strength > 0)
    _, p, _, _, leaf, seed, _, _ = edges_with_seeds(
        web,
        rules,
        cap,
        day,
        np.zeros(1, np.int64),
        np.array([0, rows.size]),
        rows,
        ways,
        factors,
        np.array([0, counts.size]),
        strength[counts].astype(np.int64),
        act[counts].astype(np.int64),
        cites[counts].astype(np.int64),
    )
    rest, best = 1.0, 0.0
    for e in range(p.size):
        if leaf[e]:
            passed = p[e] / WHOLE * (seed[e] / WHOLE)
            rest *= 1.0 - passed
            best = max(best, passed)
    return seed[0], rest, best


@loop()
def fill_strengths_back(
    start: Numbers,
    source: Numbers,
    seed: Numbers,
    parties: Numbers,
    entries: Numbers,
    free: Numbers,
    seed_back: Numbers,
) -> None:
    """Fill in what `seed` says of the reverse of some `entries`, which are of `parties`, in order.

    Of whoever has the list is gone through once beside them. So far it is in `free` (parties,), 0
    before.
    """
    for turn in range(parties.size):
        party, e = parties[turn], entries[turn]
        other = source[e]
        there = start[other] + free[other]
        while source[there] < party:
            there += 1
        seed_back[there] = seed[e]
        free[other] = there + 1 - start[other]


@loop()
def fill_standing(
    blocked: Numbers,
    own: Numbers,
    start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
    standing: Numbers,
) -> None:
    """Fill in what others see of each party: S in ppm, LOOKS, or NOBODY where it is `blocked`.

    Parties come in order here, and so do their records. From the lists of others they are looked
    up anywhere: one number of each is all that is read from far away.
    """
    for party in range(own.size):
        standing[party] = NOBODY if blocked[party] else own[party]
        for place in range(start[party], start[party + 1]):
            looks = act[place] != NO_DAY or cites[place] >= 0
            if standing[party] > 0 and strength[place] > 0 and looks:
                standing[party] = LOOKS


@loop(nogil=True)
def fill_lists(
    web: Web,
    rules: Rules,
    cap: Number,
    day: Number,
    parties: Numbers,
    alone: Numbers,
    standing: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
    lists: tuple[Numbers, ...],
) -> tuple[Number, Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Fill in lists, which have room for all rows: (filled, odd, rest, leaf, party, entry).

    So many entries are filled in; where the last list ends is not put into `start`: what is written
    last into a member of a tuple numba leaves out, as if nobody read it. The lists are start,
    source, p, seed, p_back and seed_back; `seed_back` of who has records that look at the links is
    left to `fill_strengths_back`, of each `party` and `entry` that they are passed to. `odd` are
    entries with a `rest` and a `leaf`. `alone` is of rows, both ways (rows, 2); `standing`
    (parties,) is that of `fill_standing`.
    """
    start, source, p, seed, p_back, seed_back = lists
    none = np.zeros(0, np.int64)
    # Read out once: each access to a field makes numba count a reference.
    in_start, in_other, in_row = web.in_start, web.in_other, web.in_row
    out_start, out_other, out_row = web.out_start, web.out_other, web.out_row
    last_in, last_out = in_row.size - 1, out_row.size - 1
    widest = np.int64(1)
    for turn in range(parties.size):
        party = parties[turn]
        around = in_start[party + 1] - in_start[party] + out_start[party + 1] - out_start[party]
        widest = max(widest, around)
    passed_to: list[Number] = [np.int32(0) for _ in range(0)]
    passed: list[Number] = [0 for _ in range(0)]
    odd_entry: list[Number] = [0 for _ in range(0)]
    odd_rest: list[Number] = [0.0 for _ in range(0)]
    odd_leaf: list[Number] = [0.0 for _ in range(0)]
    given, keys = np.empty(widest, np.int64), np.empty(widest, np.int64)
    rows = np.empty(widest, np.int64)
    listed = np.empty(widest, np.int64)
    ways = np.empty(widest, np.int64)
    factors = np.empty(widest, np.int64)
    filled = 0
    for turn in range(parties.size):
        party = parties[turn]
        start[turn] = filled
        first_in, first_out = in_start[party], out_start[party]
        inward = in_start[party + 1] - first_in
        around = inward + out_start[party + 1] - first_out
        mine = standing[party]
        if mine == NOBODY:
            continue
        if mine == LOOKS:
            mine = np.int32(0)
        count = 0
        for place in range(first_in, first_in + inward):
            ahead = min(place + AHEAD, last_in)
            fetch(standing, in_other[ahead])
            fetch(alone, in_row[ahead])
            other = np.int64(in_other[place])
            if standing[other] != NOBODY and other != party:
                given[count] = ((other * 2) << _HALF) + place - first_in
                count += 1
        for place in range(first_out, first_out + around - inward):
            ahead = min(place + AHEAD, last_out)
            fetch(standing, out_other[ahead])
            fetch(alone, out_row[ahead])
            other = np.int64(out_other[place])
            if standing[other] != NOBODY and other != party:
                given[count] = ((other * 2 + 1) << _HALF) + place - first_out + inward
                count += 1
        _order(given, count, keys)
        first = 0
        while first < count:
            other = keys[first] >> (_HALF + 1)
            found = 0
            best, best_back = np.int64(0), np.int64(0)
            while first < count and keys[first] >> (_HALF + 1) == other:
                # Rows of a pair that point the same way stand together: a holder's are summed.
                pair = keys[first] >> _HALF
                last = first
                while last < count and keys[last] >> _HALF == pair:
                    entry = keys[last] & _LOW
                    if entry < inward:
                        rows[last - first] = in_row[first_in + entry]
                    else:
                        rows[last - first] = out_row[first_out + entry - inward]
                    last += 1
                way, many = 1 - (pair & 1), last - first
                for place in range(many):
                    value = np.int64(alone[rows[place], 1 - way])
                    if value == UNKNOWN or (many > 1 and value <= HOLDING):
                        value = row_factor(web, rows, many, place, 1 - way, day, rules, none)
                        value = min(value, np.int64(rules.cap))
                    elif value <= HOLDING:
                        value = HOLDING - value
                    best_back = max(best_back, value)
                    value = np.int64(alone[rows[place], way])
                    if value == UNKNOWN or (many > 1 and value <= HOLDING):
                        value = row_factor(web, rows, many, place, way, day, rules, none)
                        value = min(value, np.int64(rules.cap))
                    elif value <= HOLDING:
                        value = HOLDING - value
                    if value > 0:
                        best = max(best, value)
                        listed[found], ways[found], factors[found] = rows[place], way, value
                        found += 1
                first = last
            strong = np.int64(standing[other])
            if best > 0 and strong == LOOKS:
                begin, end = rec_start[other], rec_start[other + 1]
                strong, rest, leaf = _over_edge(
                    web,
                    rules,
                    cap,
                    day,
                    listed[:found],
                    ways[:found],
                    factors[:found],
                    strength[begin:end],
                    act[begin:end],
                    cites[begin:end],
                )
                if strong > 0:
                    passed_to.append(party)
                    passed.append(filled)
                if leaf > 0:
                    odd_entry.append(filled)
                    odd_rest.append(rest)
                    odd_leaf.append(leaf)
            source[filled], p[filled] = other, best
            seed[filled] = strong if best > 0 else 0
            p_back[filled] = best_back
            seed_back[filled] = mine if best_back > 0 else 0
            filled += 1
    odd = np.empty(len(odd_entry), np.int64)
    rests, leaves = np.empty(odd.size, np.float64), np.empty(odd.size, np.float64)
    for place in range(odd.size):
        odd[place] = odd_entry[place]
        rests[place], leaves[place] = odd_rest[place], odd_leaf[place]
    whom, over = np.empty(len(passed), np.int32), np.empty(len(passed), np.int64)
    for place in range(over.size):
        whom[place], over[place] = passed_to[place], passed[place]
    return filled, odd, rests, leaves, whom, over
