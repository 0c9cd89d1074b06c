"""Check a certificate by hand's arithmetic alone: multiplication and 1 - x, no database."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from graph.analysis.printed import Counter, Fault, Verdict, get, number, parts, ppm, texts
from graph.analysis.verify_head import head, names
from graph.errors import CertificateError
from graph.schema.catalog import SCHEMA

METHOD = "NRX 1"
NOTICE = "关联提示，不是失信记录，不得据此采取措施"
WHOLE = Decimal(1_000_000)
NINE = Decimal("1e-9")
PPM = Decimal("1e-6")
# Products of factors are folded here first, so that a half is a half (snapshot/numeric.py: to_ppm).
FOLD = Decimal("1e-12")
# p is the product of its factors rounded to whole ppm; factors are printed to twelve decimals.
_NEAR_PPM = Decimal("0.50001")
# What p is made of: as given with the link, or by the policy.
_FACTORS = ({"given"}, {"beta", "phi", "hubs", "age"})
# Those of the schema and the one derived from them (graph.snapshot.form.TYPES): that module needs
# an array library.
_TYPES = frozenset({"SIGNS_FOR", *(link.name for link in SCHEMA.links)})
_WAYS = ("along", "against")
# The printed X and the root's T, which sums small children, differ by less than this.
_NEAR_X = Decimal("1e-7")
# As many links as an answer goes (graph.snapshot.form.FAR).
_DEEPEST = 8
_DIGITS = 60


def nine(value: Decimal) -> str:
    """Return nine decimals, half to even.

    >>> nine(Decimal("0.5555555555"))
    '0.555555556'
    """
    return f"{value.quantize(NINE, ROUND_HALF_EVEN):f}"


def strength_of(strengths: Sequence[int], cap: int) -> int:
    """Return S in ppm of records with these strengths in ppm.

    >>> strength_of([900_000, 350_000], 990_000)
    935000
    """
    kept = Decimal(1)
    for strength in strengths:
        kept *= 1 - strength / WHOLE
    whole = (1 - kept).quantize(FOLD, ROUND_HALF_EVEN).quantize(PPM, ROUND_HALF_EVEN)
    return min(cap, int(whole * WHOLE))


def factor_of(p: int, value: str) -> str:
    """Return p times T, exactly.

    >>> factor_of(600_000, "0.720000000")
    '0.432000000000000'
    """
    return f"{(p * Decimal(value)).scaleb(-6):f}"


def product_of(factors: Sequence[str], rest: str | None) -> Decimal:
    """Return the product of (1 - factor) and of the rest's product, exactly."""
    product = Decimal(rest) if rest is not None else Decimal(1)
    for factor in factors:
        product *= 1 - Decimal(factor)
    return product


def value_of(strength: int, product: Decimal) -> str:
    """Return T = 1 - (1 - S) times the product, nine decimals."""
    return nine(1 - (1 - strength / WHOLE) * product)


def precision(children: int) -> int:
    """Return how many digits an exact product of so many children needs."""
    return _DIGITS + 15 * children


class _Checker(Counter):
    """Goes through a certificate from the root down and stops at the first fault."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__()
        self.hops = ppm(document, "hops")
        self.strength_cap = ppm(document, "strength_cap")
        self.factor_cap = ppm(document, "factor_cap")
        self.strengths: dict[tuple[str, str], int] = {}

    def bounds(self) -> None:
        """Check how far the certificate says to go, and its caps."""
        self.holds("certificate", f"hops {self.hops} are none", true=0 < self.hops <= _DEEPEST)
        for cap in (self.strength_cap, self.factor_cap):
            self.holds("certificate", f"cap {cap} is not 0..1", true=0 <= cap <= WHOLE)

    def strength(self, part: Mapping[str, Any], where: str) -> int:
        strength = ppm(part, "S")
        listed = []
        seen: set[str] = set()
        for record in parts(part, "records"):
            uid, value = get(record, "record", str), ppm(record, "strength")
            self.holds(where, "a record's strength is not 0..1", true=0 <= value <= WHOLE)
            self.holds(where, f"record {uid} counts twice", true=uid not in seen)
            seen.add(uid)
            known = self.strengths.setdefault((get(part, "node", str), uid), value)
            self.same(where, f"strength of record {uid}", value, known)
            listed.append(value)
        self.same(where, "S", strength, strength_of(listed, self.strength_cap))
        return strength

    def p(self, child: Mapping[str, Any], where: str) -> int:
        p = ppm(child, "p")
        self.holds(where, f"p {p} is not within the cap", true=0 < p <= self.factor_cap)
        product = Decimal(1)
        factors = get(child, "factors", dict)
        self.holds(where, "p is made of other factors", true=set(factors) in _FACTORS)
        for name in factors:
            value = number(factors, name)
            self.holds(where, f"factor {name} {value} is not 0..1", true=0 <= value <= 1)
            product *= value
        expected = min(product * WHOLE, Decimal(self.factor_cap))
        near = abs(p - expected) <= _NEAR_PPM
        self.holds(where, f"p {p} is not the product of its factors", true=near)
        return p

    def node(self, part: Mapping[str, Any], above: tuple[str, ...]) -> str:
        name = get(part, "node", str)
        where = " < ".join((name, *reversed(above)))
        if len(above) > min(self.hops, _DEEPEST):
            raise CertificateError("certificate", where, "goes farther than its hops")
        self.holds(where, "a walk comes back to a party", true=name not in above)
        strength = self.strength(part, where)
        children = parts(part, "children")
        self.parallel(children, where)
        factors = [self.child(child, (*above, name)) for child in children]
        with localcontext() as context:
            context.prec = precision(len(factors))
            product = product_of(factors, self.rest(part, where))
            self.same(where, "product", get(part, "product", str), nine(product))
            value = value_of(strength, product)
        self.same(where, "T", get(part, "T", str), value)
        return value

    def parallel(self, children: list[Mapping[str, Any]], where: str) -> None:
        """Check that of links between the same two parties one counts for each record and walk."""
        seen: set[tuple[str, str | None]] = set()
        for child in children:
            below = get(child, "from", dict)
            carried = [get(record, "record", str) for record in parts(below, "records")]
            onward = bool(parts(below, "children")) or below.get("rest") is not None
            for what in (*carried, None) if onward or not carried else carried:
                came = (get(below, "node", str), what)
                self.holds(where, f"what comes from {came[0]} counts twice", true=came not in seen)
                seen.add(came)

    def child(self, child: Mapping[str, Any], above: tuple[str, ...]) -> str:
        where = f"link {get(child, 'link', str)}"
        kind, way = get(child, "type", str), get(child, "way", str)
        self.holds(where, f"type {kind} is none", true=kind in _TYPES)
        self.holds(where, f"way {way} is none", true=way in _WAYS)
        value = self.node(get(child, "from", dict), above)
        factor = factor_of(self.p(child, where), value)
        self.same(where, "factor", get(child, "factor", str), factor)
        return factor

    def rest(self, part: Mapping[str, Any], where: str) -> str | None:
        if part.get("rest") is None:
            return None
        rest = get(part, "rest", dict)
        product = number(rest, "product")
        inside = 0 <= product <= 1 and ppm(rest, "children") > 0
        self.holds(where, "the rest is not 0..1", true=inside)
        self.same(where, "the rest's factor", get(rest, "factor", str), nine(1 - product))
        self.same(where, "the rest's product", rest["product"], nine(product))
        return nine(product)


def verify(document: Mapping[str, Any]) -> Verdict:
    """Return whether every printed number follows from those below it.

    Needs neither snapshot nor policy. CertificateError for what is no certificate at all.
    """
    if document.get("method") != METHOD:
        raise CertificateError("certificate", "method", f"must be {METHOD}")
    checker = _Checker(document)
    tree = get(document, "tree", dict)
    exposure = number(document, "X")
    texts(document, "edits"), get(document, "policy", str)
    try:
        head(checker, document, NOTICE)
        checker.bounds()
        checker.same("root", "uid", get(document, "uid", str), get(tree, "node", str))
        checker.same("root", "S", ppm(tree, "S"), 0)
        value = checker.node(tree, ())
        near = abs(exposure - Decimal(value)) < _NEAR_X
        checker.holds("root", f"X {exposure} is not T {value}", true=near)
        names(checker, document)
    except Fault as fault:
        return Verdict(ok=False, checked=checker.checked, fault=str(fault))
    return Verdict(ok=True, checked=checker.checked)
