"""What pairs depend on, by link row and by party, as one number each: what stayed has the same.

A number is a hash of 64 bits over all that the factors and strengths of pairs are made of: of a
million changes one would go unseen in some 10^13 scans.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

from typing import NamedTuple

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import (
    CONTROLS,
    DERIVED,
    NO_DAY,
    Number,
    Numbers,
    Rules,
    Web,
    age_weight,
    bits,
)
from graph.loops import loop

# Splitmix64 (Steele, Lea, Flood 2014) and FNV-1a: their published constants.
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_R30, _R27, _R31, _R32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_LOW = 0xFFFFFFFF
_BYTE, _R8 = np.uint64(0xFF), np.uint64(8)
# Every weight of age above 2^-9 is a whole number of these.
_AGES = 2.0**61
# Bits that say that a link has begun, and that it lasts, behind those of type, post and flags.
_BEGUN, _LIVES = 1 << 24, 1 << 25
# Bits of `unsure`.
FAR_AWAY, CITES = 1, 2
# So many rows ahead it is looked where two orders of rows meet again.
_NEAR = 8
# So many rows at a time: what is found of them stays in the processor's cache.
_BLOCK = 1 << 14


class Rows(NamedTuple):
    """Link rows (links,): what each says of whom, as one number, and its ends."""

    trace: Numbers
    source: Numbers
    target: Numbers


@loop()
def _mix(value: Number) -> Number:
    value = (value ^ (value >> _R30)) * _FIRST
    value = (value ^ (value >> _R27)) * _SECOND
    return value ^ (value >> _R31)


@loop(inline="always")
def _both(low: Number, high: Number) -> Number:
    """Return two numbers of 32 bits in one of 64."""
    return np.uint64(np.int64(low) & _LOW) | (np.uint64(np.int64(high) & _LOW) << _R32)


@loop(inline="always")
def _on(value: Number, more: Number, factor: Number) -> Number:
    """Return a hash of what a hash stands for and 64 bits more, each of which makes it another."""
    value = (value ^ more) * factor
    return value ^ (value >> _R32)


@loop()
def _name(letters: Numbers) -> Number:
    """Return a hash of a uid of which these are the bytes."""
    value = _BASIS
    for place in range(letters.size):
        if letters[place] == 0:
            break
        value = (value ^ np.uint64(letters[place])) * _PRIME
    return _mix(value)


@loop(inline="always")
def _lives(until: Number, day: Number) -> Number:
    return (until == NO_DAY) | (day < until)


@loop()
def _said(
    kind: Numbers, post: Numbers, flags: Numbers, since: Numbers, until: Numbers, day: Number
) -> Numbers:
    """Return what rows say of type, post, flags and whether they have begun and last, uint64.

    In short loops of few arrays, here and below: of those a processor does several rows at once.
    """
    found = np.empty(kind.size, np.uint64)
    for row in range(kind.size):
        said = np.int64(kind[row]) | np.int64(post[row]) << 8 | np.int64(flags[row]) << 16
        said |= _BEGUN * np.int64((since[row] == NO_DAY) | (since[row] <= day))
        found[row] = np.uint64(said | _LIVES * np.int64(_lives(until[row], day)))
    return found


@loop()
def _hash_first(shares: Numbers, found: Numbers) -> None:
    for row in range(found.size):
        found[row] = _on(_BASIS, _both(found[row], shares[row]), _FIRST)


@loop()
def _hash_on(low: Numbers, high: Numbers, factor: Number, found: Numbers) -> None:
    for row in range(found.size):
        found[row] = _on(found[row], _both(low[row], high[row]), factor)


@loop()
def _hash_moved(
    back: Numbers, source: Numbers, target: Numbers, begin: Number, found: Numbers
) -> None:
    last = source.size - 1
    for place in range(found.size):
        row = begin + place
        ahead = min(row + AHEAD, last)
        fetch(back, source[ahead])
        fetch(back, target[ahead])
        found[place] = _on(found[place], _both(back[source[row]], back[target[row]]), _SECOND)


@loop()
def _fill_rows(
    web: Web,
    rules: Rules,
    day: Number,
    back: Numbers,
    begin: Number,
    found: Numbers,
    itself: Numbers,
    unsure: Numbers,
) -> None:
    """Fill in the traces of as many rows as `found` has, from `begin`; `itself` of ends of both.

    `back` (parties,) is the place by which each end is called, -1 of who had none then; empty:
    its own.
    """
    end = begin + found.size
    source, target, kinds = web.source[begin:end], web.target[begin:end], web.kind[begin:end]
    marks, since, until = web.flags[begin:end], web.since[begin:end], web.until[begin:end]
    shares, votes, given = web.share[begin:end], web.votes[begin:end], web.given[begin:end]
    found[:] = _said(kinds, web.post[begin:end], marks, since, until, day)
    _hash_first(shares, found)
    _hash_on(votes, given, _SECOND, found)
    _hash_on(since, until, _FIRST, found)
    if back.size:
        _hash_moved(back, web.source, web.target, begin, found)
    else:
        _hash_on(source, target, _SECOND, found)
    for place in range(found.size):
        one, two, kind = source[place], target[place], kinds[place]
        if not _lives(until[place], day):
            age = np.int64(age_weight(web, begin + place, day, rules) * _AGES)
            found[place] = _on(found[place], np.uint64(age), _FIRST)
        if one == two:
            itself[one] += found[place]
        dated = (since[place] != NO_DAY) | (until[place] != NO_DAY)
        if (kind == CONTROLS) & dated and marks[place] & DERIVED:
            unsure[one] |= FAR_AWAY
            unsure[two] |= FAR_AWAY


@loop()
def _fill_broad(
    web: Web,
    rules: Rules,
    letters: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
    itself: Numbers,
    unsure: Numbers,
    first: Number,
    broad: Numbers,
) -> None:
    """Fill in `broad` of `traces_of` of as many parties as it has, and what records leave `unsure`.

    The parties are those from `first`.
    """
    degree, blocked, free = web.degree, web.blocked, rules.free_bits
    small, quiet = 1 << free, _mix(_mix(np.uint64(0)))
    for place in range(broad.size):
        party = first + place
        begin, end = rec_start[party], rec_start[party + 1]
        if begin == end and degree[party] <= small and blocked[party] == 0 and itself[party] == 0:
            # As most are.
            broad[place] = quiet
            continue
        value = _mix(_both(bits(degree[party], free), blocked[party]))
        if begin < end:
            records = np.uint64(0)
            for one in range(begin, end):
                if strength[one] > 0:
                    record = _mix(_both(strength[one], act[one]))
                    if cites[one] >= 0:
                        record = _mix(record ^ _name(letters[cites[one]]))
                        unsure[party] |= CITES
                    records += record
            value ^= _mix(records)
        broad[place] = _mix(value ^ itself[party])


@loop()
def traces_of(
    web: Web,
    rules: Rules,
    day: Number,
    letters: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> tuple[Numbers, Numbers]:
    """Return (rows, broad); `letters` are the bytes of uids, then arrays of Strengths.

    `rows` (links,) uint64: each link row as it stands on the day, between whom. By party,
    `broad` uint64: what also the pairs of its neighbours depend on, its size as a hub, its
    records, its own shares.
    """
    size = web.blocked.size
    rows, broad = np.empty(web.source.size, np.uint64), np.empty(size, np.uint64)
    itself, unsure = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    none = np.empty(0, np.int32)
    for begin in range(0, rows.size, _BLOCK):
        part = rows[begin : begin + _BLOCK]
        _fill_rows(web, rules, day, none, begin, part, itself, unsure)
    records = (rec_start, strength, act, cites)
    _fill_broad(web, rules, letters, *records, itself, unsure, 0, broad)
    return rows, broad


@loop()
def other_rows(
    web: Web,
    rules: Rules,
    day: Number,
    before: Rows,
    back: Numbers,
    forth: Numbers,
    itself: Numbers,
    unsure: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` (parties,) the ends of rows that came, went or changed.

    Both stand in an order that mostly stayed. Where they part, the nearest row at which they meet
    again is looked for; where there is none near by, both are taken to have changed, which is
    dearer and never wrong. `itself` and `unsure` (parties,) are filled in on the way. `back`
    (parties,) is each one's place then, empty where all have the same, `forth` the place now.
    """
    source, target = web.source, web.target
    old, from_, to = before.trace, before.source, before.target
    trace = np.empty(min(_BLOCK, source.size), np.uint64)
    # Traces are those of the rows from `low`, `high` of them are known.
    low, high = 0, 0
    e, was = 0, 0
    while e < source.size or was < old.size:
        if e + _NEAR >= high and high < source.size:
            kept = high - e
            for place in range(kept):
                trace[place] = trace[e - low + place]
            count = min(trace.size - kept, source.size - high)
            made = trace[kept : kept + count]
            _fill_rows(web, rules, day, back, high, made, itself, unsure)
            low, high = e, high + count
        # As long as rows are known and both orders go on alike.
        last = high if high == source.size else high - _NEAR
        while e < last and was < old.size and trace[e - low] == old[was]:
            e += 1
            was += 1
        if e >= last and high < source.size:
            continue
        fresh, gone = min(1, source.size - e), min(1, old.size - was)
        for step in range(_NEAR * _NEAR):
            there, then = e + step // _NEAR, was + step % _NEAR
            if there < source.size and then < old.size and trace[there - low] == old[then]:
                fresh, gone = there - e, then - was
                break
        for _ in range(fresh):
            mask[source[e]] = mask[target[e]] = 1
            e += 1
        for _ in range(gone):
            for end in (forth[from_[was]], forth[to[was]]):
                if end >= 0:
                    mask[end] = 1
            was += 1


@loop()
def aligned(old: Numbers, new: Numbers) -> tuple[Numbers, Numbers]:
    """Return (back, forth) int32: the old place of each new node, the new of each old, or -1.

    `old` and `new` (nodes, words) are the bytes of uids in order, as numbers of any width alike
    whose first byte is the lowest.
    """
    back = np.full(new.shape[0], -1, np.int32)
    forth = np.full(old.shape[0], -1, np.int32)
    one, two = 0, 0
    while one < forth.size and two < back.size:
        order = 0
        for place in range(old.shape[1]):
            left, right = np.uint64(old[one, place]), np.uint64(new[two, place])
            if left != right:
                while left & _BYTE == right & _BYTE:
                    left, right = left >> _R8, right >> _R8
                order = -1 if left & _BYTE < right & _BYTE else 1
                break
        if order == 0:
            back[two], forth[one] = one, two
        one += order <= 0
        two += order >= 0
    return back, forth


@loop()
def touched(
    web: Web,
    rules: Rules,
    letters: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
    itself: Numbers,
    unsure: Numbers,
    back: Numbers,
    old_broad: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` (parties,) uint8 whose pairs may differ though none of their rows does.

    `itself` and `unsure` are as `other_rows` left them.
    """
    in_start, in_row, out_start, out_row = web.in_start, web.in_row, web.out_start, web.out_row
    source, target = web.source, web.target
    records = (rec_start, strength, act, cites)
    broad = np.empty(min(_BLOCK, back.size), np.uint64)
    for party in range(back.size):
        at = party % _BLOCK
        if at == 0:
            some = broad[: min(broad.size, back.size - party)]
            _fill_broad(web, rules, letters, *records, itself, unsure, party, some)
        old = back[party]
        if old < 0 or unsure[party] & FAR_AWAY:
            mask[party] = 1
        if old < 0 or broad[at] != old_broad[old] or unsure[party] & CITES:
            mask[party] = 1
            for place in range(in_start[party], in_start[party + 1]):
                mask[source[in_row[place]]] = 1
            for place in range(out_start[party], out_start[party + 1]):
                mask[target[out_row[place]]] = 1
