import json
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import pyvis

from app.canvas.component import ASSETS, packed
from app.canvas.events import MOST_NOTE, Message, Sent, read_message
from app.canvas.files import View, visible_part, write
from app.canvas.offline import offline_page
from app.presenters.drawing import wrapped
from app.presenters.elements import edge_rows, node_rows
from app.presenters.layout import ENGINES, HIGH, WIDE, Engine, fan, places
from app.presenters.picture import MOST_NODES, Look, picture
from graph.analysis.marks import Marks
from graph.model import Bounds, Link, Node, Source, Subgraph

EVIL = "</script><img src=x onerror=alert(1)>"
BOUNDS = Bounds(1, (), date(2026, 11, 23), "s1")
DAY = date(2026, 11, 23)


def _part() -> Subgraph:
    nodes = [
        Node(
            "e1",
            "Enterprise",
            ("Enterprise", "Organisation", "Party"),
            "深圳甲科技有限公司深圳分公司办事处",
            {"region": "440305", "established_on": date(2012, 3, 10)},
        ),
        Node("e2", "Enterprise", ("Enterprise", "Intermediary", "Party"), EVIL),
        Node("p1", "Person", ("Person", "Party"), "张三"),
        Node("u1", "UnknownHolder", ("UnknownHolder", "Party"), "未知"),
        Node("a1", "Address", ("Address",), "=1+1"),
    ]
    links = [
        Link("l1", "HOLDS_SHARES", "p1", "e1", properties={"share": 0.6}),
        Link("l2", "REPRESENTS", "p1", "e1", valid_to=date(2020, 1, 1)),
        Link("l3", "GUARANTEES", "e1", "e2", properties={"amount": 12_600_000.0}),
        Link("l4", "POSSIBLY_SAME", "p1", "u1", kind="lead"),
        Link("l5", "HOLDS_POST", "p1", "e2", properties={"post": "director"}),
    ]
    return Subgraph(nodes, links, BOUNDS, {"e2": {"HOLDS_SHARES": 7}})


def _drawn(language: str = "zh") -> dict[str, Any]:
    look = Look(
        language,
        marks={"e1": Marks(active=2, repaired=1, decided=(date(2026, 5, 1),))},
        levels={"e1": ("high", 0.5556), "p1": ("none", 0.0)},
        sources={"l1": [Source("r", "shares", "b", "股东.csv", 7)] * 2},
    )
    return picture(_part(), look)


def test_figures_alone_stand_on_links_and_what_they_are_goes_with_them() -> None:
    edges = {edge["id"]: edge for edge in _drawn()["edges"]}

    assert edges["l1"]["label"] == "60.00%"
    assert edges["l1"]["said"] == [0, 7, 2]
    assert edges["l3"]["label"] == "1,260.00 万元"
    assert "label" not in edges["l2"]
    assert ("kind" in edges["l1"], edges["l4"]["kind"]) == (False, "lead")
    assert edges["l2"]["until"] == "2020-01-01"
    assert edges["l2"]["curve"] == 1
    assert edges["l5"]["post"] == "董事"


def test_a_node_carries_its_sign_level_badges_and_what_is_not_shown() -> None:
    drawn = picture(_part(), Look(), {"p1": {"x": 5.0, "y": 6.0}})
    nodes = {node["id"]: node for node in _drawn()["nodes"]}

    assert nodes["e1"]["badges"] == {"active": 2, "repaired": 1}
    assert (nodes["e1"]["level"], nodes["e1"]["exposure"]) == ("high", "0.556")
    assert nodes["e1"]["region"] == "深圳市"
    assert nodes["e1"]["began"] == "2012-03-10"
    assert nodes["e1"]["decided"] == ["2026-05-01"]
    assert "level" not in nodes["p1"]
    assert nodes["e2"]["more"] == {"HOLDS_SHARES": 7}
    # The sign is that of the role; it is declared once, not once a node.
    assert [nodes[uid]["style"] for uid in ("e1", "e2")] == ["Enterprise", "Intermediary"]
    assert drawn["styles"]["Intermediary"]["shape"] == "square_bar"
    assert (drawn["nodes"][2]["x"], drawn["nodes"][2]["y"]) == (5.0, 6.0)
    assert drawn["types"]["POSSIBLY_SAME"]["title"] == "疑似同一"
    assert _drawn("en")["letters"]["active"] == "D"


def test_a_level_that_is_not_computed_yet_is_neither_a_level_nor_none() -> None:
    drawn = picture(_part(), Look(levels={"p1": ("low", 0.1)}, waiting=frozenset({"e1"})))

    nodes = {node["id"]: node for node in drawn["nodes"]}
    assert nodes["e1"]["wait"]
    assert "level" not in nodes["e1"]
    assert "wait" not in nodes["p1"]
    rows = {row["编号"]: row["传导等级"] for row in node_rows(drawn, "zh", list(nodes))}
    assert (rows["e1"], rows["p1"], rows["a1"]) == ("未计算", "低", "")


def test_more_than_the_canvas_can_hold_is_not_drawn() -> None:
    node = Node("x", "Enterprise", ("Enterprise",), "x")
    part = Subgraph([node] * (MOST_NODES + 1), [], BOUNDS)

    drawn = picture(part, Look())

    assert (drawn["nodes"], drawn["edges"]) == ([], [])


def test_three_hundred_nodes_travel_within_their_budget() -> None:
    names = [f"广东省深圳市恒岭新材料有限公司第{place}分公司" for place in range(300)]
    labels = ("Enterprise", "Organisation", "Party")
    nodes = [
        Node(f"x{place:016x}", "Enterprise", labels, name, {"uscc": "91440300013986040P"})
        for place, name in enumerate(names)
    ]
    links = [
        Link(
            f"l{place:020x}",
            "HOLDS_SHARES",
            nodes[place % 300].uid,
            nodes[(place * 7 + 1) % 300].uid,
            valid_from=date(2020, 1, 1),
            properties={"share": 0.25},
        )
        for place in range(450)
    ]
    said = {link.key: [Source("r", "shares", "b", "股东及出资.csv", 7)] for link in links}
    look = Look(engine="grid", sources=said, levels={node.uid: ("low", 0.1) for node in nodes})

    # 200 KB: screens.md 7.
    assert len(packed(picture(Subgraph(nodes, links, BOUNDS), look))) < 200_000


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_graph_stands_in_the_same_places(engine: Engine) -> None:
    nodes, ends = ["a", "b", "c"], [("a", "b"), ("b", "c"), ("b", "c"), ("c", "gone")]

    first = places(nodes, ends, engine, "a")

    assert set(first) == {"a", "b", "c"}
    assert len(set(first.values())) == 3
    assert first == places(nodes, ends, engine, "a")


def test_layers_run_down_or_to_the_right() -> None:
    down = places(["a", "b"], [("a", "b")], "dot")
    right = places(["a", "b"], [("a", "b")], "left")

    assert down["a"][1] < down["b"][1]
    assert right["a"][0] < right["b"][0]


@pytest.fixture
def _no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


FAMILY = ["top", "a", "b", "c", "below", "alone"]
OWNED = [("top", "a"), ("top", "b"), ("b", "c"), ("c", "b"), ("c", "below"), ("a", "below")]


@pytest.mark.usefixtures("_no_graphviz")
@pytest.mark.parametrize("engine", ENGINES)
def test_without_graphviz_every_layout_has_room_for_all_and_is_the_same_again(
    engine: Engine,
) -> None:
    many = [f"n{place}" for place in range(60)]
    tree = [(many[(place - 1) // 3], one) for place, one in enumerate(many) if place]

    for nodes, ends in ((FAMILY, OWNED), (many, tree), (["one"], [])):
        found = places(nodes, ends, engine, nodes[0])
        assert set(found) == set(nodes)
        spots = list(found.values())
        for number, (x, y) in enumerate(spots):
            for a, b in spots[number + 1 :]:
                assert abs(x - a) >= 0.6 * WIDE or abs(y - b) >= 0.9 * HIGH
        assert found == places(nodes, ends, engine, nodes[0])


@pytest.mark.usefixtures("_no_graphviz")
def test_without_graphviz_holders_stand_above_and_before_what_they_hold() -> None:
    down, right = places(FAMILY, OWNED, "dot"), places(FAMILY, OWNED, "left")

    assert down["top"][1] < down["a"][1] < down["below"][1]
    assert right["top"][0] < right["b"][0] < right["below"][0]
    # A ring of holdings shares a layer.
    assert down["b"][1] == down["c"][1]


@pytest.mark.usefixtures("_no_graphviz")
def test_without_graphviz_a_radial_picture_has_its_root_in_the_middle() -> None:
    found = places(FAMILY, OWNED, "twopi", "c")

    far = {uid: (x**2 + y**2) ** 0.5 for uid, (x, y) in found.items()}
    assert far["c"] == 0
    assert far["b"] == pytest.approx(far["below"], abs=0.2)
    assert far["b"] < far["top"] < far["alone"]


def test_new_nodes_fan_out_where_there_is_room_and_cover_nobody() -> None:
    known = {"m": {"x": 0.0, "y": 0.0}, "w": {"x": -300.0, "y": 0.0}}

    found = fan("m", [f"n{place}" for place in range(50)], known)

    spots = [*found.values(), (0.0, 0.0), (-300.0, 0.0)]
    # The free side is the right one.
    assert found["n0"][0] > 0
    for place, (x, y) in enumerate(spots):
        for a, b in spots[place + 1 :]:
            assert abs(x - a) >= WIDE - 0.2 or abs(y - b) >= HIGH - 0.2


def test_long_names_are_cut_with_a_sign() -> None:
    assert wrapped("一二三四五六七", 3, 2) == "一二三\n四五…"


SENT = Sent({"e1", "e2"}, {"l1"}, {"HOLDS_SHARES"})
EXPAND = {"seq": 5, "name": "expand", "nodes": ["e1"], "edges": [], "args": {"limit": 25}}


def _say(act: object, view: object = None, last: int = 4) -> Message | None:
    said = {"seq": 9, "acts": [act], "view": view or {}}
    return read_message(json.dumps(said), SENT, last)


def test_an_act_is_believed_once_and_with_known_ids_alone() -> None:
    message = _say(EXPAND)

    assert message is not None
    (act,) = message.acts
    assert (act.name, act.nodes, act.args["limit"]) == ("expand", ("e1",), 25)
    assert (act.args["order"], act.args["way"]) == ("exposure", "both")
    again = _say(EXPAND, last=5)
    assert again is not None
    assert again.acts == ()
    assert _say(EXPAND, last=9) is None


def test_an_act_that_was_overtaken_by_another_is_not_lost() -> None:
    later = {**EXPAND, "seq": 6, "nodes": ["e2"]}
    said = {"seq": 9, "acts": [later, EXPAND], "view": {}}

    message = read_message(json.dumps(said), SENT, 4)

    assert message is not None
    assert [act.nodes for act in message.acts] == [("e1",), ("e2",)]


@pytest.mark.parametrize(
    "forged",
    [
        None,
        {"seq": 9, "acts": [], "view": {}},
        "x",
        "[" * 100_000,
        "null",
        "{}",
        '{"seq": true}',
        '{"seq": "9"}',
        '{"seq": 4}',
    ],
)
def test_what_is_no_message_is_none(forged: object) -> None:
    assert read_message(forged, SENT, 4) is None


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "expand",
        {**EXPAND, "seq": True},
        {**EXPAND, "name": "delete"},
        {**EXPAND, "name": ["expand"]},
        {**EXPAND, "nodes": ["other"]},
        {**EXPAND, "nodes": ["e1", "other"]},
        {**EXPAND, "nodes": []},
        {**EXPAND, "nodes": ["e1", "e2"]},
        {**EXPAND, "args": {"limit": 5_000}},
        {**EXPAND, "args": {"limit": True}},
        {**EXPAND, "args": {"order": "uid) DETACH DELETE n"}},
        {**EXPAND, "args": {"types": ["NOT_A_TYPE"]}},
        {**EXPAND, "args": {"types": "HOLDS_SHARES"}},
        {**EXPAND, "args": {"way": ["both"]}},
        {"seq": 5, "name": "layout", "args": {"engine": "../../bin/sh"}},
        {"seq": 5, "name": "export", "args": {"form": "exe"}},
        {"seq": 5, "name": "note", "nodes": ["e1"], "args": {"text": " "}},
        {"seq": 5, "name": "note", "nodes": ["e1"], "args": {"text": "x" * (MOST_NOTE + 1)}},
        {"seq": 5, "name": "whatif", "edges": ["l2"]},
        {"seq": 5, "name": "paths", "nodes": ["e1"]},
    ],
)
def test_a_forged_act_changes_nothing(forged: object) -> None:
    message = _say(forged)

    assert message is not None
    assert message.acts == ()


def test_forged_places_choices_and_filters_are_dropped() -> None:
    view = {
        "nodes": ["e1", 5, "other"],
        "edges": "l1",
        "positions": {
            "e1": {"x": float("nan"), "y": 1},
            "e2": {"x": 1e9, "y": 1},
            "other": {"x": 1, "y": 1},
        },
        "off": ["node:Enterprise", "<script>", 7],
        "groups": [["e1", "Person"], ["other", "Person"], ["e1"], "e1"],
        "filters": {"share": 4, "since": "yesterday", "until": "2026-01-01", "record": "yes"},
        "hidden": ["l1", "other"],
        "zoom": -1,
        "centre": {"x": "0"},
    }

    message = _say(None, view)

    assert message is not None
    seen = message.seen
    assert (seen.nodes, seen.edges, seen.positions) == (("e1",), (), {})
    assert (seen.off, seen.groups) == (("node:Enterprise",), (("e1", "Person"),))
    assert (seen.filters, seen.hidden) == ({"until": "2026-01-01"}, ("l1",))
    assert (seen.zoom, seen.centre) == (None, None)


def test_the_packaged_library_is_that_of_the_wheel_byte_for_byte() -> None:
    wheel = Path(pyvis.__file__).parent / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"

    assert (ASSETS / "vis-network.min.js").read_bytes() == wheel.read_bytes()
    assert "MIT" in (ASSETS / "LICENSE-vis-network.txt").read_text("utf-8")


def test_no_file_of_the_canvas_asks_for_anything_outside_or_writes_markup() -> None:
    own = [path for path in ASSETS.iterdir() if path.suffix in (".js", ".html", ".css")]
    own = [path for path in own if path.name != "vis-network.min.js"]

    assert len(own) > 10
    for path in own:
        content = path.read_text("utf-8")
        for word in ("http", "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
            assert word not in content, path.name
        assert len(content.splitlines()) <= 400


def test_the_offline_page_fetches_nothing_and_shows_names_as_text() -> None:
    page = offline_page(_drawn(), EVIL, ["快照 s1"], DAY)

    assert "快照 s1" in page
    assert "关系：" in page
    assert "border-top:2px dotted" in page
    assert EVIL not in page
    for tag in ('src="http', 'href="http', "src='http", "href='http"):
        assert tag not in page


def _view(language: str = "zh") -> View:
    drawn = visible_part(_drawn(language), ["e1", "p1", "a1"], ["l1", "l2"], {"e1": {"x": 9.0}})
    return View(drawn, "=甲", ["时点 2026-11-23，快照 s1，策略 p1", "关联提示"], DAY, language)


def test_rows_are_what_is_visible_in_both_languages() -> None:
    drawn = _drawn()

    nodes, edges = node_rows(drawn, "zh", ["e1"]), edge_rows(drawn, "zh", ["l1", "l2"])

    assert [row["名称"] for row in nodes] == ["深圳甲科技有限公司深圳分公司办事处"]
    assert (nodes[0]["传导等级"], nodes[0]["有效失信记录"]) == ("高", "2")
    assert [row["来源"] for row in edges] == ["股东.csv 第 7 行 等 2 处", "—"]
    assert [row["期间"] for row in edges] == ["—", "未知 — 2020-01-01"]
    english = edge_rows(_drawn("en"), "en", ["l1"])[0]
    assert (english["Source"], english["Nature"]) == ("股东.csv row 7 and 1 more", "Recorded")


def test_a_csv_holds_what_is_visible_and_cells_are_text() -> None:
    _, _, content = write(_view(), "csv")

    with zipfile.ZipFile(BytesIO(content)) as archive:
        held = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert len(held["nodes.csv"].splitlines()) == 4
    assert len(held["links.csv"].splitlines()) == 3
    assert "'=1+1" in held["nodes.csv"]
    assert "快照 s1" in held["about.csv"]
    assert "'=甲" in held["about.csv"]


def test_a_workbook_keeps_formulas_as_text() -> None:
    _, _, content = write(_view(), "xlsx")

    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
        words = archive.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == 3
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert "=1+1" in words
    assert "策略 p1" in words


def test_graphs_are_read_again_by_their_libraries() -> None:
    graphml = nx.parse_graphml(write(_view(), "graphml")[2].decode(), force_multigraph=True)
    gexf = nx.read_gexf(BytesIO(write(_view(), "gexf")[2]))

    assert set(graphml) == set(gexf) == {"e1", "p1", "a1"}
    assert graphml.number_of_edges() == 2
    assert "快照 s1" in graphml.graph["about"]
    assert b'lastmodifieddate="2026-11-23"' in write(_view(), "gexf")[2]


def test_json_and_pictures_carry_snapshot_and_day() -> None:
    said = json.loads(write(_view(), "json")[2])
    svg = write(_view(), "svg")[2].decode()

    assert [node["id"] for node in said["nodes"]] == ["e1", "p1", "a1"]
    assert said["nodes"][0]["x"] == 9.0
    assert "快照 s1" in said["about"][0]
    assert "快照 s1" in svg
    assert "60.00%" in svg
    # The legend: what is on the picture, and nothing else.
    for words in ("企业", "自然人", "地址", "持股", "法定代表人", "登记事实", "失 有效失信记录"):
        assert f">{words}<" in svg
    assert "中介机构" not in svg
    assert ">Enterprise<" in write(_view("en"), "svg")[2].decode()
    assert write(_view(), "png")[2][:4] == b"\x89PNG"


@pytest.mark.parametrize("form", ["csv", "xlsx", "graphml", "gexf", "json", "html", "svg", "png"])
def test_the_same_view_makes_the_same_bytes(form: str) -> None:
    assert write(_view(), form) == write(_view(), form)


def test_a_party_called_as_markup_stands_as_text_in_every_file() -> None:
    drawn = visible_part(_drawn(), ["e2"], [], {})
    view = View(drawn, EVIL, [EVIL], DAY)

    for form in ("graphml", "gexf", "svg", "html"):
        assert "<img src=x" not in write(view, form)[2].decode()
