"""Paths and surroundings: what is found, what is passed over, and how far was looked."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.presenters.paths import none_found, stop_sentence
from graph.analysis import paths as paths_module
from graph.analysis.network import MOST_AT_ONCE, network
from graph.analysis.party import describe
from graph.analysis.paths import find_paths, path_types
from graph.analysis.search import ambiguous, search
from graph.analysis.view import View, open_view
from graph.errors import AnalysisError, SnapshotError
from graph.policy.read import load_policy
from tests.factory import write_small

DAY = date(2026, 11, 23)


def _holds(source: str, target: str, share: float = 0.6, **more: object) -> Mapping[str, Any]:
    return {"type": "HOLDS_SHARES", "source": source, "target": target, "share": share, **more}


def _view(root: Path, nodes: list[Mapping[str, Any]], links: list[Mapping[str, Any]]) -> View:
    return open_view(write_small(root, nodes, links), load_policy(), DAY)


def _firms(names: str) -> list[Mapping[str, Any]]:
    return [{"uid": name} for name in names]


def test_shortest_first_and_of_one_length_the_strongest(tmp_path: Path) -> None:
    links = [
        _holds("a", "b", 0.9), _holds("b", "z", 0.9),
        _holds("a", "c", 0.1), _holds("c", "z", 0.1),
        _holds("a", "d"), _holds("d", "e"), _holds("e", "z"),
    ]  # fmt: skip
    view = _view(tmp_path, _firms("abcdez"), links)

    found = find_paths(view, "a", "z")

    assert [path.nodes for path in found.paths] == [
        ("a", "b", "z"),
        ("a", "c", "z"),
        ("a", "d", "e", "z"),
    ]
    assert found.paths[0].strength > found.paths[1].strength
    assert (found.bounds.capped, found.bounds.timed_out) == (False, False)
    assert [path.nodes for path in find_paths(view, "a", "z", hops=2).paths] == [
        ("a", "b", "z"),
        ("a", "c", "z"),
    ]
    assert len(find_paths(view, "a", "z", limit=1).paths) == 1


def test_a_link_is_walked_against_its_arrow_too(tmp_path: Path) -> None:
    view = _view(tmp_path, _firms("abz"), [_holds("b", "a"), _holds("b", "z")])
    assert [path.nodes for path in find_paths(view, "a", "z").paths] == [("a", "b", "z")]


def test_none_found_says_what_was_searched(tmp_path: Path) -> None:
    view = _view(tmp_path, _firms("abz"), [_holds("a", "b"), _holds("b", "z")])

    short = find_paths(view, "a", "z", hops=1)
    other = find_paths(view, "a", "z", types=["GUARANTEES"])
    itself = find_paths(view, "a", "a")

    assert (short.paths, short.bounds.hops, short.state) == ((), 1, "none")
    assert other.bounds.types == ("GUARANTEES",)
    assert (other.paths, itself.paths) == ((), ())
    assert short.bounds.as_of == DAY


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    view = _view(tmp_path, _firms("ab"), [_holds("a", "b")])
    with pytest.raises(AnalysisError, match="1 to 6"):
        find_paths(view, "a", "b", hops=7)
    with pytest.raises(AnalysisError, match="KNOWS"):
        find_paths(view, "a", "b", types=["KNOWS"])
    with pytest.raises((AnalysisError, SnapshotError), match="nobody"):
        find_paths(view, "a", "nobody")


def test_a_state_holder_ends_a_path_but_is_not_walked_through(tmp_path: Path) -> None:
    nodes = [*_firms("az"), {"uid": "s", "name": "深圳市国资委", "label": "Organ"}]
    view = _view(tmp_path, nodes, [_holds("s", "a"), _holds("s", "z")])

    none = find_paths(view, "a", "z")
    assert (none.paths, none.state) == ((), "none")
    assert [stop_sentence(one, view.snapshot) for one in none.stops] == [
        "深圳市国资委：国家机关不传导"
    ]
    assert len(find_paths(view, "a", "s").paths) == 1


def test_a_party_with_too_many_links_is_passed_over_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths_module, "MOST_LINKS", 2)
    links = [_holds(name, "h") for name in "abcz"]
    view = _view(tmp_path, _firms("abchz"), links)

    found = find_paths(view, "a", "z")

    assert found.paths == ()
    assert found.state == "capped"
    assert found.bounds.left_out >= 3


def test_a_search_stops_at_its_bounds_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [_holds("a", one) for one in "bcde"] + [_holds(one, "z") for one in "bcde"]
    view = _view(tmp_path, _firms("abcdez"), links)

    monkeypatch.setattr(paths_module, "MOST_STEPS", 6)
    few = find_paths(view, "a", "z")
    assert (len(few.paths), few.bounds.capped) == (2, True)

    monkeypatch.setattr(paths_module, "MOST_NODES", 2)
    assert find_paths(view, "a", "z").bounds.capped


def test_none_not_searched_out_of_time_and_cut_off_are_four_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [_holds(name, "h") for name in "abcz"] + [_holds("x", "y")]
    view = _view(tmp_path, _firms("abchxyz"), links)

    none = find_paths(view, "a", "x")
    off = find_paths(view, "a", "z", types=["GUARANTEES"])
    shut = find_paths(view, "a", "z", without_nodes=["h"])
    late = find_paths(view, "a", "z", timeout=0)
    monkeypatch.setattr(paths_module, "MOST_LINKS", 2)
    crowded = find_paths(view, "a", "z")

    assert [one.state for one in (none, off, shut, late, crowded)] == [
        "none", "not_searched", "not_searched", "timed_out", "capped",
    ]  # fmt: skip
    assert late.bounds.timed_out
    assert "HOLDS_SHARES" in off.off
    assert [(stop.uid, stop.reason, stop.links) for stop in crowded.stops] == [
        ("h", "supernode", 4)
    ]
    words = [none_found(one).split("：")[0] for one in (none, off, late, crowded)]
    assert words == ["未发现", "未检索", "超时", "已截断"]
    assert len({none_found(one, "en").split(":")[0] for one in (none, off, late, crowded)}) == 4
    assert stop_sentence(crowded.stops[0], view.snapshot) == "h：关系方 4 个，过多，未穿过"


def test_a_supernode_beside_one_end_alone_leaves_the_answer_conclusive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths_module, "MOST_LINKS", 2)
    links = [_holds(name, "h") for name in "abc"] + [_holds("y", "z")]
    one = find_paths(_view(tmp_path / "1", _firms("abchyz"), links), "a", "z")
    more = [*links, *[_holds(name, "k") for name in "xyz"], _holds("h", "k")]
    two = find_paths(_view(tmp_path / "2", _firms("abchkxyz"), more), "a", "z")

    assert (one.state, two.state) == ("none", "capped")


def test_an_end_cannot_be_left_out_and_wrong_exclusions_are_refused(tmp_path: Path) -> None:
    view = _view(tmp_path, _firms("abz"), [_holds("a", "b"), _holds("b", "z")])
    with pytest.raises(AnalysisError, match="is an end"):
        find_paths(view, "a", "z", without_nodes=["a"])
    with pytest.raises(AnalysisError, match="nothing"):
        find_paths(view, "a", "z", without_links=["nothing"])
    with pytest.raises(AnalysisError, match="shortest, strongest, verifiable"):
        find_paths(view, "a", "z", order="nicest")
    with pytest.raises(AnalysisError, match="leave no type"):
        path_types(["GUARANTEES"], ["GUARANTEES"])
    assert "GUARANTEES" not in path_types(None, ["GUARANTEES"])


def test_links_of_another_time_are_not_walked(tmp_path: Path) -> None:
    ended = _holds("a", "b", valid_from=date(2010, 1, 1), valid_to=date(2020, 1, 1))
    view = _view(tmp_path, _firms("ab"), [ended])
    assert find_paths(view, "a", "b").paths == ()


def test_surroundings_count_what_they_do_not_show(tmp_path: Path) -> None:
    many = [f"k{place:03}" for place in range(MOST_AT_ONCE + 10)]
    links = [_holds("a", one) for one in many] + [_holds(many[0], "far")]
    snapshot = write_small(tmp_path, [{"uid": one} for one in ["a", "far", *many]], links)

    def around(hops: int, limit: int = 300):  # noqa: ANN202
        return network(snapshot, ["a"], hops=hops, types=None, as_of=DAY, limit=limit)

    first = around(1)
    assert len(first.nodes) == MOST_AT_ONCE + 1
    assert first.bounds.capped
    assert first.more["a"] == {"HOLDS_SHARES": 10}
    assert first.bounds.left_out == 11
    assert "far" in {node.uid for node in around(2).nodes}
    assert len(around(2, limit=5).nodes) == 5
    assert [node.uid for node in around(0).nodes] == ["a"]


def test_surroundings_of_unknown_parties_or_types_are_refused(tmp_path: Path) -> None:
    snapshot = write_small(tmp_path, _firms("ab"), [_holds("a", "b")])
    known: dict[str, Any] = {"hops": 1, "as_of": None, "limit": 10}
    with pytest.raises(AnalysisError, match="nobody"):
        network(snapshot, ["nobody"], types=None, **known)
    with pytest.raises(AnalysisError, match="KNOWS"):
        network(snapshot, ["a"], types=["KNOWS"], **known)
    assert len(network(snapshot, ["a"], types=["HOLDS_SHARES"], **known).links) == 1


def test_a_derived_link_stands_on_the_rows_of_its_engagements(tmp_path: Path) -> None:
    nodes = [
        {"uid": "a"},
        {"uid": "c"},
        {"uid": "g", "label": "Engagement", "record_id": "r1", "document_number": "X1"},
    ]
    links = [
        {"type": "PERFORMED", "source": "a", "target": "g"},
        {"type": "ENGAGED_FOR", "source": "g", "target": "c"},
    ]
    found = describe(write_small(tmp_path, nodes, links), "a", DAY)

    derived = [link for link in found.links if link.type == "SERVES"]
    assert [link.properties["via"] for link in derived] == [("g",)]
    # No mention in this small snapshot: the row is not known, and nothing is made up.
    assert found.link_sources[derived[0].key] == []


def test_search_by_name_former_name_and_code_with_the_reason(tmp_path: Path) -> None:
    nodes = [
        {"uid": "a", "name": "深圳恒岭新材料有限公司", "uscc": "914403001922038216"},
        {"uid": "b", "name": "佛山壳岭贸易有限公司", "former_names": ["佛山岭丰食品有限公司"]},
        {"uid": "c", "name": "恒岭"},
    ]
    snapshot = write_small(tmp_path, nodes)

    def first(text: str) -> tuple[str, str]:
        found = search(snapshot, text, 5)
        return (found[0].uid, found[0].reason) if found else ("", "")

    assert first("深圳恒岭新材料有限公司")[0] == "a"
    assert first("914403001922038216")[0] == "a"
    assert first("佛山岭丰食品有限公司")[0] == "b"
    assert {one.uid for one in search(snapshot, "恒岭", 5)} >= {"a", "c"}
    assert search(snapshot, "没有", 5) == []
    assert len(search(snapshot, "岭", 1)) <= 1


def test_search_forgives_what_a_person_mistypes(tmp_path: Path) -> None:
    nodes = [
        {"uid": "a", "name": "深圳恒岭新材料有限公司"},
        {"uid": "b", "name": "广州恒岭新材料有限公司"},
        {"uid": "c", "name": "佛山壳岭贸易有限公司"},
        {"uid": "p", "name": "陈志伟", "label": "Person"},
    ]
    snapshot = write_small(tmp_path, nodes)

    def reasons(text: str) -> list[tuple[str, str]]:
        return [(one.uid, one.reason) for one in search(snapshot, text, 3)]

    assert reasons("深圳恒玲新材料有限公司")[0] == ("a", "similar")
    assert reasons("深圳恒岭")[0] == ("a", "begins")
    assert reasons("壳岭商贸")[0] == ("c", "similar")
    assert reasons("chenzhiwei") == [("p", "pinyin")]
    assert ("c", "pinyin_in") in reasons("keling")
    # Nobody is found by a name that is nearly a person's.
    assert reasons("陈志炜") == []
    assert ambiguous(search(snapshot, "恒岭新材", 3))
    assert not ambiguous(search(snapshot, "深圳恒岭新材", 3))
