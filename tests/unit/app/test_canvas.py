from datetime import date
from pathlib import Path

import pytest
import pyvis

from app.canvas.component import ASSETS
from app.canvas.events import read_event
from app.canvas.offline import offline_page
from app.presenters.drawing import wrapped
from app.presenters.layout import places
from app.presenters.picture import MOST_NODES, Look, picture
from graph.model import Bounds, Link, Node, Subgraph

EVIL = "</script><img src=x onerror=alert(1)>"
BOUNDS = Bounds(1, (), date(2026, 11, 23), "s1")


def _part() -> Subgraph:
    nodes = [
        Node(
            "e1",
            "Enterprise",
            ("Enterprise", "Organisation", "Party"),
            "深圳甲科技有限公司深圳分公司办事处",
        ),
        Node("e2", "Enterprise", ("Enterprise", "Intermediary"), EVIL),
        Node("p1", "Person", ("Person", "Party"), "张三"),
        Node("u1", "UnknownHolder", ("UnknownHolder", "Party"), "未知"),
        Node("a1", "Address", ("Address",), "深圳市南山区"),
    ]
    links = [
        Link("l1", "HOLDS_SHARES", "p1", "e1", properties={"share": 0.6}),
        Link("l2", "REPRESENTS", "p1", "e1", valid_to=date(2020, 1, 1)),
        Link("l3", "GUARANTEES", "e1", "e2", properties={"amount": 12_600_000.0}),
        Link("l4", "POSSIBLY_SAME", "p1", "u1", kind="lead"),
        Link("l5", "HOLDS_POST", "p1", "e2", properties={"post": "director"}),
    ]
    return Subgraph(nodes, links, BOUNDS, {"e2": {"HOLDS_SHARES": 7}})


def test_figures_alone_stand_on_links_and_kinds_are_told_by_line() -> None:
    drawn = picture(_part(), Look(), {})
    edges = {edge["id"]: edge["vis"] for edge in drawn["edges"]}

    assert edges["l1"]["label"] == "60.00%"
    assert edges["l3"]["label"] == "1,260.00 万元"
    assert "label" not in edges["l2"]
    assert (edges["l1"]["dashes"], edges["l4"]["dashes"]) == (False, [2, 4])
    assert edges["l2"]["width"] < edges["l1"]["width"]
    assert "smooth" in edges["l2"]


def test_a_node_says_its_name_records_and_what_is_not_shown() -> None:
    drawn = picture(_part(), Look(records={"e1": 2}), {"p1": {"x": 5.0, "y": 6.0}})
    nodes = {node["id"]: node for node in drawn["nodes"]}

    assert nodes["e1"]["vis"]["label"] == "深圳甲科技有限公司深\n圳分公司办事处\n失 2"
    assert nodes["e2"]["vis"]["label"].endswith("+7")
    assert nodes["e2"]["more"] == {"HOLDS_SHARES": 7}
    assert (nodes["p1"]["x"], nodes["p1"]["y"]) == (5.0, 6.0)
    assert nodes["e1"]["party"]
    assert not nodes["a1"]["party"]
    assert {entry["kind"] for entry in drawn["legend"]} >= {"Enterprise", "HOLDS_SHARES"}
    english = picture(_part(), Look(language="en", records={"e1": 2}), {})
    assert english["nodes"][0]["vis"]["label"].endswith("D 2")


def test_more_than_the_canvas_can_hold_is_not_drawn() -> None:
    node = Node("x", "Enterprise", ("Enterprise",), "x")
    part = Subgraph([node] * (MOST_NODES + 1), [], BOUNDS)

    assert picture(part, Look(), {}) == {"nodes": [], "edges": [], "legend": []}


@pytest.mark.parametrize("engine", ["sfdp", "dot", "twopi"])
def test_the_same_graph_stands_in_the_same_places(engine: str) -> None:
    nodes, ends = ["a", "b", "c"], [("a", "b"), ("b", "c"), ("b", "c"), ("c", "gone")]

    first = places(nodes, ends, engine, "a")  # type: ignore[arg-type]

    assert set(first) == {"a", "b", "c"}
    assert first == places(nodes, ends, engine, "a")  # type: ignore[arg-type]


def test_without_graphviz_things_stand_somewhere_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")

    found = places(["a", "b"], [("a", "b")])

    assert set(found) == {"a", "b"}
    assert found["a"] != found["b"]


def test_long_names_are_cut_with_a_sign() -> None:
    assert wrapped("一二三四五六七", 3, 2) == "一二三\n四五…"


SAID = {"seq": 5, "name": "expand", "id": "e1", "positions": {"e1": {"x": 1, "y": 2}}}


def test_an_event_is_believed_once_and_with_known_ids_alone() -> None:
    event = read_event(SAID, ["e1"], 4)

    assert event is not None
    assert (event.name, event.id, event.positions) == ("expand", "e1", {"e1": {"x": 1.0, "y": 2.0}})
    assert read_event(SAID, ["e1"], 5) is None


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "expand",
        {},
        {**SAID, "seq": True},
        {**SAID, "seq": "9"},
        {**SAID, "name": "delete"},
        {**SAID, "id": "other"},
        {**SAID, "id": None},
    ],
)
def test_a_forged_event_changes_nothing(forged: object) -> None:
    assert read_event(forged, ["e1"], 0) is None


def test_forged_places_and_choices_are_dropped() -> None:
    wild = {"e1": {"x": float("nan"), "y": 1}, "e2": {"x": 1e9, "y": 1}, "other": {"x": 1, "y": 1}}
    said = {"seq": 1, "name": "select", "nodes": ["e1", 5, "other"], "edges": "l1"}

    event = read_event({**said, "positions": wild}, ["e1", "e2", "l1"], 0)
    assert event is not None
    assert (event.nodes, event.edges, event.positions) == (("e1",), (), {})
    other = read_event({**said, "positions": [1]}, ["e1"], 0)
    assert other is not None
    assert other.positions == {}


def test_the_packaged_library_is_that_of_the_wheel_byte_for_byte() -> None:
    wheel = Path(pyvis.__file__).parent / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"

    assert (ASSETS / "vis-network.min.js").read_bytes() == wheel.read_bytes()
    assert "MIT" in (ASSETS / "LICENSE-vis-network.txt").read_text("utf-8")


def test_no_file_of_the_canvas_asks_for_anything_outside() -> None:
    for name in ("index.html", "canvas.js", "model.js", "streamlit.js", "canvas.css"):
        assert "http" not in (ASSETS / name).read_text("utf-8")


def test_the_offline_page_fetches_nothing_and_shows_names_as_text() -> None:
    page = offline_page(picture(_part(), Look(), {}), EVIL, "快照 s1")

    assert "快照 s1" in page
    assert EVIL not in page
    for tag in ('src="http', 'href="http', "src='http", "href='http"):
        assert tag not in page
