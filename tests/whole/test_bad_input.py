"""What departments and machines do wrong: one line naming thing, value and rule; nothing lost."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pytest

from app.bootstrap import open_services
from app.settings import read_settings
from graph.store.target import StoreTarget
from loaders.cells import LONGEST_ROW
from tests.conftest import Ran, Xinmai

HEADER = "企业名称,统一社会信用代码,姓名,证件类型,证件号码,国籍,任职起始日期,任职截止日期"
ROW = "深圳甲科技有限公司,914403001922038216,张三,,,中国,2020-01-01,"
GOOD = f"{HEADER}\n{ROW}\n"
FIRM = "深圳恒岭新材料有限公司"


def _one_line(ran: Ran) -> str:
    lines = [line for line in ran.err.splitlines() if line.startswith("xinmai:")]
    assert "Traceback" not in ran.err
    assert len(lines) == 1, ran.err
    return lines[0]


REFUSED = {
    "empty": (b"", "holds nothing"),
    "binary": (bytes(range(256)) * 40, "must be utf-8, gb18030"),
    "mostly_nothing": (b"\x00" * 4_000 + b"a,b\n", "is no text table"),
    "mis_encoded": (GOOD.encode("utf-8")[:-2] + b"\xff\xfe\xfd\n", "must be utf-8, gb18030"),
    "header_less": ((ROW + "\n").encode(), "is there a header?"),
    "duplicated_header": ((HEADER + ",姓名\n" + ROW + ",x\n").encode(), "姓名"),
    "unknown": (b"a,b,c\n1,2,3\n", "no known resource"),
    "gigabyte_cell": (
        f"{GOOD}{ROW.replace('张三', '张' * LONGEST_ROW)}\n".encode(),
        "holds a row of more than 16 MB",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_loaded(
    xinmai: Xinmai, tmp_path: Path, case: str
) -> None:
    content, rule = REFUSED[case]
    files = tmp_path / "files"
    files.mkdir()
    (files / "坏.csv").write_bytes(content)
    (files / "好.csv").write_text(GOOD, "utf-8")

    ran = xinmai("load", files, "--no-publish", "--json", workspace=tmp_path / "w")

    found = json.loads(ran.out)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    [refused] = found["refused"]
    assert "坏.csv" in refused
    assert rule in refused
    assert (found["read"], found["written"]) == (1, 1)


def test_a_truncated_workbook_is_named(xinmai: Xinmai, world: Path, tmp_path: Path) -> None:
    whole = (world / "files" / "经营异常名录.xlsx").read_bytes()
    (tmp_path / "半.xlsx").write_bytes(whole[: len(whole) // 2])

    ran = xinmai("load", tmp_path / "半.xlsx", "--no-publish", "--json", workspace=tmp_path / "w")

    assert ran.code == 2
    [refused] = json.loads(ran.out)["refused"]
    assert "半.xlsx" in refused
    assert "cannot be read" in refused


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("深圳\x00乙有限公司", "holds a NUL character"),
        ("乙" * 40_000, "is longer than 32767 characters"),
    ],
)
def test_a_cell_that_no_person_typed_is_rejected_alone(
    xinmai: Xinmai, tmp_path: Path, cell: str, rule: str
) -> None:
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD + ROW.replace("深圳甲科技有限公司", cell) + "\n", "utf-8")

    ran = xinmai("load", path, "--no-publish", "--json", workspace=tmp_path / "w")

    found = json.loads(ran.out)
    assert (ran.code, found["written"], found["rejected"]) == (1, 1, 1)
    house = open_services(read_settings({}, tmp_path / "w"))
    [batch] = house.ledger.batches()
    assert house.ledger.rejected(batch.batch)["规则"].to_list() == [rule]


def test_rows_without_a_readable_date_come_back_and_formulas_stay_text(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    lines = [HEADER, ROW, ROW.replace("2020-01-01", "某年某月"), ROW.replace("张三", "=1+1")]
    path = tmp_path / "法定代表人.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")

    ran = xinmai("load", path, "--no-publish", "--json", workspace=tmp_path / "w")

    assert ran.code == 1
    assert json.loads(ran.out)["rejected"] == 1
    files = json.loads(
        xinmai("export", "--out", tmp_path / "out", "--json", workspace=tmp_path / "w").out
    )
    for one in files:
        assert ",=1+1" not in Path(one).read_text("utf-8")


def test_a_path_in_a_cell_or_a_name_reaches_nothing(
    xinmai: Xinmai, demo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "..evil..csv"
    path.write_text(GOOD.replace("深圳甲科技有限公司", "../../etc/passwd"), "utf-8")
    ran = xinmai("load", path, "--no-publish", workspace=tmp_path / "w")
    assert ran.code == 0

    batch = tmp_path / "batch.yml"
    batch.write_text("items: [{name: ../../out, query: people.many_posts}]", "utf-8")
    ran = xinmai("query", "batch", batch, "--out", tmp_path / "a" / "b", workspace=demo)

    assert ran.code == 0, ran.err
    assert {one.name for one in tmp_path.iterdir()} == {"..evil..csv", "w", "batch.yml", "a"}
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["b"]
    written = {one.name for one in (tmp_path / "a" / "b").iterdir()}
    assert {Path(one).suffix for one in written} <= {".csv", ".json", ".jsonl", ".xlsx", ".zip"}
    assert not any("/" in one or one.startswith(".") for one in written)


def test_a_missing_path_is_named(xinmai: Xinmai, tmp_path: Path) -> None:
    ran = xinmai("load", tmp_path / "none", "--no-publish", workspace=tmp_path / "w")

    assert ran.code == 2
    assert "none" in _one_line(ran)


def test_a_store_that_does_not_answer_costs_nothing_that_was_loaded(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    workspace = tmp_path / "w"
    xinmai("init", workspace=workspace)
    (workspace / "xinmai.toml").write_text('neo4j_uri = "bolt://127.0.0.1:1"\n', "utf-8")

    ran = xinmai("load", path, workspace=workspace)

    assert ran.code == 2
    assert "127.0.0.1:1" in _one_line(ran)
    (workspace / "xinmai.toml").unlink()
    found = xinmai("load", path, "--no-publish", "--json", workspace=workspace)
    assert json.loads(found.out)["files"][0]["again"]
    answer = json.loads(xinmai("search", "张三", "--json", workspace=workspace).out)
    assert answer["candidates"]


def test_a_wrong_password_is_said_and_never_printed(
    xinmai: Xinmai, tmp_path: Path, neo4j_target: StoreTarget
) -> None:
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    workspace = tmp_path / "w"
    xinmai("init", workspace=workspace)
    wrong = replace(neo4j_target, password="not-the-password")  # noqa: S106
    lines = [f'neo4j_uri = "{wrong.uri}"', f'neo4j_username = "{wrong.username}"']
    lines += [f'neo4j_password = "{wrong.password}"']
    (workspace / "xinmai.toml").write_text("\n".join(lines) + "\n", "utf-8")

    ran = xinmai("load", path, workspace=workspace)

    assert ran.code == 2
    assert "not-the-password" not in ran.err + ran.out
    assert _one_line(ran)


def test_two_loads_at_once_are_one_load_and_one_refusal(xinmai: Xinmai, tmp_path: Path) -> None:
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    house = open_services(read_settings({}, tmp_path / "w"), create=True)

    with house.workspace.writing():
        ran = xinmai("load", path, "--no-publish", workspace=tmp_path / "w")

    assert ran.code == 2
    assert "being" in _one_line(ran) or "another" in _one_line(ran)
    assert xinmai("load", path, "--no-publish", workspace=tmp_path / "w").code == 0


def test_another_identity_key_is_refused_before_a_row_is_hashed_by_it(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    path, later = tmp_path / "法定代表人.csv", tmp_path / "法定代表人_2.csv"
    path.write_text(GOOD, "utf-8")
    later.write_text(GOOD.replace("2020-01-01", "2021-01-01"), "utf-8")
    workspace = tmp_path / "w"
    xinmai("load", path, "--no-publish", workspace=workspace)
    before = xinmai("status", "--json", workspace=workspace).out
    (workspace / "xinmai.toml").write_text('identity_key = "another secret"\n', "utf-8")
    # A workspace of an earlier version kept no check: there the snapshot says it.
    for kept in (True, False):
        if not kept:
            (workspace / "identity.check").unlink()

        ran = xinmai("load", later, "--no-publish", workspace=workspace)

        assert ran.code == 2
        assert "setting identity_key' is not the key by which" in _one_line(ran)
        assert "another secret" not in ran.err
        assert xinmai("status", "--json", workspace=workspace).out == before
    (workspace / "xinmai.toml").unlink()
    assert xinmai("load", later, "--no-publish", workspace=workspace).code == 0
    assert (workspace / "identity.check").is_file()


def test_a_corrupt_snapshot_is_named_and_made_anew_by_the_next_load(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    workspace = tmp_path / "w"
    xinmai("load", path, "--no-publish", workspace=workspace)
    [snapshot] = (workspace / "snapshots").iterdir()
    (snapshot / "arrays" / "nodes.arrow").write_bytes(b"ARROW1")

    ran = xinmai("show", "张三", workspace=workspace)

    assert ran.code == 2
    assert "snapshot" in _one_line(ran)
    assert xinmai("load", path, "--no-publish", workspace=workspace).code == 0
    assert xinmai("show", "张三", workspace=workspace).code == 0


CALL = """
import os, resource, signal, sys
import app.bootstrap, app.cli.loading, app.loads, loaders.pipeline, graph.store.open
from app.cli import main
{first}
sys.exit(main())
"""


def _separate(first: str, *arguments: str) -> Ran:
    """Run a command in a process of its own, crippled first.

    It is not measured: what measures it would write its own file, and stumble over what the
    command is to stumble over.
    """
    command = [sys.executable, "-c", CALL.format(first=first), *arguments]
    environment = {one: said for one, said in os.environ.items() if "COVERAGE" not in one}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_full_disk_is_said_and_what_was_there_stays(
    xinmai: Xinmai, world: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    xinmai("load", path, "--no-publish", workspace=workspace)
    before = json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"]

    # A file that may not grow is what a full disk looks like to a writer.
    full = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    big = str(world / "files" / "市场主体登记.csv")
    ran = _separate(full, "--workspace", str(workspace), "load", big, "--no-publish")

    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    assert "cannot be written" in ran.err
    assert json.loads(xinmai("status", "--json", workspace=workspace).out)["snapshot"] == before
    assert xinmai("load", big, "--no-publish", workspace=workspace).code in (0, 1)


def test_what_is_loaded_can_be_asked_on_a_full_disk(xinmai: Xinmai, tmp_path: Path) -> None:
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    xinmai("load", path, "--no-publish", workspace=tmp_path / "w")

    full = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
    ran = _separate(full, "--workspace", str(tmp_path / "w"), "status", "--json")

    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["published"] is None
    assert not (tmp_path / "w" / "graph" / "engine.log").exists()


def test_a_load_of_refused_files_alone_makes_nothing_and_what_is_there_stays(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    bad, good = tmp_path / "坏.csv", tmp_path / "法定代表人.csv"
    bad.write_text("a,b\n1,2\n", "utf-8")
    good.write_text(GOOD, "utf-8")

    ran = xinmai("load", bad, "--json", workspace=workspace)

    assert ran.code == 2
    assert "所有文件均未接收：未装载，未发布" in ran.err
    assert json.loads(ran.out)["snapshot"] is None
    assert not list((workspace / "snapshots").iterdir())
    assert not list((workspace / "graph").glob("[!b]*"))
    # Then there is something, and it stays as it is.
    xinmai("load", good, "--no-publish", workspace=workspace)
    before = json.loads(xinmai("status", "--json", workspace=workspace).out)
    ran = xinmai("load", bad, "--no-publish", "--json", workspace=workspace)
    assert ran.code == 2
    assert json.loads(ran.out)["snapshot"] == before["snapshot"]
    assert json.loads(xinmai("status", "--json", workspace=workspace).out) == before


def test_a_disk_that_is_full_for_what_is_handed_out_is_said_in_one_line(
    demo: Path, tmp_path: Path
) -> None:
    full = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))"
    for arguments in (
        ("export", "--out", tmp_path / "e"),
        ("expose", FIRM, "--certificate", tmp_path / "c.json"),
        ("query", "run", "people.many_posts", "-p", "least=2", "--out", tmp_path / "q.xlsx"),
        ("world", "--enterprises", "500", "--out", tmp_path / "w"),
    ):
        ran = _separate(full, "--workspace", str(demo), *map(str, arguments))

        assert ran.code == 2, (arguments, ran.err)
        assert "Traceback" not in ran.err, arguments
        assert str(_one_line(ran)), arguments
    # Nothing half-written stays under the name that was asked for, nor beside it.
    assert not list(tmp_path.glob("c.json*"))


def test_a_workspace_that_may_not_be_written_is_named(xinmai: Xinmai, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    path = tmp_path / "法定代表人.csv"
    path.write_text(GOOD, "utf-8")
    xinmai("load", path, "--no-publish", workspace=workspace)
    for folder in (workspace, *(one for one in workspace.rglob("*") if one.is_dir())):
        folder.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and os.getuid() == 0:
            folder.chmod(folder.stat().st_mode | 0o055)
    # The administrator may write everywhere: as nobody he may not.
    nobody = "os.setuid(65534)" if os.getuid() == 0 else ""
    more = tmp_path / "more.csv"
    more.write_text(GOOD.replace("张三", "李四"), "utf-8")
    try:
        ran = _separate(nobody, "--workspace", str(workspace), "load", str(more), "--no-publish")
    finally:
        for folder in (workspace, *(one for one in workspace.rglob("*") if one.is_dir())):
            folder.chmod(0o755)

    assert ran.code == 2, ran.err
    assert str(workspace) in _one_line(ran)


def test_an_unknown_command_line_is_refused_without_a_traceback(xinmai: Xinmai, demo: Path) -> None:
    for arguments in (
        ("expose", "没有这家公司"),
        ("expose", FIRM, "--as-of", "yesterday"),
        ("query", "run", "no.such"),
        ("query", "run", "people.posts"),
        ("query", "run", "people.posts", "-p", "uid"),
        ("verify", "/none.json"),
        ("path", FIRM, "没有这家公司"),
        ("path", FIRM, FIRM),
    ):
        ran = xinmai(*arguments, workspace=demo)
        assert ran.code == 2, arguments
        assert _one_line(ran)


def test_a_misused_command_is_one_line_and_a_group_alone_explains_itself(
    xinmai: Xinmai, demo: Path
) -> None:
    for arguments, named in (
        (("bogus",), "bogus"),
        (("expose", "x", "--hops", "99"), "--hops"),
        (("report", "x", "--out", "y"), "--purpose"),
        (("query", "run"), "ID"),
        (("path", "x"), "SECOND"),
    ):
        ran = xinmai(*arguments, workspace=demo)
        assert ran.code == 2, arguments
        assert named.lower() in _one_line(ran).lower()
        assert len(ran.err.splitlines()) == 1, ran.err

    alone = xinmai()
    assert (alone.code, "Commands:" in alone.err) == (2, True)


def test_what_cannot_be_written_is_named(xinmai: Xinmai, demo: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "c.json"
    for command in ("expose", "owners", "holdings", "control", "controller", "beneficial"):
        ran = xinmai(command, FIRM, "--certificate", nowhere, workspace=demo)

        assert ran.code == 2
        assert f"--certificate: '{nowhere}' cannot be written" in _one_line(ran)


def test_an_import_that_is_refused_says_of_each_file_why(xinmai: Xinmai, tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_bytes(b"")
    ran = xinmai(
        "import", "--nodes", tmp_path / "none.csv", "--edges", tmp_path / "edges.csv",
        "--no-publish", workspace=tmp_path / "w",
    )  # fmt: skip

    assert ran.code == 2
    said = [line for line in ran.err.splitlines() if line.startswith("未接收：")]
    assert ["none.csv" in said[0], "edges.csv" in said[1]] == [True, True]
    assert "Traceback" not in ran.err


def test_rejected_rows_come_back_in_their_own_columns(world: Path, demo: Path) -> None:
    house = open_services(read_settings({}, demo))
    [batch] = [one for one in house.ledger.batches() if one.resource == "shareholding"]
    rejected = house.ledger.rejected(batch.batch)
    text = (world / "files" / "股东及出资.csv").read_text("gb18030")

    assert rejected.columns[:-4] == text.splitlines()[0].split(",")
    assert rejected.schema["行号"] == pl.Int64


def test_no_identity_number_is_in_any_file_of_the_workspace(
    world: Path, demo: Path, tmp_path: Path
) -> None:
    people = pl.read_csv(world / "files" / "法定代表人.csv", infer_schema=False)
    numbers = {one for one in people["证件号码"].drop_nulls() if len(one) == 18}
    assert len(numbers) > 300
    ledger, snapshots = (
        sorted((demo / folder).rglob(f"*.{suffix}"))
        for folder, suffix in (("ledger", "parquet"), ("snapshots", "arrow"))
    )
    assert ledger
    assert snapshots
    for path in (*ledger, *snapshots):
        read = pl.read_parquet if path.suffix == ".parquet" else pl.read_ipc
        frame = read(path).with_columns(cs.categorical().cast(pl.String))
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        for name in texts:
            assert not numbers & set(frame[name].drop_nulls()), (path.name, name)
    shutil.rmtree(tmp_path)
