"""A tender list compared by the command: words, JSON, workbook; ambiguous rows are told."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import Xinmai

AS_OF = "2026-11-23"
NODES = """uid,label,name
a,Enterprise,深圳甲一建设有限公司
b,Enterprise,深圳乙二建设有限公司
c,Enterprise,深圳丙三建设有限公司
d,Enterprise,同名建设有限公司
e,Enterprise,同名建设有限公司
p,Person,张三
t,Phone,138****6621
"""
EDGES = """source,target,type,share
p,a,REPRESENTS,
p,b,REPRESENTS,
a,t,HAS_PHONE,
c,t,HAS_PHONE,
"""
LIST = """序号,投标人名称
1,深圳甲一建设有限公司
2,深圳乙二建设有限公司
3,深圳丙三建设有限公司
4,同名建设有限公司
5,深圳甲一建设有限公司
6,不存在的公司
"""


@pytest.fixture
def house(xinmai: Xinmai, tmp_path: Path) -> Path:
    for name, text in (("nodes", NODES), ("edges", EDGES), ("list", LIST)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    files = ("--nodes", tmp_path / "nodes.csv", "--edges", tmp_path / "edges.csv")
    ran = xinmai("import", *files, "--no-publish", workspace=tmp_path / "w")
    assert ran.code == 0, ran.err
    return tmp_path


def test_a_list_is_compared_and_what_is_ambiguous_is_told_not_guessed(
    xinmai: Xinmai, house: Path
) -> None:
    asked = ("bidders", house / "list.csv", "--as-of", AS_OF)
    ran = xinmai(*asked, workspace=house / "w")

    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "关联提示，是否串通投标须依法查证"
    assert "深圳甲一建设有限公司\t深圳乙二建设有限公司\t同一负责人：张三（共 2 家）" in lines[1]
    assert "edges.csv 第 2 行；edges.csv 第 3 行" in lines[1]
    assert "同一电话：138****6621（共 2 家）" in lines[2]
    # b and c are joined by a over phone and representative, but a phone is no path.
    assert "1 / 3\t未发现：" in ran.out
    assert "同名建设有限公司\t需人工\t多个候选" in ran.err
    assert "6 行，比对 3 家 3 对：同一负责人 1，同一电话 1；未比对 2 行" in ran.err

    found = json.loads(xinmai(*asked, "--json", workspace=house / "w").out)
    assert [pair["strongest"] for pair in found["pairs"]] == ["same_person", "phone", None]
    first = found["pairs"][0]["relations"][0]
    assert (first["legal"], first["between_name"], first["holders"]) == (True, "张三", 2)
    assert first["links"][0]["sources"] == [{"file": "edges.csv", "row": 2}]
    assert [row["state"] for row in found["list"]] == ["hit", "hit", "hit", "ask", "hit", "none"]


def test_the_workbook_has_matrix_pairs_and_list_and_the_same_bytes_twice(
    xinmai: Xinmai, house: Path
) -> None:
    for name in ("one.xlsx", "two.xlsx", "pairs.csv", "all.json"):
        out = ("--out", house / name)
        assert (
            xinmai(
                "bidders", house / "list.csv", *out, "--as-of", AS_OF, workspace=house / "w"
            ).code
            == 1
        )

    assert (house / "one.xlsx").read_bytes() == (house / "two.xlsx").read_bytes()
    sheets = pl.read_excel(house / "one.xlsx", sheet_id=0, has_header=False)
    assert list(sheets) == ["矩阵", "关联对", "名单"]
    grid = [tuple(row) for row in sheets["矩阵"].rows()]
    assert grid[0][0] == "关联提示，是否串通投标须依法查证"
    assert "同一负责人" in grid[-3]
    text = (house / "pairs.csv").read_text("utf-8-sig")
    assert text.startswith("关联提示，是否串通投标须依法查证")
    assert json.loads((house / "all.json").read_text("utf-8"))["pairs"]

    wrong = xinmai("bidders", house / "list.csv", "--out", "x.pdf", workspace=house / "w")
    assert wrong.code == 2
    assert "must end in" in wrong.err
    assert len(wrong.err.splitlines()) == 1, "before anything is compared"
