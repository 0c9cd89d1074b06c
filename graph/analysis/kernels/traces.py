"""What each party's pairs depend on, as one number: whose number is the same has the same pairs.

A number is a hash of 64 bits over all that the factors and strengths of the party's pairs are
made of, in no order: of a million changes one would go unseen in some 10^13 scans.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

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
def names_of(letters: Numbers) -> Numbers:
    """Return a hash (nodes,) uint64 of each uid; `letters` (nodes, width) are its bytes."""
    found = np.empty(letters.shape[0], np.uint64)
    for node in range(found.size):
        value = _BASIS
        for place in range(letters.shape[1]):
            if letters[node, place] == 0:
                break
            value = (value ^ np.uint64(letters[node, place])) * _PRIME
        found[node] = _mix(value)
    return found


@njit(cache=True)
def traces_of(
    web: Web,
    rules: Rules,
    day: Number,
    names: Numbers,
    rec_start: Numbers,
    strength: Numbers,
    act: Numbers,
    cites: Numbers,
) -> tuple[Numbers, Numbers, Numbers]:
    """Return (around, broad, unsure) by party; the last four arrays are those of Strengths.

    `around` uint64: its link rows as they stand on the day. `broad` uint64: what also the pairs of
    its neighbours depend on, its size as a hub, its records, its own shares. `unsure` uint8:
    FAR_AWAY where a factor may hang on votes elsewhere, CITES where a record names an engagement.
    """
    size = web.blocked.size
    # Beside each other: what is read and written of a party then lies in one line of memory.
    beside = np.zeros((size, 2), np.uint64)
    beside[:, 0] = names
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
        value = _mix(value ^ beside[source, 0])
        value = _mix(value ^ beside[target, 0])
        beside[source, 1] += value
        if source == target:
            itself[source] += value
        else:
            beside[target, 1] += value
        if kind == CONTROLS and flags & DERIVED and (since != NO_DAY or until != NO_DAY):
            unsure[source] |= FAR_AWAY
            unsure[target] |= FAR_AWAY
    for party in range(size):
        records = np.uint64(0)
        for place in range(rec_start[party], rec_start[party + 1]):
            if strength[place] > 0:
                value = _mix(_both(strength[place], act[place]))
                if cites[place] >= 0:
                    value = _mix(value ^ names[cites[place]])
                    unsure[party] |= CITES
                records += value
        hub = bits(web.degree[party], rules.free_bits)
        value = _mix(_both(hub, web.blocked[party]))
        broad[party] = _mix(_mix(value ^ _mix(records)) ^ itself[party])
    return beside[:, 1].copy(), broad, unsure


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
    around: Numbers,
    broad: Numbers,
    unsure: Numbers,
    old_around: Numbers,
    old_broad: Numbers,
) -> Numbers:
    """Return whether (parties,) uint8 a party's pairs may differ from what they were."""
    mask = np.zeros(back.size, np.uint8)
    for party in range(back.size):
        old = back[party]
        if old < 0 or around[party] != old_around[old] or unsure[party] & FAR_AWAY:
            mask[party] = 1
        if old < 0 or broad[party] != old_broad[old] or unsure[party] & CITES:
            mask[party] = 1
            for place in range(web.in_start[party], web.in_start[party + 1]):
                mask[web.in_other[place]] = 1
            for place in range(web.out_start[party], web.out_start[party + 1]):
                mask[web.out_other[place]] = 1
    return mask
