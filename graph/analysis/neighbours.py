"""Who stands beside a node on a day: one walk over the arrays for paths and networks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import AnalysisError
from graph.schema.catalog import SCHEMA
from graph.snapshot import form

# Types by which a path is looked for unless asked otherwise: all that may conduct but leads.
PATH_TYPES = tuple(
    sorted(form.CONDUCTING - {"POSSIBLY_SAME", "CONTROLS", form.SIGNS_FOR} | {"BID_IN"})
)
ALL_TYPES = tuple(link.name for link in SCHEMA.links if link.name != "SUBJECT_OF")


def type_codes(types: Sequence[str]) -> NDArray[np.uint8]:
    """Return the codes of link types; AnalysisError for one that is not declared."""
    for name in types:
        if name not in form.TYPES:
            raise AnalysisError("link type", name, "is not declared in the schema")
    return np.array([form.TYPES.index(name) for name in types], np.uint8)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The links of a snapshot that exist on a day, by node."""

    arrays: Mapping[str, NDArray[Any]]
    codes: NDArray[np.uint8]
    day: int | None

    def rows(self, node: int) -> NDArray[np.int64]:
        """Return the link rows of a node in both directions, as (m,) int64."""
        parts = []
        for side in ("out", "in"):
            start = self.arrays[f"{side}_start"]
            parts.append(self.arrays[f"{side}_link"][int(start[node]) : int(start[node + 1])])
        rows: NDArray[np.int64] = np.concatenate(parts).astype(np.int64)
        keep = np.isin(self.arrays["link_type"][rows], self.codes)
        if self.day is not None:
            since, until = self.arrays["link_from"][rows], self.arrays["link_to"][rows]
            keep &= (since == form.NO_DAY) | (since <= self.day)
            keep &= (until == form.NO_DAY) | (until > self.day)
        # Control that is only possible on some days is no link to be shown or walked.
        derived = self.arrays["link_flags"][rows] & (form.DERIVED | form.COMPUTED)
        keep &= derived != (form.DERIVED | form.COMPUTED)
        return rows[keep]

    def others(self, node: int) -> Iterator[tuple[int, list[int]]]:
        """Yield (other node, rows to it), other nodes in order."""
        rows = self.rows(node)
        source, target = self.arrays["link_source"][rows], self.arrays["link_target"][rows]
        other = np.where(source == node, target, source).astype(np.int64)
        order = np.lexsort((rows, other))
        rows, other = rows[order], other[order]
        first = np.ones(other.size, np.bool_)
        first[1:] = other[1:] != other[:-1]
        begins = np.flatnonzero(first)
        for begin, end in zip(begins, [*begins[1:], other.size], strict=False):
            if int(other[begin]) != node:
                yield int(other[begin]), [int(row) for row in rows[begin:end]]


def neighbours(
    arrays: Mapping[str, NDArray[Any]], types: Sequence[str], as_of: date | None
) -> Neighbours:
    """Return the links of these types that exist on a day, or ever."""
    return Neighbours(arrays, type_codes(types), None if as_of is None else form.day_number(as_of))
