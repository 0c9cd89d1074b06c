"""The backup that docs/operations.md tells: made while people write, restored to the same."""

import json
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.conftest import Xinmai

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
HEAD = "企业名称,统一社会信用代码,法定代表人\n"
SAME_NAME = "深圳市恒岭新材料有限公司,,李四\n深圳恒岭新材料有限公司,,李四\n"


def test_a_backup_made_while_somebody_writes_is_restored_to_the_same(
    xinmai: Xinmai, tmp_path: Path
) -> None:
    section = PAGE.read_text("utf-8").split("## Backup and restore")[1]
    backup, restore = re.findall(r"```\n(.*?)```", section, re.DOTALL)[:2]
    python = shlex.quote(sys.executable)
    path, house = tmp_path / "市场主体登记.csv", tmp_path / "workspace"
    path.write_text(HEAD + SAME_NAME, "utf-8")
    assert xinmai("load", path, "--no-publish", workspace=house).code in {0, 1}
    (pair, *_) = json.loads(xinmai("review", "list", "--json", workspace=house).out)["pairs"]
    why = ("--reason", "核对原件", "--author", "张三")
    judged = xinmai("review", "decide", pair["one"], pair["other"], "same", *why, workspace=house)
    assert judged.code == 0, judged.err
    xinmai("load", "--rebuild", "--no-publish", workspace=house)
    before = json.loads(xinmai("status", "--json", workspace=house).out)

    with closing(sqlite3.connect(house / "desk.sqlite")) as writer:
        # So many pages that they are written to the file before the transaction ends.
        writer.execute("PRAGMA cache_size = 1")
        writer.execute(
            "INSERT INTO withdrawals (withdraws, author, made_at) VALUES (1, '李四', 't')"
        )
        done = subprocess.run(
            ["bash", "-e", "-c", backup.replace(".venv/bin/python", python)],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        writer.rollback()
    assert done.returncode == 0, done.stderr
    subprocess.run(["bash", "-c", restore.splitlines()[0]], cwd=tmp_path, check=True)

    restored = tmp_path / "restored"
    assert xinmai("load", "--rebuild", "--no-publish", workspace=restored).code == 0
    after = json.loads(xinmai("status", "--json", workspace=restored).out)
    assert after["snapshot"] == before["snapshot"]
    (kept,) = json.loads(xinmai("review", "list", "--judged", "--json", workspace=restored).out)
    assert (kept["author"], kept["undone_at"]) == ("张三", None)
