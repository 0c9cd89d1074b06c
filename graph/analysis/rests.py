"""What a conclusion rests on: the fewest facts without which it falls, and those it cannot lack.

Facts are links, records, and merges: that a row names this party and no other. Nothing is stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from graph.analysis.breaking import Items, break_it
from graph.analysis.conclusions import Conclusion
from graph.analysis.edits import rows_of_link
from graph.analysis.kernels.factors import Ints
from graph.analysis.view import View
from graph.errors import AnalysisError
from graph.model import Link, Record

# How often a conclusion is evaluated before the answer is "at most so many".
MOST_ASKED = 3_000
# Links and records of one conclusion that are looked at.
MOST_ITEMS = 20_000
# Rules by which a row is this party without an identifier that says so.
NAME_RULES: Final = (
    "full_name",
    "name_variant",
    "company_name",
    "name_among_licensed",
    "name_in_organisation",
)
JUDGED: Final = "judgement"
_APART: Final = (*NAME_RULES, JUDGED)


class Said(Protocol):
    """Who knows which rows name a party: the snapshot."""

    def mentions_of(self, uid: str) -> list[dict[str, Any]]:
        """Return the mentions of a party."""

    def link(self, key: str) -> Link:
        """Return a link by its key."""

    def records_of(self, uid: str) -> list[Record]:
        """Return the records of a party."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: a link (key), a record (uid), or a merge (the uid that the row would have alone).

    `party` is the record's subject, or who a merged row is said to name: by `rule`, in the ledger
    record `record_id`.
    """

    kind: str
    uid: str
    party: str = ""
    rule: str = ""
    record_id: str = field(default="", compare=False)

    @property
    def by_name(self) -> bool:
        """Return whether nothing but a name says so."""
        return self.rule in NAME_RULES


@dataclass(frozen=True, slots=True)
class Rests:
    """What a conclusion rests on.

    `stands`: whether it holds at all. `smallest`: the fewest facts without which it falls, a
    minimum where `exact`, else at most so many and at least `least`. `single`: facts each of which
    it cannot lack. `proof`: facts that are enough for it by themselves; `merges` those among them
    that are merges. `looked`: links and records that were considered; `asked`: evaluations.
    """

    conclusion: Conclusion
    stands: bool
    smallest: tuple[Fact, ...] = ()
    exact: bool = True
    least: int = 0
    single: tuple[Fact, ...] = ()
    proof: tuple[Fact, ...] = ()
    looked: int = 0
    asked: int = 0

    @property
    def on_one_name(self) -> tuple[Fact, ...]:
        """Return merges by a name alone of which each is enough to make the conclusion fall."""
        return tuple(fact for fact in self.single if fact.kind == "merge" and fact.by_name)


class _Facts:
    """The facts of one conclusion, and the items (links, records) that fall with each."""

    def __init__(self, view: View, conclusion: Conclusion, said: Said | None) -> None:
        self.rows, self.records = conclusion.rows(), conclusion.records()
        self.size = int(self.rows.size) + len(self.records)
        if self.size > MOST_ITEMS:
            raise AnalysisError("links and records", self.size, f"must be at most {MOST_ITEMS}")
        self._view, self._conclusion, self._said = view, conclusion, said
        records = [Fact("record", uid, self._subject(uid)) for uid in self.records]
        links = [Fact("link", view.key_at(row)) for row in self.rows.tolist()]
        # Records first: of equally few facts those are named that are nearest to the conclusion.
        self.facts = [*records, *links]
        self.drops: list[Items] = [
            *(frozenset({self.rows.size + place}) for place in range(len(records))),
            *(frozenset({place}) for place in range(len(links))),
        ]
        for fact, items in sorted(self._merges().items(), key=lambda one: one[0].uid):
            self.facts.append(fact)
            self.drops.append(frozenset(items))

    def holds(self, removed: Items) -> bool:
        """Return whether the conclusion stands without these items."""
        rows, records = self.removed(removed)
        return self._conclusion.holds(rows, records)

    def removed(self, items: Iterable[int]) -> tuple[Ints, frozenset[str]]:
        """Return items as link rows in order and uids of records."""
        places = np.array(sorted(items), np.int64)
        rows = self.rows[places[places < self.rows.size]]
        others = places[places >= self.rows.size] - self.rows.size
        return rows, frozenset(self.records[place] for place in others.tolist())

    def _subject(self, record: str) -> str:
        """Return the first party that a record is about, "" where nobody knows rows."""
        if self._said is None:
            return ""
        arrays = self._view.snapshot.arrays
        row = int(np.searchsorted(arrays["record_uid"], record.encode()))
        return self._view.snapshot.uid_at(int(arrays["record_subject"][row]))

    def _merges(self) -> dict[Fact, set[int]]:
        """Return each merge that alone says that some link or record is a party's."""
        found: dict[Fact, set[int]] = {}
        if self._said is None:
            return found
        for party, items in self._items().items():
            apart = _apart(self._said.mentions_of(party), party)
            for item, records in items:
                said = {apart.get(record) for record in records if record in apart.named}
                # A row that names the party by an identifier, or several rows: no merge decides.
                if len(said) == 1 and (fact := said.pop()) is not None:
                    found.setdefault(fact, set()).add(item)
        return found

    def _items(self) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        """Return by party its links and records with the ledger records that say so."""
        found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        said = self._said
        assert said is not None  # noqa: S101 - asked by `_merges` alone
        for item, row in enumerate(self.rows.tolist()):
            link = self._view.snapshot.link_at(row)
            for end in dict.fromkeys((link.source, link.target)):
                found.setdefault(end, []).append((item, _ledger(link.properties)))
        wanted = {uid: int(self.rows.size) + place for place, uid in enumerate(self.records)}
        for party in list(found):
            for record in said.records_of(party):
                if record.uid in wanted:
                    found[party].append((wanted[record.uid], _ledger(record.properties)))
        return found


class _Apart(dict[str, Fact | None]):
    """By ledger record the merge that brings it to a party; None where an identifier does."""

    named: set[str]


def _apart(mentions: Sequence[Mapping[str, Any]], party: str) -> _Apart:
    certain = any(str(one["rule"]) not in (*_APART, "alone") for one in mentions)
    found = _Apart()
    found.named = {str(one["record_id"]) for one in mentions}
    for one in mentions:
        rule, own, record = str(one["rule"]), str(one["own_uid"]), str(one["record_id"])
        merged = rule in _APART and (certain or own != party)
        # Two mentions of one row: the certain one decides.
        known = found.get(record, _UNSEEN)
        if known is not None:
            found[record] = Fact("merge", own, party, rule, record) if merged else None
    return found


_UNSEEN: Final = Fact("merge", "")


def _ledger(properties: Mapping[str, Any]) -> tuple[str, ...]:
    listed = properties.get("records") or (properties.get("record_id"),)
    return tuple(str(one) for one in listed if one)


def rests(view: View, conclusion: Conclusion, said: Said | None = None) -> Rests:
    """Return what a conclusion rests on; `said` also gives the merges.

    Raises:
        AnalysisError: an unknown party, or more links and records than are looked at.
    """
    facts = _Facts(view, conclusion, said)
    if not facts.holds(frozenset()):
        return Rests(conclusion, stands=False, looked=facts.size, asked=1)
    broken = break_it(facts.size, facts.drops, facts.holds, MOST_ASKED)
    proof = broken.proofs[0] if broken.proofs else frozenset()
    return Rests(
        conclusion,
        stands=True,
        smallest=tuple(facts.facts[one] for one in broken.facts),
        exact=broken.exact,
        least=broken.least,
        single=tuple(facts.facts[one] for one in broken.single),
        proof=tuple(
            fact for fact, items in zip(facts.facts, facts.drops, strict=True) if items & proof
        ),
        looked=facts.size,
        asked=broken.asked,
    )


def stands_without(
    view: View, conclusion: Conclusion, facts: Sequence[Fact], said: Said | None = None
) -> bool:
    """Return whether a conclusion stands without these facts.

    Raises:
        AnalysisError: a fact that is not in the snapshot.
    """
    known = _Facts(view, conclusion, said)
    items: set[int] = set()
    for asked in facts:
        if asked.kind == "link":
            # One that is not there is refused; one on which this does not rest changes nothing.
            rows_of_link(view, asked.uid)
        if asked.kind == "record" and not view.snapshot.has_record(asked.uid):
            raise AnalysisError("record", asked.uid, f"is not in snapshot {view.snapshot.id}")
        if asked.kind == "merge" and view.snapshot.find(asked.uid) is None:
            raise AnalysisError("uid", asked.uid, f"is not in snapshot {view.snapshot.id}")
        for fact, drops in zip(known.facts, known.drops, strict=True):
            if (fact.kind, fact.uid) == (asked.kind, asked.uid):
                items |= drops
    return known.holds(frozenset(items))
