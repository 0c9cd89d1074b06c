"""The additions of votes behind an ultimate controller, from the company back to who holds it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from graph.analysis.concert import code_of, groups_of, pool_control
from graph.analysis.control import Controlled, controls
from graph.analysis.controller import Controller, relation, votes_of
from graph.analysis.view import View


@dataclass(frozen=True, slots=True)
class Sums:
    """The companies in which `holders` (one, or several in concert) gather a majority, in order.

    The company asked for is one of them; each majority follows from the holders and those before.
    """

    holders: tuple[str, ...]
    companies: tuple[Controlled, ...]


def _behind(found: Iterable[Controlled], company: str) -> tuple[Controlled, ...]:
    """Return the companies whose votes lead to control of one, in order of discovery."""
    by_uid: Mapping[str, Controlled] = {one.uid: one for one in found}
    wanted: set[str] = set()
    queue = [company]
    while queue:
        one = queue.pop()
        if one in by_uid and one not in wanted:
            wanted.add(one)
            queue += [line.holder for line in by_uid[one].certificate]
    return tuple(one for one in by_uid.values() if one.uid in wanted)


def _together(view: View, found: Controller) -> tuple[Controlled, ...]:
    """Return the sums of who acts in concert."""
    for group in groups_of(view, view.place(found.together[0])):
        if code_of(view, group) == found.group:
            return _behind(pool_control(view, group), found.uid)
    return ()


def sums_behind(view: View, found: Controller) -> tuple[Sums, ...]:
    """Return the additions behind an answer: of each controller, of a ring that of one member.

    Of a ring that the company is in itself that of the first other.
    """
    if found.status == "together":
        return (Sums(found.together, _together(view, found)),)
    others = tuple(uid for uid in found.ring if uid != found.uid)
    alone = found.several or others[:1]
    if found.controller is not None:
        alone = (found.controller,)
    sums = ((one, _behind(controls(view, one), found.uid)) for one in alone)
    return tuple(Sums((one,), companies) for one, companies in sums if companies)


def most_votes(view: View, uid: str) -> tuple[tuple[str, ...], float]:
    """Return who gathers the most votes in a company, own and of what it controls, and how many.

    Several where they are equal, in order of uid; none, and 0, where nobody votes.
    AnalysisError for an unknown party.
    """
    found = votes_of(view, view.place(uid))
    holder, company, _, _ = relation(view, found)
    votes = found.direct.copy()
    alone = (holder < found.parties) & (company != 0)
    np.add.at(votes, holder[alone], found.direct[company[alone]])
    most = int(votes.max(initial=0))
    if most <= 0 or found.base[0] <= 0:
        return (), 0.0
    there = np.flatnonzero(votes == most).tolist()
    uids = sorted(view.snapshot.uid_at(int(found.nodes[node])) for node in there)
    return tuple(uids), most / int(found.base[0])
