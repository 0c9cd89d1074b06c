"""Values that travel between rooms: parties, links, records, paths, and how far a search went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

# What a property may hold once it has left a table.
Value = str | int | float | bool | date | tuple[str, ...] | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was said: one row of one file. `row` counts from 1 as in Excel."""

    record_id: str
    resource: str
    batch: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the graph; `labels` are its own label, roles and bases, own label first.

    `sources` are the ledger records behind each property that another than its `record_id` says.
    """

    uid: str
    label: str
    labels: tuple[str, ...]
    name: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the graph; `source` and `target` are uids."""

    key: str
    type: str
    source: str
    target: str
    kind: str = "recorded"
    valid_from: date | None = None
    valid_to: date | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One credit record of one subject; `status` is that of the day that was asked for."""

    uid: str
    subject: str
    record_class: str
    severity: str | None
    status: str
    positive: bool = False
    decided_on: date | None = None
    published_until: date | None = None
    ended_on: date | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a search went, so that "none found" and "stopped looking" stay apart."""

    hops: int
    types: tuple[str, ...]
    as_of: date
    snapshot: str
    policy: str | None = None
    capped: bool = False
    timed_out: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of parties: `links[i]` joins `nodes[i]` and `nodes[i + 1]`; strength 0..1."""

    nodes: tuple[str, ...]
    links: tuple[Link, ...]
    factors: tuple[float, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Subgraph:
    """Part of the graph, with what was left out by uid and link type, and the bounds."""

    nodes: Sequence[Node]
    links: Sequence[Link]
    bounds: Bounds
    more: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
