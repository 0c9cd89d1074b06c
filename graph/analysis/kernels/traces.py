"""What pairs depend on, by link row and by party, as one number each: what stayed has the same.

A number is a hash of 64 bits over all that the factors and strengths of pairs are made of: of a
million changes one would go unseen in some 10^13 scans.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901, PLR0913, PLR0917

from typing import NamedTuple

import numpy as np
from numba import njit

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

# Splitmix64 (Steele, Lea, Flood 2014) and FNV-1a: their published constants.
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_R30, _R27, _R31, _R32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_LOW = 0xFFFFFFFF
# Every weight of age above 2^-9 is a whole number of these.
_AGES = 2.0**61
# Bits of `unsure`.
FAR_AWAY, CITES = 1, 2
# So many rows ahead it is looked where two orders of rows meet again.
_NEAR = 8


class Rows(NamedTuple):
    """Link rows (links,): what each says, and its ends."""

    trace: Numbers
    source: Numbers
    target: Numbers


@njit(cache=True)
def _mix(value: Number) -> Number:
    value = (value ^ (value >> _R30)) * _FIRST
    value = (value ^ (value >> _R27)) * _SECOND
    return value ^ (value >> _R31)


@njit(cache=True)
def _both(low: Number, high: Number) -> Number:
    """Return two numbers of 32 bits in one of 64."""
    return np.uint64(np.int64(low) & _LOW) | (np.uint64(np.int64(high) & _LOW) << _R32)


@njit(cache=True)
def _name(letters: Numbers) -> Number:
    """Return a hash of a uid of which these are the bytes."""
    value = _BASIS
    for place in range(letters.size):
        if letters[place] == 0:
            break
        value = (value ^ np.uint64(letters[place])) * _PRIME
    return _mix(value)


@njit(cache=True)
def traces_of(
    web: Web,
    rules: Rules,
    day: Number,
    letters: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> tuple[Numbers, Numbers, Numbers]:
    """Return (rows, broad, unsure); `letters` are the bytes of uids, then arrays of Strengths.

    `rows` (links,) uint64: each link row as it stands on the day, without its ends. By party,
    `broad` uint64: what also the pairs of its neighbours depend on, its size as a hub, its
    records, its own shares. `unsure` uint8: FAR_AWAY where a factor may hang on votes elsewhere,
    CITES where a record names an engagement.
    """
    size = web.blocked.size
    rows = np.empty(web.source.size, np.uint64)
    itself = np.zeros(size, np.uint64)
    broad = np.empty(size, np.uint64)
    unsure = np.zeros(size, np.uint8)
    for row in range(web.source.size):
        source, target, kind, flags = (
            web.source[row],
            web.target[row],
            web.kind[row],
            web.flags[row],
        )
        since, until, post = web.since[row], web.until[row], web.post[row]
        begun = np.int64((since == NO_DAY) | (since <= day))
        lives = np.int64((until == NO_DAY) | (day < until))
        age = age_weight(web, row, day, rules)
        said = np.int64(kind) | np.int64(post) << 8 | np.int64(flags) << 16
        value = _mix(_both(said, begun | lives << 1))
        value = _mix(value ^ _both(web.share[row], web.votes[row]))
        value = _mix(value ^ _both(web.given[row], since))
        value = _mix(value ^ np.uint64(np.int64(age * _AGES)) ^ _both(0, until))
        rows[row] = value
        if source == target:
            itself[source] += value
        if kind == CONTROLS and flags & DERIVED and (since != NO_DAY or until != NO_DAY):
            unsure[source] |= FAR_AWAY
            unsure[target] |= FAR_AWAY
    for party in range(size):
        records = np.uint64(0)
        for place in range(rec_start[party], rec_start[party + 1]):
            if strength[place] > 0:
                value = _mix(_both(strength[place], act[place]))
                if cites[place] >= 0:
                    value = _mix(value ^ _name(letters[cites[place]]))
                    unsure[party] |= CITES
                records += value
        hub = bits(web.degree[party], rules.free_bits)
        value = _mix(_both(hub, web.blocked[party]))
        broad[party] = _mix(_mix(value ^ _mix(records)) ^ itself[party])
    return rows, broad, unsure


@njit(cache=True)
def other_rows(now: Rows, before: Rows, forth: Numbers, mask: Numbers) -> None:
    """Mark in `mask` (parties,) the ends of rows that came, went or changed.

    Both stand in an order that mostly stayed. Where they part, the nearest row at which they meet
    again is looked for; where there is none near by, both are taken to have changed, which is
    dearer and never wrong.
    """
    # Read out once: each access to a field makes numba count a reference.
    trace, source, target = now.trace, now.source, now.target
    old, from_, to = before.trace, before.source, before.target
    e, was = 0, 0
    while e < trace.size or was < old.size:
        while (
            e < trace.size
            and was < old.size
            and trace[e] == old[was]
            and source[e] == forth[from_[was]]
            and target[e] == forth[to[was]]
        ):
            e += 1
            was += 1
        fresh, gone = min(1, trace.size - e), min(1, old.size - was)
        for step in range(_NEAR * _NEAR):
            there, then = e + step // _NEAR, was + step % _NEAR
            if (
                there < trace.size
                and then < old.size
                and trace[there] == old[then]
                and source[there] == forth[from_[then]]
                and target[there] == forth[to[then]]
            ):
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


@njit(cache=True)
def aligned(old: Numbers, new: Numbers) -> tuple[Numbers, Numbers]:
    """Return (back, forth) int32: the old place of each new node, the new of each old, or -1.

    `old` and `new` (nodes, width) uint8 are the bytes of uids in order.
    """
    back = np.full(new.shape[0], -1, np.int32)
    forth = np.full(old.shape[0], -1, np.int32)
    one, two = 0, 0
    width = max(old.shape[1], new.shape[1])
    while one < forth.size and two < back.size:
        order = 0
        for place in range(width):
            left = old[one, place] if place < old.shape[1] else np.uint8(0)
            right = new[two, place] if place < new.shape[1] else np.uint8(0)
            if left != right:
                order = -1 if left < right else 1
                break
        if order == 0:
            back[two], forth[one] = one, two
        one += order <= 0
        two += order >= 0
    return back, forth


@njit(cache=True)
def touched(
    web: Web,
    back: Numbers,
    broad: Numbers,
    unsure: Numbers,
    old_broad: Numbers,
    mask: Numbers,
) -> None:
    """Mark in `mask` (parties,) uint8 whose pairs may differ though none of their rows does."""
    for party in range(back.size):
        old = back[party]
        if old < 0 or unsure[party] & FAR_AWAY:
            mask[party] = 1
        if old < 0 or broad[party] != old_broad[old] or unsure[party] & CITES:
            mask[party] = 1
            for place in range(web.in_start[party], web.in_start[party + 1]):
                mask[web.in_other[place]] = 1
            for place in range(web.out_start[party], web.out_start[party + 1]):
                mask[web.out_other[place]] = 1
