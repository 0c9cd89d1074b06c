"""How a canvas is seen: people by their surname alone, parts in all below names."""

from datetime import date
from pathlib import Path

import pytest

from app.canvas.parts import parts_around, with_parts
from app.canvas.veil import Veil, veiled, without_names, without_names_of
from app.presenters.elements import edge_rows, node_rows
from app.presenters.party import basics
from app.presenters.paths import listed_paths
from app.presenters.picture import Look, picture
from app.texts.read import speak
from graph.analysis.network import network
from graph.analysis.party import describe
from graph.analysis.paths import find_paths
from graph.analysis.view import View, open_view
from graph.model import Subgraph
from graph.policy.read import load_policy
from graph.snapshot.reader import Snapshot
from tests.factory import write_small

DAY = date(2026, 11, 23)
NODES = [
    {"uid": "a", "name": "甲公司", "representative_name": "欧阳小明"},
    {"uid": "b", "name": "乙公司"},
    {"uid": "c", "name": "丙公司"},
    {"uid": "p", "name": "张伟", "label": "Person", "former_names": ["张大伟"]},
    {
        "uid": "k",
        "name": "欧阳小明",
        "label": "Person",
        "labels": ["Person", "KeyProfessional", "Party"],
    },
]
LINKS = [
    {"type": "HOLDS_SHARES", "source": "p", "target": "b", "share": 0.9},
    {"type": "HOLDS_SHARES", "source": "b", "target": "a", "share": 0.6},
    {"type": "HOLDS_SHARES", "source": "a", "target": "c", "share": 0.35},
    {"type": "REPRESENTS", "source": "k", "target": "a"},
]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    speak("zh")


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return write_small(tmp_path, NODES, LINKS)


def _around(snapshot: Snapshot) -> Subgraph:
    return network(snapshot, ["a"], hops=2, types=None, as_of=DAY, limit=50)


@pytest.fixture
def view(snapshot: Snapshot) -> View:
    return open_view(snapshot, load_policy(), DAY)


def test_a_surname_is_left_and_its_length_is_not_told() -> None:
    told = {
        "张伟": "张*",
        "张小伟": "张*",
        "欧阳小明": "欧阳*",
        "欧阳": "欧*",
        "SMITH J": "S*",
        "": "",
    }

    assert {name: veiled(name) for name in told} == told


def test_people_alone_are_hidden_in_picture_rows_and_paths(snapshot: Snapshot) -> None:
    drawn = picture(_around(snapshot), Look())
    drawn["families"] = {"p": "张伟", "b": "乙公司"}

    seen = without_names(drawn, Veil(snapshot))

    names = {node["id"]: node["name"] for node in seen["nodes"]}
    assert names == {"a": "甲公司", "b": "乙公司", "c": "丙公司", "p": "张*", "k": "欧阳*"}
    assert seen["families"] == {"p": "张*", "b": "乙公司"}
    every = [edge["id"] for edge in seen["edges"]]
    told = str(node_rows(seen, "zh", list(names))) + str(edge_rows(seen, "zh", every))
    paths = find_paths(open_view(snapshot, load_policy(), DAY), "p", "c").paths
    told += str(listed_paths(paths, Veil(snapshot), "zh"))
    assert "张* —持股 90.00%→ 乙公司" in told
    assert not any(name in told for name in ("张伟", "欧阳小明"))
    # What is drawn stays: the switch is of the eye.
    assert "张伟" in str(drawn)


def test_the_panel_hides_a_name_wherever_it_stands(snapshot: Snapshot) -> None:
    firm, person = (without_names_of(describe(snapshot, uid, DAY), snapshot) for uid in ("a", "p"))

    told = {row["字段"]: row["值"] for row in basics(firm)}
    assert told["名称"] == "甲公司"
    assert told["法定代表人姓名"] == "欧阳*"
    assert firm.names["k"] == "欧阳*"
    told = {row["字段"]: row["值"] for row in basics(person)}
    assert (told["名称"], told["曾用名"]) == ("张*", "张*")


def test_a_second_line_says_who_holds_which_part_in_all_and_who_is_held(
    view: View, snapshot: Snapshot
) -> None:
    found = parts_around(view, snapshot, "a")

    # What nobody discloses may be theirs: each goes from certain to possible.
    assert found == {
        "b": "穿透 60.00%–100.00%",
        "p": "穿透 54.00%–100.00%",
        "c": "被穿透 35.00%–100.00%",
    }
    assert parts_around(view, snapshot, "p")["a"] == "被穿透 54.00%–100.00%"
    assert parts_around(view, snapshot, "nobody") == {}
    drawn = picture(_around(snapshot), Look())
    rows = node_rows(with_parts(drawn, found), "zh", ["a", "p"])
    assert {row["编号"]: row["穿透比例"] for row in rows} == {"a": "", "p": "穿透 54.00%–100.00%"}
