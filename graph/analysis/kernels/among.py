"""The parties that a change touched as a graph of their own: a pair differs only if both ends do.

In it they are numbered by turn, so that all that is read of them lies together.
"""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.

from typing import Any

import numpy as np

from graph.analysis.kernels.ahead import AHEAD, fetch
from graph.analysis.kernels.factors import DERIVED, Numbers, Web
from graph.analysis.kernels.pairs import Records
from graph.loops import loop

_BY_ROW = ("kind", "post", "flags", "share", "votes", "given", "since", "until")
_BY_PARTY = ("blocked", "degree", "near")


@loop()
def _rows_among(
    start: Numbers, row: Numbers, target: Numbers, parties: Numbers, mask: Numbers
) -> tuple[Numbers, Numbers]:
    """Return (start, row) of lists of what leads from one of `parties` to one that `mask` marks."""
    most, last = 0, parties.size - 1
    for turn in range(parties.size):
        fetch(start, parties[min(turn + AHEAD, last)])
        most += start[parties[turn] + 1] - start[parties[turn]]
    begins, found = np.empty(parties.size + 1, np.int64), np.empty(most, np.int32)
    filled = 0
    for turn in range(parties.size):
        fetch(row, start[parties[min(turn + AHEAD, last)]])
        begins[turn] = filled
        for place in range(start[parties[turn]], start[parties[turn] + 1]):
            found[filled] = row[place]
            filled += 1
    begins[parties.size] = filled
    kept, begin = 0, 0
    for turn in range(parties.size):
        end = begins[turn + 1]
        begins[turn] = kept
        for place in range(begin, end):
            fetch(target, found[min(place + AHEAD, most - 1)])
            if mask[target[found[place]]]:
                found[kept] = found[place]
                kept += 1
        begin = end
    begins[parties.size] = kept
    return begins, found[:kept]


@loop()
def _by_end(end: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Return (start, row) of lists of rows by where they end, each in the order of rows."""
    start, row = np.zeros(size + 1, np.int64), np.empty(end.size, np.int32)
    for place in range(end.size):
        start[end[place] + 1] += 1
    for party in range(size):
        start[party + 1] += start[party]
    free = start[:-1].copy()
    for place in range(end.size):
        row[free[end[place]]] = place
        free[end[place]] += 1
    return start, row


@loop()
def _fill_taken(column: Numbers, rows: Numbers, found: Numbers) -> None:
    last = rows.size - 1
    for place in range(rows.size):
        fetch(column, rows[min(place + 2 * AHEAD, last)])
        found[place] = column[rows[place]]


def _taken(column: Numbers, rows: Numbers) -> Numbers:
    """Return what a column says of some rows, which lie anywhere."""
    found: Numbers = np.empty(rows.size, column.dtype)
    _fill_taken(column, rows, found)
    return found


def among(web: Web, parties: Numbers, mask: Numbers) -> Web:
    """Return a web of some parties, in order, and of the links among them; `mask` marks them.

    Both are numbered by turn: links as they are listed, so that those of a pair stay in order. What
    a party holds of itself is among them, so that its votes are counted as ever.
    """
    size = parties.size
    turn = np.empty(mask.size, np.int32)
    turn[parties] = np.arange(size, dtype=np.int32)
    out_start, rows = _rows_among(web.out_start, web.out_row, web.target, parties, mask)
    source = np.repeat(np.arange(size, dtype=np.int32), np.diff(out_start))
    target = turn[_taken(web.target, rows)]
    in_start, in_row = _by_end(target, size)
    columns = {name: _taken(getattr(web, name), rows) for name in _BY_ROW}
    columns |= {name: getattr(web, name)[parties] for name in _BY_PARTY}
    columns |= {"source": source, "target": target, "out_start": out_start, "out_other": target}
    columns |= {"out_row": np.arange(rows.size, dtype=np.int32)}
    columns |= {"in_start": in_start, "in_row": in_row, "in_other": source[in_row]}
    columns |= _via(web, rows, columns["flags"])
    return web._replace(**{name: _fixed(array) for name, array in columns.items()})


def _via(web: Web, rows: Numbers, flags: Numbers) -> dict[str, Numbers]:
    """Return from what some rows were derived, by their turn; what it was stays as it is called."""
    derived = np.flatnonzero(flags & DERIVED)
    begin, end = (np.searchsorted(web.via_row, rows[derived], side) for side in ("left", "right"))
    lengths = end - begin
    firsts = np.cumsum(lengths) - lengths
    taken = np.repeat(begin - firsts, lengths) + np.arange(lengths.sum())
    found = {name: getattr(web, name)[taken] for name in _VIA}
    return found | {"via_row": np.repeat(derived, lengths).astype(np.int32)}


_VIA = ("via_engagement", "via_first", "via_second")


def records_among(parties: Numbers, start: Numbers, *columns: Numbers) -> Records:
    """Return the records of some parties, by turn; given are those of all."""
    begins = start[parties]
    lengths = start[parties + 1] - begins
    firsts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    taken = np.repeat(begins - firsts[:-1], lengths) + np.arange(firsts[-1])
    # As the others are: a second kind of array would compile every kernel again.
    firsts.flags.writeable = start.flags.writeable
    strength, act, cites = (column[taken] for column in columns)
    return firsts, strength, act, cites


def _fixed(array: Numbers) -> Any:  # noqa: ANN401 - as numpy has it
    """Return an array that may not be written: a second kind compiles every kernel again."""
    array.flags.writeable = False
    return array
