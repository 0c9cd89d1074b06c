"""From a lead to a judgement to the graph and back, as a person at the command line does it."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from graph.store.running import stop_engine
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


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which one penalty stands under a misspelt name, published, nobody at work."""
    folder = tmp_path_factory.mktemp("review")
    rows = [f"{FIRM},{CODES[0]},,,存续,\n", *(f"{name},,,,存续,\n" for name in OTHERS)]
    (folder / "市场主体登记.csv").write_text(REGISTER + "".join(rows), "utf-8")
    text = f"{PENALTY}{WRITTEN},,粤罚〔2026〕1号,罚款,2026-10-06,某局\n"
    (folder / "行政处罚.csv").write_text(text, "utf-8")
    made = folder / "w"
    with closing(open_services(read_settings({}, made), create=True)) as house:
        files = sorted(folder.glob("*.csv"))
        done = house.load(files, None, to_store=True, progress=repr)
    assert done.counts["leads"] == 1
    stop_engine(made / "graph")
    return made


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(loaded, tmp_path / "w"))


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
    how = xinmai("how", FIRM, workspace=workspace).out
    assert "人工判定同一" in how
    assert "第 1 号判定" in how
    assert "张三" in how
    assert "营业执照核对一致" in how

    back = xinmai("review", "undo", "1", "--author", "李四", "--apply", workspace=workspace)
    assert back.code == 0
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] == before
    told = xinmai("review", "list", "--judged", workspace=workspace).out
    assert "撤回" in told
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
    assert "第 3 行" in taken.err
    assert "采纳判定 1 条，未接收 1 条" in taken.err
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
    assert "采纳判定 0 条，此前已有 2 条，未接收 0 条" in again.err
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("one,other\na,b\n", "utf-8")
    refused = xinmai("review", "import", lacking, workspace=workspace)
    assert (refused.code, "decision, author, reason" in refused.err) == (2, True)


def test_what_is_handed_over_is_run_by_no_spreadsheet_and_comes_in_as_it_was(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    formula, quoted = '=HYPERLINK("http://x","甲")', "'是"
    why = ("--author", formula, "--reason", quoted)
    assert xinmai("review", "decide", FIRM, WRITTEN, "unsure", *why, workspace=workspace).code == 0
    out = tmp_path / "handed.csv"
    assert xinmai("review", "export", "--out", out, workspace=workspace).code == 0
    assert ',"=' not in out.read_text("utf-8-sig")

    assert xinmai("review", "undo", "1", workspace=workspace).code == 0
    text = out.read_text("utf-8-sig")
    assert xinmai("review", "import", out, workspace=workspace).code == 0

    assert text.count(formula.replace('"', '""')) == 1
    listed = json.loads(xinmai("review", "list", "--judged", "--json", workspace=workspace).out)
    assert [(one["author"], one["reason"]) for one in listed] == [(formula, quoted)] * 2
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    nowhere = xinmai("review", "export", "--out", folder, workspace=workspace)
    assert (nowhere.code, f"'{folder}' cannot be written" in nowhere.err) == (2, True)
    other = tmp_path / "handed.xlsx"
    refused = xinmai("review", "export", "--out", other, workspace=workspace)
    assert (refused.code, "'handed.xlsx' must end in one of .csv" in refused.err) == (2, True)
    assert not other.exists()


def test_rows_of_an_import_are_refused_one_by_one_with_thing_value_and_rule(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    rows = [
        "one,other,decision,author,reason",
        f"{FIRM},{WRITTEN},perhaps,张三,原件",
        f"{FIRM},{WRITTEN},same,,原件",
        f"{FIRM},{WRITTEN},same,张三,",
        f"{FIRM},{FIRM},same,张三,原件",
        f"{FIRM},{'长' * 10_000},same,张三,原件",
        "，。,！,same,张三,原件",
        f"{FIRM},{WRITTEN}",
        f"{FIRM},{OTHERS[0]},different,张三,原件",
        f"{FIRM},{OTHERS[0]},same,张三,原件",
    ]
    (tmp_path / "判定").write_bytes("\n".join(rows).encode("gb18030"))

    taken = xinmai("review", "import", tmp_path / "判定", workspace=workspace)

    assert taken.code == 1
    said = [line for line in taken.err.splitlines() if line.startswith("判定 第 ")]
    for number, rule in (
        (2, "'perhaps' must be one of same, different, unsure"),
        (3, "needs a reason and an author"),
        (4, "needs a reason and an author"),
        (5, "is on one party"),
        (6, "is not in snapshot"),
        (7, "holds no character to look for"),
        (8, "2 cells, the header 5"),
        (10, "is denied by no. 1"),
    ):
        assert any(f" 第 {number} 行:" in line and rule in line for line in said), (number, said)
    assert "采纳判定 1 条，未接收 8 条" in taken.err
    assert max(map(len, said)) < 1_000


def test_two_persons_must_agree_where_the_site_says_so(xinmai: Xinmai, workspace: Path) -> None:
    (workspace / "xinmai.toml").write_text("review_persons = 2\n", "utf-8")
    before = json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"]

    def judge(author: str) -> str:
        words = ("--reason", "执照", "--author", author, "--apply")
        made = xinmai("review", "decide", FIRM, WRITTEN, "same", *words, workspace=workspace)
        assert made.code == 0
        return made.out

    assert "待第二人判定" in judge("张三")
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] == before
    assert "已判定" in judge("李四")
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] != before
    told = json.loads(xinmai("review", "agreement", "--json", workspace=workspace).out)
    (both,) = told["agreements"]
    assert (both["pairs"], both["raw"], both["kappa"]) == (1, 1.0, None)
    assert "不可计算" in xinmai("review", "agreement", workspace=workspace).out

    xinmai("review", "undo", "2", "--author", "李四", "--apply", workspace=workspace)
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] == before


def test_the_quick_effect_is_what_the_whole_graph_comes_to(xinmai: Xinmai, workspace: Path) -> None:
    asked = ("review", "show", FIRM, WRITTEN, "--whole", "--json")
    shown = json.loads(xinmai(*asked, workspace=workspace).out)

    (quick,), (whole,) = shown["if_same"]["after"], shown["whole"]["after"]
    for name in ("rows", "links", "records", "own", "exposure", "level", "controls"):
        assert quick[name] == whole[name], name


def test_a_row_that_a_name_put_into_a_party_is_taken_out_and_put_back(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    (tmp_path / "市场主体登记.csv").write_text(f"{REGISTER}{FIRM},{CODES[0]},,,存续,\n", "utf-8")
    penalties = [(FIRM, "", 1), (FIRM, CODES[0], 2)]
    rows = [
        f"{name},{code},粤罚〔2026〕{number}号,罚款,2026-10-06,某局\n"
        for name, code, number in penalties
    ]
    (tmp_path / "行政处罚.csv").write_text(PENALTY + "".join(rows), "utf-8")
    made = tmp_path / "w"
    assert xinmai("load", *sorted(tmp_path.glob("*.csv")), workspace=made).code == 0
    before = json.loads(xinmai("status", "--json", workspace=made).out)["snapshot"]
    assert len(json.loads(xinmai("show", FIRM, "--json", workspace=made).out)["records"]) == 2

    why = ("--reason", "同名异企，处罚书附营业执照", "--author", "张三")
    coded = xinmai("review", "detach", CODES[0], "行政处罚.csv:3", *why, workspace=made)
    assert (coded.code, "corrected at its source" in coded.err) == (2, True)
    nothing = xinmai("review", "detach", CODES[0], "行政处罚.csv:9", *why, workspace=made)
    assert (nothing.code, "names nothing of" in nothing.err) == (2, True)
    taken = xinmai("review", "detach", CODES[0], "行政处罚.csv:2", *why, "--apply", workspace=made)
    assert taken.code == 0

    records = json.loads(xinmai("show", CODES[0], "--json", workspace=made).out)["records"]
    assert [record["case_number"] for record in records] == ["粤罚(2026)2号"]
    found = json.loads(xinmai("search", FIRM, "--json", workspace=made).out)["candidates"]
    other = next(one["uid"] for one in found if one["uid"] not in taken.out.split("\t")[1])
    how = xinmai("how", other, workspace=made).out
    assert "人工判定不属于原主体" in how
    assert "同名异企" in how
    assert json.loads(xinmai("review", "list", "--json", workspace=made).out)["all"] == 0

    assert xinmai("review", "undo", "1", "--apply", workspace=made).code == 0
    assert json.loads(xinmai("status", "--json", workspace=made).out)["snapshot"] == before


def test_a_party_that_looks_like_several_is_listed_with_the_reason(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    cities = ("深圳", "广州")
    rows = [f"{city}市甲乙丙科技有限公司,{CODES[0]},,,存续,\n" for city in cities]
    (tmp_path / "市场主体登记.csv").write_text(REGISTER + "".join(rows), "utf-8")
    made = tmp_path / "w"
    xinmai("load", tmp_path / "市场主体登记.csv", "--no-publish", workspace=made)

    found = json.loads(xinmai("review", "suspects", "--json", workspace=made).out)

    assert [(one["reason"], one["measured"]) for one in found] == [("regions", 2)]
    assert "有效代码" not in xinmai("review", "suspects", workspace=made).out
