"""Check a certificate of integrated ownership by addition and multiplication alone.

For one holder: in each company its part Y is the sum of share times Y over the company's holders,
its own Y being 1. Holders come before the company, or stand in one ring with it; there the printed
numbers are put into the equations and must fit.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from graph.analysis.printed import Counter, Fault, Verdict, flag, get, number, parts, ppm, texts
from graph.analysis.verify_control import NOTICE
from graph.analysis.verify_head import head, names

METHOD = "OWN 1"
WHOLE = 1_000_000
KINDS = ("certain", "possible")
# Y of a company outside rings has twelve decimals; inside, more by the growth of the ring.
DECIMALS = 12
MOST_DECIMALS = 30
# Exact products and sums need fewer digits than this.
PRECISION = 120
# What a ring may be off by in all: no printed decimal of an answer depends on it.
_NEAR = Decimal("1e-10")


def rounded(value: Decimal, decimals: int = DECIMALS) -> str:
    """Return a number with so many decimals, half to even.

    >>> rounded(Decimal(2) / 3)
    '0.666666666667'
    """
    return f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN):f}"


def part_of(share: int, y: str) -> Decimal:
    """Return share (ppm) times Y, exactly.

    >>> part_of(600_000, "0.5")
    Decimal('0.3000000')
    """
    return (share * Decimal(y)).scaleb(-6)


class _System(Counter):
    """Checks one holder's equations, company by company."""

    def __init__(self, system: Mapping[str, Any]) -> None:
        super().__init__()
        self.holder = get(system, "holder", str)
        self.possible = get(system, "kind", str) == "possible"
        self.system = system
        self.companies = {get(part, "company", str): part for part in parts(system, "companies")}
        self.known = {self.holder: "1"}
        self.rings = parts(system, "rings")
        self.claims: Mapping[str, Any] = get(system, "claims", dict)
        # A row is one holding: it counts once in a system.
        self.links: set[str] = set()

    def run(self) -> None:
        listed = parts(self.system, "companies")
        self.same("system", "number of companies", len(self.companies), len(listed))
        self.holds(
            "system", "the holder is a company of it", true=self.holder not in self.companies
        )
        self.holds("system", "kind is none", true=self.system["kind"] in KINDS)
        for place, company in enumerate(self.companies):
            self.company(company)
            if self.last_of_ring(company, place):
                self.ring(int(self.companies[company]["ring"]))
        for uid, printed in self.claims.items():
            self.same(f"claim {uid}", "Y", printed, self.known.get(uid))
        without = texts(self.system, "without_number")
        self.holds("system", "without_number has a Y", true=not self.known.keys() & without)

    def last_of_ring(self, company: str, place: int) -> bool:
        """Return whether the next company is not of this one's ring."""
        ring = self.companies[company].get("ring")
        if ring is None:
            return False
        following = list(self.companies)[place + 1 : place + 2]
        return not following or self.companies[following[0]].get("ring") != ring

    def y_of(self, holder: str, ring: object, where: str) -> str:
        """Return the printed Y of a holder that comes before, or stands in the same ring."""
        if holder in self.known:
            return self.known[holder]
        part = self.companies.get(holder)
        fits = part is not None and ring is not None and part.get("ring") == ring
        self.holds(where, f"holder {holder} comes neither before nor in its ring", true=fits)
        return str(get(self.companies[holder], "Y", str))

    def rows(self, line: Mapping[str, Any], where: str) -> int:
        """Return what the rows of a holder add up to; what is undisclosed has none."""
        links = get(line, "links", dict)
        for key in links:
            self.holds(where, f"link {key} counts twice", true=key not in self.links)
            self.links.add(key)
            self.holds(where, f"share of link {key} is nothing", true=ppm(links, key) > 0)
        return sum(ppm(links, key) for key in links)

    def line(self, line: Mapping[str, Any], ring: object, where: str) -> tuple[int, Decimal]:
        """Return (share, part) of one holder."""
        holder, share = get(line, "holder", str), ppm(line, "share")
        self.holds(where, f"share {share} is below nothing", true=share >= 0)
        listed = self.rows(line, where)
        self.same(where, f"share of {holder}", 0 if flag(line, "undisclosed") else share, listed)
        y = self.y_of(holder, ring, where)
        self.same(where, f"Y of {holder}", get(line, "Y", str), y)
        number(line, "Y")
        part = part_of(share, y)
        self.same(where, f"part of {holder}", get(line, "part", str), f"{part:f}")
        return share, part

    def company(self, company: str) -> None:
        part = self.companies[company]
        where = f"company {company}"
        ring = None if part.get("ring") is None else ppm(part, "ring")
        base, own = ppm(part, "base"), ppm(part, "own")
        self.holds(where, f"base {base} is none", true=base > 0 and own >= 0)
        self.same(where, "base", base, WHOLE - own)
        lines = parts(part, "lines")
        holders = [get(line, "holder", str) for line in lines if not flag(line, "undisclosed")]
        self.same(where, "number of holders", len(holders), len(set(holders)))
        self.holds(where, "it holds itself", true=company not in holders)
        found = [self.line(line, ring, where) for line in lines]
        total = sum((value for _, value in found), Decimal(0))
        self.same(where, "sum", get(part, "sum", str), f"{total:f}")
        self.undisclosed(part, lines, where)
        number(part, "Y")
        if ring is None:
            self.same(where, "Y", part["Y"], rounded(total * WHOLE / base))
            self.known[company] = part["Y"]

    def undisclosed(
        self, part: Mapping[str, Any], lines: list[Mapping[str, Any]], where: str
    ) -> None:
        """Check what is undisclosed: what all recorded holders leave of the base, once."""
        given = [line for line in lines if flag(line, "undisclosed")]
        self.holds(where, "undisclosed stands twice", true=len(given) <= int(self.possible))
        if not self.possible:
            return
        disclosed = ppm(part, "disclosed")
        listed = sum(ppm(line, "share") for line in lines if not flag(line, "undisclosed"))
        others = ppm(part, "others")
        self.holds(where, f"others {others} is below nothing", true=others >= 0)
        self.same(where, "disclosed", disclosed, listed + others)
        left = max(0, int(part["base"]) - disclosed)
        self.same(where, "undisclosed", sum(ppm(line, "share") for line in given), left)
        if given:
            self.same(where, "undisclosed belongs to", given[0]["holder"], self.holder)

    def ring(self, number_of: int) -> None:
        """Put the printed Y of a ring's members into their equations."""
        where = f"ring {number_of}"
        self.holds(where, "is not described", true=0 <= number_of < len(self.rings))
        ring = self.rings[number_of]
        decimals, margin = ppm(ring, "decimals"), ppm(ring, "margin")
        self.holds(where, "decimals", true=DECIMALS <= decimals <= MOST_DECIMALS and margin > 0)
        members = [uid for uid, part in self.companies.items() if part.get("ring") == number_of]
        unit = Decimal(1).scaleb(-decimals)
        for uid in members:
            part = self.companies[uid]
            y, base = number(part, "Y"), ppm(part, "base")
            shares = sum(ppm(line, "share") for line in parts(part, "lines"))
            self.same(where, f"decimals of {uid}", -int(y.as_tuple().exponent), decimals)
            self.holds(where, "margin is too small", true=2 * margin * base >= base + shares)
            off = abs(number(part, "sum") * WHOLE - base * y)
            self.holds(where, f"Y of {uid} does not fit", true=off <= base * margin * unit)
        most = self.growth(ring, members, where)
        self.same(where, "accuracy", get(ring, "accuracy", str), f"{margin * unit * most:f}")
        self.holds(where, "is not accurate enough", true=margin * unit * most < _NEAR)
        for uid in members:
            self.known[uid] = str(self.companies[uid]["Y"])

    def growth(self, ring: Mapping[str, Any], members: list[str], where: str) -> Decimal:
        """Return the largest w: w >= 1 + share times w of holders bounds each error of the ring."""
        growth, needs = get(ring, "growth", dict), get(ring, "needs", dict)
        self.same(where, "members", sorted(growth), sorted(members))
        for uid in members:
            part = self.companies[uid]
            base = ppm(part, "base")
            need = Decimal(base)
            for line in parts(part, "lines"):
                if line["holder"] in growth:
                    need += ppm(line, "share") * number(growth, line["holder"])
            self.same(where, f"need of {uid}", get(needs, uid, str), f"{need:f}")
            enough = base * number(growth, uid) >= need
            self.holds(where, f"growth of {uid} is too small", true=enough)
        return max((number(growth, uid) for uid in members), default=Decimal(0))


def _asked(whole: Counter, document: Mapping[str, Any], systems: list[Mapping[str, Any]]) -> None:
    """Check that each system answers what was asked for: a holder's companies, a company's holders.

    Each holder has one system of a kind.
    """
    subject = get(document, "company" if "company" in document else "holder", str)
    seen: set[tuple[str, str]] = set()
    for system in systems:
        holder, kind = get(system, "holder", str), get(system, "kind", str)
        claims = get(system, "claims", dict)
        whole.holds(f"holder {holder}", f"has two systems: {kind}", true=(holder, kind) not in seen)
        seen.add((holder, kind))
        if "company" in document:
            there = any(part.get("company") == subject for part in parts(system, "companies"))
            whole.same("certificate", f"claims of {holder}", list(claims), [subject] * there)
        else:
            whole.same("certificate", "holder", subject, holder)


def verify_ownership(document: Mapping[str, Any]) -> Verdict:
    """Return whether every printed part follows from the shares; CertificateError for no document.

    A holder that a company's equation leaves out has no part in it: that its rows are complete is
    for who looks them up to say.
    """
    whole = Counter()
    systems = parts(document, "systems")
    try:
        head(whole, document, NOTICE)
        names(whole, document)
        _asked(whole, document, systems)
    except Fault as fault:
        return Verdict(ok=False, checked=whole.checked, fault=str(fault))
    checked = whole.checked
    for system in systems:
        one = _System(system)
        try:
            with localcontext() as context:
                context.prec = PRECISION
                one.run()
        except Fault as fault:
            return Verdict(ok=False, checked=checked + one.checked, fault=str(fault))
        checked += one.checked
    return Verdict(ok=True, checked=checked)
