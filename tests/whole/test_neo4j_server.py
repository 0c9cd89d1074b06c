"""The server for trials: whose password it is that a home's start prints."""

import subprocess
import sys
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "tools" / "neo4j" / "server.py"


def test_a_used_home_that_does_not_hold_its_password_gets_no_other(tmp_path: Path) -> None:
    home, jars = tmp_path / "home", tmp_path / "jars"
    (home / "data" / "databases" / "system").mkdir(parents=True)
    jars.mkdir()
    (jars / "complete").touch()

    command = [sys.executable, str(SERVER), "start", "--home", str(home), "--jars", str(jars)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert "was used before and does not hold its password" in ran.stderr
