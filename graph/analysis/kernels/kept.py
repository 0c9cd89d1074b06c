"""What was found upstream of a party, kept with all its rows, and reckoned again without some."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

import numpy as np

from graph.analysis.kernels.factors import (
    CONTROLS,
    HOLDS_SHARES,
    Number,
    Numbers,
    Rules,
    Web,
    present,
    row_factor,
)
from graph.analysis.kernels.reach import Lists
from graph.loops import loop


@loop()
def _run(lists: Lists, party: Number, other: Number) -> tuple[Number, Number]:
    """Return where the links of two parties begin and end in the list of the first."""
    low, high = lists.start[party], lists.start[party + 1]
    end = high
    while low < high:
        middle = (low + high) // 2
        if lists.pair[middle] // 2 < other:
            low = middle + 1
        else:
            high = middle
    last = low
    while last < end and lists.pair[last] // 2 == other:
        last += 1
    return low, last


@loop()
def rows_kept(
    web: Web,
    lists: Lists,
    source: Numbers,
    target: Numbers,
    first: Numbers,
    row: Numbers,
    way: Numbers,
    factor: Numbers,
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Return (first, row, way, ppm, run): by edge the rows that have a factor or may get one.

    `source`, `target` (edges,) are places of parties; `row`, `way`, `factor` those found, of edge e
    at `first[e]:first[e + 1]`. Where a holding or control stands, every row of the pair is taken:
    without one of them another may count for more. `run` numbers rows of one pair that point the
    same way and have a say in each other's factor; -1 for others.
    """
    most = 0
    for e in range(source.size):
        low, high = _run(lists, target[e], source[e])
        most += high - low
    begins = np.zeros(source.size + 1, np.int64)
    found = np.empty((4, most), np.int64)
    filled, runs = 0, 0
    for e in range(source.size):
        low, high = _run(lists, target[e], source[e])
        at = first[e]
        place = low
        while place < high:
            pair = lists.pair[place]
            last = place
            tied = False
            while last < high and lists.pair[last] == pair:
                kind = web.kind[lists.row[last]]
                tied = tied or kind == HOLDS_SHARES or kind == CONTROLS  # noqa: PLR1714 - numba
                last += 1
            for one in range(place, last):
                p = np.int64(0)
                named = at < first[e + 1] and row[at] == lists.row[one]
                if named and way[at] == 1 - pair % 2:
                    p = factor[at]
                    at += 1
                if p > 0 or tied:
                    found[0, filled], found[1, filled] = lists.row[one], 1 - pair % 2
                    found[2, filled] = p
                    found[3, filled] = runs if tied else -1
                    filled += 1
            runs += tied
            place = last
        begins[e + 1] = filled
    return (
        begins,
        found[0, :filled].copy(),
        found[1, :filled].copy(),
        found[2, :filled].copy(),
        found[3, :filled].copy(),
    )


@loop()
def reckoned(
    web: Web,
    rules: Rules,
    day: Number,
    dropped: Numbers,
    alone: Numbers,
    row: Numbers,
    way: Numbers,
    run: Numbers,
    places: Numbers,
    factor: Numbers,
) -> None:
    """Write the factors of some rows, in order, as they are without the `dropped` ones.

    All rows of a `run` stand among the `places`, one after another, or none of them does; `alone`
    is as in lone.lone_factors, not capped. Factors are at most the cap.
    """
    cap = np.int64(rules.cap)
    begin = 0
    while begin < places.size:
        end = begin + 1
        while (
            end < places.size and run[places[end]] >= 0 and run[places[end]] == run[places[begin]]
        ):
            end += 1
        rows = np.empty(end - begin, np.int64)
        where = np.empty(end - begin, np.int64)
        count = np.int64(0)
        for one in range(begin, end):
            place = places[one]
            factor[place] = 0
            if present(web, row[place], dropped):
                rows[count], where[count] = row[place], place
                count += 1
        for one in range(count):
            p = np.int64(alone[rows[one], way[where[one]]])
            if p < 0:
                p = row_factor(web, rows, count, one, way[where[one]], day, rules, dropped)
            factor[where[one]] = min(p, cap)
        begin = end
