"""Many queries for many subjects by the command: killed, gone on with, compared."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import yaml

from app.bootstrap import open_services
from app.settings import read_settings
from tests.conftest import Xinmai

CALL = "from app.cli import main; main()"
SECONDS = 180
QUERIES = ("trace.records", "trace.guarantees", "ownership.holders")


def _asked(demo: Path, folder: Path, count: int) -> tuple[Path, Path]:
    """Write a batch of three queries on a party, and a list of firms with a row nobody bears."""
    nodes = open_services(read_settings({}, demo)).loaded_snapshot().table("nodes")
    named = nodes.filter(pl.col("label") == "Enterprise", pl.col("uscc").is_not_null()).collect()
    firms = named.head(count)
    lines = [f"{row['name']},{row['uscc']}" for row in firms.iter_rows(named=True)]
    listed, batch = folder / "名单.csv", folder / "batch.yml"
    listed.write_text("\n".join(["企业名称,代码", *lines, "没有这样的公司,"]), "gb18030")
    items = [{"name": one, "query": one} for one in QUERIES]
    batch.write_text(yaml.safe_dump({"title": "核查", "items": items}), "utf-8")
    return batch, listed


def _lines(out: Path) -> list[str]:
    path = out / "journal.jsonl"
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def test_a_batch_that_was_killed_goes_on_and_asks_nothing_twice(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    batch, listed = _asked(demo, tmp_path, 150)
    out = tmp_path / "out"
    words = ["--workspace", demo, "query", "batch", batch, "--list", listed, "--out", out]
    running = subprocess.Popen(
        [sys.executable, "-c", CALL, *map(str, words)],
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")},
    )
    until = time.monotonic() + SECONDS
    while len(_lines(out)) < 20:
        assert time.monotonic() < until
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    done = _lines(out)
    whole = [line for line in done if line.endswith("}")]
    assert not (out / "manifest.json").exists()

    again = xinmai(*words[2:], "--resume", workspace=demo)

    assert again.code == 1, "a row of the list means nobody"
    lines = _lines(out)
    keys = [json.loads(line)["key"] for line in lines]
    assert len(keys) == len(set(keys)) == 450
    assert lines[: len(whole)] == whole, "what was done stays as it was"
    progress = [line for line in again.err.splitlines() if line.startswith("[")]
    assert len(progress) == 450 - len(whole)
    told = json.loads((out / "manifest.json").read_text("utf-8"))
    assert told["done"] == 450
    assert [(one["row"], one["name"]) for one in told["left_out"]] == [(152, "没有这样的公司")]
    records = pl.read_csv(out / "01-trace_records.csv", infer_schema_length=0)
    assert records.columns[:3] == ["for_row", "for_uid", "for_name"]
    counted = sum(one["rows"] for one in told["items"] if one["query"] == "trace.records")
    assert records.height == counted


def test_the_same_batch_later_says_that_nothing_changed(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    batch, listed = _asked(demo, tmp_path, 5)
    first = ("query", "batch", batch, "--list", listed, "--out")
    xinmai(*first, tmp_path / "one", workspace=demo)

    again = xinmai(*first, tmp_path / "two", "--since", tmp_path / "one", "--json", workspace=demo)

    told = json.loads(again.out)
    assert told["counts"]["ok"] + told["counts"]["empty"] == 15
    assert "difference.csv" in {one["name"] for one in told["files"]}
    assert pl.read_csv(tmp_path / "two" / "difference.csv").height == 0
    checked = xinmai("check", listed, "--out", tmp_path / "checked.csv", workspace=demo)
    assert checked.code == 0
    # A checked list is a list: whom a row means stands in it.
    given = xinmai(
        "query", "batch", batch, "--list", tmp_path / "checked.csv", "--out", tmp_path / "three",
        workspace=demo,
    )  # fmt: skip
    assert "5 个主体" in given.err
