"""A snapshot seen on one day with one policy: what every analysis starts from."""

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.factors import WHOLE, Rules, Web
from graph.analysis.kernels.lone import UNCAPPED, lone_factors
from graph.analysis.kernels.reach import Lists, listed
from graph.analysis.kernels.threads import Threads, threads_for
from graph.analysis.spectral import radius_of
from graph.analysis.strengths import Strengths, strengths_on
from graph.errors import AnalysisError
from graph.model import Link
from graph.policy.read import Policy, Ways
from graph.snapshot import form
from graph.snapshot.mapping import aside, zeros
from graph.snapshot.numeric import to_ppm

Array = NDArray[Any]
# Beyond this many link rows the operator's radius is computed on request only.
RADIUS_ROWS = 200_000
# Days that are looked at side by side; each holds 70 MB of a million parties.
VIEWS_KEPT = 4
# Arrays of one byte a party that a view keeps for later searches.
KEPT = 8
# Most parties have fewer nodes, edges or rows around them.
_ROOM = 1 << 12
# What grew larger beside a hub is let go: kept, two looks at a time would hold 30 MB for good.
_MOST_ROOM = 1 << 16


# Who is linked with whom is the same on every day.
_LISTED: WeakKeyDictionary["Arrays", tuple[Lists, Lists]] = WeakKeyDictionary()


class Arrays(Protocol):
    """What the analysis asks of a snapshot; graph.snapshot.reader.Snapshot gives it."""

    @property
    def id(self) -> str:
        """Return the snapshot's id."""
        ...

    @property
    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays by name, codes as in graph/snapshot/form.py."""
        ...

    def find(self, uid: str) -> int | None:
        """Return a party's place, or None."""
        ...

    def uid_at(self, place: int) -> str:
        """Return the uid of the node at a place."""
        ...

    def uids_at(self, places: NDArray[np.int64]) -> list[str]:
        """Return the uids of the nodes at places."""
        ...

    def name_at(self, place: int) -> str:
        """Return the name of the node at a place."""
        ...

    def link_at(self, row: int) -> Link:
        """Return the link of an array row, derived ones included."""
        ...

    def link_key(self, row: int) -> str:
        """Return the key of a link row."""
        ...

    def link_keys(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the keys of link rows."""
        ...

    def link(self, key: str) -> Link:
        """Return the link of this key."""
        ...

    def has_record(self, uid: str) -> bool:
        """Return whether a credit record has this uid."""
        ...

    def record_uids(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the uids of rows of the records' arrays."""
        ...


@dataclass(slots=True)
class Room:
    """What a look around a party is written into: `number` (parties,) is -1 before and after.

    The others are as in graph.analysis.kernels.reach and grow where they do not suffice.
    """

    number: NDArray[np.int32]
    nodes: NDArray[np.int64]
    edges: NDArray[np.int64]
    found: NDArray[np.int64]


def _rows() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return room for the nodes, edges and rows around a party."""
    nodes, edges, found = (np.empty((columns, _ROOM), np.int64) for columns in (2, 3, 3))
    return nodes, edges, found


class RecordNames:
    """Uids of records by row, read from the snapshot when they are first asked for.

    Threads may ask at once: whoever comes second writes the same name.
    """

    def __init__(self, snapshot: Arrays) -> None:
        self._snapshot = snapshot
        size = snapshot.arrays["record_subject"].size
        self._names = np.empty(size, np.object_)
        self._read = np.zeros(size, np.bool_)

    def of(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the uids of rows."""
        missing = rows[~self._read[rows]]
        if missing.size:
            self._names[missing] = self._snapshot.record_uids(missing)
            self._read[missing] = True
        found: list[str] = self._names[rows].tolist()
        return found


@dataclass(frozen=True)
class View:
    """One snapshot, policy and day, with the arrays and numbers that kernels take.

    `bare` is the web, mostly without who stands at the far end of each row in a list.
    """

    snapshot: Arrays
    policy: Policy
    as_of: date
    bare: Web
    rules: Rules

    @cached_property
    def web(self) -> Web:
        """Return the arrays that kernels take.

        Who stands at the far end is in them in the order of the lists: read in a row, not here and
        there. Threads may ask at once: whoever comes second finds the same.
        """
        bare = self.bare
        if bare.in_other.size == bare.in_row.size:
            return bare
        inward, outward = bare.source[bare.in_row], bare.target[bare.out_row]
        others = {"in_other": aside(inward), "out_other": aside(outward)}
        kind = np.dtype(np.int32)
        return bare._replace(**{name: _read_only(far, kind) for name, far in others.items()})

    @property
    def day(self) -> int:
        """Return the day as a number since 1970-01-01."""
        return form.day_number(self.as_of)

    def lists(self, *, kept: bool) -> tuple[Lists, Lists]:
        """Return all links by party, and those whose other end has a record.

        `kept`: with the factors that were computed on this view so far; threads may fill them in
        at once, whoever comes second writes the same number.
        """
        if kept:
            return self._lists
        everything, beside = self._lists
        return _afresh(everything), _afresh(beside)

    @cached_property
    def _lists(self) -> tuple[Lists, Lists]:
        if self.snapshot not in _LISTED:
            _LISTED[self.snapshot] = _listed(self.web, form.FAR), _listed(self.web, 0)
        everything, beside = _LISTED[self.snapshot]
        return _afresh(everything), _afresh(beside)

    @cached_property
    def lone_factors(self) -> NDArray[np.int32]:
        """Return the factors (rows, 2) in ppm of links as `lone_factors` does, not capped."""
        with Threads(threads_for(self.web.source.size)) as threads:
            found = lone_factors(self.web, self.rules, self.day, UNCAPPED, threads)
        return aside(found)

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Lend what a look around a party is written into.

        Fresh memory costs more than the look around most parties does.
        """
        try:
            lent = self._spare.pop()
        except IndexError:
            lent = Room(np.full(self.web.blocked.size, -1, np.int32), *_rows())
        yield lent
        if lent.edges.shape[1] + lent.found.shape[1] > _MOST_ROOM:
            lent.nodes, lent.edges, lent.found = _rows()
        self._spare.append(lent)

    @cached_property
    def _spare(self) -> list[Room]:
        return []

    def kept(self, what: Hashable) -> NDArray[np.int8]:
        """Return an array (parties,) that keeps what is found of parties, -1 where nothing was yet.

        Threads may fill it at once: whoever comes second writes the same.
        """
        found = self._kept.get(what)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[what] = np.full(self.web.blocked.size, -1, np.int8)
        return found

    @cached_property
    def _kept(self) -> dict[Hashable, NDArray[np.int8]]:
        return {}

    @cached_property
    def strength_table(self) -> NDArray[np.int64]:
        """Return strengths in ppm (classes, severities) of active records."""
        table = np.zeros((len(form.CLASS_CODES), len(form.SEVERITY_CODES)))
        for row, record_class in enumerate(form.CLASS_CODES):
            for column, severity in enumerate(form.SEVERITY_CODES):
                if record_class:
                    table[row, column] = self.policy.strengths.of(record_class, severity or None)
        return to_ppm(table)

    @cached_property
    def strengths(self) -> Strengths:
        """Return how strong each record is on the day."""
        return strengths_on(self.snapshot.arrays, self.policy, self.day, self.strength_table)

    @cached_property
    def record_names(self) -> "RecordNames":
        """Return the records' uids, each read once."""
        return RecordNames(self.snapshot)

    @cached_property
    def version(self) -> str:
        """Return the policy's version: it takes a look at all of its values."""
        return self.policy.version

    @cached_property
    def radius(self) -> float:
        """Return the spectral radius of the policy on the whole graph, however large that is."""
        return radius_of(self.web, self.rules, self.day)

    @property
    def rho(self) -> float | None:
        """Return the radius where the graph is small or it is known already; None: not asked."""
        if self.web.source.size > RADIUS_ROWS and "radius" not in self.__dict__:
            return None
        return self.radius

    def key_at(self, row: int) -> str:
        """Return the key of a link row, derived ones included."""
        return self.snapshot.link_key(row)

    def place(self, uid: str) -> int:
        """Return a party's place in the arrays; AnalysisError for one that is not there."""
        place = self.snapshot.find(uid)
        if place is None:
            raise AnalysisError("party", uid, f"is not in snapshot {self.snapshot.id}")
        return place


def _beta(policy: Policy) -> NDArray[np.float64]:
    table = np.zeros((len(form.TYPES), len(form.POST_CODES), 2))

    def fill(rows: slice | int, kind: str, ways: Ways) -> None:
        table[form.TYPES.index(kind), rows] = (ways.against, ways.along)

    for kind, ways in policy.links.items():
        fill(slice(None), kind, ways)
    for post, ways in policy.posts.items():
        fill(form.POST_CODES.index(post), "HOLDS_POST", ways)
    return table


def _rules(policy: Policy) -> Rules:
    hub = np.zeros(len(form.TYPES), np.uint8)
    for kind, ways in policy.links.items():
        hub[form.TYPES.index(kind)] = ways.hub
    same = policy.links.get("POSSIBLY_SAME")
    return Rules(
        beta=_beta(policy) * policy.scale,
        hub=hub,
        cited=policy.cited_service * policy.scale,
        free_bits=policy.hubs.free_bits,
        half_life=policy.age.half_life,
        years=policy.age.years,
        least=round(policy.shares.least * WHOLE),
        slope=policy.shares.slope,
        cap=round(policy.factor_cap * WHOLE),
        leads=int(same is not None and max(same.along, same.against) > 0),
    )


def _listed(web: Web, farthest: int) -> Lists:
    start, row, pair, near = listed(web, farthest)
    return Lists(aside(start), aside(row), aside(pair), aside(near), np.zeros(0, np.int32))


def _afresh(lists: Lists) -> Lists:
    """Return the lists with no factor known; memory is taken as they become so."""
    return lists._replace(known=zeros(lists.row.size, np.int32))


def _read_only(array: Array, kind: np.dtype[np.generic]) -> NDArray[np.generic]:
    # One kind of array a kernel: a second kind would compile every kernel a second time.
    plain = np.asarray(array).astype(kind, copy=False).view()
    plain.flags.writeable = False
    return plain


_FIELDS = {
    "blocked": ("node_flags", np.uint8),
    "source": ("link_source", np.int32),
    "target": ("link_target", np.int32),
    "kind": ("link_type", np.uint8),
    "post": ("link_post", np.uint8),
    "flags": ("link_flags", np.uint8),
    "share": ("link_share", np.int32),
    "votes": ("link_votes", np.int32),
    "given": ("link_p", np.int32),
    "since": ("link_from", np.int32),
    "until": ("link_to", np.int32),
    "out_start": ("out_start", np.int64),
    "out_row": ("out_link", np.int32),
    "in_start": ("in_start", np.int64),
    "in_row": ("in_link", np.int32),
    "degree": ("hub_degree", np.int32),
    "near": ("near", np.uint8),
    "via_row": ("via_link", np.int32),
    "via_engagement": ("via_engagement", np.int32),
    "via_first": ("via_first", np.int32),
    "via_second": ("via_second", np.int32),
}


def open_view(snapshot: Arrays, policy: Policy, as_of: date) -> View:
    """Return a snapshot as seen on a day with a policy; no factor is computed yet."""
    fields = {
        field: _read_only(snapshot.arrays[name], np.dtype(kind))
        for field, (name, kind) in _FIELDS.items()
    }
    if policy.scale < 1:
        given = np.asarray(fields["given"])
        scaled = np.where(given < 0, given, np.rint(given * policy.scale))
        fields["given"] = _read_only(scaled, np.dtype(np.int32))
    nobody = _read_only(np.zeros(0, np.int32), np.dtype(np.int32))
    bare = Web(**fields, in_other=nobody, out_other=nobody)
    return View(snapshot, policy, as_of, bare, _rules(policy))
