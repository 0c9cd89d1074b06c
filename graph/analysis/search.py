"""Finding parties by what a person types: codes, names in full or short, misspelt or read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from graph.analysis.finder import CODES, FORMER_NAME, NAME, Finder, Names, finder, keys
from graph.errors import AnalysisError
from graph.model import Node
from graph.names.index import EVEN
from graph.names.pinyin import typed
from graph.schema.catalog import SCHEMA
from graph.snapshot.reader import Snapshot

# How well each reason speaks for a party, 0..1. A similar name gets its fit's part of that: one
# that fits wholly comes before names that merely hold the text. A reading is no literal hit: names
# that hold TCL as it is written come before those whose initials it could be.
REASONS = {
    "uid": 1.0,
    "code": 1.0,
    "name": 0.95,
    "former_name": 0.9,
    "begins": 0.7,
    "similar": 0.68,
    "contains": 0.6,
    "pinyin": 0.55,
    "pinyin_in": 0.5,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One party that answers to a text: why, by which value, and how well (0..1).

    `exact` says that a code, the whole name or a whole former name is equal. `context` tells
    parties of one name apart: a code, or for a person an organisation and the relation to it.
    """

    uid: str
    name: str
    label: str
    score: float
    reason: str
    matched: str
    exact: bool
    context: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the candidate as the command line answers it."""
        return {
            "uid": self.uid,
            "name": self.name,
            "label": self.label,
            "score": self.score,
            "reason": self.reason,
            "matched": self.matched,
            "context": self.context,
        }


def search(snapshot: Snapshot, text: str, limit: int = 20) -> list[Candidate]:
    """Return at most `limit` parties that answer to a text, best first, ties by name and uid.

    An id or a code that is equal ends the search: nothing else can be meant.

    Raises:
        AnalysisError: there is nothing to look for.
    """
    if not keys(pl.Series([text])).item():
        raise AnalysisError("search", text, "holds no character to look for")
    looked = finder(snapshot)
    found: dict[str, Candidate] = {}
    for candidate in _candidates(snapshot, looked, text.strip(), limit):
        kept = found.get(candidate.uid)
        if kept is None or kept.score < candidate.score:
            found[candidate.uid] = candidate
    ordered = sorted(found.values(), key=lambda one: (-one.score, len(one.name), one.name, one.uid))
    return [_in_context(snapshot, one) for one in ordered[:limit]]


def ambiguous(found: Sequence[Candidate]) -> bool:
    """Return whether nothing but a person can say which of the best candidates is meant."""
    return len(found) > 1 and found[0].score - found[1].score < EVEN


def _candidates(snapshot: Snapshot, looked: Finder, text: str, limit: int) -> Iterator[Candidate]:
    place = snapshot.find(text)
    if place is not None:
        uid = snapshot.uid_at(place)
        yield Candidate(
            uid, snapshot.name_at(place), snapshot.label_at(place), 1.0, "uid", uid, exact=True
        )
        return
    equal = looked.equal(text)
    reasons = {NAME: "name", FORMER_NAME: "former_name"}
    for row, column, value in equal:
        yield _candidate(looked, row, reasons.get(column, "code"), value, exact=True)
    if any(column in CODES for _, column, _ in equal):
        return
    for names in (looked.organisations, looked.persons):
        for at, begins in names.index.holding(text, limit):
            row, _, value = names[at]
            yield _candidate(looked, row, "begins" if begins else "contains", value)
        yield from _read_so(looked, names, text, limit)
    if not equal:
        for match in looked.organisations.index.find(text, limit):
            row, _, value = looked.organisations[match.place]
            score = REASONS["similar"] * match.fit
            yield _candidate(looked, row, "similar", value, score=score)


def _read_so(looked: Finder, names: Names, text: str, limit: int) -> Iterator[Candidate]:
    if typed(text) is None:
        return
    for reason, places in zip(("pinyin", "pinyin_in"), names.read.find(text, limit), strict=True):
        for place in places:
            row, _, value = names[place]
            yield _candidate(looked, row, reason, value)


def _candidate(
    looked: Finder, row: int, reason: str, value: str, *, exact: bool = False, score: float = 0.0
) -> Candidate:
    uid, label, name = looked.party(row)
    score = score or REASONS[reason]
    return Candidate(uid, name, label, round(score, 3), reason, value, exact)


def _in_context(snapshot: Snapshot, one: Candidate) -> Candidate:
    return replace(one, context=context_of(snapshot, one.uid))


def context_of(snapshot: Snapshot, uid: str) -> str:
    """Return what tells a party from others of its name: a code, of a person a post."""
    return context_of_node(snapshot, snapshot.node(uid))


def context_of_node(snapshot: Snapshot, node: Node) -> str:
    """Return the same of a party whose node is at hand."""
    if node.label != "Person":
        return next((str(node.properties[code]) for code in CODES if node.properties.get(code)), "")
    for link in snapshot.links_of(node.uid):
        place = snapshot.find(link.target) if link.source == node.uid else None
        if place is not None:
            return f"{snapshot.name_at(place)} {SCHEMA.link(link.type).title.zh}"
    return ""
