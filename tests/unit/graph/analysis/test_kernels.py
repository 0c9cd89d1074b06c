"""The compiled loops, run as plain Python: the same numbers, and every branch is seen."""

from datetime import date

import numpy as np
import pytest

from graph.analysis.edits import Changes
from graph.analysis.kernels import (
    absence,
    factors,
    flow,
    order,
    parts,
    reach,
    seeds,
    spectral,
    tree,
    trim,
    whole,
)
from graph.analysis.kernels.order import falling, in_order, rising
from graph.analysis.local import local_problem
from graph.analysis.view import View
from graph.analysis.walks import shares_of, walk
from graph.snapshot import form
from tests.agreement.sketch import Sketch

NONE = np.zeros(0, np.int64)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the Python body in the place of every compiled function."""
    bodies = {}
    modules = (absence, factors, flow, order, parts, reach, seeds, spectral, tree, trim, whole)
    for module in modules:
        for name, value in vars(module).items():
            if hasattr(value, "py_func"):
                bodies[name] = value.py_func
    for module in modules:
        for name, body in bodies.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, body)


def mixed() -> View:
    sketch = Sketch()
    sketch.record("court", "D")
    sketch.record("cited", "D", "penalty", severity="general", cites="e")
    sketch.record("dated", "D", "penalty", severity="serious", act=date(2024, 1, 1))
    for company in ("C", "D"):
        sketch.link("R", company, "REPRESENTS", key=f"R{company}")
        sketch.link("H", company, "HOLDS_SHARES", share=0.4, key=f"H{company}")
    sketch.link("H", "S", "HOLDS_SHARES", share=0.7)
    sketch.link("S", "D", "HOLDS_SHARES", share=0.2)
    sketch.link("D", "D", "HOLDS_SHARES", share=0.1)
    doubt = {"since": date(1970, 1, 1), "until": date(1970, 1, 1)}
    sketch.link("H", "D", "CONTROLS", flags=form.DERIVED, key="HcD", **doubt)
    sketch.link("R", "D", "HOLDS_POST", post="director", until=date(2023, 6, 1))
    sketch.link("M", "D", "HOLDS_POST", post="chairman", until=date(2025, 6, 1))
    sketch.link("N", "D", "REPRESENTS", since=date(2024, 6, 1), flags=form.SUCCESSION)
    sketch.link("N", "C", "REPRESENTS")
    sketch.link("Z", "C", "RELATED", p=0.99)
    sketch.record("z", "Z")
    first = sketch.link("A", "e", "PERFORMED", key="p1")
    second = sketch.link("e", "D", "ENGAGED_FOR", key="p2")
    row = sketch.link("A", "D", "SERVES", flags=form.DERIVED, key="AD")
    sketch.link("A", "C", "SERVES", key="AC")
    sketch.via.append((row, "e", first, second))
    sketch.party("A", degree=40)
    sketch.party("G", 1)
    sketch.link("G", "C", "HOLDS_SHARES", share=0.3)
    return sketch.view()


def found(view: View, dropped: np.ndarray = NONE) -> tuple[float, ...]:
    place = view.place("C")
    local = local_problem(view, place, 4, Changes(dropped, frozenset(), ()))
    problem = local.problem
    ends = tree.ends_of(problem)
    _, grown = tree.grow(problem, ends, 4, 10_000)
    amount = tree.split(problem, grown)
    kinds = view.web.kind[local.row]
    most = 2
    largest = parts.parts(
        problem,
        ends,
        grown,
        local.first,
        local.record,
        local.seeds.strength,
        kinds,
        len(form.TYPES),
        most,
    )
    best = sum(part.sum() for part in tree.strongest(problem, ends, grown, 1 - 1e-9))
    strong = local.seeds.strength > 400_000
    again = absence.absences(
        problem,
        ends,
        grown,
        strong.astype(np.int64) - 1,
        1,
        local.first,
        local.record,
        local.seeds.strength,
        990_000,
    )[0]
    source, target, p = whole.pair_factors(view.web, view.rules, view.day)
    back = np.full(source.size, -1)
    radius = spectral.non_backtracking_radius(
        view.web.blocked.size, source, target, p / 1e6, back, 50, 1e-9
    )
    none = spectral.non_backtracking_radius(3, NONE, NONE, NONE / 1.0, NONE, 50, 1e-9)
    numbers = (
        grown.value[0],
        amount.sum(),
        largest[5].sum(),
        best,
        again,
        *(part.sum() for part in (*largest[:4], largest[6])),
        largest[4],
        p.sum(),
        radius,
        none,
    )
    return tuple(float(number) for number in numbers)


@pytest.mark.usefixtures("plain")
def test_plain_python_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    view = mixed()
    rows = np.array([view.snapshot.places["A"]])  # type: ignore[attr-defined]
    from graph.analysis import local as module  # noqa: PLC0415 - its names are replaced here

    interpreted = []
    for name, owner in (
        ("upstream", reach),
        ("edges_with_seeds", seeds),
        ("reached", trim),
        ("trimmed", trim),
        ("combined", seeds),
    ):
        monkeypatch.setattr(module, name, getattr(owner, name))
    interpreted = [found(view), found(view, rows)]
    monkeypatch.undo()
    assert interpreted == [
        pytest.approx(found(view), rel=1e-12),
        pytest.approx(found(view, rows), rel=1e-12),
    ]
    assert interpreted[0][4] < interpreted[0][0]
    assert interpreted[0][2] == pytest.approx(interpreted[0][0])


@pytest.mark.parametrize("compiled", [True, False])
def test_the_cut_of_two_routes_with_a_way_back(*, compiled: bool) -> None:
    cut = flow.minimum_cut if compiled else flow.minimum_cut.py_func
    tail = np.array([0, 0, 1, 1, 2, 3])
    head = np.array([1, 2, 2, 3, 3, 4])
    room = np.array([10, 2, 5, 4, 9, 8])
    value, side = cut(5, 0, 4, tail, head, room)
    assert value == 8
    assert side.tolist() == [1, 1, 1, 1, 0]
    value, side = cut(5, 0, 4, tail[:2], head[:2], room[:2])
    assert (value, side.tolist()) == (0, [1, 1, 1, 0, 0])


@pytest.mark.parametrize("compiled", [True, False])
def test_the_chains_of_walks_name_their_edges_from_the_record_to_the_party(
    *, compiled: bool
) -> None:
    view = mixed()
    walks = walk(local_problem(view, view.place("C"), 4, Changes(NONE, frozenset(), ())), 4, 10_000)
    shares = shares_of(walks, view.web.kind, 50)
    chains_of = parts.chains_of if compiled else parts.chains_of.py_func
    grown, edges = walks.tree, walks.problem.source.size
    used, into, over, place = chains_of(grown.parent, grown.edge, edges, shares.entry, shares.last)

    chains: list[list[int]] = [[]]
    for before, step in zip(into.tolist(), over.tolist(), strict=True):
        chains.append([int(used[step]), *chains[before]])
    told = [chains[at] for at in place.tolist()]
    assert told == [walks.chain(*one) for one in shares.walks]
    assert {len(chain) for chain in told} == {1, 2, 3}
    assert len(set(used.tolist())) == used.size


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("size", [0, 1, 2, 700])
def test_places_come_in_the_order_of_their_keys_and_equal_ones_as_they_came(
    size: int, *, compiled: bool
) -> None:
    drawn = np.random.default_rng(size)
    # Of any size and sign, and so few that most stand several times.
    whole = drawn.choice(drawn.integers(np.iinfo(np.int64).min, 2**62, 90), size)
    value = drawn.choice(np.append(drawn.random(90) ** 9, (0.0, 1.0)), size)
    place = drawn.permutation(size)
    run = [one if compiled else one.py_func for one in (in_order, rising, falling)]
    in_keys, upward, downward = run

    assert in_keys(whole, place).tolist() == sorted(place.tolist(), key=lambda one: whole[one])
    few = in_keys(upward(value), place[::3].copy()).tolist()
    assert few == sorted(place[::3].tolist(), key=lambda one: value[one])
    last = in_keys(downward(value), place).tolist()
    assert last == sorted(place.tolist(), key=lambda one: -value[one])


@pytest.mark.parametrize("most", [1, 5, 300, 1_000])
def test_the_largest_parts_come_first_and_of_equal_ones_the_earlier_stay(most: int) -> None:
    drawn = np.random.default_rng(most)
    share = drawn.choice(drawn.random(40), 900)
    walk = np.stack([np.arange(900)] * 3)
    wanted = sorted(range(900), key=lambda one: -share[one])[:most]
    values = share[wanted].tolist()
    parts._largest(share, walk, 900, most)

    assert walk[0, : len(wanted)].tolist() == wanted
    assert walk[2, : len(wanted)].tolist() == wanted
    assert share[: len(wanted)].tolist() == values
