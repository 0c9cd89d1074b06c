"""The rows of a query as a table, as a chart and as parties on the canvas."""

from collections.abc import Mapping, Sequence

import polars as pl

from graph.snapshot.reader import Snapshot
from queries.output import plain
from queries.run import Answer

# Bars beyond these no eye tells apart.
MOST_BARS = 30
COUNT = "count"
_NUMBERS = (int, float)


def answer_rows(answer: Answer) -> list[dict[str, object]]:
    """Return the rows as cells that a table shows: lists joined, maps as JSON."""
    return [{name: _cell(cell) for name, cell in row.items()} for row in answer.dicts()]


def _cell(value: object) -> object:
    shown = plain(value)
    return "；".join(map(str, shown)) if isinstance(shown, list) else shown


def chart_columns(answer: Answer) -> tuple[list[str], list[str]]:
    """Return the columns that name bars, and those that measure them besides the count of rows."""
    numeric = [
        name
        for place, name in enumerate(answer.columns)
        if _all_numbers([row[place] for row in answer.rows])
    ]
    named = [name for name in answer.columns if name not in numeric]
    # Nobody reads bars that are called by ids.
    return sorted(named, key=lambda name: name.endswith("uid")), [COUNT, *numeric]


def _all_numbers(cells: Sequence[object]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(
        isinstance(cell, _NUMBERS) and not isinstance(cell, bool) for cell in known
    )


def chart(answer: Answer, by: str, measure: str) -> tuple[pl.DataFrame, int]:
    """Return {by, measure} summed and largest first, and how many bars were left out."""
    cells = {by: [str(row[by]) for row in answer_rows(answer)]}
    if measure != COUNT:
        cells[measure] = [row[measure] for row in answer.dicts()]
    frame = pl.DataFrame(cells, strict=False)
    value = pl.len().alias(COUNT) if measure == COUNT else pl.col(measure).sum()
    bars = frame.group_by(by).agg(value).sort([measure, by], descending=[True, False])
    return bars.head(MOST_BARS), max(0, bars.height - MOST_BARS)


def parties(answer: Answer, snapshot: Snapshot, most: int) -> tuple[list[str], int]:
    """Return the uids among the cells that are nodes of the snapshot, and how many were left out.

    In the order of the rows; at most `most`.
    """
    cells = (one for row in answer.rows for cell in row for one in _texts(cell))
    found = [uid for uid in dict.fromkeys(cells) if snapshot.find(uid) is not None]
    return found[:most], max(0, len(found) - most)


def _texts(cell: object) -> list[str]:
    if isinstance(cell, str):
        return [cell]
    if isinstance(cell, Mapping):
        return [str(cell["uid"])] if "uid" in cell else []
    return [text for one in cell for text in _texts(one)] if isinstance(cell, list | tuple) else []
