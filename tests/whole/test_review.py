"""From a lead to a judgement to the graph and back, as a person at the command line does it."""

import json
from pathlib import Path

import pytest

from tests.conftest import Xinmai

REGISTER = "企业名称,统一社会信用代码,注册号,曾用名,登记状态,住所\n"
PENALTY = "行政相对人名称,统一社会信用代码,行政处罚决定书文号,处罚类别,处罚决定日期,处罚机关\n"
FIRM, WRITTEN = "深圳市甲乙丙科技有限公司", "深圳市甲乙丙科技有限公同"
CODES = ("914403001922038216", "91440300192203821X")
# What is rare is told by others.
OTHERS = [
    f"{city}市{brand}{trade}有限公司"
    for city in ("深圳", "广州", "佛山", "中山")
    for brand in ("恒裕", "金穗", "华岭", "瑞丰", "宏图", "天朗")
    for trade in ("科技", "贸易")
]


@pytest.fixture
def workspace(xinmai: Xinmai, tmp_path: Path) -> Path:
    """A workspace in which one penalty stands under a misspelt name."""
    rows = [f"{FIRM},{CODES[0]},,,存续,\n", *(f"{name},,,,存续,\n" for name in OTHERS)]
    (tmp_path / "市场主体登记.csv").write_text(REGISTER + "".join(rows), "utf-8")
    text = f"{PENALTY}{WRITTEN},,粤罚〔2026〕1号,罚款,2026-10-06,某局\n"
    (tmp_path / "行政处罚.csv").write_text(text, "utf-8")
    made = tmp_path / "w"
    loaded = xinmai("load", *sorted(tmp_path.glob("*.csv")), "--json", workspace=made)
    assert json.loads(loaded.out)["review"] == 1
    return made


def test_a_judgement_joins_and_taking_it_back_gives_the_same_snapshot(
    xinmai: Xinmai, workspace: Path
) -> None:
    listed = json.loads(xinmai("review", "list", "--json", workspace=workspace).out)
    pair = listed["pairs"][0]
    assert {pair["one_name"], pair["other_name"]} == {FIRM, WRITTEN}
    assert (listed["all"], sorted(pair["records"])) == (1, [0, 1])
    before = json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"]

    shown = json.loads(xinmai("review", "show", FIRM, WRITTEN, "--json", workspace=workspace).out)
    change = shown["if_same"]
    assert (shown["verdict"], len(change["before"]), len(change["after"])) == ("lead", 2, 1)
    assert sorted(side["records"] for side in change["before"]) == [0, 1]
    assert (change["after"][0]["records"], change["after"][0]["rows"]) == (1, 2)
    assert change["after"][0]["own"] == max(side["own"] for side in change["before"]) > 0
    said = xinmai("review", "show", FIRM, WRITTEN, workspace=workspace).out
    assert "# 若判定同一" in said
    assert "不得据此采取措施" in said
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] == before
    assert not list(workspace.glob(".preview-*"))

    why = ("--reason", "营业执照核对一致", "--author", "张三")
    made = xinmai("review", "decide", FIRM, WRITTEN, "same", *why, workspace=workspace)
    assert made.out.startswith("1\t")
    assert "load --rebuild" in made.err
    denied = xinmai("review", "decide", FIRM, WRITTEN, "different", *why, workspace=workspace)
    assert (denied.code, "is denied by no. 1" in denied.err) == (2, True)
    assert xinmai("load", "--rebuild", workspace=workspace).code == 0

    shown = json.loads(xinmai("show", FIRM, "--json", workspace=workspace).out)
    assert len(shown["records"]) == 1
    assert "人工判定同一" in xinmai("how", FIRM, workspace=workspace).out

    back = xinmai("review", "undo", "1", "--author", "李四", "--apply", workspace=workspace)
    assert back.code == 0
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] == before
    told = xinmai("review", "list", "--judged", workspace=workspace).out
    assert "taken back" in told
    assert "李四" in told


def test_what_was_judged_different_is_no_lead_and_unsure_stays_one(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    rows = (
        f"one,other,decision,author,reason\n{FIRM},{WRITTEN},unsure,张三,存疑\n某人,某某,same,a,b\n"
    )
    (tmp_path / "判定.txt").write_text(rows, "utf-8")
    taken = xinmai("review", "import", tmp_path / "判定.txt", workspace=workspace)
    assert taken.code == 1
    assert "row 3" in taken.err
    assert "1 judgements taken, 1 refused" in taken.err
    listed = json.loads(xinmai("review", "list", "--json", workspace=workspace).out)
    assert [pair["state"] for pair in listed["pairs"]] == ["unsure"]

    why = ("--reason", "地址不同", "--apply")
    assert (
        xinmai("review", "decide", FIRM, WRITTEN, "different", *why, workspace=workspace).code == 0
    )
    assert json.loads(xinmai("review", "list", "--json", workspace=workspace).out)["all"] == 0

    out = tmp_path / "handed.csv"
    assert xinmai("review", "export", "--out", out, workspace=workspace).code == 0
    again = xinmai("review", "import", out, workspace=workspace)
    assert "2 judgements taken" in again.err
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("one,other\na,b\n", "utf-8")
    refused = xinmai("review", "import", lacking, workspace=workspace)
    assert (refused.code, "decision, author, reason" in refused.err) == (2, True)
