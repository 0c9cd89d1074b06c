"""Ownership and control on 3.5 million parties and 5 million holdings, arrays in memory.

Peers in the same run: scipy's sparse solver on the same holdings upstream of one company, and
networkx with numpy's dense inverse, each handed the neighbourhood that it needs; for control a
plain Python fixpoint over networkx on a tenth of the graph. What the peers answer is compared.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import spsolve

from benchmarks.measure import Figure, median, percentile, report, seconds
from graph.analysis.control_pairs import all_pairs
from graph.analysis.controller import controller
from graph.analysis.ownership import holdings, owners
from graph.analysis.stakes import stakes_of
from graph.analysis.view import View, open_view
from graph.model import Link
from graph.policy.read import load_policy
from graph.snapshot import form

AS_OF = date(2026, 11, 23)
SEED = 3
# Of the parties: companies; the others are people.
COMPANIES = 0.65
# Of the holdings: those of a company; a few hold very much.
FIRM_HELD = 0.2
# Rings of 50, one for so many companies.
RING, RING_EACH = 50, 10_000
ASKED, PEERED = 1_000, 100
WHOLE = 1_000_000
NEAR = 1e-9

Ints = NDArray[np.int64]


class Memory:
    """The arrays of a graph as a snapshot would have them, with uids made of places."""

    id = "benchmark"

    def __init__(
        self, source: Ints, target: Ints, share: Ints, companies: int, parties: int
    ) -> None:
        rows = source.size
        label = np.full(parties, form.LABELS.index("Person"), np.uint8)
        label[:companies] = form.LABELS.index("Enterprise")
        blank = np.full(rows, form.UNKNOWN, np.int32)
        self.arrays: dict[str, Any] = {
            "node_label": label,
            "node_flags": np.zeros(parties, np.uint8),
            "node_stop": np.zeros(parties, np.uint8),
            "hub_degree": np.ones(parties, np.int32),
            "near": np.full(parties, form.FAR, np.uint8),
            "group_code": np.zeros(0, "S1"),
            "link_source": source.astype(np.int32),
            "link_target": target.astype(np.int32),
            "link_type": np.full(rows, form.TYPES.index("HOLDS_SHARES"), np.uint8),
            "link_post": np.zeros(rows, np.uint8),
            "link_flags": np.zeros(rows, np.uint8),
            "link_share": share.astype(np.int32),
            "link_share_max": share.astype(np.int32),
            "link_votes": share.astype(np.int32),
            "link_group": blank,
            "link_p": blank,
            "link_from": np.full(rows, form.NO_DAY, np.int32),
            "link_to": np.full(rows, form.NO_DAY, np.int32),
        }
        for name in ("via_link", "via_engagement", "via_first", "via_second"):
            self.arrays[name] = np.zeros(0, np.int32)
        for prefix, ends in (("out", source), ("in", target)):
            starts = np.zeros(parties + 1, np.int64)
            np.cumsum(np.bincount(ends, minlength=parties), out=starts[1:])
            self.arrays[f"{prefix}_start"] = starts
            self.arrays[f"{prefix}_link"] = np.argsort(ends, kind="stable").astype(np.int32)

    def find(self, uid: str) -> int | None:
        """Return the place in a uid."""
        return int(uid[1:])

    def uid_at(self, place: int) -> str:
        """Return the uid of a place."""
        return f"u{place}"

    def uids_at(self, places: Ints) -> list[str]:
        """Return the uids of places."""
        return [self.uid_at(place) for place in places.tolist()]

    def name_at(self, place: int) -> str:
        """Return the name of a place."""
        return f"u{place}"

    def link_at(self, row: int) -> Link:
        """Return the link of a row."""
        source, target = (int(self.arrays[f"link_{end}"][row]) for end in ("source", "target"))
        return Link(self.link_key(row), "HOLDS_SHARES", f"u{source}", f"u{target}")

    def link_key(self, row: int) -> str:
        """Return the key of a row."""
        return f"k{row}"

    def link_keys(self, rows: Ints) -> list[str]:
        """Return the keys of rows."""
        return [self.link_key(row) for row in rows.tolist()]

    def link(self, key: str) -> Link:
        """Return the link of a key."""
        return self.link_at(int(key[1:]))

    def has_record(self, uid: str) -> bool:  # noqa: ARG002 - there are none
        """Return that there are no records."""
        return False

    def record_uids(self, rows: Ints) -> list[str]:
        """Return the uids of record rows."""
        return [f"r{row}" for row in rows.tolist()]


def _graph(parties: int, count: int) -> tuple[View, Ints]:
    """Return the graph and the companies that stand in a ring of 50 or right below one."""
    rng = np.random.default_rng(SEED)
    companies = int(parties * COMPANIES)
    target = rng.integers(0, companies, count)
    source = rng.integers(companies, parties, count)
    firm = rng.random(count) < FIRM_HELD
    source[firm] = (rng.pareto(1.2, int(firm.sum())) * 50).astype(np.int64) % companies
    rings = companies // RING_EACH
    ringed = rng.choice(companies, RING * rings, replace=False).reshape(rings, RING)
    below = rng.choice(companies, rings, replace=False)
    source = np.concatenate([source, ringed.ravel(), ringed[:, 0]])
    target = np.concatenate([target, np.roll(ringed, -1, axis=1).ravel(), below])
    pairs = np.unique(target * parties + source)
    target, source = pairs // parties, pairs % parties
    keep = source != target
    source, target = source[keep], target[keep]
    # Each company's holders share up to the whole; about one in five leaves a part undisclosed.
    drawn = rng.exponential(size=source.size)
    whole = np.where(rng.random(companies) < 0.2, rng.random(companies), 1.0)
    part = drawn / np.bincount(target, drawn, companies)[target] * whole[target]
    share = np.maximum(np.floor(part * WHOLE).astype(np.int64), 1)
    order = rng.permutation(source.size)
    memory = Memory(source[order], target[order], share[order], companies, parties)
    return open_view(memory, load_policy(), AS_OF), np.concatenate([ringed[:, 7], below])


def _times(view: View, work: Any, places: Sequence[int]) -> list[float]:  # noqa: ANN401
    work(view, f"u{places[0]}")
    return [seconds(work, view, f"u{place}") for place in places]


def _sparse(view: View, place: int) -> dict[int, float]:
    """What scipy answers: one column of the inverse, without the correction for rings."""
    stakes = stakes_of(view, np.array([place]))
    size = stakes.nodes.size
    weight = stakes.share / stakes.base[stakes.company]
    matrix = csc_array((weight, (stakes.holder, stakes.company)), shape=(size, size))
    unit = np.zeros(size)
    unit[0] = 1
    column = spsolve((eye_array(size) - matrix).tocsc(), unit)
    return dict(zip(stakes.nodes.tolist(), np.atleast_1d(column), strict=True))


def _network(view: View, place: int) -> nx.DiGraph:
    stakes = stakes_of(view, np.array([place]))
    graph = nx.DiGraph()
    graph.add_nodes_from(stakes.nodes.tolist())
    for holder, company, share in zip(stakes.holder, stakes.company, stakes.share, strict=True):
        graph.add_edge(
            int(stakes.nodes[holder]), int(stakes.nodes[company]), weight=int(share) / WHOLE
        )
    return graph


def _dense(graph: nx.DiGraph, place: int) -> dict[int, float]:
    """What networkx and a dense inverse answer, corrected for rings."""
    above = [place, *nx.ancestors(graph, place)]
    matrix = nx.to_numpy_array(graph, nodelist=above)
    inverse = np.linalg.inv(np.eye(len(above)) - matrix)
    column = (inverse[:, 0] - np.eye(len(above))[:, 0]) / np.diag(inverse)
    return dict(zip(above, column.tolist(), strict=True))


def _compare(view: View, places: Sequence[int]) -> tuple[list[float], list[float], list[float]]:
    """Return seconds of ours, of scipy and of networkx on the same companies, answers compared."""
    ours, sparse, dense = [], [], []
    for place in places:
        graph = _network(view, place)
        ours.append(seconds(owners, view, f"u{place}"))
        sparse.append(seconds(_sparse, view, place))
        dense.append(seconds(_dense, graph, place))
        expected = _dense(graph, place)
        answer = owners(view, f"u{place}").holdings
        assert len(answer) == len(expected) - 1
        assert all(abs((one.integrated or 0) - expected[int(one.uid[1:])]) < NEAR for one in answer)
    return ours, sparse, dense


def _python_pairs(graph: nx.DiGraph) -> int:
    """Count the pairs of control by sets over networkx."""
    count = 0
    for holder in graph:
        gathered: dict[int, int] = {}
        inside, queue = {holder}, [holder]
        for voter in queue:
            for _, company, votes in graph.out_edges(voter, data="votes"):
                gathered[company] = gathered.get(company, 0) + votes
                if company not in inside and 2 * gathered[company] > WHOLE:
                    inside.add(company)
                    queue.append(company)
        count += len(inside) - 1
    return count


def _tenth(parties: int, count: int) -> tuple[View, nx.DiGraph]:
    view, _ = _graph(parties // 10, count // 10)
    graph = nx.DiGraph()
    rows = zip(
        view.web.source.tolist(), view.web.target.tolist(), view.web.votes.tolist(), strict=True
    )
    graph.add_edges_from((one, other, {"votes": votes}) for one, other, votes in rows)
    return view, graph


def main() -> None:
    """Measure, compare with the peers, and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parties", type=int, default=3_500_000)
    parser.add_argument("--holdings", type=int, default=5_000_000)
    asked = parser.parse_args()
    view, ringed = _graph(asked.parties, asked.holdings)
    all_pairs(_graph(50_000, 60_000)[0])
    pairs = all_pairs(view)
    whole = [seconds(all_pairs, view) for _ in range(5)]
    rng = np.random.default_rng(SEED + 1)
    held = np.unique(view.web.target)
    places = rng.choice(held, ASKED, replace=False).tolist()
    rings = ringed[:PEERED].tolist()
    up, in_rings = _times(view, owners, [*places, *rings]), _times(view, owners, rings)
    down = _times(view, holdings, rng.choice(asked.parties, ASKED, replace=False).tolist())
    top = _times(view, controller, places)
    ours, sparse, dense = _compare(view, [*places[:PEERED], *rings[:PEERED]])
    tenth, graph = _tenth(asked.parties, asked.holdings)
    small = seconds(all_pairs, tenth)
    python = seconds(_python_pairs, graph)
    assert _python_pairs(graph) == all_pairs(tenth).holder.size
    figures = [
        Figure("control pairs of all parties, median of 5", median(whole), "s", "≤ 2 s"),
        Figure("control pairs found", pairs.holder.size, "pairs"),
        Figure("control pairs of a tenth", small, "s"),
        Figure("the same by networkx and sets", python, "s"),
        Figure("owners of one company, median", median(up) * 1_000, "ms", "≤ 20 ms"),
        Figure("owners of one company, p99", percentile(up, 99) * 1_000, "ms", "≤ 300 ms"),
        Figure(
            "owners in or below a ring of 50, median", median(in_rings) * 1_000, "ms", "≤ 20 ms"
        ),
        Figure("owners in or below a ring of 50, most", max(in_rings) * 1_000, "ms", "≤ 300 ms"),
        Figure("holdings of one party, median", median(down) * 1_000, "ms"),
        Figure("holdings of one party, p99", percentile(down, 99) * 1_000, "ms"),
        Figure("ultimate controller, median", median(top) * 1_000, "ms"),
        Figure("ultimate controller, p99", percentile(top, 99) * 1_000, "ms"),
        Figure("owners, the companies the peers were asked for", median(ours) * 1_000, "ms"),
        Figure("scipy sparse solve, no correction", median(sparse) * 1_000, "ms"),
        Figure("networkx and dense inverse, median", median(dense) * 1_000, "ms"),
        Figure("networkx and dense inverse, most", max(dense) * 1_000, "ms"),
    ]
    size = f"{asked.parties:,} parties, {view.web.source.size:,} holdings"
    report("ownership", f"Ownership and control: {size}", figures)


if __name__ == "__main__":
    main()
