"""Files whose columns are called as ours are, or as patterns of names: nothing is mixed up."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from loaders.cells import REASONS
from tests.conftest import Ran, Xinmai

ODD = ("row", *REASONS[:2], "*", "^.*$", "^row$", "m0", "text", "record_id", "batch", "0", "raw_a")
FIRM = {"企业名称": "深圳甲科技有限公司", "统一社会信用代码": "914403001922038216"}
WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    "csv": lambda frame, path: frame.write_csv(path),
    "tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "json": lambda frame, path: path.write_text(json.dumps(frame.to_dicts()), "utf-8"),
    "jsonl": lambda frame, path: frame.write_ndjson(path),
    "parquet": lambda frame, path: frame.write_parquet(path),
    "xlsx": lambda frame, path: frame.write_excel(path),
}


def _loaded(ran: Ran) -> dict[str, Any]:
    assert "Traceback" not in ran.err, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    assert found["refused"] == []
    return found


def _posts(names: list[str | None]) -> pl.DataFrame:
    odd = [{header: f"{header} {at}" for header in ODD} for at in range(len(names))]
    return pl.DataFrame([FIRM | {"姓名": name} | one for name, one in zip(names, odd, strict=True)])


@pytest.mark.parametrize("kind", WRITERS)
def test_columns_called_as_ours_are_kept_as_given(
    xinmai: Xinmai, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"法定代表人.{kind}"
    WRITERS[kind](_posts(["张三", None, "李四"]), file)
    command = ("load", file, "--no-publish", "--json", "--resource", "legal_representative")

    found = _loaded(xinmai(*command, workspace=tmp_path / "w"))

    assert (found["written"], found["rejected"]) == (2, 1)
    house = open_services(read_settings({}, tmp_path / "w"))
    [batch] = house.ledger.batches()
    rows = house.ledger.read(batch.resource).sort("row").collect()
    for header in ODD:
        assert rows[f"raw_{header}"].to_list() == [f"{header} 0", f"{header} 2"]
    bad = house.ledger.rejected(batch.batch).row(0, named=True)
    own = [f"{one}（原列）" if one in REASONS else one for one in ODD]
    assert [bad[header] for header in own] == [f"{header} 1" for header in ODD]
    assert (bad["列"], bad["值"], bad["规则"]) == ("姓名", None, "must be given")


def test_rejected_rows_that_were_put_right_are_handed_in_again(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    first, again = tmp_path / "法定代表人.csv", tmp_path / "法定代表人_更正.csv"
    run = pl.lit("=1+1").alias("备注")
    whole = _posts(["张三", "李四"]).with_columns(run)
    _posts(["张三", None]).with_columns(run).write_csv(first)
    command = ("load", "--no-publish", "--json", "--resource", "legal_representative")
    _loaded(xinmai(*command, first, "--rejected", tmp_path / "back", workspace=tmp_path / "w"))
    [back] = (tmp_path / "back").iterdir()
    handed = pl.read_csv(back, infer_schema=False)
    assert handed.columns[-len(REASONS) :] == list(REASONS)
    assert handed["规则"].to_list() == ["必填，未填写"]
    assert handed["备注"].to_list() == ["'=1+1"]
    handed.with_columns(pl.Series("姓名", ["李四"])).write_csv(again)
    whole.write_csv(tmp_path / "all.csv")

    found = _loaded(xinmai(*command, again, workspace=tmp_path / "w"))

    assert (found["written"], found["rejected"]) == (1, 0)
    # What was put right is what would have been right from the beginning, reasons left out.
    found = _loaded(xinmai(*command, tmp_path / "all.csv", workspace=tmp_path / "w"))
    [file] = found["files"]
    assert (file["loaded"], file["merged"]) == (0, 2)
    house = open_services(read_settings({}, tmp_path / "w"))
    rows = house.ledger.read(file["resource"]).collect()
    assert set(rows["raw_备注"]) == {"=1+1"}
    assert set(rows["raw_列"].drop_nulls()) == {"列 0", "列 1"}


def test_nothing_is_loaded_where_rejected_rows_cannot_be_written(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    file = tmp_path / "法定代表人.csv"
    _posts(["张三", None]).write_csv(file)
    command = ("load", file, "--no-publish", "--resource", "legal_representative")

    ran = xinmai(*command, "--rejected", file, workspace=tmp_path / "w")

    assert (ran.code, ran.err.count("xinmai: --rejected:")) == (2, 1)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("kind", WRITERS)
def test_an_imported_graph_may_have_columns_called_as_ours(
    xinmai: Xinmai, tmp_path: Path, kind: str
) -> None:
    more = pl.DataFrame([{header: f"{header} {at}" for header in ODD} for at in range(3)])
    ends = pl.DataFrame({"uid": ["a", "b", None], "label": ["Enterprise"] * 3})
    nodes, edges = tmp_path / f"nodes.{kind}", tmp_path / f"edges.{kind}"
    WRITERS[kind](pl.concat([ends, more], how="horizontal"), nodes)
    links = {"source": ["a", "a", "a"], "target": ["b", "x", "b"], "type": ["HOLDS_SHARES"] * 3}
    WRITERS[kind](pl.concat([pl.DataFrame(links), more], how="horizontal"), edges)
    command = ("import", "--nodes", nodes, "--edges", edges, "--no-publish", "--json")

    ran = xinmai(*command, workspace=tmp_path / "w")

    assert "Traceback" not in ran.err, ran.err
    house = open_services(read_settings({}, tmp_path / "w"))
    for batch, good, bad in zip(house.ledger.batches(), ([0, 1], [0, 2]), (2, 1), strict=True):
        rows = house.ledger.read(batch.resource).sort("row").collect()
        rejected = house.ledger.rejected(batch.batch).row(0, named=True)
        for header in ODD:
            assert rows[f"raw_{header}"].to_list() == [f"{header} {at}" for at in good]
            own = f"{header}（原列）" if header in REASONS else header
            assert rejected[own] == f"{header} {bad}"


def test_identity_numbers_in_columns_that_an_import_does_not_know_are_masked(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    nodes = tmp_path / "nodes.csv"
    number = "440301199001011234"
    nodes.write_text(f"uid,label,备注\na,Enterprise,身份证{number}\n,Person,{number}\n", "utf-8")
    edges = tmp_path / "edges.csv"
    edges.write_text(f"source,target,type\na,a,HOLDS_SHARES\na,a,REPRESENTS,{number}\n", "utf-8")
    command = ("import", "--nodes", nodes, "--edges", edges, "--no-publish", "--json")

    found = json.loads(xinmai(*command, workspace=tmp_path / "w").out)

    # A row with a cell too many is handed back as well.
    assert (found["read"], found["rejected"]) == (4, 2)
    house = open_services(read_settings({}, tmp_path / "w"))
    held = [house.ledger.read(batch.resource).collect() for batch in house.ledger.batches()]
    held += [house.ledger.rejected(batch.batch) for batch in house.ledger.batches()]
    text = "".join(frame.write_json() for frame in held)
    assert number not in text
    assert text.count("440301********1234") >= 3
