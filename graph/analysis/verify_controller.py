"""Check a certificate of who ultimately controls a company, by adding the votes that it lists.

It lists every vote upstream, so who else could gather a majority is found by the same additions as
who did. That no row is missing, and that each says what stands here, is no arithmetic.
"""

from collections.abc import Mapping
from typing import Any

from graph.analysis import verify_control
from graph.analysis.printed import Counter, Fault, Verdict, get, parts, ppm, texts
from graph.analysis.verify_head import head, inside, names
from graph.errors import CertificateError

METHOD = "CONTROLLER 1"
# A longer list nobody adds up by hand.
MOST_VOTES = 2_000
WHOLE = 1_000_000

# Who may control: a party ("", uid), or a pact to act in concert (code, "").
Holder = tuple[str, str]
Line = tuple[str, str, int]


class _Votes:
    """All votes upstream of a company: what each holder gains by them, and who stands on top."""

    def __init__(self, company: str) -> None:
        self.company = company
        self.base: dict[str, int] = {}
        # holder -> (company, link, votes)
        self.rows: dict[str, list[Line]] = {}
        self.pool: dict[str, dict[str, str]] = {}
        self.gains: dict[Holder, set[str]] = {}
        self.over: dict[str, set[Holder]] = {}

    def gained(self, uid: str, pool: Mapping[str, str]) -> set[str]:
        """Return what a party, or who votes the links of a pool, gains: the least such set."""
        sums: dict[str, int] = {}
        found: set[str] = set()
        waiting = self._pooled(pool) if pool else list(self.rows.get(uid, ()))
        while waiting:
            company, _, votes = waiting.pop()
            if company == uid:
                continue
            sums[company] = sums.get(company, 0) + votes
            if company not in found and 2 * sums[company] > self.base[company]:
                found.add(company)
                waiting += [line for line in self.rows.get(company, ()) if line[1] not in pool]
        return found

    def _pooled(self, pool: Mapping[str, str]) -> list[Line]:
        holders = set(pool.values())
        return [line for one in holders for line in self.rows.get(one, ()) if line[1] in pool]

    def _itself(self, uid: str) -> bool:
        """Return whether a party controls itself through what it gained."""
        held = sum(
            votes
            for one in self.gains.get(("", uid), ())
            for company, _, votes in self.rows.get(one, ())
            if company == uid
        )
        return uid in self.base and 2 * held > self.base[uid]

    def _said(self, pool: Mapping[str, str]) -> set[str]:
        """Return what a pool gains, less what one of its members gains alone."""
        members = set(pool.values())
        pooled = self.gained("", pool)
        alone = {one for one in members if self._itself(one)}
        for one in members:
            alone |= self.gains.get(("", one), set())
        needed = pooled - alone
        for one in needed:
            alone -= self.gains.get(("", one), set())
        return pooled - alone

    def add_up(self) -> None:
        """Find what everybody gains."""
        for uid in self.rows:
            self.gains["", uid] = self.gained(uid, {})
        for code, pool in self.pool.items():
            self.gains[code, ""] = self._said(pool)
        for holder, companies in self.gains.items():
            for company in companies:
                self.over.setdefault(company, set()).add(holder)

    def tops(self) -> list[frozenset[Holder]]:
        """Return the rings, mostly of one, that control the company and that nobody controls."""
        found: dict[frozenset[Holder], None] = {}
        for holder in sorted(self.over.get(self.company, ())):
            code, uid = holder
            over = set() if code else self.over.get(uid, set())
            mutual = {one for one in over if not one[0] and holder in self.over.get(one[1], ())}
            ring = frozenset({holder, *mutual})
            if not over - ring:
                found[ring] = None
        return [ring for ring in found if not self._needless(ring, list(found))]

    def _behind(self, ring: frozenset[Holder], code: str) -> bool:
        """Return whether a ring casts votes that a pool counts."""
        members = set(self.pool[code].values())
        over = {holder for one in members for holder in (("", one), *self.over.get(one, ()))}
        return bool(ring & over)

    def _needless(self, ring: frozenset[Holder], rings: list[frozenset[Holder]]) -> bool:
        code = max(ring)[0]
        return bool(code) and any(
            self._behind(other, code) and not (max(other)[0] and self._behind(ring, max(other)[0]))
            for other in rings
            if other != ring
        )

    def named(self) -> tuple[str, str, list[str]]:
        """Return (status, code of the pact, parties) as the answer has them."""
        tops = self.tops()
        everybody: set[str] = set()
        for ring in tops:
            for code, uid in ring:
                everybody |= set(self.pool[code].values()) if code else {uid}
        if not tops:
            return "none", "", []
        if len(tops) > 1:
            return "several", "", sorted(everybody)
        ((code, _), *others) = tops[0]
        status = "closed_ring" if others else "together" if code else "found"
        return status, code, sorted(everybody)


class _Checker(Counter):
    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__()
        self.document = document
        self.votes = _Votes(get(document, "company", str))
        self.lines: set[tuple[str, str, str, int]] = set()

    def listed(self) -> None:
        """Check each company's votes and their sum."""
        links: set[str] = set()
        for part in parts(self.document, "companies"):
            company = get(part, "company", str)
            where = f"company {company}"
            self.holds(where, "stands twice", true=company not in self.votes.base)
            own, base = ppm(part, "own"), ppm(part, "base")
            self.holds(where, "own votes are below nothing", true=own >= 0)
            self.same(where, "base", base, WHOLE - own)
            self.votes.base[company] = base
            gathered = 0
            for line in parts(part, "votes"):
                holder, link, votes = (
                    get(line, "holder", str),
                    get(line, "link", str),
                    ppm(line, "votes"),
                )
                self.holds(where, f"votes of {holder} are nothing", true=votes > 0)
                self.holds(where, f"votes of {holder} do not count", true=holder != company)
                self.holds(where, f"link {link} counts twice", true=link not in links)
                links.add(link)
                gathered += votes
                self.lines.add((company, holder, link, votes))
                self.votes.rows.setdefault(holder, []).append((company, link, votes))
            self.same(where, "votes recorded", ppm(part, "recorded"), gathered)
        if len(links) > MOST_VOTES:
            raise CertificateError("certificate", len(links), f"votes exceed {MOST_VOTES}")

    def pools(self) -> None:
        """Check the pacts: a link is voted in one of them."""
        owner = {link: holder for _, holder, link, _ in self.lines}
        seen: set[str] = set()
        for part in parts(self.document, "pacts"):
            code, pool = get(part, "group", str), {}
            where = f"pact {code}"
            self.holds(where, "has no code", true=code != "" and code not in self.votes.pool)
            for line in parts(part, "links"):
                link, holder = get(line, "link", str), get(line, "holder", str)
                self.holds(where, f"link {link} counts twice", true=link not in seen)
                self.same(where, f"holder of {link}", holder, owner.get(link, holder))
                seen.add(link)
                pool[link] = holder
            self.votes.pool[code] = pool

    def answer(self) -> None:
        """Check that who is named is who the votes name."""
        self.votes.add_up()
        status, code, uids = self.votes.named()
        self.same("certificate", "status", get(self.document, "status", str), status)
        self.same("certificate", "group", get(self.document, "group", str), code)
        named = [get(one, "uid", str) for one in parts(self.document, "named")]
        self.same("certificate", "who is named", named, uids)
        self.sums(status, uids)

    def sums(self, status: str, uids: list[str]) -> None:
        """Check that each sum is of one who is named, gains the company and has rows listed."""
        control = get(self.document, "control", dict)
        inside(self, self.document, control, verify_control.METHOD)
        company = self.votes.company
        alone = [uid for uid in uids if company in self.votes.gains.get(("", uid), ())]
        expected = [[uid] for uid in (alone[:1] if status == "closed_ring" else alone)]
        if status == "together":
            expected = [uids]
        sections = parts(control, "sections")
        self.same("sums", "holders", [texts(one, "holders") for one in sections], expected)
        for section in sections:
            listed = parts(section, "companies")
            there = any(part["company"] == company for part in listed)
            self.holds("sums", f"{company} is in no sum", true=there)
            for part in listed:
                where = f"company {part['company']}"
                self.same(where, "base", ppm(part, "base"), self.votes.base.get(part["company"]))
                for line in parts(part, "votes"):
                    row = (part["company"], line["holder"], line["link"], line["votes"])
                    self.holds(where, f"link {row[2]} is not listed", true=row in self.lines)


def verify_controller(document: Mapping[str, Any]) -> Verdict:
    """Return whether who is named controls by the votes that are listed, and nobody else does.

    CertificateError for what is no certificate at all.
    """
    checker = _Checker(document)
    within = verify_control.verify_control(get(document, "control", dict))
    if not within.ok:
        return within
    try:
        head(checker, document, verify_control.NOTICE)
        names(checker, document)
        checker.listed()
        checker.pools()
        checker.answer()
    except Fault as fault:
        return Verdict(ok=False, checked=within.checked + checker.checked, fault=str(fault))
    return Verdict(ok=True, checked=within.checked + checker.checked)
