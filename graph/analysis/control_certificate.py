"""The certificate of control: sums of votes that a person can check by adding (method 6)."""

from collections.abc import Sequence
from typing import Any

from graph.analysis.concert import groups_of, pool_control, pool_of
from graph.analysis.control import Controlled, controls
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.verify_control import METHOD, NOTICE
from graph.analysis.view import View


def head(view: View, method: str) -> dict[str, Any]:
    """Return what every certificate of ownership and control begins with."""
    return {
        "method": method,
        "notice": NOTICE,
        "snapshot": view.snapshot.id,
        "as_of": view.as_of.isoformat(),
    }


def section(
    holders: Sequence[str], group: str, found: Sequence[Controlled], pool: frozenset[str]
) -> dict[str, Any]:
    """Return the sums of one holder, or of a pool whose rows have the keys `pool`.

    `found` are all companies that it controls, in order of discovery: a majority follows from the
    holder and from companies before.
    """
    gained = set() if group else set(holders)
    companies = []
    for one in found:
        lines = [
            {"holder": line.holder, "link": line.key, "votes": line.votes}
            | ({"pooled": True} if line.key in pool else {})
            for line in one.certificate
        ]
        before = [
            line.votes for line in one.certificate if line.key in pool or line.holder in gained
        ]
        companies.append(
            {
                "company": one.uid,
                "name": one.name,
                "own": WHOLE - one.base,
                "base": one.base,
                "votes": lines,
                "before": sum(before),
                "gathered": one.gathered,
            }
        )
        gained.add(one.uid)
    return {"holders": list(holders), "group": group, "companies": companies}


def control_certificate(view: View, uid: str) -> dict[str, Any]:
    """Return the sums by which a party controls companies, alone and with who acts in concert.

    AnalysisError for an unknown party.
    """
    place = view.place(uid)
    sections = [section([view.snapshot.uid_at(place)], "", controls(view, uid), frozenset())]
    for group in groups_of(view, place):
        found = pool_control(view, group)
        if found:
            keys = frozenset(view.key_at(row) for row in pool_of(view, group).tolist())
            sections.append(section(found[0].together, found[0].group, found, keys))
    return head(view, METHOD) | {"sections": sections}
