"""Files with names that no person typed: they are loaded, or named, and cost no other file."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Xinmai

HEADER = "企业名称,统一社会信用代码,姓名,证件类型,证件号码,国籍,任职起始日期,任职截止日期"
GOOD = f"{HEADER}\n深圳甲科技有限公司,914403001922038216,张三,,,中国,2020-01-01,\n"
BAD = "深圳甲科技有限公司,914403001922038216,李四,,,中国,何日,\n"


def test_a_name_out_of_an_archive_of_windows_is_read_as_it_was_written(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / os.fsdecode("法定代表人.csv".encode("gb18030"))).write_text(GOOD, "utf-8")
    (files / os.fsdecode(b"\xff.csv")).write_text("a,b\n1,2\n", "utf-8")

    ran = xinmai("load", files, "--no-publish", "--json", workspace=tmp_path / "w")

    found = json.loads(ran.out)
    assert ran.code == 1
    assert [Path(one["file"]).name for one in found["files"]] == ["法定代表人.csv", "\\xff.csv"]
    assert [one["loaded"] for one in found["files"]] == [1, 0]
    manifest = (tmp_path / "w" / "ledger" / "batches.jsonl").read_text("utf-8")
    assert json.loads(manifest)["file"] == "法定代表人.csv"


def test_rejected_rows_of_a_file_with_the_longest_name_are_written(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    path = tmp_path / f"{'名' * 83}xy.csv"
    path.write_text(GOOD + BAD, "utf-8")

    ran = xinmai(
        "load", path, "--no-publish", "--rejected", tmp_path / "r", workspace=tmp_path / "w"
    )

    assert ran.code == 1, ran.err
    [written] = (tmp_path / "r").iterdir()
    assert "何日" in written.read_text("utf-8-sig")


def test_what_is_no_file_is_not_said_to_be_missing(xinmai: Xinmai, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")

    ran = xinmai("load", tmp_path / "a.csv", "--no-publish", workspace=tmp_path / "w")

    assert ran.code == 2
    assert ran.err.endswith("a.csv' is neither a file nor a folder\n")


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_half_a_character_costs_its_own_row_alone(
    xinmai: Xinmai, tmp_path: Path, ending: str
) -> None:
    rows = [{"企业名称": f"深圳{name}公司", "姓名": "张三"} for name in ("\ud800", "甲")]
    text = json.dumps(rows) if ending == "json" else "\n".join(map(json.dumps, rows))
    (tmp_path / f"法定代表人.{ending}").write_text(text, "utf-8")

    ran = xinmai(
        "load", tmp_path / f"法定代表人.{ending}", "--resource", "legal_representative",
        "--no-publish", "--json", workspace=tmp_path / "w",
    )  # fmt: skip

    found = json.loads(ran.out)
    assert (ran.code, found["written"], found["rejected"]) == (1, 1, 1)
