"""Who ultimately controls a company: a controller that nobody outside its own ring controls."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from graph.analysis.concert import members_of
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import upstream
from graph.analysis.kernels.voting import control_pairs
from graph.analysis.stakes import MOST_ROWS, TOLERANCE_PPM, Ints, numbered
from graph.analysis.stops import stop_of
from graph.analysis.view import View
from graph.schema.words import Text
from graph.snapshot import form

# Pairs of control upstream of one company that are looked at.
MOST_PAIRS = 5_000_000

OUTCOMES = {
    "found": Text("有最终控制人", "there is an ultimate controller"),
    "together": Text("一致行动人共同控制", "controlled together by those who act in concert"),
    "closed_ring": Text(
        "闭合环：成员相互控制，环外无人控制", "closed ring: members control each other"
    ),
    "several": Text("登记表决权合计超过100%，多方各自满足控制条件", "several, votes exceed 100 %"),
    "none": Text(
        "无人控制：没有任何一方掌握过半数表决权", "nobody gathers more than half of the votes"
    ),
}


@dataclass(frozen=True, slots=True)
class Controller:
    """The ultimate controller of a company on a day.

    `status` is a key of OUTCOMES. `controller` is the uid where there is one, `ring` the members of
    a closed ring, `together` those who act in concert, `several` who each gather a majority of
    votes that exceed the whole. `votes` 0..1 is what is gathered in the company, `undisclosed` the
    votes nobody is known to have. `stop` is a key of STOPS: why nobody further up is named.
    """

    uid: str
    name: str
    as_of: date
    snapshot: str
    status: str
    controller: str | None = None
    controller_name: str | None = None
    votes: float | None = None
    ring: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    stop: str | None = None
    undisclosed: float = 0.0
    conflict: bool = False
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes upstream of node 0: parties are nodes below `parties`, pooled holders those from it on.

    `starts`, `company`, `votes` and `base` as the kernel takes them; `pools` are the link rows of
    each pooled holder, `groups` their numbers; `held` says who has recorded holders.
    """

    nodes: Ints
    starts: Ints
    company: Ints
    votes: Ints
    base: Ints
    pools: tuple[Ints, ...]
    groups: tuple[int, ...]
    held: np.ndarray[tuple[int], np.dtype[np.bool_]]
    gathered: Ints
    looked: int

    @property
    def parties(self) -> int:
        """Return how many nodes are parties."""
        return int(self.nodes.size)


def votes_of(view: View, place: int) -> Votes:
    """Return who votes in a company and in all that votes there, on the view's day."""
    web = view.web
    nodes, rows, looked = upstream(web, np.array([place]), view.day, MOST_ROWS)
    holder, company = numbered(nodes, web.source[rows]), numbered(nodes, web.target[rows])
    votes = np.maximum(np.asarray(web.votes[rows], np.int64), 0)
    own = holder == company
    size = nodes.size
    group = np.asarray(view.snapshot.arrays["link_group"][rows], np.int64)
    numbers = np.unique(group[(group != form.UNKNOWN) & ~own])
    pooled = np.flatnonzero(np.isin(group, numbers) & ~own)
    base = np.full(size + numbers.size, WHOLE, np.int64)
    base[:size] -= np.bincount(company[own], votes[own], size).astype(np.int64)
    voter = np.concatenate([holder[~own], size + np.searchsorted(numbers, group[pooled])])
    target = np.concatenate([company[~own], company[pooled]])
    count = np.concatenate([votes[~own], votes[pooled]])
    keep = count > 0
    order = np.argsort(voter[keep], kind="stable")
    starts = np.zeros(base.size + 1, np.int64)
    np.cumsum(np.bincount(voter[keep], minlength=base.size), out=starts[1:])
    return Votes(
        nodes=nodes,
        starts=starts,
        company=target[keep][order],
        votes=count[keep][order],
        base=base,
        pools=tuple(rows[pooled[group[pooled] == number]] for number in numbers),
        groups=tuple(numbers.tolist()),
        held=np.bincount(company[~own], minlength=size) > 0,
        gathered=np.bincount(company[~own], votes[~own], size).astype(np.int64),
        looked=looked,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The relation of control upstream: who controls node 0, and who controls whom of these."""

    controllers: frozenset[int]
    by: dict[int, frozenset[int]]
    votes: dict[int, int]
    capped: bool

    def ring(self, node: int) -> frozenset[int]:
        """Return a node and all with which it controls each other."""
        mutual = (
            other for other in self.by.get(node, ()) if node in self.by.get(other, frozenset())
        )
        return frozenset({node, *mutual})

    def ultimate(self) -> Iterator[frozenset[int]]:
        """Yield the ring (often of one) of every controller that nobody outside it controls."""
        seen: set[frozenset[int]] = set()
        for node in sorted(self.controllers):
            ring = self.ring(node)
            above = self.by.get(node, frozenset()) - ring
            if not above and ring not in seen:
                seen.add(ring)
                yield ring


def _pairs(found: Votes) -> _Pairs:
    holder, company, gathered, capped = control_pairs(
        found.starts, found.company, found.votes, found.base, MOST_PAIRS
    )
    own = company == 0
    controllers = frozenset(holder[own].tolist())
    votes = dict(zip(holder[own].tolist(), gathered[own].tolist(), strict=True))
    wanted = np.isin(company, [0, *controllers])
    by: dict[int, set[int]] = {}
    for one, other in zip(holder[wanted].tolist(), company[wanted].tolist(), strict=True):
        by.setdefault(other, set()).add(one)
    return _Pairs(
        controllers, {node: frozenset(above) for node, above in by.items()}, votes, capped
    )


def _without_needless(
    view: View, found: Votes, rings: list[frozenset[int]]
) -> list[frozenset[int]]:
    """Leave out pooled holders of whom one member controls the company alone."""
    alone = {node for ring in rings for node in ring if node < found.parties}
    kept = []
    for ring in rings:
        (first, *_) = sorted(ring)
        if first >= found.parties:
            rows = found.pools[first - found.parties]
            members = set(numbered(found.nodes, view.web.source[rows]).tolist())
            if members & alone:
                continue
        kept.append(ring)
    return kept


def controller(view: View, uid: str) -> Controller:
    """Return who ultimately controls a company on the view's day, or why nobody does.

    AnalysisError for an unknown party.
    """
    place = view.place(uid)
    found = votes_of(view, place)
    pairs = _pairs(found)
    rings = _without_needless(view, found, list(pairs.ultimate()))
    base, gathered = int(found.base[0]), int(found.gathered[0])
    answer = Controller(
        uid=view.snapshot.uid_at(place),
        name=view.snapshot.name_at(place),
        as_of=view.as_of,
        snapshot=view.snapshot.id,
        status="none",
        undisclosed=max(0, base - gathered) / WHOLE if found.held[0] else 0.0,
        conflict=bool((found.gathered > found.base[: found.parties] + TOLERANCE_PPM).any()),
        capped=pairs.capped or found.looked < found.parties,
    )
    return _named(view, found, pairs, rings, answer)


def _named(
    view: View, found: Votes, pairs: _Pairs, rings: list[frozenset[int]], answer: Controller
) -> Controller:
    def uids(nodes: frozenset[int]) -> tuple[str, ...]:
        return tuple(sorted(view.snapshot.uid_at(int(found.nodes[node])) for node in nodes))

    if not rings:
        return replace(answer, stop=None if found.held[0] else "no_upstream_data")
    if len(rings) > 1:
        several = frozenset(node for ring in rings for node in ring if node < found.parties)
        return replace(answer, status="several", several=uids(several))
    (ring,) = rings
    if len(ring) > 1:
        return replace(answer, status="closed_ring", ring=uids(ring))
    (node,) = ring
    share = pairs.votes[node] / int(found.base[0]) if found.base[0] > 0 else None
    if node >= found.parties:
        pool = found.pools[node - found.parties]
        return replace(answer, status="together", together=members_of(view, pool), votes=share)
    there = int(found.nodes[node])
    looked = node < found.looked
    return replace(
        answer,
        status="found",
        controller=view.snapshot.uid_at(there),
        controller_name=view.snapshot.name_at(there),
        votes=share,
        stop=stop_of(view, there, held=bool(found.held[node]), looked=looked),
    )
