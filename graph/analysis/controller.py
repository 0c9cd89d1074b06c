"""Who ultimately controls a company: a controller that nobody outside its own ring controls."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

import numpy as np

from graph.analysis.concert import code_of, members_of, pool_of
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import upstream
from graph.analysis.kernels.voting import control_pairs, pooled_control
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
    "several": Text(
        "多方各自满足控制条件：登记表决权合计超过100%，或一致行动安排相互交叉",
        "several: votes exceed 100 %, or pacts to act in concert overlap",
    ),
    "none": Text(
        "无人控制：没有任何一方掌握过半数表决权", "nobody gathers more than half of the votes"
    ),
}


@dataclass(frozen=True, slots=True)
class Controller:
    """The ultimate controller of a company on a day.

    `status` is a key of OUTCOMES. `controller` is the uid where there is one, `ring` the members of
    a closed ring, `together` those who act in concert under the code `group`, `several` who each
    gather a majority of votes that exceed the whole. `votes` 0..1 is what is gathered in the
    company, `undisclosed` the votes nobody is known to have. `stop` is a key of STOPS: why nobody
    further up is named. `of_itself` are votes that a company is recorded to hold in itself, where
    nobody else is recorded to hold any.
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
    group: str = ""
    several: tuple[str, ...] = ()
    stop: str | None = None
    undisclosed: float = 0.0
    of_itself: float = 0.0
    conflict: bool = False
    capped: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Return the uids of all that the answer names, none where nobody controls."""
        one = () if self.controller is None else (self.controller,)
        return one or self.ring or self.together or self.several

    @property
    def outcome(self) -> tuple[str, tuple[str, ...]]:
        """Return what two answers have in common that name the same."""
        return self.status, self.named


@dataclass(frozen=True, slots=True)
class Ballots:
    """Votes upstream of node 0, by holder, as the kernel takes them.

    `groups` are the numbers of who acts in concert anywhere upstream; `held` says who has recorded
    holders, `gathered` all votes recorded in each, own ones apart; `looked` as in Stakes.
    """

    nodes: Ints
    starts: Ints
    company: Ints
    votes: Ints
    base: Ints
    groups: tuple[int, ...]
    held: np.ndarray[tuple[int], np.dtype[np.bool_]]
    gathered: Ints
    looked: int

    @property
    def parties(self) -> int:
        """Return how many nodes there are; pooled holders are numbered from there on."""
        return int(self.nodes.size)

    @property
    def direct(self) -> Ints:
        """Return the votes that each node has in node 0 by its own rows, (n,)."""
        holder = np.repeat(np.arange(self.parties), np.diff(self.starts))
        own = self.company == 0
        return np.bincount(holder[own], self.votes[own], self.parties).astype(np.int64)


def votes_of(view: View, place: int) -> Ballots:
    """Return who votes in a company and in all that votes there, on the view's day."""
    web = view.web
    nodes, rows, looked = upstream(web, np.array([place]), view.day, MOST_ROWS)
    holder, company = numbered(nodes, web.source[rows]), numbered(nodes, web.target[rows])
    votes = np.maximum(np.asarray(web.votes[rows], np.int64), 0)
    own = holder == company
    size = nodes.size
    groups = np.unique(np.asarray(view.snapshot.arrays["link_group"][rows[~own]], np.int64))
    base = WHOLE - np.bincount(company[own], votes[own], size).astype(np.int64)
    keep = ~own & (votes > 0)
    order = np.argsort(holder[keep], kind="stable")
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(holder[keep], minlength=size), out=starts[1:])
    return Ballots(
        nodes=nodes,
        starts=starts,
        company=company[keep][order],
        votes=votes[keep][order],
        base=base,
        groups=tuple(group for group in groups.tolist() if group != form.UNKNOWN),
        held=np.bincount(company[~own], minlength=size) > 0,
        gathered=np.bincount(company[~own], votes[~own], size).astype(np.int64),
        looked=looked,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The relation of control upstream: who controls node 0, and who controls whom of these.

    `members` are those of the pooled holders among `controllers`.
    """

    controllers: frozenset[int]
    by: dict[int, frozenset[int]]
    members: dict[int, frozenset[int]]
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

    def behind(self, ring: frozenset[int], pool: int) -> bool:
        """Return whether a ring casts votes that a pooled holder counts: a member's, or its own."""
        return any(
            node == member or node in self.by.get(member, ())
            for node in ring
            for member in self.members[pool]
        )


def _members(view: View, found: Ballots, pool: Ints) -> Ints:
    """Return the nodes of those who vote these rows, as far as they are upstream."""
    places = np.unique(view.web.source[pool])
    return numbered(found.nodes, places[np.isin(places, found.nodes)])


def _itself(found: Ballots, node: int, gained: Ints) -> bool:
    """Return whether a party controls itself through the companies that it has gained."""
    held = found.company == node
    by = np.repeat(np.arange(found.parties), np.diff(found.starts))[held]
    return bool(2 * found.votes[held][np.isin(by, gained)].sum() > found.base[node])


def relation(view: View, found: Ballots) -> tuple[Ints, Ints, Ints, bool]:
    """Return (holder, company, votes gathered ppm, capped): who controls whom upstream.

    Pooled holders are numbered from `found.parties` on, in the order of `found.groups`. Of what one
    of them controls alone a pool is said to control only what follows from companies that it takes
    all of them to control (method 6).
    """
    holder, company, gathered, capped = control_pairs(
        found.starts, found.company, found.votes, found.base, MOST_PAIRS
    )
    parts = [(holder.astype(np.int64), company.astype(np.int64), gathered)]
    known = np.sort(found.nodes)
    for number, group in enumerate(found.groups):
        pool = pool_of(view, group)
        companies, votes, _ = pooled_control(view.web, pool, view.day)
        here = np.isin(companies, known)
        pooled, votes = numbered(found.nodes, companies[here]), votes[here]
        members = _members(view, found, pool)
        alone = company[np.isin(holder, members)]
        rings = [one for one in members if _itself(found, one, company[holder == one])]
        alone = np.append(alone, np.array(rings, np.int64))
        needed = pooled[~np.isin(pooled, alone)]
        said = np.isin(pooled, needed) | np.isin(pooled, company[np.isin(holder, needed)])
        ones = np.full(int(said.sum()), found.parties + number, np.int64)
        parts.append((ones, pooled[said], votes[said]))
    one, other, sums = (np.concatenate(part) for part in zip(*parts, strict=True))
    return one, other, sums, capped


def _pairs(view: View, found: Ballots) -> _Pairs:
    holder, company, gathered, capped = relation(view, found)
    own = company == 0
    controllers = frozenset(holder[own].tolist())
    votes = dict(zip(holder[own].tolist(), gathered[own].tolist(), strict=True))
    members = {
        node: frozenset(
            _members(view, found, pool_of(view, found.groups[node - found.parties])).tolist()
        )
        for node in controllers
        if node >= found.parties
    }
    wanted = np.isin(
        company,
        [0, *(node for node in controllers if node < found.parties), *chain(*members.values())],
    )
    by: dict[int, set[int]] = {}
    for one, other in zip(holder[wanted].tolist(), company[wanted].tolist(), strict=True):
        by.setdefault(other, set()).add(one)
    above = {node: frozenset(those) for node, those in by.items()}
    return _Pairs(controllers, above, members, votes, capped)


def pool_members(view: View, found: Ballots, node: int) -> tuple[str, ...]:
    """Return the uids of who votes in a pooled holder."""
    return members_of(view, pool_of(view, found.groups[node - found.parties]))


def _without_needless(
    found: Ballots, pairs: _Pairs, rings: list[frozenset[int]]
) -> list[frozenset[int]]:
    """Leave out pooled holders of whom another controller casts a member's votes.

    Not where each casts votes of the other: then neither stands behind the other.
    """

    def needless(pool: int) -> bool:
        for ring in rings:
            other = max(ring)
            if other == pool or not pairs.behind(ring, pool):
                continue
            if other < found.parties or not pairs.behind(frozenset({pool}), other):
                return True
        return False

    return [ring for ring in rings if max(ring) < found.parties or not needless(max(ring))]


def controller(view: View, uid: str) -> Controller:
    """Return who ultimately controls a company on the view's day, or why nobody does.

    AnalysisError for an unknown party.
    """
    place = view.place(uid)
    found = votes_of(view, place)
    pairs = _pairs(view, found)
    rings = _without_needless(found, pairs, list(pairs.ultimate()))
    base, gathered = int(found.base[0]), int(found.gathered[0])
    answer = Controller(
        uid=view.snapshot.uid_at(place),
        name=view.snapshot.name_at(place),
        as_of=view.as_of,
        snapshot=view.snapshot.id,
        status="none",
        undisclosed=max(0, base - gathered) / WHOLE if found.held[0] else 0.0,
        of_itself=0.0 if found.held[0] else (WHOLE - base) / WHOLE,
        conflict=bool((found.gathered > found.base + TOLERANCE_PPM).any()),
        capped=pairs.capped or found.looked < found.parties,
    )
    return _named(view, found, pairs, rings, answer)


def _named(
    view: View, found: Ballots, pairs: _Pairs, rings: list[frozenset[int]], answer: Controller
) -> Controller:
    def uids(nodes: frozenset[int]) -> tuple[str, ...]:
        return tuple(sorted(view.snapshot.uid_at(int(found.nodes[node])) for node in nodes))

    if not rings:
        known = bool(found.held[0]) or answer.of_itself > 0
        return replace(answer, stop=None if known else "no_upstream_data")
    if len(rings) > 1:
        alone = frozenset(node for ring in rings for node in ring if node < found.parties)
        pools = [pool_members(view, found, node) for (node, *_) in rings if node >= found.parties]
        several = {*uids(alone), *chain(*pools)}
        return replace(answer, status="several", several=tuple(sorted(several)))
    (ring,) = rings
    if len(ring) > 1:
        return replace(answer, status="closed_ring", ring=uids(ring))
    (node,) = ring
    share = pairs.votes[node] / int(found.base[0]) if found.base[0] > 0 else None
    if node >= found.parties:
        members = pool_members(view, found, node)
        code = code_of(view, found.groups[node - found.parties])
        return replace(answer, status="together", together=members, group=code, votes=share)
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
