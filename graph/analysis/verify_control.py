"""Check a certificate of control by addition alone.

Companies stand in the order in which they are gained: the votes of the holder and of companies
before it must be more than half of the votes that count.
"""

from collections.abc import Mapping
from typing import Any

from graph.analysis.printed import Counter, Fault, Verdict, get, parts, ppm, texts

METHOD = "CONTROL 1"
WHOLE = 1_000_000


class _Checker(Counter):
    def run(self, section: Mapping[str, Any]) -> None:
        holders = set(texts(section, "holders"))
        pooled = get(section, "group", str) != ""
        listed = parts(section, "companies")
        # Of a pool only the rows that it votes together count for its members; it may gain one.
        gained = set() if pooled else set(holders)
        all_of_them = gained | {get(part, "company", str) for part in listed}
        self.same("certificate", "number of companies", len(all_of_them), len(gained) + len(listed))
        for part in listed:
            self.company(part, holders, gained, all_of_them)
            gained.add(part["company"])

    def company(
        self,
        part: Mapping[str, Any],
        holders: set[str],
        gained: set[str],
        all_of_them: set[str],
    ) -> None:
        where = f"company {part['company']}"
        base, own = ppm(part, "base"), ppm(part, "own")
        self.same(where, "base", base, WHOLE - own)
        self.holds(where, "own votes are below nothing", true=own >= 0)
        before = gathered = 0
        seen: set[str] = set()
        for line in parts(part, "votes"):
            votes, holder, link = (
                ppm(line, "votes"),
                get(line, "holder", str),
                get(line, "link", str),
            )
            self.holds(where, f"votes of {holder} are nothing", true=votes > 0)
            self.holds(where, f"link {link} counts twice", true=link not in seen)
            seen.add(link)
            pooled = bool(line.get("pooled"))
            known = holder in holders if pooled else holder in all_of_them
            itself = holder == part["company"]
            self.holds(where, f"votes of {holder} do not count", true=known and not itself)
            gathered += votes
            before += votes if pooled or holder in gained else 0
        self.same(where, "votes gathered before", ppm(part, "before"), before)
        self.same(where, "votes gathered", ppm(part, "gathered"), gathered)
        self.holds(where, f"{before} is not more than half of {base}", true=2 * before > base)


def verify_control(document: Mapping[str, Any]) -> Verdict:
    """Return whether each company is gained by more than half of its votes.

    CertificateError for what is no certificate at all.
    """
    checker = _Checker()
    try:
        for section in parts(document, "sections"):
            checker.run(section)
    except Fault as fault:
        return Verdict(ok=False, checked=checker.checked, fault=str(fault))
    return Verdict(ok=True, checked=checker.checked)
