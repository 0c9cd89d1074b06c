"""What a person types into the search, read: by which field, in which parties; who answers."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from app.bootstrap import Services
from graph.analysis.search import Candidate, search
from graph.errors import AnalysisError
from graph.identifiers import credit_code, identity_card, organisation_code, registration_number
from graph.identifiers.identity import mask_identity, mask_phone
from graph.model import Link
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot
from loaders.project.placed import hashed
from loaders.project.things import LETTERS

ANY, CODE, PERSON, CASE, PHONE, IDENTITY = "any", "code", "person", "case", "phone", "identity"
PREFIXES: Mapping[str, str] = {
    "代码": CODE, "姓名": PERSON, "案号": CASE, "电话": PHONE,
    "code": CODE, "person": PERSON, "case": CASE, "phone": PHONE,
}  # fmt: skip
ENTERPRISE, BODY = "enterprise", "body"
# More candidates than this nobody reads; filters and a longer text narrow them.
MOST = 100
_BRACKETS = str.maketrans("〔［[【〕］]】", "(((())))")
_PERSON = "Person"
_ANCHORS = ("REPRESENTS", "HOLDS_POST", "HOLDS_SHARES")
# A local number has seven digits, a mobile eleven.
_LEAST_PHONE = 7
_MOBILE = 11
_FAR = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the field it was narrowed to, and the text.

    `shown` is the text as it may be repeated: a full identity or phone number is masked.
    """

    field: str
    text: str

    @property
    def shown(self) -> str:
        """Return the text as it may stand on a screen or in a command."""
        if self.field == PHONE and len(_digits(self.text)) >= _LEAST_PHONE:
            return mask_phone(_digits(self.text))
        return identity_card.masked(self.text)

    @property
    def asked(self) -> str:
        """Return `shown` with the prefix that narrows it: what a command asks for the same."""
        prefix = next((one for one, field in PREFIXES.items() if field == self.field), None)
        return self.shown if prefix is None else f"{prefix}:{self.shown}"


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidate and what tells it from others of its name.

    `kind` is enterprise, person or body. `anchor` is, for a person, the link to an organisation by
    which people know them, with that organisation's name.
    """

    candidate: Candidate
    kind: str
    region: str
    state: str
    anchor: tuple[Link, str] | None


def read_wanted(text: str) -> Wanted:
    """Return what a text asks for; a prefix may end in a Chinese or an ASCII colon.

    >>> read_wanted("案号: (2026)粤0305执1208号")
    Wanted(field='case', text='(2026)粤0305执1208号')
    """
    folded = text.strip()
    for prefix, field in PREFIXES.items():
        found = re.match(rf"{prefix}\s*[:：]\s*", folded, re.IGNORECASE)
        if found:
            return Wanted(field, folded[found.end() :].strip())
    if identity_card.full(folded) is not None:
        return Wanted(IDENTITY, folded)
    return Wanted(ANY, folded)


def find(services: Services, wanted: Wanted, limit: int = MOST) -> list[Hit]:
    """Return at most `limit` parties that answer, best first.

    Raises:
        AnalysisError: there is nothing to look for.
    """
    if not wanted.text.strip():
        raise AnalysisError("search", wanted.asked, "names nothing to look for")
    snapshot = services.loaded_snapshot()
    ways: Mapping[str, Callable[[], Sequence[Candidate]]] = {
        ANY: lambda: search(snapshot, wanted.text, limit),
        CODE: lambda: [
            one for one in search(snapshot, wanted.text, limit) if one.reason in ("code", "uid")
        ],
        PERSON: lambda: _persons(snapshot, wanted.text),
        CASE: lambda: _by_case(snapshot, wanted.text),
        PHONE: lambda: _by_phone(services, snapshot, wanted.text),
        IDENTITY: lambda: _by_identity(services, snapshot, wanted),
    }
    return [_hit(snapshot, one) for one in ways[wanted.field]()[:limit]]


def named(services: Services, by: str) -> list[str]:
    """Return the uids of all parties that an address names: by their id, else by a code.

    By no name: another may have it tomorrow; and by no identity number, which is no address.
    """
    if services.loaded_snapshot().find(by) is not None:
        return [by]
    try:
        return [one.candidate.uid for one in find(services, Wanted(CODE, by))]
    except AnalysisError:
        return []


def _persons(snapshot: Snapshot, text: str) -> list[Candidate]:
    # Among many companies of that text the persons would not be among the first.
    found = search(snapshot, text, 5 * MOST)
    return [one for one in found if one.label == _PERSON][:MOST]


def _case_key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return "".join(folded.split())


def _by_case(snapshot: Snapshot, text: str) -> list[Candidate]:
    """Return the subjects of records whose document number holds a text; a whole one first."""
    key = _case_key(text)
    if not key:
        return []
    number = pl.col("case_number")
    records = snapshot.table("records").filter(number.str.contains(key, literal=True))
    found = records.select("subject", number).sort(number != key, number, "subject")
    candidates: dict[str, Candidate] = {}
    for subject, case in found.head(MOST).collect().iter_rows():
        reason = "case" if case == key else "case_in"
        candidates.setdefault(subject, _candidate(snapshot, subject, reason, case))
    return list(candidates.values())


def _by_phone(services: Services, snapshot: Snapshot, text: str) -> list[Candidate]:
    """Return who has a telephone number: it is known by its keyed hash, and shown masked."""
    digits = _digits(text)
    if len(digits) < _LEAST_PHONE:
        return []
    kept = pl.DataFrame({"key": [services.pipeline().key.hash(digits)]})
    uid = hashed(kept, [pl.lit("Phone"), pl.col("key")], LETTERS["Phone"]).item()
    if snapshot.find(uid) is None:
        return []
    holders = [link.source for link in snapshot.links_of(uid) if link.type == "HAS_PHONE"]
    shown = mask_phone(digits)
    return [_candidate(snapshot, one, "phone", shown) for one in dict.fromkeys(holders)][:MOST]


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    foreign = len(digits) == _MOBILE + 2 and digits.startswith("86")
    return digits[2:] if foreign else digits


def _by_identity(services: Services, snapshot: Snapshot, wanted: Wanted) -> list[Candidate]:
    number = identity_card.full(wanted.text) or wanted.text
    digest = services.pipeline().key.hash(number)
    nodes = snapshot.table("nodes").filter(pl.col("id_hash") == digest).select("uid").head(MOST)
    found = nodes.collect()["uid"].to_list()
    return [_candidate(snapshot, uid, "identity", mask_identity(number)) for uid in found]


def _candidate(snapshot: Snapshot, uid: str, reason: str, matched: str) -> Candidate:
    node = snapshot.node(uid)
    code = str(node.properties.get("uscc") or "")
    exact = reason != "case_in"
    return Candidate(uid, node.name, node.label, 1.0, reason, matched, exact, code)


def _hit(snapshot: Snapshot, one: Candidate) -> Hit:
    values = snapshot.node(one.uid).properties
    return Hit(
        candidate=one,
        kind=kind_of(one.label),
        region=str(values.get("region") or ""),
        state=str(values.get("state") or ""),
        anchor=anchor_of(snapshot, one.uid) if one.label == _PERSON else None,
    )


def kind_of(label: str) -> str:
    """Return whether a label is of an enterprise, a person or another body."""
    if label == _PERSON:
        return PERSON
    return ENTERPRISE if SCHEMA.is_a(label, "Enterprise") else BODY


def anchor_of(snapshot: Snapshot, uid: str) -> tuple[Link, str] | None:
    """Return by what people know a person: the post, then the share, that lasts or lasted longest.

    A link that has not ended comes before one that has; the newest of them first.
    """
    links = [
        link
        for link in snapshot.links_of(uid)
        if link.source == uid and link.type in _ANCHORS and link.kind == "recorded"
    ]
    if not links:
        return None
    best = min(links, key=_nearness)
    place = snapshot.find(best.target)
    return best, best.target if place is None else snapshot.name_at(place)


def _nearness(link: Link) -> tuple[bool, int, int, str]:
    until = link.valid_to or _FAR
    since = (link.valid_from or date.min).toordinal()
    return (until != _FAR, _ANCHORS.index(link.type), -since, link.key)


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A text in the form of a code whose check character is wrong; `meant` may be the right one."""

    standard: str
    code: str
    meant: str | None


def wrong_code(text: str) -> WrongCode | None:
    """Return what is wrong with a text that has a code's form; None where nothing is.

    >>> wrong_code("914403001922038217").standard, wrong_code("914403001922038216")
    ('GB 32100-2015', None)
    """
    code = credit_code.fold(text)
    if not code.isascii() or not code.isalnum() or not any(char.isdigit() for char in code):
        return None
    if len(code) == credit_code.LENGTH:
        if credit_code.is_valid(code) or identity_card.full(code) is not None:
            return None
        return WrongCode("GB 32100-2015", code, credit_code.repaired(code))
    if len(code) == organisation_code.LENGTH and not code.isalpha():
        return None if organisation_code.is_valid(code) else WrongCode("GB 11714-1997", code, None)
    if len(code) == registration_number.LENGTH and code.isdigit():
        known = registration_number.is_valid(code) or identity_card.full(code) is not None
        return None if known else WrongCode("GS 15-2006", code, None)
    return None
