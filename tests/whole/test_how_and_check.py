"""how names what joined each row; check answers every row: on the demonstration world."""

import io
import json
import sys
from pathlib import Path

import polars as pl
import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from tests.conftest import Xinmai

FIRM = "深圳恒岭新材料有限公司"


def _one_of_each_rule(demo: Path) -> dict[str, str]:
    mentions = open_services(read_settings({}, demo)).loaded_snapshot().table("mentions")
    found = mentions.select("rule", "uid").unique("rule", keep="first", maintain_order=True)
    return dict(found.collect().iter_rows())


def test_every_rule_names_the_value_that_joined_its_rows_with_date_and_version(
    xinmai: Xinmai, demo: Path
) -> None:
    for rule, uid in _one_of_each_rule(demo).items():
        how = json.loads(xinmai("how", uid, "--json", workspace=demo).out)
        step = next(one for one in how["steps"] if one["rule"] == rule)
        assert step["values"], rule
        assert how["rules"].isdigit()
        for source in step["sources"]:
            assert {"file", "row", "what", "value", "loaded_at"} <= {
                name for name, value in source.items() if value is not None
            }, (rule, source)
        said = xinmai("how", uid, workspace=demo).out
        assert "一致的值" in said
        assert "识别规则第" in said


def test_a_credit_code_that_joined_is_the_partys_own_and_an_identity_number_is_not_shown(
    xinmai: Xinmai, demo: Path
) -> None:
    how = json.loads(xinmai("how", FIRM, "--json", workspace=demo).out)
    step = next(one for one in how["steps"] if one["rule"] == "credit_code")
    assert step["values"] == [step["held"]]
    assert "第" in step["held_at"]

    uid = _one_of_each_rule(demo)["identity_number"]
    snapshot = open_services(read_settings({}, demo)).loaded_snapshot()
    number = str(snapshot.node(uid).properties["id_hash"])
    for out in (xinmai("how", uid, "--json", workspace=demo), xinmai("how", uid, workspace=demo)):
        assert number not in out.out
        assert "证件号码" in out.out


def test_a_list_is_checked_from_a_file_and_as_pasted_text(
    xinmai: Xinmai, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "名单.csv", tmp_path / "结果.csv"
    text = f"企业名称,统一社会信用代码\n{FIRM},\n没有这样的公司,\n{FIRM},9.1E+17\n"
    path.write_text(text, "gb18030")

    done = xinmai("check", path, "--out", out, "--levels", "--json", workspace=demo)

    assert done.code == 1
    told = json.loads(done.out)
    assert told["counts"] == {"hit": 1, "none": 1, "ask": 1}
    assert [row["reasons"] for row in told["list"]] == [["name"], [], ["wrong_check"]]
    assert told["list"][0]["level"] == "high"
    rows = pl.read_csv(out, infer_schema_length=0)
    assert rows["企业名称"].to_list() == [FIRM, "没有这样的公司", FIRM]
    assert rows["核查结果"].to_list() == ["命中", "未命中", "需人工"]
    assert "3 行 = 命中 1，未命中 1，需人工 1" in done.err

    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{FIRM}\n"))
    pasted = xinmai("check", "-", workspace=demo)
    assert pasted.code == 0
    assert "\t命中\t" in pasted.out
    refused = xinmai("check", tmp_path / "nowhere.csv", workspace=demo)
    assert refused.code == 2
    assert f"file: '{tmp_path / 'nowhere.csv'}' cannot be opened: No such file" in refused.err


@pytest.mark.parametrize(
    "text",
    [
        "甲" * 10_000,
        "",
        " ",
        "，。！",
        "\u202e\u200f",
        "\u202e" + FIRM,
        "91440300O64971041F",
        "\x00",
    ],
)
def test_whatever_is_searched_for_is_answered_or_refused_in_one_short_line(
    xinmai: Xinmai, demo: Path, text: str
) -> None:
    found = xinmai("search", text, workspace=demo)

    assert found.code in {0, 2}
    assert "Traceback" not in found.err
    assert ("可能应为 91440300064971041F" in found.err) == ("O" in text)
    for command in ("show", "how", "expose"):
        asked = xinmai(command, text, workspace=demo)
        assert asked.code in {0, 2}
        assert len(asked.err.strip().splitlines()) <= 2
        assert len(asked.err) < 1_000, asked.err[:200]
    assert xinmai("why", text, FIRM, workspace=demo).code in {0, 2}
