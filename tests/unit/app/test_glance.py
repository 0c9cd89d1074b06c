"""What is seen of a desk without opening it as one."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from app.desk.glance import nobody_judged
from app.desk.judgements import Judgements
from tests.unit.app.test_judgements import decide, entry


def test_a_desk_that_is_not_there_or_is_empty_holds_no_judgement(tmp_path: Path) -> None:
    desk = tmp_path / "桌 1%.sqlite"
    assert nobody_judged(desk)
    assert not desk.exists()

    Judgements(f"sqlite:///{desk}").close()

    assert nobody_judged(desk)


def test_a_judgement_is_seen_once_it_is_made(tmp_path: Path) -> None:
    desk = tmp_path / "desk.sqlite"
    made = Judgements(f"sqlite:///{desk}")
    decide(made, entry("a", "b"))
    made.close()

    assert not nobody_judged(desk)


def test_what_cannot_be_told_is_left_to_whoever_opens_the_desk(tmp_path: Path) -> None:
    broken, other, locked = (tmp_path / f"{name}.sqlite" for name in ("broken", "other", "locked"))
    broken.write_bytes(b"not a database, however long it is" * 100)
    with closing(sqlite3.connect(other)) as opened:
        opened.execute("CREATE TABLE notes (id INTEGER)")

    assert not nobody_judged(broken)
    assert not nobody_judged(other)
    locked.mkdir()
    assert not nobody_judged(locked)


def test_a_load_does_not_wait_for_the_library_of_the_desk(tmp_path: Path) -> None:
    # All that a load asks before it reads a file, in a process that has imported nothing.
    code = (
        "import sys; from pathlib import Path; from app.settings import read_settings;"
        "from app.loads import Loads, open_house; from app.jobs.whose import user_of_process;"
        "house = open_house(Loads, read_settings({}, Path(sys.argv[1])), create=True);"
        "user_of_process(house.workspace, None); house.pipeline();"
        "sys.exit('sqlalchemy' in sys.modules)"
    )

    line = [sys.executable, "-c", code, str(tmp_path / "workspace")]
    assert subprocess.run(line, check=False).returncode == 0
