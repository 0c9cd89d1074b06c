"""What ties the parties of a list two by two: seats, control, intermediaries, contacts, tenders."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.analysis.control import Controlled, controls
from graph.analysis.controller import controller
from graph.analysis.kernels.between import Ways, counterparties
from graph.analysis.patterns.bidders import PEOPLE, Seat, kind_of
from graph.analysis.patterns.tails import hypergeometric_tail
from graph.analysis.view import View
from graph.model import Path
from graph.policy.patterns import Rule
from graph.snapshot import form

Ints = NDArray[np.int64]
Pair = tuple[int, int]
# 招标投标法实施条例 art. 34: one person in charge, holding or management relation. Strongest first.
LEGAL: Final = ("same_person", "branch", "control", "same_controller", "holding", "management")
# Of these the rarer is the stronger: what two alone share says more than what a hundred have.
SHARED: Final = ("common_party", "agent", "phone", "email", "address")
CONTACTS: Final = {"phone": "HAS_PHONE", "email": "HAS_EMAIL", "address": "HAS_ADDRESS"}
_AGENTS: Final = ("SERVES", form.SIGNS_FOR)
_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Relation:
    """Why two parties belong together: `links` are keys, `between` the node that both have.

    `holders`: how many have that node in all, the two included. `p`: the chance to meet so often
    (co-bidding). `path`: the chain, where nothing closer was found.
    """

    kind: str
    links: tuple[str, ...] = ()
    between: str | None = None
    holders: int | None = None
    p: float | None = None
    path: Path | None = None

    @property
    def legal(self) -> bool:
        """Return whether the law on tenders names this relation."""
        return self.kind in LEGAL


@dataclass(frozen=True, slots=True)
class Met:
    """How often two bid for the same tender: of how many, alone each, together, and its chance."""

    tenders: int
    alone: tuple[int, int]
    together: int
    p: float


@dataclass(frozen=True, slots=True)
class Common:
    """What was no relation because too many have it: the kind, the node, how many."""

    kind: str
    uid: str
    holders: int


@dataclass
class Relations:
    """The relations of a list by pair of places, and what was left aside."""

    view: View
    places: tuple[int, ...]
    rule: Rule
    found: dict[Pair, list[Relation]] = field(default_factory=dict)
    met: dict[Pair, Met] = field(default_factory=dict)
    common: list[Common] = field(default_factory=list)
    _controlled: dict[str, dict[str, Controlled]] = field(default_factory=dict)

    def gather(self) -> None:
        """Look for all kinds of relations."""
        self._direct()
        self._seats()
        self._shared()
        self._control()
        self._tenders()
        for pair, relations in self.found.items():
            self.found[pair] = sorted(set(relations), key=_weakness)

    def rows(self, place: int, kinds: Sequence[str], *, inward: bool) -> Ints:
        """Return the rows into or out of a place on the day, leads and itself left out."""
        web, side = self.view.web, "in" if inward else "out"
        start = getattr(web, f"{side}_start")
        part = slice(int(start[place]), int(start[place + 1]))
        rows = getattr(web, f"{side}_row")[part].astype(np.int64)
        codes = [form.TYPES.index(kind) for kind in kinds]
        day, since, until = self.view.day, web.since[rows], web.until[rows]
        kept = np.isin(web.kind[rows], codes) & (web.flags[rows] & form.LEAD == 0)
        kept &= (since == form.NO_DAY) | (since <= day)
        kept &= (until == form.NO_DAY) | (until > day)
        found: Ints = rows[kept & (web.source[rows] != web.target[rows])]
        return found

    def holders(self, node: int, kinds: Sequence[str]) -> int:
        """Return how many parties have a node in all, by links of these types."""
        types = np.zeros(len(form.TYPES), np.uint8)
        types[[form.TYPES.index(kind) for kind in kinds]] = 1
        web = self.view.web
        ways = Ways(types, self.view.day, _NOTHING, _NOTHING, 0)
        return int(counterparties(web, ways, node))

    def _add(self, one: int, two: int, relation: Relation) -> None:
        if one != two:
            self.found.setdefault((min(one, two), max(one, two)), []).append(relation)

    def _keys(self, *rows: int) -> tuple[str, ...]:
        return tuple(sorted({self.view.key_at(row) for row in rows}))

    def _direct(self) -> None:
        least = round(self.rule.real("least_share") * form.WHOLE_PPM)
        wanted, web = set(self.places), self.view.web
        kinds = {"HOLDS_SHARES": "holding", "BRANCH_OF": "branch"}
        for place in self.places:
            for row in self.rows(place, tuple(kinds), inward=True).tolist():
                source, share = int(web.source[row]), int(web.share[row])
                kind = kinds[form.TYPES[web.kind[row]]]
                enough = kind == "branch" or share == form.UNKNOWN or share >= least
                if source in wanted and enough:
                    self._add(source, place, Relation(kind, self._keys(row)))

    def _seats(self) -> None:
        least = round(self.rule.real("least_share") * form.WHOLE_PPM)
        web, listed = self.view.web, dict[int, list[Seat]]()
        for place in self.places:
            for row in self.rows(place, PEOPLE, inward=True).tolist():
                party, kind = int(web.source[row]), form.TYPES[web.kind[row]]
                share = int(web.share[row])
                small = kind == "HOLDS_SHARES" and form.UNKNOWN != share < least
                # Companies are not related because the state, or one custodian, holds both.
                if not small and not web.blocked[party]:
                    seat = Seat(place, row, kind, share, 0, 0)
                    listed.setdefault(party, []).append(seat)
        for party, seats in listed.items():
            if len({seat.company for seat in seats}) > 1:
                self._sitting(party, sorted(seats))

    def _sitting(self, party: int, seats: list[Seat]) -> None:
        uid, holders = self.view.snapshot.uid_at(party), self.holders(party, PEOPLE)
        if len({seat.company for seat in seats}) > self.rule.whole("most_seats"):
            self.common.append(Common("common_party", uid, holders))
            return
        # A party may be representative, director and holder at once: the closest counts.
        best: dict[Pair, Relation] = {}
        for one, two in combinations(seats, 2):
            said = Relation(kind_of(one, two), self._keys(one.row, two.row), uid, holders)
            pair = one.company, two.company
            if one.company != two.company and (
                pair not in best or _weakness(said) < _weakness(best[pair])
            ):
                best[pair] = said
        for pair, relation in best.items():
            self._add(*pair, relation)

    def _shared(self) -> None:
        kinds = {"agent": _AGENTS, **{name: (link,) for name, link in CONTACTS.items()}}
        for kind, types in kinds.items():
            inward = kind == "agent"
            cut = None if inward else self.rule.whole("most_contact")
            for node, held in self._values(types, inward=inward):
                holders = self.holders(node, types)
                uid = self.view.snapshot.uid_at(node)
                if cut is not None and holders > cut:
                    self.common.append(Common(kind, uid, holders))
                    continue
                for (one, row), (two, other) in combinations(held, 2):
                    self._add(one, two, Relation(kind, self._keys(row, other), uid, holders))

    def _values(
        self, types: Sequence[str], *, inward: bool
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield each node that several of the list have, with who has it by which row."""
        web, held = self.view.web, dict[int, dict[int, int]]()
        for place in self.places:
            for row in self.rows(place, types, inward=inward).tolist():
                node = int(web.source[row] if inward else web.target[row])
                held.setdefault(node, {}).setdefault(place, row)
        for node in sorted(held):
            if len(held[node]) > 1:
                yield node, sorted(held[node].items())

    def _control(self) -> None:
        named = {self.view.snapshot.uid_at(place): place for place in self.places}
        above: dict[str, list[str]] = {}
        for uid, place in named.items():
            top = controller(self.view, uid).controller
            if top is not None and not self.view.web.blocked[self.view.place(top)]:
                above.setdefault(top, []).append(uid)
            for company in self._controls(uid).values():
                if company.uid in named:
                    keys = tuple(sorted({line.key for line in company.certificate}))
                    self._add(place, named[company.uid], Relation("control", keys))
        for top, uids in above.items():
            for one, two in combinations(uids, 2):
                if top not in (one, two):
                    relation = Relation("same_controller", self._votes(top, (one, two)), top)
                    self._add(named[one], named[two], relation)

    def _votes(self, top: str, uids: Sequence[str]) -> tuple[str, ...]:
        """Return the keys of the votes by which a party controls some companies."""
        held = self._controls(top)
        lines = (line for uid in uids if uid in held for line in held[uid].certificate)
        return tuple(sorted({line.key for line in lines}))

    def _controls(self, uid: str) -> dict[str, Controlled]:
        if uid not in self._controlled:
            self._controlled[uid] = {one.uid: one for one in controls(self.view, uid)}
        return self._controlled[uid]

    def _tenders(self) -> None:
        web, day = self.view.web, self.view.day
        rows = np.flatnonzero(web.kind == form.TYPES.index("BID_IN"))
        since, until = web.since[rows], web.until[rows]
        rows = rows[
            ((since == form.NO_DAY) | (since <= day)) & ((until == form.NO_DAY) | (until > day))
        ]
        bids = np.unique(np.stack([web.target[rows], web.source[rows]], axis=1), axis=0)
        tenders, size = np.unique(bids[:, 0], return_counts=True)
        usual = tenders[size <= self.rule.whole("most_bidders")]
        bids = bids[np.isin(bids[:, 0], usual) & np.isin(bids[:, 1], self.places)]
        alone, both = Counter(bids[:, 1].tolist()), Counter[Pair]()
        for group in np.split(bids[:, 1], np.flatnonzero(np.diff(bids[:, 0])) + 1):
            both.update(combinations(sorted(group.tolist()), 2))
        for pair, together in both.items():
            counts = alone[pair[0]], alone[pair[1]]
            p = hypergeometric_tail(together, usual.size, *counts)
            self.met[pair] = Met(int(usual.size), counts, together, p)
            often = together >= self.rule.whole("least_together")
            if often and p <= self.rule.real("most_p"):
                self._add(*pair, Relation("co_bidding", p=p))


def _weakness(relation: Relation) -> tuple[int, int, str, str, tuple[str, ...]]:
    """Return what relations are sorted by: what the law names, then the rarer, then chance."""
    order = (*LEGAL, "shared", "co_bidding", "path")
    group = "shared" if relation.kind in SHARED else relation.kind
    rest = (relation.kind, relation.between or "", relation.links)
    return (order.index(group), relation.holders or 0, *rest)
