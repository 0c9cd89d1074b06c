"""Beneficial owners and other owners by rule: each test measured, the one that holds is named."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from graph.analysis.controller import Ballots, pool_members, relation, votes_of
from graph.analysis.kernels.factors import HOLDS_POST, WHOLE, Ints, alive
from graph.analysis.ownership import Holding, Owners, owners
from graph.analysis.view import View
from graph.policy.owner_rules import Named, OwnerRules, OwnerTest
from graph.schema.words import Text
from graph.snapshot import form

STANDINGS = {
    "identified": Text("已识别", "identified"),
    "manager": Text(
        "无人满足以上标准，以负责日常经营管理的人员代之", "nobody meets the tests: manager"
    ),
    "representative": Text("国家控股，以法定代表人代之", "state-controlled: legal representative"),
}
# Parts below it are rounding: solvers differ from there on.
_DECIMALS = 9
_REPRESENTS = form.TYPES.index("REPRESENTS")
# Who manages the daily business, as far as registers say: the first of these that is there.
_MANAGING = ((HOLDS_POST, "general_manager"), (_REPRESENTS, ""))


@dataclass(frozen=True, slots=True)
class Beneficial:
    """One party that a rule names by its code in the set.

    `integrated` and `votes` are 0..1. `status` is a key of STANDINGS, or of STOPS: then nothing is
    known of who stands behind it, though it would meet the test. `tests` are all that hold.
    """

    uid: str
    name: str
    rule: str
    integrated: float | None
    votes: float
    status: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ByRule:
    """Whom one set of rules names, and what keeps the answer open."""

    rules: OwnerRules
    found: tuple[Beneficial, ...]
    in_force: bool


@dataclass(frozen=True, slots=True)
class BeneficialOwners:
    """The owners of a company by several sets of rules, side by side.

    `undisclosed` 0..1 is what its own holders leave open, in shares: an owner may be hidden there.
    """

    uid: str
    name: str
    as_of: date
    snapshot: str
    sets: tuple[ByRule, ...]
    undisclosed: float = 0.0
    rings: tuple[tuple[str, ...], ...] = ()
    conflicts: tuple[str, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True)
class _Measures:
    """What is measured of every party upstream: parts by uid, votes, who controls."""

    owners: Owners
    parts: dict[str, Holding]
    votes: dict[str, float]
    controllers: frozenset[str]
    places: dict[str, int] = field(default_factory=dict)

    def value(self, uid: str, test: OwnerTest) -> bool:
        """Return whether a party meets a test."""
        part = self.parts.get(uid)
        if test.measure == "control":
            return uid in self.controllers
        if test.measure == "votes":
            return test.met(round(self.votes.get(uid, 0.0), _DECIMALS))
        if part is None:
            return False
        value = part.direct if test.measure == "direct" else part.integrated
        return value is not None and test.met(round(value, _DECIMALS))


def _all_votes(view: View, found: Ballots) -> tuple[Ints, frozenset[str]]:
    """Return (votes in node 0 of each node and all it controls (n,), uids that control it)."""
    holder, company, gathered, _ = relation(view, found)
    direct = found.direct
    votes = direct.copy()
    party = holder < found.parties
    np.add.at(votes, holder[party], direct[company[party]])
    own = company == 0
    votes[holder[own & party]] = gathered[own & party]
    controllers = set()
    for node in holder[own].tolist():
        if node < found.parties:
            controllers.add(view.snapshot.uid_at(int(found.nodes[node])))
        else:
            controllers.update(pool_members(view, found, node))
    return votes, frozenset(controllers)


def _measured(view: View, place: int) -> _Measures:
    answer = owners(view, view.snapshot.uid_at(place))
    found = votes_of(view, place)
    votes, controllers = _all_votes(view, found)
    base = int(found.base[0]) if found.base[0] > 0 else WHOLE
    uids = [view.snapshot.uid_at(int(there)) for there in found.nodes.tolist()]
    return _Measures(
        owners=answer,
        parts={one.uid: one for one in answer.holdings},
        votes={uid: int(votes[node]) / base for node, uid in enumerate(uids) if node},
        controllers=controllers,
        places={uid: int(there) for uid, there in zip(uids, found.nodes, strict=True)},
    )


def _is_person(view: View, place: int) -> bool:
    return form.LABELS[int(view.snapshot.arrays["node_label"][place])] == "Person"


def _line(view: View, measures: _Measures, uid: str, rules: OwnerRules) -> Beneficial | None:
    """Return the line of a party that meets a test, or that hides who does; else None."""
    met = tuple(test.code for test in rules.tests if measures.value(uid, test))
    if not met:
        return None
    part = measures.parts.get(uid)
    place = measures.places[uid]
    status = "identified"
    if rules.who == "person" and not _is_person(view, place):
        stop = part.stop if part else None
        if stop is None:
            return None
        status = stop
    return Beneficial(
        uid=uid,
        name=view.snapshot.name_at(place),
        rule=met[0],
        integrated=part.integrated if part else 0.0,
        votes=measures.votes.get(uid, 0.0),
        status=status,
        tests=met,
    )


def _posted(view: View, place: int, kind: int, post: str) -> list[int]:
    """Return who holds a post in a company on the view's day, in order."""
    web = view.web
    code = form.POST_CODES.index(post)
    found = set()
    for row in web.in_row[web.in_start[place] : web.in_start[place + 1]].tolist():
        if web.kind[row] == kind and web.post[row] == code and alive(web, row, view.day):
            found.add(int(web.source[row]))
    return sorted(found)


def _instead(
    view: View, place: int, measures: _Measures, rule: Named, standing: str
) -> list[Beneficial]:
    """Return who counts in place of an owner: the manager, or the legal representative."""
    kinds = _MANAGING if standing == "manager" else _MANAGING[-1:]
    for kind, post in kinds:
        there = _posted(view, place, kind, post)
        if there:
            uids = [view.snapshot.uid_at(one) for one in there]
            return [
                Beneficial(
                    uid=uid,
                    name=view.snapshot.name_at(one),
                    rule=rule.code,
                    integrated=part.integrated if (part := measures.parts.get(uid)) else 0.0,
                    votes=measures.votes.get(uid, 0.0),
                    status=standing,
                )
                for one, uid in zip(there, uids, strict=True)
            ]
    return []


def _by_rule(view: View, place: int, measures: _Measures, rules: OwnerRules) -> ByRule:
    lines = [_line(view, measures, uid, rules) for uid in measures.places if uid in measures.votes]
    found = [line for line in lines if line is not None]
    order = [test.code for test in rules.tests]
    found.sort(key=lambda one: (order.index(one.rule), -(one.integrated or 0), one.uid))
    state = any(one.status == "state_organ" and one.uid in measures.controllers for one in found)
    if rules.state is not None and state:
        found += _instead(view, place, measures, rules.state, "representative")
    elif rules.otherwise is not None and not any(one.status == "identified" for one in found):
        found += _instead(view, place, measures, rules.otherwise, "manager")
    return ByRule(rules, tuple(found), rules.in_force(view.as_of))


def beneficial(view: View, uid: str, sets: tuple[OwnerRules, ...]) -> BeneficialOwners:
    """Return whom each set of rules names as owner of a company on the view's day.

    AnalysisError for an unknown party.
    """
    place = view.place(uid)
    measures = _measured(view, place)
    answer = measures.owners
    return BeneficialOwners(
        uid=answer.uid,
        name=answer.name,
        as_of=view.as_of,
        snapshot=view.snapshot.id,
        sets=tuple(_by_rule(view, place, measures, rules) for rules in sets),
        undisclosed=answer.undisclosed,
        rings=answer.rings,
        conflicts=answer.conflicts,
        capped=answer.capped,
    )
