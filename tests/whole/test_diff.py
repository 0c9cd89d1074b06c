"""xinmai diff: what came, went and changed, with files and rows, and which conclusions with it."""

import json
from pathlib import Path

import networkx as nx
import polars as pl
import pytest

from tests.conftest import Xinmai

NODES = """uid,label,name,region
a,Enterprise,深圳甲一建设有限公司,440300
b,Enterprise,深圳乙二建设有限公司,440300
p,Person,张三,
q,Person,李四,
"""
EDGES = """key,source,target,type,share
k1,p,a,HOLDS_SHARES,0.6
k2,a,b,HOLDS_SHARES,0.6
k3,q,b,GUARANTEES,
"""
AS_OF = ("--as-of", "2026-11-23")


def _load(xinmai: Xinmai, folder: Path, name: str, **texts: str) -> None:
    room = folder / name
    room.mkdir()
    words: list[object] = []
    for table, text in texts.items():
        (room / f"{name}_{table}.csv").write_text(text, "utf-8")
        words += [f"--{table}", room / f"{name}_{table}.csv"]
    ran = xinmai("import", *words, "--no-publish", workspace=folder / "w")
    assert ran.code == 0, ran.err


@pytest.fixture
def house(xinmai: Xinmai, tmp_path: Path) -> Path:
    _load(xinmai, tmp_path, "one", nodes=NODES, edges=EDGES)
    return tmp_path


def test_values_before_and_after_with_file_and_row_and_what_follows(
    xinmai: Xinmai, house: Path
) -> None:
    alone = xinmai("diff", workspace=house / "w")
    assert alone.code == 2
    assert "is the only snapshot that is kept" in alone.err

    _load(
        xinmai, house, "two",
        nodes="uid,label,name,region\nc,Enterprise,深圳丙三建设有限公司,440300\n",
        edges="key,source,target,type,share\nk1,p,a,HOLDS_SHARES,0.3\nk4,q,a,HOLDS_SHARES,0.7\n",
        records="record_id,subject,class,severity,status,decided_on\n"
        "r1,q,court_defaulter,,active,2026-01-01\n",
    )  # fmt: skip
    ran = xinmai("diff", "--json", *AS_OF, workspace=house / "w")

    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["counts"]["links"] == {"added": 1, "removed": 0, "changed": 1, "restated": 0}
    states = {(one["what"], one["id"]): one for one in found["changes"]}
    k1 = states["link", "k1"]
    assert {one["property"]: (one["before"], one["after"]) for one in k1["values"]}["share"] == (
        0.6, 0.3,
    )  # fmt: skip
    assert k1["before"][0] == {"file": "one_edges.csv", "row": 2}
    assert {"file": "two_edges.csv", "row": 2} in k1["after"]
    assert states["node", "c"]["state"] == "added"
    assert states["record", "r1"]["ends"] == ["q"]
    told = {one["uid"]: one for one in found["conclusions"]}
    assert told["a"]["controller"] == ["p", "q"]
    assert {"k1", "k4"} <= set(told["a"]["because"])
    assert told["b"]["level"][0] == "none"
    assert told["b"]["level"][1] != "none"
    assert "r1" in told["b"]["because"]
    assert found["bounds"]["looked"] >= 4

    words = xinmai("diff", *AS_OF, workspace=house / "w")
    assert "持股比例\t60.00%\t30.00%\tone_edges.csv 第 2 行" in words.out
    assert "控制人 张三 → 李四" in words.out
    assert "较远的主体" in words.out
    assert "保留的快照 2 个" in words.err


def test_the_difference_turns_round_and_goes_into_files(xinmai: Xinmai, house: Path) -> None:
    first = (house / "w" / "current").read_text("utf-8").strip()
    _load(xinmai, house, "two", nodes="uid,label,name\nc,Enterprise,丙\n",
          edges="key,source,target,type,share\nk9,c,a,HOLDS_SHARES,0.1\n")  # fmt: skip
    second = (house / "w" / "current").read_text("utf-8").strip()

    back = json.loads(xinmai("diff", second, first, "--json", *AS_OF, workspace=house / "w").out)
    assert back["counts"]["nodes"]["removed"] == 1
    assert {one["id"] for one in back["changes"]} == {"c", "k9"}
    for name in ("d.csv", "d.xlsx", "d.graphml"):
        assert xinmai("diff", "--out", house / name, *AS_OF, workspace=house / "w").code == 0
    assert "k9" in (house / "d.csv").read_text("utf-8-sig")
    assert list(pl.read_excel(house / "d.xlsx", sheet_id=0)) == ["变化", "结论", "计数"]
    graph = nx.read_graphml(house / "d.graphml")
    assert graph.nodes["c"]["state"] == "added"
    assert graph.nodes["a"]["state"] == "kept"
    assert graph.edges["c", "a"]["id"] == "k9"

    wrong = xinmai("diff", "--out", "d.pdf", workspace=house / "w").err
    # Before anything is compared: on a whole province that takes minutes.
    assert wrong == "xinmai: --out: 'd.pdf' must end in one of .csv, .xlsx, .graphml\n"
    wrong = xinmai("diff", "zzz", workspace=house / "w")
    assert wrong.code == 2
    assert "kept are 2" in wrong.err


def test_several_controllers_are_named_and_are_not_nobody(xinmai: Xinmai, house: Path) -> None:
    _load(xinmai, house, "two", nodes="uid,label,name\ns,Person,王五\n",
          edges="key,source,target,type,share\nk9,s,a,HOLDS_SHARES,0.55\n")  # fmt: skip
    found = json.loads(xinmai("diff", "--json", *AS_OF, workspace=house / "w").out)
    (told,) = [one for one in found["conclusions"] if one["uid"] == "a"]
    assert told["controllers"] == [
        {"status": "found", "named": ["p"]}, {"status": "several", "named": ["p", "s"]}
    ]  # fmt: skip
    assert told["because"] == ["k9"]
    words = xinmai("diff", *AS_OF, workspace=house / "w").out
    assert "控制人 张三 → 多方（张三、王五）\t因：k9" in words


def test_controllers_of_one_name_are_told_apart(xinmai: Xinmai, house: Path) -> None:
    edges = "key,source,target,type,share\nk1,p,a,HOLDS_SHARES,0.3\nk9,s,a,HOLDS_SHARES,0.7\n"
    _load(xinmai, house, "two", nodes="uid,label,name\ns,Person,张三\n", edges=edges)
    words = xinmai("diff", *AS_OF, workspace=house / "w").out
    assert "控制人 张三 p → 张三 s\t因：k1、k9" in words


def test_the_same_twice_differs_in_nothing(xinmai: Xinmai, house: Path) -> None:
    current = (house / "w" / "current").read_text("utf-8").strip()
    found = json.loads(xinmai("diff", current, current, "--json", workspace=house / "w").out)
    assert found["changes"] == []
    assert found["conclusions"] == []
