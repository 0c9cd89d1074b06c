"""The certificate of beneficial owners: the test that names each, with the numbers that meet it."""

from decimal import Decimal
from typing import Any

import numpy as np

from graph.analysis.beneficial import Beneficial, beneficial
from graph.analysis.control import controls
from graph.analysis.control_certificate import control_certificate, head
from graph.analysis.kernels.factors import WHOLE, voting_base
from graph.analysis.kernels.upstream import is_holding
from graph.analysis.ownership_certificate import owners_certificate
from graph.analysis.verify_beneficial import METHOD
from graph.analysis.view import View
from graph.policy.owner_rules import OwnerRules, OwnerTest

IDENTIFIED = "identified"


def _rows(view: View, place: int) -> list[int]:
    """Return the holdings in a company on the view's day, its own shares left out."""
    web = view.web
    rows = web.in_row[web.in_start[place] : web.in_start[place + 1]].tolist()
    return [row for row in rows if is_holding(web, row, view.day) and web.source[row] != place]


def _threshold(test: OwnerTest) -> dict[str, str]:
    name, value = ("over", test.over) if test.at_least is None else ("at_least", test.at_least)
    return {} if value is None else {name: f"{Decimal(str(value)):f}"}


def _votes(view: View, place: int, uid: str) -> dict[str, Any]:
    """Return the votes in a company of a party and of all that it controls, with their sum."""
    web, counting = view.web, {uid, *(one.uid for one in controls(view, uid))}
    base = int(voting_base(web, place, view.day, np.zeros(0, np.int64)))
    lines = [
        {"holder": holder, "link": view.key_at(row), "votes": int(web.votes[row])}
        for row in _rows(view, place)
        if (holder := view.snapshot.uid_at(int(web.source[row]))) in counting and web.votes[row] > 0
    ]
    gathered = sum(int(str(line["votes"])) for line in lines)
    return {"own": WHOLE - base, "base": base, "votes": lines, "gathered": gathered}


def _held(view: View, place: int, uid: str) -> dict[str, Any]:
    web, holder = view.web, view.place(uid)
    rows = [row for row in _rows(view, place) if web.source[row] == holder and web.share[row] > 0]
    links = [{"link": view.key_at(row), "share": int(web.share[row])} for row in rows]
    return {"links": links, "gathered": int(web.share[rows].sum())}


def _line(
    view: View, place: int, one: Beneficial, test: OwnerTest, shares: dict[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {"uid": one.uid, "name": one.name, "rule": one.rule}
    found |= {"title": test.title.zh, "measure": test.measure} | _threshold(test)
    match test.measure:
        case "integrated":
            return found | {"value": shares[one.uid]}
        case "direct":
            return found | _held(view, place, one.uid)
        case "votes":
            return found | _votes(view, place, one.uid)
        case _:
            return found


def beneficial_certificate(view: View, uid: str, rules: OwnerRules) -> dict[str, Any]:
    """Return by which numbers a set of rules names the owners of a company.

    Who stands in for an owner (a manager, a representative) and who hides one are recorded facts
    and no sums: they are in the answer alone. AnalysisError for an unknown party.
    """
    answer = beneficial(view, uid, (rules,))
    tests = {test.code: test for test in rules.tests}
    named = [one for one in answer.sets[0].found if one.status == IDENTIFIED]
    by_part = [one.uid for one in named if tests[one.rule].measure == "integrated"]
    by_votes = [one.uid for one in named if tests[one.rule].measure in ("votes", "control")]
    owned = owners_certificate(view, answer.uid, by_part)
    shares = {
        system["holder"]: system["claims"].get(answer.uid, "0")
        for system in owned["systems"]
        if system["kind"] == "certain"
    }
    place = view.place(uid)
    return head(view, METHOD) | {
        "company": answer.uid,
        "name": answer.name,
        "rules": rules.name,
        "source": rules.source,
        "found": [_line(view, place, one, tests[one.rule], shares) for one in named],
        "shares": owned,
        "control": [control_certificate(view, one) for one in by_votes],
    }
