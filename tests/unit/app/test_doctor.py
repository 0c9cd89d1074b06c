"""What the doctor says of parts that are broken; of the whole tests/whole/test_command_line.py."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import doctor
from app.bootstrap import Services, open_services
from app.doctor import Finding
from app.settings import read_settings


@pytest.fixture
def house(tmp_path: Path) -> Services:
    return open_services(read_settings({}, tmp_path / "w"), create=True)


def test_a_damaged_desk_is_named_and_one_that_is_not_there_is_not_made(house: Services) -> None:
    [none] = doctor._desk(house)
    assert (none.works, house.workspace.desk.exists()) == (True, False)

    house.workspace.desk.write_bytes(b"no database at all, whatever its name")

    [damaged] = doctor._desk(house)
    assert (damaged.works, "desk.sqlite" in damaged.seen) == (False, True)
    assert "备份" in damaged.remedy


def test_a_ledger_that_cannot_be_read_is_named(house: Services) -> None:
    [whole] = doctor._ledger(house)
    (house.workspace.ledger / "batches.jsonl").write_text("{}\n", "utf-8")

    [damaged] = doctor._ledger(house)

    assert (whole.works, damaged.works) == (True, False)
    assert "line 1" in damaged.seen


def test_a_changed_byte_of_the_snapshot_is_named_and_the_remedy_makes_it_anew(
    house: Services, tmp_path: Path
) -> None:
    path = tmp_path / "市场主体登记.csv"
    path.write_text("企业名称,统一社会信用代码\n甲有限公司,91350100M000100Y43\n", "utf-8")
    name = house.load([path], None, to_store=False, progress=repr).snapshot
    folder = house.workspace.snapshots / str(name)
    array = folder / "arrays" / "node_label.npy"
    content = bytearray(array.read_bytes())
    content[-1] ^= 1
    array.write_bytes(content)

    _, damaged = doctor._workspace(house)

    assert not damaged.works
    assert "arrays/node_label.npy' has other content than was written" in damaged.seen
    assert f"请删除 {folder}，再" in damaged.remedy
    shutil.rmtree(folder)
    again = open_services(house.settings)
    assert again.load([], None, to_store=False, progress=repr).snapshot == name
    assert all(one.works for one in doctor._workspace(again))


def test_a_part_that_the_system_refuses_stops_no_other(house: Services) -> None:
    def _engine(_: Services) -> Iterator[Finding]:
        raise OSError(30, "Read-only file system", "graph/start.lock")
        yield

    [refused] = doctor._tried("store", _engine, house)

    assert refused.line().startswith("故障 图库：graph/start.lock: Read-only file system  → ")
