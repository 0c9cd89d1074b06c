"""scan: every party at once says what expose says of each, and names what it refuses."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import Xinmai

NODES = (
    "uid,label,name\nd,Enterprise,甲公司\nr,Person,张三\nc,Enterprise,乙公司\nt,Enterprise,丙公司\n"
)
EDGES = "source,target,type,share\nr,d,REPRESENTS,\nr,c,REPRESENTS,\nc,t,HOLDS_SHARES,.08\n"
RECORDS = (
    "record_id,subject,class,severity,status,decided_on,published_until\n"
    "x1,d,court_defaulter,serious,active,2026-01-01,2099-12-31\n"
)


@pytest.fixture
def workspace(xinmai: Xinmai, tmp_path: Path) -> Path:
    made = tmp_path / "w"
    given = []
    for name, text in (("nodes", NODES), ("edges", EDGES), ("records", RECORDS)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        given += [f"--{name}", tmp_path / f"{name}.csv"]
    assert xinmai("import", *given, "--no-publish", workspace=made).code == 0
    return made


def test_every_party_has_the_exposure_that_expose_says(
    xinmai: Xinmai, workspace: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.parquet"
    found = xinmai("scan", "--out", out, "--as-of", "2026-11-25", "--json", workspace=workspace)

    assert found.code == 0
    said = json.loads(found.out)
    assert said["all"]["parties"] == 4
    assert said["all"]["exposed"] == 3
    assert sum(said["all"]["levels"].values()) == 4
    assert "不是失信记录" in said["notice"]
    table = pl.read_parquet(out)
    assert set(table["uid"]) == {"r", "c", "t"}
    for row in table.iter_rows(named=True):
        asked = ("expose", row["uid"], "--hops", "3", "--as-of", "2026-11-25", "--json")
        one = json.loads(xinmai(*asked, workspace=workspace).out)
        assert row["exposure"] == pytest.approx(one["exposure"], abs=1e-12)
        assert row["floor"] == pytest.approx(one["floor"], abs=1e-12)
        assert row["level"] == one["level"]


def test_too_many_links_are_refused_in_one_line(xinmai: Xinmai, workspace: Path) -> None:
    refused = xinmai("scan", "--hops", "7", workspace=workspace)
    assert refused.code == 2
    assert refused.err.strip().splitlines() == ["xinmai: hops of a scan: 7 must be 1 to 3"]
