"""A list two by two: each kind of relation, what is rarer or legal comes first, and the bounds."""

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from graph.analysis import matrix as matrix_module
from graph.analysis.matrix import matrix
from graph.analysis.paths import find_paths
from graph.analysis.view import View, open_view
from graph.errors import AnalysisError
from graph.policy.read import load_policy
from tests.factory import write_small

DAY = date(2026, 11, 23)
Row = Mapping[str, Any]


def _link(kind: str, source: str, target: str, **more: object) -> Row:
    return {"type": kind, "source": source, "target": target, **more}


def _view(root: Path, nodes: list[Row], links: list[Row]) -> View:
    return open_view(write_small(root, nodes, links), load_policy(), DAY)


def _firms(*names: str) -> list[Row]:
    return [{"uid": name} for name in names]


def _kinds(view: View, one: str = "a", other: str = "b") -> list[str]:
    return [relation.kind for relation in matrix(view, [one, other]).ties[0].relations]


def test_one_person_in_charge_of_both_is_the_strongest_of_all(tmp_path: Path) -> None:
    nodes = [*_firms("a", "b"), {"uid": "p", "label": "Person"}, {"uid": "t", "label": "Phone"}]
    links = [
        _link("REPRESENTS", "p", "a"), _link("REPRESENTS", "p", "b"),
        _link("HAS_PHONE", "a", "t"), _link("HAS_PHONE", "b", "t"),
    ]  # fmt: skip
    [tie] = matrix(_view(tmp_path, nodes, links), ["a", "b"]).ties

    assert [one.kind for one in tie.relations] == ["same_person", "phone"]
    strongest = tie.strongest
    assert strongest is not None
    assert (strongest.between, strongest.legal) == ("p", True)
    assert strongest.links == ("REPRESENTS:p:a", "REPRESENTS:p:b")
    assert tie.relations[1].holders == 2


def test_holdings_control_and_a_common_controller(tmp_path: Path) -> None:
    nodes = _firms("a", "b", "c", "d", "e", "x")
    links = [
        _link("HOLDS_SHARES", "a", "b", share=0.1),
        _link("HOLDS_SHARES", "a", "c", share=0.04),
        _link("HOLDS_SHARES", "a", "x", share=0.6),
        _link("HOLDS_SHARES", "x", "d", share=0.51),
        _link("HOLDS_SHARES", "x", "e", share=0.9),
    ]
    view = _view(tmp_path, nodes, links)

    assert _kinds(view) == ["holding"]
    assert _kinds(view, "a", "c") == ["path"]
    assert _kinds(view, "a", "d") == ["control"]
    assert set(_kinds(view, "d", "e")) == {"same_controller", "management"}
    controlled = matrix(view, ["d", "a"]).ties[0].relations[0]
    assert controlled.links == ("HOLDS_SHARES:x:d",)


def test_the_state_or_a_custodian_behind_both_ties_nobody(tmp_path: Path) -> None:
    nodes = [*_firms("a", "b"), {"uid": "s", "name": "深圳市国资委", "label": "Organ"}]
    links = [_link("HOLDS_SHARES", "s", one, share=0.9) for one in "ab"]
    [tie] = matrix(_view(tmp_path, nodes, links), ["a", "b"]).ties
    assert (tie.relations, tie.state) == ((), "none")


def test_of_shared_things_the_rarer_is_the_stronger_and_the_common_is_told(
    tmp_path: Path,
) -> None:
    others = [f"f{place:02}" for place in range(30)]
    nodes = [
        *_firms("a", "b", *others),
        {"uid": "agent", "label": "Intermediary"},
        {"uid": "home", "label": "Address"},
        {"uid": "mail", "label": "Email"},
        {"uid": "p", "label": "Person"},
    ]
    links = [
        *[_link("HAS_ADDRESS", one, "home") for one in ("a", "b", *others)],
        *[_link("HAS_EMAIL", one, "mail") for one in ("a", "b", *others[:3])],
        *[_link("SERVES", "agent", one) for one in ("a", "b", *others[:9])],
        *[_link("HOLDS_SHARES", "p", one, share=0.2) for one in ("a", "b", "f00")],
    ]
    found = matrix(_view(tmp_path, nodes, links), ["a", "b"])

    said = [(one.kind, one.holders) for one in found.ties[0].relations]
    assert said == [("common_party", 3), ("email", 5), ("agent", 11)]
    assert [(one.kind, one.uid, one.holders) for one in found.common] == [("address", "home", 32)]


def test_bids_together_count_only_beyond_chance_but_are_always_told(tmp_path: Path) -> None:
    tenders = [f"t{place:02}" for place in range(40)]
    nodes = [*_firms("a", "b", "c"), *[{"uid": one, "label": "Tender"} for one in tenders]]
    links = [
        *[_link("BID_IN", one, tender) for one in "ab" for tender in tenders[:6]],
        *[_link("BID_IN", "c", tender) for tender in tenders],
    ]
    view = _view(tmp_path, nodes, links)
    found = matrix(view, ["a", "b", "c"], types=["GUARANTEES"])

    often, chance = found.tie("a", "b"), found.tie("c", "a")
    assert [one.kind for one in often.relations] == ["co_bidding"]
    assert often.met is not None
    assert (often.met.tenders, often.met.alone, often.met.together) == (40, (6, 6), 6)
    # All six of a's among b's six of forty: 1 / C(40, 6).
    assert often.met.p == pytest.approx(1 / 3_838_380)
    assert chance.met is not None
    assert (chance.relations, chance.state, chance.met.together) == ((), "none", 6)


def test_without_a_closer_relation_the_strongest_path_stands_for_the_pair(tmp_path: Path) -> None:
    nodes = _firms("a", "b", "c", "m", "n")
    links = [_link("GUARANTEES", "a", "m"), _link("GUARANTEES", "m", "n"),
             _link("GUARANTEES", "n", "b")]  # fmt: skip
    view = _view(tmp_path, nodes, links)

    found = matrix(view, ["b", "a", "c"])

    path = found.tie("a", "b").relations[0].path
    assert path is not None
    assert path.nodes == ("b", "n", "m", "a")
    assert [tie.state for tie in found.ties] == ["found", "none", "none"]
    assert found.bounds.hops == 4
    assert matrix(view, ["a", "b"], hops=2).ties[0].state == "none"
    assert matrix(view, ["a", "b"], timeout=0).ties[0].state == "timed_out"
    with pytest.raises(AnalysisError, match="is not of this list"):
        found.tie("a", "nobody")


def test_every_pair_says_what_a_search_for_paths_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("graph.analysis.matrix", "graph.analysis.paths"):
        monkeypatch.setattr(f"{name}.MOST_LINKS", 3)
    names = [f"n{place}" for place in range(12)]
    links = [_link("GUARANTEES", names[one], names[(one * 5 + step) % 12])
             for one in range(0, 12, 2) for step in (1, 2)] + [
             _link("GUARANTEES", "n0", one) for one in ("n5", "n7", "n9")]  # fmt: skip
    view = _view(tmp_path, _firms(*names), [one for one in links if one["source"] != one["target"]])

    found = matrix(view, names, hops=3)

    for one, other in combinations(names, 2):
        alone = find_paths(view, one, other, hops=3, order="strongest", limit=1)
        tie = found.tie(one, other)
        assert bool(tie.relations) == bool(alone.paths)
        if not alone.paths and alone.bounds.capped:
            assert tie.state == "capped"


def test_a_list_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = _view(tmp_path, _firms("a", "b", "c"), [])
    with pytest.raises(AnalysisError, match="2 to 200"):
        matrix(view, ["a"])
    with pytest.raises(AnalysisError, match="twice"):
        matrix(view, ["a", "a"])
    with pytest.raises(AnalysisError, match="nobody"):
        matrix(view, ["a", "nobody"])
    monkeypatch.setattr(matrix_module, "MOST_PARTIES", 2)
    with pytest.raises(AnalysisError, match="2 to 2"):
        matrix(view, ["a", "b", "c"])
