"""Pairs to decide, most worth deciding first; judgements as they are asked for and listed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Protocol

import numpy as np
import polars as pl

from app.desk.verdicts import DISPUTED, EFFECTIVE, OPEN, WAITING, Entry, Verdict, verdicts
from app.settings import Settings
from graph.analysis.identity import Comparison
from graph.analysis.nearness import conducts, steps_to_records
from graph.names.key import comparable
from graph.snapshot import form
from graph.snapshot.reader import Snapshot

KINDS = ("organisation", "person")
# Pairs of which nobody is sure come last; those that a second person must look at come first.
_TURN = {WAITING: 0, DISPUTED: 0, "": 1, OPEN: 2}
# Exposure passes so many links at most, whatever the policy; farther is not told apart.
_FAR = form.FAR


@dataclass(frozen=True, slots=True)
class Asked:
    """A judgement that somebody wants to make on two parties, given by uid."""

    one: str
    other: str
    decision: str
    author: str
    reason: str
    blind: bool = False

    def entry(self, found: Comparison, now: datetime) -> Entry:
        """Return it as the desk keeps it, with the score that the comparison gives the pair."""
        score = None if found.lead is None else found.lead.properties.get("score")
        return Entry(
            id=0,
            one=found.one.uid,
            one_name=found.one.name,
            other=found.other.uid,
            other_name=found.other.name,
            decision=self.decision,
            author=self.author,
            reason=self.reason,
            snapshot=found.snapshot,
            made_at=now.isoformat(timespec="seconds"),
            blind=self.blind,
            score=float(score) if isinstance(score, int | float) else None,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties that may be one, and what hangs on whether they are.

    `score` 0..1 says how well the names fit, or how often bearers of such a name are one.
    `records` are active negative ones of each side. `links` are those of each. `steps` is how many
    links each side is from the nearest negative record, 8 for farther. `exposed` are the links over
    which exposure could newly pass if the two were one. `state` is what the opinions on the pair
    amount to, empty before the first, and `said` who said so.
    """

    one: str
    one_name: str
    other: str
    other_name: str
    kind: str
    score: float
    records: tuple[int, int]
    links: tuple[int, int]
    steps: tuple[int, int]
    exposed: int
    evidence: str
    state: str = ""
    said: tuple[str, ...] = ()

    @property
    def worth(self) -> tuple[int, int, int]:
        """Return what is compared to put those first on which more depends."""
        return (sum(self.records), self.exposed, sum(self.links))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pairs: of a kind, a least score, a text in either name; a page of them.

    `author` is who judges: what they judged themselves is left out. A blind judge also gets what
    others judged already, in an order that says nothing of the score.
    """

    kind: str | None = None
    least: float = 0.0
    text: str = ""
    limit: int = 50
    offset: int = 0
    author: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of pairs; how many fit what was wanted, are left undecided, are decided, in all."""

    pairs: tuple[Pair, ...]
    fitting: int
    open: int
    decided: int
    every: int


class House(Protocol):
    """What the pairs are read from."""

    @property
    def settings(self) -> Settings:
        """Return what the site chose."""

    def loaded_snapshot(self) -> Snapshot:
        """Return the current snapshot."""

    def active_records(self, uids: Sequence[str], as_of: date) -> dict[str, int]:
        """Return how many active negative records each party has."""

    def standing(self) -> tuple[Entry, ...]:
        """Return the judgements that nobody took back."""


def review_pairs(
    house: House, as_of: date, wanted: Wanted, pairs: Sequence[Pair] | None = None
) -> Queue:
    """Return a page of the pairs to decide, most worth deciding first.

    `pairs` are those of `all_pairs`, which change with the snapshot and the day alone.

    First those on which active negative records depend, then those that would pass exposure on,
    then by links, then by score; pairs of which nobody is sure come last.
    """
    said = _said(house)
    pairs = [_judged(pair, said) for pair in pairs or all_pairs(house, as_of)]
    open_ = [pair for pair in pairs if _asks(pair, wanted)]
    text = comparable(wanted.text)
    fitting = [
        pair
        for pair in open_
        if wanted.kind in (None, pair.kind)
        and pair.score >= wanted.least
        and (not text or any(text in comparable(name) for name in (pair.one_name, pair.other_name)))
    ]
    fitting.sort(key=lambda pair: _order(pair, blind=wanted.blind))
    page = fitting[wanted.offset : wanted.offset + wanted.limit]
    return Queue(tuple(page), len(fitting), len(open_), len(pairs) - len(open_), len(pairs))


def _asks(pair: Pair, wanted: Wanted) -> bool:
    if wanted.author and wanted.author in pair.said:
        return pair.state == OPEN and not wanted.blind
    return wanted.blind or pair.state != EFFECTIVE


def _order(pair: Pair, *, blind: bool) -> tuple[object, ...]:
    worth = tuple(-part for part in pair.worth)
    if blind:
        return (*worth, pair.one, pair.other)
    return (_TURN.get(pair.state, 1), *worth, -pair.score, pair.one, pair.other)


def _judged(pair: Pair, said: Mapping[frozenset[str], Verdict]) -> Pair:
    verdict = said.get(frozenset((pair.one, pair.other)))
    if verdict is None:
        return pair
    authors = tuple(sorted(entry.author for entry in verdict.opinions))
    return replace(pair, state=verdict.state, said=authors)


def all_pairs(house: House, as_of: date) -> tuple[Pair, ...]:
    """Return every pair that may be one, whatever was said of it."""
    snapshot = house.loaded_snapshot()
    rows = (
        snapshot.table("links")
        .filter(pl.col("type") == "POSSIBLY_SAME", pl.col("kind") == "lead")
        .select("source", "target", "score", "evidence")
        .collect()
        .rows()
    )
    uids = sorted({end for row in rows for end in row[:2]})
    known = {uid: place for uid in uids if (place := snapshot.find(uid)) is not None}
    records = house.active_records(list(known), as_of)
    links = _links(snapshot, known)
    near = steps_to_records(snapshot)
    found = []
    for one, other, score, evidence in rows:
        if one not in known or other not in known:
            continue
        places = (known[one], known[other])
        sides = (links[one], links[other])
        steps = (int(near[places[0]]), int(near[places[1]]))
        person = "Person" in (snapshot.label_at(place) for place in places)
        found.append(
            Pair(
                one=one,
                one_name=snapshot.name_at(places[0]),
                other=other,
                other_name=snapshot.name_at(places[1]),
                kind=KINDS[person],
                score=score or 0.0,
                records=(records.get(one, 0), records.get(other, 0)),
                links=sides,
                steps=steps,
                exposed=sum(
                    side
                    for side, step in zip(sides, steps, strict=True)
                    if min(steps) < step and min(steps) < _FAR - 1
                ),
                evidence=evidence or "",
            )
        )
    return tuple(found)


def _links(snapshot: Snapshot, places: Mapping[str, int]) -> dict[str, int]:
    """Return how many links that may conduct each party has, leads left out."""
    arrays = snapshot.arrays
    both = form.DERIVED | form.COMPUTED
    found = {}
    for uid, place in places.items():
        rows = np.concatenate(
            [
                arrays[f"{way}_link"][
                    int(arrays[f"{way}_start"][place]) : int(arrays[f"{way}_start"][place + 1])
                ]
                for way in ("out", "in")
            ]
        )
        counted = conducts(arrays["link_type"][rows], arrays["link_p"][rows])
        counted &= (arrays["link_flags"][rows] & both) != both
        found[uid] = int(counted.sum())
    return found


def _said(house: House) -> dict[frozenset[str], Verdict]:
    """Return the verdict on each pair of parties of today."""
    judged = verdicts(house.standing(), house.settings.review_persons)
    return {
        frozenset((verdict.opinions[0].one, verdict.opinions[0].other)): verdict
        for verdict in judged
    }


def states(house: House, entries: Sequence[Entry]) -> dict[int, str]:
    """Return by number what has become of each judgement.

    taken_back, gone (no mention makes one of its parties any more), or the state of its pair.
    """
    snapshot = house.loaded_snapshot()
    standing = [entry for entry in entries if entry.undone_at is None]
    state_of = {
        entry.id: verdict.state
        for verdict in verdicts(standing, house.settings.review_persons)
        for entry in verdict.opinions
    }
    found = {}
    for entry in entries:
        if entry.undone_at is not None:
            found[entry.id] = "taken_back"
        elif snapshot.find(entry.one) is None or snapshot.find(entry.other) is None:
            found[entry.id] = "gone"
        else:
            # An earlier opinion of the same author was replaced by the later one.
            found[entry.id] = state_of.get(entry.id, "replaced")
    return found


def pair_to_json(pair: Pair, worth: str, *, blind: bool) -> dict[str, object]:
    """Return a pair as the command line answers it; to a blind judge without what decides."""
    hidden = ("score", "evidence", "state", "said") if blind else ()
    said = {name: value for name, value in asdict(pair).items() if name not in hidden}
    return said | {"worth": worth}
