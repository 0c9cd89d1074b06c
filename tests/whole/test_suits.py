"""Suits from a court's file to a lead with file and row, and never to anybody's record."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from tests.conftest import Xinmai

CODES = ("914403001922038216", "91440300MAPT7JD52G", "91350100M000100Y43")
OWNER = "11010519491231002X"
REGISTER = "企业名称,统一社会信用代码,登记状态\n"
HOLDERS = "企业名称,统一社会信用代码,股东名称,股东证件号码,持股比例(%),认缴出资日期\n"
DEFAULTERS = "被执行人姓名/名称,身份证号码/组织机构代码,执行法院,案号,立案时间,发布时间\n"
SUITS = (
    "案号,审理法院,案由,立案日期,裁判日期,原告,原告证件号码,被告,被告证件号码,标的额(元),裁判结果\n"
)
ONE, TWO, THREE = "深圳甲岭贸易有限公司", "深圳乙岭置业有限公司", "福州丙岭物流有限公司"


@pytest.fixture
def workspace(xinmai: Xinmai, tmp_path: Path) -> Path:
    """Two companies of one owner, one of them a defaulter, in suits with each other and a third."""
    files = {
        "市场主体登记": REGISTER + "".join(
            f"{name},{code},存续\n" for name, code in zip((ONE, TWO, THREE), CODES, strict=True)
        ),
        "股东及出资": HOLDERS + "".join(
            f"{name},{code},罗建业,{OWNER},60,2018-01-01\n"
            for name, code in zip((ONE, TWO), CODES, strict=False)
        ),
        "失信被执行人": DEFAULTERS
        + f"{THREE},{CODES[2]},某法院,（2026）闽01执7号,2026-03-01,2026-03-02\n",
        "民商事案件": SUITS
        + f"（2026）粤03民初11号,深圳市中级人民法院,民间借贷纠纷,2026-05-06,2026年8月1日,"
        f'{ONE},{CODES[0]},{TWO},{CODES[1]},"1,200,000.00",调解结案\n'
        + f"（2026）粤03民初12号,某法院,买卖合同纠纷,2026/6/1,,{THREE},{CODES[2]},{TWO},,50万元,\n"
        + "（2026）粤03民初13号,某法院,买卖合同纠纷,六月,,甲,,乙,,1,\n"
        + "（2026）粤03民初14号,某法院,买卖合同纠纷,2026-06-01,,甲公司,,,,1,\n"
        + f"（2026）粤03民初15号,某法院,买卖合同纠纷,2026-06-01,,{ONE}、{THREE},,{TWO},,1,\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    made = tmp_path / "w"
    paths = [tmp_path / f"{name}.csv" for name in files]
    assert xinmai("load", *paths, "--no-publish", workspace=made).code == 1
    return made


def _asked(xinmai: Xinmai, workspace: Path, *words: str) -> Any:  # noqa: ANN401
    ran = xinmai(*words, "--json", workspace=workspace)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_a_suit_between_two_companies_of_one_owner_leads_back_to_its_row(
    xinmai: Xinmai, workspace: Path
) -> None:
    found = _asked(xinmai, workspace, "patterns", "opposing_parties", "--as-of", "2026-11-23")

    (lead,) = found["findings"]
    assert (found["title"], found["searched"], found["maturity"]) == ("两造关联", 2, "trial")
    assert {(one["name"], one["role"]) for one in lead["parties"]} == {
        ("(2026)粤03民初11号", "suit"), (ONE, "plaintiff"), (TWO, "defendant"),
        ("罗建业", "between"),
    }  # fmt: skip
    assert (lead["N"], lead["k"], lead["facts"]["filed"]) == (2, 1, "2026-05-06")
    assert "深圳市中级人民法院" in lead["why"]
    rows = {(one["file"], one["row"]) for row in lead["rows"] for one in row["sources"]}
    assert rows == {("民商事案件.csv", 2), ("股东及出资.csv", 2), ("股东及出资.csv", 3)}
    assert lead["cypher"]["query"] == "trace.among"
    assert "亲属" in found["false_alarms"]
    shown = xinmai("patterns", "opposing_parties", workspace=workspace).out
    assert "民商事案件.csv 第 2 行" in shown
    assert "不是失信记录" in found["notice"]


def test_before_the_suit_was_filed_there_is_no_lead(xinmai: Xinmai, workspace: Path) -> None:
    found = _asked(xinmai, workspace, "patterns", "opposing_parties", "--as-of", "2026-05-05")

    assert (found["findings"], found["state"]) == ([], "nothing")


def test_a_suit_is_nobody_s_record_and_carries_no_exposure(xinmai: Xinmai, workspace: Path) -> None:
    defaulter, sued = (
        _asked(xinmai, workspace, "expose", name, "--as-of", "2026-11-23") for name in (THREE, TWO)
    )
    shown = _asked(xinmai, workspace, "show", TWO)

    # Who is sued by a defaulter, and stands beside it in no other way, has nothing of it.
    assert (defaulter["own"], sued["own"], sued["exposure"]) == (0.9, 0, 0)
    assert shown["records"] == []
    path = _asked(xinmai, workspace, "path", THREE, TWO)
    assert path["found"] is False
    asked = _asked(xinmai, workspace, "path", THREE, TWO, "--types", "PLAINTIFF_IN,DEFENDANT_IN")
    assert asked["found"] is True


def test_a_row_without_a_side_with_several_or_without_a_day_is_rejected_by_name(
    xinmai: Xinmai, workspace: Path
) -> None:
    status = _asked(xinmai, workspace, "status")

    (suits,) = [one for one in status["batches"] if one["resource"] == "lawsuit"]
    assert (suits["read"], suits["loaded"], suits["rejected"]) == (5, 2, 3)
    house = open_services(read_settings({}, workspace))
    rejected = house.ledger.rejected(suits["batch"])
    assert rejected.select("行号", "列", "规则").rows() == [
        (4, "立案日期", "must be a date as 2026-11-23"),
        (5, "被告", "must be given"),
        (6, "原告", "names several; write a row for each"),
    ]
    house.close()


def test_an_imported_suit_with_a_factor_is_refused(xinmai: Xinmai, tmp_path: Path) -> None:
    nodes = "uid,label,name,court\na,Enterprise,甲,\nb,Enterprise,乙,\ns,Lawsuit,案,某法院\n"
    edges = "source,target,type,p\na,s,PLAINTIFF_IN,0.9\nb,s,DEFENDANT_IN,\na,b,RELATED,0.5\n"
    (tmp_path / "n.csv").write_text(nodes, "utf-8")
    (tmp_path / "e.csv").write_text(edges, "utf-8")
    workspace = tmp_path / "w"
    files = ("--nodes", tmp_path / "n.csv", "--edges", tmp_path / "e.csv")

    made = xinmai("import", *files, "--no-publish", "--json", workspace=workspace)

    assert made.code == 1
    said = json.loads(made.out)
    assert (said["read"], said["rejected"], said["links"]) == (6, 1, 2)
    (rejected,) = (workspace / "ledger" / "rejected").glob("*.parquet")
    text = xinmai("status", workspace=workspace).out
    assert "拒收 1" in text
    assert rejected.is_file()


@pytest.mark.parametrize(
    "header",
    [
        "案号,受理法院,案由,收案日期,上诉人,上诉人证件号码,被上诉人,被上诉人证件号码",
        "案件编号,法院名称,案由名称,受理日期,原告姓名/名称,原告身份证号码/统一社会信用代码,"
        "被告姓名/名称,被告身份证号码/统一社会信用代码",
        "ah,fymc,ay,larq,yg,ygzjhm,bg,bgzjhm",
    ],
)
def test_the_spellings_of_courts_and_of_appeals_are_known(
    xinmai: Xinmai, tmp_path: Path, header: str
) -> None:
    row = f"（2026）粤03民终5号,某法院,合同纠纷,2026-06-01,{ONE},{CODES[0]},{TWO},{CODES[1]}"
    (tmp_path / "案件.csv").write_text(f"{header}\n{row}\n", "utf-8")
    workspace = tmp_path / "w"

    ran = xinmai("load", tmp_path / "案件.csv", "--no-publish", "--json", workspace=workspace)

    assert (ran.code, json.loads(ran.out)["links"]) == (0, 2)
    shown = _asked(xinmai, workspace, "search", CODES[1])
    assert shown["candidates"][0]["name"] == TWO
