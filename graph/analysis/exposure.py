"""Exposure of one party: X beside S, floor, cap, level, and every part by record and path."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from graph.analysis.answers import Contribution, Exposure
from graph.analysis.edits import Edit, changes_of
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.local import Local, local_problem
from graph.analysis.view import View
from graph.analysis.walks import Shares, Walks, cut_of, floor_of, shares_of, walk, without
from graph.errors import AnalysisError
from graph.schema.words import Text
from graph.snapshot import form

Ints = NDArray[np.int64]
# Up to so many parts are all named; of more, only the largest, and the rest as one sum.
MOST_PARTS = 300
# Records whose absence is looked at.
COUNTERFACTUALS = 20
# Differences of two numbers below 1 are given to this many decimals.
_DECIMALS = 12


class _Names:
    """Uids and links by place, each asked once of the snapshot."""

    def __init__(self, view: View, local: Local) -> None:
        self._view, self._local = view, local
        self._uids: dict[int, str] = {}
        self._keys: dict[int, str] = {}

    def uid(self, node: int) -> str:
        if node not in self._uids:
            self._uids[node] = self._view.snapshot.uid_at(int(self._local.nodes[node]))
        return self._uids[node]

    def key(self, row: int) -> str:
        if row not in self._keys:
            self._keys[row] = self._view.key_at(row)
        return self._keys[row]

    def learn(self, nodes: Ints, rows: Ints) -> None:
        """Ask for the names of many nodes and link rows at once."""
        uids = self._view.snapshot.uids_at(self._local.nodes[nodes])
        self._uids.update(zip(nodes.tolist(), uids, strict=True))
        self._keys.update(zip(rows.tolist(), self._view.snapshot.link_keys(rows), strict=True))

    def path(self, chain: Sequence[int]) -> tuple[str, ...]:
        problem = self._local.problem
        if not chain:
            return ()
        sources = [self.uid(int(problem.source[edge])) for edge in chain]
        return (*sources, self.uid(int(problem.target[chain[-1]])))

    def lines(self, walks: Walks, entry: Ints, last: Ints) -> Iterator["_Line"]:
        """Yield what the chain of each walk says."""
        entries = [entry[entry > 0]]
        while entries[-1].size:
            above = walks.tree.parent[entries[-1]]
            entries.append(np.unique(above[above > 0]).astype(np.int64))
        # An entry comes after the one that it leads into.
        inner = np.unique(np.concatenate(entries))
        over = walks.tree.edge[inner].astype(np.int64)
        edges, place = np.unique(np.concatenate([over, last[last >= 0]]), return_inverse=True)
        steps = self._steps(walks, edges)
        found: dict[int, _Line] = {0: ((self.uid(walks.problem.goal),), (), (), ())}
        above = walks.tree.parent[inner].tolist()
        for here, into, step in zip(inner.tolist(), above, place.tolist(), strict=False):
            found[here] = _before(steps[step], found[into])
        begun = iter(place[inner.size :].tolist())
        for here, one in zip(entry.tolist(), last.tolist(), strict=True):
            yield found[here] if one < 0 else _before(steps[next(begun)], found[here])

    def _steps(self, walks: Walks, edges: Ints) -> list["_Step"]:
        """Return uid of the source, key, type and factor of each edge."""
        row, source = self._local.row[edges], walks.problem.source[edges]
        self.learn(source, row)
        return [
            (self._uids[node], self._keys[place], form.TYPES[kind], factor)
            for node, place, kind, factor in zip(
                source.tolist(),
                row.tolist(),
                self._view.web.kind[row].tolist(),
                (walks.problem.p[edges] / WHOLE).tolist(),
                strict=True,
            )
        ]


# Of a chain: uids down to the party, keys of links, their types, their factors.
_Line = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[float, ...]]
# Of an edge: uid that it comes from, key of the link, its type, its factor.
_Step = tuple[str, str, str, float]


def _before(step: _Step, line: _Line) -> _Line:
    uid, key, kind, factor = step
    uids, links, types, factors = line
    return (uid, *uids), (key, *links), (kind, *types), (factor, *factors)


def _contributions(walks: Walks, names: _Names, shares: Shares) -> tuple[Contribution, ...]:
    seeds = walks.local.seeds
    columns = (
        names.lines(walks, shares.entry, shares.last),
        seeds.named(shares.record),
        (seeds.strength[shares.record] / WHOLE).tolist(),
        shares.share.tolist(),
    )
    parts = [
        Contribution(record, *line, strength, share)
        for line, record, strength, share in zip(*columns, strict=True)
    ]
    parts.sort(key=lambda part: (-part.share, part.path, part.record, part.links))
    if shares.count > MOST_PARTS:
        rest = math.fsum([walks.exposure, *(-part.share for part in parts)])
        parts.append(Contribution("", (), (), (), (), 0.0, rest))
    return tuple(parts)


def _warnings(view: View, walks: Walks, party: int, asked: int) -> tuple[Text, ...]:
    lines = []
    most, limit = view.policy.max_walks, view.policy.spectral_limit
    if walks.hops < asked:
        lines.append(
            Text(
                f"{asked}步内的路径多于{most}条，只算到{walks.hops}步",
                f"more than {most} walks within {asked} links: answered within {walks.hops}",
            )
        )
    if view.web.blocked[party]:
        lines.append(
            Text(
                "国家股东或代持人：风险不经其传导，也不传导至其",
                "a state holder or nominee: nothing is passed on to it or by it",
            )
        )
    if clamped := walks.local.clamped:
        lines.append(
            Text(
                f"{clamped}个给定的系数或强度高于上限，按上限计算",
                f"{clamped} given factors or strengths were above the caps",
            )
        )
    leads = view.web.flags[walks.local.row] & form.LEAD
    if leads.any():
        lines.append(
            Text("用到了仅属疑似的关联（疑似同一人）", "links that are only possible were used")
        )
    if view.rho is not None and view.rho > limit:
        lines.append(
            Text(
                f"该策略在本图上放大风险：谱半径 {view.rho:.3f} 高于 {limit}",
                f"the policy amplifies on this graph: spectral radius {view.rho:.3f} "
                f"is above {limit}",
            )
        )
    return tuple(lines)


def walks_of(view: View, uid: str, hops: int | None, edits: Sequence[Edit]) -> Walks:
    """Return the walks behind an exposure; AnalysisError as for `expose`."""
    asked = view.policy.hops.profile if hops is None else hops
    if not 1 <= asked <= form.FAR:
        raise AnalysisError("hops", asked, f"must be 1 to {form.FAR}")
    party = view.place(uid)
    local = local_problem(view, party, asked, changes_of(view, edits))
    return walk(local, asked, view.policy.max_walks)


def expose(view: View, uid: str, hops: int | None = None, edits: Sequence[Edit] = ()) -> Exposure:
    """Return the exposure of a party within `hops` links (policy: 4), edits applied.

    AnalysisError for an unknown party, link or record and for hops outside 1..8.
    """
    asked = view.policy.hops.profile if hops is None else hops
    walks = walks_of(view, uid, hops, edits)
    local = walks.local
    names = _Names(view, local)
    shares = shares_of(walks, view.web.kind, MOST_PARTS)
    floor, chain = floor_of(walks)
    cut, crossing = cut_of(local)
    cap = min(walks.exposure, cut)
    strongest = round(view.policy.strength_cap * WHOLE)
    largest = list(islice(shares.by_record, COUNTERFACTUALS))
    differences = {
        record: round(walks.exposure - value, _DECIMALS)
        for record, value in without(walks, largest, strongest).items()
    }
    party = view.place(uid)
    return Exposure(
        uid=view.snapshot.uid_at(party),
        name=view.snapshot.name_at(party),
        own=local.own / WHOLE,
        exposure=walks.exposure,
        floor=floor,
        cut=cut,
        cap=cap,
        level=view.policy.levels.of(cap, floor),
        hops=walks.hops,
        policy=view.version,
        snapshot=view.snapshot.id,
        as_of=view.as_of,
        floor_path=names.path(chain),
        contributions=_contributions(walks, names, shares),
        by_record=shares.by_record,
        by_link_type=shares.by_type,
        cut_links=tuple(sorted(names.key(int(local.row[edge])) for edge in crossing))
        if cut < walks.exposure
        else (),
        counterfactual=differences,
        warnings=_warnings(view, walks, party, asked),
        walked=walks.steps,
        capped=walks.hops < asked,
    )
