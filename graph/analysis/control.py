"""Who controls which company: votes gathered by a holder and all that it controls (method 6)."""

from dataclasses import dataclass

import numpy as np

from graph.analysis.kernels.factors import HOLDS_SHARES, WHOLE, alive, control_of
from graph.analysis.view import View

_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Votes:
    """One addend: `votes` in ppm that `holder` has in a company by the link of this key."""

    holder: str
    key: str
    votes: int


@dataclass(frozen=True, slots=True)
class Controlled:
    """A company that is controlled, by computation.

    `votes` 0..1 is the final sum of the holder and all that it controls, of all votes that count;
    `certificate` adds up to `gathered` ppm, which is more than half of `base` ppm. `together` are
    the parties that act in concert, where only their pooled votes control; `group` is their code.
    """

    uid: str
    name: str
    votes: float
    certificate: tuple[Votes, ...]
    gathered: int
    base: int
    together: tuple[str, ...] = ()
    group: str = ""


def _lines(view: View, company: int, group: frozenset[int]) -> tuple[Votes, ...]:
    web = view.web
    lines = []
    for row in web.in_row[web.in_start[company] : web.in_start[company + 1]].tolist():
        holder = int(web.source[row])
        if web.kind[row] != HOLDS_SHARES or holder not in group or holder == company:
            continue
        if web.votes[row] > 0 and alive(web, row, view.day):
            uid, key = view.snapshot.uid_at(holder), view.key_at(row)
            lines.append(Votes(uid, key, int(web.votes[row])))
    return tuple(sorted(lines, key=lambda line: (-line.votes, line.holder, line.key)))


def controls(view: View, uid: str) -> list[Controlled]:
    """Return all companies that a party controls on the view's day, in order of discovery.

    Each company's majority follows from the holder and companies before it in the list; its
    `votes` also count those after it. AnalysisError for an unknown party.
    """
    holder = view.place(uid)
    companies, gathered, base = control_of(view.web, holder, view.day, _NONE)
    group = frozenset({holder, *companies.tolist()})
    found = []
    for company, votes, whole in zip(
        companies.tolist(), gathered.tolist(), base.tolist(), strict=True
    ):
        lines = _lines(view, company, group)
        # A company that holds itself wholly has no votes that count.
        share = votes / whole if whole > 0 else votes / WHOLE
        name = view.snapshot.name_at(company)
        found.append(Controlled(view.snapshot.uid_at(company), name, share, lines, votes, whole))
    return found
