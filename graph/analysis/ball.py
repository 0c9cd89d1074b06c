"""What lies upstream of a party, looked up once and asked again without some links or records."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.analysis.edits import Changes
from graph.analysis.kernels.factors import CONTROLS, DERIVED, HOLDS_SHARES, control_of
from graph.analysis.kernels.kept import reckoned, rows_kept
from graph.analysis.kernels.seeds import distances
from graph.analysis.kernels.upstream import downstream
from graph.analysis.local import Local, Looked, joined, looked
from graph.analysis.records import Seeds, chosen_seeds, seeds_at
from graph.analysis.stakes import MOST_ROWS
from graph.analysis.view import View

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_NONE = np.zeros(0, np.int64)


def within(values: Ints, known: Ints) -> Bools:
    """Return which values are among those known, which are in order."""
    places = np.minimum(np.searchsorted(known, values), max(known.size - 1, 0))
    found: Bools = known[places] == values if known.size else np.zeros(values.size, np.bool_)
    return found


@dataclass(frozen=True)
class Ball:
    """The surroundings of a party within `hops` links, with every row that has a say in a factor.

    What it answers without some rows and records is what `local_problem` answers: only the factors
    that they have a say in are reckoned again, and nothing is looked for.
    """

    view: View
    party: int
    hops: int

    @cached_property
    def _looked(self) -> Looked:
        with self.view.room() as room:
            found = looked(self.view, room, self.party, self.hops, Changes(_NONE, frozenset(), ()))
            return replace(found, rows=found.rows.copy())

    @cached_property
    def _rows(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Return first row by edge; then by row: link row, way, factor, run."""
        found = self._looked
        lists, _ = self.view.lists(kept=True)
        ends = found.nodes[found.source], found.nodes[found.target]
        kept: tuple[Ints, Ints, Ints, Ints, Ints] = rows_kept(
            self.view.web, lists, *ends, found.first, *found.rows
        )
        return kept

    @cached_property
    def _edge(self) -> Ints:
        first = self._rows[0]
        return np.repeat(np.arange(first.size - 1), np.diff(first))

    @cached_property
    def seeds(self) -> Seeds:
        """Return the records that count at the parties around."""
        return seeds_at(self.view, self._looked.nodes, Changes(_NONE, frozenset(), ()))

    @cached_property
    def _owner(self) -> Ints:
        first = self.seeds.first
        return np.repeat(np.arange(first.size - 1), np.diff(first))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Return where each record stands: one of several parties stands at each of them."""
        found: dict[str, list[int]] = {}
        for place, uid in enumerate(self.seeds.uids):
            found.setdefault(uid, []).append(place)
        return found

    @cached_property
    def _by_row(self) -> tuple[Ints, Ints]:
        """Return the link rows in order, and where each stands."""
        row = self._rows[1]
        order = np.argsort(row, kind="stable")
        return row[order], order

    @cached_property
    def whole(self) -> Local:
        """Return the problem with nothing removed."""
        return self._problem(np.flatnonzero(self._rows[3] > 0), self._rows[3], None)

    def conducting(self) -> Ints:
        """Return every row that has a factor on some walk from a record to the party, in order."""
        whole, (_, row, _, factor, _) = self.whole, self._rows
        size = self._looked.nodes.size
        place = np.searchsorted(self._looked.nodes, whole.nodes)
        used = place[whole.problem.source] * size + place[whole.problem.target]
        edges = self._looked.source * size + self._looked.target
        on = np.isin(edges, used)[self._edge] & (factor > 0)
        found: Ints = np.unique(row[on])
        return found

    @cached_property
    def _tied(self) -> tuple[Ints, Ints, Bools]:
        """Return by row: who holds, what is held, and whether control through others has a say."""
        web, (_, row, _, _, run) = self.view.web, self._rows
        derived = (web.kind[row] == CONTROLS) & (web.flags[row] & DERIVED > 0)
        through = np.zeros(int(run.max(initial=-1)) + 1, np.bool_)
        through[run[derived]] = True
        doubtful = np.zeros(row.size, np.bool_)
        doubtful[run >= 0] = through[run[run >= 0]]
        return web.source[row].astype(np.int64), web.target[row].astype(np.int64), doubtful

    @cached_property
    def _behind(self) -> tuple[Ints, Ints]:
        """Return (member, holder) pairs in order: the holder's control of others rests on both."""
        holder, _, doubtful = self._tied
        members, holders = [_NONE], [_NONE]
        for one in np.unique(holder[doubtful]).tolist():
            companies, _, _ = control_of(self.view.web, one, self.view.day, _NONE)
            members.append(np.append(companies, one))
            holders.append(np.full(companies.size + 1, one, np.int64))
        member, owner = np.concatenate(members), np.concatenate(holders)
        order = np.argsort(member, kind="stable")
        return member[order], owner[order]

    def without(self, rows: Ints, records: frozenset[str]) -> Local:
        """Return the problem without these link rows (sorted) and records."""
        row, factor, run = self._rows[1], self._rows[3], self._rows[4]
        kept = None
        if records:
            kept = np.ones(self.seeds.row.size, np.bool_)
            kept[[place for uid in records for place in self._places.get(uid, ())]] = False
        if rows.size:
            again = np.zeros(row.size, np.bool_)
            again[self._at(rows)] = True
            if within(rows, self._stood_for).any():
                again |= self._derived
            again |= self._touched(rows)
            # Rows of one run have a say in each other's factor.
            runs = np.zeros(int(run.max(initial=-1)) + 2, np.bool_)
            runs[run[again]] = True
            runs[-1] = False
            factor = factor.copy()
            self._reckon(np.flatnonzero(again | runs[run]), rows, factor)
        return self._problem(np.flatnonzero(factor > 0), factor, kept)

    def alone(self, kept: Ints, dropped: Ints, records: frozenset[str]) -> Local:
        """Return the problem with these rows and records and no others; `dropped` are the others.

        Computed control stands where the rows that are kept make it.
        """
        web, (holder, company, _) = self.view.web, self._tied
        row, run = self._rows[1], self._rows[4]
        places = self._at(kept)
        # What control rests on may stand farther away than any walk goes.
        holdings = kept[web.kind[kept] == HOLDS_SHARES]
        above = self._above(np.unique(web.source[holdings]).astype(np.int64))
        # Who controls a company has votes in it: only rows that are kept can give any.
        voted = np.unique(web.target[holdings]).astype(np.int64)
        controls = self._controls[within(company[self._controls], voted)]
        derived = controls[within(holder[controls], above)]
        runs = np.zeros(int(run.max(initial=-1)) + 2, np.bool_)
        runs[run[places]] = runs[run[derived]] = True
        runs[-1] = False
        again = runs[run]
        again[places] = True
        chosen = np.flatnonzero(again)
        factor = np.zeros(row.size, np.int64)
        self._reckon(chosen, dropped, factor)
        named = np.zeros(self.seeds.row.size, np.bool_)
        named[[place for uid in records for place in self._places.get(uid, ())]] = True
        return self._problem(chosen[factor[chosen] > 0], factor, named)

    @cached_property
    def _controls(self) -> Ints:
        web, row = self.view.web, self._rows[1]
        derived = (web.kind[row] == CONTROLS) & (web.flags[row] & DERIVED > 0)
        found: Ints = np.flatnonzero(derived)
        return found

    @cached_property
    def _derived(self) -> Bools:
        """Return whether a row stands for others, which may be among those that are removed."""
        web, row = self.view.web, self._rows[1]
        derived: Bools = (web.flags[row] & DERIVED > 0) & (web.kind[row] != CONTROLS)
        return derived

    @cached_property
    def through_others(self) -> Ints:
        """Return the places of holders whose control through others has a say, in order."""
        holder, _, doubtful = self._tied
        found: Ints = np.unique(holder[doubtful])
        return found

    @cached_property
    def _stood_for(self) -> Ints:
        """Return the link rows for which others stand here, in order."""
        web = self.view.web
        at = np.isin(web.via_row, self._rows[1][self._derived])
        found: Ints = np.unique(np.concatenate([web.via_first[at], web.via_second[at]]))
        return found

    def _at(self, rows: Ints) -> Ints:
        """Return where link rows stand here."""
        known, order = self._by_row
        low, high = np.searchsorted(known, rows), np.searchsorted(known, rows, side="right")
        count = high - low
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        found: Ints = np.sort(order[np.repeat(low, count) + offset])
        return found

    def _above(self, holders: Ints) -> Ints:
        """Return whose control of others may rest on holdings of these."""
        member, owner = self._behind
        low = np.searchsorted(member, holders)
        high = np.searchsorted(member, holders, side="right")
        spans = [owner[one:other] for one, other in zip(low.tolist(), high.tolist(), strict=True)]
        return np.unique(np.concatenate([_NONE, *spans]))

    def _touched(self, rows: Ints) -> Bools:
        """Return whether a holding's factor may be another without these link rows."""
        web = self.view.web
        holdings = rows[web.kind[rows] == HOLDS_SHARES]
        holder, company, doubtful = self._tied
        if not holdings.size:
            return np.zeros(holder.size, np.bool_)
        size = web.blocked.size
        held, above, below = (np.zeros(size, np.bool_) for _ in range(3))
        held[web.target[holdings]] = True
        above[self._above(np.unique(web.source[holdings]).astype(np.int64))] = True
        for one in np.unique(web.target[holdings]).tolist():
            below[downstream(web, one, self.view.day, MOST_ROWS)[0]] = below[one] = True
        through = doubtful & above[holder] & below[company]
        touched: Bools = (self._rows[4] >= 0) & (held[company] | through)
        return touched

    def _reckon(self, places: Ints, dropped: Ints, factor: Ints) -> None:
        _, row, way, _, run = self._rows
        view = self.view
        reckoned(
            view.web,
            view.rules,
            view.day,
            dropped,
            view.lone_factors,
            row,
            way,
            run,
            places,
            factor,
        )

    def _problem(self, places: Ints, factor: Ints, kept: Bools | None) -> Local:
        """Return the problem of the rows at `places` (in order), with these records of `seeds`."""
        found, (_, row, way, _, _) = self._looked, self._rows
        edge = self._edge[places]
        starts = np.flatnonzero(np.diff(edge, prepend=-1))
        source, target = found.source[edge[starts]], found.target[edge[starts]]
        there = np.zeros(found.nodes.size, np.bool_)
        there[source] = there[target] = there[found.goal] = True
        number = np.cumsum(there) - 1
        named = there[self._owner] if kept is None else there[self._owner] & kept
        source, target, goal = number[source], number[target], int(number[found.goal])
        size = int(there.sum())
        depth = distances(size, target, source, np.array([goal]), 0, -1)
        part = Looked(
            nodes=found.nodes[there],
            depth=depth,
            source=source,
            target=target,
            first=np.append(starts, places.size),
            rows=np.stack([row[places], way[places], factor[places]]),
            goal=goal,
            clamped=found.clamped,
        )
        seeds = chosen_seeds(self.seeds, named, number[self._owner[named]], size)
        return joined(self.view, self.hops, part, seeds)
