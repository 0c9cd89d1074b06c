"""The factor of each link row as if it were its pair's only one.

One part of the factor at a time: where several stand between branches numba counts references to
every array, ten times the time of all else.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.factors import (
    AGAINST,
    ALONG,
    CONTROLS,
    DERIVED,
    HOLDS_SHARES,
    LEAD,
    NO_DAY,
    WHOLE,
    Number,
    Numbers,
    Rules,
    Web,
    age_weight,
    alive,
    basic_beta,
    bits,
    voting_base,
    whole_ppm,
)
from graph.analysis.kernels.threads import Threads
from graph.loops import loop

# What stands for the factor of a computed link of control; of a holding: this less its factor.
UNKNOWN, HOLDING = -1, -2
# No factor is as large, and HOLDING less this is a number of 32 bits.
UNCAPPED = 2**31 - 3
# Rows that are looked at together: what is found of them on the way stays near the processor.
_BLOCK = 8_192
# No party has so many counterparties that their number doubles more often.
_MOST_BITS = 64


@loop()
def _ages(web: Web, rules: Rules, day: Number, rows: Numbers) -> Numbers:
    found = np.empty(rows.size, np.float64)
    for place in range(rows.size):
        found[place] = age_weight(web, rows[place], day, rules)
    return found


@loop(nogil=True)
def _mark_own_shares(web: Web, rows: Numbers, found: Numbers) -> None:
    """Mark in (parties,) who holds shares of itself by some rows: of others all votes count.

    To look for them in the lists of each company would be most of the time.
    """
    source, target, kind = web.source, web.target, web.kind
    for place in range(rows.size):
        row = rows[place]
        if source[row] == target[row] and kind[row] == HOLDS_SHARES:
            found[target[row]] = 1


@loop()
def _holdings(web: Web, rules: Rules, day: Number, rows: Numbers, own: Numbers) -> Numbers:
    """Return phi of holdings as `holding_weight` does of the only row of a pair, 1 of others.

    `own` (parties,) says who holds shares of itself.
    """
    none = np.zeros(0, np.int64)
    # Read out once: each access to a field makes numba count a reference.
    kinds, targets, untils, shares, all_votes = (
        web.kind,
        web.target,
        web.until,
        web.share,
        web.votes,
    )
    found = np.ones(rows.size, np.float64)
    for place in range(rows.size):
        row = rows[place]
        if kinds[row] == HOLDS_SHARES:
            company, until = targets[row], untils[row]
            share, votes = max(0, shares[row]), max(0, all_votes[row])
            # An ended holding counts as it stood on its last day.
            on = day if until == NO_DAY or day < until else until - 1
            base = WHOLE
            if own[company]:
                base = voting_base(web, company, on, none)
            phi = 1.0 if 2 * votes > base else min(1.0, rules.slope * share / WHOLE)
            counts = alive(web, row, on) and (phi >= 1.0 or share >= rules.least)
            found[place] = phi if counts else 0.0
    return found


@loop(nogil=True)
def _fill_sizes(web: Web, rules: Rules, first: Number, end: Number, found: Numbers) -> None:
    """Fill in `bits` of parties, uint8: a byte each stays nearer than what it is made from."""
    degree, free = web.degree, rules.free_bits
    for party in range(first, end):
        found[party] = bits(degree[party], free)


@loop()
def _hubs(web: Web, rules: Rules, rows: Numbers, ways: Numbers, sizes: Numbers) -> Numbers:
    """Return `hub_weight` of rows, each in its way; `sizes` are those of all parties."""
    source, target, kind, hub = web.source, web.target, web.kind, rules.hub
    inward, outward = np.empty(_MOST_BITS, np.float64), np.empty(_MOST_BITS, np.float64)
    for count in range(_MOST_BITS):
        inward[count], outward[count] = 2.0 ** (-count), 2.0 ** (-count / 2)
    found = np.ones(rows.size, np.float64)
    for place in range(rows.size):
        row = rows[place]
        if hub[kind[row]]:
            into, out_of = target[row], source[row]
            if ways[place] != ALONG:
                into, out_of = out_of, into
            found[place] = inward[sizes[into]] * outward[sizes[out_of]]
    return found


@loop()
def _betas(web: Web, rules: Rules, rows: Numbers, ways: Numbers) -> Numbers:
    found = np.empty(rows.size, np.float64)
    for place in range(rows.size):
        found[place] = basic_beta(web, rows[place], ways[place], rules)
    return found


@loop()
def _said(
    web: Web, rules: Rules, day: Number, rows: Numbers, ways: Numbers, factor: Numbers
) -> None:
    """Put given factors in place of computed ones, and 0 for what has not begun."""
    for place in range(factor.size):
        row = rows[place]
        since, until = web.since[row], web.until[row]
        given, usable = web.given[row], (web.flags[row] & LEAD == 0) | (rules.leads == 1)
        begun = (since == NO_DAY) | (since <= day)
        lives = begun & ((until == NO_DAY) | (day < until))
        if given >= 0:
            factor[place] = given * (usable & lives & (ways[place] == ALONG))
        elif not begun:
            factor[place] = 0


@loop()
def _uncapped(
    web: Web,
    rules: Rules,
    day: Number,
    rows: Numbers,
    ways: Numbers,
    phis: Numbers,
    sizes: Numbers,
) -> Numbers:
    """Return the factors (rows,) int32 of rows, each in its way, in ppm before the cap.

    `phis` (rows,) are those of holdings, `sizes` as of `_hubs`.
    """
    ages = _ages(web, rules, day, rows)
    hubs, betas = _hubs(web, rules, rows, ways, sizes), _betas(web, rules, rows, ways)
    found = np.empty(rows.size, np.int32)
    for place in range(rows.size):
        found[place] = whole_ppm(betas[place] * phis[place] * hubs[place] * ages[place])
    _said(web, rules, day, rows, ways, found)
    return found


@loop()
def _marked(web: Web, cap: Number, rows: Numbers, factor: Numbers) -> None:
    """Cap factors, and mark those on which others of their pair have a say."""
    for place in range(rows.size):
        kind, flags = web.kind[rows[place]], web.flags[rows[place]]
        value = min(np.int64(factor[place]), cap)
        if kind == HOLDS_SHARES:
            value = HOLDING - value
        elif (kind == CONTROLS) & (flags & DERIVED != 0):
            value = np.int64(UNKNOWN)
        factor[place] = value


@loop(nogil=True)
def _mark_blocks(web: Web, first: Number, end: Number, own: Numbers) -> None:
    for begin in range(first, end, _BLOCK):
        _mark_own_shares(web, np.arange(begin, min(begin + _BLOCK, end)), own)


@loop(nogil=True)
def _fill_lone(
    web: Web,
    rules: Rules,
    day: Number,
    cap: Number,
    own: Numbers,
    sizes: Numbers,
    first: Number,
    end: Number,
    found: Numbers,
) -> None:
    for begin in range(first, end, _BLOCK):
        rows = np.arange(begin, min(begin + _BLOCK, end)).astype(np.int32)
        phis = _holdings(web, rules, day, rows, own)
        for way in (AGAINST, ALONG):
            ways = np.full(rows.size, way, np.uint8)
            factor = _uncapped(web, rules, day, rows, ways, phis, sizes)
            _marked(web, cap, rows, factor)
            found[begin : begin + rows.size, way] = factor


def lone_factors(web: Web, rules: Rules, day: int, cap: int, threads: Threads) -> Numbers:
    """Return the factors (rows, 2) int32 ppm of rows as if each were its pair's only one.

    Against and along the link, at most `cap`: p, HOLDING - p of a holding, UNKNOWN of computed
    control. Rows are gone through as they lie in memory, where a party's are far from each other;
    who comes to one later has both ways at once.
    """
    # numpy asks for large pages, a kernel does not.
    found = np.empty((web.source.size, 2), np.int32)
    own, sizes = np.zeros(web.blocked.size, np.uint8), np.empty(web.blocked.size, np.uint8)
    rows = web.source.size
    threads.over(own.size, lambda first, end, _: _fill_sizes(web, rules, first, end, sizes))
    threads.over(rows, lambda first, end, _: _mark_blocks(web, first, end, own))
    known = web, rules, day, cap, own, sizes
    threads.over(rows, lambda first, end, _: _fill_lone(*known, first, end, found))
    return found
