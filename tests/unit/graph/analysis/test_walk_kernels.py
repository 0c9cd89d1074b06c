"""Loops around the tree of walks, run as plain Python: the same numbers as compiled."""

import networkx as nx
import numpy as np
import pytest

from graph.analysis.edits import Changes
from graph.analysis.kernels import absence, flow, seeds, tree
from graph.analysis.local import Local, local_problem
from graph.analysis.walks import walk
from graph.snapshot import form
from tests.agreement.sketch import Sketch

MOST = 10_000
NOTHING = Changes(np.zeros(0, np.int64), frozenset(), ())


@pytest.fixture(scope="module")
def local() -> Local:
    sketch = Sketch()
    sketch.record("court", "D")
    sketch.record("cited", "D", "penalty", severity="general", cites="e")
    sketch.record("other", "B", "penalty", severity="serious")
    for source, target in ("DR", "RC", "DB", "BC", "BR", "RB", "CB"):
        sketch.link(source, target, p=0.4)
    first = sketch.link("R", "e", "PERFORMED")
    second = sketch.link("e", "D", "ENGAGED_FOR")
    row = sketch.link("R", "D", "SERVES", flags=form.DERIVED)
    sketch.via.append((row, "e", first, second))
    view = sketch.view()
    return local_problem(view, view.place("C"), 4, NOTHING)


@pytest.mark.parametrize("hops", [1, 2, 3, 4])
@pytest.mark.parametrize("compiled", [True, False])
def test_walks_are_given_up_above_so_many_steps(
    monkeypatch: pytest.MonkeyPatch, local: Local, hops: int, *, compiled: bool
) -> None:
    if not compiled:
        for name in ("_joined", "_met", "_wider"):
            monkeypatch.setattr(tree, name, getattr(tree, name).py_func)
    grow = tree.grow if compiled else tree.grow.py_func
    ends = tree.ends_of(local.problem)

    steps, grown = grow(local.problem, ends, hops, MOST)

    assert steps == _steps(local, hops)
    assert grow(local.problem, ends, hops, steps)[1].value[0] == grown.value[0] > 0
    assert grow(local.problem, ends, hops, steps - 1)[0] > steps - 1


def _steps(local: Local, hops: int) -> int:
    """Return how many links lie on all walks that start or may go on, counted one by one."""
    problem = local.problem

    def below(node: int, met: frozenset[int], left: int) -> int:
        count = 0
        for e in range(problem.start[node], problem.start[node + 1]):
            other = int(problem.source[e])
            if other in met:
                continue
            if problem.leaf[e] or left == 1:
                count += int(problem.seed[e] > 0)
            elif problem.reach[other] < left:
                count += 1 + below(other, met | {other}, left - 1)
        return count

    return below(problem.goal, frozenset({problem.goal}), hops)


def test_more_entries_than_there_was_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    sketch = Sketch()
    for one in range(40):
        sketch.record(f"r{one}", f"s{one}", strength=0.01 * (one + 1))
        sketch.link(f"s{one}", "v", p=0.3)
        for other in range(one):
            sketch.link(f"s{other}", f"s{one}", p=0.2)
    view = sketch.view()
    problem = local_problem(view, view.place("v"), 3, NOTHING).problem
    ends = tree.ends_of(problem)
    plain = tree.grow(problem, ends, 3, 10**6)
    monkeypatch.setattr(tree, "_ROOM", 2)

    small = tree.grow.py_func(problem, ends, 3, 10**6)

    assert plain[0] == small[0]
    assert [part.tolist() for part in plain[1]] == [part.tolist() for part in small[1]]


@pytest.mark.parametrize("compiled", [True, False])
def test_x_without_records_of_some_groups(
    monkeypatch: pytest.MonkeyPatch, local: Local, *, compiled: bool
) -> None:
    grown = walk(local, 4, MOST)
    if not compiled:
        for name in ("combined", "entries_of", "meets", "revalue", "_touch"):
            monkeypatch.setattr(absence, name, getattr(absence, name).py_func)
    without = absence.absences if compiled else absence.absences.py_func
    group = np.array([0 if uid == "court" else 1 for uid in local.seeds.uids])

    found = without(
        local.problem,
        grown.ends,
        grown.tree,
        group,
        2,
        local.first,
        local.record,
        local.seeds.strength,
        990_000,
    )

    seed = local.problem.seed.copy()
    for e in range(seed.size):
        left = [place for place in local.records(e) if group[place] != 0]
        seed[e] = seeds.combined(local.seeds.strength[left], 990_000) if left else 0
    problem = local.problem._replace(seed=seed)
    _, anew = tree.grow(problem, tree.ends_of(problem), 4, MOST)
    assert found[0] == pytest.approx(anew.value[0], abs=1e-12)
    assert found[1] < grown.exposure


def test_records_of_nodes_in_plain_python() -> None:
    listed = (
        np.array([0, 2, 2, 3]),
        np.array([7, 8, 9]),
        np.array([500_000, 0, 200_000]),
        np.array([10, 11, 12]),
        np.array([-1, -1, 4]),
        np.array([0, 1, 0]),
    )
    nodes = np.array([2, 0, 1])

    plain = seeds.seeds_of.py_func(nodes, *listed)
    compiled = seeds.seeds_of(nodes, *listed)

    said = [part.tolist() for part in plain[:5]]
    assert said == [[0, 1, 2, 2], [9, 7], [200_000, 500_000], [12, 10], [4, -1]]
    assert plain[5] == 1
    assert said == [part.tolist() for part in compiled[:5]]


@pytest.mark.parametrize("turn", range(6))
def test_the_cut_is_that_of_the_network_with_all_its_arcs(
    monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    rng = np.random.default_rng(turn)
    sketch = Sketch()
    names = [f"n{one}" for one in range(12)]
    for one, other in rng.integers(0, 12, (22, 2)):
        if one != other:
            sketch.link(names[one], names[other], p=float(rng.integers(1, 95)) / 100)
    for one in rng.integers(1, 12, 7):
        sketch.record(f"r{one}", names[one], strength=float(rng.integers(1, 95)) / 100)
    sketch.record("cited", "n5", "penalty", severity="general", cites="e")
    first = sketch.link("n3", "e", "PERFORMED")
    second = sketch.link("e", "n5", "ENGAGED_FOR")
    row = sketch.link("n3", "n5", "SERVES", flags=form.DERIVED)
    sketch.via.append((row, "e", first, second))
    sketch.link("n3", "n0", p=0.5)
    view = sketch.view()
    problem = local_problem(view, view.place("n0"), 4, NOTHING).problem
    assert problem.leaf.any()
    edges = (problem.start, problem.source, problem.target, problem.leaf)
    network = nx.DiGraph()
    for e, (one, other) in enumerate(zip(problem.source, problem.target, strict=True)):
        begin = ("leaf", e) if problem.leaf[e] else int(one)
        network.add_edge(begin, int(other), capacity=int(problem.p[e]))
        if problem.seed[e]:
            network.add_edge("records", begin, capacity=int(problem.seed[e]))
    whole = nx.maximum_flow_value(network, "records", problem.goal)

    value, crossing = flow.cut_between(*edges, problem.p, problem.seed, problem.goal)
    for name in ("_arcs", "_steps_to", "minimum_cut"):
        monkeypatch.setattr(flow, name, getattr(flow, name).py_func)
    plain = flow.cut_between.py_func(*edges, problem.p, problem.seed, problem.goal)

    assert value == whole == plain[0]
    assert crossing.tolist() == plain[1].tolist()
    # Without what crosses nothing flows but what the records that are taken whole let through.
    assert problem.p[crossing].sum() <= value
