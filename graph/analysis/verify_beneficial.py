"""Check a certificate of beneficial owners: each named by a test that its numbers meet (method 7).

Parts in all are those of the certificate of ownership inside it, companies gained those of the
certificates of control inside it; both are checked as such. Tests are those of the set of rules
that is named: its dated file comes with the program.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from graph.analysis import verify_control, verify_ownership
from graph.analysis.printed import Counter, Fault, Verdict, get, number, parts, ppm
from graph.analysis.verify_head import head, inside, names
from graph.errors import CertificateError
from graph.policy.owner_rules import owner_rules

METHOD = "OWNER 1"
WHOLE = 1_000_000
# A part is compared with a threshold in so many decimals, as the answer is.
_COMPARED = Decimal("1e-9")


class _Checker(Counter):
    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__()
        self.document = document
        self.company = get(document, "company", str)
        name = get(document, "rules", str)
        if name not in owner_rules():
            raise CertificateError("certificate", name, "is no set of rules: rules")
        self.rules = owner_rules()[name]
        self.tests = {test.code: test for test in self.rules.tests}
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

    def run(self) -> None:
        """Check the head, what stands inside, and every owner that is named."""
        head(self, self.document, verify_control.NOTICE)
        names(self, self.document)
        self.same("certificate", "source", get(self.document, "source", str), self.rules.source)
        shares = self.document["shares"]
        inside(self, self.document, shares, verify_ownership.METHOD)
        self.same("shares", "company", get(shares, "company", str), self.company)
        for one in parts(self.document, "control"):
            inside(self, self.document, one, verify_control.METHOD)
        found = parts(self.document, "found")
        uids = {get(line, "uid", str) for line in found}
        self.same("certificate", "number of owners", len(found), len(uids))
        for line in found:
            self.line(line)

    def line(self, line: Mapping[str, Any]) -> None:
        """Check that a line's measure meets its test."""
        uid, measure, code = (get(line, key, str) for key in ("uid", "measure", "rule"))
        where = f"owner {uid}"
        self.holds(where, f"{code} is no test of {self.rules.name}", true=code in self.tests)
        test = self.tests[code]
        self.same(where, "title", get(line, "title", str), test.title.zh)
        self.same(where, "measure", measure, test.measure)
        if measure == "control":
            gained = self.company in self.gained.get(uid, ())
            self.holds(where, f"control of {self.company} is in no sum below", true=gained)
            return
        ways = {"integrated": self.part, "direct": self.held, "votes": self.voted}
        self.reaches(where, line, ways[measure](where, uid, line))

    def part(self, where: str, uid: str, line: Mapping[str, Any]) -> Decimal:
        self.same(where, "part in all", get(line, "value", str), self.share.get(uid))
        return number(line, "value")

    def held(self, where: str, _uid: str, line: Mapping[str, Any]) -> Decimal:
        listed = parts(line, "links")
        keys = {get(one, "link", str) for one in listed}
        self.same(where, "number of links", len(listed), len(keys))
        for one in listed:
            self.holds(where, f"share of link {one['link']} is nothing", true=ppm(one, "share") > 0)
        held = sum(ppm(one, "share") for one in listed)
        if "gathered" in line:
            # Older certificates leave the sum to whoever reads the rows.
            self.same(where, "share", ppm(line, "gathered"), held)
        return Decimal(held) / WHOLE

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
            self.holds(where, f"votes of {holder} are nothing", true=ppm(one, "votes") > 0)
            seen.add(link)
        gathered = sum(ppm(one, "votes") for one in parts(line, "votes"))
        self.same(where, "votes gathered", ppm(line, "gathered"), gathered)
        # Of a company that holds itself wholly no vote counts: there the whole is the measure.
        return Decimal(gathered) / (base if base > 0 else WHOLE)

    def reaches(self, where: str, line: Mapping[str, Any], value: Decimal) -> None:
        test = self.tests[line["rule"]]
        compared = value.quantize(_COMPARED, ROUND_HALF_EVEN)
        if test.at_least is not None:
            least = number(line, "at_least")
            self.same(where, "at_least", least, Decimal(str(test.at_least)))
            self.holds(where, f"{compared} is below {least}", true=compared >= least)
        else:
            over = number(line, "over")
            self.same(where, "over", over, Decimal(str(test.over)))
            self.holds(where, f"{compared} is not over {over}", true=compared > over)


def verify_beneficial(document: Mapping[str, Any]) -> Verdict:
    """Return whether each owner meets its test by numbers that follow; else the first fault.

    CertificateError for what is no certificate at all.
    """
    checker = _Checker(document)
    within = [verify_ownership.verify_ownership(get(document, "shares", dict))]
    within += [verify_control.verify_control(one) for one in parts(document, "control")]
    checked = sum(one.checked for one in within)
    wrong = next((one for one in within if not one.ok), None)
    if wrong is not None:
        return replace(wrong, checked=checked)
    try:
        with localcontext() as context:
            context.prec = verify_ownership.PRECISION
            checker.run()
    except Fault as fault:
        return Verdict(ok=False, checked=checked + checker.checked, fault=str(fault))
    return Verdict(ok=True, checked=checked + checker.checked)
