"""Exposure of one party: X beside S, floor, cap, level, and every part by record and path."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph.analysis.answers import Contribution, Exposure
from graph.analysis.edits import Edit, changes_of
from graph.analysis.kernels.factors import WHOLE
from graph.analysis.kernels.parts import chains_of
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
    """Uids and keys of a small problem, asked of the snapshot."""

    def __init__(self, view: View, local: Local) -> None:
        self._view, self._local = view, local

    def uid(self, node: int) -> str:
        return self._view.snapshot.uid_at(int(self._local.nodes[node]))

    def keys(self, edges: Sequence[int]) -> list[str]:
        return self._view.snapshot.link_keys(self._local.row[np.array(edges, np.int64)])

    def path(self, chain: Sequence[int]) -> tuple[str, ...]:
        problem = self._local.problem
        if not chain:
            return ()
        sources = [self.uid(int(problem.source[edge])) for edge in chain]
        return (*sources, self.uid(int(problem.target[chain[-1]])))

    def lines(self, walks: Walks, entry: Ints, last: Ints) -> list["_Line"]:
        """Return what the chain of each walk says."""
        tree, edges = walks.tree, walks.problem.source.size
        used, into, over, place = chains_of(tree.parent, tree.edge, edges, entry, last)
        steps = self._steps(walks, used)
        found: list[_Line] = [((self.uid(walks.problem.goal),), (), (), ())]
        for here, step in zip(into.tolist(), over.tolist(), strict=True):
            uid, key, kind, factor = steps[step]
            uids, links, types, factors = found[here]
            found.append((uid + uids, key + links, kind + types, factor + factors))
        return [found[here] for here in place.tolist()]

    def _steps(self, walks: Walks, edges: Ints) -> list["_Line"]:
        """Return uid of the source, key, type and factor of each edge, each in a tuple."""
        row, source = self._local.row[edges], self._local.nodes[walks.problem.source[edges]]
        columns = (
            self._view.snapshot.uids_at(source),
            self._view.snapshot.link_keys(row),
            [form.TYPES[kind] for kind in self._view.web.kind[row].tolist()],
            (walks.problem.p[edges] / WHOLE).tolist(),
        )
        # In tuples of one each they are put before others without a look at them.
        return list(zip(*map(zip, columns), strict=True))


# Of a chain: uids down to the party, keys of links, their types, their factors.
_Line = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[float, ...]]


def _contributions(walks: Walks, names: _Names, shares: Shares) -> tuple[Contribution, ...]:
    if not shares.count:
        return ()
    seeds = walks.local.seeds
    # The largest comes first; of equal ones order is by path, record and links.
    rank = np.cumsum(np.diff(shares.share, prepend=shares.share[:1]) != 0)
    path, links, types, factors = zip(*names.lines(walks, shares.entry, shares.last), strict=True)
    record = seeds.named(shares.record)
    strength = (seeds.strength[shares.record] / WHOLE).tolist()
    share = shares.share.tolist()
    columns = (rank.tolist(), path, record, links, types, factors, strength, share)
    parts = [
        Contribution(record, path, links, types, factors, strength, share)
        for _, path, record, links, types, factors, strength, share in sorted(
            zip(*columns, strict=True)
        )
    ]
    if shares.count > MOST_PARTS:
        rest = math.fsum([walks.exposure, *(-part for part in share)])
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
    differences = {
        record: round(walks.exposure - value, _DECIMALS)
        for record, value in without(walks, shares, COUNTERFACTUALS, strongest).items()
    }
    party = int(local.nodes[local.problem.goal])
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
        cut_links=tuple(sorted(names.keys(crossing))) if cut < walks.exposure else (),
        counterfactual=differences,
        warnings=_warnings(view, walks, party, asked),
        walked=walks.steps,
        capped=walks.hops < asked,
    )
