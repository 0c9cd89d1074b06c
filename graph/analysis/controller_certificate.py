"""The certificate of who ultimately controls a company: its sums, and all votes upstream."""

from typing import Any

import numpy as np

from graph.analysis.concert import code_of, pool_of
from graph.analysis.control_certificate import head, section
from graph.analysis.control_sums import sums_behind
from graph.analysis.controller import controller, votes_of
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import upstream
from graph.analysis.stakes import MOST_ROWS, numbered
from graph.analysis.verify_control import METHOD as CONTROL
from graph.analysis.verify_controller import METHOD, MOST_VOTES
from graph.analysis.view import View
from graph.errors import AnalysisError


def _links(view: View, rows: list[int]) -> list[dict[str, Any]]:
    """Return rows as holder, link and votes, the largest first."""
    web = view.web
    lines = [
        {
            "holder": view.snapshot.uid_at(int(web.source[row])),
            "link": view.key_at(row),
            "votes": int(web.votes[row]),
        }
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line["votes"], line["holder"], line["link"]))


def controller_certificate(view: View, uid: str) -> dict[str, Any]:
    """Return by which votes a company is controlled, and all others, which exclude anybody else.

    AnalysisError for an unknown party, and for more votes upstream than anybody adds up.
    """
    found, place = controller(view, uid), view.place(uid)
    ballots = votes_of(view, place)
    if ballots.company.size > MOST_VOTES or found.capped:
        rule = f"votes upstream of {found.name} exceed {MOST_VOTES}: nobody adds them up by hand"
        raise AnalysisError("certificate", int(ballots.company.size), rule)
    _, rows, _ = upstream(view.web, np.array([place]), view.day, MOST_ROWS)
    voting = rows[(view.web.votes[rows] > 0) & (view.web.source[rows] != view.web.target[rows])]
    by_company: dict[int, list[int]] = {}
    for row in voting.tolist():
        by_company.setdefault(int(view.web.target[row]), []).append(row)
    base = dict(
        zip(
            by_company,
            ballots.base[numbered(ballots.nodes, np.array([*by_company], np.int64))].tolist(),
            strict=True,
        )
    )
    pools = {code_of(view, group): pool_of(view, group).tolist() for group in ballots.groups}
    pools.pop("", None)
    named = (
        [found.controller] if found.controller else [*found.ring, *found.together, *found.several]
    )
    sums = sums_behind(view, found)
    keys = frozenset(view.key_at(row) for row in pools.get(found.group, ()))
    return head(view, METHOD) | {
        "company": found.uid,
        "name": found.name,
        "status": found.status,
        "group": found.group,
        "named": [{"uid": one, "name": view.snapshot.name_at(view.place(one))} for one in named],
        "control": head(view, CONTROL)
        | {"sections": [section(one.holders, found.group, one.companies, keys) for one in sums]},
        "companies": [
            {
                "company": view.snapshot.uid_at(company),
                "name": view.snapshot.name_at(company),
                "own": WHOLE - base[company],
                "base": base[company],
                "votes": (lines := _links(view, listed)),
                "recorded": sum(line["votes"] for line in lines),
            }
            for company, listed in by_company.items()
        ],
        "pacts": [
            {
                "group": code,
                "links": [
                    {"holder": line["holder"], "link": line["link"]}
                    for line in _links(view, listed)
                ],
            }
            for code, listed in pools.items()
        ],
    }
