"""A scan reckoned on from the one before is a scan of everything, byte for byte."""

from copy import deepcopy
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis.kernels.pairs import at_reverse
from graph.analysis.rescan import rescan, scan_whole
from graph.analysis.whole_graph import Scan, scan
from graph.analysis.working import Working
from graph.errors import PolicyError
from graph.policy.read import Policy, load_policy
from graph.snapshot import form
from tests.agreement.sketch import TODAY, Sketch

NODES = "bcdefgh"
# New parties come before, between and behind those that were there.
LATER = (*NODES, "a", "dd", "z")
few = settings(max_examples=100, deadline=None)


def open_policy() -> Policy:
    return load_policy().model_copy(update={"spectral_limit": 1e9})


def same(one: Scan, other: Scan) -> None:
    for name in ("exposure", "floor", "cap_least", "cap", "own", "level"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


def same_working(one: Working, other: Working) -> None:
    for name in ("rows", "source", "target", "broad", "once", "twice", "widest"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    for name, value in one.pairs._asdict().items():
        assert value.tobytes() == getattr(other.pairs, name).tobytes(), name
    for name, value in one.chains._asdict().items():
        assert value.tobytes() == getattr(other.chains, name).tobytes(), name


percents = st.integers(1, 95).map(lambda whole: whole / 100)
ends = st.sampled_from(list(permutations(LATER, 2)))
given_links = st.dictionaries(ends, percents, max_size=18)
strengths = st.dictionaries(st.sampled_from(LATER), percents, max_size=4)


def with_factors(links: dict[tuple[str, str], float], strength: dict[str, float]) -> Sketch:
    sketch = Sketch()
    for uid in NODES:
        sketch.party(uid)
    for (source, target), p in links.items():
        sketch.link(source, target, p=p)
    for uid, value in strength.items():
        sketch.record(f"r{uid}", uid, strength=value)
    return sketch


@few
@given(given_links, strengths, given_links, strengths, st.sets(ends, max_size=3))
def test_links_and_records_that_come_and_go(
    links: dict[tuple[str, str], float],
    strength: dict[str, float],
    more: dict[tuple[str, str], float],
    others: dict[str, float],
    gone: set[tuple[str, str]],
) -> None:
    before = with_factors(links, strength).view(open_policy())
    few_more = dict(list(more.items())[:3])
    kept = {pair: p for pair, p in (links | few_more).items() if pair not in gone}
    after = with_factors(kept, strength | dict(list(others.items())[:1])).view(open_policy())

    _, working = scan_whole(before)
    found, again = rescan(after, working)
    whole, everything = scan_whole(after)

    same(found, whole)
    same_working(again.working(), everything)
    same(whole, scan(after))


kinds = st.sampled_from(
    ["REPRESENTS", "HOLDS_SHARES", "HOLDS_SHARES", "SERVES", "HOLDS_POST", "BRANCH_OF", "CONTROLS"]
)
days = st.none() | st.integers(-1500, 200).map(lambda count: TODAY + timedelta(days=count))
rows = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES), kinds, percents, days, days)
negatives = st.tuples(
    st.sampled_from(NODES), st.sampled_from(["court_defaulter", "penalty"]), days, st.booleans()
)
sizes = st.dictionaries(st.sampled_from(NODES), st.integers(1, 200), max_size=3)
graphs = st.tuples(st.lists(rows, max_size=14), st.lists(negatives, max_size=4), sizes)
Row = tuple[str, str, str, float, date | None, date | None]
Negative = tuple[str, str, date | None, bool]
Drawn = tuple[list[Row], list[Negative], dict[str, int]]


def of_every_kind(drawn: Drawn) -> Sketch:
    """Return links with dates, hubs, own shares, derived control, records that cite."""
    sketch = Sketch()
    for uid in NODES:
        sketch.party(uid, form_flag(uid), drawn[2].get(uid, 1))
    for source, target, kind, share, since, until in drawn[0]:
        if source == target and kind != "HOLDS_SHARES":
            continue
        values: dict[str, Any] = {"since": since, "until": until}
        if kind == "HOLDS_SHARES":
            values["share"] = share
        if kind == "HOLDS_POST":
            values["post"] = "director"
        if kind == "CONTROLS":
            values["flags"] = form.DERIVED | form.COMPUTED
        sketch.link(source, target, kind, **values)
    for number, (subject, name, act, cites) in enumerate(drawn[1]):
        values = {"act": act, "severity": "serious"} if name == "penalty" else {}
        sketch.record(f"r{number}", subject, name, cites="e" if cites else "", **values)
    first = sketch.link("b", "e", "PERFORMED", key="p1")
    second = sketch.link("e", "c", "ENGAGED_FOR", key="p2")
    row = sketch.link("b", "c", "SERVES", flags=form.DERIVED, key="bc")
    sketch.via.append((row, "e", first, second))
    return sketch


def form_flag(uid: str) -> int:
    """Return that the last party is a state organ, through which nothing passes."""
    return 1 if uid == NODES[-1] else 0


@few
@given(graphs, graphs, st.integers(0, 4), st.integers(-400, 400))
def test_links_and_records_of_every_kind_on_another_day(
    drawn: Drawn,
    other: Drawn,
    taken: int,
    later: int,
) -> None:
    before = of_every_kind(drawn).view(open_policy())
    changed = deepcopy(drawn)
    changed[0][:taken] = other[0][:taken]
    changed[1].extend(other[1][: taken % 2])
    after = of_every_kind(changed).view(open_policy(), TODAY + timedelta(days=later))

    _, working = scan_whole(before)
    found, again = rescan(after, working)
    whole, everything = scan_whole(after)

    same(found, whole)
    same_working(again.working(), everything)


def test_a_widest_chain_that_was_no_wider_than_its_last_link_is_gone_with_its_first() -> None:
    links = {("b", "c"): 0.9, ("c", "d"): 0.5, ("f", "d"): 0.01}
    before = with_factors(links, {"b": 0.9, "f": 0.9}).view(open_policy())
    del links["b", "c"]
    after = with_factors(links, {"b": 0.9, "f": 0.9}).view(open_policy())

    _, working = scan_whole(before)
    found, _ = rescan(after, working)

    same(found, scan(after))


hub_links = st.dictionaries(st.sampled_from(NODES[1:]), percents, min_size=4)
outer = st.dictionaries(st.permutations(LATER).map(lambda them: (them[0], them[1])), percents)


@few
@given(hub_links, outer, strengths, outer, st.integers(0, 3))
def test_one_pair_more_or_less_of_who_has_many(
    hub: dict[str, float],
    links: dict[tuple[str, str], float],
    strength: dict[str, float],
    others: dict[tuple[str, str], float],
    gone: int,
) -> None:
    around = {("b", uid): p for uid, p in hub.items()} | {(uid, "b"): p for uid, p in hub.items()}
    more = dict(list(others.items())[:2])
    before = with_factors(links | around, strength).view(open_policy())
    fewer = dict(list(around.items())[gone:])
    after = with_factors(links | fewer | more, strength).view(open_policy())

    _, working = scan_whole(before)
    found, again = rescan(after, working)
    whole, everything = scan_whole(after)

    same(found, whole)
    same_working(again.working(), everything)


def test_only_what_a_change_reaches_is_looked_at() -> None:
    sketch = Sketch()
    for number in range(40):
        sketch.link(f"p{number:02}", f"p{number + 1:02}", p=0.5)
    sketch.record("r", "p00", strength=0.9)
    before, working = scan_whole(sketch.view(open_policy()))
    exposure = before.exposure.copy()
    sketch.link("q", "p30", p=0.5)
    sketch.record("s", "q", strength=0.5)

    found, _ = rescan(sketch.view(open_policy()), working)

    differ = np.flatnonzero(found.exposure[:41] != exposure)
    assert differ.tolist() == [30, 31, 32]


@pytest.mark.parametrize(("first", "last"), [(10, 30), (0, 5), (35, 40), (0, 40)])
def test_more_rows_side_by_side_that_went_or_came_than_are_looked_ahead(
    first: int, last: int
) -> None:
    def line(*, whole: bool) -> Sketch:
        sketch = Sketch()
        for number in range(41):
            sketch.party(f"p{number:02}")
        for number in range(40):
            if whole or not first <= number < last:
                sketch.link(f"p{number:02}", f"p{number + 1:02}", p=0.5)
        sketch.record("r", "p09", strength=0.9)
        return sketch

    for before, after in ((True, False), (False, True)):
        _, working = scan_whole(line(whole=before).view(open_policy()))
        view = line(whole=after).view(open_policy())
        found, again = rescan(view, working)
        expected, everything = scan_whole(view)
        same(found, expected)
        same_working(again.working(), everything)


def circle(count: int, p: float) -> Sketch:
    sketch = Sketch()
    for number in range(count):
        for step in (1, 2):
            sketch.link(f"p{number:02}", f"p{(number + step) % count:02}", p=p)
    sketch.record("r", "p00", strength=0.9)
    return sketch


def test_the_radius_is_found_again_from_where_the_last_search_ended() -> None:
    _, working = scan_whole(circle(100, 0.3).view(load_policy()))
    changed = circle(100, 0.3)
    changed.link("p03", "p09", p=0.2)

    found, _ = rescan(changed.view(load_policy()), working)

    assert found.radius == pytest.approx(scan(changed.view(load_policy())).radius, abs=0.005)


def test_the_radius_is_looked_for_anew_where_the_old_weights_show_nothing() -> None:
    _, working = scan_whole(Sketch(flags={"p00": 0, "p01": 0}).view(load_policy()))
    changed = circle(20, 0.3)

    found, again = rescan(changed.view(load_policy()), working)

    assert found.radius == scan(changed.view(load_policy())).radius
    assert again.radius.bound == pytest.approx(0.6)


def assert_reversed(working: Working) -> None:
    reverses = at_reverse(working.pairs.start, working.pairs.source, working.weights)
    assert working.there.tobytes() == reverses.tobytes()


def test_weights_of_reverses_are_those_of_the_entries_after_a_scan_and_a_rescan() -> None:
    _, first = scan_whole(circle(100, 0.3).view(load_policy()))
    changed = circle(100, 0.3)
    changed.link("p03", "p09", p=0.2)

    assert_reversed(first)
    _, second = rescan(changed.view(load_policy()), first)

    assert_reversed(second.working())


def test_few_new_links_that_amplify_among_many_that_do_not_are_refused() -> None:
    calm = circle(90, 0.2)
    _, working = scan_whole(calm.view(load_policy()))
    for source, target in permutations("wxyz", 2):
        calm.link(source, target, p=0.6)

    with pytest.raises(PolicyError, match="spectral radius above"):
        rescan(calm.view(load_policy()), working)


def test_one_link_that_closes_a_knot_of_unchanged_parties_among_thousands_is_refused() -> None:
    calm = circle(4_000, 0.2)
    for source, target in permutations("wxyz", 2):
        if {source, target} != {"w", "x"}:
            calm.link(source, target, p=0.4)
    _, working = scan_whole(calm.view(load_policy()))
    calm.link("w", "x", p=0.4)
    calm.link("x", "w", p=0.4)

    with pytest.raises(PolicyError, match="spectral radius above"):
        rescan(calm.view(load_policy()), working)


def test_records_that_came_among_more_parties_than_are_compared_together() -> None:
    many = circle(17_000, 0.2)
    _, working = scan_whole(many.view(load_policy()))
    # Places are in the order of names.
    for number, uid in enumerate(("p00", "p5000", "p9999")):
        many.record(f"s{number}", uid, strength=0.5)

    found, _ = rescan(many.view(load_policy()), working)

    same(found, scan(many.view(load_policy())))
