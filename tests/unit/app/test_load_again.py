"""Files that were loaded before: nothing is read, unless snapshot, graph or rules are others."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

import loaders.inputs
from app.bootstrap import Services
from app.desk.review import Asked
from app.loads import Loaded
from graph.errors import LoadError, RightError
from graph.store.address import read_mark, set_mark
from graph.store.running import stop_engine
from loaders.messages import Message, message
from tests.factory import open_desk

FILES = {
    "甲.csv": "统一社会信用代码,企业名称\n91440300MA5EXAMP19,甲公司\n",
    "乙.csv": "统一社会信用代码,企业名称\n,乙公司\n",
}
CODE = "market_entity"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
# What reads tables and writes snapshots; a command that has no use for it starts sooner.
HEAVY = ("polars", "numpy", "pyarrow")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def house(tmp_path: Path, files: Path) -> Services:
    house = open_desk(tmp_path / "w")
    assert not any(one.again for one in load(house, files)[0].files)
    return house


def load(
    house: Services, *paths: Path, to_store: bool = False
) -> tuple[Loaded, list[Message], bool]:
    """Load; return what was done, what was said, and whether work was begun."""
    begun: list[bool] = []

    @contextmanager
    def meanwhile() -> Iterator[None]:
        begun.append(True)
        yield

    said: list[Message] = []
    done = house.load(paths, CODE, to_store=to_store, progress=said.append, meanwhile=meanwhile())
    return done, said, bool(begun)


def test_what_was_loaded_before_is_said_file_by_file_and_nothing_is_begun(
    house: Services, files: Path
) -> None:
    before = house.loaded_snapshot()

    done, said, begun = load(house, files)

    assert not begun
    assert [(Path(one.file).name, one.resource, one.again) for one in done.files] == [
        (name, CODE, True) for name in sorted(FILES)
    ]
    assert said == [
        message("file_again", number=number, total=2, file=name)
        for number, name in enumerate(sorted(FILES), start=1)
    ]
    assert done.snapshot == before.id
    assert done.counts == before.manifest["counts"]


def test_one_new_file_or_one_of_another_resource_is_work(house: Services, files: Path) -> None:
    (files / "丙.csv").write_text("统一社会信用代码,企业名称\n,丙公司\n", "utf-8")

    done, _, begun = load(house, files)

    assert begun
    assert sorted(one.again for one in done.files) == [False, True, True]


def test_a_snapshot_that_is_damaged_or_was_made_by_other_rules_is_made_anew(
    house: Services, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = house.loaded_snapshot().folder
    first = next(folder.glob("*/nodes.arrow"))
    content = first.read_bytes()
    first.unlink()

    done, _, begun = load(house, files)

    assert begun
    assert done.snapshot == folder.name
    assert first.read_bytes() == content

    monkeypatch.setattr(loaders.inputs, "RULES", loaders.inputs.RULES + 1)
    done, _, begun = load(house, files)
    assert begun
    assert done.snapshot != folder.name
    assert not load(house, files)[2]


def test_what_people_decided_since_is_worked_in(tmp_path: Path, files: Path) -> None:
    house = open_desk(tmp_path / "w")
    load(house, files)
    one, other = (house.loaded_snapshot().uid_at(place) for place in range(2))
    house.decide(Asked(one, other, "same", "核查员甲", "同一执照"), NOW)

    done, _, begun = load(house, files)

    assert begun
    assert done.counts["nodes"] == 1
    assert not load(house, files)[2]


def test_a_graph_that_shows_another_snapshot_or_none_is_filled(
    house: Services, files: Path
) -> None:
    assert load(house, files, to_store=True)[2]
    assert read_mark(house.workspace.graph) == house.loaded_snapshot().id
    assert not load(house, files, to_store=True)[2]

    set_mark(house.workspace.graph, "another")
    assert load(house, files, to_store=True)[2]
    assert read_mark(house.workspace.graph) == house.loaded_snapshot().id
    stop_engine(house.workspace.graph)


def test_who_may_not_load_is_refused_before_anything_is_read(house: Services, files: Path) -> None:
    (house.workspace.folder / "users.toml").write_text(
        '[[user]]\nlogin = "a"\nname = "甲"\nroles = ["查询员"]\n', "utf-8"
    )
    with pytest.raises(RightError):
        load(open_desk(house.workspace.folder), files)


def test_a_path_with_nothing_is_named(house: Services, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="is not there"):
        load(house, tmp_path / "nowhere.csv")


def test_what_makes_snapshots_is_not_imported_for_it(house: Services, files: Path) -> None:
    words = ["xinmai", "--workspace", str(house.workspace.folder), "load", "--no-publish"]
    script = (
        f"import sys; sys.argv = {[*words, '--resource', CODE, str(files)]!r}\n"
        "from app.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr.count("：此前已装载，无需处理") == len(FILES)
