"""Who acts in concert 一致行动: their votes count as those of one pooled holder (method 6)."""

import numpy as np
from numpy.typing import NDArray

from graph.analysis.control import Controlled, Votes, controls
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import is_holding
from graph.analysis.kernels.voting import pooled_control
from graph.analysis.view import View
from graph.snapshot import form

Ints = NDArray[np.int64]


def groups_of(view: View, place: int) -> list[int]:
    """Return the groups in which a party votes on the view's day, as numbers."""
    if not view.snapshot.arrays["group_code"].size:
        return []
    web = view.web
    rows = web.out_row[web.out_start[place] : web.out_start[place + 1]]
    group = view.snapshot.arrays["link_group"]
    alive = [int(group[row]) for row in rows if is_holding(web, row, view.day)]
    return sorted({number for number in alive if number != form.UNKNOWN})


def pool_of(view: View, group: int) -> Ints:
    """Return the rows that a group votes together on the view's day, sorted."""
    rows = np.flatnonzero(np.asarray(view.snapshot.arrays["link_group"]) == group)
    there = [row for row in rows.tolist() if is_holding(view.web, row, view.day)]
    return np.array(there, np.int64)


def code_of(view: View, group: int) -> str:
    """Return the code of a group, as the source gives it."""
    return bytes(view.snapshot.arrays["group_code"][group]).decode()


def members_of(view: View, pool: Ints) -> tuple[str, ...]:
    """Return the uids of those who vote these rows, in order."""
    places = np.unique(view.web.source[pool]).tolist()
    return tuple(sorted(view.snapshot.uid_at(int(place)) for place in places))


def _lines(view: View, company: int, pool: frozenset[int], inside: frozenset[int]) -> list[Votes]:
    web = view.web
    found = []
    for row in web.in_row[web.in_start[company] : web.in_start[company + 1]].tolist():
        holder, votes = int(web.source[row]), int(web.votes[row])
        counts = row in pool or holder in inside
        if counts and votes > 0 and holder != company and is_holding(web, row, view.day):
            found.append(Votes(view.snapshot.uid_at(holder), view.key_at(row), votes))
    return sorted(found, key=lambda line: (-line.votes, line.holder, line.key))


def pool_control(view: View, group: int) -> list[Controlled]:
    """Return all companies that a group controls by its pooled votes, in order of discovery."""
    pool = pool_of(view, group)
    companies, gathered, base = pooled_control(view.web, pool, view.day)
    inside, rows = frozenset(companies.tolist()), frozenset(pool.tolist())
    return [
        Controlled(
            uid=view.snapshot.uid_at(company),
            name=view.snapshot.name_at(company),
            votes=votes / whole if whole > 0 else votes / WHOLE,
            certificate=tuple(_lines(view, company, rows, inside)),
            gathered=votes,
            base=whole,
            together=members_of(view, pool),
            group=code_of(view, group),
        )
        for company, votes, whole in zip(
            companies.tolist(), gathered.tolist(), base.tolist(), strict=True
        )
    ]


def controls_together(view: View, uid: str) -> list[Controlled]:
    """Return the companies that a party controls only together with those it acts in concert with.

    Not those that one of them controls alone. By group code, then in order of discovery.
    AnalysisError for an unknown party.
    """
    found = []
    for group in groups_of(view, view.place(uid)):
        pooled = pool_control(view, group)
        members = pooled[0].together if pooled else ()
        alone = {one.uid for member in members for one in controls(view, member)}
        found += [one for one in pooled if one.uid not in alone]
    return sorted(found, key=lambda one: one.group)
