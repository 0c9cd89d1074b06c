"""Files of a load are read ahead of those that are written, and come in their order."""

import threading
from pathlib import Path

import pytest

from graph.errors import LoadError
from loaders.files import READERS, find_files, read_ahead
from loaders.messages import Message, message

LONG = 20.0


def files(folder: Path, *lengths: int) -> list[Path]:
    found = []
    for number, length in enumerate(lengths):
        path = folder / f"{number:02}.csv"
        with path.open("wb") as file:
            file.truncate(length)
        found.append(path)
    return found


def test_small_files_are_all_read_beside_the_first(tmp_path: Path) -> None:
    many = files(tmp_path, *[1] * (2 * READERS))
    others, read = set(many[1:]), threading.Event()

    def name(path: Path) -> str:
        others.discard(path)
        if not others:
            read.set()
        # The first ends when all others are there: fewer at once would wait for it.
        assert path != many[0] or read.wait(LONG)
        return path.name

    assert [ready() for _, ready in read_ahead(many, name)] == [path.name for path in many]


def test_no_more_is_read_ahead_than_memory_is_for(tmp_path: Path) -> None:
    large = files(tmp_path, *[40 << 20] * (READERS + 2))
    begun: list[Path] = []
    ahead = read_ahead(large, begun.append)

    path, ready = next(ahead)
    ready()

    assert path == large[0]
    assert large[-1] not in begun
    assert [path for path, ready in ahead if not ready()] == large[1:]
    assert sorted(begun) == large


def test_who_asks_for_a_file_hears_why_it_was_not_read(tmp_path: Path) -> None:
    one, gone, other = files(tmp_path, 1, 1, 1)
    gone.unlink()
    ready = dict(read_ahead([one, gone, other], Path.read_bytes))

    assert list(ready) == [one, gone, other]
    with pytest.raises(FileNotFoundError):
        ready[gone]()


def test_what_excel_puts_beside_an_open_workbook_is_passed_over_and_said(tmp_path: Path) -> None:
    for name in ("甲.xlsx", "~$甲.xlsx", "乙.csv"):
        (tmp_path / name).write_bytes(b"x")
    said: list[Message] = []

    assert [one.name for one in find_files([tmp_path], said.append)] == ["乙.csv", "甲.xlsx"]
    assert said == [message("open_elsewhere", file=str(tmp_path / "~$甲.xlsx"))]
    (tmp_path / "甲.xlsx").unlink()
    (tmp_path / "乙.csv").unlink()
    with pytest.raises(LoadError, match="holds no file"):
        list(find_files([tmp_path], said.append))
    # Named itself it is what the person meant.
    assert list(find_files([tmp_path / "~$甲.xlsx"], said.append))
