"""Loops over the arrays of a whole snapshot, compiled where there is much to do."""

from collections.abc import Callable
from functools import cache

import numpy as np

from graph.snapshot.numeric import IntArray

# So many holders are done (a tenth of a second) before a compiled loop is fetched from its folder.
FEW_HOLDERS = 5_000
Pairs = tuple[IntArray, IntArray, IntArray, IntArray, IntArray]


def loop_for(holders: int) -> Callable[..., Pairs]:
    """Return control_pairs as it is for few holders, compiled for many: the pairs are the same."""
    return control_pairs if holders <= FEW_HOLDERS else _compiled()


@cache
def _compiled() -> Callable[..., Pairs]:
    from graph.loops import loop  # noqa: PLC0415 - a load of few rows starts sooner without it

    made: Callable[..., Pairs] = loop()(control_pairs)
    return made


def control_pairs(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - a kernel takes arrays
    starts: IntArray,
    company: IntArray,
    votes: IntArray,
    since: IntArray,
    until: IntArray,
    base: IntArray,
    holders: IntArray,
    most: int,
) -> Pairs:
    """Return every pair (holder, company) of the control relation (method.md 6).

    All int64. Holder i votes `votes[j]` ppm in `company[j]`, starts[i] <= j < starts[i + 1], from
    day since[j] until before day until[j]; `base` (n,) is the votes a company has in all, `holders`
    whom to ask about. Returned, one row a pair: holder, company, the days (from, until before)
    on which every vote that counted is there, and the votes gathered without the holder's own.

    Raises:
        OverflowError: there are more than `most` pairs.
    """
    nodes = base.size
    gathered = np.zeros(nodes, np.int64)
    own = np.zeros(nodes, np.int64)
    first = np.zeros(nodes, np.int64)
    last = np.zeros(nodes, np.int64)
    within = np.zeros(nodes, np.bool_)
    queue = np.empty(nodes, np.int64)
    touched = np.empty(nodes, np.int64)
    room = max(16, 2 * holders.size)
    found = np.empty((5, room), np.int64)
    count = 0
    for holder in holders:
        queue[0] = holder
        queued, done, seen = 1, 0, 0
        within[holder] = True
        first[holder], last[holder] = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        while done < queued:
            voter = queue[done]
            done += 1
            for row in range(starts[voter], starts[voter + 1]):
                target = company[row]
                if target == holder or target == voter:  # noqa: PLR1714, SIM109 - numba has no mixed tuples
                    continue
                if gathered[target] == 0 and votes[row] > 0:
                    touched[seen] = target
                    seen += 1
                    if not within[target]:
                        first[target] = np.iinfo(np.int64).min
                        last[target] = np.iinfo(np.int64).max
                gathered[target] += votes[row]
                if voter == holder:
                    own[target] += votes[row]
                if within[target]:
                    continue
                first[target] = max(first[target], since[row], first[voter])
                last[target] = min(last[target], until[row], last[voter])
                if 2 * gathered[target] > base[target]:
                    within[target] = True
                    queue[queued] = target
                    queued += 1
        if count + queued > most:
            raise OverflowError
        if count + queued > room:
            room = 2 * (count + queued)
            wider = np.empty((5, room), np.int64)
            wider[:, :count] = found[:, :count]
            found = wider
        for place in range(1, queued):
            target = queue[place]
            found[0, count], found[1, count] = holder, target
            found[2, count], found[3, count] = first[target], last[target]
            found[4, count] = gathered[target] - own[target]
            count += 1
        for place in range(seen):
            gathered[touched[place]] = 0
            own[touched[place]] = 0
            within[touched[place]] = False
        within[holder] = False
    return found[0, :count], found[1, :count], found[2, :count], found[3, :count], found[4, :count]
