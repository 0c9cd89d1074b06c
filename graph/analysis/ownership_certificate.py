"""The certificate of an integrated share: equations that a person can check (method 5)."""

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from graph.analysis import verify_ownership
from graph.analysis.control_certificate import head
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.upstream import downstream
from graph.analysis.rings import Floats, Flow, Ring
from graph.analysis.stakes import MOST_ROWS, Ints, Stakes, stakes_of
from graph.analysis.verify_ownership import DECIMALS, PRECISION, part_of, rounded
from graph.analysis.view import View
from graph.errors import AnalysisError

# Companies of one system: a longer list nobody checks by hand.
MOST_COMPANIES = 20_000
# Growth is printed a little larger than it is: whole steps of rounding stay below that.
_SLACK = 1.01
_GROWTH_DECIMALS = 6
# Each refinement gains at least four digits, a ring of growth 1e12 included.
_REFINEMENTS = 12


class _Writer:
    """Writes the equations of one holder, companies whose holders come first, first."""

    def __init__(self, view: View, stakes: Stakes, holder: int, *, possible: bool) -> None:
        self.view, self.stakes, self.holder, self.possible = view, stakes, holder, possible
        self.share = stakes.most if possible else stakes.share
        self.flow = Flow(stakes, self.share)
        open_part = stakes.undisclosed if possible else np.zeros_like(stakes.undisclosed)
        given = np.where(stakes.base > 0, open_part / np.maximum(stakes.base, 1), 0.0)
        given[holder] = 1
        self.open = open_part
        self.value: Floats = self.flow.down(given)
        self.ring_of = {
            int(node): number
            for number, ring in enumerate(self.flow.rings)
            for node in ring.members
        }
        self.rows: dict[int, list[int]] = {}
        for row, entry in zip(stakes.rows.tolist(), stakes.entry.tolist(), strict=True):
            self.rows.setdefault(entry, []).append(row)
        self.printed = {holder: "1"}

    def uid(self, node: int) -> str:
        return self.view.snapshot.uid_at(int(self.stakes.nodes[node]))

    def links(self, entry: int) -> dict[str, int]:
        web, arrays = self.view.web, self.view.snapshot.arrays
        wide = self.possible and self.stakes.most[entry] > self.stakes.share[entry]
        found = {}
        for row in self.rows.get(entry, ()):
            share = int(web.share[row])
            if wide:
                share = max(share, int(arrays["link_share_max"][row]))
            if share > 0:
                found[self.view.key_at(row)] = share
        return found

    def lines(self, node: int) -> list[dict[str, Any]]:
        """Return the addends of a company: its holders that have a part, with what is open."""
        found = []
        for entry in self.stakes.entries(node):
            other = int(self.stakes.holder[entry])
            if self.share[entry] and other in self.printed:
                found.append(self.line(other, int(self.share[entry]), self.links(entry)))
        if self.possible and self.open[node]:
            found.append(self.line(self.holder, int(self.open[node]), {}) | {"undisclosed": True})
        return found

    def line(self, node: int, share: int, links: dict[str, int]) -> dict[str, Any]:
        y = self.printed[node]
        return {
            "holder": self.uid(node),
            "links": links,
            "share": share,
            "Y": y,
            "part": f"{part_of(share, y):f}",
        }

    def company(self, node: int, number: int | None) -> dict[str, Any]:
        """Return the equation of a company; the Y of a ring's member is printed already."""
        stakes = self.stakes
        base = int(stakes.base[node])
        lines = self.lines(node)
        total = sum((Decimal(line["part"]) for line in lines), Decimal(0))
        if number is None:
            self.printed[node] = rounded(total * WHOLE / base)
        listed = int(self.share[list(stakes.entries(node))].sum())
        named = sum(line["share"] for line in lines if not line.get("undisclosed"))
        shown = {"others": listed - named, "disclosed": listed} if self.possible else {}
        return {
            "company": self.uid(node),
            "name": self.view.snapshot.name_at(int(stakes.nodes[node])),
            "own": WHOLE - base,
            "base": base,
            **shown,
            "lines": lines,
            "sum": f"{total:f}",
            "Y": self.printed[node],
            "ring": number,
        }

    def has_part(self, node: int) -> bool:
        value = self.value[node]
        return node != self.holder and self.stakes.base[node] > 0 and value > 0

    def ring(self, ring: Ring) -> dict[str, Any]:
        """Print the Y of a ring's members and return how exact they are."""
        growth = ring.growth
        if growth is None:
            # Its members have no number or no part: `has_part` leaves them out.
            raise AnalysisError("certificate", len(ring.members), "companies in a closed ring")
        decimals = DECIMALS + max(0, math.ceil(math.log10(float(growth.max()))))
        members = ring.members.tolist()
        exact = self._refined(ring, decimals)
        for node, value in zip(members, exact, strict=True):
            self.printed[node] = rounded(value, decimals)
        margin = max(self._margin(node) for node in members)
        printed = {
            node: rounded(Decimal(repr(float(value) * _SLACK)), _GROWTH_DECIMALS)
            for node, value in zip(members, growth, strict=True)
        }
        most = max(Decimal(value) for value in printed.values())
        return {
            "decimals": decimals,
            "margin": margin,
            "growth": {self.uid(node): value for node, value in printed.items()},
            "needs": {self.uid(node): f"{self._need(node, printed):f}" for node in members},
            "accuracy": f"{margin * Decimal(1).scaleb(-decimals) * most:f}",
        }

    def _margin(self, node: int) -> int:
        base = int(self.stakes.base[node])
        shares = int(self.share[list(self.stakes.entries(node))].sum()) + int(self.open[node])
        return -(-(base + shares) // (2 * base))

    def _need(self, node: int, printed: dict[int, str]) -> Decimal:
        need = Decimal(int(self.stakes.base[node]))
        for entry in self.stakes.entries(node):
            other = int(self.stakes.holder[entry])
            if self.share[entry] and other in printed:
                need += int(self.share[entry]) * Decimal(printed[other])
        return need

    def _refined(self, ring: Ring, decimals: int) -> list[Decimal]:
        """Return Y of a ring's members to so many decimals: solved once, then corrected."""
        members = ring.members.tolist()
        found = [Decimal(repr(float(self.value[node]))) for node in members]
        place = {node: number for number, node in enumerate(members)}
        least = Decimal(1).scaleb(-decimals) / 8
        for _ in range(_REFINEMENTS):
            off = [self._off(node, place, found) for node in members]
            largest = max(abs(value) for value in off)
            if largest <= least:
                break
            right = np.array([float(value / largest) for value in off])
            step = ring.solve(right, transposed=True)
            found = [
                value + largest * Decimal(repr(float(more)))
                for value, more in zip(found, step, strict=True)
            ]
        return found

    def _off(self, node: int, place: dict[int, int], found: Sequence[Decimal]) -> Decimal:
        """Return what the equation of a member gives more than its Y."""
        total = Decimal(int(self.open[node]))
        for entry in self.stakes.entries(node):
            other, share = int(self.stakes.holder[entry]), int(self.share[entry])
            if other in place:
                total += share * found[place[other]]
            elif other in self.printed:
                total += share * Decimal(self.printed[other])
        return total / int(self.stakes.base[node]) - found[place[node]]

    def system(self, claims: Sequence[int]) -> dict[str, Any]:
        """Return the holder's equations; `claims` are the nodes whose Y is asked for."""
        companies: list[dict[str, Any]] = []
        rings: list[dict[str, Any]] = []
        done: set[int] = set()
        numbers: dict[int, int] = {}
        for node in self.flow.order.tolist():
            if not self.has_part(node):
                continue
            at = self.ring_of.get(node)
            if at is not None and at not in done:
                done.add(at)
                numbers[at] = len(rings)
                rings.append(self.ring(self.flow.rings[at]))
            companies.append(self.company(node, None if at is None else numbers[at]))
        if len(companies) > MOST_COMPANIES:
            raise AnalysisError("certificate", len(companies), f"companies exceed {MOST_COMPANIES}")
        there = int(self.stakes.nodes[self.holder])
        return {
            "holder": self.uid(self.holder),
            "name": self.view.snapshot.name_at(there),
            "kind": "possible" if self.possible else "certain",
            "companies": companies,
            "rings": rings,
            # In or below a ring that gives more than the whole without end.
            "without_number": sorted(
                self.uid(node) for node in np.flatnonzero(np.isnan(self.value)).tolist()
            ),
            "claims": {
                self.uid(node): self.printed[node] for node in claims if node in self.printed
            },
        }


def _systems(view: View, begin: Ints, holder: int, claimed: int) -> list[dict[str, Any]]:
    stakes = stakes_of(view, begin, without=holder)
    node = stakes.local(holder)
    if node is None:
        return []
    wanted = [place for place in range(claimed) if place != node]
    with localcontext() as context:
        context.prec = PRECISION
        return [
            _Writer(view, stakes, node, possible=possible).system(wanted)
            for possible in (False, True)
        ]


def owners_certificate(view: View, uid: str, holders: Sequence[str]) -> dict[str, Any]:
    """Return the equations by which each of some holders has its part of a company.

    AnalysisError for an unknown party.
    """
    place = view.place(uid)
    systems: list[dict[str, Any]] = []
    for holder in holders:
        systems += _systems(view, np.array([place]), view.place(holder), 1)
    return head(view, verify_ownership.METHOD) | {"company": uid, "systems": systems}


def holdings_certificate(view: View, uid: str) -> dict[str, Any]:
    """Return the equations by which a party has its part of every company it holds.

    AnalysisError as for `owners_certificate`.
    """
    place = view.place(uid)
    companies, _ = downstream(view.web, place, view.day, MOST_ROWS)
    systems = _systems(view, companies, place, companies.size)
    return head(view, verify_ownership.METHOD) | {"holder": uid, "systems": systems}
