"""xinmai rests: in words and as JSON, one conclusion or all that hold; nothing is stored."""

import json
from pathlib import Path

import pytest

from tests.conftest import Xinmai

NODES = """uid,label,name
p,Person,张三
a,Enterprise,深圳甲一建设有限公司
b,Enterprise,深圳乙二建设有限公司
c,Enterprise,深圳丙三建设有限公司
"""
EDGES = """source,target,type,share
p,a,HOLDS_SHARES,0.6
a,b,HOLDS_SHARES,0.3
p,b,HOLDS_SHARES,0.25
"""
RECORDS = """record_id,subject,class,severity,status,decided_on
r1,p,court_defaulter,,active,2026-01-01
"""


@pytest.fixture
def house(xinmai: Xinmai, tmp_path: Path) -> Path:
    for name, text in (("nodes", NODES), ("edges", EDGES), ("records", RECORDS)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    files = [word for name in ("nodes", "edges", "records")
             for word in (f"--{name}", tmp_path / f"{name}.csv")]  # fmt: skip
    assert xinmai("import", *files, "--no-publish", workspace=tmp_path / "w").code == 0
    return tmp_path / "w"


def test_all_that_holds_of_a_party_and_what_each_rests_on(xinmai: Xinmai, house: Path) -> None:
    before = sorted(path.name for path in house.rglob("*"))
    ran = xinmai("rests", "b", "--as-of", "2026-11-23", workspace=house)

    assert ran.code == 0, ran.err
    assert "按规则（表决权 >50%）判定 张三 控制 深圳乙二建设有限公司" in ran.out
    assert "最少去掉 1 项即不成立（已证明最少）：" in ran.out
    assert "关联提示，不是失信记录，不得据此采取措施" in ran.out
    assert "edges.csv 第 2 行" in ran.out
    assert "假设，未保存" in ran.err
    assert sorted(path.name for path in house.rglob("*")) == before

    found = json.loads(xinmai("rests", "b", "--on", "control", "--json", workspace=house).out)[0]
    # .25 + .30 are just enough: each of the three holdings is indispensable.
    assert len(found["indispensable"]) == 3
    assert (found["exact"], len(found["smallest"])) == (True, 1)


def test_a_share_and_what_falls_without_a_link(xinmai: Xinmai, house: Path) -> None:
    share = ("rests", "b", "--on", "share", "--by", "p", "--at-least", "0.4")
    found = json.loads(xinmai(*share, "--json", workspace=house).out)[0]
    assert found["stands"]
    key = found["smallest"][0]["id"]

    without = xinmai(*share, "--without-link", key, workspace=house)
    assert without.code == 1
    assert without.out.strip().endswith("不再成立")
    record = xinmai("rests", "b", "--without-record", "r1", "--json", workspace=house)
    stands = {one["kind"]: one["stands"] for one in json.loads(record.out)}
    assert stands["exposure"] is False
    assert stands["control"] is True


def test_what_does_not_hold_and_what_cannot_be_asked(xinmai: Xinmai, house: Path) -> None:
    above = xinmai("rests", "b", "--on", "share", "--by", "p", "--at-least", "0.9", workspace=house)
    assert above.code == 1
    assert "不成立，无所依据" in above.out
    nothing = xinmai("rests", "c", workspace=house)
    assert nothing.code == 0
    assert "无可说明的结论" in nothing.err
    assert xinmai("rests", "b", "--on", "guilt", workspace=house).code == 2
    assert "must name the holder" in xinmai("rests", "b", "--on", "share", workspace=house).err
    wrong = xinmai("rests", "b", "--without-link", "no", workspace=house)
    assert wrong.code == 2
    assert "no" in wrong.err


@pytest.mark.parametrize("least", ["nan", "0", "1.5"])
def test_a_share_out_of_range_is_refused_and_no_answer(
    xinmai: Xinmai, house: Path, least: str
) -> None:
    ran = xinmai("rests", "b", "--on", "share", "--by", "p", "--at-least", least, workspace=house)

    assert ran.code == 2
    assert "--at-least" in ran.err


@pytest.mark.parametrize("on", [(), ("--on", "control"), ("--on", "beneficial")])
def test_a_bound_that_no_conclusion_asked_for_has_is_refused(
    xinmai: Xinmai, house: Path, on: tuple[str, ...]
) -> None:
    ran = xinmai("rests", "b", *on, "--at-least", "0.4", workspace=house)

    said = "xinmai: --at-least: 0.4 needs --on exposure or --on share\n"
    assert (ran.code, ran.out, ran.err) == (2, "", said)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--on", "exposure", "--by", "p"), "--by: 'p' needs another --on"),
        (("--on", "control", "--hops", "2"), "--hops: 2 needs --on exposure"),
    ],
)
def test_what_a_conclusion_has_not_is_refused_and_not_passed_over(
    xinmai: Xinmai, house: Path, words: tuple[str, ...], named: str
) -> None:
    ran = xinmai("rests", "b", *words, workspace=house)

    assert (ran.code, ran.out, named in ran.err) == (2, "", True)
