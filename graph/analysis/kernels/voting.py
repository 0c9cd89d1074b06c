"""Who gathers more than half of the votes: pooled holders, some companies, or the whole graph."""

# A kernel takes arrays one by one.
# ruff: noqa: C901, PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.factors import Ints, Number, Numbers, Web, has, voting_base
from graph.analysis.kernels.upstream import holds, is_holding
from graph.loops import loop

_NONE = np.zeros(0, np.int64)


@loop()
def pooled_control(web: Web, pool: Ints, day: Number) -> tuple[Ints, Ints, Ints]:
    """Return (companies in order of discovery, votes each, base each) that a pool controls.

    `pool` are the sorted rows of those who act in concert: their votes count as one holder's, and
    a row counts once.
    """
    gathered: dict[Number, Number] = {np.int64(-1): np.int64(0)}
    bases: dict[Number, Number] = {np.int64(-1): np.int64(0)}
    inside: dict[Number, Number] = {np.int64(-1): np.int64(0)}
    # The first is nobody: a list that only another kernel fills has no type.
    members: list[Number] = [np.int64(-1)]
    for row in pool:
        _add(web, row, day, gathered, bases, inside, members)
    turn = 1
    while turn < len(members):
        current = members[turn]
        turn += 1
        for place in range(web.out_start[current], web.out_start[current + 1]):
            row = np.int64(web.out_row[place])
            if not has(pool, row) and is_holding(web, row, day):
                _add(web, row, day, gathered, bases, inside, members)
    count = len(members) - 1
    companies = np.empty(count, np.int64)
    votes = np.empty(count, np.int64)
    base = np.empty(count, np.int64)
    for place in range(count):
        company = members[place + 1]
        companies[place], votes[place], base[place] = company, gathered[company], bases[company]
    return companies, votes, base


@loop()
def _add(
    web: Web,
    row: Number,
    day: Number,
    gathered: dict[Number, Number],
    bases: dict[Number, Number],
    inside: dict[Number, Number],
    members: list[Number],
) -> None:
    company = np.int64(web.target[row])
    if web.votes[row] <= 0 or web.source[row] == company:
        return
    if company not in bases:
        bases[company] = np.int64(voting_base(web, company, day, _NONE))
        gathered[company] = np.int64(0)
    gathered[company] += np.int64(web.votes[row])
    if company not in inside and 2 * gathered[company] > bases[company]:
        inside[company] = np.int64(1)
        members.append(company)


@loop()
def ballots(web: Web, day: Number) -> tuple[Ints, Numbers, Numbers, Numbers]:
    """Return the votes of a day by holder: (starts (n + 1,), company, votes (m,), base (n,)).

    `base` are the votes that count, in ppm: all but what a company holds of itself. Rows are read
    in their own order and dealt out to holders: jumping from row to row by holder is far slower.
    """
    size = web.out_start.size - 1
    kind, flags, since, until = web.kind, web.flags, web.since, web.until
    source, target, said = web.source, web.target, web.votes
    counts = np.zeros(size, np.int32)
    base = np.full(size, 1_000_000, np.int32)
    for row in range(source.size):
        if said[row] > 0 and holds(kind, flags, since, until, row, day):
            if source[row] == target[row]:
                base[source[row]] -= said[row]
            else:
                counts[source[row]] += 1
    starts = np.zeros(size + 1, np.int64)
    for holder in range(size):
        starts[holder + 1] = starts[holder] + counts[holder]
        counts[holder] = 0
    company = np.empty(starts[size], np.int32)
    votes = np.empty(starts[size], np.int32)
    for row in range(source.size):
        if said[row] > 0 and holds(kind, flags, since, until, row, day):
            holder = source[row]
            if holder != target[row]:
                place = starts[holder] + counts[holder]
                counts[holder] += 1
                company[place] = target[row]
                votes[place] = said[row]
    return starts, company, votes, base


@loop()
def control_pairs(
    starts: Ints, company: Numbers, votes: Numbers, base: Numbers, most: Number
) -> tuple[Numbers, Numbers, Ints, bool]:
    """Return (holder, company, votes gathered ppm, capped) of every pair of the relation.

    Holder i votes `votes` in company[starts[i]:starts[i + 1]]. At most about `most` pairs; holders
    in order, companies of one in order of discovery.
    """
    size = base.size
    gathered = np.zeros(size, np.int64)
    within = np.zeros(size, np.bool_)
    queue = np.empty(size, np.int32)
    touched = np.empty(size, np.int32)
    room = 1024
    found = np.empty((2, room), np.int32)
    sums = np.empty(room, np.int64)
    count = 0
    least = np.int64(base.min()) if size else np.int64(0)
    for holder in range(size):
        own = np.int64(0)
        for place in range(starts[holder], starts[holder + 1]):
            own += votes[place]
        # All its votes together are no majority anywhere: nothing is gained first.
        if 2 * own <= least:
            continue
        queue[0] = holder
        queued, done, seen = 1, 0, 0
        within[holder] = True
        while done < queued:
            voter = queue[done]
            done += 1
            for place in range(starts[voter], starts[voter + 1]):
                target = company[place]
                if target == holder:
                    continue
                if gathered[target] == 0:
                    touched[seen] = target
                    seen += 1
                gathered[target] += votes[place]
                if not within[target] and 2 * gathered[target] > base[target]:
                    within[target] = True
                    queue[queued] = target
                    queued += 1
        if count + queued > room:
            room = 2 * (count + queued)
            wider, more = np.empty((2, room), np.int32), np.empty(room, np.int64)
            wider[:, :count], more[:count] = found[:, :count], sums[:count]
            found, sums = wider, more
        for place in range(1, queued):
            target = queue[place]
            found[0, count], found[1, count], sums[count] = holder, target, gathered[target]
            count += 1
        for place in range(seen):
            gathered[touched[place]] = 0
            within[touched[place]] = False
        within[holder] = False
        if count > most:
            return found[0, :count].copy(), found[1, :count].copy(), sums[:count].copy(), True
    return found[0, :count].copy(), found[1, :count].copy(), sums[:count].copy(), False
