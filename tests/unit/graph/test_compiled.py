"""Compiled loops of one state of the sources are never those of another."""

import os
import subprocess
import sys
from pathlib import Path

from graph.compiled import VARIABLE, keep_apart, state_of

CALLED = """from numba import njit


@njit(cache=True)
def called(x):
    return x + {}
"""
CALLER = """import compiled
from numba import njit

from called import called


@njit(cache=True)
def caller(x):
    return called(x) * 10


print(caller(1))
"""


def test_a_loop_follows_a_change_in_a_loop_of_another_file(tmp_path: Path) -> None:
    compiled = Path(keep_apart.__code__.co_filename)
    (tmp_path / "compiled.py").write_text(compiled.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "caller.py").write_text(CALLER, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    answers = []
    for added in (1, 2):
        (tmp_path / "called.py").write_text(CALLED.format(added), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "caller.py"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        answers.append(done.stdout.strip())

    assert answers == ["20", "30"]


def test_the_folder_stands_below_the_one_that_a_person_named_and_once(tmp_path: Path) -> None:
    environment = {VARIABLE: str(tmp_path / "kept")}

    first = keep_apart(environment)
    again = keep_apart(environment)

    sources = Path(keep_apart.__code__.co_filename).parent
    assert first == again == tmp_path / "kept" / state_of(sources)
