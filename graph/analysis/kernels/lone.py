"""The factor of each link row as if it were its pair's only one: of all rows, or of some parties'.

Both ways to it multiply the same numbers in the same order, so that they agree to the last bit.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: C901

import numpy as np
from numba import njit

from graph.analysis.kernels.factors import (
    AGAINST,
    ALONG,
    CONTROLS,
    DERIVED,
    HOLDS_SHARES,
    LEAD,
    NO_DAY,
    Number,
    Numbers,
    Rules,
    Web,
    age_weight,
    basic_beta,
    hub_weight,
    lone_holding,
    whole_ppm,
)


@njit(cache=True)
def _ages(web: Web, rules: Rules, day: Number) -> Numbers:
    found = np.empty(web.source.size, np.float64)
    for row in range(found.size):
        found[row] = age_weight(web, row, day, rules)
    return found


@njit(cache=True)
def _holdings(web: Web, rules: Rules, day: Number) -> Numbers:
    none = np.zeros(0, np.int64)
    found = np.ones(web.source.size, np.float64)
    for row in range(found.size):
        if web.kind[row] == HOLDS_SHARES:
            found[row] = lone_holding(web, row, day, rules, none)
    return found


@njit(cache=True)
def _hubs(web: Web, rules: Rules, along: Number) -> Numbers:
    found = np.empty(web.source.size, np.float64)
    for row in range(found.size):
        source, target = web.source[row], web.target[row]
        into = target if along == ALONG else source
        found[row] = hub_weight(web, row, into, source + target - into, rules)
    return found


@njit(cache=True)
def _betas(web: Web, rules: Rules, along: Number) -> Numbers:
    found = np.empty(web.source.size, np.float64)
    for row in range(found.size):
        found[row] = basic_beta(web, row, along, rules)
    return found


@njit(cache=True)
def _said(web: Web, rules: Rules, day: Number, along: Number, factor: Numbers) -> None:
    """Put given factors in place of computed ones, and 0 for what has not begun."""
    for row in range(factor.size):
        since, until = web.since[row], web.until[row]
        given, usable = web.given[row], (web.flags[row] & LEAD == 0) | (rules.leads == 1)
        begun = (since == NO_DAY) | (since <= day)
        lives = begun & ((until == NO_DAY) | (day < until))
        if given >= 0:
            factor[row] = given * (usable & lives & (along == ALONG))
        elif not begun:
            factor[row] = 0


@njit(cache=True)
def _uncapped(web: Web, rules: Rules, day: Number, phis: Numbers) -> Numbers:
    """Return the factors (2, rows) int32 of rows, in ppm before the cap, against and along.

    `phis` (rows,) are those of holdings. Rows are gone through as they lie in memory, where a
    party's own are far from each other. One part of the factor at a time: where several stand
    between branches numba counts references to every array, ten times the time of all else.
    """
    ages = _ages(web, rules, day)
    found = np.empty((2, ages.size), np.int32)
    for way in (AGAINST, ALONG):
        hubs, betas = _hubs(web, rules, way), _betas(web, rules, way)
        for row in range(ages.size):
            found[way, row] = whole_ppm(betas[row] * phis[row] * hubs[row] * ages[row])
        _said(web, rules, day, way, found[way])
    return found


@njit(cache=True)
def lone_factors(web: Web, rules: Rules, day: Number) -> Numbers:
    """Return the factors (2, rows) int32 ppm of rows as if each were its pair's only one.

    Against and along the link, at most the cap.
    """
    found = _uncapped(web, rules, day, _holdings(web, rules, day))
    for way in (AGAINST, ALONG):
        for row in range(web.source.size):
            found[way, row] = min(np.int64(found[way, row]), np.int64(rules.cap))
    return found


@njit(cache=True)
def plain_factors(web: Web, rules: Rules, day: Number) -> Numbers:
    """Return factors (2, rows), ppm before the cap, of links whose pair's others have no say.

    -1 of the others: holdings, and links of control that were computed.
    """
    found = _uncapped(web, rules, day, np.ones(web.source.size, np.float64))
    for row in range(web.source.size):
        kind, flags, given = web.kind[row], web.flags[row], web.given[row]
        derived = (kind == CONTROLS) & (flags & DERIVED != 0)
        if (given < 0) & (derived | (kind == HOLDS_SHARES)):
            found[0, row] = found[1, row] = -1
    return found


@njit(cache=True)
def lone_factors_at(web: Web, rules: Rules, day: Number, parties: Numbers) -> Numbers:
    """Return what `lone_factors` does, of the rows of some parties alone; of others nothing."""
    found = np.full((2, web.source.size), -1, np.int32)
    none = np.zeros(0, np.int64)
    for turn in range(parties.size):
        party = parties[turn]
        for inward in range(2):
            start = web.in_start if inward else web.out_start
            listed = web.in_row if inward else web.out_row
            for place in range(start[party], start[party + 1]):
                row = listed[place]
                if found[ALONG, row] >= 0:
                    continue
                age = age_weight(web, row, day, rules)
                phi = 1.0
                if web.kind[row] == HOLDS_SHARES:
                    phi = lone_holding(web, row, day, rules, none)
                source, target = web.source[row], web.target[row]
                since, until, given = web.since[row], web.until[row], web.given[row]
                usable = (web.flags[row] & LEAD == 0) | (rules.leads == 1)
                begun = (since == NO_DAY) | (since <= day)
                lives = begun & ((until == NO_DAY) | (day < until))
                for way in (AGAINST, ALONG):
                    into = target if way == ALONG else source
                    hub = hub_weight(web, row, into, source + target - into, rules)
                    beta = basic_beta(web, row, way, rules)
                    factor = np.int64(whole_ppm(beta * phi * hub * age))
                    if given >= 0:
                        factor = np.int64(given) * np.int64(usable & lives & (way == ALONG))
                    elif not begun:
                        factor = np.int64(0)
                    found[way, row] = min(factor, np.int64(rules.cap))
    return found
