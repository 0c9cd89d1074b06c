"""Paths against every simple path that networkx lists, and the laws that each order keeps."""

import math
from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.kernels.factors import WHOLE, row_factor
from graph.analysis.paths import PathAnswer, find_paths
from graph.analysis.view import View
from graph.snapshot import form
from tests.agreement.sketch import Sketch

KINDS = ("HOLDS_SHARES", "REPRESENTS", "GUARANTEES", "SERVES", "BID_IN")
ALL = 1_000
_NONE = np.zeros(0, np.int64)
Keys = list[tuple[float, ...]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[View, str, str, int]:
    size = draw(st.integers(2, 6))
    names = "abcdef"[:size]
    sketch = Sketch()
    for name in names:
        sketch.party(name, flags=draw(st.sampled_from([0, 0, 0, 0, 1])))
    for number in range(draw(st.integers(0, 12))):
        source, target = (draw(st.sampled_from(names)) for _ in range(2))
        kind = draw(st.sampled_from(KINDS))
        share = draw(st.sampled_from([0.04, 0.1, 0.3, 0.6])) if kind == "HOLDS_SHARES" else None
        flags = draw(st.sampled_from([0, 0, form.LEAD, form.COMPUTED]))
        sketch.link(source, target, kind, key=f"{number:02}", share=share, flags=flags)
    first, second = draw(st.permutations(names))[:2]
    return sketch.view(), first, second, draw(st.integers(1, 5))


def factor(view: View, giver: int, taker: int, row: int) -> float:
    """The factor by which exposure passes over one row, rows of its pair looked up one by one."""
    web = view.web
    ends = int(web.source[row]), int(web.target[row])
    same = [one for one in range(web.source.size) if (web.source[one], web.target[one]) == ends]
    rows = np.array(same, np.int64)
    ppm = row_factor(
        web, rows, rows.size, same.index(row), int(ends == (giver, taker)), view.day, view.rules,
        _NONE,
    )  # fmt: skip
    return min(int(ppm), view.rules.cap) / WHOLE


def listed(
    view: View, first: str, second: str, hops: int, order: str
) -> dict[tuple[str, ...], tuple[float, ...]]:
    """Every simple path that may be gone, with what it is ordered by."""
    web = view.web
    graph = nx.Graph()
    graph.add_nodes_from(range(web.blocked.size))
    rows: dict[frozenset[int], list[int]] = {}
    for row in range(web.source.size):
        ends = frozenset((int(web.source[row]), int(web.target[row])))
        if len(ends) > 1:
            rows.setdefault(ends, []).append(row)
            graph.add_edge(*ends)
    start, goal = view.place(first), view.place(second)
    kept = [n for n in graph if n in (start, goal) or not web.blocked[n]]
    found = {}
    for chain in nx.all_simple_paths(graph.subgraph(kept), start, goal, cutoff=hops):
        onward, back, unsaid = 1.0, 1.0, 0
        for one, two in pairwise(chain):
            pair = rows[frozenset((one, two))]
            said = [row for row in pair if not web.flags[row] & (form.LEAD | form.COMPUTED)]
            used = said if said and order == "verifiable" else pair
            onward *= max(factor(view, one, two, row) for row in used)
            back *= max(factor(view, two, one, row) for row in used)
            unsaid += not said
        strength = max(onward, back)
        keys = {
            "shortest": (len(chain), -strength),
            "strongest": (-strength, len(chain)),
            "verifiable": (unsaid, len(chain), -strength),
        }
        found[tuple(view.snapshot.uid_at(node) for node in chain)] = keys[order]
    return found


def close(one: Keys, two: Keys) -> bool:
    pairs = zip(one, two, strict=True)
    return all(
        math.isclose(a, b, rel_tol=1e-9) for x, y in pairs for a, b in zip(x, y, strict=True)
    )


@given(graphs(), st.sampled_from(["shortest", "strongest", "verifiable"]))
def test_all_paths_of_an_order_are_those_that_networkx_lists(
    asked: tuple[View, str, str, int], order: str
) -> None:
    view, first, second, hops = asked

    found = find_paths(view, first, second, hops=hops, limit=ALL, order=order)

    expected = listed(view, first, second, hops, order)
    assert {path.nodes for path in found.paths} == set(expected)
    assert close([expected[path.nodes] for path in found.paths], sorted(expected.values()))
    if order == "strongest":
        for path in found.paths:
            assert math.isclose(path.strength, -expected[path.nodes][0], rel_tol=1e-9)


@given(graphs(), st.sampled_from(["shortest", "strongest", "verifiable"]), st.integers(1, 3))
def test_the_first_few_are_the_beginning_of_all_and_exchanged_ends_turn_them_round(
    asked: tuple[View, str, str, int], order: str, limit: int
) -> None:
    view, first, second, hops = asked

    every = find_paths(view, first, second, hops=hops, limit=ALL, order=order)
    few = find_paths(view, first, second, hops=hops, limit=limit, order=order)
    turned = find_paths(view, second, first, hops=hops, limit=limit, order=order)

    assert few.paths == every.paths[:limit]
    assert few.more == (len(every.paths) > limit)
    assert [path.nodes[::-1] for path in turned.paths] == [path.nodes for path in few.paths]
    assert [path.links[::-1] for path in turned.paths] == [path.links for path in few.paths]
    assert [path.strength for path in turned.paths] == [path.strength for path in few.paths]
    assert (turned.state, turned.stops) == (few.state, few.stops)


@given(graphs())
def test_what_is_excluded_is_on_no_path_and_all_others_stay(
    asked: tuple[View, str, str, int],
) -> None:
    view, first, second, hops = asked
    every = find_paths(view, first, second, hops=hops, limit=ALL)
    inner = sorted({uid for path in every.paths for uid in path.nodes[1:-1]})

    for uid in inner:
        without = find_paths(view, first, second, hops=hops, limit=ALL, without_nodes=[uid])
        kept = [path for path in every.paths if uid not in path.nodes]
        assert [path.nodes for path in without.paths] == [path.nodes for path in kept]
    for key in sorted({link.key for path in every.paths for link in path.links}):
        less = find_paths(view, first, second, hops=hops, limit=ALL, without_links=[key])
        assert all(link.key != key for path in less.paths for link in path.links)
        assert {path.nodes for path in less.paths} <= {path.nodes for path in every.paths}


def test_several_ends_are_each_looked_at_with_each() -> None:
    sketch = Sketch()
    for source, target in (("a", "m"), ("m", "y"), ("b", "z")):
        sketch.link(source, target, "GUARANTEES")
    view = sketch.view()

    found: PathAnswer = find_paths(view, ["a", "b"], ["y", "z"])

    assert [path.nodes for path in found.paths] == [("b", "z"), ("a", "m", "y")]
