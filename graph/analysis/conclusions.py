"""Conclusions of the analysis as questions that can be asked again without some links or records.

Each names the rows and records that it may rest on, and says whether it stands without some.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from graph.analysis.ball import Ball, within
from graph.analysis.beneficial import beneficial
from graph.analysis.edits import Changes
from graph.analysis.kernels.factors import HOLDS_SHARES, Ints, control_of
from graph.analysis.kernels.upstream import downstream, upstream
from graph.analysis.local import Local, local_problem
from graph.analysis.ownership import parts_up
from graph.analysis.stakes import MOST_ROWS, stakes_of
from graph.analysis.view import View
from graph.analysis.walks import Walks, cut_of, floor_of, shares_of, walk
from graph.errors import AnalysisError
from graph.policy.owner_rules import DEFAULT, chosen
from graph.schema.codes import LEVELS
from graph.snapshot import form

_CONTROLS = form.TYPES.index("CONTROLS")
_NONE = np.zeros(0, np.int64)
# Parts of an exposure that are looked at for a proof.
_MOST_PARTS = 300
# A share that is exactly at a threshold is reckoned in binary fractions.
_NEAR = 1e-9
# Cuts are reckoned in whole numbers: so much, and less, rounding may take off one.
_GRAIN = 1e-6
# Later than any day: a link that begins then does not exist on any day that is asked about.
_NEVER = 2**31 - 1


class Conclusion(Protocol):
    """Something concluded about a party; removing links or records can only make it fall."""

    @property
    def kind(self) -> str:
        """Return exposure, control, share or beneficial."""

    def rows(self) -> Ints:
        """Return the link rows that it may rest on, in order."""

    def records(self) -> tuple[str, ...]:
        """Return the uids of records that it may rest on, in order."""

    def holds(self, rows: Ints, records: frozenset[str]) -> bool:
        """Return whether it stands without these rows (sorted) and records."""

    def alone(self, kept: Ints, dropped: Ints, records: frozenset[str]) -> bool:
        """Return whether it stands on these rows and records; `dropped` are the other rows."""

    def likely(self, rows: Ints, records: frozenset[str]) -> Iterator[tuple[Ints, tuple[str, ...]]]:
        """Yield rows and records that may be enough without those, few ones first."""

    def heaviest(self, rows: Ints, records: frozenset[str]) -> tuple[Ints, tuple[str, ...]]:
        """Return the one row or record that weighs most without those; none if not known."""


class _OnLinks(ABC):
    """What rests on holdings alone."""

    @abstractmethod
    def holds(self, rows: Ints, records: frozenset[str]) -> bool:
        """Return whether it stands without these rows (sorted) and records."""

    def alone(self, kept: Ints, dropped: Ints, records: frozenset[str]) -> bool:
        """Return whether it stands without those that are dropped."""
        del kept
        return self.holds(dropped, records)

    def records(self) -> tuple[str, ...]:
        """Return none."""
        return ()

    def likely(self, rows: Ints, records: frozenset[str]) -> Iterator[tuple[Ints, tuple[str, ...]]]:
        """Yield nothing: there are few of them."""
        del rows, records
        yield from ()

    def heaviest(self, rows: Ints, records: frozenset[str]) -> tuple[Ints, tuple[str, ...]]:
        """Return nothing: a proof says which matter."""
        del rows, records
        return _NONE, ()


def without_rows(view: View, rows: Ints) -> View:
    """Return the view as if these links were not there; for ownership, votes and control alone.

    Exposure takes its edits itself: it knows what derived links rest on.
    """
    if not rows.size:
        return view
    since = np.array(view.web.since)
    since[rows] = _NEVER
    since.flags.writeable = False
    return replace(view, bare=view.web._replace(since=since))


@dataclass(frozen=True)
class ExposureLevel:
    """A party's exposure has at least this level, or at least this value where one is given."""

    view: View
    uid: str
    level: str
    value: float | None = None
    hops: int | None = None
    kind: str = "exposure"

    @property
    def _hops(self) -> int:
        return self.view.policy.hops.profile if self.hops is None else self.hops

    @cached_property
    def _ball(self) -> Ball:
        return Ball(self.view, self.view.place(self.uid), self._hops)

    def _local(self, rows: Ints, records: frozenset[str]) -> Local:
        web = self.view.web
        if (web.given[rows[web.kind[rows] == HOLDS_SHARES]] >= 0).any():
            # Without a holding of a given factor a link of control may stand that did not.
            changes = Changes(rows, records, ())
            return local_problem(self.view, self.view.place(self.uid), self._hops, changes)
        return self._ball.without(rows, records)

    def _walks(self, rows: Ints, records: frozenset[str]) -> Walks:
        """Return the walks without these; what was asked last is asked again for its parts."""
        asked = (rows.tobytes(), records)
        if asked not in self._last:
            self._last.clear()
            local = self._local(rows, records)
            self._last[asked] = walk(local, self._hops, self.view.policy.max_walks)
        return self._last[asked]

    @cached_property
    def _last(self) -> dict[tuple[bytes, frozenset[str]], Walks]:
        return {}

    def rows(self) -> Ints:
        """Return the rows upstream; computed control stands for the holdings that make it."""
        web, rows = self.view.web, self._ball.conducting()
        derived = (web.flags[rows] & form.DERIVED > 0) & (web.kind[rows] == _CONTROLS)
        found = np.concatenate([rows[~derived], *self._behind(rows)])
        return np.unique(found).astype(np.int64)

    def _behind(self, rows: Ints) -> list[Ints]:
        """Return the holdings on which control among some rows rests, and companies' own shares."""
        web = self.view.web
        tied = rows[np.isin(web.kind[rows], (HOLDS_SHARES, _CONTROLS))]
        holders = np.unique(web.source[tied]).astype(np.int64)
        through = holders[within(holders, self._ball.through_others)]
        held = np.unique(web.target[tied]).astype(np.int64)
        own = self._own_shares[within(web.target[self._own_shares], held)]
        return [own, *(self._holdings(int(one)) for one in through)]

    @cached_property
    def _own_shares(self) -> Ints:
        web = self.view.web
        found: Ints = np.flatnonzero((web.source == web.target) & (web.kind == HOLDS_SHARES))
        return found

    @cached_property
    def _known(self) -> dict[int, Ints]:
        return {}

    def _holdings(self, holder: int) -> Ints:
        """Return the holdings by which a holder controls, its own and through others."""
        if holder not in self._known:
            self._known[holder] = self._by_control(holder)
        return self._known[holder]

    def _by_control(self, holder: int) -> Ints:
        web, day = self.view.web, self.view.day
        companies, _, _ = control_of(web, holder, day, _NONE)
        if not companies.size:
            return _NONE
        inside = np.array([holder, *companies.tolist()])
        _, rows, _ = upstream(web, companies, day, MOST_ROWS)
        kept: Ints = rows[np.isin(web.source[rows], inside) & np.isin(web.target[rows], companies)]
        return kept

    def records(self) -> tuple[str, ...]:
        """Return the records upstream that count."""
        whole = self._ball.whole
        return tuple(sorted(set(whole.seeds.named(np.unique(whole.record)))))

    def holds(self, rows: Ints, records: frozenset[str]) -> bool:
        """Return whether the level, or value, is still reached."""
        return self._reached(self._walks(rows, records))

    def alone(self, kept: Ints, dropped: Ints, records: frozenset[str]) -> bool:
        """Return whether these rows and records are enough."""
        local = self._ball.alone(kept, dropped, records)
        return self._reached(walk(local, self._hops, self.view.policy.max_walks))

    def _reached(self, walks: Walks) -> bool:
        if self.value is not None:
            return walks.exposure >= self.value - _NEAR
        floor = floor_of(walks)[0]
        # A minimum cut lies between the floor and X, and is looked for where that matters.
        if not self._at_level(walks.exposure, floor):
            return False
        if self._at_level(floor - _GRAIN, floor):
            return True
        return self._at_level(min(walks.exposure, cut_of(walks.local)[0]), floor)

    def _at_level(self, cap: float, floor: float) -> bool:
        order = list(LEVELS)
        return order.index(self.view.policy.levels.of(cap, floor)) <= order.index(self.level)

    def likely(self, rows: Ints, records: frozenset[str]) -> Iterator[tuple[Ints, tuple[str, ...]]]:
        """Yield the chains of the largest parts of the exposure, more and more of them."""
        walks = self._walks(rows, records)
        local = walks.local
        shares = shares_of(walks, self.view.web.kind, _MOST_PARTS)
        for count in (4, 16, 64, _MOST_PARTS):
            chained = [local.row[walks.chain(*one)] for one in shares.walks[:count]]
            found = np.unique(np.concatenate([*chained, _NONE]))
            named = local.seeds.named(np.unique(shares.record[:count]))
            rows_behind = np.concatenate([found, *self._behind(found)])
            yield np.unique(rows_behind).astype(np.int64), tuple(named)
            if count >= shares.entry.size:
                return

    def heaviest(self, rows: Ints, records: frozenset[str]) -> tuple[Ints, tuple[str, ...]]:
        """Return the record, or else the link, of which the largest part of the exposure is."""
        walks = self._walks(rows, records)
        local = walks.local
        shares = shares_of(walks, self.view.web.kind, _MOST_PARTS)
        record, most = next(iter(shares.by_record.items()), ("", 0.0))
        weights: dict[int, float] = {}
        for one, share in zip(shares.walks, shares.share.tolist(), strict=True):
            for row in set(local.row[walks.chain(*one)].tolist()):
                weights[row] = weights.get(row, 0.0) + share
        kinds = self.view.web.kind
        weighed = [(part, -row) for row, part in weights.items() if kinds[row] != _CONTROLS]
        best, place = max(weighed, default=(0.0, 0))
        if record and most >= best:
            return _NONE, (record,)
        return (np.array([-place]) if best else _NONE), ()


def _chain_rows(view: View, holder: int, company: int) -> Ints:
    """Return the holdings on any chain from a holder down to a company; own shares left out."""
    _, rows, _ = upstream(view.web, np.array([company]), view.day, MOST_ROWS)
    below, _ = downstream(view.web, holder, view.day, MOST_ROWS)
    source, target = view.web.source[rows], view.web.target[rows]
    found: Ints = np.unique(rows[np.isin(source, below) & (source != target)])
    return found


@dataclass(frozen=True)
class Control(_OnLinks):
    """One party controls another by more than half of the votes, directly or through others."""

    view: View
    holder: str
    company: str
    kind: str = "control"

    def rows(self) -> Ints:
        """Return the holdings on any chain between the two."""
        return _chain_rows(self.view, self.view.place(self.holder), self.view.place(self.company))

    def holds(self, rows: Ints, records: frozenset[str]) -> bool:  # noqa: ARG002
        """Return whether the company is still controlled."""
        place = self.view.place(self.holder)
        companies, _, _ = control_of(self.view.web, place, self.view.day, rows)
        return self.view.place(self.company) in companies


@dataclass(frozen=True)
class Share(_OnLinks):
    """A party's integrated share of a company is at least the threshold, 0..1."""

    view: View
    holder: str
    company: str
    threshold: float
    kind: str = "share"

    def rows(self) -> Ints:
        """Return the holdings on any chain between the two."""
        return _chain_rows(self.view, self.view.place(self.holder), self.view.place(self.company))

    def holds(self, rows: Ints, records: frozenset[str]) -> bool:  # noqa: ARG002
        """Return whether what is certain still reaches the threshold."""
        view = without_rows(self.view, rows)
        stakes = stakes_of(view, np.array([view.place(self.company)]))
        node = stakes.local(view.place(self.holder))
        if node is None:
            return False
        certain = float(parts_up(stakes, 0).certain[node])
        return certain >= self.threshold - _NEAR


@dataclass(frozen=True)
class Owner(_OnLinks):
    """A rule names a party as beneficial owner of a company."""

    view: View
    holder: str
    company: str
    rules: str = DEFAULT
    kind: str = "beneficial"

    def rows(self) -> Ints:
        """Return all holdings upstream: who acts in concert may stand beside any chain."""
        place = self.view.place(self.company)
        _, rows, _ = upstream(self.view.web, np.array([place]), self.view.day, MOST_ROWS)
        own = self.view.web.source[rows] == self.view.web.target[rows]
        found: Ints = np.unique(rows[~own])
        return found

    def holds(self, rows: Ints, records: frozenset[str]) -> bool:  # noqa: ARG002
        """Return whether a test is still met."""
        found = beneficial(without_rows(self.view, rows), self.company, chosen(self.rules))
        uid = self.view.snapshot.uid_at(self.view.place(self.holder))
        return any(
            one.uid == uid and one.status == "identified" for by in found.sets for one in by.found
        )


def exposure_level(view: View, uid: str, hops: int | None, value: float | None) -> ExposureLevel:
    """Return the exposure that a party has now as a conclusion: its level, or at least a value.

    Raises:
        AnalysisError: an unknown party, or a value outside 0..1.
    """
    view.place(uid)
    if value is not None and not 0 < value <= 1:
        raise AnalysisError("--at-least", value, "must be above 0 and at most 1")
    found = ExposureLevel(view, uid, "none", value, hops)
    for level in LEVELS:
        asked = replace(found, level=level)
        if value is not None or asked.holds(_NONE, frozenset()):
            return asked
    return found
