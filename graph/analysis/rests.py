"""What a conclusion rests on: the fewest facts without which it falls, and those it cannot lack.

Facts are links, records, and merges: that a row names this party and no other. Nothing is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from graph.analysis.ball import within
from graph.analysis.breaking import Items, Question, break_it
from graph.analysis.conclusions import Conclusion
from graph.analysis.edits import rows_of_link
from graph.analysis.kernels.factors import Ints
from graph.analysis.view import View
from graph.errors import AnalysisError
from graph.model import Link, Record

# How often a conclusion is evaluated before the answer is "at most so many".
MOST_ASKED = 500
# Links and records of one conclusion that are looked at.
MOST_ITEMS = 1_000_000
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
    it cannot lack. `proof`: links and records that are enough for it. `looked`: links and records
    that were considered; `asked`: evaluations; `timed_out`: there was no time for more of them.
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
    timed_out: bool = False

    @property
    def on_one_name(self) -> tuple[Fact, ...]:
        """Return merges by a name alone of which each is enough to make the conclusion fall."""
        return tuple(fact for fact in self.single if fact.kind == "merge" and fact.by_name)


class _Facts:
    """The facts of one conclusion, and the items that fall with each: records, then links."""

    def __init__(self, view: View, conclusion: Conclusion, said: Said | None) -> None:
        self.rows, self.records = conclusion.rows(), conclusion.records()
        self.size = int(self.rows.size) + len(self.records)
        if self.size > MOST_ITEMS:
            raise AnalysisError("links and records", self.size, f"must be at most {MOST_ITEMS}")
        self._view, self._conclusion, self._said = view, conclusion, said
        # Records first: of equally few facts those are named that are nearest to the conclusion.
        self._record = {uid: place for place, uid in enumerate(self.records)}
        self._merge: dict[Fact, int] = {}
        self._seen: set[str] = set()

    @property
    def question(self) -> Question:
        """Return the conclusion as a question about items."""
        more = None if self._said is None else self.more
        return Question(self.size, self.holds, self.likely, more, self.alone, self.heaviest)

    def fact(self, number: int) -> Fact:
        """Return a fact by its number: a record, a link, or a merge that was met."""
        if number < len(self.records):
            return Fact("record", self.records[number], self._subject(self.records[number]))
        if number < self.size:
            return Fact("link", self._view.key_at(int(self.rows[number - len(self.records)])))
        return next(fact for fact, place in self._merge.items() if place == number)

    def holds(self, removed: Items) -> bool:
        """Return whether the conclusion stands without these items."""
        return self._conclusion.holds(*self.removed(removed))

    def alone(self, kept: Items) -> bool:
        """Return whether the conclusion stands on these items and no others."""
        places = np.array(sorted(kept), np.int64)
        first = len(self.records)
        rows = places[places >= first] - first
        gone = np.ones(self.rows.size, np.bool_)
        gone[rows] = False
        records = frozenset(self.records[one] for one in places[places < first].tolist())
        return self._conclusion.alone(self.rows[rows], self.rows[gone], records)

    def heaviest(self, without: Items) -> int | None:
        """Return the record or link of the largest part where some are gone."""
        rows, records = self._conclusion.heaviest(*self.removed(without))
        return next(iter(sorted(self.items(rows, records))), None)

    def removed(self, items: Iterable[int]) -> tuple[Ints, frozenset[str]]:
        """Return items as link rows in order and uids of records."""
        places = np.array(sorted(items), np.int64)
        first = len(self.records)
        rows: Ints = self.rows[places[places >= first] - first]
        return rows, frozenset(self.records[one] for one in places[places < first].tolist())

    def likely(self, without: Items) -> Iterator[Items]:
        """Yield sets of items that are likely enough, small ones first."""
        for rows, records in self._conclusion.likely(*self.removed(without)):
            yield self.items(rows, records)

    def items(self, rows: Ints, records: Iterable[str]) -> Items:
        """Return rows and records as items, those that are none left out."""
        known = rows[within(rows, self.rows)]
        places = np.searchsorted(self.rows, known) + len(self.records)
        named = {self._record[uid] for uid in records if uid in self._record}
        return frozenset({*places.tolist(), *named})

    def more(self, proof: Items) -> dict[int, Items]:
        """Return the merges that matter to a proof and were not met before, by number."""
        rows, records = self.removed(proof)
        web = self._view.web
        places = {int(end) for row in rows.tolist() for end in (web.source[row], web.target[row])}
        parties = {self._view.snapshot.uid_at(place) for place in places}
        parties |= {self._subject(uid) for uid in records}
        found: dict[int, Items] = {}
        for party in sorted(parties - self._seen):
            self._seen.add(party)
            for fact, items in sorted(self._merges(party).items(), key=lambda one: one[0].uid):
                self._merge[fact] = self.size + len(self._merge)
                found[self._merge[fact]] = frozenset(items)
        return found

    def merge(self, own: str) -> Items:
        """Return what falls with the merge of the row that would have this uid alone.

        Raises:
            AnalysisError: no row has it.
        """
        place = self._view.snapshot.find(own)
        if place is None:
            raise AnalysisError("uid", own, f"is not in snapshot {self._view.snapshot.id}")
        if self._said is None:
            return frozenset()
        merges = self._merges(self._view.snapshot.uid_at(place))
        return frozenset(
            item for fact, items in merges.items() if fact.uid == own for item in items
        )

    def _subject(self, record: str) -> str:
        """Return the first party that a record is about, "" where nobody knows rows."""
        if self._said is None:
            return ""
        arrays = self._view.snapshot.arrays
        row = int(np.searchsorted(arrays["record_uid"], record.encode()))
        return self._view.snapshot.uid_at(int(arrays["record_subject"][row]))

    def _merges(self, party: str) -> dict[Fact, set[int]]:
        """Return each merge that alone says that some link or record is a party's."""
        found: dict[Fact, set[int]] = {}
        assert self._said is not None  # noqa: S101 - asked by `more` alone
        apart = _apart(self._said.mentions_of(party), party)
        if not any(apart.values()):
            return found
        for item, records in self._said_of(party, self._said):
            said = {apart[record] for record in records if record in apart}
            # A row that names the party by an identifier, or several rows: no merge decides.
            if len(said) == 1 and (fact := said.pop()) is not None:
                found.setdefault(fact, set()).add(item)
        return found

    def _said_of(self, party: str, said: Said) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield a party's links and records among the items, with the rows that say so."""
        web, place = self._view.web, self._view.place(party)
        parts = [
            web.out_row[web.out_start[place] : web.out_start[place + 1]],
            web.in_row[web.in_start[place] : web.in_start[place + 1]],
        ]
        rows = np.unique(np.concatenate(parts)).astype(np.int64)
        rows = rows[within(rows, self.rows)]
        first = np.searchsorted(self.rows, rows) + len(self.records)
        for item, row in zip(first.tolist(), rows.tolist(), strict=True):
            yield item, _ledger(self._view.snapshot.link_at(row).properties)
        for record in said.records_of(party):
            if record.uid in self._record:
                yield self._record[record.uid], _ledger(record.properties)


def _apart(mentions: Sequence[Mapping[str, Any]], party: str) -> dict[str, Fact | None]:
    """Return by ledger record the merge that brings it to a party; None where an identifier does.

    A party without any identifier begins with its oldest row: the others are merged into that.
    """
    certain = any(str(one["rule"]) not in (*_APART, "alone") for one in mentions)
    found: dict[str, Fact | None] = {}
    for one in mentions:
        rule, own, record = str(one["rule"]), str(one["own_uid"]), str(one["record_id"])
        merged = rule in _APART and (certain or own != party)
        # Two mentions of one row: the certain one decides.
        if record not in found or found[record] is not None:
            found[record] = Fact("merge", own, party, rule, record) if merged else None
    return found


def _ledger(properties: Mapping[str, Any]) -> tuple[str, ...]:
    listed = properties.get("records") or (properties.get("record_id"),)
    return tuple(str(one) for one in listed if one)


def rests(
    view: View, conclusion: Conclusion, said: Said | None = None, *, timeout: float | None = None
) -> Rests:
    """Return what a conclusion rests on; `said` also gives the merges, `timeout` is in seconds.

    Raises:
        AnalysisError: an unknown party, or more links and records than are looked at.
    """
    facts = _Facts(view, conclusion, said)
    if not facts.holds(frozenset()):
        return Rests(conclusion, stands=False, looked=facts.size, asked=1)
    broken = break_it(facts.question, MOST_ASKED, timeout)
    return Rests(
        conclusion,
        stands=True,
        smallest=tuple(facts.fact(one) for one in broken.facts),
        exact=broken.exact,
        least=broken.least,
        single=tuple(facts.fact(one) for one in broken.single),
        proof=tuple(facts.fact(one) for one in sorted(broken.proofs[0])) if broken.proofs else (),
        looked=facts.size,
        asked=broken.asked,
        timed_out=broken.timed_out,
    )


def stands_without(
    view: View, conclusion: Conclusion, facts: Sequence[Fact], said: Said | None = None
) -> bool:
    """Return whether a conclusion stands without these facts.

    Raises:
        AnalysisError: a fact that is not in the snapshot.
    """
    known = _Facts(view, conclusion, said)
    items: frozenset[int] = frozenset()
    for fact in facts:
        items |= _items_of(view, known, fact)
    return known.holds(items)


def _items_of(view: View, known: _Facts, fact: Fact) -> Items:
    """Return what falls with a fact; nothing where the conclusion does not rest on it."""
    if fact.kind == "link":
        return known.items(np.array(rows_of_link(view, fact.uid), np.int64), ())
    if fact.kind == "record":
        if not view.snapshot.has_record(fact.uid):
            raise AnalysisError("record", fact.uid, f"is not in snapshot {view.snapshot.id}")
        return known.items(np.zeros(0, np.int64), (fact.uid,))
    return known.merge(fact.uid)
