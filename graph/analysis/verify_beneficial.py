"""Check a certificate of beneficial owners: each named by a test that its numbers meet (method 7).

Parts in all are those of the certificate of ownership inside it, companies gained those of the
certificates of control inside it; both are checked as such.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from graph.analysis.printed import Counter, Fault, Verdict, get, number, parts, ppm
from graph.analysis.verify_control import verify_control
from graph.analysis.verify_ownership import verify_ownership

METHOD = "OWNER 1"
WHOLE = 1_000_000
# A part is compared with a threshold in so many decimals, as the answer is.
_COMPARED = Decimal("1e-9")


class _Checker(Counter):
    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__()
        self.company = get(document, "company", str)
        systems = parts(get(document, "shares", dict), "systems")
        self.share = {
            get(one, "holder", str): get(one, "claims", dict).get(self.company)
            for one in systems
            if one.get("kind") == "certain"
        }
        # Who gains what by its own votes, and who in concert with others.
        self.alone: dict[str, set[str]] = {}
        self.gained: dict[str, set[str]] = {}
        for one in parts(document, "control"):
            for section in parts(one, "sections"):
                companies = {get(part, "company", str) for part in parts(section, "companies")}
                for holder in get(section, "holders", list):
                    self.gained.setdefault(str(holder), set()).update(companies)
                    if get(section, "group", str) == "":
                        self.alone.setdefault(str(holder), set()).update(companies)

    def line(self, line: Mapping[str, Any]) -> None:
        """Check that a line's measure meets its test."""
        uid, measure = get(line, "uid", str), get(line, "measure", str)
        where = f"owner {uid}"
        if measure == "control":
            gained = self.company in self.gained.get(uid, ())
            self.holds(where, f"control of {self.company} is in no sum below", true=gained)
            return
        ways = {"integrated": self.part, "direct": self.held, "votes": self.voted}
        self.holds(where, f"measure {measure} is none", true=measure in ways)
        self.reaches(where, line, ways[measure](where, uid, line))

    def part(self, where: str, uid: str, line: Mapping[str, Any]) -> Decimal:
        self.same(where, "part in all", get(line, "value", str), self.share.get(uid))
        return number(line, "value")

    def held(self, where: str, _uid: str, line: Mapping[str, Any]) -> Decimal:
        listed = parts(line, "links")
        keys = {get(one, "link", str) for one in listed}
        self.same(where, "number of links", len(listed), len(keys))
        return Decimal(sum(ppm(one, "share") for one in listed)) / WHOLE

    def voted(self, where: str, uid: str, line: Mapping[str, Any]) -> Decimal:
        base = ppm(line, "base")
        own = ppm(line, "own")
        self.holds(where, "own votes are below nothing", true=own >= 0)
        self.same(where, "base", base, WHOLE - own)
        counting = {uid} | self.alone.get(uid, set())
        seen: set[str] = set()
        for one in parts(line, "votes"):
            holder, link = get(one, "holder", str), get(one, "link", str)
            counts = holder in counting and holder != self.company and link not in seen
            self.holds(where, f"votes of {holder} over {link} do not count", true=counts)
            seen.add(link)
        gathered = sum(ppm(one, "votes") for one in parts(line, "votes"))
        self.same(where, "votes gathered", ppm(line, "gathered"), gathered)
        # Of a company that holds itself wholly no vote counts: there the whole is the measure.
        return Decimal(gathered) / (base if base > 0 else WHOLE)

    def reaches(self, where: str, line: Mapping[str, Any], value: Decimal) -> None:
        compared = value.quantize(_COMPARED, ROUND_HALF_EVEN)
        if "at_least" in line:
            least = number(line, "at_least")
            self.holds(where, f"{compared} is below {least}", true=compared >= least)
        else:
            over = number(line, "over")
            self.holds(where, f"{compared} is not over {over}", true=compared > over)


def verify_beneficial(document: Mapping[str, Any]) -> Verdict:
    """Return whether each owner meets its test by numbers that follow; else the first fault.

    CertificateError for what is no certificate at all.
    """
    checker = _Checker(document)
    inside = [verify_ownership(get(document, "shares", dict))]
    inside += [verify_control(one) for one in parts(document, "control")]
    checked = sum(one.checked for one in inside)
    wrong = next((one for one in inside if not one.ok), None)
    if wrong is not None:
        return replace(wrong, checked=checked)
    try:
        for line in parts(document, "found"):
            checker.line(line)
    except Fault as fault:
        return Verdict(ok=False, checked=checked + checker.checked, fault=str(fault))
    return Verdict(ok=True, checked=checked + checker.checked)
