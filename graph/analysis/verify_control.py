"""Check a certificate of control by addition alone.

Companies stand in the order in which they are gained: the votes of the holder and of companies
before it must be more than half of the votes that count.
"""

from collections.abc import Mapping
from typing import Any

from graph.analysis.printed import Counter, Fault, Verdict, flag, get, parts, ppm, texts
from graph.analysis.verify_head import head, names

METHOD = "CONTROL 1"
NOTICE = "按登记数据计算，非登记事实；请核对来源行"
WHOLE = 1_000_000


class _Checker(Counter):
    def __init__(self) -> None:
        super().__init__()
        # A row leads to one company: those that were counted in the section at hand.
        self.links: set[str] = set()

    def run(self, section: Mapping[str, Any]) -> None:
        named = texts(section, "holders")
        holders = set(named)
        pooled = get(section, "group", str) != ""
        self.same("certificate", "number of holders", len(named), len(holders) if pooled else 1)
        listed = parts(section, "companies")
        # Of a pool only the rows that it votes together count for its members; it may gain one.
        gained = set() if pooled else set(holders)
        all_of_them = gained | {get(part, "company", str) for part in listed}
        self.same("certificate", "number of companies", len(all_of_them), len(gained) + len(listed))
        self.links = set()
        for part in listed:
            self.company(part, holders if pooled else set(), gained, all_of_them)
            gained.add(part["company"])

    def company(
        self,
        part: Mapping[str, Any],
        pool: set[str],
        gained: set[str],
        all_of_them: set[str],
    ) -> None:
        where = f"company {part['company']}"
        base, own = ppm(part, "base"), ppm(part, "own")
        self.same(where, "base", base, WHOLE - own)
        self.holds(where, "own votes are below nothing", true=own >= 0)
        before = gathered = 0
        for line in parts(part, "votes"):
            votes, holder, link = (
                ppm(line, "votes"),
                get(line, "holder", str),
                get(line, "link", str),
            )
            self.holds(where, f"votes of {holder} are nothing", true=votes > 0)
            self.holds(where, f"link {link} counts twice", true=link not in self.links)
            self.links.add(link)
            pooled = flag(line, "pooled")
            known = holder in pool if pooled else holder in all_of_them
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
        head(checker, document, NOTICE)
        names(checker, document)
        for section in parts(document, "sections"):
            checker.run(section)
    except Fault as fault:
        return Verdict(ok=False, checked=checker.checked, fault=str(fault))
    return Verdict(ok=True, checked=checker.checked)
