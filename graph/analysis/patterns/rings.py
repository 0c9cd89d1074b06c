"""Rings: companies that hold one another's shares, parties that guarantee one another."""

from dataclasses import dataclass
from itertools import islice, pairwise

import networkx as nx
import numpy as np
import polars as pl

from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene
from graph.policy.patterns import Rule
from graph.snapshot import form

# So many cycles of one ring are written out in words; all are counted.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Cycles:
    """Simple cycles within a bound of links, shortest first; `more` says that the cap was hit."""

    found: tuple[tuple[int, ...], ...]
    more: bool


def simple_cycles(graph: nx.DiGraph, links: int, cap: int) -> Cycles:
    """Return at most `cap` simple cycles of at most so many links, each from its least node on.

    >>> whole = simple_cycles(nx.complete_graph(6, nx.DiGraph), 6, 1000)
    >>> len(whole.found), sum(len(one) <= 3 for one in whole.found)
    (409, 55)
    """
    listed = [_turned(cycle) for cycle in islice(nx.simple_cycles(graph, links), cap + 1)]
    ordered = sorted(listed[:cap], key=lambda one: (len(one), one))
    return Cycles(tuple(ordered), len(listed) > cap)


def _turned(cycle: list[int]) -> tuple[int, ...]:
    first = cycle.index(min(cycle))
    return (*cycle[first:], *cycle[:first])


def circular_ownership(scene: Scene, rule: Rule) -> Search:
    """Find companies that hold shares of themselves through others."""
    held = scene.alive("HOLDS_SHARES")
    least = round(rule.real("least_share") * form.WHOLE_PPM)
    if least:
        held = held.filter(pl.col("share") >= least)
    search = Search()
    itself = held.filter(pl.col("source") == pl.col("target"))
    search.skip("own_shares", itself["target"].n_unique())
    return _rings(scene, rule, held.filter(pl.col("source") != pl.col("target")), search)


def guarantee_ring(scene: Scene, rule: Rule) -> Search:
    """Find parties that stand surety for one another in a ring (担保圈)."""
    search = Search()
    given = scene.alive("GUARANTEES").filter(pl.col("source") != pl.col("target"))
    # Whose business is to guarantee stands surety for all: no ring goes through it.
    business = scene.nodes.filter("intermediary")["place"].to_list()
    kept = given.filter(~pl.col("source").is_in(business) & ~pl.col("target").is_in(business))
    search.skip("intermediaries", given.height - kept.height)
    return _rings(scene, rule, kept, search)


def _rings(scene: Scene, rule: Rule, links: pl.DataFrame, search: Search) -> Search:
    stops = scene.nodes.filter("stop")["place"].to_list()
    kept = links.filter(~pl.col("source").is_in(stops) & ~pl.col("target").is_in(stops))
    search.skip("state_or_nominee", links.height - kept.height)
    search.searched = kept.height
    among = pl.concat([kept["source"], kept["target"]]).n_unique()
    graph = _inside_rings(kept, scene.nodes.height)
    rings = list(nx.weakly_connected_components(graph))
    left = rule.whole("cycles")
    for ring in sorted(rings, key=lambda one: (len(one), min(one))):
        inside = graph.subgraph(sorted(ring))
        cycles = simple_cycles(inside, rule.whole("links"), left)
        left -= len(cycles.found)
        search.capped["cycles"] += int(cycles.more)
        search.findings.append(_finding(scene, rule, inside, cycles, among))
    search.capped = +search.capped
    return search


def _inside_rings(links: pl.DataFrame, nodes: int) -> nx.DiGraph:
    """Return the links that lie inside a strongly connected component, parallel ones as one."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - a quarter of a second at every start
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as said

    source, target = links["source"].to_numpy(), links["target"].to_numpy()
    matrix = coo_array((np.ones(source.size, np.int32), (source, target)), shape=(nodes, nodes))
    _, component = connected_components(matrix, directed=True, connection="strong")
    rows = links.filter(pl.Series(component[source] == component[target]))
    graph = nx.DiGraph()
    for row, one, two, share in rows.select("row", "source", "target", "share").iter_rows():
        known = graph.get_edge_data(one, two, {"rows": [], "share": 0})
        total = known["share"] + max(share, 0)
        graph.add_edge(one, two, rows=[*known["rows"], row], share=total)
    return graph


def _finding(scene: Scene, rule: Rule, ring: nx.DiGraph, cycles: Cycles, among: int) -> Finding:
    told = []
    for cycle in cycles.found[:_TOLD]:
        words = [scene.name(cycle[0])]
        for one, two in pairwise((*cycle, cycle[0])):
            share = ring.edges[one, two]["share"] / form.WHOLE_PPM
            words.append(f" —{share:.2%}→ " if share else " → ")
            words.append(scene.name(two))
        told.append("".join(words))
    members = sorted(ring)
    return scene.finding(
        rule,
        members,
        [(one, "ring") for one in members],
        population=among,
        count=len(members),
        rows=[row for *_, rows in ring.edges(data="rows") for row in rows],
        facts={
            "members": len(members),
            "cycles": len(cycles.found),
            "bound": rule.whole("links"),
            "more": "+" if cycles.more else "",
            "shortest": len(cycles.found[0]) if cycles.found else None,
        },
        lists={"cycles": [(one,) for one in told]},
    )
