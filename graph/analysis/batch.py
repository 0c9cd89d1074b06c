"""A list of names and codes looked up at once: whom each row means, and why; or what to ask."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from graph.analysis.finder import CODES, FORMER_NAME, NAME, Finder, finder
from graph.analysis.search import context_of_node
from graph.identifiers import credit_code, organisation_code, registration_number
from graph.model import Node
from graph.names.key import comparable
from graph.names.segments import Segments, regions_agree, segments
from graph.snapshot.reader import Snapshot

# What a row comes to: somebody is meant, nobody is, or a person must look.
HIT, NONE, ASK = "hit", "none", "ask"
# Why; the fixed list of screens.md 6.
CODE, REGISTRATION, FULL_NAME, FORMER = "code", "registration", "name", "former_name"
WRONG_CHECK, CONTRADICTED, SEVERAL, SIMILAR = "wrong_check", "contradicted", "several", "similar"
BRANCH, CLOSED, EMPTY, REPEATED = "branch", "closed", "empty", "repeated"
REASONS = (
    CODE, REGISTRATION, FULL_NAME, FORMER, WRONG_CHECK, CONTRADICTED, SEVERAL, SIMILAR, BRANCH,
    CLOSED, EMPTY, REPEATED,
)  # fmt: skip

# As many candidates as a person compares in one cell.
CANDIDATES = 3
# What stands where a code should and is none (domain.md 4.2).
_NO_CODE = re.compile(
    r"^(?:[0０]+|无|暂无|没有|不详|未知|NULL|NONE|N/?A|[-—/\\.*]+)$", re.IGNORECASE
)
_CLOSED = re.compile(r"(?:^|[，,、])已?注销(?!中)")
_STOCK_CODE = "stock_code"
# The same firm but for how its form is written: 有限公司, 有限责任公司.
_ONE_CHARACTER = 1
_SHORTEST_BRAND = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of a list as it was written: a name, and codes of any kind."""

    name: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A party that a row may mean; `context` tells it from others of its name (context_of_node)."""

    uid: str
    name: str
    context: str = ""

    @property
    def told_apart(self) -> str:
        """Return its name with what tells it from others of that name, as a person reads it."""
        return f"{self.name} {self.context}".rstrip()


@dataclass(frozen=True, slots=True)
class Found:
    """What a row comes to: `uid` and `name` of a hit, else `candidates`; reasons of REASONS.

    `first` is the place, from 0, of the earlier row that asks the same.
    """

    state: str
    reasons: tuple[str, ...] = ()
    uid: str = ""
    name: str = ""
    candidates: tuple[Named, ...] = ()
    first: int | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A row's codes by what they are."""

    valid: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    repaired: tuple[str, ...] = field(default=())


def look_up(snapshot: Snapshot, asked: Sequence[Asked]) -> Iterator[Found]:
    """Yield what each row comes to, in order; as the search compares, nothing is decided on a hint.

    A valid code decides, unless the name denies it. A full or former name of one organisation
    decides, that of a person never. Whatever is only similar, ambiguous or contradictory is asked.
    """
    looked = finder(snapshot)
    seen: dict[tuple[str, tuple[str, ...]], tuple[int, Found]] = {}
    for place, row in enumerate(asked):
        key = (comparable(row.name), tuple(credit_code.fold(code) for code in row.codes))
        if key in seen:
            first, found = seen[key]
            reasons = tuple(dict.fromkeys((*found.reasons, REPEATED)))
            yield Found(found.state, reasons, found.uid, found.name, found.candidates, first)
            continue
        found = _look_up(snapshot, looked, row)
        if EMPTY not in found.reasons:
            seen[key] = (place, found)
        yield found


def _look_up(snapshot: Snapshot, looked: Finder, row: Asked) -> Found:
    read = _read(row.codes)
    name = comparable(row.name)
    if not name and not (read.valid or read.numbers or read.wrong):
        return Found(ASK, (EMPTY,))
    coded = _by_code(snapshot, looked, (*read.valid, *read.numbers))
    named = _by_name(looked, row.name) if name else {}
    if read.wrong:
        known = _by_code(snapshot, looked, read.repaired)
        candidates = dict.fromkeys((*known, *named)) or _similar(looked, row.name, name)
        return _ask(snapshot, (WRONG_CHECK,), candidates)
    if len(coded) > 1:
        return _ask(snapshot, (SEVERAL,), coded)
    if coded:
        return _coded(snapshot, next(iter(coded)), read, row.name, named)
    return _named(snapshot, looked, read, row.name, named)


def _read(codes: Sequence[str]) -> _Read:
    valid, numbers, wrong, repaired = [], [], [], []
    for text in codes:
        code = credit_code.fold(text)
        if not code or _NO_CODE.match(code):
            continue
        if credit_code.is_valid(code) or organisation_code.is_valid(code):
            valid.append(code)
        elif registration_number.is_valid(code):
            numbers.append(code)
        else:
            wrong.append(code)
            if meant := credit_code.repaired(code):
                repaired.append(meant)
    return _Read(tuple(valid), tuple(numbers), tuple(wrong), tuple(repaired))


def _by_code(snapshot: Snapshot, looked: Finder, codes: Sequence[str]) -> dict[str, None]:
    """Return the uids that bear one of the codes, or the organisation code inside it."""
    found: dict[str, None] = {}
    for code in codes:
        rows = _bearers(looked, code)
        if not rows and credit_code.is_valid(code):
            inner = _bearers(looked, credit_code.organisation_part(code))
            # Another whole code around the same organisation code is another body's.
            rows = [
                uid for uid in inner if snapshot.node(uid).properties.get("uscc") in (None, code)
            ]
        found |= dict.fromkeys(rows)
    return found


def _bearers(looked: Finder, code: str) -> list[str]:
    return [
        looked.party(row)[0]
        for row, column, _ in looked.equal(code)
        if column in CODES and column != _STOCK_CODE
    ]


def _by_name(looked: Finder, name: str) -> dict[str, str]:
    """Return uid to column, name before former name, of whoever bears the whole name."""
    found: dict[str, str] = {}
    for row, column, _ in looked.equal(name):
        if column in (NAME, FORMER_NAME):
            uid = looked.party(row)[0]
            if found.get(uid) != NAME:
                found[uid] = column
    return found


def _coded(snapshot: Snapshot, uid: str, read: _Read, name: str, named: dict[str, str]) -> Found:
    node = snapshot.node(uid)
    by_code = CODE if read.valid else REGISTRATION
    if not comparable(name) or uid in named:
        former = (FORMER,) if named.get(uid) == FORMER_NAME else ()
        return _hit(node, (by_code, *former))
    mine, its = segments(comparable(name)), segments(comparable(node.name))
    if mine.tail != its.tail:
        return _ask(snapshot, (CONTRADICTED, BRANCH), dict.fromkeys((uid, *named)))
    if _same_but_for_form(mine, its):
        return _hit(node, (by_code,))
    return _ask(snapshot, (CONTRADICTED,), dict.fromkeys((uid, *named)))


def _same_but_for_form(mine: Segments, its: Segments) -> bool:
    if not mine.brand or regions_agree(mine, its) is False:
        return False
    trades = mine.trade in its.trade or its.trade in mine.trade
    return mine.brand == its.brand and trades


def _named(
    snapshot: Snapshot, looked: Finder, read: _Read, name: str, named: dict[str, str]
) -> Found:
    denied = set()
    if read.valid or read.numbers:
        denied = {uid for uid in named if _denies(snapshot.node(uid), read)}
    left = {uid: column for uid, column in named.items() if uid not in denied}
    if len(left) > 1:
        return _ask(snapshot, (SEVERAL,), left)
    if left:
        uid, column = next(iter(left.items()))
        node = snapshot.node(uid)
        reason = FULL_NAME if column == NAME else FORMER
        # A name alone says of no person who it is.
        return _ask(snapshot, (reason,), left) if node.label == "Person" else _hit(node, (reason,))
    if denied:
        return _ask(snapshot, (CONTRADICTED,), denied)
    if read.valid:
        # Whoever bears another valid code is another: what is similar only cannot be meant.
        return Found(NONE)
    text = comparable(name)
    parts = segments(text)
    if parts.tail:
        parents = _by_name(looked, text.removesuffix(parts.tail))
        if parents:
            return _ask(snapshot, (BRANCH,), parents)
    similar = _similar(looked, name, text)
    return _ask(snapshot, (SIMILAR,), similar) if similar else Found(NONE)


def _denies(node: Node, read: _Read) -> bool:
    """Return whether a party has another valid code of a kind than the row gives."""
    whole = [code for code in read.valid if len(code) == credit_code.LENGTH]
    inner = [*(credit_code.organisation_part(code) for code in whole)]
    inner += [code for code in read.valid if len(code) == organisation_code.LENGTH]
    given = {"uscc": whole, "org_code": inner, "registration_number": list(read.numbers)}
    return any(
        codes and node.properties.get(kind) not in (None, *codes) for kind, codes in given.items()
    )


def _similar(looked: Finder, name: str, text: str) -> dict[str, None]:
    """Return who may be meant by a name that nobody bears so: short, or with a character amiss."""
    if not text:
        return {}
    mine = segments(text)
    found: dict[str, None] = {}
    names = looked.organisations
    for match in names.index.find(name, 2 * CANDIDATES):
        row, _, value = names[match.place]
        its = segments(comparable(value))
        if regions_agree(mine, its) is not False and _near(mine, its):
            found[looked.party(row)[0]] = None
    return dict(list(found.items())[:CANDIDATES])


def _near(mine: Segments, its: Segments) -> bool:
    if OSA.distance(mine.name, its.name, score_cutoff=_ONE_CHARACTER) <= _ONE_CHARACTER:
        return True
    one, other = mine.brand, its.brand
    if min(len(one), len(other)) < _SHORTEST_BRAND:
        return mine.name in its.name or its.name in mine.name
    return one in other or other in one


def _hit(node: Node, reasons: tuple[str, ...]) -> Found:
    more = []
    if segments(comparable(node.name)).tail:
        more.append(BRANCH)
    if _CLOSED.search(str(node.properties.get("state") or "")):
        more.append(CLOSED)
    return Found(HIT, (*reasons, *more), node.uid, node.name)


def _ask(snapshot: Snapshot, reasons: tuple[str, ...], uids: Collection[str]) -> Found:
    kept = sorted(uids) if isinstance(uids, set) else list(uids)
    named = tuple(
        Named(node.uid, node.name, context_of_node(snapshot, node))
        for node in snapshot.nodes(kept[:CANDIDATES])
    )
    return Found(ASK, reasons, candidates=named)
